"""What OpenAI keeps: files, uploads, batches, vector stores; their JSON bodies and the lines of a batch's files.

Sources: https://platform.openai.com/docs/api-reference/files, …/uploads, …/batch, …/vector-stores
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats import openai_chat, openai_media, openai_responses, openai_text
from aigov_enforcers.wire.formats.common import ID, USER, WORD, asked, documented, usage
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

_NAMED = {"id": ID, "object": WORD, "status": WORD, "filename": Field(kind=Kind.FILE), "purpose": WORD}

FILE = documented(_NAMED | {"part_ids": ID})
FILE.fields |= {"data": Field(shape=FILE), "file": Field(shape=FILE)}

BATCH = documented(_NAMED | {"input_file_id": ID, "output_file_id": ID, "error_file_id": ID, "endpoint": WORD})
BATCH.fields["data"] = Field(shape=BATCH)

_ENDPOINTS = {
    "/v1/chat/completions": (openai_chat.REQUEST, openai_chat.RESPONSE),
    "/v1/completions": (openai_text.COMPLETION_REQUEST, openai_text.COMPLETION_RESPONSE),
    "/v1/embeddings": (openai_text.EMBEDDING_REQUEST, openai_text.EMBEDDING_RESPONSE),
    "/v1/moderations": (openai_text.MODERATION_REQUEST, openai_text.MODERATION_RESPONSE),
    "/v1/responses": (openai_responses.REQUEST, openai_responses.RESPONSE),
    "/v1/images/generations": (openai_media.IMAGE_REQUEST, openai_media.IMAGE_RESPONSE),
    "/v1/images/edits": (openai_media.IMAGE_REQUEST, openai_media.IMAGE_RESPONSE),
}


def _line(body: Field) -> Shape:
    return documented({"method": WORD, "url": WORD, "body": body})


LINE = documented(tag="url", variants={url: _line(Field(shape=request)) for url, (request, _) in _ENDPOINTS.items()})
"""A line of a batch's input file; a list of lines has this shape too."""
LINE.fields |= _line(Field()).fields

OBJECTS = {
    "chat.completion": openai_chat.RESPONSE,
    "text_completion": openai_text.COMPLETION_RESPONSE,
    "response": openai_responses.RESPONSE,
}
RESULT = documented(
    {
        "id": ID,
        "response": Field(
            shape=documented({"request_id": ID, "body": Field(shape=documented(tag="object", variants=OBJECTS))})
        ),
    }
)
"""A line of a batch's output file."""

SEARCH = documented(
    _NAMED
    | {
        "query": USER,
        "search_query": USER,
        "file_id": ID,
        "file_ids": ID,
        "vector_store_id": ID,
        "content": Field(kind=Kind.FILE, role="tool", shape=documented({"type": WORD})),
    }
)
SEARCH.fields["data"] = Field(shape=SEARCH)


def _asked_of_line(line: Mapping[str, Json], _endpoint: str) -> Asked:
    body = line.get("body")
    return asked(body if type(body) is dict else {}, "")


def _usage_of_line(line: Mapping[str, Json]) -> Usage:
    response = line.get("response")
    body = response.get("body") if type(response) is dict else None
    return usage(body if type(body) is dict else {})


FORMATS = (
    Format("openai.files", "openai", FILE, FILE, asked, usage),
    Format("openai.batches", "openai", BATCH, BATCH, asked, usage),
    Format("openai.batch_line", "openai", LINE, RESULT, _asked_of_line, _usage_of_line),
    Format("openai.vector_stores", "openai", SEARCH, SEARCH, asked, usage),
)
