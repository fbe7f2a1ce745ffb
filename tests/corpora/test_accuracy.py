"""The standard detectors are as good as they were: F1 of each class, on cases that they were not written against."""

from __future__ import annotations

import pytest

from corpora.accuracy import floors
from corpora.accuracy.__main__ import SEED
from corpora.accuracy.library import Library, load
from corpora.accuracy.measure import Measured, measure
from corpora.accuracy.report import document, page


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


@pytest.fixture(scope="module")
def measured(library: Library) -> Measured:
    return measure(library, SEED, [floors.SPLIT])


def test_no_class_falls_below_its_floor(measured: Measured) -> None:
    assert not floors.below(measured)


def test_every_label_names_a_detector(measured: Measured) -> None:
    assert not measured.unknown


def test_every_detector_finds_its_own_example(measured: Measured) -> None:
    assert not measured.silent


def test_the_held_out_split_is_large(measured: Measured) -> None:
    cases = measured.cases[floors.SPLIT]
    assert sum(bool(case.findings) for case in cases) >= 2_500
    assert sum(not case.findings for case in cases) >= 2_500


def test_the_report_says_what_was_measured(measured: Measured) -> None:
    figures = document(measured)["splits"][floors.SPLIT]["likely"]["classes"]
    html = page(measured)

    assert floors.measured_f1(measured) == {
        cls: pytest.approx(figures[cls]["f1"], abs=1e-4) for cls in floors.measured_f1(measured)
    }
    assert all(f"{cls}</td>" in html for cls in figures)
    assert "http://" not in html.split("</style>")[0]
