"""A syntax tree as indented text, one node a line with its place."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from aigov_dsl import ast


def dump(value: Any, indent: str = "") -> str:
    if isinstance(value, ast.Node):
        place = f"{value.span.line}:{value.span.column}-{value.span.end_line}:{value.span.end_column}"
        simple, deep = [], []
        for field in fields(value):
            child = getattr(value, field.name)
            if field.name == "span" or child is None or child == ():
                continue
            (deep if _is_deep(child) else simple).append((field.name, child))
        head = " ".join([type(value).__name__, *(f"{name}={child!s}" for name, child in simple), place])
        return head + "\n" + "".join(f"{indent}  {name}: {dump(child, indent + '  ')}" for name, child in deep)
    if isinstance(value, tuple):
        return "\n" + "".join(f"{indent}  - {dump(child, indent + '  ')}" for child in value)
    return f"{value!r}\n"


def _is_deep(value: Any) -> bool:
    return isinstance(value, ast.Node) or (isinstance(value, tuple) and any(isinstance(v, ast.Node) for v in value))
