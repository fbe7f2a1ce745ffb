"""Rules, exemptions and the default."""

from __future__ import annotations

from aigov_dsl import ast, typed
from aigov_dsl.checker.annotations import Annotations
from aigov_dsl.checker.conditions import Conditions, positive_payloads
from aigov_dsl.checker.files import File, Library
from aigov_dsl.checker.names import Names, declarations
from aigov_dsl.checker.selectors import Selectors
from aigov_dsl.errors import Error
from aigov_dsl.source import whole

_EFFECTS = (ast.Allow, ast.Block, ast.Reroute, ast.Redact)


class Rules:
    """Checks the rules of all files."""

    def __init__(self, names: Names, conditions: Conditions, selectors: Selectors, annotations: Annotations) -> None:
        self._names, self._conditions = names, conditions
        self._selectors, self._annotations = selectors, annotations

    def check(self, file: File, node: ast.RuleDecl, exempts: tuple[typed.Exempt, ...]) -> typed.Rule:
        """The typed form of a rule with its exemptions."""
        when = self._conditions.check(file, node.when)
        unless = self._conditions.check(file, node.unless, when.if_true).condition if node.unless else None
        facts = self._annotations.of(node)
        return typed.Rule(
            id=node.name.text,
            package=file.package,
            scope=node.scope or ast.Scope.PROMPT,
            when=when.condition,
            unless=unless,
            exempts=exempts,
            effect=self._effect(file, node, when.condition),
            obligations=tuple(o for effect in node.effects if (o := self._obligation(effect)) is not None),
            unknown_skip=node.unknown_skip,
            owner=facts.owner,
            tickets=facts.tickets,
            controls=facts.controls,
            severity=facts.severity,
            doc=node.doc or "",
            span=node.span,
        )

    def exempts(self) -> dict[str, tuple[typed.Exempt, ...]]:
        """All exemptions, by rule."""
        found: dict[str, tuple[typed.Exempt, ...]] = {}
        for file, node in declarations(self._names.library, ast.ExemptDecl):
            self._annotations.of(node)
            condition = self._conditions.check(file, node.when).condition
            declared = self._names.rule(node.rule)
            if declared is None:
                continue
            if any(isinstance(effect, ast.Allow) for effect in declared.node.effects):
                self._names.report(
                    Error.EXEMPT_ALLOW.at(
                        node.rule.span,
                        f"`{node.rule.text}` allows; an exemption would take that away",
                        help="exempt from rules that restrict, or write `unless` into the rule",
                    )
                )
            exempt = typed.Exempt(
                when=condition,
                until=node.until,
                owner=node.owner.value if node.owner else "",
                reason=node.reason.value if node.reason else "",
                span=node.span,
            )
            found[node.rule.text] = (*found.get(node.rule.text, ()), exempt)
        return found

    def _effect(self, file: File, node: ast.RuleDecl, when: typed.Condition) -> typed.Effect | None:
        effects = [effect for effect in node.effects if isinstance(effect, _EFFECTS)]
        for further in effects[1:]:
            self._names.report(
                Error.EFFECTS.at(
                    further.span,
                    "a rule holds at most one of allow, redact, reroute and block",
                    help="write a second rule",
                    related=((effects[0].span, "the first one"),),
                )
            )
        match effects[0] if effects else None:
            case None:
                return None
            case ast.Allow():
                return typed.Allow()
            case ast.Block(message=message):
                return typed.Block(message=message.value if message else "")
            case ast.Reroute(target=target):
                self._not_empty(target, "a target")
                return typed.Reroute(target=target.value)
            case ast.Redact() as redact:
                return self._redact(file, redact, when)

    def _redact(self, file: File, redact: ast.Redact, when: typed.Condition) -> typed.Redact:
        targets: tuple[typed.RedactTarget, ...]
        if redact.selector is not None:
            detectors = self._selectors.resolve(file, redact.selector)
            targets = (typed.RedactTarget(detectors=detectors, confidence=ast.Confidence.POSSIBLE),)
        else:
            targets = tuple(
                dict.fromkeys(
                    typed.RedactTarget(detectors=term.detectors, confidence=term.confidence)
                    for term in positive_payloads(when)
                )
            )
            if not targets:
                self._names.report(
                    Error.NO_TARGET.at(
                        redact.span,
                        "there is nothing to redact: `when` asks for no finding",
                        help="name what to redact: `redact secrets.*`",
                    )
                )
        return typed.Redact(targets=targets, style=redact.style)

    def _obligation(self, effect: ast.Effect) -> typed.Obligation | None:
        match effect:
            case ast.Log(level=level):
                return typed.Log(level=level)
            case ast.Alert(channel=channel, severity=severity):
                self._not_empty(channel, "a channel")
                return typed.Alert(channel=channel.value, severity=severity or ast.Severity.MEDIUM)
            case ast.Label(text=text):
                self._not_empty(text, "a label")
                return typed.Label(text=text.value)
            case _:
                return None

    def _not_empty(self, text: ast.String, what: str) -> None:
        if not text.value:
            self._names.report(Error.EMPTY.at(text.span, f"{what} needs a name"))


def check_default(library: Library, annotations: Annotations, *, required: bool) -> typed.Default | None:
    """The one `default` of the set."""
    found = [node for _, node in declarations(library, ast.DefaultDecl)]
    for node in found:
        annotations.of(node)
    for further in found[1:]:
        library.diagnostics.append(
            Error.TWO_DEFAULTS.at(
                further.span, "there is another `default`", related=((found[0].span, "first declared here"),)
            )
        )
    if not found:
        broken = any(keyword == "default" for file in library.files for keyword, _ in file.broken)
        root = next((file for file in library.files if file.root), None)
        if required and root and not broken:
            library.diagnostics.append(
                Error.NO_DEFAULT.at(
                    whole(root.path),
                    "no `default` says what happens to a request that no rule admits",
                    help='write `default block "…"` once',
                )
            )
        return None
    match found[0].effect:
        case ast.Allow():
            return typed.Default(effect=typed.Allow(), span=found[0].span)
        case ast.Block(message=message):
            return typed.Default(effect=typed.Block(message=message.value if message else ""), span=found[0].span)
