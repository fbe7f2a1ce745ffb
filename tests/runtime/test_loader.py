"""Bundles that must not load, and what is said of them."""

from __future__ import annotations

import base64
import copy
import hashlib
import io
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aigov_compiler import Compiled
from aigov_runtime import UNVERIFIED, Engine, Trust
from aigov_runtime.bundle.format import FORMAT, Signature, encode, keyid, pae, seal, unseal
from aigov_runtime.bundle.loader import opened
from aigov_runtime.bundle.shape import conform, key
from aigov_runtime.errors import (
    BundleError,
    CapabilityError,
    ExpiredError,
    FormatError,
    NoTrustError,
    NotYetValidError,
    RollbackError,
    SignatureError,
)
from tests.runtime.policies import compiled, interaction, unsigned

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
TRUST = Trust((KEY.public_key(),), now=lambda: 1_000.0)
RULES = """
default block "no"
rule ok { when device.managed and request.model like any ["gpt-*"] then allow }
rule hide { when payload contains key and request.bytes > 3 then redact as mask, log full, alert "sec", label "l" }
rule away on any { when user.groups has "eng" or payload contains name then reroute to "eu" }
"""

NEAR = {"words": 0, "within": 9, "side": "", "negated": False}
BESIDE = {"detector": 2, "within": 9, "side": "", "negated": False}
RAISED: dict[str, Any] = {"confidence": 2, "near": [], "detectors": [], "validate": []}


@pytest.fixture(scope="module")
def bundle() -> Compiled:
    return compiled(RULES, key=KEY, counter=5)


def signatures_of(bundle: Compiled) -> tuple[Signature, ...]:
    return unseal(io.BytesIO(bundle.envelope)).signatures


def test_a_signed_bundle_loads(bundle: Compiled, tmp_path: Path) -> None:
    path = tmp_path / "a.govb"
    path.write_bytes(bundle.envelope)
    for source in (bundle.envelope, path, str(path)):
        engine = Engine.load(source, TRUST)
        assert engine.revision == bundle.document["manifest"]["revision"]
        assert engine.manifest["counter"] == 5


def test_any_trusted_signature_will_do(bundle: Compiled) -> None:
    theirs = compiled(RULES, key=STRANGER, counter=5)
    both = seal(bundle.payload, (*signatures_of(theirs), *signatures_of(bundle)), bundle.sections)
    assert Engine.load(both, TRUST)


def test_a_signature_covers_every_byte_of_the_payload(bundle: Compiled) -> None:
    signatures = signatures_of(bundle)
    for at in random.Random(0).sample(range(len(bundle.payload)), 200):
        changed = bytearray(bundle.payload)
        changed[at] ^= 1 << at % 8
        with pytest.raises(SignatureError, match="altered"):
            Engine.load(seal(bytes(changed), signatures, bundle.sections), TRUST)


@pytest.mark.parametrize("signer", [None, STRANGER])
def test_an_unsigned_or_strange_bundle_is_refused(signer: Ed25519PrivateKey | None) -> None:
    with pytest.raises(SignatureError, match="not signed"):
        Engine.load(compiled(RULES, key=signer).envelope, TRUST)


def test_nothing_is_decoded_before_the_signature_holds(bundle: Compiled) -> None:
    signatures = signatures_of(bundle)
    with pytest.raises(SignatureError):
        Engine.load(seal(b"\xc1 not msgpack", signatures), TRUST)


def test_a_signed_bundle_is_still_validated(bundle: Compiled) -> None:
    payload = encode({**bundle.document, "rules": []})
    forged = seal(payload, (_sign(payload),), bundle.sections)
    with pytest.raises(FormatError):
        Engine.load(forged, TRUST)


