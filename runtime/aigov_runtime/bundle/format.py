"""The bundle's outer shape: a DSSE envelope around one canonical msgpack document, and sections behind it.

Shared with the compiler, which writes what `aigov_runtime.bundle.loader` reads. `docs/bundle.md`
describes the document; the envelope is DSSE v1 (secure-systems-lab/dsse, envelope.md and protocol.md).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import platform as host
import sys
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, NamedTuple

import msgpack
import orjson

from aigov_runtime.errors import FormatError
from aigov_runtime.limits import MAX_BUNDLE_BYTES, MAX_SIGNATURES

FORMAT = 1
"""Version of the document. A loader refuses every other."""

PAYLOAD_TYPE = "application/vnd.aigov.bundle.v1+msgpack"

BASE_CAPABILITIES = frozenset(
    {"core.v1", "scan.patterns", "scan.words", "scan.tables", "scan.code", "scan.plugin.spacy", "redact.token"}
)
"""What this runtime can do besides the validators, which are named `validate.<name>`."""

GUARD_NONE = -1
"""A rule without a guard in a phase."""

PREDICATE_WORDS = 8
RULE_WORDS = 8


class Signature(NamedTuple):
    """One signature of an envelope: `keyid` names the public key, `sig` is 64 bytes for Ed25519."""

    keyid: str
    sig: bytes


class Envelope(NamedTuple):
    """An envelope taken apart; nothing in it is verified yet."""

    payload: bytes
    signatures: tuple[Signature, ...]


def keyid(public_key: bytes) -> str:
    """The name of a raw 32-byte Ed25519 public key: its SHA-256 in lower-case hex."""
    return hashlib.sha256(public_key).hexdigest()


def pae(payload: bytes) -> bytes:
    """DSSE pre-authentication encoding of a bundle payload: the bytes that are signed."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, signatures: Iterable[Signature], sections: Iterable[bytes] = ()) -> bytes:
    """The bundle of a payload: the envelope, a line of JSON, then the sections. The same for the same input."""
    outer = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": s.keyid, "sig": base64.b64encode(s.sig).decode()} for s in signatures],
    }
    return b"".join((orjson.dumps(outer), b"\n", *sections))


def unseal(file: BinaryIO) -> Envelope:
    """Take the envelope at the start of a bundle apart; the file then stands at the first section. Raises FormatError
    when it is not one of ours."""
    line = file.readline(MAX_BUNDLE_BYTES)
    try:
        outer = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise FormatError("not a bundle: the envelope is not JSON (truncated, or another kind of file?)") from None
    if not isinstance(outer, dict) or outer.keys() != {"payload", "payloadType", "signatures"}:
        raise FormatError("not a bundle: expected a DSSE envelope with payload, payloadType and signatures")
    if outer["payloadType"] != PAYLOAD_TYPE:
        raise FormatError(f"not a bundle of this version: expected the payload type {PAYLOAD_TYPE}")
    signatures = outer["signatures"]
    if not isinstance(signatures, list) or len(signatures) > MAX_SIGNATURES:
        raise FormatError(f"signatures must be a list of at most {MAX_SIGNATURES}")
    if not line.endswith(b"\n"):
        raise FormatError("the envelope has no end of line: the file was cut off")
    return Envelope(_base64(outer["payload"], "payload"), tuple(map(_signature, signatures)))


def _signature(entry: object) -> Signature:
    if not isinstance(entry, dict) or entry.keys() != {"keyid", "sig"} or not isinstance(entry["keyid"], str):
        raise FormatError("a signature must be an object with keyid and sig")
    return Signature(entry["keyid"], _base64(entry["sig"], "sig"))


def _base64(text: object, field: str) -> bytes:
    if not isinstance(text, str):
        raise FormatError(f"{field} must be a base64 string")
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        raise FormatError(f"{field} is not base64") from None


def encode(document: Mapping[str, Any]) -> bytes:
    """Canonical msgpack: map keys sorted at every depth, integers minimal, no extension types."""
    packed: bytes = msgpack.packb(_sorted(document), use_bin_type=True)
    return packed


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_sorted(item) for item in value]
    return value


def required_capabilities(document: Mapping[str, Any]) -> list[str]:
    """The capabilities that a document uses, sorted: the compiler writes them, the loader compares."""
    scan, detectors = document["scan"], document["detectors"]
    needed = {"core.v1"}
    needed.update(f"scan.{part}" for part in ("patterns", "words", "tables") if scan[part])
    if any(detector["languages"] is not None for detector in detectors):
        needed.add("scan.code")
    needed.update(f"scan.plugin.{plugin['engine']}" for plugin in scan["plugins"])
    gates = (gate for detector in detectors for gate in (detector, *detector["raised"]))
    needed.update(f"validate.{check['name']}" for gate in gates for check in gate["validate"])
    if "token" in {item["style"] for item in (*detectors, *document["rules"])}:
        needed.add("redact.token")
    return sorted(needed)


def platform(database_info: bytes) -> str:
    """The key of a serialised Hyperscan database: operating system, machine, and what the library says
    of itself (`Database.info()`: version and CPU features)."""
    return f"{sys.platform} {host.machine()} {database_info.decode('ascii', 'replace')}"
