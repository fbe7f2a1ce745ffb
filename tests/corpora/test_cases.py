"""Cases are drawn from a seed, labelled where their values are, and split by carrier."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, pairwise
from pathlib import Path

import pytest

from corpora.accuracy import generate
from corpora.accuracy.carriers import CARRIERS, Carrier
from corpora.accuracy.carriers.carrier import ANY
from corpora.accuracy.carriers.escapes import in_base64, in_json
from corpora.accuracy.case import Case, read, write
from corpora.accuracy.draw import Draw
from corpora.accuracy.negatives import DOCUMENTS
from corpora.accuracy.values import VALUES, Value

ALL = {split: list(generate.cases(7, split)) for split in generate.SPLITS}


def test_equal_seeds_give_equal_cases() -> None:
    assert list(generate.cases(7, "dev")) == ALL["dev"]


def test_another_seed_gives_other_values() -> None:
    def secrets(cases: Iterable[Case]) -> set[str]:
        return {case.text for case in cases if any(label.detector.startswith("secrets.") for label in case.findings)}

    assert not secrets(generate.positives(8, "dev")) & secrets(generate.positives(7, "dev"))


def test_there_are_many_of_both_kinds() -> None:
    cases = list(chain.from_iterable(ALL.values()))
    assert sum(bool(case.findings) for case in cases) >= 5_000
    assert sum(not case.findings for case in cases) >= 5_000
    assert len({value.detector for value in VALUES}) >= 120


def test_no_carrier_and_no_document_is_in_both_splits() -> None:
    names = {split: {carrier.name for carrier in CARRIERS[split]} for split in CARRIERS}
    templates = {split: {carrier.template for carrier in CARRIERS[split]} for split in CARRIERS}
    kinds = {split: {document.kind for document in DOCUMENTS[split]} for split in DOCUMENTS}
    for parts in (names, templates, kinds):
        assert not parts["dev"] & parts["held-out"]


@pytest.mark.parametrize("split", generate.SPLITS)
def test_every_value_has_carriers(split: str) -> None:
    few = [value.detector for value in VALUES if sum(carrier.fits(value) for carrier in CARRIERS[split]) < 4]
    assert not few


def test_labels_do_not_overlap() -> None:
    for case in chain.from_iterable(ALL.values()):
        spans = sorted((label.start, label.end) for label in case.findings)
        assert all(first[1] <= second[0] for first, second in pairwise(spans)), case.text


@pytest.mark.parametrize(
    ("carrier", "expected"),
    [
        (Carrier("plain", "a «name» = «value»;", ANY), 'x"y'),
        (Carrier("json", '{"«camel»": "«value»"}', ANY, escape=in_json), 'x\\"y'),
        (Carrier("hidden", "see «value» there", ANY, escape=in_base64, opaque=True), "eCJ5"),
    ],
)
def test_a_label_spans_what_the_carrier_wrote(carrier: Carrier, expected: str) -> None:
    text, (label,) = carrier.render(Value("secrets.x", ("API key",), lambda _: 'x"y'), Draw(1))
    assert text[label.start : label.end] == expected
    assert label.detector == "secrets.x"


def test_a_value_may_bring_its_surroundings() -> None:
    value = Value("secrets.x", ("line",), lambda _: "password \0hunter\0 end")
    text, (label,) = Carrier("plain", "«value»", ANY).render(value, Draw(1))
    assert text == "password hunter end"
    assert text[label.start : label.end] == "hunter"


def test_cases_survive_their_file(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    assert write(ALL["dev"], path) == len(ALL["dev"])
    assert list(read(path)) == ALL["dev"]


def test_a_line_that_is_no_case_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"text": "ab", "findings": []}\n{"text": "ab", "findings": [{"detector": "x", "start": 1, "end": 9}]}\n'
    )
    with pytest.raises(ValueError, match=r"cases.jsonl:2: .*1\.\.9 of x"):
        list(read(path))


def test_handwritten_cases_are_in_one_split_each() -> None:
    texts = {split: {case.text for case in generate.handwritten(split)} for split in generate.SPLITS}
    assert all(texts.values())
    assert not texts["dev"] & texts["held-out"]


def test_a_negative_holds_nothing_but_what_its_carrier_brings() -> None:
    negatives = [case for case in ALL["dev"] if case.kind == "uuid"]
    labels = {label.detector for case in negatives for label in case.findings}
    assert labels <= {"pii.email", "pii.person_name"}
    assert not all(case.findings for case in negatives)
