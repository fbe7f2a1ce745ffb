"""When a label counts as found."""

from __future__ import annotations

import pytest

from aigov_runtime.model import Confidence
from corpora.accuracy.case import Case, Label
from corpora.accuracy.scan import Found
from corpora.accuracy.score import Score, Tally, by_class, by_detector, confusion, score

CLASSES = {"secrets.a": "credential", "secrets.b": "credential", "pii.c": "personal_data", "code.d": "source_code"}


def found(detector: str, start: int, end: int, confidence: Confidence = Confidence.LIKELY) -> Found:
    return Found(detector, CLASSES[detector], confidence, start, end)


def judge(case: Case, *findings: Found, touching: bool = False) -> Score:
    return score([case], [findings], CLASSES.__getitem__, touching=touching)


LABELLED = Case(text="x" * 40, findings=(Label("secrets.a", 10, 20),))


@pytest.mark.parametrize(
    ("start", "end", "right", "exact"),
    [(10, 20, 1, 1), (10, 15, 1, 0), (10, 14, 0, 0), (5, 25, 1, 0), (5, 26, 0, 0), (20, 30, 0, 0)],
)
def test_half_of_what_both_cover_must_be_shared(start: int, end: int, right: int, exact: int) -> None:
    tally = by_class(judge(LABELLED, found("secrets.a", start, end)))["credential"]
    assert tally == Tally(right, 1 - right, 1 - right, exact)


def test_any_overlap_answers_beside_peers_and_for_passages() -> None:
    assert by_class(judge(LABELLED, found("secrets.a", 19, 40), touching=True))["credential"].right == 1
    passage = Case(text="x" * 40, findings=(Label("code.d", 0, 40),), judged=("source_code",))
    assert by_class(judge(passage, found("code.d", 0, 3)))["source_code"].right == 1


def test_another_detector_of_the_class_answers_and_is_named() -> None:
    result = judge(LABELLED, found("secrets.b", 10, 20))
    assert by_class(result)["credential"] == Tally(1, 0, 0, 1)
    assert by_detector(result) == {"secrets.a": Tally(0, 1, 0), "secrets.b": Tally(0, 0, 1)}
    assert confusion(result) == {("secrets.a", "secrets.b"): 1}


def test_another_class_does_not_answer() -> None:
    tallies = by_class(judge(LABELLED, found("pii.c", 10, 20)))
    assert tallies == {"credential": Tally(0, 1, 0), "personal_data": Tally(0, 0, 1)}


def test_unsure_findings_do_not_count() -> None:
    assert by_class(judge(LABELLED, found("secrets.a", 10, 20, Confidence.POSSIBLE)))["credential"].missed == 1


def test_a_finding_in_a_negative_is_a_false_alarm_once() -> None:
    result = judge(Case(text="x" * 40), found("secrets.a", 0, 9), found("secrets.b", 20, 29))
    assert by_class(result)["credential"].wrong == 2
    assert result.flagged("credential") == result.flagged() == 1


def test_only_judged_classes_raise_false_alarms() -> None:
    assert not judge(Case(text="x" * 40), found("code.d", 0, 9)).alarms
    assert judge(Case(text="x" * 40, judged=("source_code",)), found("code.d", 0, 9)).alarms
    assert not judge(Case(text="x" * 40, judged=("source_code",)), found("secrets.a", 0, 9)).alarms
    assert not judge(Case(text="x" * 40, source="example"), found("secrets.a", 0, 9)).alarms


def test_ratios() -> None:
    tally = Tally(right=6, missed=2, wrong=4)
    assert (tally.precision, tally.recall) == (0.6, 0.75)
    assert tally.f1 == pytest.approx(2 * 0.6 * 0.75 / 1.35)
    assert Tally(0, 0, 0).f1 == 0
