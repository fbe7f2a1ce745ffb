"""Compiled rules decide as the reference evaluator does, over random conditions, requests and missing evidence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aigov_compiler import compile_program
from aigov_compiler.lower import EPOCH
from aigov_dsl.ast import Confidence, Scope
from aigov_dsl.reference import Evaluator
from aigov_dsl.typed import Allow, Block, Condition, Exempt, Redact, RedactTarget, Rule, Value
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Interaction, Kind, Scan, Segment
from aigov_runtime.primitives import Primitives
from tests.compiler.programs import FALSE, TRUE, VOCABULARY, exempt, program
from tests.compiler.test_satisfy import VALUES, broad_atoms, conditions, exact_atoms
from tests.dsl.build import contains, rule, words

DETECTORS = (words("d", "falke"), words("e", "merlin"))
TODAY = date(2027, 3, 31)

payload_atoms: st.SearchStrategy[Condition] = st.builds(
    lambda ids, confidence, count: contains(*sorted(ids), confidence=confidence, count=count),
    st.sets(st.sampled_from(["t.d", "t.e"]), min_size=1),
    st.sampled_from(Confidence),
    st.integers(1, 3),
)
condition = conditions(exact_atoms | broad_atoms | payload_atoms | st.sampled_from([TRUE, FALSE]))
effects = st.sampled_from(
    [
        None,
        Allow(),
        Block(message="no"),
        Redact(targets=(RedactTarget(detectors=("t.d",), confidence=Confidence.POSSIBLE),), style=None),
    ]
)
exempts: st.SearchStrategy[tuple[Exempt, ...]] = st.lists(
    st.builds(exempt, condition, st.none() | st.integers(-1, 1).map(lambda days: TODAY + timedelta(days))), max_size=2
).map(tuple)


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    return [
        rule(
            f"r{number}",
            draw(condition),
            draw(effects),
            scope=draw(st.sampled_from(Scope)),
            unless=draw(st.none() | condition),
            exempts=draw(exempts),
            unknown_skip=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


values = st.fixed_dictionaries({}, optional={name: st.sampled_from(choices) for name, choices in VALUES.items()})
texts = st.lists(st.sampled_from(["falke", "merlin", "x"]), max_size=3).map(" ".join)
segments = st.lists(
    st.builds(
        Segment, st.just("user"), st.just("/x"), texts, st.sampled_from([Kind.TEXT, Kind.TOOL_CALL, Kind.TOOL_RESULT])
    ),
    min_size=1,
    max_size=3,
)


@given(
    rules=rules(),
    attributes=values,
    direction=st.sampled_from(Direction),
    segments=segments,
    incomplete=st.sets(st.sampled_from(["t.d", "t.e"])),
    unparsed=st.sampled_from(["", "", "not JSON"]),
)
@settings(deadline=None, max_examples=150)
def test_compiled_is_reference(
    *,
    rules: list[Rule],
    attributes: dict[str, Value],
    direction: Direction,
    segments: list[Segment],
    incomplete: set[str],
    unparsed: str,
) -> None:
    policy = program(*DETECTORS, *rules)
    missed = dict.fromkeys(incomplete, "out of budget")
    day = (TODAY - EPOCH).days
    expected = Evaluator(policy, Primitives(b"k" * 32)).decide(
        attributes, direction, segments, day=day, incomplete=missed, unparsed=unparsed
    )

    def of_phase(*phases: str) -> dict[str, Any]:
        return {name: value for name, value in attributes.items() if VOCABULARY[name].phase in phases}

    engine = Engine.load(compile_program(policy).envelope, UNVERIFIED)
    interaction = Interaction(direction, tuple(segments), of_phase("profile"), of_phase("call"), unparsed)
    session = engine.session(of_phase("session"), key=b"k" * 32, now=lambda: day * 86_400.0)
    found = session.judge(interaction, Scan(engine.scan(segments).findings, missed))
    assert (str(found.outcome), found.message) == (expected.outcome, expected.message)
    assert [(hit.id, hit.effect, hit.unknown) for hit in found.rules] == [tuple(hit) for hit in expected.rules]
    assert found.unknown == expected.unknown
