"""Seeded draws of the alphabets that formats are written in."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from datetime import date, timedelta

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE64URL = string.ascii_letters + string.digits + "-_"
BASE64 = string.ascii_letters + string.digits + "+/"
BASE32 = string.ascii_uppercase + "234567"
LOWERNUM = string.ascii_lowercase + string.digits
UPPERNUM = string.ascii_uppercase + string.digits


class Draw(random.Random):
    """A generator of random texts. Equal seeds give equal texts."""

    def of(self, alphabet: str, count: int) -> str:
        """`count` characters of `alphabet`."""
        return "".join(self.choices(alphabet, k=count))

    def digits(self, count: int) -> str:
        """Decimal digits."""
        return self.of(string.digits, count)

    def number(self, low: int, high: int, width: int = 0) -> str:
        """A number between `low` and `high`, both included, padded with zeros to `width`."""
        return f"{self.randint(low, high):0{width}d}"

    def hex(self, count: int) -> str:
        """Lower-case hexadecimal digits."""
        return self.of("0123456789abcdef", count)

    def upper(self, count: int) -> str:
        """Upper-case letters."""
        return self.of(string.ascii_uppercase, count)

    def lower(self, count: int) -> str:
        """Lower-case letters."""
        return self.of(string.ascii_lowercase, count)

    def base62(self, count: int) -> str:
        """Letters and digits."""
        return self.of(BASE62, count)

    def base64(self, count: int) -> str:
        """Characters of base64 (RFC 4648), without padding."""
        return self.of(BASE64, count)

    def base64url(self, count: int) -> str:
        """Characters of base64url (RFC 4648), without padding, ending in a letter or digit."""
        return self.of(BASE64URL, count - 1) + self.base62(1)

    def uuid(self) -> str:
        """A UUID of version 4 (RFC 9562)."""
        return f"{self.hex(8)}-{self.hex(4)}-4{self.hex(3)}-{self.of('89ab', 1)}{self.hex(3)}-{self.hex(12)}"

    def day(self, first: int = 1948, last: int = 2004) -> date:
        """A day of the years `first` to `last`."""
        start = date(first, 1, 1)
        return start + timedelta(days=self.randrange((date(last + 1, 1, 1) - start).days))

    def one(self, *choices: str) -> str:
        """One of the texts."""
        return self.choice(choices)

    def grouped(self, text: str, sizes: Sequence[int], *separators: str) -> str:
        """`text` in groups of `sizes`, parted by one of `separators`."""
        separator = self.choice(separators)
        parts, at = [], 0
        for size in sizes:
            parts.append(text[at : at + size])
            at += size
        return separator.join(parts)