def _sign(payload: bytes) -> Signature:
    return Signature(keyid(KEY.public_key().public_bytes_raw()), KEY.sign(pae(payload)))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"expires": 1_000}, ExpiredError),
        ({"expires": 1_001}, None),
        ({"not_before": 1_001}, NotYetValidError),
        ({"not_before": 1_000}, None),
        ({"counter": 4}, RollbackError),
        ({"counter": 5}, None),
    ],
)
def test_times_and_counter_bound_a_bundle(fields: dict[str, int], error: type[BundleError] | None) -> None:
    envelope = compiled(RULES, key=KEY, **({"counter": 5} | fields)).envelope
    trust = TRUST.at_least(5)
    if error is None:
        assert Engine.load(envelope, trust)
        return
    with pytest.raises(error):
        Engine.load(envelope, trust)
    assert Engine.load(envelope, UNVERIFIED)


def test_every_cut_is_refused(bundle: Compiled) -> None:
    size = len(bundle.envelope)
    for end in [*range(0, size, size // 150), size - 1]:
        with pytest.raises(BundleError):
            Engine.load(bundle.envelope[:end], UNVERIFIED)
    for end in range(0, len(bundle.payload), len(bundle.payload) // 150):
        with pytest.raises(FormatError):
            Engine.load(seal(bundle.payload[:end], (), bundle.sections), UNVERIFIED)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "not JSON"),
        (b"\x00" * 100, "not JSON"),
        (b"[]", "DSSE"),
        (b"{}", "DSSE"),
        (b'{"payload": "", "payloadType": "x", "signatures": []}', "payload type"),
        (b'{"payload": 1, "payloadType": "%s", "signatures": []}', "base64 string"),
        (b'{"payload": "%%", "payloadType": "%s", "signatures": []}', "not base64"),
        (b'{"payload": "", "payloadType": "%s", "signatures": {}}', "signatures"),
        (b'{"payload": "", "payloadType": "%s", "signatures": [1]}', "keyid"),
        (b'{"payload": "", "payloadType": "%s", "signatures": [{"keyid": 1, "sig": ""}]}', "keyid"),
        (b'{"payload": "", "payloadType": "%s", "signatures": []}', "msgpack"),
    ],
)
def test_what_is_no_envelope_is_refused(data: bytes, complaint: str) -> None:
    data = data.replace(b"%s", b"application/vnd.aigov.bundle.v1+msgpack") + b"\n"
    with pytest.raises(FormatError, match=complaint):
        Engine.load(data, UNVERIFIED)


@pytest.mark.parametrize(
    "payload",
    [
        b"\xc1",
        b"\xdd\xff\xff\xff\xff",  # a list of four thousand million items
        b"\xdb\xff\xff\xff\xff",
        b"\x91" * 100_000,  # deep nesting
        msgpack.packb({"a": b"\xff".decode("latin-1")})[:-1] + b"\xff",  # not UTF-8
        msgpack.packb(msgpack.ExtType(5, b"x")),
        msgpack.packb(msgpack.Timestamp(0)),
        msgpack.packb({1: 2}),
        msgpack.packb([]),
        msgpack.packb(None),
        msgpack.packb({"format": FORMAT}),
    ],
)
def test_what_is_no_document_is_refused(payload: bytes) -> None:
    with pytest.raises(FormatError):
        Engine.load(seal(payload, ()), UNVERIFIED)


@pytest.mark.parametrize("path", ["/nonexistent.govb", "/", "a\0b"])
def test_a_file_that_cannot_be_read_is_named(path: str) -> None:
    with pytest.raises(BundleError, match="cannot read the bundle"):
        Engine.load(path, UNVERIFIED)


def test_another_version_is_named(bundle: Compiled) -> None:
    with pytest.raises(FormatError, match="version"):
        unsigned({**bundle.document, "format": FORMAT + 1}, bundle.sections)


def test_a_capability_that_is_not_there_is_named(bundle: Compiled) -> None:
    document = copy.deepcopy(bundle.document)
    document["manifest"]["capabilities"].append("scan.telepathy")
    with pytest.raises(CapabilityError, match=r"scan\.telepathy"):
        unsigned(document, bundle.sections)
    document["manifest"]["capabilities"] = []
    with pytest.raises(FormatError, match=r"core\.v1"):
        unsigned(document, bundle.sections)
    document = copy.deepcopy(bundle.document)
    document["detectors"][0]["validate"] = [{"name": "vibes", "minimum": None}]
    with pytest.raises(CapabilityError, match=r"validate\.vibes"):
        unsigned(document, bundle.sections)


