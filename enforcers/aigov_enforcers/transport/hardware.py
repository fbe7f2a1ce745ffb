"""Keys in a hardware token, or a software one, through PKCS #11: they sign there and cannot leave it.

Needs `python-pkcs11`, the extra `hsm`. Libraries of tokens do not survive a fork: load a key in the process that signs.
"""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, NoReturn, Self

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from aigov_enforcers.transport.errors import AuthorityError

SCHEME = "pkcs11"
MODULE = "AIGOV_PKCS11_MODULE"
"""Environment variable with the path of the token's library."""

TOKEN = "AIGOV_PKCS11_TOKEN"
"""With the label of the token."""

PIN = "AIGOV_PKCS11_PIN"
"""With the user's PIN."""

_LOCK = threading.Lock()
"""Sessions are not for several threads at once."""


class Place(NamedTuple):
    """Where a token is, and what opens it."""

    module: str
    token: str
    pin: str

    @classmethod
    def from_environment(cls) -> Self:
        """As the environment says; raises `AuthorityError` when it does not."""
        missing = [name for name in (MODULE, TOKEN, PIN) if not os.environ.get(name)]
        if missing:
            raise AuthorityError(f"a key is in a PKCS #11 token: set {', '.join(missing)}")
        return cls(*(os.environ[name] for name in (MODULE, TOKEN, PIN)))


class TokenKeys:
    """The keys in one token. Raises `AuthorityError` for whatever the token says."""

    def __init__(self, place: Place) -> None:
        self._session = _session(place)

    def make(self, name: str) -> tuple[str, TokenKey]:
        """A new key, and its reference."""
        from pkcs11 import Attribute, KeyType, PKCS11Error
        from pkcs11.util.ec import encode_named_curve_parameters

        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        kept = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
        try:
            parameters = self._session.create_domain_parameters(KeyType.EC, curve, local=True)
            public, private = parameters.generate_keypair(
                store=True, label=name, id=name.encode(), private_template=kept
            )
        except PKCS11Error as error:
            raise AuthorityError(f"the token makes no key: {_said(error)}") from None
        return f"{SCHEME}:{name}", TokenKey(private, public)

    def load(self, reference: str) -> TokenKey:
        """The key with this reference."""
        from pkcs11 import ObjectClass, PKCS11Error

        name = _name(reference)
        try:
            private = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=name)
            public = self._session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=name)
        except PKCS11Error as error:
            raise AuthorityError(f"the token has no key {name}: {_said(error)}") from None
        return TokenKey(private, public)

    def remove(self, reference: str) -> None:
        """Destroy the key."""
        from pkcs11 import Attribute, PKCS11Error

        try:
            for part in list(self._session.get_objects({Attribute.LABEL: _name(reference)})):
                part.destroy()
        except PKCS11Error as error:
            raise AuthorityError(f"the token does not destroy the key: {_said(error)}") from None


class TokenKey(ec.EllipticCurvePrivateKey):
    """A key that only signs."""

    def __init__(self, private: Any, public: Any) -> None:
        from pkcs11.util.ec import encode_ec_public_key

        key = load_der_public_key(encode_ec_public_key(public))
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise AuthorityError("the token's key must be on the curve P-256")
        self._private = private
        self._public = key

    @property
    def curve(self) -> ec.EllipticCurve:
        """P-256."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """Bits."""
        return self._public.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half."""
        return self._public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA with SHA-256, in DER; raises `AuthorityError`."""
        from pkcs11 import Mechanism, PKCS11Error

        if not isinstance(signature_algorithm.algorithm, hashes.SHA256):
            raise AuthorityError("a token's key signs with SHA-256 only")
        try:
            with _LOCK:
                raw = self._private.sign(sha256(data).digest(), mechanism=Mechanism.ECDSA)
        except PKCS11Error as error:
            raise AuthorityError(f"the token does not sign: {_said(error)}") from None
        return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:  # noqa: ARG002
        """Not what the key is for."""
        raise AuthorityError("a token's key only signs")

    def private_numbers(self) -> NoReturn:
        """The key cannot leave the token."""
        raise AuthorityError("a token's key cannot leave it")

    def private_bytes(
        self,
        encoding: serialization.Encoding,  # noqa: ARG002
        format: serialization.PrivateFormat,  # noqa: ARG002
        encryption_algorithm: serialization.KeySerializationEncryption,  # noqa: ARG002
    ) -> NoReturn:
        """The key cannot leave the token."""
        raise AuthorityError("a token's key cannot leave it")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


@lru_cache(maxsize=8)
def _session(place: Place) -> Any:
    """One session for a token: most allow few, and a library is initialised once in a process."""
    try:
        import pkcs11
    except ModuleNotFoundError:
        raise AuthorityError("keys in a PKCS #11 token need `pip install 'aigov[hsm]'`") from None
    try:
        return pkcs11.lib(place.module).get_token(token_label=place.token).open(rw=True, user_pin=place.pin)
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise AuthorityError(f"the token {place.token} cannot be opened: {_said(error)}") from None


def _name(reference: str) -> str:
    scheme, _, name = reference.partition(":")
    if scheme != SCHEME or not name:
        raise AuthorityError(f"{reference}: no key in a token")
    return name


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
