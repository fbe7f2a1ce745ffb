"""Telling systemd how we are (sd_notify(3)); nothing happens elsewhere."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Send a state, as `READY=1`."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.connect("\0" + path[1:] if path.startswith("@") else path)
        sock.sendall(state.encode())
