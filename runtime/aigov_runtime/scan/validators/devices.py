"""Numbers of devices and vehicles."""

from __future__ import annotations

from aigov_runtime.scan.validators.checksums import luhn

_VIN_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def imei(value: bytes, _minimum: float | None) -> bool:
    """Fifteen digits with a Luhn digit whose type allocation code is one that a reporting body gives out: the first
    two digits name it (3GPP TS 23.003, 6.2; GSMA TS.06)."""
    digits = value.translate(None, b" -/.")
    return (
        len(digits) == 15
        and digits[:2] in (b"01", b"35", b"86", b"99", b"98", b"91", b"45", b"44", b"49", b"52")
        and luhn(digits, None)
    )


def iccid(value: bytes, _minimum: float | None) -> bool:
    """SIM card number: 89, 18 to 20 digits; 19 with a Luhn digit (ITU-T E.118)."""
    digits = value.translate(None, b" -")
    if not digits.startswith(b"89") or not 18 <= len(digits) <= 20:
        return False
    return len(digits) != 19 or luhn(digits, None)


def vin(value: bytes, _minimum: float | None) -> bool:
    """Vehicle identification number with the check digit that North America requires (49 CFR 565.15)."""
    text = value.decode("ascii", "replace").upper()
    if len(text) != 17 or any(character not in _VIN_VALUES for character in text):
        return False
    total = sum(_VIN_VALUES[character] * weight for character, weight in zip(text, _VIN_WEIGHTS, strict=True))
    return text[8] == "0123456789X"[total % 11]


def vin_form(value: bytes, _minimum: float | None) -> bool:
    """Seventeen characters as ISO 3779 has them: letters and digits, the last four digits."""
    return len(value) == 17 and value[-4:].isdigit() and not value.isdigit() and not value.isalpha()


def licence_plate(value: bytes, _minimum: float | None) -> bool:
    """Four to nine letters and digits, with at least one of each, in at most four groups (most countries' plates)."""
    text = value.replace(b"-", b"").replace(b" ", b"")
    return 4 <= len(text) <= 9 and text.isalnum() and not text.isdigit() and not text.isalpha()
