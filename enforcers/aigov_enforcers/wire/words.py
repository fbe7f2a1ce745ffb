"""Strings that carry no text: enum words, documented names, and identifiers in the providers' own forms."""

from __future__ import annotations

import re

WORDS = frozenset(
    """
    system developer user assistant tool function
    string number integer boolean object array null
    auto none required any low medium high minimal xhigh default flex priority enabled disabled adaptive
    concise detailed
    stop length tool_calls content_filter function_call end_turn max_tokens stop_sequence tool_use pause_turn refusal
    completed incomplete in_progress failed queued cancelled max_output_tokens
    message list chat.completion text_completion response text json_object json_schema custom ephemeral 5m 1h
    base64 url file content mp3 wav grammar regex lark float
    image image_url image_file document search_result thinking redacted_thinking input_text output_text input_image
    input_file input_audio summary_text reasoning_text
    image/png image/jpeg image/gif image/webp application/pdf text/plain
    """.split()  # noqa: SIM905 - a table of words, readable as it stands
)
"""Values of enum fields. Anywhere else they are text, and any other value of an enum field is text too."""

NAMES = frozenset(
    """
    action actions allowed_tools annotations api_key approximate arguments audio background body cache_control
    call_id caller category choices citations cited_text city code command commands completion completion_tokens
    completion_tokens_details container content context context_management conversation country created created_at
    custom custom_id data description detail diff display document document_index effort enabled encoding
    encoding_format encrypted_content end_char_index end_index end_turn env environment error event expires_at file
    file_data file_id file_ids file_url filename filters finish_reason format frequency_penalty function
    function_call functions generate_summary grammar headers id image image_url include include_usage
    incomplete_details index input input_audio input_schema input_tokens input_tokens_details instructions items
    json_schema key keywords language logit_bias logprobs logs max_completion_tokens max_output_tokens max_tokens
    max_tool_calls max_uses mcp_servers media_type message messages metadata method modalities model moderation n name
    object operation order output output_tokens output_tokens_details parallel_tool_calls parameters params partial
    path prediction presence_penalty previous_response_id probability prompt prompt_cache_key prompt_cache_retention
    prompt_tokens prompt_tokens_details properties query quality queries reason reasoning reasoning_content
    reasoning_effort refusal region require_approval required response response_format result results role
    safety_identifier schema search_context_size seed server_label server_tool_use server_url service_tier signature
    size source start_char_index start_index status stop stop_details stop_reason stop_sequence stop_sequences store
    stream stream_options strict suffix summary syntax system system_fingerprint temperature text thinking timeout
    timezone title token tokens tool_call_id tool_calls tool_choice tool_use_id tools top_k top_logprobs top_p
    total_tokens transcript truncation ttl type url url_citation usage user user_id user_location variables verbosity
    version voice web_search_options width height
    """.split()  # noqa: SIM905 - likewise
)
"""Names of members that the providers document. Any other name of a member is text."""

ID = re.compile(
    r"(?:call|toolu|srvtoolu|mcptoolu|msg|fc|fco|rs|resp|ctc|mcp|mcpr|ws|fs|ci|ig|file|container|conv|req|msgbatch"
    r"|chatcmpl|cmpl|fp)[_-][A-Za-z0-9_-]{1,80}"
)
"""Identifiers that the providers hand out. They must stay as they are: calls and results are joined by them."""

SEALED = re.compile(r"[A-Za-z0-9+/_-]{64,}={0,2}")
"""Signed or encrypted values: base64 of 48 bytes and more. What is shorter could be anything."""
