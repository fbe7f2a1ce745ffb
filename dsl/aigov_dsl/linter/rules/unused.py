"""Declarations and imports that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from aigov_dsl import ast
from aigov_dsl.linter.context import STANDARD, Context, descendants, package_of
from aigov_dsl.linter.edits import NO_FIX, remove_lines
from aigov_dsl.linter.registry import Finding, rule

_EFFECTIVE = (ast.RuleDecl, ast.ExemptDecl, ast.TestDecl, ast.DefaultDecl, ast.ListChangeDecl)
"""Declarations that a `use` brings in without naming them."""


@rule("W101", "unused-list", "a list that nothing reads")
def unused_list(context: Context) -> Iterator[Finding]:
    """A name that is read anywhere in the program counts, whatever its package."""
    read = {_last(name) for node in context.nodes(ast.Node) for name in _list_names(node)}
    for node in context.declarations(ast.ListDecl):
        if node.name.text not in read and node.span.path not in context.libraries:
            yield Finding(node.name.span, f"nothing reads the list `{node.name.text}`", "remove it")


@rule("W102", "unused-detector", "a detector that no rule asks for")
def unused_detector(context: Context) -> Iterator[Finding]:
    """A detector may be asked for by its name, its package or its class."""
    names, packages, classes = set(), set(), set()
    for node in context.nodes(ast.Node):
        match node:
            case ast.DetectorSelector(name=name) | ast.NearClause(values=ast.Name() as name):
                names.add(_last(name))
            case ast.PackageSelector(package=package):
                packages.add(_last(package))
            case ast.ClassSelector(name=name):
                classes.add(name)
    bindings = {use.alias.text: use for use in context.nodes(ast.Use) if use.alias}
    packages |= {_bound(use) for alias, use in bindings.items() if alias in packages}
    for path, module in context.modules.items():
        if path in context.libraries or package_of(module).rsplit(".", 1)[-1] in packages:
            continue
        detectors = [node for node in module.declarations if isinstance(node, ast.DetectorDecl)]
        for detector in detectors:
            if detector.name.text not in names and _class_of(detector) not in classes:
                message = f"no rule asks for the detector `{detector.name.text}`"
                yield Finding(detector.name.span, message, "remove it, or name it in a rule")


@rule("W103", "unused-attribute", "a declared attribute that no condition reads")
def unused_attribute(context: Context) -> Iterator[Finding]:
    """Tests may give an attribute a value; that alone is no use of it."""
    read = {name for node in context.nodes(ast.Node) if (name := _attribute_read(node))}
    for node in context.declarations(ast.AttributeDecl):
        if node.name.text not in read and node.span.path not in context.libraries:
            yield Finding(node.name.span, f"no condition reads the attribute `{node.name.text}`", "remove it")


@rule("W104", "unused-import", "a `use` whose name is never used", fixable=True)
def unused_import(context: Context) -> Iterator[Finding]:
    """A `use` also brings in rules, tests, exemptions, attributes and detectors of a class: then it is used."""
    classes = {node.name for node in context.nodes(ast.ClassSelector)}
    attributes = {name for node in context.nodes(ast.Node) if (name := _attribute_read(node))}
    for path, module in context.modules.items():
        written = {name.text.rpartition(".")[0] for name in _dotted(module)}
        for use in module.uses:
            used = list(context.modules_of(path, use))
            brings = any(_brings(other, classes, attributes) for other in used)
            if used and not brings and _binding(use, used) not in written:
                edit = remove_lines(context, use.span)
                alone = context.slice(edit.span).strip() == f"use {context.slice(use.span)}"
                name = context.slice(use.target.span)
                yield Finding(
                    use.span, f"nothing here uses `{name}`", "remove the `use`", fix=(edit,) if alone else NO_FIX
                )


@rule("W105", "shadowed-import", "a declaration with the name of an import")
def shadowed_import(context: Context) -> Iterator[Finding]:
    """`secrets` and `secrets.*` would mean different things."""
    for path, module in context.modules.items():
        own = package_of(module)
        bound = {_binding(use, used): use for use in module.uses if (used := list(context.modules_of(path, use)))}
        hiding = bound.get(own.rsplit(".", 1)[-1])
        if hiding and all(package_of(other) != own for other in context.modules_of(path, hiding)):
            yield Finding(
                hiding.span,
                f"this hides the file's own package `{own}`",
                f"bind another name: `use {context.slice(hiding.target.span)} as …`",
            )
        for node in module.declarations:
            if isinstance(node, ast.ListDecl | ast.DetectorDecl) and node.name.text in bound:
                yield Finding(
                    node.name.span,
                    f"`{node.name.text}` is also the name of an import",
                    "rename it, or import under another name: `use … as …`",
                    related=((bound[node.name.text].span, "imported here"),),
                )


def _brings(module: ast.Module, classes: set[str], attributes: set[str]) -> bool:
    for node in module.declarations:
        match node:
            case ast.DetectorDecl() if _class_of(node) in classes:
                return True
            case ast.AttributeDecl(name=name) if name.text in attributes:
                return True
            case _ if isinstance(node, _EFFECTIVE):
                return True
    return not module.span.path.startswith(STANDARD) and bool(module.uses)


def _binding(use: ast.Use, used: list[ast.Module]) -> str:
    return use.alias.text if use.alias else package_of(used[0]).rsplit(".", 1)[-1]


def _bound(use: ast.Use) -> str:
    return _last(use.target) if isinstance(use.target, ast.Name) else ""


def _dotted(module: ast.Module) -> Iterator[ast.Name]:
    """Names that may have an import's name in front, `secrets.` of `secrets.*` included."""
    for declaration in module.declarations:
        for node in descendants(declaration):
            if isinstance(node, ast.PackageSelector):
                yield ast.Name(text=f"{node.package.text}.*", span=node.span)
            elif isinstance(node, ast.Name):
                yield node


def _list_names(node: ast.Node) -> Iterator[ast.Name]:
    match node:
        case (
            ast.InList(values=ast.Name() as name)
            | ast.Like(globs=ast.Name() as name)
            | ast.Has(values=ast.Name() as name)
            | ast.WordsClause(values=ast.Name() as name)
            | ast.NearClause(values=ast.Name() as name)
            | ast.IgnoreClause(values=ast.Name() as name)
        ):
            yield name


def _attribute_read(node: ast.Node) -> str | None:
    if isinstance(node, ast.Truth | ast.Compare | ast.InList | ast.Like | ast.Affix | ast.Has | ast.IsKnown):
        return node.attribute.text
    return None


def _class_of(node: ast.DetectorDecl) -> str | None:
    return next((clause.name.text for clause in node.clauses if isinstance(clause, ast.ClassClause)), None)


def _last(name: ast.Name) -> str:
    return name.text.rsplit(".", 1)[-1]
