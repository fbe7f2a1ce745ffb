"""What `.gov` text becomes: the intermediate form and the decision code of the files in `golden/`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aigov_compiler import compile_program, disassemble
from aigov_compiler.lower import lower
from aigov_dsl import load
from aigov_dsl.typed import Program
from tests.compiler.listing import listing

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(path.stem for path in GOLDEN.glob("*.gov"))


@pytest.fixture
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.chdir(GOLDEN)  # so that the bundle names files as an author does
    return load([Path(f"{request.param}.gov")])


@pytest.mark.parametrize("program", FILES, indirect=True)
def test_intermediate_form(
    program: Program, request: pytest.FixtureRequest, golden: Callable[[Path | str, str], None]
) -> None:
    golden(f"golden/{request.node.callspec.params['program']}.ir", listing(lower(program)))


@pytest.mark.parametrize("program", FILES, indirect=True)
def test_decision_code(
    program: Program, request: pytest.FixtureRequest, golden: Callable[[Path | str, str], None]
) -> None:
    text = disassemble(compile_program(program).document)
    golden(f"golden/{request.node.callspec.params['program']}.asm", text)
