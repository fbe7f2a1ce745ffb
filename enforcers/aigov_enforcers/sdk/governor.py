"""What the hook decides, in this process: a `Decider` on an engine.

The engine decides, `wire` carries it out, and this keeps the session's counters, the log and the routes.
"""

from __future__ import annotations

import itertools
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from time import perf_counter_ns
from typing import NamedTuple
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from aigov_enforcers.identity import Identity, counters, flatten
from aigov_enforcers.sdk.decider import LENGTH, Headers, Passage, Request, Response, Stream, Way, without
from aigov_enforcers.sdk.reload import BundleFile
from aigov_enforcers.sdk.reviews import Reviews
from aigov_enforcers.wire import Catalogue, Message, Operation, Refusal, blocking_rule, govern, refuse
from aigov_enforcers.wire.streams import Relay, stream_of
from aigov_runtime import Engine
from aigov_runtime.model import Decision, Direction, Interaction, Outcome

_log = logging.getLogger("aigov.sdk")

_FAILED = "aigov could not decide this request, so it was stopped. The log has the reason."
_BLOCKED = "This is not allowed by policy."
_SIGNED = "Policy changes this request, but it is signed (AWS Signature Version 4), so it was stopped."
_LEVELS = {Outcome.BLOCK: logging.WARNING, Outcome.REROUTE: logging.INFO, Outcome.REDACT: logging.INFO}

