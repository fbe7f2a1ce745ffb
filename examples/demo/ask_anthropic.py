"""An ordinary script with the official client. It knows nothing of aigov."""

import sys

from anthropic import Anthropic, PermissionDeniedError
from anthropic.types import TextBlock

client = Anthropic()
try:
    answer = client.messages.create(
        model="claude-sonnet-5", max_tokens=200, messages=[{"role": "user", "content": sys.argv[1]}]
    )
    print("".join(block.text for block in answer.content if isinstance(block, TextBlock)))
except PermissionDeniedError as error:
    print(f"anthropic.PermissionDeniedError: {error.message}")
