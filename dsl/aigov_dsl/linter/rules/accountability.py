"""Rules that lack what their readers, owners and callers need, or that weaken the policy."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import replace

from aigov_dsl import ast, typed
from aigov_dsl.diagnostics import Edit
from aigov_dsl.linter.context import Context, RulePair
from aigov_dsl.linter.edits import NO_FIX, remove
from aigov_dsl.linter.logic import plain
from aigov_dsl.linter.registry import Finding, rule
from aigov_dsl.reference.conditions import atoms

_RESTRICTING = (typed.Block, typed.Redact, typed.Reroute)
_WHO_AND_WHAT = re.compile(
    r"(user|process|device|place)\..*|request\.(provider|host|model|endpoint|operation|tools|sanctioned)"
)
_SKIP = re.compile(r"\s*\bon\s+unknown\s+skip\b")


@rule("W130", "duplicate-rule", "two rules that do the same")
def duplicate_rule(context: Context) -> Iterator[Finding]:
    """Same scope, condition, effect and obligations; messages aside."""
    seen: dict[Hashable, RulePair] = {}
    for pair in sorted(context.rules, key=lambda pair: (pair.source.span.path, pair.source.span.start)):
        checked = pair.checked
        effect = replace(checked.effect, message="") if isinstance(checked.effect, typed.Block) else checked.effect
        unless = plain(checked.unless) if checked.unless else None
        key = (checked.scope, plain(checked.when), unless, effect, frozenset(checked.obligations), checked.exempts)
        first = seen.setdefault(key, pair)
        if first is not pair:
            yield Finding(
                pair.source.name.span,
                f"`{checked.id}` does the same as `{first.checked.id}`",
                "remove one of them",
                related=((first.source.name.span, "the other rule"),),
            )


@rule("W131", "missing-owner", "a restricting rule without an owner")
def missing_owner(context: Context) -> Iterator[Finding]:
    """Who is blocked wants to know whom to ask."""
    for pair in context.rules:
        if isinstance(pair.checked.effect, _RESTRICTING) and not pair.checked.owner:
            message = f"nobody is named as the owner of `{pair.checked.id}`"
            yield Finding(pair.source.name.span, message, 'write `@owner("…")` above it')


@rule("W132", "missing-documentation", "a rule without a `///` line")
def missing_documentation(context: Context) -> Iterator[Finding]:
    """The line travels in the bundle and stands in reports."""
    for pair in context.rules:
        if not pair.checked.doc.strip():
            message = f"nothing says what `{pair.checked.id}` is for"
            yield Finding(pair.source.name.span, message, "write a `///` line above it")


@rule("W133", "block-without-message", "a block that does not say why")
def block_without_message(context: Context) -> Iterator[Finding]:
    """The message is all that a caller sees."""
    for block in context.nodes(ast.Block):
        if block.message is None or not block.message.value.strip():
            yield Finding(block.span, "the caller is not told why", 'write `block "…"`')


@rule("W134", "alert-without-severity", "an alert that leaves its severity to the default", fixable=True)
def alert_without_severity(context: Context) -> Iterator[Finding]:
    """The default is `medium`."""
    for alert in context.nodes(ast.Alert):
        if alert.severity is None:
            end = context.source(alert.span.path).span(alert.span.end, alert.span.end)
            yield Finding(
                alert.span,
                "the alert has no severity, so it is `medium`",
                "write `severity …`",
                fix=(Edit(span=end, text=" severity medium"),),
            )


@rule("W135", "broad-allow", "an allow that asks neither who nor what")
def broad_allow(context: Context) -> Iterator[Finding]:
    """An allow should read an attribute of the user, process, device, place or destination."""
    for pair in context.rules:
        if isinstance(pair.checked.effect, typed.Allow) and not any(map(_says_who_or_what, atoms(pair.checked.when))):
            yield Finding(
                pair.source.name.span,
                f"`{pair.checked.id}` allows anyone to send this to any model",
                "name the users, devices, providers or models",
            )


def _says_who_or_what(atom: typed.Atom) -> bool:
    if isinstance(atom, typed.Payload):
        return False
    attribute: typed.Attribute = atom.attribute  # type: ignore[attr-defined]  # all atoms but Payload have one
    return attribute.source[0] != "builtin" or _WHO_AND_WHAT.fullmatch(attribute.name) is not None


@rule("W136", "default-allow", "a policy that allows what no rule names")
def default_allow(context: Context) -> Iterator[Finding]:
    """Fail closed."""
    for node in context.declarations(ast.DefaultDecl):
        if isinstance(node.effect, ast.Allow):
            yield Finding(node.span, "whatever no rule names is allowed", 'write `default block "…"` and `allow` rules')


@rule("W137", "unknown-skip", "a restricting rule that lets the unknown pass")
def unknown_skip(context: Context) -> Iterator[Finding]:
    """Without evidence the rule does not hold: a scanner that runs out of budget switches it off."""
    for pair in context.rules:
        if pair.source.unknown_skip and isinstance(pair.checked.effect, _RESTRICTING):
            message = f"`{pair.checked.id}` does not apply when evidence is missing"
            yield Finding(pair.source.name.span, message, "remove `on unknown skip`")


@rule("W138", "useless-unknown-skip", "`on unknown skip` on an allow", fixable=True)
def useless_unknown_skip(context: Context) -> Iterator[Finding]:
    """A rule that allows never matches on missing evidence anyway."""
    for pair in context.rules:
        if pair.source.unknown_skip and isinstance(pair.checked.effect, typed.Allow):
            last = pair.source.effects[-1].span
            match = _SKIP.match(context.source(last.path).text, last.end)
            fix = remove(context, last.path, last.end, match.end()) if match else NO_FIX
            yield Finding(
                pair.source.name.span,
                f"`{pair.checked.id}` allows, so it never matches on missing evidence",
                "remove `on unknown skip`",
                fix=fix,
            )


@rule("W139", "unreachable-effect", "an effect that an unconditional block overrides")
def unreachable_effect(context: Context) -> Iterator[Finding]:
    """`rule … { when true then block }` leaves nothing to allow, redact or reroute in its scope."""
    blocks = {p.checked.scope: p for p in context.rules if _blocks_always(p.checked)}
    for pair in context.rules:
        block = blocks.get(pair.checked.scope) or blocks.get(ast.Scope.ANY)
        if block and isinstance(pair.checked.effect, typed.Allow | typed.Redact | typed.Reroute):
            yield Finding(
                pair.source.name.span,
                f"`{block.checked.id}` blocks everything, so `{pair.checked.id}` has no effect",
                "remove one of them, or give the block a condition",
                related=((block.source.name.span, "blocks unconditionally"),),
            )


def _blocks_always(checked: typed.Rule) -> bool:
    always = isinstance(checked.when, typed.Constant) and checked.when.value
    return isinstance(checked.effect, typed.Block) and always and checked.unless is None and not checked.exempts