CREDENTIALS = frozenset(
    {"authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "x-amz-security-token", "proxy-authorization"}
)
"""Headers that are secrets of one host; a rerouted request does not take them along."""

_JSON = "application/json"
_OPAQUE = ("audio/", "image/", "video/", "font/")
"""Media that have no text; they pass, and the log says so."""


class OnFailure(StrEnum):
    """What happens to a request when deciding itself fails."""

    CLOSED = "closed"
    OPEN = "open"


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


class Governor:
    """One caller's session, and what is needed to carry decisions out. Threads share it."""

    def __init__(
        self,
        engine: Engine,
        identity: Identity,
        catalogue: Catalogue,
        routes: Mapping[str, str | Route],
        *,
        on_failure: OnFailure = OnFailure.CLOSED,
        bundle: BundleFile | None = None,
    ) -> None:
        self._session = engine.session(flatten(identity))
        self._reviews = Reviews(self._session, _record_review)
        self._counters = counters(identity)
        self._requests = itertools.count(self._counters.get("session.requests", 0) + 1)
        self.recognise = catalogue.recognise
        self._routes = {name: Route(to) if isinstance(to, str) else to for name, to in routes.items()}
        self._on_failure = on_failure
        self._bundle = bundle
        self._failures = itertools.count(1)

    def request(self, operation: Operation, request: Request) -> Passage | Refusal:
        """Decide what is about to leave."""
        start = perf_counter_ns()
        if self._bundle is not None:
            self._bundle.check()
        measures = {**self._counters, "session.requests": next(self._requests)}
        place, mark, query = request.url.partition("?")
        message = Message(_lower(request.headers), request.body, query)
        decision, sent, interaction = govern(self._session, operation, Direction.PROMPT, message, measures=measures)
        self._reviews.later(interaction)
        asked = _Asked(operation, request.body, start)
        if sent is None:
            return _refused(asked, Direction.PROMPT, decision)
        rerouted = decision.outcome is Outcome.REROUTE
        if sent is not message:
            if not rerouted and _is_signed(message):
                return _refused(asked, Direction.PROMPT, decision, _SIGNED)
            url = f"{place}?{sent.query}" if mark or sent.query else place
            request = Request(request.method, url, without(sent.headers, LENGTH), sent.body)
        if rerouted:
            route = self._routes.get(decision.target)
            if route is None:
                return _refused(asked, Direction.PROMPT, decision, f"There is no route to `{decision.target}`.")
            request = _rerouted(request, route, operation)
        _record(Direction.PROMPT, decision, start)
        changed = rerouted or sent is not message
        return Passage(operation, request, interaction.attributes, measures, changed, rerouted)

    def way(self, passage: Passage, head: Response) -> Way:
        """Media without text pass; what is framed as a stream is governed as one."""
        kind = _media(head)
        if kind.startswith(_OPAQUE):
            _log.debug("response: %s passed unread", kind)
            return Way.PASS
        asked = passage.attributes.get("request.stream") is True and head.status < HTTPStatus.BAD_REQUEST
        if any(name.lower() == "content-encoding" for name, _ in head.headers) or (kind == _JSON and not asked):
            return Way.WHOLE
        return Way.WHOLE if stream_of(passage.operation, kind) is None else Way.STREAM

    def response(self, passage: Passage, response: Response) -> Response | Refusal:
        """Decide a whole response."""
        start = perf_counter_ns()
        message = Message(_lower(response.headers), response.body)
        decision, handed, interaction = govern(
            self._session,
            passage.operation,
            Direction.RESPONSE,
            message,
            attributes=passage.attributes,
            measures=passage.measures,
        )
        self._reviews.later(interaction)
        if handed is None:
            return _refused(_Asked(passage.operation, passage.request.body, start), Direction.RESPONSE, decision)
        _record(Direction.RESPONSE, decision, start)
        return response if handed is message else Response(response.status, handed.headers, handed.body)

    def stream(self, passage: Passage, head: Response) -> Stream | Refusal:
        """Govern a response while it flows."""
        start, event = perf_counter_ns(), uuid.uuid4().hex
        relay = Relay(
            self._session,
            passage.operation,
            passage.attributes,
            passage.measures,
            content_type=_media(head),
            event=event,
            request=passage.request.body,
        )
        if relay.refused:
            asked = _Asked(passage.operation, passage.request.body, start)
            return _refused(asked, Direction.RESPONSE, relay.decision)
        return _Flowing(relay, self._stopped)

    def _stopped(self, event: str) -> None:
        """Put the failure of a stream on the log. What was held back of it is gone, so it ends whatever `on_failure`
        says."""
        fields = {"event": event, "failures": next(self._failures)}
        _log.exception("deciding failed, so the response was stopped [event %s]", event, extra=fields)

    def failed(self, operation: Operation, body: bytes) -> Refusal | None:
        """What `on_failure` says; the record has the number of failures so far as `failures`."""
        event, open_ = uuid.uuid4().hex, self._on_failure is OnFailure.OPEN
        fields = {"event": event, "failures": next(self._failures)}
        what = "passed undecided" if open_ else "was stopped"
        _log.exception("deciding failed, so the request %s [event %s]", what, event, extra=fields)
        return None if open_ else refuse(operation, _FAILED, event, request=body)


class _Asked(NamedTuple):
    """What a refusal answers: the operation, the request's body, and when deciding began."""

    operation: Operation
    body: bytes
    start: int


class _Flowing:
    """A relay whose decision is put on the log when it ends, and that ends when deciding fails."""

    def __init__(self, relay: Relay, stopped: Callable[[str], None]) -> None:
        self._relay, self._stopped = relay, stopped
        self._closed = False
        self._spent = 0

    @property
    def blocked(self) -> bool:
        return self._relay.blocked

    def feed(self, piece: bytes) -> bytes:
        return self._do(self._relay.feed, piece)

    def close(self) -> bytes:
        if self._closed:
            return b""
        self._closed = True
        out = self._do(self._relay.close)
        _record_taken(Direction.RESPONSE, self._relay.decision, self._spent, self._relay.event)
        return out

    def _do(self, step: Callable[..., bytes], *piece: bytes) -> bytes:
        start = perf_counter_ns()
        try:
            return step(*piece)
        except Exception:  # noqa: BLE001 - whatever it is, nothing may go on undecided
            self._stopped(self._relay.event)
            return self._relay.stop(_FAILED)
        finally:
            self._spent += perf_counter_ns() - start


def _refused(asked: _Asked, direction: Direction, decision: Decision, message: str = "") -> Refusal:
    event = uuid.uuid4().hex
    _record(direction, decision, asked.start, event)
    text = message or decision.message or _BLOCKED
    return refuse(asked.operation, text, event, blocking_rule(decision), asked.body)


def _record(direction: Direction, decision: Decision, start: int, event: str = "-") -> None:
    _record_taken(direction, decision, perf_counter_ns() - start, event)


def _record_taken(direction: Direction, decision: Decision, took: int, event: str) -> None:
    """Put a decision on the log, without any content. The log record has the decision as `decision` and the time it
    took as `nanoseconds`, for handlers that want more than the line."""
    level = logging.WARNING if decision.obligations.alerts else _LEVELS.get(decision.outcome, logging.DEBUG)
    if _log.isEnabledFor(level):
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


def _lower(headers: Headers) -> Headers:
    return tuple((name.lower(), value) for name, value in headers)


def _media(head: Response) -> str:
    kind = next((value for name, value in head.headers if name.lower() == "content-type"), "")
    return kind.partition(";")[0].strip().lower()


def _is_signed(message: Message) -> bool:
    """Whether a signature covers the body, so that the provider would refuse another one."""
    return any(value.startswith("AWS4-") for value in message.values("authorization"))


def _rerouted(request: Request, route: Route, operation: Operation) -> Request:
    set_ = {name.lower() for name in route.headers}
    headers = without(request.headers, CREDENTIALS | LENGTH | set_ | {"host", *operation.credentials})
    url = _at(route.url, operation.route, _without_keys(request.url, operation.credentials))
    return request._replace(url=url, headers=(*headers, *route.headers.items()))


def _without_keys(url: str, credentials: tuple[str, ...]) -> str:
    """The URL without the parameters that are credentials (`?key` of Gemini)."""
    keys = {each[1:] for each in credentials if each.startswith("?")}
    parts = urlsplit(url)
    if not keys or not parts.query:
        return url
    kept = (each for each in parts.query.split("&") if unquote_plus(each.partition("=")[0]).lower() not in keys)
    return urlunsplit(parts._replace(query="&".join(kept)))


def _at(base: str, route: str, asked: str) -> str:
    """The URL of the same operation below another base. What the route does not name (a prefix such as `/v1`) is
    the base's own business."""
    _, _, path, query, _ = urlsplit(asked)
    scheme, host, prefix, base_query, _ = urlsplit(base)
    return urlunsplit((scheme, host, prefix.rstrip("/") + (route or path), query or base_query, ""))
