"""What the device registry holds, as values."""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern
from typing import Any, Literal, NamedTuple, get_args

Place = Literal["laptop", "ci", "container", "bastion", "server", "unknown"]
Posture = Literal["compliant", "noncompliant", "unknown"]
State = Literal["pending", "active", "revoked"]

PLACES: tuple[Place, ...] = get_args(Place)
POSTURES: tuple[Posture, ...] = get_args(Posture)


class Device(NamedTuple):
    """A device as the registry knows it; nothing here is the device's own word, but `name` of one that is pending."""

    id: str
    """The last part of its SPIFFE id; made up by the registry, never used again."""

    name: str
    place: Place
    managed: bool
    posture: Posture
    state: State
    owner: str
    """Who asked for it by SSO; empty for one that enrolled with a token."""

    created: float
    """Seconds since 1970, UTC, as all times here."""


class Grant(NamedTuple):
    """What an enrolment token is good for."""

    name: str
    place: Place
    managed: bool


class Certificate(NamedTuple):
    """A certificate that was issued."""

    thumbprint: str
    serial: int
    holder: str
    """SPIFFE id."""

    issued: float
    not_after: float
    revoked: float | None


class Refused(NamedTuple):
    """A peer that gets no answer, and why."""

    reason: str


SELECT_DEVICES = "SELECT id, name, place, managed, posture, state, owner, created FROM devices"
"""Rows that `as_device` takes."""

SELECT_CERTIFICATES = "SELECT thumbprint, serial, holder, issued, not_after, revoked FROM certificates"
"""Rows that `as_certificate` takes."""


def as_device(row: Sequence[Any]) -> Device:
    """A row of `devices`."""
    words: list[Any] = [intern(value) if isinstance(value, str) else value for value in row]  # most are the same few
    words[3] = bool(words[3])
    return Device(*words)


def as_certificate(row: Sequence[Any]) -> Certificate:
    """A row of `certificates`; serials are kept in hex, as SQLite has no integers of their size."""
    certificate = Certificate(*row)
    return certificate._replace(serial=int(row[1], 16))
