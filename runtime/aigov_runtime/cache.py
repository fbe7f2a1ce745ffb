"""What is costly to make and can be made again, kept in the user's cache directory.

A file is 32 bytes of SHA-256, then the content. Only a file that nobody else can write is believed.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path


def read(name: str) -> bytes | None:
    """The content kept under a name; None when there is none, or none to be believed."""
    try:
        with _path(name).open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o022:
                return None
            digest, content = file.read(32), file.read()
    except OSError:
        return None
    return content if hashlib.sha256(content).digest() == digest else None


def write(name: str, content: bytes) -> None:
    """Keep content under a name. Best effort: without it, it is made again next time."""
    path = _path(name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:  # created with mode 0600
            file.write(hashlib.sha256(content).digest() + content)
        Path(file.name).replace(path)
    except OSError:
        return


def _path(name: str) -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser(), "aigov", name)
