"""A request that was rerouted to another provider's format, and its answer on the way back.

The request is decided in the client's format, then translated. The answer is translated first, and then decided in the
client's format: policy sees one operation, whoever answers.
"""

from __future__ import annotations

from typing import NamedTuple

from aigov_enforcers.governing.decider import LENGTH, Headers, Request, Response, without
from aigov_enforcers.wire import Operation, Refusal
from aigov_enforcers.wire.content.encodings import decoded
from aigov_enforcers.wire.translate import (
    DIALECTS,
    Failure,
    Stream,
    Untranslatable,
    asks,
    error,
    is_cloud,
    request,
    response,
)

_ERROR, _BAD_GATEWAY = 400, 502
_JSON = "application/json"
_GOES_ALONG = frozenset({"user-agent", "traceparent", "tracestate"})
"""Headers that any provider understands."""


class Translated(NamedTuple):
    """How an answer comes back: from the format `upstream` to `client`'s. The rest is what the client asked for."""

    upstream: str
    client: str
    stream: bool
    usage: bool
    array: bool
    left_out: tuple[str, ...]

    def head(self, head: Response) -> Response:
        """The head of the answer as the client is to see it."""
        flows = self.stream and head.status < _ERROR and media(head.headers) == DIALECTS[self.upstream].media
        kind = self._streamed if flows else _JSON
        headers = without(head.headers, LENGTH | {"content-type"})
        return head._replace(headers=(*headers, ("content-type", kind)))

    @property
    def _streamed(self) -> str:
        return _JSON if self.array else DIALECTS[self.client].media

    def whole(self, answer: Response) -> Response:
        """A whole answer, whose head has been seen to. Raises `Untranslatable` and `Unreadable`."""
        body = undone(answer.headers, answer.body)
        if self.stream and answer.status < _ERROR:
            if media(answer.headers) != self._streamed:
                raise Untranslatable("a stream was asked for, and none came")
            flow = self.flow()
            body = flow.feed(body) + flow.close()
        else:
            body = response(body, self.upstream, self.client, answer.status)
        return answer._replace(headers=without(answer.headers, LENGTH | {"content-encoding"}), body=body)

    def flow(self) -> Stream:
        """The translation of a stream."""
        return Stream(self.upstream, self.client, usage=self.usage, array=self.array)


def translated(asked: Request, operation: Operation, format: str, model: str) -> tuple[str, Request, Translated]:
    """The path below the base URL of a provider of another format, the request without its URL, and how its answer
    comes back. Raises `Untranslatable` and `Unreadable`."""
    client, path = operation.format.name, str(operation.facts.get("request.endpoint", ""))
    if client not in DIALECTS:
        raise Untranslatable(f"requests in the format `{client}` are not translated")
    if asked.method.upper() != "POST" or not asks(client, path):
        raise Untranslatable("only requests for an answer are translated")
    _, _, query = asked.url.partition("?")
    sent = request(undone(asked.headers, asked.body), client, format, model, path=path, query=query)
    kept = tuple(pair for pair in asked.headers if pair[0].lower() in _GOES_ALONG)
    headers = (*kept, ("accept-encoding", "identity"), *sent.headers)
    way = Translated(format, client, sent.stream, sent.usage, sent.array, sent.left_out)
    return sent.path, asked._replace(headers=headers, body=sent.body), way


def unreadable(client: str, why: Exception, event: str) -> Refusal:
    """What a client gets for an answer that cannot be translated. It is not to ask again: the provider has answered."""
    failure = Failure(_BAD_GATEWAY, f"The provider's answer cannot be translated: {why}.")
    headers = (("content-type", _JSON), ("x-should-retry", "false"), ("x-gov-event-id", event))
    return Refusal(_BAD_GATEWAY, headers, error(client, failure))


def check(format: str, model: str) -> None:
    """Whether a route can have these. Raises ValueError."""
    if format and format not in DIALECTS:
        raise ValueError(f"format `{format}`: expected one of {', '.join(DIALECTS)}")
    if format and not model:
        raise ValueError(f"format `{format}`: expected the model that is to answer")
    if is_cloud(model):
        raise ValueError(f"model `{model}` is run by Ollama's cloud, wherever the request goes")


def undone(headers: Headers, body: bytes) -> bytes:
    """The body without its content encodings. Raises `Unreadable`."""
    said = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    codings = [each.strip().lower() for each in said.split(",") if each.strip()]
    return decoded(body, codings) if codings else body


def media(headers: Headers) -> str:
    """The media type that headers declare, "" when they do not."""
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return kind.partition(";")[0].strip().lower()
