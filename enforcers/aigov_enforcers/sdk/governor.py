"""What the hook decides, without any client library: requests and responses as plain values.

Outgoing → Refusal, or Passage (what to send instead) → the response → Refusal, or the response to hand on
"""

from __future__ import annotations

import itertools
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from aigov_enforcers.identity import Identity, counters, flatten
from aigov_enforcers.sdk.reviews import Reviews
from aigov_enforcers.wire import Catalogue, Message, Operation, Refusal, blocking_rule, govern, refuse
from aigov_runtime import Engine
from aigov_runtime.model import Decision, Direction, Interaction, Outcome

_log = logging.getLogger("aigov.sdk")

_FAILED = "aigov could not decide this request, so it was stopped. The log has the reason."
_BLOCKED = "This is not allowed by policy."
_LEVELS = {Outcome.BLOCK: logging.WARNING, Outcome.REROUTE: logging.INFO, Outcome.REDACT: logging.INFO}


@dataclass(frozen=True, slots=True)
class Route:
    """Where a `reroute` target is: a base URL, and headers to send there (its own credentials).

    Raises ValueError for a URL that is none.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"route to `{self.url}`: expected a URL such as `https://llm.example/v1`")


class Passage(NamedTuple):
    """What may be sent: the message, and the URL to send it to with headers to set ("" and none unless it is rerouted).
    `measures` are the session's counters at this request."""

    operation: Operation
    interaction: Interaction
    measures: Mapping[str, int]
    message: Message
    url: str = ""
    headers: Mapping[str, str] = {}


class Governor:
    """One caller's session, and what is needed to carry decisions out. Threads share it."""

    def __init__(
        self, engine: Engine, identity: Identity, catalogue: Catalogue, routes: Mapping[str, str | Route]
    ) -> None:
        self._session = engine.session(flatten(identity))
        self._reviews = Reviews(self._session, _record_review)
        self._counters = counters(identity)
        self._requests = itertools.count(self._counters.get("session.requests", 0) + 1)
        self.recognise = catalogue.recognise
        self._routes = {name: Route(to) if isinstance(to, str) else to for name, to in routes.items()}

    def request(self, operation: Operation, path: str, message: Message) -> Passage | Refusal:
        """Decide what is about to leave; `path` is the URL's path."""
        start = perf_counter_ns()
        measures = {**self._counters, "session.requests": next(self._requests)}
        decision, sent, interaction = govern(self._session, operation, Direction.PROMPT, message, measures=measures)
        self._reviews.later(interaction)
        if sent is None:
            return _refused(operation, Direction.PROMPT, decision, start)
        if decision.outcome is not Outcome.REROUTE:
            _record(Direction.PROMPT, decision, start)
            return Passage(operation, interaction, measures, sent)
        route = self._routes.get(decision.target)
        if route is None:
            return _refused(operation, Direction.PROMPT, decision, start, f"There is no route to `{decision.target}`.")
        _record(Direction.PROMPT, decision, start)
        url = _at(route.url, operation.route, path, sent.query)
        return Passage(operation, interaction, measures, sent, url, route.headers)

    def response(self, passage: Passage, message: Message) -> Message | Refusal:
        """Decide what came back."""
        start = perf_counter_ns()
        decision, handed, interaction = govern(
            self._session,
            passage.operation,
            Direction.RESPONSE,
            message,
            attributes=passage.interaction.attributes,
            measures=passage.measures,
        )
        self._reviews.later(interaction)
        if handed is None:
            return _refused(passage.operation, Direction.RESPONSE, decision, start)
        _record(Direction.RESPONSE, decision, start)
        return handed


def _refused(operation: Operation, direction: Direction, decision: Decision, start: int, message: str = "") -> Refusal:
    event = uuid.uuid4().hex
    _record(direction, decision, start, event)
    return refuse(operation, message or decision.message or _BLOCKED, event, blocking_rule(decision))


def _record(direction: Direction, decision: Decision, start: int, event: str = "-") -> None:
    """Put a decision on the log, without any content. The log record has the decision as `decision` and the time it
    took as `nanoseconds`, for handlers that want more than the line."""
    level = logging.WARNING if decision.obligations.alerts else _LEVELS.get(decision.outcome, logging.DEBUG)
    if _log.isEnabledFor(level):
        took = perf_counter_ns() - start
        fields = {"direction": direction, "decision": decision, "nanoseconds": took, "event": event}
        why = _why(decision)
        _log.log(level, "%s: %s by %s [event %s]", direction, decision.outcome, why, event, extra=fields)


def _record_review(interaction: Interaction, decision: Decision) -> None:
    """The same for a review, which decides nothing: the record has it as `review`."""
    level = logging.WARNING if decision.obligations.alerts else logging.DEBUG
    fields = {"direction": interaction.direction, "review": decision}
    _log.log(level, "%s, reviewed: %s", interaction.direction, _why(decision), extra=fields)


def _why(decision: Decision) -> str:
    rules = ", ".join(f"{hit.id} ({hit.location})" for hit in decision.rules) or "the default"
    return rules + "".join(f", alert {channel} ({severity})" for channel, severity in decision.obligations.alerts)


def failure(operation: Operation) -> Refusal:
    """The refusal when deciding itself failed; call it while the exception is handled."""
    event = uuid.uuid4().hex
    _log.exception("deciding failed, so the request was stopped [event %s]", event)
    return refuse(operation, _FAILED, event)


def _at(base: str, route: str, path: str, query: str) -> str:
    """The URL of the same operation below another base. What the route does not name (a prefix such as `/v1`) is
    the base's own business."""
    scheme, host, prefix, base_query, _ = urlsplit(base)
    return urlunsplit((scheme, host, prefix.rstrip("/") + (route or path), query or base_query, ""))
