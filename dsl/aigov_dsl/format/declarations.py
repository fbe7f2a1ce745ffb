"""Layout of declarations: lists, attributes, detectors, rules, exemptions, tests."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from aigov_dsl import ast
from aigov_dsl.format.comments import Comments
from aigov_dsl.format.doc import HARD, SPACE, Doc, Fill, Indent, group, join
from aigov_dsl.format.expressions import brackets, chain, condition, fill, literal, quote, selector, strings


def declaration(comments: Comments, node: ast.Package | ast.Use | ast.Declaration) -> Doc:
    """A whole declaration: documentation, annotations, body and trailing comment."""
    return (_prefix(node) if isinstance(node, ast.Documented) else (), _body(comments, node), comments.after(node))


def _prefix(node: ast.Documented) -> Doc:
    lines = node.doc.split("\n") if node.doc is not None else []
    documentation = tuple((f"/// {line}".rstrip(), HARD) for line in lines)
    annotations = tuple(_annotation(annotation) for annotation in node.annotations)
    return (documentation, (Fill(join(SPACE, annotations)), HARD) if annotations else ())


def _annotation(node: ast.Annotation) -> str:
    arguments = ", ".join(literal(argument) for argument in node.arguments)
    return f"@{node.name}({arguments})" if arguments else f"@{node.name}"


def _body(comments: Comments, node: ast.Package | ast.Use | ast.Declaration) -> Doc:
    match node:
        case ast.Package(name=name):
            return f"package {name.text}"
        case ast.Use(target=target, alias=alias):
            used = target.text if isinstance(target, ast.Name) else literal(target)
            return f"use {used} as {alias.text}" if alias else f"use {used}"
        case ast.ListDecl(name=name, items=items, file=file):
            if items is None:
                return f"list {name.text} from {literal(file) if file else ''}"
            return (f"list {name.text} = ", strings(comments, node, items))
        case ast.ListChangeDecl(name=name, items=items, file=file):
            word = "override" if node.override else "extend"
            if items is None:
                return f"{word} {name.text} from {literal(file) if file else ''}"
            return (f"{word} {name.text} = ", strings(comments, node, items))
        case ast.AttributeDecl(name=name, type=kind, source=source):
            origin = f" from {source[0]} {literal(source[1])}" if source else ""
            return f"attribute {name.text}: {_type(kind)}{origin}"
        case ast.DetectorDecl(name=name, clauses=clauses):
            return _block(comments, node, f"detector {name.text}", [_own_line(comments, clause) for clause in clauses])
        case ast.DefaultDecl(effect=effect):
            return ("default ", _effect(comments, effect))
        case ast.RuleDecl():
            return _rule(comments, node)
        case ast.ExemptDecl():
            return _exempt(comments, node)
        case ast.TestDecl():
            return _test(comments, node)


def _block(comments: Comments, node: ast.Node, head: str, lines: Sequence[Doc]) -> Doc:
    after = comments.closing(node)
    if not lines and not after:
        return f"{head} {{}}"
    return (head, " {", Indent((tuple((HARD, line) for line in lines), after)), HARD, "}")


def _type(node: ast.TypeExpr) -> str:
    names = {"set": "set of string", "enum": f"one of {{{', '.join(_enum_value(value) for value in node.values)}}}"}
    return ("optional " if node.optional else "") + names.get(node.kind, node.kind)


def _enum_value(value: str) -> str:
    return value if value.isascii() and value.isidentifier() else quote(value)


def _own_line(comments: Comments, node: ast.DetectorClause) -> Doc:
    return comments.wrap(node, _clause(comments, node))


def _clause(comments: Comments, node: ast.DetectorClause) -> Doc:
    match node:
        case ast.PatternClause(regex=regex, group=number):
            return f"pattern {literal(regex)}" + (f" group {literal(number)}" if number else "")
        case ast.WordsClause(values=values):
            return ("words ", strings(comments, node, values))
        case ast.TableClause(file=file, columns=columns):
            return f"table {literal(file)} columns {_names(columns)}"
        case ast.MatchClause(count=count, within=within):
            return f"match {literal(count)} within {literal(within)} chars"
        case ast.CodeClause(languages=languages):
            return f"code languages {_names(languages)}" if languages else "code"
        case ast.UsingClause(plugin=plugin, labels=labels, within=within):
            named = brackets(comments, node, labels, [_enum_value(label.value) for label in labels], "[]")
            budget = f" within {literal(within)} ms" + (" inline" if node.inline else "")
            return (f"using {literal(plugin)} labels ", named, budget)
        case ast.NearClause():
            return _check(comments, node)
        case ast.ValidateClause():
            return ("validate ", _check(comments, node))
        case ast.IgnoreClause(values=values):
            return ("ignore ", strings(comments, node, values))
        case ast.ClassClause(name=name):
            return f"class {name.text}"
        case ast.SeverityClause(severity=severity):
            return f"severity {severity}"
        case ast.ConfidenceClause(confidence=confidence, checks=()):
            return f"confidence {confidence}"
        case ast.ConfidenceClause(confidence=confidence, checks=checks):
            docs = [_check(comments, check) for check in checks]
            return group(f"confidence {confidence} when ", Indent(chain(comments, "and ", checks, docs)))
        case ast.StyleClause(style=style):
            return f"redact as {style}"
        case ast.NoteClause(kind=kind, text=text):
            return f"{kind} {literal(text)}"
        case ast.ExampleClause(template=text):
            return f"example {literal(text)}"
        case ast.GenericClause():
            return "generic"


def _check(comments: Comments, node: ast.NearClause | ast.ValidateClause) -> Doc:
    negation = "not " if node.negated else ""
    if isinstance(node, ast.ValidateClause):
        return f"{negation}{node.name.text}" + (f" >= {node.minimum}" if node.minimum else "")
    side = f" {node.side}" if node.side else ""
    return (f"{negation}near ", strings(comments, node, node.values), f" within {literal(node.within)} chars{side}")


def _names(names: Sequence[ast.Name]) -> str:
    return ", ".join(name.text for name in names)


def _rule(comments: Comments, node: ast.RuleDecl) -> Doc:
    scope = f" on {node.scope}" if node.scope else ""
    lines = [comments.wrap(node.when, ("when ", condition(comments, node.when)))]
    if node.unless:
        lines.append(comments.wrap(node.unless, ("unless ", condition(comments, node.unless))))
    lines.append(_sequence(comments, "then", node.effects, [_effect(comments, effect) for effect in node.effects]))
    if node.unknown_skip:
        lines.append("on unknown skip")
    return _block(comments, node, f"rule {node.name.text}{scope}", lines)


def _sequence(comments: Comments, keyword: str, nodes: Sequence[ast.Node], docs: Sequence[Doc]) -> Doc:
    """`keyword a, b, c`, filled. Comments of the first and last node do not break the line."""
    if len(nodes) == 1:
        return comments.wrap(nodes[0], (f"{keyword} ", docs[0]))
    first, *middle, last = docs
    wrapped = (
        (first, comments.after(nodes[0])),
        *(comments.wrap(node, doc) for node, doc in zip(nodes[1:-1], middle, strict=True)),
        (comments.above(nodes[-1]), last),
    )
    body = (comments.above(nodes[0]), f"{keyword} ", Indent(fill(comments, nodes, wrapped)))
    return (body, comments.after(nodes[-1]))


def _effect(comments: Comments, node: ast.Effect) -> Doc:
    match node:
        case ast.Allow():
            return "allow"
        case ast.Block(message=message):
            return f"block {literal(message)}" if message else "block"
        case ast.Reroute(target=target):
            return f"reroute to {literal(target)}"
        case ast.Redact(selector=targets, style=style):
            return ("redact", (" ", selector(comments, targets)) if targets else "", f" as {style}" if style else "")
        case ast.Log(level=level):
            return f"log {level}"
        case ast.Alert(channel=channel, severity=severity):
            return f"alert {literal(channel)}" + (f" severity {severity}" if severity else "")
        case ast.Label(text=text):
            return f"label {literal(text)}"


def _exempt(comments: Comments, node: ast.ExemptDecl) -> Doc:
    """One line for the condition alone, else a line for each clause."""
    when = comments.wrap(node.when, ("when ", condition(comments, node.when)))
    clauses: list[Doc] = [f"until {node.until.isoformat()}"] if node.until else []
    clauses += [
        comments.wrap(text, f"{word} {literal(text)}")
        for word, text in (("owner", node.owner), ("reason", node.reason))
        if text
    ]
    if not clauses:
        return (f"exempt {node.rule.text} ", when)
    return (f"exempt {node.rule.text}", Indent(tuple((HARD, line) for line in (when, *clauses))))


def _test(comments: Comments, node: ast.TestDecl) -> Doc:
    lines: list[Doc] = []
    if node.given:
        lines.append(_sequence(comments, "given", node.given, [_given(comments, given) for given in node.given]))
    lines += [comments.wrap(part, f"{part.part} {literal(part.text)}") for part in node.parts]
    for texts, group_of in groupby(node.expectations, key=lambda item: isinstance(item, ast.ExpectText)):
        expectations = list(group_of)
        for batch in [[item] for item in expectations] if texts else [expectations]:
            lines.append(_sequence(comments, "expect", batch, [_expectation(item) for item in batch]))
    return _block(comments, node, f"test {literal(node.name)}", lines)


def _given(comments: Comments, node: ast.Given) -> Doc:
    if isinstance(node.value, ast.StringSet):
        items = node.value.items
        value = brackets(comments, node.value, items, [literal(item) for item in items], "{}")
        return (f"{node.attribute.text} = ", value)
    return f"{node.attribute.text} = {literal(node.value)}"


def _expectation(node: ast.Expectation) -> str:
    negation = "not " if not isinstance(node, ast.ExpectText) and node.negated else ""
    match node:
        case ast.ExpectEffect(effect=effect, rule=rule):
            return negation + effect + (f" by {rule.text}" if rule else "")
        case ast.ExpectObligation(kind="log", value=value):
            return f"{negation}log {value}"
        case ast.ExpectObligation(kind=kind, value=value):
            return f"{negation}{kind} {quote(value)}"
        case ast.ExpectText(part=part, text=text):
            return f"{part} {literal(text)}"
        case ast.ExpectUnknown(name=name):
            return f"{negation}unknown {name.text}"
