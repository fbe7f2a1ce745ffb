"""The envelope against the words of the DSSE specification, and against the runtime's trust."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aigov_compiler import KeyFileError, compile_program, keys
from aigov_compiler.sign import envelope
from aigov_runtime import Engine, Trust
from aigov_runtime.bundle import format as bundle_format
from aigov_runtime.errors import SignatureError
from tests.compiler.programs import program

PAYLOAD = b"\x00payload\xff"


def test_pre_authentication_encoding_of_the_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_format, "PAYLOAD_TYPE", "http://example.com/HelloWorld")
    assert bundle_format.pae(b"hello world") == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_the_signature_is_over_the_exact_payload() -> None:
    private, _ = keys.generate()
    key = keys.load_private(private)
    sealed = json.loads(envelope(PAYLOAD, key, ()))
    (signature,) = sealed["signatures"]
    assert base64.b64decode(sealed["payload"]) == PAYLOAD
    assert sealed["payloadType"] == bundle_format.PAYLOAD_TYPE
    assert signature["keyid"] == hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()
    kind = sealed["payloadType"].encode()
    signed = b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(PAYLOAD)).encode(), PAYLOAD])
    key.public_key().verify(base64.b64decode(signature["sig"]), signed)


def test_who_trusts_the_key_loads_the_bundle_and_nobody_else() -> None:
    private, public = keys.generate()
    _, stranger = keys.generate()
    signed = compile_program(program(), key=keys.load_private(private)).envelope
    assert Engine.load(signed, Trust.from_pem(public)).manifest["name"] == "policy"
    with pytest.raises(SignatureError):
        Engine.load(signed, Trust.from_pem(stranger))
    with pytest.raises(SignatureError):
        Engine.load(compile_program(program()).envelope, Trust.from_pem(public))


def test_a_private_key_file_is_its_owners_and_is_never_overwritten(tmp_path: Path) -> None:
    private, _ = keys.generate()
    path = tmp_path / "signing.key"
    keys.write_private(path, private)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.load_private(path).private_bytes_raw() == keys.load_private(private).private_bytes_raw()
    with pytest.raises(KeyFileError, match=r"signing.key` exists"):
        keys.write_private(path, private)


def _pem(encryption: serialization.KeySerializationEncryption) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def test_what_is_not_a_key_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    with pytest.raises(KeyFileError, match=r"cannot read `.*key.pem`: No such file"):
        keys.load_private(path)
    path.write_bytes(b"hello")
    with pytest.raises(KeyFileError, match="is not a private key in PEM"):
        keys.load_private(path)
    path.write_bytes(_pem(serialization.NoEncryption()))
    with pytest.raises(KeyFileError, match="is not an Ed25519 key"):
        keys.load_private(path)
    path.write_bytes(_pem(serialization.BestAvailableEncryption(b"secret")))
    with pytest.raises(KeyFileError, match="is protected by a passphrase"):
        keys.load_private(path)
