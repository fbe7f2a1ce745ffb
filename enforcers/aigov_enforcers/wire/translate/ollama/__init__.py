"""Ollama's chat."""

from aigov_enforcers.wire.streams.framing import NdJson
from aigov_enforcers.wire.translate.dialect import Dialect
from aigov_enforcers.wire.translate.ollama import answers, events, requests

DIALECT = Dialect(
    name="ollama.chat",
    ends=("/api/chat",),
    framing=NdJson,
    media="application/x-ndjson",
    read=requests.read,
    write=requests.write,
    answered=answers.read,
    answer=answers.write,
    failed=answers.failed,
    failure=answers.failure,
    reader=events.Reader,
    writer=events.Writer,
)
