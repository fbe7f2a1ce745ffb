"""One rule of many, or none of that name."""

from __future__ import annotations

import pytest

from aigov_compiler import compile_program, disassemble
from aigov_dsl.typed import Allow
from tests.compiler.programs import is_true, program
from tests.dsl.build import rule

DOCUMENT = compile_program(program(*(rule(name, is_true("device.managed"), Allow()) for name in "ab"))).document


def test_one_rule() -> None:
    assert disassemble(DOCUMENT, "b") in disassemble(DOCUMENT)
    assert disassemble(DOCUMENT, "b").startswith("rule b  allow  on prompt  flag allows  ; test.gov:1:1\n")
    assert "rule a" not in disassemble(DOCUMENT, "b")


def test_no_such_rule() -> None:
    with pytest.raises(KeyError, match="c"):
        disassemble(DOCUMENT, "c")


def test_no_rules() -> None:
    assert disassemble(compile_program(program()).document) == ""
