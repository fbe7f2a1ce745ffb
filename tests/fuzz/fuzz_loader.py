"""Hostile bundles: the loader answers with an engine or a BundleError, an engine that loads also decides, and a
signed bundle whose payload was changed never loads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["aigov_runtime"]):
    from aigov_runtime import UNVERIFIED, Engine, Trust
    from aigov_runtime.bundle.format import encode, seal, unseal
    from aigov_runtime.errors import BundleError
    from aigov_runtime.model import Direction, Interaction, Kind, Outcome, Segment

import msgpack
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import aigov_dsl
from aigov_compiler import compile_program
from tests.fuzz.harness import fuzz

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
    match provider.ConsumeIntInRange(0, 3):
        case 0:
            _load(provider.ConsumeBytes(sys.maxsize), UNVERIFIED)
        case 1:
            _load(seal(provider.ConsumeBytes(sys.maxsize), ()), UNVERIFIED)
        case 2:
            _load(seal(encode(_mutated(provider)), ()), UNVERIFIED)
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


def _refuse_changed(provider: atheris.FuzzedDataProvider) -> None:
    """Bytes of the signed envelope are overwritten: what still loads has the payload that was signed."""
    changed = bytearray(SEED.envelope)
    for _ in range(provider.ConsumeIntInRange(1, 4)):
        changed[provider.ConsumeIntInRange(0, len(changed) - 1)] = provider.ConsumeIntInRange(0, 255)
    try:
        Engine.load(bytes(changed), TRUST)
    except BundleError:
        return
    assert unseal(bytes(changed)).payload == SEED.payload


# A tree with a few nodes replaced gets past the decoder, where random bytes hardly ever do.


def _mutated(provider: atheris.FuzzedDataProvider) -> Any:
    tree = msgpack.unpackb(SEED.payload, strict_map_key=False)
    for _ in range(provider.ConsumeIntInRange(1, 4)):
        _mutate(tree, provider)
    return tree


def _mutate(node: Any, provider: atheris.FuzzedDataProvider) -> None:
    """Walk down by the input's choice and change one entry."""
    while True:
        keys = sorted(node) if isinstance(node, dict) else range(len(node))
        if not keys:
            return
        key = keys[provider.ConsumeIntInRange(0, len(keys) - 1)]
        if not isinstance(node[key], dict | list) or not node[key] or provider.ConsumeIntInRange(0, 7) == 0:
            break
        node = node[key]
    node[key] = _other(node[key], provider)


def _other(value: Any, provider: atheris.FuzzedDataProvider) -> Any:
    match provider.ConsumeIntInRange(0, 6):
        case 0 if isinstance(value, bytes) and value:
            changed = bytearray(value)
            changed[provider.ConsumeIntInRange(0, len(changed) - 1)] = provider.ConsumeIntInRange(0, 255)
            return bytes(changed)
        case 1 if isinstance(value, bytes | str | list):
            return value[: provider.ConsumeIntInRange(0, len(value))]
        case 2 if isinstance(value, bytes | str | list):
            return value + value
        case 3:
            return provider.ConsumeIntInRange(-(2**63), 2**63 - 1)
        case 4:
            return provider.ConsumeIntInRange(-2, 300)
        case 5:
            return provider.ConsumeUnicodeNoSurrogates(8)
        case _:
            return [None, True, [], {}, b"", 0.5][provider.ConsumeIntInRange(0, 5)]


if __name__ == "__main__":
    fuzz(target, (bytes([number]) * 64 for number in range(8)))
