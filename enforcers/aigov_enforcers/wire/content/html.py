"""What a reader sees of HTML or XML: its text without markup, which can hide a word (`se<b></b>cret`)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from aigov_enforcers.wire.content.part import Budget

_MARKUP = re.compile(r"\s*<(?:!doctype|!--|\?xml|[a-z][a-z0-9]*[\s/>])", re.IGNORECASE)
_INLINE = frozenset(
    """
    a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup
    time tt u var wbr
    """.split()  # noqa: SIM905 - a table of words, readable as it stands
)
_AT_ONCE = 65_536


def is_markup(text: str) -> bool:
    """Whether the text begins as HTML or XML does."""
    return _MARKUP.match(text) is not None


def visible(text: str, budget: Budget) -> str:
    """The text without tags and comments, entities decoded. Raises `Unreadable` when it takes too long."""
    reader = _Reader()
    for start in range(0, len(text), _AT_ONCE):
        budget.spend(_AT_ONCE)
        reader.feed(text[start : start + _AT_ONCE])
    reader.close()
    return "".join(reader.found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the base class's signature
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)

    def _break(self, tag: str) -> None:
        if tag not in _INLINE and self.found and not self.found[-1].endswith("\n"):
            self.found.append("\n")
