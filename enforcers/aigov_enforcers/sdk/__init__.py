"""The enforcement point inside a Python process: what its client libraries send to models is governed.

    from aigov_enforcers import sdk
    sdk.install("policy.govb", {"user": {"id": "ann"}, "device": {"managed": True}})

Or without a line of code: `AIGOV_BUNDLE=policy.govb python -m aigov_enforcers.sdk script.py`. The official
clients need no change: a block is their own exception. Importing this module is cheap; `install` loads the engine.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from aigov_enforcers.governing.routes import Route
    from aigov_enforcers.identity import Identity
    from aigov_enforcers.sdk.hook import Hook
    from aigov_runtime import Engine, Trust
    from aigov_runtime.trust import Unverified

__all__ = ["install", "uninstall"]

_lock = threading.Lock()
_hook: Hook | None = None


def install(
    bundle: Path | str | bytes | Engine | None = None,
    identity: Mapping[str, object] | Identity | None = None,
    *,
    trust: Trust | Unverified | None = None,
    routes: Mapping[str, str | Route] | None = None,
    hosts: Mapping[str, str] | None = None,
    on_failure: str | None = None,
) -> None:
    """Govern this process's requests to models from now on. A second call replaces the first.

    `bundle` None is the file in `AIGOV_BUNDLE`. A file is looked at again each second that there are requests: a new
    bundle in its place is verified and put in force, a bad one is reported and the old one stays. `identity` None is
    what `AIGOV_IDENTITY` says, a file or JSON, over what the operating system says (`local.identity`). `trust` None
    asks for the installed keys (`Trust.default`). `routes` maps the targets of `reroute` to base URLs; a target that is
    not there blocks. `hosts` approves hosts besides the known providers, as `{"llm.acme.example": "openai"}`: the value
    is the provider whose protocol it speaks. `on_failure`, `closed` or `open`, says what happens to a request when
    deciding itself fails; None is `AIGOV_ON_FAILURE`, or else `closed`.

    Raises BundleError when the bundle is refused or no key is trusted, IdentityError or InputError for a wrong
    identity, ValueError for an unknown provider, a route that is no URL or no bundle at all, and RuntimeError when a
    client library is of a version that cannot be governed. Nothing is changed then.
    """
    global _hook  # noqa: PLW0603 - the hook is a property of the process
    from aigov_enforcers.sdk.hook import Hook
    from aigov_enforcers.sdk.settings import governor

    with _lock:
        decider = governor(bundle, identity, trust, routes, hosts, on_failure)
        if _hook is None:
            _hook = Hook(decider)
        else:
            _hook.decider = decider


def uninstall() -> None:
    """Put everything back. Requests that are under way end as they began."""
    global _hook  # noqa: PLW0603 - as above
    with _lock:
        if _hook is not None:
            _hook.remove()
            _hook = None


def _forked() -> None:
    global _lock  # noqa: PLW0603 - another thread may have held it
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forked)
