"""Names of persons: how they are written, and gazetteers of given and family names of many countries.

The gazetteers are small and written by hand. They hold names without their marks (`muller` is Müller), so that a
text may leave the marks out. Loaded when first needed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

_PARTICLES = frozenset(
    [
        "af",
        "al",
        "av",
        "bar",
        "ben",
        "bin",
        "bint",
        "da",
        "dal",
        "das",
        "de",
        "degli",
        "dei",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "e",
        "el",
        "ibn",
        "la",
        "las",
        "le",
        "los",
        "ten",
        "ter",
        "van",
        "von",
        "y",
        "zu",
        "zum",
        "zur",
    ]
)
_WORD = re.compile(
    r"(?:d'|D'|l'|L'|O'|Mc|Mac|De|Di|La|Le|Van|Fitz|St\.? ?)?[^\W\d_][^\W\d_']*(?:-[^\W\d_][^\W\d_]*){0,2}"
)
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "'": "", "’": ""})
MAX_LETTERS = 20
"""Letters of one word of a name."""


def person_name(value: bytes, _minimum: float | None) -> bool:
    """Two to six words as names are written, with no common word among them but a family name after a given one; or one
    word that a gazetteer holds."""
    words = _words(value)
    if len(words) == 1:
        return _is_given(words[0]) or (_is_family(words[0]) and not _is_common(words[0]))
    return bool(words) and _is_free(words)


def titled_name(value: bytes, _minimum: float | None) -> bool:
    """What may follow a title: one to six words as names are written, as in `person_name`, or one family name."""
    words = _words(value)
    return bool(words) and (_is_free(words) or (len(words) == 1 and _is_family(words[0])))


def listed_name(value: bytes, _minimum: float | None) -> bool:
    """A name whose first word is a given name of the gazetteer, or whose last of several is a family name."""
    words = _words(value)
    return bool(words) and (_is_given(words[0]) or (len(words) > 1 and _is_family(words[-1])))


def known_name(value: bytes, _minimum: float | None) -> bool:
    """A given name that is no word besides, and a family name, both of the gazetteers; between them, if anything, no
    common words."""
    words = _words(value)
    return (
        len(words) > 1
        and _is_given(words[0])
        and words[0] not in _gazetteer("ambiguous")
        and _is_family(words[-1])
        and _is_free(words)
    )


def _is_free(words: list[str]) -> bool:
    """Whether no word is a common one, but for family names after a given name."""
    given = _is_given(words[0])
    return not any(
        _is_common(word) and not (given and number and _is_family(word)) for number, word in enumerate(words)
    )


def _words(value: bytes) -> list[str]:
    """The words of a name without marks, in lower case, without particles and initials; none when it is no name."""
    text = " ".join(value.decode("utf-8", "replace").replace("’", "'").split())
    words = text.split(" ")
    if len(words) == 2 and words[0].endswith(","):  # family name first
        words = [words[1], words[0][:-1]]
    names = [word for word in words if word.lower() not in _PARTICLES and not _is_initial(word)]
    capitals = text.isupper()
    if not 0 < len(names) <= len(words) <= 6 or not all(_is_written(name, capitals=capitals) for name in names):
        return []
    return [_fold(name) for name in names]


def _is_initial(word: str) -> bool:
    return len(word) <= 2 and word[:1].isupper() and word[1:] in ("", ".")


def _is_written(word: str, *, capitals: bool) -> bool:
    """`Miller`, `McAllister`, `O'Connell`, `Miller-Jones`, `MILLER`."""
    if not 2 <= len(word) <= MAX_LETTERS or not word[0].isalpha() or _WORD.fullmatch(word) is None:
        return False
    if capitals or (word.isupper() and len(word) > 2):
        return True
    parts = re.split(r"[-']", re.sub(r"^(?:Mc|Mac|De|Di|La|Le|Van|Fitz)(?=[A-Z])", "", word))
    return all(part[:1].isupper() or part in ("d", "l") for part in parts) and all(
        part[1:] in ("", part[1:].lower()) for part in parts
    )


def _fold(word: str) -> str:
    lower = word.lower().translate(_LETTERS)
    return "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))


def _is_given(word: str) -> bool:
    return any(part in _gazetteer("given") for part in word.split("-"))


def _is_family(word: str) -> bool:
    names = _gazetteer("family")
    return any(
        part in names or part.replace("ue", "u").replace("oe", "o").replace("ae", "a") in names
        for part in word.split("-")
    )


def _is_common(word: str) -> bool:
    return word in _gazetteer("words")


@cache
def _gazetteer(name: str) -> frozenset[str]:
    return frozenset((files(__name__) / f"{name}.txt").read_text(encoding="ascii").split())
