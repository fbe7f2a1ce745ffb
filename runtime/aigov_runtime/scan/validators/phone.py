"""Telephone numbers, by the numbering plans that libphonenumber collects. Loaded when first needed: it is large."""

from __future__ import annotations

from functools import cache
from types import ModuleType

_REGIONS = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "CH", "AT", "BE", "IE", "PL", "SE", "IN", "AU", "BR", "MX", "JP")
"""Plans that a number without a country code is tried against, in this order."""


@cache
def _library() -> ModuleType:
    import phonenumbers

    return phonenumbers


def phone(value: bytes, _minimum: float | None) -> bool:
    """A number that its plan can assign: the plan of its country code after `+` or `00`, else that of some region."""
    text = value.decode("ascii", "replace")
    digits = sum(character.isdigit() for character in text)
    if not 7 <= digits <= 17:
        return False
    if text.startswith("00"):
        text = "+" + text[2:]
    regions: tuple[str | None, ...] = (None,) if text.startswith("+") else _REGIONS
    return any(_valid(text, region) for region in regions)


def _valid(text: str, region: str | None) -> bool:
    library = _library()
    try:
        return bool(library.is_valid_number(library.parse(text, region)))
    except library.NumberParseException:
        return False
