"""No text of any string field escapes: bodies made from the official clients' types, with a canary in every string.

Each body is read four times. With sentences, every string must be a segment, and nothing else. With a value shaped
like an enum word, an identifier or a sealed value, a string may be left out only where its name is in the list of
such fields.
"""

from __future__ import annotations

from typing import Any

import cohere.types as co
import mistralai.client.models as mi
import ollama._types as ol
import openai.types as oa
import pytest
from cohere.raw_base_client import RawBaseCohere
from cohere.v2.raw_client import RawV2Client
from cohere.v2.types.v2chat_response import V2ChatResponse
from huggingface_hub import TextGenerationInput, TextGenerationOutput, TextGenerationStreamOutput
from openai.types import (
    completion_create_params,
    conversations,
    image_edit_params,
    image_generate_params,
    realtime,
    responses,
    vector_stores,
)
from openai.types.audio import (
    SpeechCreateParams,
    Transcription,
    TranscriptionDiarized,
    TranscriptionVerbose,
    Translation,
    TranslationCreateParams,
    TranslationVerbose,
    transcription_create_params,
)
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat import completion_create_params as chat_create_params
from openai.types.responses import response_create_params

from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.shape import Shape, segments
from aigov_enforcers.wire.words import WORDS as KNOWN
from aigov_runtime.model import Direction
from tests.enforcers.schemas import Text, Word, bodies, enums, filled, leaves, names

PROMPT, RESPONSE = Direction.PROMPT, Direction.RESPONSE

ROOTS: dict[tuple[str, Direction], tuple[Any, ...]] = {
    ("openai.chat", PROMPT): (chat_create_params.CompletionCreateParamsBase,),
    ("openai.chat", RESPONSE): (ChatCompletion, ChatCompletionChunk),
    ("openai.completions", PROMPT): (completion_create_params.CompletionCreateParamsBase,),
    ("openai.completions", RESPONSE): (oa.Completion,),
    ("openai.embeddings", PROMPT): (oa.EmbeddingCreateParams, mi.EmbeddingRequest),
    ("openai.embeddings", RESPONSE): (oa.CreateEmbeddingResponse, mi.EmbeddingResponse),
    ("openai.moderations", PROMPT): (oa.ModerationCreateParams,),
    ("openai.moderations", RESPONSE): (oa.ModerationCreateResponse,),
    ("openai.responses", PROMPT): (
        response_create_params.ResponseCreateParamsBase,
        responses.ResponseCompactParams,
        responses.InputTokenCountParams,
    ),
    ("openai.responses", RESPONSE): (
        responses.Response,
        responses.CompactedResponse,
        responses.InputTokenCountResponse,
        responses.ResponseItemList,
    ),
    ("openai.conversations", PROMPT): (
        conversations.ConversationCreateParams,
        conversations.ConversationUpdateParams,
        conversations.ItemCreateParams,
    ),
    ("openai.conversations", RESPONSE): (conversations.Conversation, conversations.ConversationItemList),
    ("openai.images", PROMPT): (
        image_generate_params.ImageGenerateParamsBase,
        image_edit_params.ImageEditParamsBase,
        oa.ImageCreateVariationParams,
    ),
    ("openai.images", RESPONSE): (oa.ImagesResponse, oa.ImageGenStreamEvent, oa.ImageEditStreamEvent),
    ("openai.audio", PROMPT): (
        SpeechCreateParams,
        transcription_create_params.TranscriptionCreateParamsBase,
        TranslationCreateParams,
    ),
    ("openai.audio", RESPONSE): (
        Transcription,
        TranscriptionVerbose,
        TranscriptionDiarized,
        Translation,
        TranslationVerbose,
    ),
    ("openai.files", PROMPT): (oa.FileCreateParams, oa.UploadCreateParams, oa.UploadCompleteParams),
    ("openai.files", RESPONSE): (oa.FileObject, oa.Upload, oa.FileDeleted),
    ("openai.batches", PROMPT): (oa.BatchCreateParams,),
    ("openai.batches", RESPONSE): (oa.Batch,),
    ("openai.vector_stores", PROMPT): (
        oa.VectorStoreCreateParams,
        oa.VectorStoreUpdateParams,
        oa.VectorStoreSearchParams,
        vector_stores.FileCreateParams,
        vector_stores.FileBatchCreateParams,
    ),
    ("openai.vector_stores", RESPONSE): (
        oa.VectorStore,
        oa.VectorStoreSearchResponse,
        vector_stores.VectorStoreFile,
        vector_stores.VectorStoreFileBatch,
        vector_stores.FileContentResponse,
    ),
    ("openai.realtime", PROMPT): (realtime.RealtimeClientEventParam,),
    ("openai.realtime", RESPONSE): (realtime.RealtimeServerEvent,),
    ("openai.responses_ws", PROMPT): (responses.ResponsesClientEventParam,),
    ("openai.responses_ws", RESPONSE): (responses.ResponsesServerEvent,),
    ("mistral.chat", PROMPT): (mi.ChatCompletionRequest, mi.AgentsCompletionRequest, mi.FIMCompletionRequest),
    ("mistral.chat", RESPONSE): (mi.ChatCompletionResponse, mi.FIMCompletionResponse, mi.CompletionChunk),
    ("mistral.conversations", PROMPT): (
        mi.ConversationRequest,
        mi.ConversationAppendRequest,
        mi.ConversationRestartRequest,
    ),
    ("mistral.conversations", RESPONSE): (mi.ConversationResponse,),
    ("mistral.moderations", PROMPT): (mi.ClassificationRequest, mi.ChatModerationRequest),
    ("mistral.moderations", RESPONSE): (mi.ModerationResponse,),
    ("mistral.ocr", PROMPT): (mi.OCRRequest,),
    ("mistral.ocr", RESPONSE): (mi.OCRResponse,),
    ("cohere.chat", PROMPT): (RawV2Client.chat,),
    ("cohere.chat", RESPONSE): (V2ChatResponse,),
    ("cohere.chat_v1", PROMPT): (RawBaseCohere.chat,),
    ("cohere.chat_v1", RESPONSE): (co.NonStreamedChatResponse,),
    ("cohere.embed", PROMPT): (RawV2Client.embed, RawBaseCohere.embed),
    ("cohere.embed", RESPONSE): (co.EmbedByTypeResponse, co.EmbedFloatsResponse),
    ("cohere.rerank", PROMPT): (RawV2Client.rerank, RawBaseCohere.rerank),
    ("cohere.rerank", RESPONSE): (co.RerankResponse,),
    ("ollama.chat", PROMPT): (ol.ChatRequest,),
    ("ollama.chat", RESPONSE): (ol.ChatResponse,),
    ("ollama.generate", PROMPT): (ol.GenerateRequest,),
    ("ollama.generate", RESPONSE): (ol.GenerateResponse,),
    ("ollama.embed", PROMPT): (ol.EmbedRequest, ol.EmbeddingsRequest),
    ("ollama.embed", RESPONSE): (ol.EmbedResponse, ol.EmbeddingsResponse),
    ("huggingface.generation", PROMPT): (TextGenerationInput,),
    ("huggingface.generation", RESPONSE): (TextGenerationOutput, TextGenerationStreamOutput),
}

