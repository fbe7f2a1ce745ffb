"""Sizes and times that peers are held to. Bytes and seconds."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a client, or a provider, may take. Past a bound the connection ends, with an answer if one is possible."""

    head: int = 32 * 1024
    """Request line and headers of a request (nginx 32 KiB, node 16 KiB), and as much of an answer's."""
    lines: int = 100
    """Header lines (Apache 100)."""
    body: int = 32 * _MIB
    """Body of a request; what providers take themselves."""
    answer: int = 64 * _MIB
    """Body of an answer that is decided whole."""
    clients: int = 20_000
    """Connections of clients."""

    idle: float = 75.0
    """Between two requests of a client (nginx 75 s)."""
    head_time: float = 10.0
    """From a request's first byte to the end of its headers."""
    body_time: float = 120.0
    """From there to the end of its body."""
    stall: float = 60.0
    """How long a client may leave an answer unread."""

    connections: int = 1024
    """To one provider."""
    wait: float = 10.0
    """For a connection, when all are in use."""
    connect: float = 10.0
    """To a connection, TLS included, for each address."""
    first_byte: float = 600.0
    """From the request to the head of the answer (the official clients wait 600 s)."""
    silence: float = 300.0
    """Between two pieces of an answer."""
    keep: float = 4.0
    """How long a connection waits for the next request: less than any server of a provider keeps it, so that it is
    rarely closed in that moment."""
    failures: int = 5
    """So many in a row, and the provider is left alone"""
    rest: float = 10.0
    """for so long; then one request tries again."""
