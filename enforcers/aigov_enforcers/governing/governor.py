"""What is decided in this process: a `Decider` on an engine, for one caller.

The engine decides, `wire` carries it out, and this keeps the session's counters, the record and the routes.
"""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from http import HTTPStatus
from time import perf_counter_ns
from typing import Protocol

from aigov_enforcers.governing.decider import LENGTH, Headers, Passage, Request, Response, Stream, Way, without
from aigov_enforcers.governing.record import Decided, Log, Recorder
from aigov_enforcers.governing.reviews import Reviews
from aigov_enforcers.governing.routes import Route, rerouted
from aigov_enforcers.governing.translated import media, unreadable
from aigov_enforcers.identity import Identity, counters, flatten
from aigov_enforcers.wire import (
    Catalogue,
    Message,
    Operation,
    Refusal,
    Unreadable,
    blocking_rule,
    govern,
    refuse,
    translate,
)
from aigov_enforcers.wire.streams import Relay, stream_of
from aigov_enforcers.wire.translate import Untranslatable
from aigov_runtime import Engine, Session
from aigov_runtime.model import Decision, Direction, Outcome

_log = logging.getLogger("aigov.sdk")

_FAILED = "aigov could not decide this request, so it was stopped. The log has the reason."
_BLOCKED = "This is not allowed by policy."
_SIGNED = "Policy changes this request, but it is signed (AWS Signature Version 4), so it was stopped."

_ELSEWHERE = "This request cannot be rerouted to `{}`: {}."

_REPORTED = 1024  # hosts

_JSON = "application/json"
_OPAQUE = ("audio/", "image/", "video/", "font/")
"""Media that have no text; they pass, and the log says so."""


class OnFailure(StrEnum):
    """What happens to a request when deciding itself fails."""

    CLOSED = "closed"
    OPEN = "open"


class Meter(Protocol):
    """Counts what a caller uses."""

    def request(self) -> Mapping[str, int]:
        """A request begins; the counters with it, as measures."""

    def used(self, tokens: int) -> None:
        """An answer took so many tokens."""


