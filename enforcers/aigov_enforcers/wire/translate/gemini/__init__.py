"""Gemini's generateContent and its stream."""

from aigov_enforcers.wire.streams.framing import Sse
from aigov_enforcers.wire.translate.dialect import Dialect
from aigov_enforcers.wire.translate.gemini import answers, events, requests

DIALECT = Dialect(
    name="gemini.generate",
    ends=(":generateContent", ":streamGenerateContent"),
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
