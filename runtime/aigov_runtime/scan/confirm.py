"""From candidates to confirmed matches.

Hyperscan reports only where matches end. `Pattern` finds exact spans and groups with RE2 (linear time) around
those ends; `Gate` decides whether a span counts: context words, ignored values, validators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import re2

from aigov_runtime.scan.dialect import groups, to_re2
from aigov_runtime.scan.validators import VALIDATORS


def compile_re2(translated: bytes) -> Any:
    """Compile what `to_re2` made. Raises ValueError with RE2's words when it is refused."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    try:
        return re2.compile(translated, options)
    except re2.error as error:
        reason = error.args[0]
        raise ValueError(reason.decode("latin-1") if isinstance(reason, bytes) else str(reason)) from None


class Pattern:
    """One pattern of a detector. RE2 takes long over wide bounded repeats, so it compiles on the first candidate."""

    def __init__(self, regex: bytes, group: int, width: int) -> None:
        if not 0 <= group <= groups(regex):
            raise ValueError(f"the pattern has no group {group}")
        self._translated = to_re2(regex)
        self._group = group
        self._width = width

    @cached_property
    def _compiled(self) -> tuple[Any, str | None]:
        try:
            return compile_re2(self._translated), None
        except ValueError as error:
            return None, f"a pattern cannot be compiled: {error}"

    @property
    def refusal(self) -> str | None:
        """Why there can be no spans; None when there can."""
        return self._compiled[1]

    def spans(self, data: bytes, ends: Sequence[int], low: int, high: int) -> Iterator[tuple[int, int]]:
        r"""The spans that a search of a segment, `low` to `high`, would find, given the `ends` (ascending) at which
        some match in it ends.

        A window reaches one longest match before the first end of a cluster, where it may have begun, and one beyond
        the last: Vectorscan 5.4.12 may leave out some of a match's ends. RE2 sees the bytes around a window, so
        `\b` and `^` hold.
        """
        first = last = ends[0]
        for end in ends[1:]:
            if end - last > 2 * self._width:
                yield from self._search(data, max(low, first - self._width), min(high, last + self._width))
                first = end
            last = end
        yield from self._search(data, max(low, first - self._width), min(high, last + self._width))

    def _search(self, data: bytes, low: int, high: int) -> Iterator[tuple[int, int]]:
        for match in self._compiled[0].finditer(data, low, high):
            yield match.span(self._group)


class Gate:
    """What a detector asks of a span besides its source."""

    def __init__(
        self, near: Sequence[Mapping[str, Any]], ignore: Mapping[str, Any], validate: Sequence[Mapping[str, Any]]
    ) -> None:
        self._near = [([word.encode().lower() for word in clause["words"]], clause["within"]) for clause in near]
        self._ignored = frozenset(literal.encode().lower() for literal in ignore["literals"])
        patterns = [b"(?:%b)" % to_re2(pattern) for pattern in ignore["patterns"]]
        self._ignored_pattern = compile_re2(b"|".join(patterns)) if patterns else None
        self._validators = [(check["name"], VALIDATORS[check["name"]], check["minimum"]) for check in validate]

    def reasons(self, data: bytes, start: int, end: int, segment: tuple[int, int]) -> tuple[str, ...] | None:
        """Why the span start..end counts, or None when it does not. `segment` bounds what is near."""
        if start >= end:
            return None
        reasons = []
        for words, within in self._near:
            before, after = (start - within, start), (end, end + within)
            word = _holds(words, data, before, segment) or _holds(words, data, after, segment)
            if word is None:
                return None
            reasons.append(f"near {word.decode('utf-8', 'replace')}")
        value = data[start:end]
        if value.lower() in self._ignored or (self._ignored_pattern and self._ignored_pattern.search(value)):
            return None
        for name, validator, minimum in self._validators:
            if not validator(value, minimum):
                return None
            reasons.append(name)
        return tuple(reasons)


def _holds(words: Sequence[bytes], data: bytes, window: tuple[int, int], segment: tuple[int, int]) -> bytes | None:
    """The first of `words` (lower case) that lies in the window, with no ASCII letter or digit beside it."""
    start, end = max(window[0], segment[0]), min(window[1], segment[1])
    text = data[start:end].lower()
    for word in words:
        at = text.find(word)
        while at >= 0:
            before = data[max(segment[0], start + at - 1) : start + at]
            after = data[start + at + len(word) : min(segment[1], start + at + len(word) + 1)]
            if not before.isalnum() and not after.isalnum():
                return word
            at = text.find(word, at + 1)
    return None
