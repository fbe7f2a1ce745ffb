"""What the operating system says about this process: who runs it, which program it is, on which machine.

None of it is proven: whoever runs the process could have it say something else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import sys
from pathlib import Path

from aigov_enforcers.identity import Device, Identity, Place, Process, User

_SYSTEMS = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}
MAX_PARENTS = 32
"""Ancestors that are looked at."""


def identity() -> Identity:
    """The identity of this process; what cannot be told stays unknown."""
    return Identity(
        user=User(name=_user(), assurance="none"),
        process=_process(),
        device=Device(os=_SYSTEMS.get(platform.system())),
        place=Place(name=platform.node() or None),
    )


def under(said: Identity, local: Identity) -> Identity:
    """What is said, and what the machine says where nothing is said."""
    groups = {name: getattr(local, name) for name in ("user", "process", "device", "place")}
    merged = {
        name: mine.model_copy(update=getattr(said, name).model_dump(exclude_none=True)) for name, mine in groups.items()
    }
    return said.model_copy(update=merged)


def _user() -> str | None:
    with contextlib.suppress(ImportError, KeyError, AttributeError):
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    return os.environ.get("USERNAME")


def _process() -> Process:
    path = os.path.realpath(sys.executable) if sys.executable else None
    name = Path(path).name if path else None
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    script = str(Path(main).absolute()) if main else ""
    return Process(
        name=name,
        path=path,
        sha256=_sha256(path) if path else None,
        interpreter=name,
        script=script,
        script_sha256=_sha256(script) if script else "",
        parents=_parents(),
        verified=frozenset(),
        observed=frozenset(),
    )


def _sha256(path: str) -> str | None:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _parents() -> frozenset[str] | None:
    """Base names of the ancestors, from Linux's /proc; None elsewhere."""
    names, pid = set(), os.getppid()
    try:
        for _ in range(MAX_PARENTS):
            if pid <= 0:
                break
            status = Path(f"/proc/{pid}/stat").read_bytes()
            head, _, rest = status.rpartition(b")")
            with contextlib.suppress(OSError):
                names.add(Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)"))
            names.add(head.partition(b"(")[2].decode("utf-8", "replace"))
            pid = int(rest.split()[1])
    except (OSError, ValueError, IndexError):
        return frozenset(names) if names else None
    return frozenset(names)
