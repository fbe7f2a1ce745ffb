"""Which candidates are findings, how sure and why: the scanner against the reference evaluator, and by example."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigov_dsl.ast import Confidence
from aigov_dsl.reference.candidates import findings as reference_findings
from aigov_dsl.typed import Confidences, Detector, Ignore, Near, NearDetector, Validate
from aigov_runtime.model import Kind, Segment
from aigov_runtime.primitives import Primitives
from aigov_runtime.scan import Scanner
from aigov_runtime.scan import scanner as scanner_module
from tests.dsl.build import detector, pattern
from tests.runtime.scanners import parts, scanner

PRIMITIVES = Primitives(b"k" * 32)


def segments(*texts: str) -> list[Segment]:
    return [Segment("user", f"/messages/{i}", text, Kind.TEXT) for i, text in enumerate(texts)]


def near(*words: str, within: int = 12, **fields: Any) -> Near:
    return Near(words=words, within=within, **fields)


def sure(confidence: Confidence, *checks: Any) -> Confidences:
    return Confidences(confidence=confidence, checks=checks)


def judged(detectors: list[Detector], *texts: str) -> list[tuple[str, int, int, str]]:
    """Detector, start, end and confidence of what the scanner finds, which is what the reference finds."""
    scan = scanner(*detectors).scan(segments(*texts))
    assert not scan.incomplete
    found = [(f.detector, f.segment, f.start, f.end, f.confidence.name.lower()) for f in scan.findings]
    wanted = reference_findings(detectors, segments(*texts), PRIMITIVES)
    assert found == [(f.detector, f.segment, f.start, f.end, str(f.confidence)) for f in wanted]
    return [(detector, start, end, confidence) for detector, _, start, end, confidence in found]


SURE = (
    sure(Confidence.CERTAIN, near("pin", side="before"), Validate(name="luhn", minimum=None)),
    sure(Confidence.POSSIBLE, NearDetector(detector="t.o", within=3)),
    sure(Confidence.CERTAIN, Validate(name="luhn", minimum=None, negated=True), near("no", negated=True, within=99)),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["12345674", "12345678", "pin", "no", "o", " ", " ", "Pin", "x"]), max_size=8).map("".join)
)
def test_confidence_is_that_of_the_reference(text: str) -> None:
    detectors = [detector("d", pattern("[0-9]{8}", width=8), raised=SURE), detector("o", pattern("o", width=1))]
    judged([*detectors], text, "pin " + text)


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("pin 12345674", "certain"),  # the first that holds
        ("12345674 pin", "likely"),  # none: the base
        ("pin 12345678", "certain"),  # the last: no check digit, and no `no`
        ("12345678 no", "possible"),  # a detector beside it
        ("12345678 letters", "certain"),
        ("12345674   o", "possible"),
        ("12345674    o", "likely"),
    ],
)
def test_the_first_conditional_confidence_that_holds_decides(text: str, confidence: str) -> None:
    detectors = [detector("d", pattern("[0-9]{8}", width=8), raised=SURE), detector("o", pattern("o", width=1))]
    (found,) = [found for found in judged(detectors, text) if found[0] == "t.d"]
    assert found[3] == confidence


def test_only_kept_candidates_of_a_detector_are_near() -> None:
    paired = sure(Confidence.CERTAIN, NearDetector(detector="t.o", within=9))
    other = detector("o", pattern("o[0-9]", width=2), ignore=(Ignore(values=("o1",), patterns=()),))
    detectors = [detector("d", pattern("d", width=1), raised=(paired,)), other]
    assert judged(detectors, "d o1")[0][3] == "likely"
    assert judged(detectors, "d o2")[0][3] == "certain"
    assert judged(detectors, "d", "o2")[0][3] == "likely"  # another text


def test_the_surest_of_two_readings_counts() -> None:
    made = detector("d", pattern("[0-9]{4}", width=4), raised=(sure(Confidence.CERTAIN, near("pin")),))
    texts = [Segment("user", "/a", "1234", Kind.TEXT, "pin")]
    (finding,) = scanner(made).scan(texts).findings
    assert finding.confidence.name == "CERTAIN"
    assert [str(f.confidence) for f in reference_findings([made], texts, PRIMITIVES)] == ["certain"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["*", "a", "B", "é", "1", "", "ab*"]), min_size=1, max_size=4)
    .map("".join)
    .filter(lambda g: g.strip("*")),
    st.lists(st.sampled_from(["a", "b", "A", "é", "1", "ab"]), min_size=1, max_size=6).map("".join),
)
def test_globs_ignore_as_in_the_reference(glob: str, text: str) -> None:
    judged([detector("d", pattern(r"\S{1,40}", width=40), ignore=(Ignore(values=(glob, "zz"), patterns=()),))], text)


def test_a_glob_ignores_whole_values_in_any_case() -> None:
    ignore = Ignore(values=("*example*", "x-*-y", "plain"), patterns=())
    made = [detector("d", pattern(r"\S{1,40}", width=40), ignore=(ignore,))]
    text = "EXAMPLE anexamplekey x-1-y x-1-yz Plain plainer"
    assert [text[start:end] for _, start, end, _ in judged(made, text)] == ["x-1-yz", "plainer"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("githubToken 1234", True),
        ("APIToken=1234", True),
        ("token1: 1234", True),
        ("TOKEN1234", True),
        ("tokenized 1234", False),
        ("TOKENS 1234", False),
        ("mytoken 1234", False),
        ("4token 1234", False),
        ("4Token 1234", True),
    ],
)
def test_words_are_whole_at_borders_of_camel_case(text: str, kept: bool) -> None:
    made = detector("d", pattern("1234", width=4), near=(near("token"),))
    assert bool(judged([made], text)) is kept


@settings(max_examples=200, deadline=None)
@given(st.text("aTkKt1-", max_size=12), st.sampled_from(["", "before", "after"]), st.booleans())
def test_sides_and_borders_are_those_of_the_reference(text: str, side: str, negated: bool) -> None:
    wanted = near("tk", "k1", "a", within=5, side=side, negated=negated)
    judged([detector("d", pattern("#", width=1), near=(wanted,))], f"{text}#{text}")


FAMILY = {"family": "credential", "cls": "credential"}


def test_overlapping_findings_of_a_family_are_one() -> None:
    detectors = [
        detector("exact", pattern("k-[0-9]{4}", width=6), **FAMILY, confidence=Confidence.CERTAIN),
        detector("wide", pattern("[a-z]{0,5}-[0-9]{1,9}", width=15), **FAMILY),
        detector("own", pattern("k-[0-9]", width=3)),
        detector("other", pattern("k-[0-9]{1,9}", width=11), family="personal_data"),
    ]
    text = "k-12345 ab-1"
    assert [name for name, *_ in judged(detectors, text)] == ["t.own", "t.exact", "t.other", "t.wide"]
    assert judged(detectors, text)[-1][1:3] == (8, 12)


def test_a_generic_detector_gives_way_however_sure() -> None:
    detectors = [
        detector("any", pattern("[a-z0-9-]{2,20}", width=20), **FAMILY, confidence=Confidence.CERTAIN, generic=True),
        detector("named", pattern("k-[0-9]{4}", width=6), **FAMILY, confidence=Confidence.POSSIBLE),
    ]
    assert judged(detectors, "abk-1234 zz-12") == [("t.named", 2, 8, "possible"), ("t.any", 9, 14, "certain")]


@settings(max_examples=200, deadline=None)
@given(st.text("abc ", max_size=14))
def test_overlaps_are_settled_as_in_the_reference(text: str) -> None:
    detectors = [
        detector("a", pattern("a[bc]{0,3}", width=4), **FAMILY),
        detector("b", pattern("b[ac]{0,2}", width=3), **FAMILY, confidence=Confidence.CERTAIN),
        detector("c", pattern("[abc]{2,3}", width=3), **FAMILY),
        detector("e", pattern("c[ab]{1,4}", width=5), **FAMILY, confidence=Confidence.CERTAIN, generic=True),
        detector("d", pattern("c.{1,4}", width=5), family="x"),
    ]
    judged(detectors, text)


def test_reasons_have_content() -> None:
    paired = sure(Confidence.CERTAIN, NearDetector(detector="t.o", within=9), near("pin"))
    made = detector(
        "d",
        pattern("[0-9]{8}", width=8),
        near=(near("card", "pin"), near("never", negated=True)),
        validators=(Validate(name="luhn", minimum=None), Validate(name="entropy", minimum=1.0)),
        ignore=(Ignore(values=("0*",), patterns=()),),
        raised=(paired,),
    )
    found = scanner(made, detector("o", pattern("oo", width=2))).scan(segments("Pin: 12345674 oo"))
    assert found.findings[0].reasons == (
        "pattern",
        "near pin at 2 chars",
        "no placeholder",
        "luhn",
        "entropy 2.8",
        "near t.o at 1 chars",
    )


def test_what_rests_on_an_incomplete_detector_is_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_module, "MAX_MATCHES", 2)
    paired = sure(Confidence.CERTAIN, NearDetector(detector="t.o", within=9))
    made = [detector("d", pattern("d", width=1), raised=(paired,)), detector("o", pattern("o", width=1))]
    assert scanner(*made).scan(segments("d ooo")).incomplete == {
        "t.o": "too many matches",
        "t.d": "`t.o` is incomplete",
    }


def test_ignored_values_that_re2_refuses_leave_their_detector_incomplete() -> None:
    held = detector("d", pattern("abc", width=3), ignore=(Ignore(values=(), patterns=("x",)),))
    detectors, scan, sections = parts(held)
    scan["ignored"][0]["patterns"] = [b"(?:[a-z]{1000}){1000}"]
    found = Scanner.from_document(detectors, scan, sections).scan(segments("xabc"))
    assert not found.findings
    assert "cannot be compiled" in found.incomplete["t.d"]
