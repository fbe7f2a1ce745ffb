"""Two reroutes with different targets that can both match are an error."""

from __future__ import annotations

from aigov_compiler.conflicts import conflicts
from aigov_compiler.lower import attributes, lower
from aigov_dsl.ast import Scope
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.typed import Rule
from tests.compiler.programs import (
    TRUE,
    at,
    both,
    exempt,
    has,
    integer,
    is_true,
    known,
    like,
    no,
    one_of,
    program,
    reroute,
)
from tests.dsl.build import contains, words


def found(*rules: Rule) -> list[Diagnostic]:
    policy = program(words("d", "x"), words("e", "y"), *rules)
    return conflicts(lower(policy), attributes(policy))


def apart(first: object, second: object) -> bool:
    return not found(reroute("a", first, "one"), reroute("b", second, "two"))  # type: ignore[arg-type]


def test_the_message_names_both_rules_targets_places_and_an_example() -> None:
    (diagnostic,) = found(
        reroute("eu", one_of("user.region", "eu"), "azure-eu", span=at(3)),
        reroute("hr", both(has("user.groups", "hr"), no(is_true("device.managed"))), "local", span=at(9)),
    )
    assert diagnostic.code == "E081"
    assert diagnostic.message == "`eu` reroutes to `azure-eu` and `hr` to `local`, and both can match"
    assert diagnostic.span == at(3)
    assert diagnostic.related == ((at(9), "`hr` reroutes to `local` here"),)
    assert "add `unless` to one of them" in diagnostic.help
    assert "`user.region == \"eu\"` and `user.groups has any ['hr']` and not `device.managed`" in diagnostic.help


def test_one_target_is_no_conflict() -> None:
    assert not found(reroute("a", TRUE, "one"), reroute("b", TRUE, "one"))


def test_conditions_that_exclude_each_other() -> None:
    assert apart(one_of("request.provider", "a", "b"), one_of("request.provider", "c"))
    assert apart(is_true("device.managed"), no(is_true("device.managed")))
    assert apart(integer("request.bytes", "<", 10), integer("request.bytes", ">=", 10))
    assert apart(one_of("device.posture", "unknown"), one_of("device.posture", "compliant", "noncompliant"))
    assert apart(like("request.model", "gpt-*"), like("request.model", "claude-*"))
    assert apart(has("user.groups", "a"), no(has("user.groups", "a", "b")))
    assert apart(both(known("user.region"), one_of("user.region", "eu")), no(known("user.region")))
    assert apart(contains("t.d", count=2), no(contains("t.d", "t.e")))


def test_conditions_that_meet() -> None:
    assert not apart(one_of("request.provider", "a", "b"), one_of("request.provider", "b"))
    assert not apart(has("user.groups", "a"), has("user.groups", "b"))
    assert not apart(integer("request.bytes", "<", 10), integer("request.bytes", ">", 8))
    assert apart(integer("request.bytes", "<", 10), integer("request.bytes", ">", 9))
    assert not apart(contains("t.d"), no(contains("t.d", count=2)))
    assert not apart(one_of("request.provider", "a"), TRUE)


def test_unless_and_exemptions_count() -> None:
    first = reroute("a", one_of("request.provider", "x"), "one", unless=is_true("device.managed"))
    second = reroute("b", is_true("device.managed"), "two")
    assert not found(first, second)
    first = reroute("a", one_of("request.provider", "x"), "one", exempts=(exempt(is_true("device.managed")),))
    assert not found(first, second)


def test_scopes_that_never_meet() -> None:
    def scoped(one: Scope, other: Scope) -> list[Diagnostic]:
        return found(reroute("a", TRUE, "one", scope=one), reroute("b", TRUE, "two", scope=other))

    assert not scoped(Scope.PROMPT, Scope.RESPONSE)
    assert scoped(Scope.PROMPT, Scope.TOOL_CALL)
    assert scoped(Scope.ANY, Scope.RESPONSE)


def test_each_rule_is_reported_once() -> None:
    rules = [reroute(f"r{n}", TRUE, f"target{n}") for n in range(5)]
    assert [diagnostic.message.split("`")[1] for diagnostic in found(*rules)] == ["r0", "r1", "r2", "r3"]
