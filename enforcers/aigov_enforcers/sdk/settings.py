"""What `install` is given, and what the environment says where it is given nothing."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from aigov_enforcers.governing.governor import Governor, OnFailure
from aigov_enforcers.governing.reload import BundleFile
from aigov_enforcers.governing.routes import Route
from aigov_enforcers.identity import Identity, IdentityError, from_json
from aigov_enforcers.sdk import local
from aigov_enforcers.wire import Catalogue
from aigov_runtime import Engine, Trust
from aigov_runtime.trust import Unverified

_log = logging.getLogger("aigov.sdk")


def governor(  # noqa: PLR0917 - those of `install`
    bundle: Path | str | bytes | Engine | None,
    identity: Mapping[str, object] | Identity | None,
    trust: Trust | Unverified | None,
    routes: Mapping[str, str | Route] | None,
    hosts: Mapping[str, str] | None,
    on_failure: str | None,
) -> Governor:
    """The governor that these ask for; raises as `install` says."""
    failing = _on_failure(on_failure or os.environ.get("AIGOV_ON_FAILURE") or OnFailure.CLOSED)
    source = _bundle() if bundle is None else bundle
    engine = source if isinstance(source, Engine) else Engine.load(source, trust or Trust.default())
    file = BundleFile(engine, Path(source), _log) if isinstance(source, str | Path) else None
    who = _identity(identity, engine)
    before = file.check if file else None
    return Governor(engine, who, Catalogue(hosts), routes or {}, on_failure=failing, before=before)


def _bundle() -> Path:
    named = os.environ.get("AIGOV_BUNDLE")
    if not named:
        raise ValueError("no bundle: give one, or name its file in AIGOV_BUNDLE")
    return Path(named)


def _on_failure(value: str) -> OnFailure:
    try:
        return OnFailure(value)
    except ValueError:
        raise ValueError(f"on_failure `{value}`: expected `closed` or `open`") from None


def _identity(given: Mapping[str, object] | Identity | None, engine: Engine) -> Identity:
    """The identity: as given, or what the environment says over what the operating system says."""
    if isinstance(given, Identity):
        return given
    declared = engine.policy.attributes
    if given is not None:
        return from_json(given, declared)
    named = os.environ.get("AIGOV_IDENTITY", "").strip()
    said = from_json(_text(named) if named else "{}", declared)
    return local.under(said, local.identity())


def _text(named: str) -> str:
    """The JSON in the variable itself, or in the file that it names."""
    if named.startswith("{"):
        return named
    try:
        return Path(named).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IdentityError(f"AIGOV_IDENTITY names `{named}`, which cannot be read: {error}") from error
