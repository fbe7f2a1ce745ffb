"""OpenAI chat completions, and every server that speaks it."""

from aigov_enforcers.wire.streams.framing import Sse
from aigov_enforcers.wire.translate.dialect import Dialect
from aigov_enforcers.wire.translate.openai import answers, events, requests

DIALECT = Dialect(
    name="openai.chat",
    ends=("/chat/completions",),
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
)
