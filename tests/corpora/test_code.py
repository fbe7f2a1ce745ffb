"""Code and its language, judged on the files of this machine."""

from __future__ import annotations

import pytest

from corpora.accuracy import code
from corpora.accuracy.__main__ import SEED


@pytest.fixture(scope="module")
def judged() -> code.Judged:
    return code.measure(SEED, 30)


def test_there_is_something_to_judge(judged: code.Judged) -> None:
    assert judged.answers[".py"].total() >= 10
    assert sum(judged.answers[suffix].total() for suffix in code.PLAIN if suffix in judged.answers) >= 20


def test_code_and_its_language_are_found(judged: code.Judged) -> None:
    assert judged.recall >= 0.90
    assert judged.accuracy >= 0.92


def test_other_texts_are_no_code(judged: code.Judged) -> None:
    assert judged.alarms <= 0.02
