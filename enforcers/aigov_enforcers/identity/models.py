"""The shared vocabulary: who, what, where and when, and what the request is.

One set of pydantic models. The attribute names of the language are generated from them
(`python -m aigov_enforcers.identity.vocabulary`), never retyped. A field that may rightly have no
value is `optional` in the language; any other field without a value is *unresolved*, and
conditions on it are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

Phase = Literal["session", "profile", "call"]
"""When a value is known: with the identity, with the kind of request, or with each call."""


@dataclass(frozen=True, slots=True)
class MayLack:
    """Marks a field that may rightly have no value (`optional` in the language)."""


@dataclass(frozen=True, slots=True)
class Known:
    """Marks a field whose phase differs from its group's."""

    at: Phase


Strings = Annotated[frozenset[Annotated[str, Strict()]], Strict(False)]
"""A set of strings; a JSON list is taken as one."""


class Facts(BaseModel):
    """Base of the groups: immutable, unknown fields refused, no coercion, every field may be absent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    phase: ClassVar[Phase] = "session"


class Confidence(StrEnum):
    """How sure a fact is: proven (by a signature, the kernel or a hash of what runs), seen by the enforcement point,
    said by somebody who could say something else, or not known at all."""

    VERIFIED = "verified"
    OBSERVED = "observed"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"


class Told(Facts):
    """Facts that somebody tells, each with its confidence. What is neither verified nor observed is claimed."""

    verified: Strings | None = Field(None, description="Names of the facts of this group that are proven")
    observed: Strings | None = Field(
        None, description="Names of the facts of this group that the enforcement point saw, or that are proven"
    )

    @model_validator(mode="after")
    def _of_facts(self) -> Self:
        verified, observed = self.verified or frozenset(), self.observed or frozenset()
        names = {name for name in type(self).model_fields if getattr(self, name) is not None} - Told.model_fields.keys()
        if lost := (verified | observed) - names:
            raise ValueError(f"no fact to be sure of: {', '.join(sorted(lost))}")
        if beyond := verified - observed:
            raise ValueError(f"verified, so also observed: {', '.join(sorted(beyond))}")
        return self

    def confidence(self, name: str) -> Confidence:
        """How sure the fact of this name is."""
        if name in Told.model_fields or getattr(self, name) is None:
            return Confidence.UNKNOWN
        if name in (self.verified or ()):
            return Confidence.VERIFIED
        return Confidence.OBSERVED if name in (self.observed or ()) else Confidence.CLAIMED


class User(Told):
    """The person."""

    id: str | None = Field(None, description="Stable identifier from SSO")
    name: str | None = Field(None, description="Operating-system account name")
    email: str | None = Field(None, description="E-mail address from SSO")
    groups: Strings | None = Field(None, description="Groups from SSO")
    assurance: Literal["none", "device", "workload", "sso"] | None = Field(
        None, description="How the identity was proven"
    )
    tokens_today: Annotated[int | None, Known("call")] = Field(
        None, description="Tokens of the answers that the user had this day (UTC), counted by the server"
    )


class Process(Told):
    """The program that asks."""

    name: str | None = Field(None, description="Executable's base name")
    path: str | None = Field(None, description="Absolute path of the executable")
    sha256: str | None = Field(None, description="Content hash of the executable, lower-case hex")
    interpreter: str | None = Field(None, description="Interpreter's base name when a script runs, else the name")
    script: str | None = Field(None, description="Absolute path of the script, empty when none")
    script_sha256: str | None = Field(None, description="Content hash of the script, empty when none")
    parents: Strings | None = Field(None, description="Base names of the ancestor processes")
    signer: Annotated[str | None, MayLack()] = Field(None, description="Code-signing identity")


class Device(Facts):
    """The machine."""

    id: str | None = Field(None, description="Device identifier from its certificate")
    managed: bool | None = Field(None, description="Enrolled and managed")
    posture: Literal["compliant", "noncompliant", "unknown"] | None = Field(None, description="State in the registry")
    os: str | None = Field(None, description="Operating system: linux, macos, windows")


class Place(Facts):
    """Where the process runs."""

    kind: Literal["laptop", "ci", "container", "bastion", "server", "unknown"] | None = Field(
        None, description="Kind of place, from the registry"
    )
    name: str | None = Field(None, description="Name of the place: host name, pipeline, cluster")
    network: Annotated[str | None, MayLack()] = Field(None, description="Network the machine is on")


class Session(Told):
    """The run of requests that this one belongs to."""

    id: str | None = Field(None, description="Session identifier")
    started: str | None = Field(None, description="Start, RFC 3339 in UTC")
    requests: Annotated[int | None, Known("call")] = Field(None, description="Requests so far in the session")
    turn: Annotated[int | None, Known("call")] = Field(None, description="Turn of the conversation, from 1")
    requests_last_minute: Annotated[int | None, Known("call")] = Field(
        None, description="Requests of the session in the last minute with this one, counted by the server"
    )


class Request(Facts):
    """The request to the model."""

    phase: ClassVar[Phase] = "profile"

    provider: str | None = Field(None, description="Provider: openai, anthropic, …")
    host: str | None = Field(None, description="Host name asked for")
    model: str | None = Field(None, description="Model as the request names it")
    operation: Literal["chat", "completion", "embedding", "image", "audio", "file", "tool", "other"] | None = Field(
        None, description="What is asked for"
    )
    endpoint: str | None = Field(None, description="Path of the URL")
    stream: bool | None = Field(None, description="The response is asked for as a stream")
    tokens: Annotated[int | None, Known("call")] = Field(None, description="Tokens asked for or used, when known")
    bytes: Annotated[int | None, Known("call")] = Field(None, description="Size of the body in bytes")
    tools: Strings | None = Field(None, description="Names of the tools offered to the model")
    sanctioned: bool | None = Field(None, description="The provider is in the operator's catalogue as approved")


class Time(Facts):
    """The enforcer's clock, UTC."""

    phase: ClassVar[Phase] = "profile"

    hour: Annotated[int | None, Known("call")] = Field(None, description="Hour of the day, 0 to 23")
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] | None = Field(
        None, description="Day of the week"
    )
    utc: str | None = Field(None, description="The date, as 2027-03-31")


class Identity(BaseModel):
    """What a session knows about its caller; `declared` holds attributes that a policy adds, by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: User = User()
    process: Process = Process()
    device: Device = Device()
    place: Place = Place()
    session: Session = Session()
    declared: Mapping[
        str, Annotated[bool, Strict()] | Annotated[int, Strict()] | Annotated[str, Strict()] | Strings
    ] = {}