class Governor:
    """One caller's session, and what is needed to carry decisions out. Threads share it.

    `before` is called before each request is decided, such as to look for a new bundle. `reviews` may be shared by the
    governors of a process. An exchange keeps the policy that it began with.
    """

    def __init__(
        self,
        engine: Engine,
        identity: Identity,
        catalogue: Catalogue,
        routes: Mapping[str, str | Route],
        *,
        on_failure: OnFailure = OnFailure.CLOSED,
        before: Callable[[], object] | None = None,
        recorder: Recorder | None = None,
        reviews: Reviews | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._session = engine.session(flatten(identity))
        self._recorder = recorder or Log(_log)
        self._reviews = reviews or Reviews(_log)
        self._counters = counters(identity)
        self._requests = itertools.count(self._counters.get("session.requests", 0) + 1)
        self.recognise, self._by_shape = catalogue.recognise, catalogue.by_shape
        self._reported: set[str] = set()
        self._routes = {name: Route(to) if isinstance(to, str) else to for name, to in routes.items()}
        self._on_failure = on_failure
        self._before, self._meter = before, meter

    def unlisted(self, host: str, path: str, body: bytes) -> Operation | None:
        """A request to a model at a host that the catalogue does not list is reported, once for a host."""
        operation = self._by_shape(host, path, body)
        if operation is not None and host not in self._reported and len(self._reported) < _REPORTED:
            self._reported.add(host)
            _log.warning("unsanctioned: a model is asked at `%s`, which the catalogue does not list", host)
        return operation

    def request(self, operation: Operation, request: Request, event: str = "") -> Passage | Refusal:
        """Decide what is about to leave."""
        start = perf_counter_ns()
        event = event or new_event()
        if self._before is not None:
            self._before()
        session = self._session.pinned()
        measures = {**self._counters, "session.requests": next(self._requests)}
        if self._meter is not None:
            measures.update(self._meter.request())
        place, mark, query = request.url.partition("?")
        message = Message(_lower(request.headers), request.body, query)
        decision, sent, interaction = govern(session, operation, Direction.PROMPT, message, measures=measures)
        if session.defers:
            self._reviews.later(session, interaction, self._recorder.reviewed)
        changes = decision.outcome is Outcome.REROUTE
        body, why, way = request.body, "", None
        if sent is not None and sent is not message:
            if not changes and _is_signed(message):
                sent, why = None, _SIGNED
            else:
                url = f"{place}?{sent.query}" if mark or sent.query else place
                request = Request(request.method, url, without(sent.headers, LENGTH), sent.body)
        if sent is not None and changes:
            route = self._routes.get(decision.target)
            if route is None:
                sent, why = None, f"There is no route to `{decision.target}`."
            else:
                try:
                    request, way = rerouted(request, route, operation)
                except (Untranslatable, Unreadable) as reason:
                    sent, why = None, _ELSEWHERE.format(decision.target, reason)
        spent = perf_counter_ns() - start
        self._recorder.decided(Decided(event, Direction.PROMPT, decision, interaction.attributes, spent))
        if sent is None:
            return _refusal(operation, body, decision, event, why)
        changed = changes or sent is not message
        if way is not None and way.left_out:
            _log.info("rerouted to %s without %s [event %s]", decision.target, ", ".join(way.left_out), event)
        return Passage(operation, request, interaction.attributes, measures, changed, changes, event, way, session)

    def head(self, passage: Passage, head: Response) -> Response:
        """As it came, unless the answer is translated."""
        return head if passage.translated is None else passage.translated.head(head)

    def way(self, passage: Passage, head: Response) -> Way:
        """Media without text pass; what is framed as a stream is governed as one."""
        kind = media(head.headers)
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
        if passage.translated is not None:
            try:
                response = passage.translated.whole(response)
            except (Untranslatable, Unreadable) as reason:
                self._recorder.failed(passage.event, "the response was stopped")
                return unreadable(passage.translated.client, reason, passage.event)
        message, session = Message(_lower(response.headers), response.body), self._of(passage)
        decision, handed, interaction = govern(
            session,
            passage.operation,
            Direction.RESPONSE,
            message,
            attributes=passage.attributes,
            measures=passage.measures,
        )
        if session.defers:
            self._reviews.later(session, interaction, self._recorder.reviewed)
        self._used(interaction.measures.get("request.tokens", 0))
        self._decided(passage, decision, perf_counter_ns() - start)
        if handed is None:
            return _refusal(passage.operation, passage.request.body, decision, passage.event)
        return response if handed is message else Response(response.status, handed.headers, handed.body)

    def stream(self, passage: Passage, head: Response) -> Stream | Refusal:
        """Govern a response while it flows."""
        start = perf_counter_ns()
        relay = Relay(
            self._of(passage),
            passage.operation,
            passage.attributes,
            passage.measures,
            content_type=media(head.headers),
            event=passage.event,
            request=passage.request.body,
        )
        if relay.refused:
            self._decided(passage, relay.decision, perf_counter_ns() - start)
            return _refusal(passage.operation, passage.request.body, relay.decision, passage.event)
        flow = None if passage.translated is None else passage.translated.flow()

        def ended(spent: int) -> None:
            self._used(sum(count for count in relay.usage if count is not None))
            self._decided(passage, relay.decision, spent)

        return _Flowing(relay, flow, self._stopped, ended)

    def _of(self, passage: Passage) -> Session:
        """The session with the policy that the exchange began with."""
        return passage.kept if isinstance(passage.kept, Session) else self._session

    def _used(self, tokens: int) -> None:
        if self._meter is not None:
            self._meter.used(tokens)

    def _decided(self, passage: Passage, decision: Decision, spent: int) -> None:
        self._recorder.decided(Decided(passage.event, Direction.RESPONSE, decision, passage.attributes, spent))

    def _stopped(self, event: str) -> None:
        """What was held back of a stream is gone, so it ends whatever `on_failure` says."""
        self._recorder.failed(event, "the response was stopped")

    def failed(self, operation: Operation, body: bytes, event: str = "") -> Refusal | None:
        """What `on_failure` says."""
        event, passes = event or new_event(), self._on_failure is OnFailure.OPEN
        self._recorder.failed(event, f"the request {'passed undecided' if passes else 'was stopped'}")
        return None if passes else refuse(operation, _FAILED, event, request=body)


class _Flowing:
    """A relay whose decision is put on record when it ends, and that ends when deciding fails. With a `translation`, it
    gets the provider's stream in the client's format."""

    def __init__(
        self,
        relay: Relay,
        translation: translate.Stream | None,
        stopped: Callable[[str], None],
        decided: Callable[[int], None],
    ) -> None:
        self._relay, self._translation = relay, translation
        self._stopped, self._decided = stopped, decided
        self._closed = False
        self._spent = 0

    @property
    def blocked(self) -> bool:
        return self._relay.blocked

    def feed(self, piece: bytes) -> bytes:
        return self._do(self._feed, piece)

    def close(self) -> bytes:
        if self._closed:
            return b""
        self._closed = True
        out = self._do(self._close)
        self._decided(self._spent)
        return out

    def _feed(self, piece: bytes) -> bytes:
        return self._relay.feed(piece if self._translation is None else self._translation.feed(piece))

    def _close(self) -> bytes:
        rest = b"" if self._translation is None else self._relay.feed(self._translation.close())
        return rest + self._relay.close()

    def _do(self, step: Callable[..., bytes], *piece: bytes) -> bytes:
        start = perf_counter_ns()
        try:
            return step(*piece)
        except Exception:  # noqa: BLE001 - whatever it is, nothing may go on undecided
            self._stopped(self._relay.event)
            return self._relay.stop(_FAILED)
        finally:
            self._spent += perf_counter_ns() - start


def new_event() -> str:
    """The id of an exchange: what a refusal shows its client, and what the record has."""
    return os.urandom(16).hex()


def _refusal(operation: Operation, body: bytes, decision: Decision, event: str, why: str = "") -> Refusal:
    """`why` is what stopped it, where it was not the decision itself."""
    return refuse(operation, why or decision.message or _BLOCKED, event, blocking_rule(decision), body)


def _lower(headers: Headers) -> Headers:
    return tuple((name.lower(), value) for name, value in headers)


def _is_signed(message: Message) -> bool:
    """Whether a signature covers the body, so that the provider would refuse another one."""
    return any(value.startswith("AWS4-") for value in message.values("authorization"))
