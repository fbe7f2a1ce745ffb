"""Every case of `corpora/conformance` on the reference evaluator and on the compiled engine."""

import pytest

from aigov_enforcers.wire import evaluate, to_json
from tests.conformance.corpus import Case, load
from tests.conformance.engines import CompiledEngine, ReferenceEngine

CASES = load()


@pytest.mark.parametrize("engine", [ReferenceEngine, CompiledEngine])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_decision(case: Case, engine: type[ReferenceEngine | CompiledEngine]) -> None:
    assert case.observed(to_json(evaluate(engine(case), case.document))) == case.expected  # type: ignore[arg-type]


def test_the_corpus_is_large_and_names_are_unique() -> None:
    names = [case.text["name"] for case in CASES]
    assert len(names) >= 150
    assert len(set(names)) == len(names)
