"""The client libraries that are governed, one module each, all with the same contract (`exchange.Call`).

A transport names the modules that it patches, and the patches once such a module is there. Nothing here
imports a client library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

InForce = Callable[[], Any]
"""The decider in force, or None when nothing is governed."""


class Patch(NamedTuple):
    """Replace the attribute `name` of `owner` by what `wrap` makes of it."""

    owner: Any
    name: str
    wrap: Callable[[Any, InForce], Any]


MODULES: Mapping[str, str] = {
    "httpx2": "httpx",
    "httpx": "httpx",
    "urllib3.connectionpool": "urllib3",
    "botocore.endpoint": "botocore",
    "aiohttp.client": "aiohttp",
    "urllib.request": "urllib",
}
"""Module of a client library → our module that governs it."""


def patches(name: str, module: Any) -> Iterable[Patch]:
    """The patches of a module of a client library. Raises RuntimeError for a version that cannot be governed."""
    transport = import_module(f"aigov_enforcers.sdk.transports.{MODULES[name]}")
    try:
        found: list[Patch] = list(transport.patches(module))
        for patch in found:
            getattr(patch.owner, patch.name)
    except AttributeError as missing:
        raise RuntimeError(f"this version of `{name}` cannot be governed: {missing}") from missing
    return found
