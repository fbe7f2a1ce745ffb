"""The tree, the comments and the errors of whole files."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigov_dsl import parse
from aigov_dsl.report import render
from tests.conftest import Golden
from tests.dsl.dump import dump

CASES = sorted((Path(__file__).parents[1] / "golden" / "parser").glob("*.gov"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_tree_and_errors(case: Path, golden: Golden) -> None:
    data = case.read_bytes()
    parsed = parse(data.decode(), case.name)
    comments = "".join(f"{c.span.line}:{c.span.column} {c.text}\n" for c in parsed.module.comments)
    report = render(parsed.diagnostics, {case.name: data})
    golden(case.with_suffix(".txt"), f"{dump(parsed.module)}--- comments\n{comments}--- errors\n{report}")
