"""The enforcement point inside a Python process: every request of `httpx2` and `httpx` clients is governed.

    from aigov_enforcers import sdk
    sdk.install(bundle="policy.govb", identity={"user": {"id": "ann"}, "device": {"managed": True}})

The official `openai` and `anthropic` clients ride on these two, so they need no change: a block is
their own `PermissionDeniedError`. Importing this module is cheap; `install` loads the engine.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from aigov_enforcers.identity import Identity
    from aigov_enforcers.sdk.governor import Route
    from aigov_enforcers.sdk.hook import Hook
    from aigov_runtime import Engine, Trust
    from aigov_runtime.trust import Unverified

__all__ = ["install", "uninstall"]

_lock = threading.Lock()
_hook: Hook | None = None


def install(
    bundle: Path | str | bytes | Engine,
    identity: Mapping[str, object] | Identity,
    *,
    trust: Trust | Unverified | None = None,
    routes: Mapping[str, str | Route] | None = None,
    hosts: Mapping[str, str] | None = None,
) -> None:
    """Govern this process's requests to models from now on. A second call replaces the first.

    `trust` None asks for the installed keys (`Trust.default`). `routes` maps the targets of `reroute` to base
    URLs; a target that is not there blocks. `hosts` approves hosts besides the known providers, as
    `{"llm.acme.example": "openai"}`: the value is the provider whose protocol it speaks.

    Raises BundleError when the bundle is refused or no key is trusted, IdentityError or InputError for a wrong
    identity, ValueError for an unknown provider or a route that is no URL, and RuntimeError when there is no client
    library to govern. Nothing is changed then.
    """
    global _hook  # noqa: PLW0603 - the hook is a property of the process
    from aigov_enforcers.identity import Identity, from_json
    from aigov_enforcers.sdk.governor import Governor
    from aigov_enforcers.sdk.hook import Hook
    from aigov_enforcers.wire import Catalogue
    from aigov_runtime import Engine, Trust

    with _lock:
        engine = bundle if isinstance(bundle, Engine) else Engine.load(bundle, trust or Trust.default())
        who = identity if isinstance(identity, Identity) else from_json(identity, engine.policy.attributes)
        governor = Governor(engine, who, Catalogue(hosts), routes or {})
        if _hook is None:
            _hook = Hook(governor)
        else:
            _hook.governor = governor


def uninstall() -> None:
    """Put everything back. Requests that are under way end as they began."""
    global _hook  # noqa: PLW0603 - as above
    with _lock:
        if _hook is not None:
            _hook.remove()
            _hook = None
