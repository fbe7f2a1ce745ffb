"""Telephone numbers, by the numbering plans that libphonenumber collects. Loaded when first needed: they are large.

Parsing with the library costs 50 µs and more for each plan that is tried. Its plans are patterns and lengths: here
they are put together once, so that a number costs a few µs whatever it is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_REGIONS = (
    "US", "GB", "DE", "FR", "IT", "ES", "NL", "CH", "AT", "BE", "IE", "PL", "PT", "SE", "NO", "DK", "FI", "CZ", "SK",
    "HU", "RO", "BG", "GR", "HR", "LT", "LV", "EE", "TR", "RU", "UA", "IN", "CN", "JP", "KR", "TW", "HK", "SG", "TH",
    "VN", "ID", "MY", "PH", "AU", "NZ", "BR", "MX", "AR", "CL", "CO", "PE", "ZA", "NG", "EG", "IL", "AE", "SA",
)  # fmt: skip
"""Plans that a number without a country code is tried against."""

_KINDS = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan")
_EXTENSION = re.compile(r"(?i)[ ,]*(?:ext\.?|extension|x|durchwahl|poste|int\.)[ ]?[0-9]{1,6}$")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ][0-9]{2}[-./ ][0-9]{2}(?: [0-9]{2})?"  # perhaps with an hour
    r"|[0-9]{2}[-./ ][0-9]{2}[-./ ](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-(?:19|20)[0-9]{2}"  # years
)
MIN_DIGITS, MAX_DIGITS = 7, 15


def phone(value: bytes, _minimum: float | None) -> bool:
    """A number of its plan: that of the country code after `+` or `00`, which need only have a possible length, else
    that of some region, which must be assignable unless it stands in North American groups."""
    text, digits = _read(value)
    if not _is_number(text, digits):
        return False
    if "+" in text[:2]:
        return _international(digits)
    if text.startswith("00"):
        return _international(digits[2:])
    if len(digits) == 11 and digits[0] == "1" and not text[1].isdigit():
        digits = digits[1:]
    return _north_american(text, digits) or _national().fullmatch(digits) is not None


def phone_shape(value: bytes, _minimum: float | None) -> bool:
    """Seven to fifteen digits that are no date and not one or two digits repeated: enough where a number is named."""
    return _is_number(*_read(value))


def _read(value: bytes) -> tuple[str, str]:
    """The number without its extension, and its digits without a trunk zero in brackets."""
    text = _EXTENSION.sub("", value.decode("ascii", "replace"))
    return text, "".join(filter(str.isdigit, text.replace("(0)", "")))


def _is_number(text: str, digits: str) -> bool:
    return MIN_DIGITS <= len(digits) <= MAX_DIGITS and len(set(digits)) > 2 and not _DATE.fullmatch(text)


def _north_american(text: str, digits: str) -> bool:
    """Ten digits in groups of three, three and four: area and exchange as they may be, assigned or not."""
    return len(digits) == 10 and digits[0] > "1" and digits[3] > "1" and len(re.split(r"[^0-9]+", text.strip("("))) == 3


def _international(digits: str) -> bool:
    for length in (1, 2, 3):
        lengths = _lengths(digits[:length])
        if lengths:
            return len(digits) - length in lengths
    return False


@cache
def _lengths(code: str) -> frozenset[int]:
    """The lengths of the national numbers of a country code; none when there is no such code."""
    import phonenumbers

    known: list[Any] = [
        phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
        for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    ]
    return frozenset(length for plan in known for length in plan.general_desc.possible_length)


@cache
def _national() -> re.Pattern[str]:
    """Numbers as people of some region dial them at home."""
    import phonenumbers

    plans: list[Any] = [phonenumbers.PhoneMetadata.metadata_for_region(region) for region in _REGIONS]
    return re.compile("|".join(f"(?:{plan.national_prefix or ''})?(?:{_assignable(plan)})" for plan in plans))


def _assignable(plan: Any) -> str:
    patterns = (getattr(plan, kind) for kind in _KINDS)
    kept = dict.fromkeys(each.national_number_pattern for each in patterns if each and each.national_number_pattern)
    return "|".join(f"(?:{pattern})" for pattern in kept if pattern != "NA")
