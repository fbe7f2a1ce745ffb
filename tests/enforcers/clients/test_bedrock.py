"""`boto3`'s bedrock-runtime: the request is changed before it is signed, and a typed exception says a block."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.exceptions
import pytest

from tests.enforcers.clients.contract import Client, Rig, cases

MODEL = "anthropic.claude-x-v1:0"


SESSION = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")


@contextmanager
def runtime(url: str) -> Iterator[Any]:
    client = SESSION.client("bedrock-runtime", endpoint_url=url)
    try:
        yield client
    finally:
        client.close()


def said(prompt: str) -> Any:
    return [{"role": "user", "content": [{"text": prompt}]}]


def invocation(prompt: str) -> str:
    messages = [{"role": "user", "content": prompt}]
    return json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": messages})


def converse(url: str, prompt: str) -> Any:
    with runtime(url) as client:
        answer = client.converse(modelId=MODEL, messages=said(prompt))
        return answer["output"]["message"]["content"][0]["text"]


def converse_stream(url: str, prompt: str) -> Any:
    with runtime(url) as client:
        events = client.converse_stream(modelId=MODEL, messages=said(prompt))["stream"]
        deltas = (event["contentBlockDelta"] for event in events if "contentBlockDelta" in event)
        return "".join(delta["delta"]["text"] for delta in deltas)


def converse_tool(url: str, prompt: str) -> Any:
    with runtime(url) as client:
        answer = client.converse(modelId=MODEL, messages=said(prompt))
        return answer["output"]["message"]["content"][0]["toolUse"]["input"]["to"]


def invoke(url: str, prompt: str) -> Any:
    with runtime(url) as client:
        answer = client.invoke_model(modelId=MODEL, body=invocation(prompt))
        return json.loads(answer["body"].read())["content"][0]["text"]


def invoke_stream(url: str, prompt: str) -> Any:
    with runtime(url) as client:
        events = client.invoke_model_with_response_stream(modelId=MODEL, body=invocation(prompt))["body"]
        parts = [json.loads(event["chunk"]["bytes"]) for event in events]
        return "".join(part["delta"]["text"] for part in parts if part["type"] == "content_block_delta")


REFUSED, BROKEN = botocore.exceptions.ClientError, botocore.exceptions.EventStreamError
CLIENTS = [
    Client("boto3 converse", "bedrock", converse, REFUSED, converse_stream, converse_tool, BROKEN),
    Client("boto3 invoke_model", "bedrock", invoke, REFUSED, invoke_stream, None, BROKEN),
]


@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)


def test_what_is_signed_is_what_is_sent(rig: Rig) -> None:
    rig.install(CLIENTS[0])
    with runtime(rig.model.url) as client, pytest.MonkeyPatch.context() as patched:
        signed: list[str] = []
        sign = botocore.auth.SigV4Auth.payload
        patched.setattr(
            botocore.auth.SigV4Auth, "payload", lambda self, request: signed.append(sign(self, request)) or signed[-1]
        )
        client.converse(modelId=MODEL, messages=said(f"with {rig.key}"))
    (received,) = rig.model.received
    assert rig.key.encode() not in received.body
    assert received.headers["authorization"].startswith("AWS4-HMAC-SHA256")
    assert signed == [hashlib.sha256(received.body).hexdigest()]


def test_a_block_is_a_typed_exception(rig: Rig) -> None:
    rig.install(CLIENTS[0])
    with runtime(rig.model.url) as client, pytest.raises(client.exceptions.AccessDeniedException) as refused:
        client.converse(modelId=MODEL, messages=said("bluebird"))
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
