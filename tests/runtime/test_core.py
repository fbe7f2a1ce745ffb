"""The decision core against a plain evaluator, and against programs that are not what they should be."""

from __future__ import annotations

import struct
from random import Random
from typing import Any

import pytest
from aigov_runtime.core._core import ffi, lib
from hypothesis import given
from hypothesis import strategies as st

from aigov_runtime.core import isa
from aigov_runtime.core.isa import Phase, Predicate, Scope
from aigov_runtime.core.program import Program, Scratch, Stage
from aigov_runtime.errors import FormatError
from tests.runtime.assembly import (
    Call,
    Rule,
    Source,
    Test,
    assemble,
    attribute,
    emit,
    expected,
    op,
    program,
    random_call,
    random_source,
)

Decided = dict[int, tuple[int, tuple[int, ...]]]


def decide(made: Program, scratch: Scratch, source: Source, call: Call) -> Decided:
    """All three stages, decoded."""
    session = made.session(values(source, call, Phase.SESSION))
    profile = session.profile(values(source, call, Phase.PROFILE))
    return judge(made, profile, scratch, source, call)


def values(source: Source, call: Call, phase: Phase) -> list[Any]:
    return [(a, call.values[a.number]) for a in source.attributes if a.phase is phase and a.number in call.values]


def judge(made: Program, profile: Stage, scratch: Scratch, source: Source, call: Call) -> Decided:
    known = sum(1 << at for at, a in enumerate(made.measures) if a.number in call.values)
    measures = [call.values.get(a.number, 0) for a in made.measures]
    found = [d | c << 24 | where << 26 for d, c, where in call.findings]
    count = lib.aigov_decide(
        profile.pointer,
        scratch.pointer,
        measures,
        known,
        found,
        len(found),
        call.incomplete,
        len(call.incomplete),
        call.flags,
    )
    assert count >= 0
    words = struct.unpack(f"<{count}I", ffi.unpack(scratch.output, 4 * count))
    assert words[: 2 + len(call.incomplete)] == (call.flags, len(call.incomplete), *call.incomplete)
    at, decided = 2 + len(call.incomplete), {}
    while at < count:
        rule, verdict = words[at] & (1 << 30) - 1, words[at] >> 30
        leaves = len(source.rules[rule].leaves)
        assert rule not in decided
        decided[rule] = verdict, tuple(words[at + 1 + i // 16] >> 2 * (i % 16) & 3 for i in range(leaves))
        at += 1 + -(-leaves // 16)
    return decided


@given(st.integers(0, 2**64))
def test_decides_as_the_plain_evaluator_does(seed: int) -> None:
    random = Random(seed)
    source = random_source(random)
    made = program(source)
    scratch = made.scratch()
    for _ in range(6):
        call = random_call(random, source)
        assert decide(made, scratch, source, call) == expected(source, call)


@given(st.integers(0, 2**64))
def test_one_profile_serves_many_calls(seed: int) -> None:
    random = Random(seed)
    source = random_source(random)
    made = program(source)
    scratch = made.scratch()
    base = random_call(random, source)
    fixed = {n: v for n, v in base.values.items() if source.attributes[n].phase is not Phase.CALL}
    profile = made.session(values(source, base, Phase.SESSION)).profile(values(source, base, Phase.PROFILE))
    for _ in range(6):
        call = random_call(random, source)
        moving = {n: v for n, v in call.values.items() if source.attributes[n].phase is Phase.CALL}
        call = Call({**fixed, **moving}, call.findings, call.incomplete, call.flags)
        assert judge(made, profile, scratch, source, call) == expected(source, call)


@given(st.integers(0, 2**64), st.data())
def test_a_damaged_program_is_refused_or_harmless(seed: int, data: st.DataObject) -> None:
    """Flip words and bytes of every section: the core says no, or decides something within its bounds."""
    random = Random(seed)
    source = random_source(random)
    parts = assemble(source)
    section = data.draw(st.sampled_from(["pool", "predicates", "code", "rules", "postings", "leaves", "selectors"]))
    if section in {"leaves", "selectors"}:
        rows = parts[section]
        if not rows or not rows[0]:
            return
        rows[0][0] = data.draw(st.integers(-(2**31), 2**31 - 1))
    else:
        content = bytearray(parts["core"][section])
        if not content:
            return
        for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
            content[at] = data.draw(st.integers(0, 255))
        parts["core"][section] = bytes(content)
    try:
        made = Program(**parts)
    except FormatError:
        return
    scratch = made.scratch()
    for _ in range(3):
        call = random_call(random, source)
        profile = made.session(values(source, call, Phase.SESSION)).profile(values(source, call, Phase.PROFILE))
        judge(made, profile, scratch, source, call)


def one_rule(code: bytes, **fields: Any) -> dict[str, Any]:
    """A program with two bool session attributes, one int call attribute, one detector, and this code."""
    source = Source(
        attributes=[
            attribute(0, "bool", Phase.SESSION),
            attribute(1, "bool", Phase.SESSION),
            attribute(2, "int", Phase.CALL),
        ],
        detectors=1,
        selectors=[[0]],
        predicates=[
            Test(Predicate.IS_TRUE, 0),
            Test(Predicate.IS_TRUE, 1),
            Test(Predicate.INT_GT, 2, imm=5),
            Test(Predicate.PAYLOAD, imm=1),
        ],
        rules=[Rule(("pred", 0), leaves=(0,))],
    )
    parts = assemble(source)
    guards = fields.pop("guards", (-1, -1, -1))
    head = fields.pop("head", (0, len(code), Scope.PROMPT, 0))
    parts["core"]["code"] = code
    parts["core"]["rules"] = struct.pack("<8i", *head, *guards, fields.pop("leaf_count", 1))
    parts["core"].update(fields)
    return parts


END = op("END")
P0, P1, P2 = op("PRED", 0), op("PRED", 1), op("PRED", 2)


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        (b"", "too long"),
        (END, "one value"),
        (P0, "no end"),
        (P0 + P1 + END, "one value"),
        (P0 + END + END, "one value"),
        (op("NOT") + END, "negates nothing"),
        (P0 + op("AND") + END, "too few"),
        (op("PRED", 4) + END, "does not exist"),
        (op("PRED", 2**31) + END, "does not exist"),
        (b"\x77", "unknown instruction"),
        (P0 + op("JF")[:1] + b"\1\0", "cut-off"),
        (P0 + op("JF", 0) + END, ""),
        (P0 + op("JF", 1) + END, "outside"),
        (P0 + op("JF", 2**31) + END, "outside"),
        (P0 + op("JF", 6) + P1 + op("AND") + END, ""),
        (P0 + op("JF", 5) + P1 + op("AND") + END, "another depth"),
        (P0 + op("JF", 3) + P1 + op("AND") + END, "one value"),
        (P0 + op("JF", 6) + P1 + op("OR") + END, "not a shortcut"),
        (P0 + op("JT", 6) + P1 + op("AND") + END, "not a shortcut"),
        (P0 + op("JF", 1) + op("NOT") + END, "what a jump skips"),
        (P0 + P1 + op("JF", 1 + 5) + op("AND") + P1 + END, "what a jump skips"),
        (P0 * (isa.MAX_DEPTH + 1) + op("AND") * isa.MAX_DEPTH + END, "too deep"),
    ],
)
def test_code_is_checked(code: bytes, complaint: str) -> None:
    parts = one_rule(code)
    if not complaint:
        Program(**parts)
        return
    with pytest.raises(FormatError, match=complaint):
        Program(**parts)


def test_the_deepest_stack_works() -> None:
    made = Program(**one_rule(P0 * isa.MAX_DEPTH + op("AND") * (isa.MAX_DEPTH - 1) + END))
    assert made.session([(made.attributes[0], True)]).rules == 1
    assert made.session([(made.attributes[0], False)]).rules == 0


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"head": (1, 6, 0, 0)}, "follow its neighbour"),
        ({"head": (0, 7, 0, 0)}, "too long"),
        ({"head": (0, 5, 0, 0)}, "no end"),
        ({"head": (0, 6, 5, 0)}, "scope or flag"),
        ({"head": (0, 6, -1, 0)}, "scope or flag"),
        ({"head": (0, 6, 0, 4)}, "scope or flag"),
        ({"leaf_count": 2}, "leaves"),
        ({"guards": (0, -1, -1), "postings": b""}, "outside the postings"),
        ({"guards": (-2, -1, -1)}, "outside the postings"),
        ({"guards": (0, -1, -1), "postings": struct.pack("<2i", 2, 0)}, "outside the postings"),
        ({"guards": (0, -1, -1), "postings": struct.pack("<2i", -1, 0)}, "outside the postings"),
        ({"guards": (0, -1, -1), "postings": struct.pack("<2i", 1, 4)}, "names no predicate"),
        ({"guards": (0, -1, -1), "postings": struct.pack("<3i", 2, 1, 0)}, "unsorted"),
        ({"guards": (0, -1, -1), "postings": struct.pack("<2i", 1, 2)}, "another phase"),
        ({"guards": (0, -1, -1), "postings": struct.pack("<2i", 1, 1)}, "does not decide"),
        ({"guards": (0, -1, -1), "postings": struct.pack("<i", 0)}, "does not decide"),
        ({"guards": (0, -1, -1), "postings": struct.pack("<2i", 1, 0)}, ""),
    ],
)
def test_rules_and_guards_are_checked(fields: dict[str, Any], complaint: str) -> None:
    parts = one_rule(P0 + END, **fields)
    if not complaint:
        Program(**parts)
        return
    with pytest.raises(FormatError, match=complaint):
        Program(**parts)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((12, 0, 0, 0, 0, 0, 0, 0), "unknown kind"),
        ((Predicate.IS_TRUE, 3, 0, 0, 0, 0, 0, 0), "no attribute"),
        ((Predicate.IS_TRUE, -1, 0, 0, 0, 0, 0, 0), "no attribute"),
        ((Predicate.IS_TRUE, 2, 0, 0, 0, 0, 0, 0), "kind"),
        ((Predicate.STRING_IN, 0, 0, 0, 0, 0, 0, 0), "kind"),
        ((Predicate.STRING_IN, 0, 0, 1, 0, 0, 0, 0), "outside the pool"),
        ((Predicate.STRING_IN, 0, -1, 1, 0, 0, 0, 0), "outside the pool"),
        ((Predicate.STRING_IN, 0, 2**31 - 1, 2**31 - 1, 0, 0, 0, 0), "outside the pool"),
        ((Predicate.STRING_PREFIX, 0, 99, 0, 0, 0, 0, 0), "no string"),
        ((Predicate.PAYLOAD, -1, 1, 0, 1, 0, 0, 0), "no selector"),
        ((Predicate.PAYLOAD, 0, 0, 0, 1, 0, 0, 0), "no selector"),
        ((Predicate.PAYLOAD, -1, 0, 3, 1, 0, 0, 0), "wrong confidence"),
        ((Predicate.PAYLOAD, -1, 0, 0, 0, 0, 0, 0), "wrong confidence"),
        ((Predicate.PAYLOAD, -1, 0, 0, 1, 5, 0, 0), "wrong confidence"),
        ((Predicate.IS_TRUE, 0, 0, 0, 0, 0, 1, 0), "reserved"),
    ],
)
def test_predicates_are_checked(words: tuple[int, ...], complaint: str) -> None:
    parts = one_rule(P0 + END)
    predicates = parts["core"]["predicates"]
    parts["core"]["predicates"] = struct.pack("<8i", *words) + predicates[32:]
    with pytest.raises(FormatError, match=complaint):
        Program(**parts)


