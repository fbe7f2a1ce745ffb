"""Decide what may pass: `Engine.load(bundle, trust)` → `engine.session(identity)` → `session.decide(interaction)`.

bytes → verify → decode → validate → Engine → Session → Decision(outcome, edits, rules, …)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aigov_runtime.engine import Engine
    from aigov_runtime.session import Session
    from aigov_runtime.trust import UNVERIFIED, Trust

__all__ = ["UNVERIFIED", "Engine", "Session", "Trust"]

_HOMES = {"Engine": "engine", "Session": "session", "Trust": "trust", "UNVERIFIED": "trust"}


def __getattr__(name: str) -> Any:
    # Late, so that the core can be built with the package half there.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
