"""Hostile bundles: the loader answers with an engine or a BundleError, an engine that loads also decides, and a
signed bundle whose payload was changed never loads."""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["aigov_runtime"]):
    from aigov_runtime import UNVERIFIED, Engine, Trust
    from aigov_runtime.bundle.format import encode, seal, unseal
    from aigov_runtime.bundle.loader import opened
    from aigov_runtime.errors import BundleError
    from aigov_runtime.model import Direction, Interaction, Kind, Outcome, Segment

import msgpack
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import aigov_dsl
from aigov_compiler import compile_program
from tests.fuzz.harness import fuzz, mutated

POLICY = Path(__file__).with_name("policy.gov")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUST = Trust((KEY.public_key(),))
SEED = compile_program(aigov_dsl.load([POLICY]), key=KEY)
IDENTITY = {"user.groups": frozenset({"eng"}), "device.managed": True}
INTERACTIONS = tuple(
    Interaction(
        direction,
        (
            Segment("user", "/0", "Blue Heron ACME-12345 ann@corp.example", Kind.TEXT),
            Segment("", "/1", "x", Kind.TOOL_CALL),
        ),
        {"request.provider": "openai", "request.model": "gpt-4o"},
        {"request.bytes": 12},
    )
    for direction in Direction
)


def target(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    match provider.ConsumeIntInRange(0, 4):
        case 0:
            _load(provider.ConsumeBytes(sys.maxsize), UNVERIFIED)
        case 1:
            _load(seal(provider.ConsumeBytes(sys.maxsize), ()), UNVERIFIED)
        case 2:
            _load(seal(encode(mutated(msgpack.unpackb(SEED.payload), provider)), (), SEED.sections), UNVERIFIED)
        case 3:
            _load(_with_bad_section(provider), UNVERIFIED)
        case _:
            _refuse_changed(provider)


def _load(bundle: bytes, trust: Any) -> None:
    try:
        engine = Engine.load(bundle, trust)
    except BundleError:
        return
    session = engine.session(IDENTITY)
    for interaction in INTERACTIONS:
        assert session.decide(interaction).outcome in Outcome


def _with_bad_section(provider: atheris.FuzzedDataProvider) -> bytes:
    """A bundle whose document names a section that is unsound by its right digest."""
    document, sections = msgpack.unpackb(SEED.payload), list(SEED.sections)
    number = provider.ConsumeIntInRange(0, len(sections) - 1)
    changed = bytearray(sections[number])
    for _ in range(provider.ConsumeIntInRange(1, 4)):
        changed[provider.ConsumeIntInRange(0, len(changed) - 1)] = provider.ConsumeIntInRange(0, 255)
    sections[number] = bytes(changed)
    document["sections"][number]["sha256"] = hashlib.sha256(changed).digest()
    return seal(encode(document), (), sections)


def _refuse_changed(provider: atheris.FuzzedDataProvider) -> None:
    """Bytes of the signed bundle are overwritten: what still loads has the payload and sections that were signed."""
    changed = bytearray(SEED.envelope)
    for _ in range(provider.ConsumeIntInRange(1, 4)):
        changed[provider.ConsumeIntInRange(0, len(changed) - 1)] = provider.ConsumeIntInRange(0, 255)
    try:
        Engine.load(bytes(changed), TRUST)
    except BundleError:
        return
    assert unseal(io.BytesIO(changed)).payload == SEED.payload
    with opened(bytes(changed), TRUST) as bundle:
        for number, content in enumerate(SEED.sections):
            if number != SEED.document["scan"]["cues"]:  # not read, for there is a database of them
                assert bundle.sections[number] == content


if __name__ == "__main__":
    fuzz(target, (bytes([number]) * 64 for number in range(10)))
