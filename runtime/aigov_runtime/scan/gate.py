"""Whether a span counts: context words, ignored values, validators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from aigov_runtime.scan.confirm import compile_re2
from aigov_runtime.scan.dialect import to_re2
from aigov_runtime.scan.near import Near, Words, near
from aigov_runtime.scan.validators import VALIDATORS, Validator
from aigov_runtime.scan.validators.randomness import bits_per_byte

NOT_IGNORED = "no placeholder"
"""The reason of a value that passed what holds known false alarms back."""


class Ignored:
    """A set of values that are never findings. Detectors share it, so it compiles once, when first needed."""

    def __init__(self, values: Sequence[bytes], patterns: Sequence[bytes]) -> None:
        self._values, self._patterns = values, patterns

    @cached_property
    def _literals(self) -> frozenset[bytes]:
        return frozenset(value for value in self._values if b"*" not in value)

    @cached_property
    def _globs(self) -> Any:
        globs = [_search(value) for value in self._values if b"*" in value]
        return compile_re2(b"(?s)" + b"|".join(globs)) if globs else None

    @cached_property
    def _compiled(self) -> Any:
        patterns = [b"(?:%b)" % to_re2(pattern) for pattern in self._patterns]
        return compile_re2(b"|".join(patterns)) if patterns else None

    def compile(self) -> None:
        """Raise ValueError for a pattern that is refused."""
        _ = self._literals, self._globs, self._compiled

    def holds(self, value: bytes, folded: bytes) -> bool:
        """Whether it holds the value; `folded` is the value in lower case."""
        if folded in self._literals or (self._globs and self._globs.search(folded)):
            return True
        return bool(self._compiled and self._compiled.search(value))


def _search(glob: bytes) -> bytes:
    """A glob as a pattern to search for: without the stars at its ends, which match anything anyway."""
    inner = b".*".join(b"".join(b"\\x%02x" % byte for byte in piece) for piece in glob.strip(b"*").split(b"*"))
    return b"%b(?:%b)%b" % (b"" if glob.startswith(b"*") else b"^", inner, b"" if glob.endswith(b"*") else b"$")


class Check(NamedTuple):
    """A validator, with its minimum; negated, it must refuse."""

    name: str
    validator: Validator
    minimum: float | None
    negated: bool

    def holds(self, value: bytes) -> bool:
        """Whether the value passes."""
        return self.validator(value, self.minimum) != self.negated

    def reason(self, value: bytes) -> str:
        """What it says for a value that it accepts."""
        if self.name == "entropy":
            return f"entropy {bits_per_byte(value):.1f}"
        return NOT_IGNORED if self.name == "not_placeholder" else self.name


def check(entry: Mapping[str, Any], *, negated: bool = False) -> Check:
    """A validator of the bundle."""
    return Check(entry["name"], VALIDATORS[entry["name"]], entry["minimum"], negated)


class Gate:
    """What a detector asks of a span besides its source."""

    def __init__(self, near: Sequence[Near], ignored: Sequence[Ignored], checks: Sequence[Check]) -> None:
        self._near, self._ignored, self._checks = near, ignored, checks
        for each in ignored:
            each.compile()

    def passes(self, data: bytes, start: int, end: int, segment: tuple[int, int], judged: dict[bytes, bool]) -> bool:
        """Whether the span start..end counts. `segment` bounds what is near; `judged` are values that are known to
        count or not, and is added to."""
        if start >= end:
            return False
        for wanted in self._near:
            if not wanted.holds(data, start, end, segment):
                return False
        value = data[start:end]
        if (known := judged.get(value)) is None:
            known = judged[value] = self._counts(value)
        return known

    def _counts(self, value: bytes) -> bool:
        """Whether a value is neither ignored nor refused by a validator."""
        if self._ignored:
            folded = value.lower()
            for each in self._ignored:
                if each.holds(value, folded):
                    return False
        return all(each.holds(value) for each in self._checks)

    def reasons(self, data: bytes, start: int, end: int, segment: tuple[int, int]) -> Iterator[str]:
        """Why a span that passes does."""
        for wanted in self._near:
            if not wanted.negated and (found := wanted.nearest(data, start, end, segment)) is not None:
                yield reason(found)
        if self._ignored:
            yield NOT_IGNORED
        value = data[start:end]
        yield from (each.reason(value) for each in self._checks)


def reason(found: tuple[int, bytes]) -> str:
    """Says what is near."""
    distance, word = found
    return f"near {word.decode('utf-8', 'replace')} at {distance} chars"


def gate(entry: Mapping[str, Any], contexts: Sequence[Words], ignored: Sequence[Ignored]) -> Gate:
    """The gate of a detector of the bundle. Raises ValueError for a pattern that is refused."""
    return Gate(
        [near(each, contexts) for each in entry["near"]],
        [ignored[number] for number in entry["ignore"]],
        [check(each) for each in entry["validate"]],
    )
