"""Identities and interactions, with evidence missing here and there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from aigov_runtime.model import Direction, Interaction, Kind, Segment, Value
from tests.properties.strategies.policies import GROUPS, INTEGERS, STRINGS, Source

FIRST_HOUR = 20_618 * 24
"""2026-06-14 00:00 UTC in hours since 1970."""

_FRAGMENTS = ["pin", "code", "4711", "ann@x.io", "Bob Ray", "ab", " ", " ", "\n", "é", "😀", "-", "_", "=", "."]
_NOISE = st.one_of(st.sampled_from(_FRAGMENTS), st.text(alphabet="abck01 -=.\né\t", min_size=1, max_size=6))


def _texts(samples: Sequence[str]) -> st.SearchStrategy[str]:
    parts = st.one_of(st.sampled_from(samples), st.sampled_from(samples), _NOISE)
    return st.lists(parts, min_size=1, max_size=8).map("".join)


_kinds = st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TOOL_CALL, Kind.TOOL_RESULT, Kind.METADATA])

_names = st.sampled_from(["", "", "", "pin", "code", "k4", "é"])

_strings = st.sampled_from(STRINGS)
_sets = st.frozensets(st.sampled_from(GROUPS))
_integers = st.sampled_from(INTEGERS)


class Call(NamedTuple):
    """One interaction, the detectors that cannot finish on it, and the Unix time it happens."""

    interaction: Interaction
    incomplete: tuple[str, ...]
    now: int

    @property
    def day(self) -> int:
        """Days since 1970-01-01."""
        return self.now // 86_400


def identities() -> st.SearchStrategy[Mapping[str, Value]]:
    """Session attributes by name; any may be missing."""
    return _partly(
        {
            "device.managed": st.booleans(),
            "device.posture": st.sampled_from(["compliant", "noncompliant", "unknown"]),
            "user.id": _strings,
            "user.groups": _sets,
            "user.region": _strings,
            "user.regions": _sets,
            "user.tier": st.sampled_from(["low", "high"]),
            "user.quota": _integers,
        }
    )


@st.composite
def calls(draw: st.DrawFn, source: Source) -> Call:
    """An interaction under a policy."""
    segments = tuple(
        Segment("user", f"/{number}", text, kind, name)
        for number, (text, kind, name) in enumerate(
            draw(
                st.lists(
                    st.tuples(_texts(source.samples), _kinds, _names),
                    min_size=draw(st.sampled_from([1, 1, 1, 0])),
                    max_size=3,
                )
            )
        )
    )
    attributes = draw(
        _partly(
            {
                "request.provider": _strings,
                "request.model": _strings,
                "request.operation": st.sampled_from(["chat", "embedding", "other"]),
                "request.stream": st.booleans(),
                "request.tools": _sets,
            }
        )
    )
    measures = draw(_partly({"session.turn": _integers, "request.tokens": _integers}))
    unparsed = draw(st.sampled_from([*[""] * 7, "not JSON"]))
    interaction = Interaction(draw(st.sampled_from(Direction)), segments, attributes, measures, unparsed)
    incomplete = (
        draw(st.lists(st.sampled_from(source.detectors), max_size=2, unique=True))
        if draw(st.integers(0, 5)) == 5
        else []
    )
    return Call(interaction, tuple(incomplete), (FIRST_HOUR + draw(st.integers(0, 71))) * 3600)


def _partly(values: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Mapping[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict(values))