def test_a_database_of_another_platform_is_left_alone(bundle: Compiled) -> None:
    document = copy.deepcopy(bundle.document)
    ours = dict(document["scan"]["databases"])
    document["scan"]["databases"] = {f"plan9 {name}": entry for name, entry in ours.items()}
    decision = unsigned(document, bundle.sections).session({}).decide(interaction("key-123456"))
    assert [finding.detector for finding in decision.findings] == ["t.key"]


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    *steps, last, value = path

    def change(document: Any) -> None:
        for step in steps:
            document = document[step]
        document[last] = value

    change.__name__ = f"{'.'.join(map(str, (*steps, last)))}={value}"
    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (_set("extra", 1), "keys"),
        (_set("strings", ["b", "a"]), "sorted"),
        (_set("strings", ["a", "a"]), "unique"),
        (_set("detectors", 0, "id", "z"), "sorted"),
        (_set("rules", 0, "id", "hide"), "unique"),
        (_set("rules", 0, "scope", "response"), "scope"),
        (_set("rules", 2, "effect", ""), "flags"),
        (_set("rules", 1, "effect", "block"), "targets"),
        (_set("rules", 1, "targets", []), "targets"),
        (_set("rules", 1, "targets", [[99, 0]]), "selector"),
        (_set("rules", 1, "targets", [[0, 3]]), r"rules\[1\].targets\[0\]\[1\]"),
        (_set("rules", 1, "obligations", "log", "all"), r"rules\[1\].obligations.log"),
        (_set("rules", 0, "target", ""), "target"),
        (_set("rules", 0, "leaves", []), "leaves"),
        (_set("rules", 0, "leaves", 0, 0, 999), "leaf"),
        (_set("rules", 0, "location", 1, -1), r"rules\[0\].location\[1\]"),
        (_set("selectors", 0, [7]), "selectors"),
        (_set("default", "effect", "redact"), "default.effect"),
        (_set("attributes", 0, "phase", "later"), r"attributes\[0\].phase"),
        (_set("manifest", "counter", True), "manifest.counter"),
        (_set("manifest", "expires", -1), "manifest.expires"),
        (_set("scan", "patterns", 0, "detector", 9), "no such detector"),
        (_set("scan", "patterns", 0, "group", 7), "group"),
        (_set("detectors", 0, "ignore", [0]), r"detectors\[0\].ignore: no such values"),
        (_set("detectors", 0, "near", [NEAR]), r"detectors\[0\].near: no such words"),
        (_set("detectors", 0, "near", [NEAR | {"side": "above"}]), r"detectors\[0\].near\[0\].side"),
        (_set("detectors", 0, "raised", [RAISED | {"near": [NEAR]}]), r"detectors\[0\].near: no such words"),
        (
            _set("detectors", 0, "raised", [RAISED | {"detectors": [BESIDE]}]),
            r"detectors\[0\].raised: no such detector",
        ),
        (_set("detectors", 0, "raised", [RAISED | {"confidence": 3}]), r"detectors\[0\].raised\[0\].confidence"),
        (_set("scan", "programs", 9), "scan.programs: no such section"),
        (_set("scan", "programs", 0), "scan.programs: not as long"),
        (_set("scan", "programs", None), "scan.programs: not as long"),
        (_set("scan", "patterns", 0, "program", 0), "scan.programs: not as long"),
        (_set("scan", "cues", 9), "scan.cues: no such section"),
        (_set("scan", "cues", None), "scan.cues: not as long"),
        (_set("scan", "patterns", 0, "cue", 1), "scan.cues: not as long"),
        (_set("scan", "databases", {"x": 9}), r"scan\.databases\.x: no such section"),
        (_set("sections", 0, "sha256", b""), r"sections\[0\].sha256: expected 32 bytes"),
        (_set("sections", 0, "length", 0), "cut off or lengthened"),
        (_set("core", "rules", b""), "core.rules"),
        (_set("core", "pool", b"123"), "core.pool"),
        (_set("predicates", []), "core.predicates"),
    ],
)
def test_a_document_that_contradicts_itself_is_refused(
    bundle: Compiled, change: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    document = copy.deepcopy(bundle.document)
    change(document)
    with pytest.raises(FormatError, match=complaint):
        unsigned(document, bundle.sections)


@pytest.mark.parametrize("cue", [b"(", b"(?<=a)b", b""])
def test_a_cue_that_hyperscan_refuses_is_refused(bundle: Compiled, cue: bytes) -> None:
    document, sections = copy.deepcopy(bundle.document), list(bundle.sections)
    document["scan"]["databases"] = {}
    document["scan"]["patterns"][0]["cue"] = len(cue)
    sections[document["scan"]["cues"]] = cue
    document["sections"][document["scan"]["cues"]] = {"sha256": hashlib.sha256(cue).digest(), "length": len(cue)}
    with pytest.raises(FormatError, match="scan: Hyperscan refuses a pattern"):
        unsigned(document, sections)


def test_a_key_of_another_size_is_refused() -> None:
    key(b"k" * 32)
    for bad in (b"", b"k" * 31, b"k" * 33, "k" * 32, None):
        with pytest.raises(FormatError, match="32 bytes"):
            conform(bad, key)


def test_a_value_of_the_wrong_kind_is_refused_everywhere(bundle: Compiled) -> None:
    """Each value of the document in turn becomes a float, which none may be."""
    places = list(_places(bundle.document))
    assert len(places) > 200
    for path in places:
        document = copy.deepcopy(bundle.document)
        _set(*path, 0.5)(document)
        with pytest.raises(FormatError):
            unsigned(document, bundle.sections)


def _places(node: Any, path: tuple[Any, ...] = ()) -> Any:
    if path and path[-1] != "minimum":
        yield path
    if isinstance(node, dict | list):
        for key in node if isinstance(node, dict) else range(len(node)):
            yield from _places(node[key], (*path, key))


def test_flipped_bits_are_refused_or_harmless(bundle: Compiled) -> None:
    """In every binary section: an engine that loads decides within its bounds."""
    chance = random.Random(1)
    outcomes = {"refused": 0, "loaded": 0}
    for _ in range(400):
        document = copy.deepcopy(bundle.document)
        section = chance.choice(sorted(document["core"]))
        content = bytearray(document["core"][section])
        if not content:
            continue
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        document["core"][section] = bytes(content)
        try:
            session = unsigned(document, bundle.sections).session({"device.managed": True})
        except FormatError:
            outcomes["refused"] += 1
            continue
        outcomes["loaded"] += 1
        session.decide(interaction("key-123456 falcon", request_model="gpt-4", request_bytes=9))
    assert min(outcomes.values()) > 20


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="none"):
        Engine.load(tmp_path / "none.govb", TRUST)
    with pytest.raises(BundleError, match="directory"):
        Engine.load(tmp_path, TRUST)


