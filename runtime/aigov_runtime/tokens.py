r"""Reversible tokens and hashes, keyed per session.

A token is `NAME_payload`: the detector's bare name in upper case, then lower-case base32 (RFC 4648, no padding) of
AES-SIV (RFC 5297) over the value, with the detector's id as associated data. So equal values get equal tokens in
a session, a token that was altered or comes from another session is refused, and a model that changes
its case or wraps it in Markdown (`**…**`, `\_`) does no harm.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
"""Size of a session key."""

HASH_DIGITS = 12

_ENDING = re.compile(r"_([A-Za-z2-7]{28,})")
"""What every token ends in: 16 bytes of tag and at least one of value. Nearly all text has none, and is done."""

_NAMES = re.compile(r"(?<![A-Za-z0-9])(?=((?:[A-Za-z0-9]|\\?_)+)\\?\Z)")
"""Every place where the name in front of an ending may begin, longest name first."""

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567"
_PARTS = _DIGITS + b"0189_\\"
"""Bytes of payloads, and of tokens as a whole."""


class Tokens:
    """Makes and resolves the tokens of one session. `detectors` are the ids that may have made some."""

    def __init__(self, key: bytes, detectors: Iterable[str]) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a session key has {KEY_BYTES} bytes, not {len(key)}")
        self._key = key
        # HMAC and AES-SIV must not share a key.
        self._cipher = AESSIV(HKDF(SHA256(), length=64, salt=None, info=b"aigov token v1").derive(key))
        owners: dict[str, list[str]] = defaultdict(list)
        for detector in detectors:
            owners[token_name(detector)].append(detector)
        self._detectors = dict(owners)
        self._reach = 2 * max(map(len, self._detectors), default=0)  # a name all of escaped `_`

    def replacement(self, style: str, detector: str, value: bytes) -> str:
        """What stands for a value: `hash` → `[id:digits]`, `token` → `NAME_payload`."""
        if style == "hash":
            digits = hmac.new(self._key, value, hashlib.sha256).hexdigest()[:HASH_DIGITS]
            return f"[{detector}:{digits}]"
        sealed = self._cipher.encrypt(value, [detector.encode()])
        return f"{token_name(detector)}_{base64.b32encode(sealed).decode().rstrip('=').lower()}"

    def restore(self, text: str) -> str:
        """The text with every token of this session replaced by its value; anything else stays as it is."""
        parts: list[str] = []
        done = 0
        for start, end, value in self.found(text):
            parts += text[done:start], value
            done = end
        return "".join([*parts, text[done:]]) if parts else text

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, value) in characters of every token of this session."""
        done = 0
        for ending in _ENDING.finditer(text):
            low, high = max(done, ending.start() - self._reach), ending.start()
            for beginning in _NAMES.finditer(text, low, high):
                detectors = self._detectors.get(beginning[1].replace("\\", "").upper())
                if detectors:
                    value = self._opened(ending[1], detectors)
                    if value is not None:
                        yield beginning.start(), ending.end(), value
                        done = ending.end()
                    break

    def begun(self, data: bytes) -> int:
        """Where a token may have begun that goes on behind the data; their end for none."""
        start = len(data.rstrip(_PARTS))
        if len(data) - start <= self._reach:
            return start
        ending = data.rfind(b"_", start)
        if ending < 0 or data[ending + 1 :].strip(_DIGITS):
            return len(data)
        name = data[max(start, ending - self._reach) : ending].decode()
        known = any(found[1].replace("\\", "").upper() in self._detectors for found in _NAMES.finditer(name))
        return start if known else len(data)

    def _opened(self, payload: str, detectors: Iterable[str]) -> str | None:
        """The value that one of the detectors sealed, None when none of them did in this session."""
        try:
            sealed = base64.b32decode(payload.upper() + "=" * (-len(payload) % 8))
        except binascii.Error:
            return None
        for detector in detectors:
            try:
                return self._cipher.decrypt(sealed, [detector.encode()]).decode("utf-8", "surrogatepass")
            except (InvalidTag, UnicodeDecodeError):
                continue
        return None


@cache
def token_name(detector: str) -> str:
    """The readable part of a detector's tokens: `secrets.aws_access_key_id` → `AWS_ACCESS_KEY_ID`."""
    return re.sub(r"[^A-Z0-9]", "_", detector.rpartition(".")[2].upper())
