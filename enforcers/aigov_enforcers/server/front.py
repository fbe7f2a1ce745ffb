"""The door for a client's connection: who it is of, and which version of HTTP was agreed on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

ALPN = ["h2", "http/1.1"]
"""What a TLS context is to offer."""


class Front(Protocol):
    """A client's connection, whatever it speaks. `peer` is what `Who` keeps of it."""

    peer: object

    def drain(self) -> None:
        """No further request: close now, or when those that are being answered are over."""

    def cut(self) -> None:
        """Close at once, whatever is going on."""


class Door(asyncio.Protocol):
    """The protocol of a connection until it is known which it is. `made` gives that one, for the certificate of the
    peer (DER, None without TLS) and the name of the protocol that was agreed on in the handshake; it raises ValueError
    for a connection that is not welcome."""

    def __init__(self, made: Callable[[bytes | None, str], asyncio.Protocol]) -> None:
        self._made = made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected, and the handshake, if there is one, is over."""
        open_ = cast("asyncio.Transport", transport)
        tls = open_.get_extra_info("ssl_object")
        try:
            if tls is None:
                protocol = self._made(None, "")
            else:
                protocol = self._made(tls.getpeercert(binary_form=True), tls.selected_alpn_protocol() or "")
        except ValueError:
            open_.abort()
            return
        open_.set_protocol(protocol)
        protocol.connection_made(open_)
