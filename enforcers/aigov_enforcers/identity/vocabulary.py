"""The language's built-in attributes, read off the models.

`python -m aigov_enforcers.identity.vocabulary` writes them to `dsl/aigov_dsl/vocabulary.json`, which
is how the language learns names and types without knowing the enforcers.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import NoneType
from typing import Literal, NamedTuple, get_args, get_origin

from pydantic.fields import FieldInfo

from aigov_enforcers.identity.models import Facts, Identity, Known, MayLack, Phase, Request, Time

TARGET = Path(__file__).resolve().parents[3] / "dsl" / "aigov_dsl" / "vocabulary.json"


class Attribute(NamedTuple):
    """One attribute; `kind` is bool, int, string, set or enum, and `values` an enum's values."""

    name: str
    kind: str
    optional: bool
    phase: Phase
    values: list[str]
    doc: str


def groups() -> dict[str, type[Facts]]:
    """The groups of attributes by the first part of their names."""
    fields = Identity.model_fields.items()
    models = {
        name: field.annotation
        for name, field in fields
        if isinstance(field.annotation, type) and issubclass(field.annotation, Facts)
    }
    return models | {"request": Request, "time": Time}


def attributes() -> list[Attribute]:
    """Every built-in attribute, sorted by name."""
    found = [
        _attribute(f"{group}.{name}", field, model.phase)
        for group, model in groups().items()
        for name, field in model.model_fields.items()
    ]
    return sorted(found)


def _attribute(name: str, field: FieldInfo, phase: Phase) -> Attribute:
    kind, values = _kind(name, field.annotation)
    optional = any(isinstance(mark, MayLack) for mark in field.metadata)
    phase = next((mark.at for mark in field.metadata if isinstance(mark, Known)), phase)
    return Attribute(name, kind, optional, phase, values, field.description or "")


def _kind(name: str, annotation: object) -> tuple[str, list[str]]:
    """Kind and enum values of an annotation of the form `T | None`."""
    for part in get_args(annotation):
        if part is NoneType:
            continue
        if get_origin(part) is Literal:
            return "enum", [str(value) for value in get_args(part)]
        base = part if isinstance(part, type) else get_args(part)[0]
        if get_origin(base) is frozenset:
            return "set", []
        for python, kind in ((bool, "bool"), (int, "int"), (str, "string")):
            if base is python:
                return kind, []
    raise TypeError(f"`{name}` has a type the language does not know: {annotation}")


def render() -> str:
    """The vocabulary file's text."""
    return json.dumps([attribute._asdict() for attribute in attributes()], indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
