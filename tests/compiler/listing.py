"""The intermediate form as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields
from enum import Enum

from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, Predicate, Rule, predicate_table


def listing(rules: Sequence[Rule]) -> str:
    """One line per rule, then one per predicate."""
    lines = [f"{rule.source.id}: {show(rule.condition)}" for rule in rules]
    lines += [
        "",
        *(f"#{number} {_predicate(predicate)}" for predicate, number in predicate_table(tuple(rules)).items()),
    ]
    return "\n".join(lines) + "\n"


def _predicate(predicate: Predicate) -> str:
    """The fields that say something."""
    shown = [
        f"{field.name}={_value(getattr(predicate, field.name))}"
        for field in fields(predicate)
        if field.default is MISSING or getattr(predicate, field.name) != field.default
    ]
    return " ".join(shown)


def _value(value: object) -> str:
    return value.name.lower() if isinstance(value, Enum) else repr(value)


def show(expression: Expression) -> str:
    """A condition on one line."""
    match expression:
        case Leaf(predicate):
            return predicate.text
        case Constant(value):
            return "true" if value else "false"
        case Not(term):
            return f"(not {show(term)})"
        case And(terms):
            return f"({' and '.join(map(show, terms))})"
        case Or(terms):
            return f"({' or '.join(map(show, terms))})"
