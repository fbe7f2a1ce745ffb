"""Between identity documents, the models and the flat attribute values that the engine takes."""

from __future__ import annotations

from collections.abc import Mapping

from aigov_runtime.model import Value
from pydantic import ValidationError

from aigov_enforcers.identity.models import Facts, Identity, Known


class IdentityError(ValueError):
    """An identity document does not fit the vocabulary; the message names every field at fault."""


def from_json(document: bytes | str | Mapping[str, object]) -> Identity:
    """The identity in a JSON text or a decoded JSON object, as `{"user": {"id": "ann"}, "device": {"managed": true}}`.

    Missing parts are fine: conditions on them are unknown. Raises `IdentityError` on anything else.
    """
    try:
        if isinstance(document, bytes | str):
            return Identity.model_validate_json(document)
        return Identity.model_validate(document)
    except ValidationError as error:
        faults = "; ".join(
            f"`{'.'.join(map(str, fault['loc'])) or 'identity'}`: {fault['msg'].lower()}" for fault in error.errors()
        )
        raise IdentityError(f"the identity does not fit the vocabulary: {faults}") from error


def flatten(identity: Identity) -> dict[str, Value]:
    """The values that are fixed for a session, by attribute name; what has no value has no entry."""
    return {name: value for name, value, call in _walk(identity) if not call}


def counters(identity: Identity) -> dict[str, int]:
    """The numbers that change with every call (`session.turn`, `session.requests`)."""
    return {name: value for name, value, call in _walk(identity) if call and isinstance(value, int)}


def _walk(identity: Identity) -> list[tuple[str, Value, bool]]:
    found: list[tuple[str, Value, bool]] = []
    for group, facts in identity:
        if not isinstance(facts, Facts):
            continue
        for name, field in type(facts).model_fields.items():
            value = getattr(facts, name)
            if value is not None:
                phase = next((mark.at for mark in field.metadata if isinstance(mark, Known)), facts.phase)
                found.append((f"{group}.{name}", value, phase == "call"))
    return found
