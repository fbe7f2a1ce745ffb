"""Strings and lists that cannot mean what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from aigov_dsl import ast, typed
from aigov_dsl.format import condition_text
from aigov_dsl.linter.conditions import Clause
from aigov_dsl.linter.context import Context
from aigov_dsl.linter.edits import remove_item, rewrite
from aigov_dsl.linter.logic import holds
from aigov_dsl.linter.registry import Finding, rule


def _likes(context: Context) -> Iterator[tuple[Clause, ast.Like, typed.StringLike]]:
    for clause in context.clauses:
        for term in clause.terms():
            if isinstance(term.source, ast.Like) and isinstance(term.checked, typed.StringLike):
                yield clause, term.source, term.checked


@rule("W120", "like-without-star", "`like` with a string that has no `*`", fixable=True)
def like_without_star(context: Context) -> Iterator[Finding]:
    """Without a star, `like` is `==`."""
    for clause, node, _ in _likes(context):
        match node:
            case ast.Like(any=False, globs=(ast.String(value=value) as glob,)) if "*" not in value:
                equal = ast.Compare(attribute=node.attribute, operator="==", value=glob, span=node.span)
                yield Finding(
                    node.span,
                    f"`{value}` has no `*`, so only the whole value matches",
                    f"write `{condition_text(equal)}`",
                    fix=rewrite(context, clause, node, equal),
                )


@rule("W121", "star-without-like", "a `*` that is taken literally")
def star_without_like(context: Context) -> Iterator[Finding]:
    """Only `like` reads stars."""
    for node in context.nodes(ast.Node):
        match node:
            case ast.Compare(value=ast.String(value=value) as text) if "*" in value:
                advice = condition_text(ast.Like(attribute=node.attribute, globs=(text,), any=False, span=node.span))
                if node.operator == "!=":
                    advice = f"not {advice}"
                yield Finding(text.span, "`*` stands for itself here", f"did you mean `{advice}`?")
            case ast.Affix(text=ast.String(value=value) as text) if "*" in value:
                yield Finding(text.span, "`*` stands for itself here", "leave it out, or use `like`")


@rule("W122", "surrounding-space", "a value that starts or ends with a space")
def surrounding_space(context: Context) -> Iterator[Finding]:
    """Values are compared exactly, and names of models, groups and hosts have no spaces around them."""
    for node in context.nodes(ast.Node):
        for value in _compared(node):
            if value.value != value.value.strip():
                yield Finding(value.span, f"`{value.value}` has a space at its start or end", "remove the space")


def _compared(node: ast.Node) -> Sequence[ast.String]:
    match node:
        case ast.Compare(value=ast.String() as value):
            return (value,)
        case (
            ast.InList(values=tuple() as values)
            | ast.Like(globs=tuple() as values)
            | ast.Has(values=tuple() as values)
            | ast.ListDecl(items=tuple() as values)
            | ast.ListChangeDecl(items=tuple() as values)
        ):
            return values
        case _:
            return ()


@rule("W123", "match-all-glob", "a glob that matches everything")
def match_all_glob(context: Context) -> Iterator[Finding]:
    """`*` alone admits every value."""
    for _, node, checked in _likes(context):
        if any(set(glob) == {"*"} for glob in checked.globs):
            yield Finding(
                node.span,
                f"`*` matches every `{node.attribute.text}`",
                f"name what is meant, or ask `{node.attribute.text} is known`",
            )


@rule("W124", "covered-glob", "a glob that another one covers")
def covered_glob(context: Context) -> Iterator[Finding]:
    """`gpt-*` matches all that `gpt-4*` does."""
    for _, node, checked in _likes(context):
        items = node.globs if isinstance(node.globs, tuple) else ()
        for narrow in checked.globs:
            # A glob is covered when its own text, stars taken as an odd character, is matched.
            sample = narrow.replace("*", "\0")
            wide = next((g for g in checked.globs if g != narrow and holds(replace(checked, globs=(g,)), sample)), None)
            if wide is not None and set(wide) != {"*"}:
                whole = node.globs.span if isinstance(node.globs, ast.Name) else node.span
                span = next((item.span for item in items if item.value == narrow), whole)
                yield Finding(span, f"`{wide}` already matches all that `{narrow}` does", f"remove `{narrow}`")


@rule("W125", "duplicate-list-entry", "an entry that stands in a list twice", fixable=True)
def duplicate_list_entry(context: Context) -> Iterator[Finding]:
    """Words are compared in any case, all else exactly."""
    for node in context.nodes(ast.Node):
        items, fold = _entries(node)
        seen: dict[tuple[type[ast.Node], str], ast.Node] = {}
        for index, item in enumerate(items):
            text = item.value if isinstance(item, ast.String) else item.pattern
            key = (type(item), text.casefold() if fold and isinstance(item, ast.String) else text)
            if key in seen:
                yield Finding(
                    item.span,
                    f"`{text}` stands in this list twice",
                    "remove it",
                    related=((seen[key].span, "the first one"),),
                    fix=remove_item(context, items, index),
                )
            seen.setdefault(key, item)


def _entries(node: ast.Node) -> tuple[Sequence[ast.String | ast.Regex], bool]:
    """The items of a bracketed list, and whether case does not matter to them."""
    match node:
        case ast.WordsClause(values=tuple() as items) | ast.NearClause(values=tuple() as items):
            return items, True
        case ast.IgnoreClause(values=tuple() as values):
            return values, True
        case (
            ast.InList(values=tuple() as items)
            | ast.Like(globs=tuple() as items)
            | ast.Has(values=tuple() as items)
            | ast.ListDecl(items=tuple() as items)
            | ast.ListChangeDecl(items=tuple() as items)
            | ast.StringSet(items=items)
        ):
            return items, False
        case _:
            return (), False


@rule("W126", "like-any-without-star", "`like any` with a list that has no `*`", fixable=True)
def like_any_without_star(context: Context) -> Iterator[Finding]:
    """Without a star in any entry, `like any` is `in`."""
    for clause, node, checked in _likes(context):
        if node.any and len(checked.globs) > 1 and not any("*" in glob for glob in checked.globs):
            new = ast.InList(attribute=node.attribute, values=node.globs, span=node.span)
            yield Finding(
                node.span,
                "no entry of this list has a `*`, so only whole values match",
                f"write `{condition_text(new)}`",
                fix=rewrite(context, clause, node, new),
            )


class Form(NamedTuple):
    """What every value of an attribute looks like: its characters, its length if that is fixed, its start."""

    characters: re.Pattern[str]
    length: int | None
    start: str
    words: str

    def admits(self, glob: str) -> bool:
        """Whether some value of this form matches. A value may also be empty (`process.script_sha256`)."""
        pieces = glob.split("*")
        size = sum(map(len, pieces))
        fits = self.length is None or size in (0, self.length) or (len(pieces) > 1 and size < self.length)
        return (
            fits and (not pieces[0] or pieces[0].startswith(self.start)) and all(map(self.characters.fullmatch, pieces))
        )


_DIGEST = Form(re.compile(r"[0-9a-f]*"), 64, "", "it is 64 lower-case hexadecimal digits")
_FORMS: Mapping[str, Form] = {
    "process.sha256": _DIGEST,
    "process.script_sha256": _DIGEST,
    "request.host": Form(
        re.compile(r"[a-z0-9._:-]*"), None, "", "it is a lower-case host name, without scheme or path"
    ),
    "request.endpoint": Form(re.compile(r"[^\s?#]*"), None, "/", "it is a path that starts with `/`"),
    "time.utc": Form(re.compile(r"[0-9-]*"), 10, "", "it is a date such as `2027-03-31`"),
}


@rule("W128", "never-matching-glob", "a glob that no value can match")
def never_matching_glob(context: Context) -> Iterator[Finding]:
    """`https://*` matches no host name."""
    for _, node, checked in _likes(context):
        form = _FORMS.get(checked.attribute.name)
        for glob in checked.globs if form else ():
            if form and not form.admits(glob):
                message = f"no `{checked.attribute.name}` matches `{glob}`: {form.words}"
                yield Finding(node.span, message, "correct the glob")
