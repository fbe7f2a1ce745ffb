from __future__ import annotations

from pathlib import Path

import pytest

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine
from corpora.streams.measure import POLICY, measure
from corpora.streams.wires import WIRES, Wire


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path: Path = tmp_path_factory.mktemp("streams") / "policy.gov"
    path.write_text(POLICY, encoding="utf-8")
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)


@pytest.mark.parametrize("text", [0, 1, 3], ids=lambda size: f"text by {size or 'whole'}")
@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
def test_own_values_come_back_and_foreign_ones_do_not(engine: Engine, wire: Wire, text: int) -> None:
    for network in (0, 1):
        result = measure(engine, wire, text, network)
        assert result.own == result.foreign > 0
        assert (result.fidelity, result.leak) == (1.0, 0.0)