@pytest.mark.parametrize("row", [[1], [-1], [0, 0]])
def test_selectors_are_checked(row: list[int]) -> None:
    with pytest.raises(FormatError, match="selectors"):
        Program(**one_rule(P0 + END) | {"selectors": [row]})


@pytest.mark.parametrize(
    "arguments",
    [
        ([0], 1, [1], 1, [], 0, 1),  # no such detector
        ([0], 1, [3 << 24], 1, [], 0, 1),  # no such confidence
        ([0], 1, [3 << 26], 1, [], 0, 1),  # no such place
        ([0], 1, [], -1, [], 0, 1),
        ([0], 1, [], 0, [1], 1, 1),  # no such detector
        ([0], 1, [], 0, [0, 0], 2, 1),  # twice the same
        ([0], 1, [], 0, [], -1, 1),
        ([0], 1, [], 0, [], 0, 32),  # no such flag
    ],
)
def test_a_malformed_call_is_refused(arguments: tuple[Any, ...]) -> None:
    made = Program(**one_rule(P0 + END))
    scratch = made.scratch()
    session = made.session([])
    profile = session.profile([])
    assert lib.aigov_decide(profile.pointer, scratch.pointer, *arguments) == -1
    assert lib.aigov_decide(session.pointer, scratch.pointer, [0], 1, [], 0, [], 0, 1) == -1  # not a profile
    assert lib.aigov_decide(profile.pointer, scratch.pointer, [0], 1, [], 0, [], 0, 1) > 0
    other = Program(**one_rule(P0 + END)).scratch()
    assert lib.aigov_decide(profile.pointer, other.pointer, [0], 1, [], 0, [], 0, 1) == -1


def test_jumps_only_save_work() -> None:
    """The same condition with and without shortcuts, under every assignment."""
    with_jumps = emit(("and", ("or", ("pred", 0), ("pred", 1)), ("pred", 2), ("not", ("pred", 3))))
    without = P0 + P1 + op("OR") + P2 + op("AND") + op("PRED", 3) + op("NOT") + op("AND")
    made = [Program(**one_rule(code + END)) for code in (with_jumps, without)]
    scratches = [each.scratch() for each in made]
    for a in (None, False, True):
        for b in (None, False, True):
            identity = [(0, a), (1, b)]
            stages = [
                each.session([(each.attributes[n], v) for n, v in identity if v is not None]).profile([])
                for each in made
            ]
            for known, number, found, incomplete in (
                (k, n, f, i) for k in (0, 1) for n in (5, 6) for f in ([], [0]) for i in ([], [0])
            ):
                outputs = set()
                for stage, scratch in zip(stages, scratches, strict=True):
                    arguments = ([number], known, found, len(found), incomplete, len(incomplete), 1)
                    count = lib.aigov_decide(stage.pointer, scratch.pointer, *arguments)
                    outputs.add(ffi.unpack(scratch.output, 4 * count))
                assert len(outputs) == 1
