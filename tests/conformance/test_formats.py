"""Every plain chat of the corpus, transcribed into each chat format: the same decision, findings and edits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aigov_enforcers.wire import evaluate, to_json
from tests.conformance.corpus import Case, load
from tests.conformance.engines import CompiledEngine
from tests.conformance.transcribed import PROMPTS, Turn, Written, answer, answer_of, turns_of

SAME = ("outcome", "message", "target", "rules", "unknown", "obligations")


def _is_prompt(case: Case) -> bool:
    return bool(case.text["given"].get("direction", "prompt") == "prompt")


def _turns(case: Case, body: Any) -> list[Turn] | None:
    if _is_prompt(case):
        return turns_of(body)
    said = answer_of(body)
    return None if said is None else [said]


def _written(case: Case, format: str, turns: list[Turn]) -> Written:
    return PROMPTS[format](turns) if _is_prompt(case) else answer(format, turns[0])


def _decided(engine: Any, document: dict[str, Any]) -> dict[str, Any]:
    return to_json(evaluate(engine, json.dumps(document).encode()))


CASES = [case for case in load() if _turns(case, case.body)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_format_is_decided_alike(case: Case) -> None:
    turns = _turns(case, case.body)
    assert turns is not None
    given, engine = case.text["given"], CompiledEngine(case)
    told = _decided(engine, {**given, "body": case.body})
    assert case.observed(told) == case.expected
    after = None if told["body"] is None else _turns(case, told["body"])
    turn_at = {_path(case, number): number for number in range(len(turns))}

    for name in PROMPTS:
        written = _written(case, name, turns)
        found = _decided(engine, {**given, "format": name, "body": written.body})

        assert {each: found[each] for each in SAME} == {each: told[each] for each in SAME}, name
        moved = [{**each, "path": written.paths[turn_at[each["path"]]]} for each in told["findings"]]
        assert found["findings"] == moved, name
        assert found["body"] == (None if after is None else _written(case, name, after).body), name


def _path(case: Case, number: int) -> str:
    """Where the text of a turn is in the case's own body."""
    body = case.body
    if "messages" in body:
        return f"/messages/{number}/content"
    if "choices" in body:
        return "/choices/0/message/content"
    return "/output/0/content/0/text" if "output" in body else "/content/0/text"


def test_most_of_the_corpus_is_transcribed() -> None:
    assert len(CASES) >= 300
    assert len({case.topic for case in CASES}) >= 22
    assert sum(not _is_prompt(case) for case in CASES) >= 8
