"""The control API in OpenAPI 3.1, read off the messages.

`python -m aigov_enforcers.server.openapi` writes it to docs/openapi.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from aigov_enforcers.server import deciding, exchanging
from aigov_enforcers.transport import messages

TARGET = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"

_MODELS: list[type[BaseModel]] = [
    messages.Problem,
    messages.EnrolRequest,
    messages.ApplyRequest,
    messages.Applied,
    messages.CollectRequest,
    messages.RenewRequest,
    messages.Certified,
    deciding.DecideRequest,
    deciding.Decided,
]
_REF = "#/components/schemas/{model}"
_PEM = {"application/x-pem-file": {"schema": {"type": "string"}}}


def document() -> dict[str, Any]:
    """The whole description."""
    _, schemas = models_json_schema([(model, "validation") for model in _MODELS], ref_template=_REF)
    certified = _answer(messages.Certified, "The certificate, and whom to trust")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "aigov server: control",
            "version": "1",
            "description": "Behind TLS 1.3 of the trust domain; `security` says who needs a device's certificate.",
        },
        "paths": {
            messages.TRUST: {"get": _operation("trust", "The root, for who holds its digest", {"200": _text("PEM")})},
            messages.CRL: {"get": _operation("crl", "The CRLs of the domain", {"200": _text("PEM")})},
            messages.ENROL: {
                "post": _operation("enrol", "A first certificate, for a token", certified, messages.EnrolRequest)
            },
            messages.COLLECT: {
                "post": _operation(
                    "collect",
                    "The certificate that was applied for",
                    certified | {"202": _problem("The device waits for approval")},
                    messages.CollectRequest,
                )
            },
            messages.RENEW: {
                "post": _operation(
                    "renew", "The next certificate, with a fresh key", certified, messages.RenewRequest, device=True
                )
            },
            messages.APPLY: {"post": _apply()},
            exchanging.PATH: {"post": _token()},
            deciding.PATH: {
                "post": _operation(
                    "decide",
                    "Decide a request that the caller sends itself, then its response",
                    _answer(deciding.Decided, "What to do") | {"404": _problem("No such exchange waits")},
                    deciding.DecideRequest,
                    device=True,
                )
            },
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "device": {"type": "mutualTLS", "description": "The certificate of an active device"},
                "sso": {"type": "http", "scheme": "bearer", "description": "A token of the organisation's SSO"},
            },
        },
    }


def _operation(
    name: str,
    summary: str,
    answers: dict[str, Any],
    request: type[BaseModel] | None = None,
    *,
    device: bool = False,
) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": name, "summary": summary, "responses": dict(answers)}
    if request is not None:
        operation["requestBody"] = {"required": True, "content": _json(request)}
        operation["responses"] |= {
            "400": _problem("The request is malformed"),
            "403": _problem("Refused, with the reason"),
            "413": _problem("The body is too large"),
        }
    operation["responses"]["503"] = _problem("The server cannot do it now")
    operation["security"] = [{"device": []}] if device else []
    return operation


def _apply() -> dict[str, Any]:
    applied = _answer(messages.Applied, "The ticket to collect with, once somebody has approved")
    operation = _operation("apply", "Apply for a certificate, by the SSO", applied, messages.ApplyRequest)
    operation["responses"]["401"] = _problem("There is no token")
    return operation | {"security": [{"sso": []}]}


def _token() -> dict[str, Any]:
    """RFC 8693; the answers are those of RFC 6749, section 5."""
    names = ("grant_type", "subject_token", "subject_token_type")
    form = {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": list(names)}
    given = {
        "access_token": {"type": "string"},
        "issued_token_type": {"type": "string"},
        "expires_in": {"type": "integer"},
    }
    refused = {"error": {"type": "string"}, "error_description": {"type": "string"}}

    def answer(text: str, properties: dict[str, Any]) -> dict[str, Any]:
        schema = {"type": "object", "properties": properties, "required": list(properties)}
        return {"description": text, "content": {"application/json": {"schema": schema}}}

    return {
        "operationId": "token",
        "summary": "An identity token for one of the SSO, or of a workload's platform (RFC 8693)",
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}},
        "responses": {
            "200": answer("The token", given),
            "400": answer("Refused, with the reason", refused),
            "401": answer("No certificate of an active device", refused),
        },
        "security": [{"device": []}],
    }


def _answer(model: type[BaseModel], text: str) -> dict[str, Any]:
    return {"200": {"description": text, "content": _json(model)}}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": _json(messages.Problem)}


def _text(text: str) -> dict[str, Any]:
    return {"description": text, "content": _PEM}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}


def render() -> str:
    """The file's text."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
