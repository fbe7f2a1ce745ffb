"""The catalogue of the language is what the scanner implements."""

from __future__ import annotations

from aigov_dsl.catalogue import ENGINES, LANGUAGES, VALIDATORS
from aigov_runtime.scan.code import LANGUAGES as RECOGNISED
from aigov_runtime.scan.plugins import ENGINES as PLUGGED
from aigov_runtime.scan.validators import VALIDATORS as IMPLEMENTED


def test_every_validator_is_implemented_and_named() -> None:
    assert set(VALIDATORS) == set(IMPLEMENTED)


def test_every_language_is_recognised_and_named() -> None:
    assert set(LANGUAGES) == set(RECOGNISED)


def test_every_engine_of_plug_ins_is_there_and_named() -> None:
    assert set(ENGINES) == set(PLUGGED)
