"""Strings that carry no text: enum words, and identifiers in the providers' own forms."""

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

ID = re.compile(
    r"(?:call|toolu|srvtoolu|mcptoolu|msg|fc|fco|rs|resp|ctc|mcp|mcpr|ws|fs|ci|ig|file|container|conv|req|msgbatch"
    r"|chatcmpl|cmpl|fp)[_-][A-Za-z0-9_-]{1,80}"
)
"""Identifiers that the providers hand out. They must stay as they are: calls and results are joined by them."""
