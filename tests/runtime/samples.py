"""Made-up values in the vendors' formats, check values computed, the same for the same seed. None was ever issued."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Mapping

ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
BASE64 = ALNUM + "+/"
HEX = "0123456789abcdef"
LOWER = string.ascii_lowercase + string.digits

Make = Callable[[random.Random], str]


def chars(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def form(*parts: str | tuple[str, int]) -> Make:
    """Literals and (alphabet, count) pairs, put together."""
    return lambda rng: "".join(part if isinstance(part, str) else chars(rng, *part) for part in parts)


def urlsafe_json(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(rng: random.Random) -> str:
    header = urlsafe_json({"alg": "HS256", "typ": "JWT"})
    return f"{header}.{urlsafe_json({'sub': chars(rng, string.digits, 10)})}.{chars(rng, URLSAFE, 42)}A"


def pem(kind: str) -> Make:
    def make(rng: random.Random) -> str:
        body = "\n".join(chars(rng, BASE64, 64) for _ in range(12))
        return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"

    return make


def luhn(digits: str) -> str:
    """The digits and their check digit."""
    total = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def card(prefix: str, length: int, groups: tuple[int, ...] = (), separator: str = " ") -> Make:
    def make(rng: random.Random) -> str:
        number = luhn(prefix + chars(rng, string.digits, length - len(prefix) - 1))
        parts, at = [], 0
        for size in groups or (length,):
            parts.append(number[at : at + size])
            at += size
        return separator.join(parts)

    return make


def iban(country: str, bban: str, *, spaced: bool) -> Make:
    """`bban` holds d for a digit, U for a capital."""

    def make(rng: random.Random) -> str:
        body = "".join(rng.choice(string.digits if kind == "d" else string.ascii_uppercase) for kind in bban)
        number = int("".join(str(int(c, 36)) for c in body + country + "00"))
        text = f"{country}{98 - number % 97:02d}{body}"
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4)) if spaced else text

    return make


def putty(rng: random.Random) -> str:
    lines = "\n".join(chars(rng, BASE64, 64) for _ in range(4))
    return (
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: deploy\nPublic-Lines: 2\n"
        f"{lines}\nPrivate-Lines: 1\n{chars(rng, BASE64, 48)}\nPrivate-MAC: {chars(rng, HEX, 64)}"
    )


ARMOURED: Mapping[str, tuple[Make, ...]] = {
    "private_key": tuple(
        map(pem, ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"))
    ),
    "putty_private_key": (putty,),
}

PII: Mapping[str, tuple[Make, ...]] = {
    "pii.email": (
        form((string.ascii_lowercase, 5), ".", (string.ascii_lowercase, 7), "@corp-mail.co.uk"),
        form("a", (LOWER, 3), "+x@b.io"),
    ),
    "pii.phone": (
        form("+49 30 ", (string.digits[1:], 8)),
        form("+44 20 7", (string.digits, 3), " ", (string.digits, 4)),
        form("(212) 5", (string.digits, 2), "-", (string.digits, 4)),
        form("415-6", (string.digits, 2), "-", (string.digits, 4)),
        form("+1 312 6", (string.digits, 2), " ", (string.digits, 4)),
    ),
    "pii.us_ssn": (form("5", ("12345678", 2), "-", ("12345678", 2), "-4", (string.digits, 3)),),
    "pii.ip_address": (
        form("10.", ("123456789", 1), "1.20.", ("123456789", 2)),
        form("2001:db8:", (HEX, 3), "1::", ("123456789abcdef", 4)),
        form("fe80:", *(((HEX, 3), "1:") * 6), (HEX, 4)),
    ),
    "payment.iban": (
        iban("DE", "d" * 18, spaced=True),
        iban("GB", "UUUU" + "d" * 14, spaced=False),
        iban("BE", "d" * 12, spaced=True),
        iban("NL", "UUUU" + "d" * 10, spaced=True),
        iban("ES", "d" * 20, spaced=False),
        iban("PL", "d" * 24, spaced=True),
        iban("NO", "d" * 11, spaced=True),
        iban("MT", "UUUU" + "d" * 23, spaced=False),
    ),
    "payment.card": (
        card("4", 16, (4, 4, 4, 4)),
        card("4", 16),
        card("4", 19),
        card("51", 16, (4, 4, 4, 4), "-"),
        card("2221", 16),
        card("2720", 16, (4, 4, 4, 4)),
        card("37", 15, (4, 6, 5)),
        card("2131", 15),
        card("1800", 15),
        card("3528", 16),
        card("36", 14, (4, 6, 4)),
        card("5018", 14),
        card("6011", 16),
        card("622126", 19),
    ),
}  # fmt: skip

CARRIERS: Mapping[str, Callable[[str], str]] = {
    "alone": lambda value: value,
    "prose": lambda value: f"Please use {value}, it works for me.",
    "end of sentence": lambda value: f"The value is {value}.",
    "json": lambda value: json.dumps({"id": 7, "value": value, "on": True}),
    "env": lambda value: f"export SETTING={value}\nDEBUG=1",
    "code": lambda value: f'client = Client("{value}")  # prod',
    "url": lambda value: f"see https://api.corp.io/v1/items?p={value}&page=2",
    "diff": lambda value: f"@@ -1,2 +1,2 @@\n-value: old\n+value: {value}\n",
    "yaml": lambda value: f"service:\n  value: {value}\n  replicas: 3\n",
    "markdown": lambda value: f"Run it with `{value}` and **then** wait.",
}