def test_the_sections_stand_behind_the_envelope(bundle: Compiled) -> None:
    assert len(bundle.sections) > 1
    assert bundle.envelope.partition(b"\n")[2] == b"".join(bundle.sections)
    with opened(bundle.envelope, TRUST) as read:
        assert tuple(read.sections) == bundle.sections
    for entry, content in zip(bundle.document["sections"], bundle.sections, strict=True):
        assert entry == {"sha256": hashlib.sha256(content).digest(), "length": len(content)}


def test_a_changed_section_is_refused_signed_or_not(bundle: Compiled) -> None:
    """Whenever it is read; the cues are not, for there is a database of them."""
    chance = random.Random(2)
    start = bundle.envelope.index(b"\n") + 1
    for number, content in enumerate(bundle.sections):
        for at in (0, *chance.sample(range(len(content)), min(20, len(content))), len(content) - 1):
            changed = bytearray(bundle.envelope)
            changed[start + at] ^= 1 << at % 8
            for trust in (TRUST, UNVERIFIED):
                with (
                    opened(bytes(changed), trust) as read,
                    pytest.raises(SignatureError, match=rf"section {number} does not fit the bundle"),
                ):
                    list(read.sections)
                if number == bundle.document["scan"]["cues"]:
                    assert Engine.load(bytes(changed), trust)
                    continue
                with pytest.raises(SignatureError, match=rf"section {number} does not fit the bundle"):
                    Engine.load(bytes(changed), trust)
        start += len(content)


