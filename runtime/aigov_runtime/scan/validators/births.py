"""Dates of birth: days that someone alive may have been born on, in the ways that people write them."""

from __future__ import annotations

import re
from datetime import date

_YEARS = range(1900, 2031)
_NUMBER = re.compile(r"[0-9]+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MONTHS = {
    prefix: number
    for number, prefixes in enumerate(
        (
            "jan jän janv ene gen sty styczeń",
            "feb fév fev lut",
            "mar mär maa mrt",
            "apr avr abr kwi",
            "may mai mag mei maj",
            "jun juin giu cze",
            "jul juil lug lip",
            "aug aoû aou ago sie",
            "sep set wrz",
            "oct okt ott out paź paz",
            "nov lis",
            "dec dez déc dic gru",
        ),
        1,
    )
    for prefix in prefixes.split()
}
"""How the names of the months begin in English, German, French, Spanish, Italian, Portuguese, Dutch and Polish."""


def birth_date(value: bytes, _minimum: float | None) -> bool:
    """A day of the calendar in the years from 1900, with its month as a number or a word and its parts in any usual
    order."""
    text = value.decode("utf-8", "replace").lower()
    numbers = _NUMBER.findall(text)
    named = [_month(word) for word in _WORD.findall(text) if word not in ("del", "the")]
    if named and len(numbers) == 2:
        day, year = sorted(numbers, key=len) if len(numbers[0]) != len(numbers[1]) else numbers
        return named[0] is not None and _is_day(year, named[0], int(day))
    if len(numbers) == 1 and len(numbers[0]) == 8:
        packed = numbers[0]
        return _is_day(packed[:4], int(packed[4:6]), int(packed[6:])) or _is_day(
            packed[4:], int(packed[2:4]), int(packed[:2])
        )
    if len(numbers) < 3 or named:
        return False
    one, two, three = numbers[:3]
    if len(one) == 4:
        return _is_day(one, int(two), int(three))
    return _is_day(three, int(two), int(one)) or _is_day(three, int(one), int(two))


def _month(word: str) -> int | None:
    return _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])


def _is_day(year: str, month: int, day: int) -> bool:
    number = int(year)
    if len(year) == 2:  # of which century does not matter, but for 29 February
        number += 1900 if number > 30 else 2000
    if number not in _YEARS:
        return False
    try:
        date(number, month, day)
    except ValueError:
        return False
    return True
