"""Hostile texts end in a clear error, in linear time, never in a traceback."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aigov_dsl import check, parse
from aigov_dsl.errors import Error
from aigov_dsl.parser import MAX_ERRORS
from aigov_dsl.scanner import MAX_DEPTH
from tests.dsl.dump import dump
from tests.dsl.parser.test_golden import CASES

RULE = 'rule r{} {{ when request.provider == "openai" and payload contains secrets.* then redact as label }}\n'
WHOLE = next(case for case in CASES if case.stem == "whole_language").read_text()


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in parse(text, "hostile.gov").diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        "rule r { when " + "(" * 10_000 + "true" + ")" * 10_000 + " then block }",
        "rule r { when " + "(" * 10_000,
        "rule r { when " + "not " * 10_000 + "true then block }",
        "rule r { when " + "not (" * 10_000 + "true" + ")" * 10_000 + " then block }",
        "rule r { when payload contains " + "[" * 10_000 + "a" + "]" * 10_000 + " then block }",
        "list a = " + "{" * 10_000,
    ],
    ids=["parentheses", "unclosed", "nots", "both", "selectors", "braces"],
)
def test_deep_nesting_is_one_error(text: str) -> None:
    assert codes(text) == [Error.TOO_DEEP.code]


def test_the_deepest_nesting_that_is_allowed() -> None:
    inside = MAX_DEPTH - 1  # the braces of the rule are the first level
    assert codes("rule r { when " + "(" * inside + "true" + ")" * inside + " then block }") == []
    assert codes("rule r { when " + "not " * inside + "true then block }") == []
    assert codes("rule r { when " + "(" * (inside + 1) + "true" + ")" * (inside + 1) + " then block }") == ["E011"]


def test_a_deep_rule_does_not_hide_the_next() -> None:
    parsed = parse("rule deep { when " + "(" * 500 + "\nrule bad { when }\nrule fine { when true then block }", "a.gov")
    assert [d.code for d in parsed.diagnostics] == ["E011", "E001"]
    assert [node.name.text for node in parsed.module.declarations] == ["fine"]


def test_a_policy_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    started = time.perf_counter()
    text = RULE * (10_000_000 // len(RULE))
    assert codes(text) == [Error.TOO_LARGE.code]
    policy = tmp_path / "large.gov"
    policy.write_text(text)
    assert [diagnostic.code for diagnostic in check([policy]).diagnostics] == [Error.TOO_LARGE.code]
    assert time.perf_counter() - started < 2


def test_errors_are_cut_off() -> None:
    found = codes("rule r { }\n" * 5_000)
    assert len(found) == MAX_ERRORS + 1
    assert found[-1] == Error.TOO_MANY.code


@pytest.mark.parametrize(
    "piece",
    ["}", "a ", '"', "/", "(}", "@", "/// x\n", "rule r {\n", "#", "\u202e", "not ", '"x",', "rule x on prompt { when"],
)
def test_time_is_linear(piece: str) -> None:
    def seconds(size: int) -> float:
        text = "list a = [" + piece * (size // len(piece))
        best = []
        for _ in range(3):
            started = time.process_time()
            parse(text, "a.gov")
            best.append(time.process_time() - started)
        return min(best)

    parse("", "warm.gov")
    # Eight times the text: linear takes 8 times as long, quadratic 64 times.
    assert seconds(160_000) < 24 * seconds(20_000) + 0.05


def test_a_thousand_rules_take_less_than_three_seconds() -> None:
    text = "".join(RULE.format(number) for number in range(1_000))
    started = time.perf_counter()
    parsed = parse(text, "many.gov")
    assert len(parsed.module.declarations) == 1_000
    assert time.perf_counter() - started < 3


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f'rule r{number} {{ when user.name == "{number}" then block }}\n' * 50 for number in range(8)]

    def tree(text: str) -> str:
        return dump(parse(text, "a.gov").module)

    alone = [tree(text) for text in texts]
    with ThreadPoolExecutor(len(texts)) as pool:
        assert list(pool.map(tree, texts)) == alone


@given(st.text(max_size=300))
@example("rule r {")
@example('"')
@example("/")
@example("/// \x00")
@example("@")
@example("\ufeffrule r { when true then allow }")
@example("\ud800")
@settings(deadline=None, max_examples=300)
def test_any_text_parses_or_gives_errors(text: str) -> None:
    parsed = parse(text, "any.gov")
    for diagnostic in parsed.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(WHOLE)),
            st.integers(0, 12),
            st.sampled_from(
                ["", "{", "}", "(", ")", '"', "/", "//", "\n", "not ", "rule ", "@", "=", "é", "\u202e", "[", "then"]
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(deadline=None, max_examples=300)
def test_a_damaged_policy_parses_or_gives_errors(damages: list[tuple[int, int, str]]) -> None:
    text = WHOLE
    for at, length, insert in damages:
        text = text[:at] + insert + text[at + length :]
    parsed = parse(text, "damaged.gov")
    assert parsed.diagnostics or parsed.module.declarations
