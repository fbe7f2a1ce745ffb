"""From a file to a document that may be used, and the sections it names.

file → envelope → signature over the exact payload → msgpack → shape and cross-references → capabilities → times →
sections, each when it is asked for
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgpack

from aigov_runtime.bundle.format import BASE_CAPABILITIES, required_capabilities, unseal
from aigov_runtime.bundle.sections import FileSections
from aigov_runtime.bundle.validate import validate
from aigov_runtime.errors import BundleError, CapabilityError, FormatError
from aigov_runtime.limits import MAX_BUNDLE_BYTES
from aigov_runtime.scan.validators import VALIDATORS
from aigov_runtime.trust import Trust, Unverified

CAPABILITIES = BASE_CAPABILITIES | {f"validate.{name}" for name in VALIDATORS}
"""Everything that this runtime can do."""


class Bundle(NamedTuple):
    """A bundle that may be used. `sections` are read from its file, which closes when `opened` ends."""

    document: Mapping[str, Any]
    sections: FileSections


@contextmanager
def opened(source: Path | str | bytes, trust: Trust | Unverified) -> Iterator[Bundle]:
    """A bundle, its document validated. Raises BundleError, by who is at fault."""
    with io.BytesIO(source) if isinstance(source, bytes) else _file(Path(source)) as file:
        size = file.seek(0, io.SEEK_END)
        if size > MAX_BUNDLE_BYTES:
            raise FormatError(f"the bundle is larger than {MAX_BUNDLE_BYTES} bytes")
        file.seek(0)
        document = _document(file, trust)
        yield Bundle(document, FileSections(file, document["sections"], file.tell(), size))


def _file(path: Path) -> BinaryIO:
    try:
        file = path.open("rb")
    except OSError as error:
        raise BundleError(f"cannot read the bundle `{path}`: {error.strerror}") from None
    except ValueError as error:  # a NUL in the path
        raise BundleError(f"cannot read the bundle {str(path)!r}: {error}") from None
    if not file.seekable():
        file.close()
        raise BundleError(f"cannot read the bundle `{path}`: it is not a regular file")
    return file


def _document(file: BinaryIO, trust: Trust | Unverified) -> Mapping[str, Any]:
    try:
        envelope = unseal(file)
    except OSError as error:
        raise BundleError(f"cannot read the bundle: {error.strerror}") from None
    if isinstance(trust, Trust):
        trust.verify(envelope)
    document = validate(_decode(envelope.payload))
    _check_capabilities(document)
    if isinstance(trust, Trust):
        trust.admit(document["manifest"])
    return document


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
