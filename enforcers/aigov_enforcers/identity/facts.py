"""Between identity documents, the models and the flat attribute values that the engine takes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aigov_enforcers.identity.models import Facts, Identity, Known, Request, Time
from aigov_runtime.model import Value

Model = TypeVar("Model", bound=BaseModel)

_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "an object",
    "extra_forbidden": "no such member",
    "frozen_set_type": "a list of strings",
    "int_type": "an integer",
    "model_type": "an object",
    "string_type": "a string",
}
"""Pydantic's type of an error → what the field wants."""

_DECLARED = "true or false, an integer, a string or a list of strings"


class IdentityError(ValueError):
    """A document does not fit the vocabulary; the message names every field at fault."""


def from_json(document: bytes | str | Mapping[str, object], declared: Collection[str] = ()) -> Identity:
    """The identity in a JSON text or a decoded JSON object, as `{"user": {"id": "ann"}, "device": {"managed": true}}`.

    Missing parts are fine: conditions on them are unknown. `declared` names the attributes that a policy declares
    besides the vocabulary; they are given in the same way. Raises `IdentityError` on anything else.
    """
    if isinstance(document, bytes | str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError) as error:
            raise IdentityError(f"`identity` is not JSON: {error}") from error
    if isinstance(document, Mapping):
        document = _apart(document, declared)
    return check(Identity, document, "identity")


def _apart(document: Mapping[str, object], declared: Collection[str]) -> dict[str, object]:
    """The document with the values of declared attributes moved into `declared`, where the model has them."""
    models = {group: field.annotation for group, field in Identity.model_fields.items()}
    builtin = {
        f"{group}.{name}"
        for group, model in (models | {"request": Request, "time": Time}).items()
        if isinstance(model, type) and issubclass(model, Facts)
        for name in model.model_fields
    }
    rest: dict[str, object] = {}
    moved: dict[str, object] = {}
    for group, members in document.items():
        if not isinstance(members, Mapping):
            rest[group] = members
            continue
        mine = {name for name in members if (full := f"{group}.{name}") in declared and full not in builtin}
        moved |= {f"{group}.{name}": members[name] for name in mine}
        if len(mine) < len(members) or not mine:
            rest[group] = {name: value for name, value in members.items() if name not in mine}
    return rest | ({"declared": moved} if moved else {})


def check(model: type[Model], document: object, name: str) -> Model:
    """The document as this model. Raises `IdentityError`; `name` is what messages call the whole."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = dict.fromkeys(f"`{_place(fault['loc']) or name}`: {_fault(fault)}" for fault in error.errors())
        raise IdentityError(f"the {name} does not fit the vocabulary: {'; '.join(faults)}") from error


def _place(loc: tuple[int | str, ...]) -> str:
    """Where the fault is, in the document's terms: a declared attribute stands under its own name."""
    return str(loc[1]) if loc[0:1] == ("declared",) and len(loc) > 1 else ".".join(map(str, loc))


def _fault(fault: ErrorDetails) -> str:
    """What is wrong, in JSON's terms rather than Python's."""
    if fault["loc"][0:1] == ("declared",) and len(fault["loc"]) > 1:
        return f"expected {_DECLARED}"
    if fault["type"] == "literal_error":
        return f"expected {fault['ctx']['expected']}"
    wanted = _EXPECTED.get(fault["type"])
    return f"expected {wanted}" if wanted else fault["msg"].lower()


def flatten(identity: Identity) -> dict[str, Value]:
    """The values that are fixed for a session, by attribute name; what has no value has no entry."""
    return {**split(identity)[0], **identity.declared}


def counters(identity: Identity) -> dict[str, int]:
    """The numbers that change with every call (`session.turn`, `session.requests`)."""
    return split(identity)[1]


def split(groups: Iterable[tuple[str, object]]) -> tuple[dict[str, Value], dict[str, int]]:
    """Attributes by name, and apart from them the numbers that change with every call."""
    fixed: dict[str, Value] = {}
    changing: dict[str, int] = {}
    for group, facts in groups:
        for name, field in type(facts).model_fields.items() if isinstance(facts, Facts) else ():
            value = getattr(facts, name)
            if value is None:
                continue
            if any(mark == Known("call") for mark in field.metadata):
                changing[f"{group}.{name}"] = value
            else:
                fixed[f"{group}.{name}"] = value
    return fixed, changing
