"""From candidates to confirmed matches.

Hyperscan reports only where matches end. `Pattern` finds exact spans and groups with RE2 (linear time) around
those ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import re2

from aigov_runtime.scan.dialect import groups, to_re2


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
        self._regex = regex
        self._group = group
        self._width = width

    @cached_property
    def _compiled(self) -> tuple[Any, str | None]:
        try:
            if self._group > groups(self._regex):
                return None, f"a pattern has no group {self._group}"
            return compile_re2(to_re2(self._regex)), None
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
