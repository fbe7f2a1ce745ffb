"""An ordinary script with the official client. It knows nothing of aigov."""

import sys

from openai import OpenAI, PermissionDeniedError

client = OpenAI()
try:
    answer = client.chat.completions.create(
        model="gpt-4o",
        messages=[
            {"role": "system", "content": "You are a release assistant."},
            {"role": "user", "content": sys.argv[1]},
        ],
    )
    print(answer.choices[0].message.content)
except PermissionDeniedError as error:
    print(f"openai.PermissionDeniedError: {error.message}")
