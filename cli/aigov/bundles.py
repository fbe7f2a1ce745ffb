"""Opening bundles for the verbs that decide or look inside."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aigov.exits import Code, Failure
from aigov.output import note
from aigov_runtime import UNVERIFIED, Engine, Trust
from aigov_runtime.bundle.loader import opened
from aigov_runtime.errors import BundleError, InputError
from aigov_runtime.trust import SYSTEM_DIRECTORY, USER_DIRECTORY, VARIABLE, Unverified


def open_engine(path: Path, trust: Path | None, monitor: bool | Collection[str] = ()) -> Engine:
    """The engine of a bundle file. Fails with exit code 7 when the bundle is refused."""
    with refusals(path):
        return Engine.load(path, _trust(path, trust), monitor)


def open_document(path: Path, trust: Path | None) -> Mapping[str, Any]:
    """The validated document of a bundle file (`docs/bundle.md`). Fails with exit code 7 when it is refused."""
    with refusals(path), opened(path, _trust(path, trust)) as bundle:
        return bundle.document


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turns a refused bundle into exit code 7, and a monitored rule that is not there into a usage error."""
    try:
        yield
    except BundleError as error:
        raise Failure(f"{path}: {error}", Code.TRUST) from error
    except InputError as error:
        raise Failure(f"{path}: {error}") from error


def _trust(path: Path, given: Path | None) -> Trust | Unverified:
    """The keys given, else those installed; with none installed the bundle is not verified, and a note says so."""
    if given is not None:
        return Trust.from_path(given)
    if _keys_installed():
        return Trust.default()
    note(f"{path}: the signature is not checked: no trusted key is installed (give --trust PUB)")
    return UNVERIFIED


def _keys_installed() -> bool:
    """Whether there is a key to ask, sound or not: a broken one must fail, not be passed over."""
    stores = (USER_DIRECTORY.expanduser(), SYSTEM_DIRECTORY)
    return bool(os.environ.get(VARIABLE)) or any(any(store.glob("*.pub")) for store in stores)
