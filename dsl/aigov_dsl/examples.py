r"""Examples of detectors: templates of text that a seeded generator fills in, so that no live value is ever written.

A template is text with slots: `ghp_{base62:30}{crc32_base62}`. A slot is `{KIND}`, `{KIND:N}` or `{KIND:N..M}`;
`\{` is a brace.

    digits hex HEX lower upper letters alnum base62 lowernum uppernum base32 base64 base64url
                      so many random characters of that alphabet
    uuid              a random UUID (RFC 9562, version 4)
    one:a|b|c         one of these texts
    word first last   an English word, a given name, a family name
    b64:TEMPLATE      the base64 form of what TEMPLATE gives
    crc32_base62, crc32_hex
                      the check value of what stands before it, as the validators of these names read it

Check digits that need no slot come out by drawing until the detector accepts the text: `accepted`.
"""

from __future__ import annotations

import base64
import re
import string
import uuid
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

MAX_COUNT = 8_192
"""Most characters of one slot."""

TRIES = 20_000
"""Draws after which `accepted` gives up: enough for three check digits."""

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ALPHABETS = {
    "digits": string.digits,
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "letters": string.ascii_letters,
    "alnum": _BASE62,
    "base62": _BASE62,
    "lowernum": string.ascii_lowercase + string.digits,
    "uppernum": string.ascii_uppercase + string.digits,
    "base32": string.ascii_uppercase + "234567",
    "base64": _BASE62 + "+/",
    "base64url": _BASE62 + "-_",
}
_WORDS = {
    "word": (
        "amber anchor autumn basket bridge candle canyon cedar circle copper corner cotton desert ember falcon forest "
        "garden glacier harbor hazel island jasmine kettle lantern ladder maple marble meadow mirror orchard pepper "
        "pillow planet pocket river saddle silver spruce summer tunnel valley velvet violet walnut willow window"
    ),
    "first": (
        "Alice Amara Anna Boris Carlos Chen Clara David Elena Emma Farid Fatima Felix Grace Hana Hugo Ines Ivan Jack "
        "James Julia Karim Laura Leon Lucia Maria Marta Mei Milan Nadia Noah Olga Omar Paul Petra Priya Rosa Samuel "
        "Sofia Tariq Thomas Vera Wei Yuki"
    ),
    "last": (
        "Adams Becker Berg Brown Castro Chen Costa Dubois Evans Fischer Garcia Haddad Hansen Ito Jensen Johnson Khan "
        "Kowalski Larsen Lopez Martin Meyer Miller Moreau Nguyen Novak Okafor Olsen Patel Petrov Popescu Rossi Sato "
        "Schmidt Silva Singh Smith Tanaka Taylor Walker Weber Wilson Young Zimmermann"
    ),
}
_CHOICES = {kind: words.split() for kind, words in _WORDS.items()}
_BARE = ("uuid", "crc32_base62", "crc32_hex", *_CHOICES)
KINDS = (*_ALPHABETS, "uuid", "one", *_CHOICES, "b64", "crc32_base62", "crc32_hex")
"""What a slot may be."""

_SLOT = re.compile(r"\{(?P<kind>\w*)(?P<colon>:?)")
_COUNT = re.compile(r"(?P<low>[0-9]{1,5})(?:\.\.(?P<high>[0-9]{1,5}))?")


