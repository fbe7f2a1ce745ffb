"""Addresses and keys of cryptocurrencies, by the check values in them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any

_BITCOIN = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_TO_BITCOIN = bytes.maketrans(_RIPPLE, _BITCOIN)
_VALUES = {byte: value for value, byte in enumerate(_BITCOIN)}

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CHECKS = (1, 0x2BC830A3)
"""What the checksum of bech32 (BIP-173) and bech32m (BIP-350) leaves."""

_MONERO_BLOCKS = {11: 8, 10: 7, 9: 6, 7: 5, 6: 4, 5: 3, 3: 2, 2: 1}
"""Characters of a block of Monero's base 58 → bytes."""


def base58check(value: bytes, _minimum: float | None) -> bool:
    """Base 58 whose last four bytes are the double SHA-256 of those before (Bitcoin, Litecoin, Dogecoin, TRON, WIF,
    BIP-32 extended keys)."""
    decoded = _base58(value)
    return decoded is not None and len(decoded) > 4 and _double_sha256(decoded[:-4])[:4] == decoded[-4:]


def bitcoin_address(value: bytes, _minimum: float | None) -> bool:
    """A Bitcoin or Litecoin address: base 58 with a check, or SegWit."""
    return base58check(value, None) or bech32(value, None)


def xrp_address(value: bytes, _minimum: float | None) -> bool:
    """Base 58 with Ripple's alphabet and the same check (xrpl.org, "Base58 Encodings")."""
    return base58check(value.translate(_TO_BITCOIN), None)


def base58_32(value: bytes, _minimum: float | None) -> bool:
    """Base 58 of exactly 32 bytes: a Solana account (an ed25519 public key)."""
    decoded = _base58(value)
    return decoded is not None and len(decoded) == 32


def _base58(value: bytes) -> bytes | None:
    number = 0
    for byte in value:
        digit = _VALUES.get(byte)
        if digit is None:
            return None
        number = number * 58 + digit
    zeros = len(value) - len(value.lstrip(b"1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _double_sha256(data: bytes) -> bytes:
    return sha256(sha256(data).digest()).digest()


def bech32(value: bytes, _minimum: float | None) -> bool:
    """A bech32 (BIP-173) or bech32m (BIP-350) string whose checksum holds: SegWit addresses, Cardano addresses."""
    text = value.decode("ascii", "replace")
    if text not in (text.lower(), text.upper()):
        return False
    prefix, _, data = text.lower().rpartition("1")
    if not prefix or len(data) < 6 or any(character not in _BECH32 for character in data):
        return False
    expanded = [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]
    return _polymod(expanded + [_BECH32.index(character) for character in data]) in _BECH32_CHECKS


def _polymod(values: Sequence[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                checksum ^= generator
    return checksum


def eip55(value: bytes, _minimum: float | None) -> bool:
    """An Ethereum address in mixed case whose case is right by Keccak-256 of its lower-case form (EIP-55)."""
    address = value.removeprefix(b"0x").decode("ascii", "replace")
    if address in (address.lower(), address.upper()):
        return False
    digest = _keccak256(address.lower().encode()).hex()
    return all(
        character.isdigit() or character.isupper() == (nibble >= "8")
        for character, nibble in zip(address, digest, strict=False)
    )


def monero_address(value: bytes, _minimum: float | None) -> bool:
    """Monero's base 58 in blocks of eight bytes; the last four are Keccak-256 of those before."""
    decoded = b""
    for start in range(0, len(value), 11):
        block = value[start : start + 11]
        number = 0
        for byte in block:
            digit = _VALUES.get(byte)
            if digit is None:
                return False
            number = number * 58 + digit
        size = _MONERO_BLOCKS.get(len(block))
        if size is None or number >> (8 * size):
            return False
        decoded += number.to_bytes(size, "big")
    return len(decoded) > 4 and _keccak256(decoded[:-4])[:4] == decoded[-4:]


def _keccak256(data: bytes) -> bytes:
    from Crypto.Hash import keccak

    return keccak.new(digest_bits=256, data=data).digest()


@cache
def _mnemonic() -> Any:
    from mnemonic import Mnemonic

    return Mnemonic("english")


def bip39(value: bytes, _minimum: float | None) -> bool:
    """12, 15, 18, 21 or 24 words of the English list whose checksum holds (BIP-39). Numbers and punctuation between the
    words do not count."""
    words = "".join(character if character.isalpha() else " " for character in value.decode("ascii", "replace").lower())
    return bool(_mnemonic().check(" ".join(words.split())))
