from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigov_dsl.ast import Style
from aigov_dsl.reference.redaction import Proposal as ReferenceProposal
from aigov_dsl.reference.redaction import redacted
from aigov_runtime.model import Confidence, Edit, Finding, Kind, Segment
from aigov_runtime.primitives import Primitives
from aigov_runtime.redact import Proposal, apply, plan
from aigov_runtime.tokens import Tokens
from tests.dsl.build import words

KEY = b"s" * 32
TOKENS = Tokens(KEY, ("t.a", "t.b", "t.c"))


def proposal(start: int, end: int, detector: str, rule: str, style: str, *, segment: int = 0) -> Proposal:
    return Proposal(Finding(detector, "c", "high", Confidence.LIKELY, segment, "/p", start, end, ()), rule, style)


def carried_out(text: str, *proposals: Proposal) -> str:
    segments = (Segment("user", "/p", text, Kind.TEXT),)
    return apply(text, plan(segments, proposals, TOKENS.replacement))


PROPOSALS = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.integers(1, 6),
        st.sampled_from("abc"),
        st.sampled_from(["r1", "r2"]),
        st.sampled_from([style.value for style in Style]),
    ),
    max_size=6,
)


@given(st.text("aB7-é", min_size=12, max_size=20), PROPOSALS)
def test_redaction_is_as_in_the_reference(text: str, drawn: list[tuple[int, int, str, str, str]]) -> None:
    offsets = [len(text[:index].encode()) for index in range(len(text) + 1)]
    ours, reference = [], []
    for start, length, name, rule, style in drawn:
        low, high = offsets[start], offsets[min(start + length, len(text))]
        ours.append(proposal(low, high, f"t.{name}", rule, style))
        reference.append(ReferenceProposal(low, high, words(name, "x"), rule, Style(style)))
    assert carried_out(text, *ours) == redacted(text, reference, Primitives(KEY))


def test_the_longest_span_names_the_replacement() -> None:
    text = "abcdefghij"
    assert carried_out(text, proposal(0, 4, "t.a", "r1", "label"), proposal(2, 9, "t.b", "r2", "label")) == "[t.b]j"


def test_touching_spans_stay_apart() -> None:
    assert carried_out("abcd", proposal(0, 2, "t.a", "r", "label"), proposal(2, 4, "t.b", "r", "label")) == "[t.a][t.b]"


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("4111-1111-1111-1234", "****-****-****-1234"),
        ("short-7", "*****-*"),
        ("élan vital gùté", "**** ***** gùté"),
    ],
)
def test_a_mask_keeps_the_last_four_of_twelve(value: str, masked: str) -> None:
    assert carried_out(value, proposal(0, len(value.encode()), "t.a", "r", "mask")) == masked


def test_edits_carry_segment_and_path() -> None:
    segments = (Segment("user", "/a", "xx", Kind.TEXT), Segment("user", "/b", "yy zz", Kind.TEXT))
    edits = plan(segments, [proposal(3, 5, "t.a", "r", "remove", segment=1)], TOKENS.replacement)
    assert edits == (Edit(1, "/b", 3, 5, "", "t.a", "r"),)
    assert apply("yy zz", edits) == "yy "


def test_edits_that_overlap_are_refused() -> None:
    edits = [Edit(0, "", 0, 3, "", "d", "r"), Edit(0, "", 2, 4, "", "d", "r")]
    with pytest.raises(ValueError, match="overlaps another"):
        apply("abcdef", edits)
    with pytest.raises(ValueError, match="lies outside"):
        apply("ab", [Edit(0, "", 1, 9, "", "d", "r")])


def test_lone_surrogates_survive() -> None:
    assert carried_out("\ud800 abc", proposal(4, 7, "t.a", "r", "label")) == "\ud800 [t.a]"