class TemplateError(ValueError):
    """What is wrong with a template, and what to do about it."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class _Slot:
    kind: str
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()
    inner: tuple[_Part, ...] = ()


_Part = str | _Slot


def check(template: str) -> None:
    """Raise TemplateError unless the template can be expanded."""
    _parse(template)


def expand(template: str, random: Random) -> str:
    """The text of a template, the same for the same state of `random`. Raises TemplateError."""
    return _fill(_parse(template), random)


def accepted(template: str, random: Random, accepts: Callable[[str], bool], tries: int = TRIES) -> str:
    """The first text of a template that `accepts` takes. Raises ValueError after so many tries."""
    parts = _parse(template)
    for _ in range(tries):
        text = _fill(parts, random)
        if accepts(text):
            return text
    raise ValueError(f"none of {tries:,} texts of the template `{template}` was accepted")


def _parse(template: str) -> tuple[_Part, ...]:
    parts, end = _parts(template, 0, nested=False)
    assert end == len(template)
    if not template:
        raise TemplateError("the example is empty", "write a text that the detector finds")
    return parts


def _parts(template: str, at: int, *, nested: bool) -> tuple[tuple[_Part, ...], int]:
    """The parts from `at`, up to the closing brace when nested; and where they end."""
    parts: list[_Part] = []
    while at < len(template):
        if template.startswith("\\{", at):
            parts.append("{")
            at += 2
        elif template[at] == "{":
            slot, at = _slot(template, at)
            parts.append(slot)
        elif template[at] == "}" and nested:
            return tuple(parts), at
        else:
            parts.append(template[at])
            at += 1
    if nested:
        raise TemplateError("a `{` is never closed", r"a brace that is meant is written `\\{`")
    return tuple(parts), at


def _slot(template: str, at: int) -> tuple[_Slot, int]:
    head = _SLOT.match(template, at)
    assert head
    kind = head["kind"]
    if kind not in KINDS:
        message = f"an example knows no `{{{kind}}}`"
        raise TemplateError(message, rf"known are {', '.join(KINDS)}; a brace that is meant is written `\\{{`")
    if kind == "b64" and head["colon"]:
        inner, end = _parts(template, head.end(), nested=True)
        return _Slot(kind, inner=inner), end + 1
    end = template.find("}", head.end())
    if end < 0:
        raise TemplateError("a `{` is never closed", r"a brace that is meant is written `\\{`")
    return _simple(kind, template[head.end() : end] if head["colon"] else None), end + 1


def _simple(kind: str, argument: str | None) -> _Slot:
    if kind in _BARE:
        if argument is not None:
            raise TemplateError(f"`{{{kind}}}` takes nothing after it", f"write `{{{kind}}}`")
        return _Slot(kind)
    if kind in ("one", "b64"):
        choices = tuple((argument or "").split("|"))
        if kind == "b64" or len(choices) < 2 or not all(choices):
            raise TemplateError(f"`{{{kind}}}` needs what it stands for", "write `{one:a|b}` or `{b64:TEXT}`")
        return _Slot(kind, choices=choices)
    count = _COUNT.fullmatch(argument or "")
    low, high = (int(count["low"]), int(count["high"] or count["low"])) if count else (0, 0)
    if not 1 <= low <= high <= MAX_COUNT:
        message = f"`{{{kind}}}` needs a count from 1 to {MAX_COUNT:,}"
        raise TemplateError(message, f"write `{{{kind}:32}}` or `{{{kind}:32..40}}`")
    return _Slot(kind, low=low, high=high)


def _fill(parts: Sequence[_Part], random: Random) -> str:
    text = ""
    for part in parts:
        text += part if isinstance(part, str) else _value(part, text, random)
    return text


def _value(slot: _Slot, before: str, random: Random) -> str:
    match slot.kind:
        case "uuid":
            return str(uuid.UUID(int=random.getrandbits(128), version=4))
        case "one":
            return random.choice(slot.choices)
        case "b64":
            return base64.b64encode(_fill(slot.inner, random).encode()).decode()
        case "crc32_base62":
            return _crc32_base62(before)
        case "crc32_hex":
            return _crc32_hex(before)
    if slot.kind in _CHOICES:
        return random.choice(_CHOICES[slot.kind])
    return "".join(random.choices(_ALPHABETS[slot.kind], k=random.randint(slot.low, slot.high)))


def _token(before: str) -> bytes:
    """What a check value is of: the token that it ends, not the prose in front."""
    return re.split(r"[^\w.-]", before, flags=re.ASCII)[-1].encode()


def _crc32_base62(before: str) -> str:
    """GitHub's and npm's: over the characters after the last `_`, six digits (github.blog, 2021)."""
    number, digits = zlib.crc32(_token(before).rpartition(b"_")[2]), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits


def _crc32_hex(before: str) -> str:
    """Grafana's: over the token up to the `_` in front of it, least significant byte first."""
    return zlib.crc32(_token(before).removesuffix(b"_")).to_bytes(4, "little").hex()
