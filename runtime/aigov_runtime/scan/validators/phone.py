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
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./ ][0-9]{2}[-./ ][0-9]{2}|[0-9]{2}[-./ ][0-9]{2}[-./ ](?:19|20)[0-9]{2}")
_PRINTED = " ()-./"
MIN_DIGITS, MAX_DIGITS = 7, 15


def phone(value: bytes, _minimum: float | None) -> bool:
    """A number of its plan: that of the country code after `+` or `00`, else that of some region. International
    numbers grouped as people write them need only have a possible length; all others must be assignable."""
    text = _EXTENSION.sub("", value.decode("ascii", "replace"))
    digits = "".join(filter(str.isdigit, text.replace("(0)", "")))
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS or len(set(digits)) <= 2 or _DATE.fullmatch(text):
        return False
    if text.startswith("+"):
        return _international(digits, grouped=any(character in _PRINTED for character in text))
    if text.startswith("00"):
        return _international(digits[2:], grouped=False)
    if text.startswith(("1-", "1 ", "1.", "1(")) and len(digits) == 11:
        digits = digits[1:]
    if _north_american(text, digits):
        return True
    return _national().fullmatch(digits) is not None


def _north_american(text: str, digits: str) -> bool:
    """Ten digits in groups of three, three and four: area and exchange as they may be, assigned or not."""
    return len(digits) == 10 and digits[0] > "1" and digits[3] > "1" and len(re.split(r"[^0-9]+", text.strip("("))) == 3


def _international(digits: str, *, grouped: bool) -> bool:
    for length in (1, 2, 3):
        plan = _plan(digits[:length])
        if plan is not None:
            lengths, pattern = plan
            rest = digits[length:]
            return len(rest) in lengths if grouped else pattern.fullmatch(rest) is not None
    return False


@cache
def _plan(code: str) -> tuple[frozenset[int], re.Pattern[str]] | None:
    """The lengths of the national numbers of a country code, and a pattern of those that can be assigned."""
    import phonenumbers

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code))
    if regions is None:
        return None
    known: list[Any] = [
        phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), region) for region in regions
    ]
    lengths = frozenset(length for plan in known for length in plan.general_desc.possible_length)
    return lengths, re.compile("|".join(map(_assignable, known)))


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
