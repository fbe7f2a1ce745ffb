"""Telephone numbers, by the numbering plans that libphonenumber collects. Loaded when first needed: it is large."""

from __future__ import annotations

from functools import cache
from types import ModuleType

_REGIONS = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "CH", "AT", "BE", "IE", "PL", "SE", "IN", "AU", "BR", "MX", "JP")
"""Plans that a number without a country code is tried against, in this order."""

_GROUPING = " ()-./"


@cache
def _library() -> ModuleType:
    import phonenumbers

    return phonenumbers


def phone(value: bytes, _minimum: float | None) -> bool:
    """A number of its plan: that of the country code after `+`, else that of some region. Digits grouped as people
    write them need only have a possible length; bare digits must be assignable."""
    text = value.decode("ascii", "replace")
    if not 7 <= sum(character.isdigit() for character in text) <= 15:
        return False
    grouped = any(character in _GROUPING for character in text)
    regions: tuple[str | None, ...] = (None,) if text.startswith("+") else _REGIONS
    return any(_fits(text, region, grouped) for region in regions)


def _fits(text: str, region: str | None, grouped: bool) -> bool:
    library = _library()
    try:
        number = library.parse(text, region)
    except library.NumberParseException:
        return False
    return bool(library.is_possible_number(number) if grouped else library.is_valid_number(number))
