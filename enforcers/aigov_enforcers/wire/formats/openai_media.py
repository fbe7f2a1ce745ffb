"""OpenAI's images, speech and transcriptions: the bodies that are JSON. (Forms are split into parts before.)

Sources: https://platform.openai.com/docs/api-reference/images, …/audio
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats.common import (
    ANSWER,
    COPY,
    FILES,
    ID,
    PARAMETERS,
    SYSTEM,
    USER,
    WORD,
    asked,
    documented,
    usage,
)
from aigov_enforcers.wire.shape import Field
from aigov_runtime.model import Kind

_FILE = FILES._replace(shape=documented({"file_id": ID}))

IMAGE_REQUEST = documented(
    PARAMETERS
    | {
        "prompt": USER,
        **dict.fromkeys(("image", "images", "mask", "markup"), _FILE),
        **dict.fromkeys(
            ("background", "moderation", "output_format", "quality", "response_format", "size", "style"), WORD
        ),
    }
)
IMAGE_RESPONSE = documented(
    {
        "data": ANSWER._replace(
            shape=documented(
                dict.fromkeys(("b64_json", "url"), Field(kind=Kind.FILE)), kind=Kind.TEXT, role="assistant"
            )
        ),
        **dict.fromkeys(("background", "output_format", "quality", "size"), WORD),
    }
)

AUDIO_REQUEST = documented(
    PARAMETERS
    | {
        "input": USER,
        "instructions": SYSTEM,
        "prompt": SYSTEM,
        "keywords": SYSTEM,
        "file": _FILE,
        "voice": WORD._replace(shape=documented({"id": ID})),
        **dict.fromkeys(("response_format", "stream_format", "language"), WORD),
    }
)
_SPOKEN = ANSWER._replace(shape=documented({"tokens": COPY, "type": WORD}))
AUDIO_RESPONSE = documented(
    {
        "text": ANSWER,
        "segments": _SPOKEN,
        "words": _SPOKEN,
        "logprobs": COPY,
        "task": WORD,
        "language": WORD,
    }
)

FORMATS = (
    Format("openai.images", "openai", IMAGE_REQUEST, IMAGE_RESPONSE, asked, usage),
    Format("openai.audio", "openai", AUDIO_REQUEST, AUDIO_RESPONSE, asked, usage),
)
