"""Decision code computes what its condition means, within the machine's rules."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given

from aigov_compiler.assemble import RuleCode, rule_code
from aigov_compiler.ir import And, Expression, Leaf, Not, Or, Predicate, Rule, leaves
from aigov_runtime.core.isa import MAX_DEPTH, OPCODES
from tests.compiler.conditions import NUMBERS, PREDICATES, Truth, assignments, evaluate, expressions
from tests.compiler.programs import TRUE
from tests.dsl.build import AT, rule

NAMES = {op.code: op for op in OPCODES}


def code_of(expression: Expression) -> RuleCode:
    return rule_code(Rule(rule("r", TRUE, None), expression), NUMBERS)


def run(code: bytes, truths: Mapping[Predicate, Truth]) -> tuple[Truth, int]:
    """The verdict and the deepest stack: the ISA's table, read literally."""
    by_number = list(NUMBERS)
    stack: list[Truth] = []
    deepest = at = 0
    while True:
        op = NAMES[code[at]]
        operand = int.from_bytes(code[at + 1 : at + 5], "little")
        at += 5 if op.operand else 1
        match op.name:
            case "FALSE" | "TRUE":
                stack.append(op.name == "TRUE")
            case "PRED":
                stack.append(truths[by_number[operand]])
            case "NOT":
                top = stack.pop()
                stack.append(None if top is None else not top)
            case "AND" | "OR":
                absorbing = op.name == "OR"
                pair = (stack.pop(), stack.pop())
                stack.append(absorbing if absorbing in pair else None if None in pair else not absorbing)
            case "JF" | "JT":
                at += operand if stack[-1] is (op.name == "JT") else 0
            case "END":
                assert at == len(code)
                (verdict,) = stack
                return verdict, deepest
        deepest = max(deepest, len(stack))


@given(expressions)
def test_code_computes_the_condition(expression: Expression) -> None:
    code = code_of(expression).code
    assert all(run(code, truths)[0] is evaluate(expression, truths) for truths in assignments())


@given(expressions)
def test_leaves_are_the_predicates_in_code_order(expression: Expression) -> None:
    assembled = code_of(expression)
    loaded = [int.from_bytes(operand, "little") for operand in predicate_operands(assembled.code)]
    assert loaded == [NUMBERS[leaf.predicate] for leaf in assembled.leaves]
    assert list(assembled.leaves) == list(leaves(expression))


def predicate_operands(code: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(code):
        op = NAMES[code[at]]
        if op.name == "PRED":
            found.append(code[at + 1 : at + 5])
        at += 5 if op.operand else 1
    return found


def test_the_worked_example_of_the_isa() -> None:
    a, b = (Leaf(predicate, AT) for predicate in PREDICATES[:2])
    assert code_of(And((a, Not(b)))).code == bytes.fromhex("1000000000 3007000000 1001000000 20 21 3f")


def test_deep_nesting_is_reordered_to_fit_the_stack() -> None:
    leaf = Leaf(PREDICATES[0], AT)
    expression: Expression = leaf
    for level in range(3 * MAX_DEPTH):
        expression = (And, Or)[level % 2]((leaf, expression))
    assembled = code_of(expression)
    for truth in (False, True, None):
        verdict, deepest = run(assembled.code, dict.fromkeys(PREDICATES, truth))
        assert verdict is evaluate(expression, dict.fromkeys(PREDICATES, truth))
        assert deepest <= MAX_DEPTH
