"""From bytes to a document that may be used.

bytes → envelope → signature over the exact payload → msgpack → shape and cross-references → capabilities → times
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgpack

from aigov_runtime.bundle.format import BASE_CAPABILITIES, required_capabilities, unseal
from aigov_runtime.bundle.validate import validate
from aigov_runtime.errors import BundleError, CapabilityError, FormatError
from aigov_runtime.limits import MAX_BUNDLE_BYTES
from aigov_runtime.scan.validators import VALIDATORS
from aigov_runtime.trust import Trust, Unverified

CAPABILITIES = BASE_CAPABILITIES | {f"validate.{name}" for name in VALIDATORS}
"""Everything that this runtime can do."""


def read(source: Path | str | bytes, trust: Trust | Unverified) -> Mapping[str, Any]:
    """The validated document of a bundle. Raises BundleError, by who is at fault."""
    envelope = unseal(source if isinstance(source, bytes) else _contents(Path(source)))
    if isinstance(trust, Trust):
        trust.verify(envelope)
    document = validate(_decode(envelope.payload))
    _check_capabilities(document)
    if isinstance(trust, Trust):
        trust.admit(document["manifest"])
    return document


def _contents(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        raise BundleError(f"cannot read the bundle `{path}`: {error.strerror}") from None
    except ValueError as error:  # a NUL in the path
        raise BundleError(f"cannot read the bundle {str(path)!r}: {error}") from None


def _decode(payload: bytes) -> object:
    try:
        return msgpack.unpackb(payload, raw=False, strict_map_key=True, ext_hook=_no_extensions)
    except (ValueError, msgpack.UnpackException, RecursionError) as error:
        raise FormatError(f"the payload is not msgpack of the expected form: {error or type(error).__name__}") from None


def _no_extensions(code: int, _: bytes) -> object:
    raise ValueError(f"extension type {code}")


def _check_capabilities(document: Mapping[str, Any]) -> None:
    named = document["manifest"]["capabilities"]
    if missing := sorted({*named, *required_capabilities(document)} - CAPABILITIES):
        raise CapabilityError(
            f"the bundle needs {', '.join(missing)}, which this version of aigov does not have; update it"
        )
    if undeclared := sorted(set(required_capabilities(document)) - set(named)):
        raise FormatError(f"manifest.capabilities: does not name {', '.join(undeclared)}")
