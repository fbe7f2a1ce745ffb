"""A request written down as JSON, decided as an enforcer would: what `aigov eval` and the conformance corpus do.

    {"identity": {"user": {...}, "device": {...}}, "request": {"provider": "openai", "model": ..., "operation": "chat"},
     "direction": "prompt", "body": {the provider's own JSON body}}

A `format` ("openai.chat") says how the body is written where provider, operation and its shape do not tell it.
The body's bytes are taken as they stand in the document, so double keys or odd escapes are judged as
on the wire. A body that is no JSON is given as a string.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from aigov_enforcers.identity import IdentityError, Request, counters, facts, flatten, from_json
from aigov_enforcers.wire.catalogue import GENERIC, PROVIDERS, Operation
from aigov_enforcers.wire.described import described
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.govern import Governed, govern
from aigov_enforcers.wire.message import Message
from aigov_enforcers.wire.splice import TOKEN
from aigov_runtime.engine import Engine
from aigov_runtime.errors import InputError
from aigov_runtime.model import Decision, Direction, Value
from aigov_runtime.session import Session

_KEYS = {"identity", "request", "direction", "format", "body"}


class RequestError(ValueError):
    """A request document cannot be understood; the message says what and where."""


class Asked(NamedTuple):
    """What a document asks to be decided."""

    session: Session
    operation: Operation
    direction: Direction
    body: bytes
    measures: Mapping[str, int]

    def decide(self) -> Governed:
        """Decide it as an enforcer would."""
        return govern(self.session, self.operation, self.direction, Message((), self.body), measures=self.measures)


def evaluate(engine: Engine, document: bytes | Mapping[str, object]) -> Governed:
    """Decide the request in a document. Raises `RequestError`."""
    return read(engine, document).decide()


def read(engine: Engine, document: bytes | Mapping[str, object]) -> Asked:
    """The request in a document. Raises `RequestError`."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    parts, body = _open(text)
    try:
        identity = from_json(_object(parts, "identity"), engine.policy.attributes)
        request = facts.check(Request, _object(parts, "request"), "request")
    except IdentityError as error:
        raise RequestError(str(error)) from error
    try:
        direction = Direction(str(parts.get("direction", "prompt")))
    except ValueError:
        raise RequestError("`direction`: expected `prompt` or `response`") from None
    attributes, measures = facts.split([("request", request)])
    operation = _operation(request, direction, body, attributes, parts.get("format"))
    try:
        session = engine.session(flatten(identity))
    except InputError as error:
        raise RequestError(str(error)) from error
    return Asked(session, operation, direction, body, counters(identity) | measures)


def _open(text: bytes) -> tuple[dict[str, object], bytes]:
    """The document without its body, and the body's own bytes."""
    try:
        start, end = _member(text, "body")
        parts = json.loads(text[:start] + b"null" + text[end:] if end else text)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"the request is not JSON: {error}") from error
    if not isinstance(parts, dict):
        raise RequestError("the request is not a JSON object")
    if not end:
        raise RequestError("`body` is missing: give the provider's own JSON body")
    if parts["body"] is not None:
        raise RequestError("`body` is there twice")
    unknown = sorted(parts.keys() - _KEYS)
    if unknown:
        raise RequestError(f"`{unknown[0]}`: unknown member, expected {', '.join(sorted(_KEYS))}")
    raw = text[start:end]
    return parts, _unquoted(raw) if raw.startswith(b'"') else raw


def _unquoted(raw: bytes) -> bytes:
    try:
        return str(json.loads(raw)).encode("utf-8", "surrogatepass")
    except ValueError as error:
        raise RequestError(f"`body` is not a JSON string: {error}") from error


def _member(text: bytes, name: str) -> tuple[int, int]:
    """Where the value of a member of the outermost object is; (0, 0) when there is none. Nothing is parsed, so the
    value may be anything that has balanced brackets and quotes."""
    depth = start = 0
    key: object = None
    for match in TOKEN.finditer(text):
        first = match.group()[:1]
        if first == b",":
            continue
        if first in (b"[", b"{"):
            depth += 1
            if depth == 2:
                start = match.start()
            continue
        if first in (b"]", b"}"):
            depth -= 1
        elif depth == 1 and key is None:
            key = json.loads(match.group())
            continue
        else:
            start = match.start() if depth == 1 else start
        if depth == 1:
            if key == name:
                return start, match.end()
            key = None
    return 0, 0


def _object(parts: Mapping[str, object], name: str) -> dict[str, object]:
    part = parts.get(name, {})
    if not isinstance(part, dict):
        raise RequestError(f"`{name}`: expected an object")
    return part


def _operation(
    request: Request, direction: Direction, body: bytes, attributes: Mapping[str, Value], name: object
) -> Operation:
    """The operation that a request of this kind is. `name` is its format's, None when that is to be told."""
    if name is None:
        try:
            tree = orjson.loads(body)
        except orjson.JSONDecodeError:
            tree = None
        told = described(request.provider, request.operation, request.endpoint, direction, tree)
    elif isinstance(name, str) and name in FORMATS:
        told = FORMATS[name]
    else:
        raise RequestError(f"`format`: expected one of {', '.join(FORMATS)}")
    provider = PROVIDERS.get(request.provider or GENERIC, PROVIDERS[GENERIC])
    return Operation(told, told.owner or provider.errors, "", attributes)


def to_json(governed: Governed) -> dict[str, Any]:
    """The answer of `aigov eval`. `body` is null on a block, and a string when it was no JSON."""
    decision, message, _ = governed
    return {
        "outcome": decision.outcome.value,
        "message": decision.message,
        "target": decision.target,
        "rules": _rules(decision),
        "findings": [
            {
                "detector": finding.detector,
                "class": finding.cls,
                "confidence": finding.confidence.name.lower(),
                "path": finding.path,
                "start": finding.start,
                "end": finding.end,
            }
            for finding in decision.findings
        ],
        "unknown": list(decision.unknown),
        "obligations": {
            "log": decision.obligations.log,
            "alerts": [{"channel": channel, "severity": severity} for channel, severity in decision.obligations.alerts],
            "labels": list(decision.obligations.labels),
        },
        "body": None if message is None else _value(message.body),
        "revision": decision.revision,
    }


def _rules(decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "id": hit.id,
            "effect": hit.effect,
            "location": str(hit.location),
            "unknown": hit.unknown,
            "enforced": hit.enforced,
            "reasons": [
                {"text": reason.text, "truth": reason.truth.value, "location": str(reason.location)}
                for reason in hit.reasons
            ],
        }
        for hit in decision.rules
    ]


def _value(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
