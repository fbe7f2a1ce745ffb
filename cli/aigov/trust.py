"""What the verbs `ca` and `device` share: where the authority is, and how its errors end a command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from aigov.exits import Code, Failure
from aigov_enforcers.transport.errors import PeerError, TransportError
from aigov_enforcers.transport.names import NameError_
from aigov_enforcers.transport.registry import Registry
from aigov_enforcers.transport.store import Store

Data = Annotated[
    Path,
    typer.Option("--data", metavar="DIR", envvar="AIGOV_DATA", help="Directory of the authority and its registry."),
]
DATA = Path("/var/lib/aigov")

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@contextmanager
def failing() -> Iterator[None]:
    """Errors of the trust domain end the command: 7 for who cannot be trusted, else 2."""
    try:
        yield
    except PeerError as error:
        raise Failure(str(error), Code.TRUST) from None
    except (TransportError, NameError_) as error:
        raise Failure(str(error)) from None


@contextmanager
def registry(data: Path) -> Iterator[Registry]:
    """The registry of an authority, closed at the end."""
    with failing():
        opened = Registry(Store(data).registry)
        try:
            yield opened
        finally:
            opened.close()


def duration(text: str) -> timedelta:
    """The time that `30m`, `24h` or `31d` is."""
    match = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", text)
    if match is None:
        raise Failure(f"{text!r}: expected a number with m, h or d, as 24h")
    return int(match[1]) * _UNITS[match[2]]


def written(time: timedelta) -> str:
    """A time of whole minutes as `duration` reads it."""
    unit = next(name for name, unit in reversed(_UNITS.items()) if not time % unit)
    return f"{time // _UNITS[unit]}{unit}"


def now() -> datetime:
    """The clock, UTC."""
    return datetime.now(UTC)


def day(moment: datetime | float) -> str:
    """A moment for people, UTC."""
    when = moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)
    return f"{when:%Y-%m-%d %H:%M}Z"
