"""Anthropic messages."""

from aigov_enforcers.wire.streams.framing import Sse
from aigov_enforcers.wire.translate.anthropic import answers, events, requests
from aigov_enforcers.wire.translate.dialect import Dialect

DIALECT = Dialect(
    name="anthropic.messages",
    ends=("/v1/messages",),
    framing=Sse,
    media="text/event-stream",
    read=requests.read,
    write=requests.write,
    answered=answers.read,
    answer=answers.write,
    failed=answers.failed,
    failure=answers.failure,
    reader=events.Reader,
    writer=events.Writer,
    headers=(("anthropic-version", "2023-06-01"),),
)
