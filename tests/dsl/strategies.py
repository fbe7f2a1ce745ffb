"""Hypothesis strategies for syntax trees: everything that parses, whether or not it checks."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from hypothesis import strategies as st

from aigov_dsl import ast
from aigov_dsl.scanner import _TOKEN

SPAN = ast.Span("generated.gov", 0, 0, 1, 1, 1, 1)
INT64 = 2**63


def node(build: type, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(build, span=st.just(SPAN), **fields)


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def tuples(strategy: st.SearchStrategy[Any], least: int = 0, most: int = 4) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


# Leaves

words = st.sampled_from(["a", "b2", "approved_models", "customer", "x" * 40, "Region", "owners", "sets"])
dotted = st.lists(words, min_size=1, max_size=3).map(".".join)
names = node(ast.Name, text=words)
dotted_names = node(ast.Name, text=dotted)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["gpt-4o", 'a "quoted" \\ one', "// no comment", "[{(", "two\nlines", "x" * 60, "\u202e", "\r", "\r\n", "\x00"]
)
strings = node(ast.String, value=texts)
integers = node(ast.Int, value=st.integers(-INT64, INT64 - 1))
bools = node(ast.Bool, value=st.booleans())
literals = strings | integers | bools
regexes = node(
    ast.Regex,
    pattern=st.lists(
        st.sampled_from(["a", "/", "\\\\", "\\d{2,3}", "[0-9]", '"', "\\b", " ", "é", "(x|y)"]), min_size=1, max_size=8
    ).map("".join),
)
string_lists = names | tuples(strings, most=9)
documentation = optional(
    st.lists(
        st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=30).map(str.rstrip),
        min_size=1,
        max_size=3,
    ).map("\n".join)
)
annotations = tuples(node(ast.Annotation, name=words, arguments=tuples(strings, most=2)), most=3)


def enum(kind: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(kind)


def documented(build: type, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return node(build, doc=documentation, annotations=annotations, **fields)


# Conditions

selectors = st.recursive(
    node(ast.DetectorSelector, name=dotted_names)
    | node(ast.PackageSelector, package=dotted_names)
    | node(ast.ClassSelector, name=words),
    lambda inner: node(ast.UnionSelector, items=tuples(inner, 1)),
    max_leaves=5,
)
atoms = st.one_of(
    node(ast.Constant, value=st.booleans()),
    node(ast.Truth, attribute=dotted_names),
    node(
        ast.Compare,
        attribute=dotted_names,
        operator=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
        value=literals,
    ),
    node(ast.InList, attribute=dotted_names, values=string_lists),
    node(ast.Like, attribute=dotted_names, globs=tuples(strings, 1, 1), any=st.just(False)),
    node(ast.Like, attribute=dotted_names, globs=string_lists, any=st.just(True)),
    node(ast.Affix, attribute=dotted_names, text=strings, end=st.booleans()),
    node(ast.Has, attribute=dotted_names, mode=st.just("one"), values=tuples(strings, 1, 1)),
    node(ast.Has, attribute=dotted_names, mode=st.sampled_from(["any", "all"]), values=string_lists),
    node(ast.IsKnown, attribute=dotted_names),
    node(
        ast.Contains,
        selector=selectors,
        confidence=optional(enum(ast.Confidence)),
        count=optional(node(ast.Int, value=st.integers(0, 100_000))),
    ),
)
conditions = st.recursive(
    atoms,
    lambda inner: (
        node(ast.And, terms=tuples(inner, 2)) | node(ast.Or, terms=tuples(inner, 2)) | node(ast.Not, term=inner)
    ),
    max_leaves=10,
)

# Declarations

effects = st.one_of(
    node(ast.Allow),
    node(ast.Block, message=optional(strings)),
    node(ast.Reroute, target=strings),
    node(ast.Redact, selector=optional(selectors), style=optional(enum(ast.Style))),
    node(ast.Log, level=enum(ast.LogLevel)),
    node(ast.Alert, channel=strings, severity=optional(enum(ast.Severity))),
    node(ast.Label, text=strings),
)
types = node(
    ast.TypeExpr,
    kind=st.sampled_from(["bool", "int", "string", "set"]),
    optional=st.booleans(),
    values=st.just(()),
) | node(ast.TypeExpr, kind=st.just("enum"), optional=st.booleans(), values=tuples(words | texts, 1))
near = node(
    ast.NearClause,
    negated=st.booleans(),
    values=names | dotted_names | tuples(strings, most=9),
    within=integers,
    side=st.sampled_from([None, "before", "after"]),
)
minimums = optional(st.sampled_from(["3.5", "-2", "10"]))
checks = near | node(ast.ValidateClause, negated=st.booleans(), name=names, minimum=minimums)
clauses = st.one_of(
    node(ast.PatternClause, regex=regexes, group=optional(integers)),
    node(ast.WordsClause, values=string_lists),
    node(ast.TableClause, file=strings, columns=tuples(dotted_names, 1)),
    node(ast.MatchClause, count=integers, within=integers),
    node(ast.CodeClause, languages=tuples(names)),
    node(ast.UsingClause, plugin=strings, labels=tuples(strings, 1), within=integers, inline=st.booleans()),
    near,
    node(ast.ValidateClause, negated=st.just(False), name=names, minimum=minimums),
    node(ast.IgnoreClause, values=names | tuples(regexes | strings, most=9)),
    node(ast.ClassClause, name=names),
    node(ast.SeverityClause, severity=enum(ast.Severity)),
    node(ast.ConfidenceClause, confidence=enum(ast.Confidence), checks=tuples(checks)),
    node(ast.StyleClause, style=enum(ast.Style)),
    node(ast.GenericClause),
    node(ast.NoteClause, kind=st.sampled_from(["source", "remedy"]), text=strings),
    node(ast.ExampleClause, template=strings),
)
directions = st.sampled_from([scope for scope in ast.Scope if scope is not ast.Scope.ANY])
expectations = st.one_of(
    node(
        ast.ExpectEffect,
        negated=st.booleans(),
        effect=st.sampled_from(["allow", "redact", "reroute", "block"]),
        rule=optional(names),
    ),
    node(ast.ExpectObligation, negated=st.booleans(), kind=st.just("log"), value=enum(ast.LogLevel).map(str)),
    node(ast.ExpectObligation, negated=st.booleans(), kind=st.sampled_from(["alert", "label"]), value=texts),
    node(ast.ExpectText, part=directions, text=strings),
    node(ast.ExpectUnknown, negated=st.booleans(), name=dotted_names),
)
given_values = literals | node(ast.StringSet, items=tuples(strings, most=9)) | node(ast.Unknown)
declarations = st.one_of(
    documented(ast.ListDecl, name=names, items=tuples(strings, most=12), file=st.none()),
    documented(ast.ListDecl, name=names, items=st.none(), file=strings),
    documented(
        ast.ListChangeDecl, name=dotted_names, override=st.booleans(), items=tuples(strings, most=12), file=st.none()
    ),
    documented(ast.ListChangeDecl, name=dotted_names, override=st.booleans(), items=st.none(), file=strings),
    documented(
        ast.AttributeDecl,
        name=dotted_names,
        type=types,
        source=optional(st.tuples(st.sampled_from(["claim", "header"]), strings)),
    ),
    documented(ast.DetectorDecl, name=names, clauses=tuples(clauses, most=6)),
    documented(ast.DefaultDecl, effect=node(ast.Allow) | node(ast.Block, message=optional(strings))),
    documented(
        ast.RuleDecl,
        name=names,
        scope=optional(enum(ast.Scope)),
        when=conditions,
        unless=optional(conditions),
        effects=tuples(effects, 1),
        unknown_skip=st.booleans(),
    ),
    documented(
        ast.ExemptDecl,
        rule=names,
        when=conditions,
        until=optional(st.dates(date(1000, 1, 1))),
        owner=optional(strings),
        reason=optional(strings),
    ),
    documented(
        ast.TestDecl,
        name=strings,
        given=tuples(node(ast.Given, attribute=dotted_names, value=given_values), most=8),
        parts=tuples(node(ast.Part, part=directions, text=strings)),
        expectations=tuples(expectations, most=6),
    ),
)
modules = node(
    ast.Module,
    package=optional(node(ast.Package, name=dotted_names)),
    uses=tuples(node(ast.Use, target=dotted_names | strings, alias=optional(names))),
    declarations=tuples(declarations, most=5),
    comments=st.just(()),
)


@st.composite
def commented(draw: st.DrawFn, text: str) -> tuple[str, list[str]]:
    """`text` with comments put between its tokens, and those comments in order."""
    starts = [match.start() for match in _TOKEN.finditer(text) if match.lastgroup != "space"]
    gaps = [start for start in starts if not start or text[start - 1] in " \n([{,"] + [len(text)]
    chosen = sorted(draw(st.sets(st.sampled_from(gaps), max_size=8)))
    out, comments, last = [], [], 0
    for number, gap in enumerate(chosen):
        comment = f"// comment {number}" + draw(st.sampled_from(["", "  ", ' "', " { [", " /x/"]))
        comments.append(comment.rstrip())
        before = draw(st.sampled_from(["", " ", "\n", "\n\n"]))
        out += [text[last:gap], before, comment, draw(st.sampled_from(["\n", "\n\n"]))]
        last = gap
    return "".join([*out, text[last:]]), comments


def comments_of(text: str) -> list[str]:
    """The comments of a text by the scanner's own tokens."""
    return [
        re.sub(r"^///(?!/)", "//", match.group().rstrip())
        for match in _TOKEN.finditer(text)
        if match.lastgroup == "comment"
    ]
