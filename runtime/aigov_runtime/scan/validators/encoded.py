"""Validators that decode a value and look inside."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode
from typing import Any

_SAMPLE_SUBJECT = "1234567890"
"""The `sub` of the token that jwt.io and the documentation after it print."""


def base64(value: bytes, _minimum: float | None) -> bool:
    """Decodes as base64, standard or URL-safe alphabet (RFC 4648), padding optional."""
    return _base64(value) is not None


def _base64(value: bytes) -> bytes | None:
    stripped = value.rstrip(b"=").replace(b"+", b"-").replace(b"/", b"_")
    if not stripped.replace(b"-", b"").replace(b"_", b"").isalnum():
        return None
    try:
        return urlsafe_b64decode(stripped + b"=" * (-len(stripped) % 4))
    except binascii.Error:
        return None


def jwt(value: bytes, _minimum: float | None) -> bool:
    """Compact JWS or JWE (RFC 7515, 7516): the header is a JSON object with an `alg`; the payload of a JWS is one too,
    and not that of the token which documentation prints."""
    parts = value.split(b".")
    header = _json_object(parts[0])
    if header is None or not isinstance(header.get("alg"), str):
        return False
    if len(parts) == 5:
        return isinstance(header.get("enc"), str)
    payload = _json_object(parts[1]) if len(parts) == 3 else None
    return payload is not None and payload.get("sub") != _SAMPLE_SUBJECT


def _json_object(part: bytes) -> dict[str, Any] | None:
    decoded = _base64(part)
    try:
        value = json.loads(decoded or b"")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def basic_auth(value: bytes, _minimum: float | None) -> bool:
    """The user-pass of HTTP Basic authentication (RFC 7617): base64 of printable text, a colon, a password."""
    decoded = _base64(value)
    try:
        user, colon, password = (decoded or b"").decode().partition(":")
    except UnicodeDecodeError:
        return False
    return bool(colon) and len(password) > 3 and (user + password).isprintable() and password != "password"
