"""Names in a trust domain: SPIFFE ids of the one form that aigov issues, `spiffe://DOMAIN/KIND/ID`.

Stricter than the SPIFFE-ID standard on purpose (https://spiffe.io/docs/latest/spiffe-specs/spiffe-id/): two path
segments, a kind that is known, and nothing that a URL parser could read in two ways.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeGuard, get_args

Kind = Literal["device", "server", "proxy"]
"""What may have a certificate: an endpoint, a server that decides, a balancer that ends TLS before a server."""

KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_DOMAIN = 255
MAX_ID = 128
_DOMAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_SCHEME = "spiffe://"


class NameError_(ValueError):  # noqa: N801 - `NameError` is taken
    """The text is no name of this form; the message says what is wrong, without the whole text."""


class SpiffeId(NamedTuple):
    """One name. Made by `spiffe_id` or `parse`, which check it."""

    domain: str
    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{_SCHEME}{self.domain}/{self.kind}/{self.id}"


def spiffe_id(domain: str, kind: str, id: str) -> SpiffeId:
    """The name of these parts; raises `NameError_`."""
    if not _is_kind(kind):
        raise NameError_(f"kind {kind[:32]!r}: expected one of {', '.join(KINDS)}")
    if len(id) > MAX_ID or not _ID.fullmatch(id):
        raise NameError_(f"id {id[:32]!r}: expected up to {MAX_ID} letters, digits, `.`, `_`, `-`, no dot first")
    return SpiffeId(check_domain(domain), kind, id)


def check_domain(domain: str) -> str:
    """The trust domain itself, if it is one: lower case, labels of letters, digits, `-`, `_`; raises `NameError_`."""
    if len(domain) > MAX_DOMAIN or not _DOMAIN.fullmatch(domain):
        raise NameError_(f"trust domain {domain[:32]!r}: expected lower-case labels with dots, as acme.example")
    return domain


def parse(uri: str) -> SpiffeId:
    """The name in a URI; raises `NameError_` for anything that `str` of a name would not give back."""
    if not uri.startswith(_SCHEME):
        raise NameError_(f"no SPIFFE id: {uri[:32]!r}")
    parts = uri.removeprefix(_SCHEME).split("/")
    if len(parts) != 3:
        raise NameError_("a SPIFFE id here is spiffe://DOMAIN/KIND/ID")
    return spiffe_id(*parts)


def domain_uri(domain: str) -> str:
    """The trust domain as a URI, as certificates of its authorities carry it."""
    return f"{_SCHEME}{check_domain(domain)}"


def _is_kind(kind: str) -> TypeGuard[Kind]:
    return kind in KINDS
