"""Conditions that say less, or something else, than they seem to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from aigov_dsl import ast, typed
from aigov_dsl.format import condition_text
from aigov_dsl.linter.conditions import Clause, Term, without
from aigov_dsl.linter.context import Context
from aigov_dsl.linter.edits import NO_FIX, remove, rewrite
from aigov_dsl.linter.logic import constant, exclusive, exhaustive, implies, is_literal, same
from aigov_dsl.linter.registry import Finding, rule

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _terms(context: Context) -> Iterator[tuple[Clause, Term]]:
    for clause in context.clauses:
        for term in clause.terms():
            yield clause, term


def _literal_pairs(term: Term) -> Iterator[tuple[Term, Term]]:
    """Pairs of literals under one connective that are not simply the same."""
    literals = [child for child in term.children() if is_literal(child.checked)]
    return ((a, b) for a, b in combinations(literals, 2) if not same(a.checked, b.checked))


@rule("W110", "constant-condition", "`true` or `false` inside a condition", fixable=True)
def constant_condition(context: Context) -> Iterator[Finding]:
    """`when true` alone is how a rule says "always"; anywhere else a constant decides nothing or everything."""
    for clause, term in _terms(context):
        for child in (child.source for child in term.children() if isinstance(child.source, ast.Constant)):
            message, fix = f"`{condition_text(child)}` decides this condition", NO_FIX
            if isinstance(term.source, ast.And | ast.Or) and child.value == isinstance(term.source, ast.And):
                message = f"`{condition_text(child)}` changes nothing"
                fix = rewrite(context, clause, term.source, without(term.source, child))
            yield Finding(child.span, message, "remove it" if fix else "write what is meant", fix=fix)
    for pair in context.rules:
        if isinstance(pair.source.when, ast.Constant) and not pair.source.when.value:
            yield Finding(pair.source.when.span, f"the rule `{pair.checked.id}` never matches", "remove the rule")
        if isinstance(unless := pair.source.unless, ast.Constant):
            fix = (
                NO_FIX
                if unless.value
                else remove(context, unless.span.path, pair.source.when.span.end, unless.span.end)
            )
            message = "`unless true`: the rule never matches" if unless.value else "`unless false` changes nothing"
            yield Finding(unless.span, message, fix=fix)


@rule("W111", "impossible-condition", "terms that are never true together")
def impossible_condition(context: Context) -> Iterator[Finding]:
    """Within one `and`, or between `when` and `unless`."""
    for _, term in _terms(context):
        if isinstance(term.source, ast.And):
            for one, other in _literal_pairs(term):
                if exclusive(one.checked, other.checked):
                    yield _never(one, other)
    for pair in context.rules:
        if pair.source.unless is not None and pair.checked.unless is not None:
            when = Term(pair.source.when, pair.checked.when)
            unless = Term(pair.source.unless, pair.checked.unless)
            for one in _parts(when, ast.And):
                for other in _parts(unless, ast.Or):
                    if is_literal(one.checked) and is_literal(other.checked) and implies(one.checked, other.checked):
                        yield Finding(
                            other.source.span,
                            f"the rule `{pair.checked.id}` never matches: `unless` holds whenever `when` does",
                            "remove the term from one of them",
                            related=((one.source.span, "holds only if `unless` does"),),
                        )


def _parts(term: Term, connective: type[ast.And | ast.Or]) -> tuple[Term, ...]:
    return term.children() if isinstance(term.source, connective) else (term,)


def _never(one: Term, other: Term) -> Finding:
    return Finding(
        other.source.span,
        f"`{condition_text(one.source)}` and `{condition_text(other.source)}` are never true together",
        "use `or`, or correct one of them",
        related=((one.source.span, "the other term"),),
    )


@rule("W112", "always-true-condition", "alternatives of which one always holds")
def always_true_condition(context: Context) -> Iterator[Finding]:
    """`x != "a" or x != "b"` holds for every x."""
    for _, term in _terms(context):
        if isinstance(term.source, ast.Or):
            for one, other in _literal_pairs(term):
                if exhaustive(one.checked, other.checked):
                    yield Finding(
                        other.source.span,
                        f"`{condition_text(one.source)}` or `{condition_text(other.source)}` always holds",
                        "use `and`, or correct one of them",
                        related=((one.source.span, "the other term"),),
                    )


@rule("W113", "redundant-term", "a term that another one makes superfluous", fixable=True)
def redundant_term(context: Context) -> Iterator[Finding]:
    """In `n > 5 and n > 3` the second says nothing new; in `n > 5 or n > 3` the first."""
    for clause, term in _terms(context):
        if not isinstance(term.source, ast.And | ast.Or):
            continue
        conjunction = isinstance(term.source, ast.And)
        for pair in _literal_pairs(term):
            for strong, weak in (pair, pair[::-1]):
                if implies(strong.checked, weak.checked) and not _guards(weak.checked):
                    extra, kept = (weak, strong) if conjunction else (strong, weak)
                    payload = isinstance(extra.checked, typed.Payload)
                    yield Finding(
                        extra.source.span,
                        f"`{condition_text(extra.source)}` adds nothing to `{condition_text(kept.source)}`",
                        "remove it",
                        related=((kept.source.span, "the other term"),),
                        # A payload term also names what is redacted and whose evidence is missing.
                        fix=NO_FIX
                        if payload
                        else rewrite(context, clause, term.source, without(term.source, extra.source)),
                    )
                    break


def _guards(condition: typed.Condition) -> bool:
    return isinstance(condition, typed.Known)


@rule("W114", "duplicate-term", "the same term twice", fixable=True)
def duplicate_term(context: Context) -> Iterator[Finding]:
    """Under one `and` or `or`."""
    for clause, term in _terms(context):
        if not isinstance(term.source, ast.And | ast.Or):
            continue
        children = term.children()
        for index, child in enumerate(children):
            first = next((c for c in children[:index] if same(c.checked, child.checked)), None)
            if first:
                yield Finding(
                    child.source.span,
                    f"`{condition_text(child.source)}` stands here twice",
                    "remove it",
                    related=((first.source.span, "the first one"),),
                    fix=rewrite(context, clause, term.source, without(term.source, child.source)),
                )


@rule("W115", "double-negation", "`not not`", fixable=True)
def double_negation(context: Context) -> Iterator[Finding]:
    """Two negations cancel."""
    for clause, term in _terms(context):
        match term.source:
            case ast.Not(term=ast.Not(term=inner)):
                yield Finding(
                    term.source.span,
                    "two negations cancel each other",
                    f"write `{condition_text(inner)}`",
                    fix=rewrite(context, clause, term.source, inner),
                )


@rule("W116", "negated-comparison", "`not` in front of a comparison", fixable=True)
def negated_comparison(context: Context) -> Iterator[Finding]:
    """Every comparison has an opposite."""
    for clause, term in _terms(context):
        match term.source:
            case ast.Not(term=ast.Compare() as inner):
                opposite = replace(inner, operator=_OPPOSITE[inner.operator])
                yield Finding(
                    term.source.span,
                    f"`{condition_text(term.source)}` is a comparison in disguise",
                    f"write `{condition_text(opposite)}`",
                    fix=rewrite(context, clause, term.source, opposite),
                )


@rule("W117", "boolean-comparison", "a comparison with `true` or `false`", fixable=True)
def boolean_comparison(context: Context) -> Iterator[Finding]:
    """A bool attribute is a condition by itself."""
    for clause, term in _terms(context):
        match term.source:
            case ast.Compare(attribute=attribute, operator=operator, value=ast.Bool(value=value), span=span):
                plain = ast.Truth(attribute=attribute, span=span)
                new = plain if value == (operator == "==") else ast.Not(term=plain, span=span)
                yield Finding(
                    span,
                    f"`{attribute.text}` is true or false already",
                    f"write `{condition_text(new)}`",
                    fix=rewrite(context, clause, term.source, new),
                )


@rule("W118", "needless-parentheses", "parentheses that change nothing", fixable=True)
def needless_parentheses(context: Context) -> Iterator[Finding]:
    """An `and` within an `and`, or an `or` within an `or`."""
    for clause, term in _terms(context):
        outer = term.source
        if not isinstance(outer, ast.And | ast.Or):
            continue
        for child in outer.terms:
            if isinstance(child, type(outer)):
                terms = [term for other in outer.terms for term in (child.terms if other is child else (other,))]
                yield Finding(
                    child.span,
                    "these parentheses change nothing",
                    "remove them",
                    fix=rewrite(context, clause, outer, replace(outer, terms=tuple(terms))),
                )


@rule("W119", "single-entry-list", "a bracketed list of one", fixable=True)
def single_entry_list(context: Context) -> Iterator[Finding]:
    """One value needs no list."""
    for clause, term in _terms(context):
        if (new := _without_list(term.source)) is not None:
            yield Finding(
                term.source.span,
                "a list of one value",
                f"write `{condition_text(new)}`",
                fix=rewrite(context, clause, term.source, new),
            )


def _without_list(node: ast.Condition) -> ast.Condition | None:
    match node:
        case ast.InList(attribute=attribute, values=(value,)):
            return ast.Compare(attribute=attribute, operator="==", value=value, span=node.span)
        case ast.Like(any=True, globs=(_,)):
            return replace(node, any=False)
        case ast.Has(mode="any" | "all", values=(_,)):
            return replace(node, mode="one")
        case _:
            return None


@rule("W127", "out-of-range", "a comparison that is the same for every possible value")
def out_of_range(context: Context) -> Iterator[Finding]:
    """Sizes and counters are never negative, and the hour ends at 23."""
    for _, term in _terms(context):
        if isinstance(term.checked, typed.IntCompare) and (value := constant(term.checked)) is not None:
            verb = "always" if value else "never"
            yield Finding(term.source.span, f"`{condition_text(term.source)}` {verb} holds", "correct the number")
