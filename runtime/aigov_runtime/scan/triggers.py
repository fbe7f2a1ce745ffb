"""Triggers: cheap signs in a text that some patterns cannot do without.

Patterns slow Hyperscan down, most of all those without a literal (numbers in groups, wallets). The compiler
proves for such a pattern that each of its matches holds a trigger; it is then *gated*: it only sees the places where
triggers fire (`native/triggers.c`), which ordinary text has few of.
"""

from __future__ import annotations

import string
from enum import IntEnum
from typing import NamedTuple


class Gate(IntEnum):
    """What a pattern sees: everything, or the surroundings of triggers, or those of its clues (`scan.clues`)."""

    OPEN = 0
    NARROW = 1
    WIDE = 2
    FAR = 3
    CLUES = 4


MARGINS = {Gate.NARROW: 128, Gate.WIDE: 256, Gate.FAR: 640}
"""Bytes on either side of a trigger; a gated pattern is no wider."""


class Trigger(NamedTuple):
    """Fires at every byte of `counted` that is the `wanted`th of them or a later one, if one of `needed` (where there
    are such) was among them. It counts as long as `least` to `most` bytes lie between neighbours, all `filler`."""

    counted: bytes
    wanted: int
    filler: bytes = b""
    least: int = 0
    most: int = 0
    needed: bytes = b""


_DIGITS = string.digits.encode()
_HEX = string.hexdigits.encode()
_WORD = _DIGITS + string.ascii_letters.encode()

TRIGGERS = (
    Trigger(_DIGITS, 6, b" ()./+-", 0, 3),  # numbers, in groups or not
    Trigger(b".", 3, _DIGITS, 1, 3),  # IPv4 addresses
    Trigger(b":", 4, _HEX, 1, 4),  # IPv6 and MAC addresses
    Trigger(b"-", 5, _HEX, 2, 2),  # MAC addresses
    Trigger(b"@", 1),  # e-mail addresses
    Trigger(_WORD, 15, needed=_DIGITS),  # account numbers
    Trigger(_WORD, 24),  # wallets
)
"""A match of a gated pattern holds one of them. The C code and the compiler know the same."""