MODELS = {"model", "voice"}
SPOKEN = {"code", "name", "tool", "max_output_tokens"}
"""Members whose enums are read as text all the same: elsewhere such a member is code, or somebody's name."""

IDENTIFIERS = set(
    """
    agent_id approval_request_id call_id caller_id comparison_response_id container_id continuation_id conversation
    conversation_id document_ids error_file_id event_id file_id file_ids first_id from_entry_id generation_id group_id
    id image_id input_file_id item_id last_id library_ids next_agent_id output_file_id part_ids previous_agent_id
    previous_item_id previous_response_id reference_ids response_id skill_id stream_id system_fingerprint table_id
    tool_call_id tunnel_id vector_store_id vector_store_ids
    """.split()  # noqa: SIM905 - a table of words, readable as it stands
)
"""Members that may hold a provider's identifier: a string of that form is no text there."""

SEALED = {"embedding", "encrypted_content", "signature"}
"""Members that may hold what only the provider can read: a long string of base64 is no text there."""

WORDS = set(
    """
    action background citation_quality completion_window confirmation_status connector_id conversation detail
    done_reason embedding_types endpoint error_type finish_reason format include input_type language mode object
    output_format personality prompt_mode prompt_truncation purpose quality reason reasoning_effort response_type role
    safety_mode service_tier size status think tool_choice truncate type voice
    """.split()  # noqa: SIM905 - likewise
)
"""Members of the type `str` where an enum's word is no text: the providers document the words in prose."""

KEYS = [
    pytest.param(key, root, id=f"{key[0]}-{key[1]}-{number}")
    for key, roots in ROOTS.items()
    for number, root in enumerate(roots)
]


def shape(name: str, direction: Direction) -> Shape:
    return FORMATS[name].request if direction is PROMPT else FORMATS[name].response


def left_out(body: Any, shape: Shape, text: str) -> set[str]:
    """Names of the members of type `str` that are no segments when this text stands there."""
    seen = {segment.path for segment in segments(filled(body, lambda _: text), shape)}
    return {leaf.name for leaf in leaves(body) if isinstance(leaf.mark, Text) and leaf.pointer not in seen}


@pytest.mark.parametrize(("key", "root"), KEYS)
def test_a_canary_in_any_string_is_seen_and_nothing_else(key: tuple[str, Direction], root: Any) -> None:
    for body in bodies(root):
        marks = {leaf.pointer: leaf for leaf in leaves(body)}
        canaries = {at: f"the canary of {at}" for at, leaf in marks.items() if isinstance(leaf.mark, Text)}

        seen = segments(filled(body, lambda leaf: f"the canary of {leaf.pointer}"), shape(*key))

        spoken = {at for at, leaf in marks.items() if isinstance(leaf.mark, Word) and leaf.name in MODELS | SPOKEN}
        texts = {segment.path: segment.text for segment in seen}
        assert len(texts) == len(seen)
        assert texts.keys() - spoken == canaries.keys() | set(names(body))
        assert texts.items() >= canaries.items()


@pytest.mark.parametrize(("key", "root"), KEYS)
def test_only_fields_of_the_list_may_be_left_out(key: tuple[str, Direction], root: Any) -> None:
    for body in bodies(root):
        assert left_out(body, shape(*key), "call_" + "Abc123" * 4) <= IDENTIFIERS
        assert left_out(body, shape(*key), "Abc1" * 22) <= SEALED
        for word in ("user", "text", "auto"):
            assert left_out(body, shape(*key), word) <= WORDS


def test_the_lists_have_nothing_that_no_type_has() -> None:
    found: dict[str, set[str]] = {"call_1": set(), "Abc1" * 22: set(), "auto": set()}
    for key, roots in ROOTS.items():
        for root in roots:
            for body in bodies(root):
                for text, out in found.items():
                    out |= left_out(body, shape(*key), text)

    assert found == {"call_1": IDENTIFIERS, "Abc1" * 22: SEALED - {"embedding"}, "auto": WORDS}


@pytest.mark.parametrize(("key", "root"), KEYS)
def test_every_word_of_an_enum_is_known(key: tuple[str, Direction], root: Any) -> None:
    assert {
        (name, word) for name, word in enums(root) if word and word not in KNOWN and name not in MODELS | SPOKEN
    } == set()