def test_sections_of_another_bundle_are_refused(bundle: Compiled) -> None:
    swapped = seal(bundle.payload, signatures_of(bundle), bundle.sections[::-1])
    with pytest.raises(SignatureError, match="does not fit"):
        Engine.load(swapped, TRUST)


@pytest.mark.parametrize("extra", [b"\n", b"x" * 1_000])
def test_what_follows_the_sections_is_refused(bundle: Compiled, extra: bytes) -> None:
    with pytest.raises(FormatError, match="cut off or lengthened"):
        Engine.load(bundle.envelope + extra, TRUST)


def test_a_section_that_shrinks_while_it_is_read_is_refused(bundle: Compiled, tmp_path: Path) -> None:
    path = tmp_path / "a.govb"
    path.write_bytes(bundle.envelope)
    with opened(path, TRUST) as read:
        os.truncate(path, len(bundle.envelope) - 1)
        with pytest.raises(SignatureError, match="cut off"):
            read.sections[len(bundle.sections) - 1]


def test_a_pipe_is_no_bundle(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writing = os.open(tmp_path / "pipe", os.O_RDWR)
    try:
        with pytest.raises(BundleError, match="not a regular file"):
            Engine.load(tmp_path / "pipe", UNVERIFIED)
    finally:
        os.close(writing)


def test_the_payload_is_base64_of_the_document(bundle: Compiled) -> None:
    outer = json.loads(bundle.envelope.partition(b"\n")[0])
    assert msgpack.unpackb(base64.b64decode(outer["payload"])) == bundle.document
    assert encode(bundle.document) == bundle.payload


def test_no_key_is_no_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoTrustError, match=r"\*\.pub"):
        Trust.from_path(tmp_path)
    with pytest.raises(NoTrustError, match="cannot read"):
        Trust.from_path(tmp_path / "none.pub")
    (tmp_path / "bad.pub").write_text("hello")
    with pytest.raises(NoTrustError, match="PEM"):
        Trust.from_path(tmp_path)
    monkeypatch.delenv("AIGOV_TRUST", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("aigov_runtime.trust.SYSTEM_DIRECTORY", tmp_path / "etc")
    with pytest.raises(NoTrustError, match="AIGOV_TRUST"):
        Trust.default()


def test_keys_are_found_where_they_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundle: Compiled
) -> None:
    from aigov_compiler.keys import generate, load_private

    private, public = generate()
    own = compiled(RULES, key=load_private(private)).envelope
    user, system = tmp_path / "home/.config/aigov/trust.d", tmp_path / "etc"
    user.mkdir(parents=True)
    system.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("aigov_runtime.trust.SYSTEM_DIRECTORY", system)
    monkeypatch.delenv("AIGOV_TRUST", raising=False)
    (user / "own.pub").write_bytes(public)
    assert Engine.load(own, Trust.default())
    assert Engine.load(own, Trust.from_pem(public))
    with pytest.raises(SignatureError):
        Engine.load(bundle.envelope, Trust.default())
    _, other = generate()
    (tmp_path / "other.pub").write_bytes(other)
    monkeypatch.setenv("AIGOV_TRUST", str(tmp_path / "other.pub"))
    with pytest.raises(SignatureError):
        Engine.load(own, Trust.default())


def test_a_key_of_another_kind_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(NoTrustError, match="Ed25519"):
        Trust.from_pem(pem)
