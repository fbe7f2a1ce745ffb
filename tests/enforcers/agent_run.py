"""An agent's run of many turns with people's data in it, as its client sends it and as it leaves: what a provider's
prompt cache sees."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from aigov_enforcers.wire import Catalogue, Message, Operation, govern
from aigov_runtime import Engine
from aigov_runtime.model import Direction

TURNS = 20
POLICY = r"""
default allow
detector email { pattern /[a-z.]{1,20}[0-9]{1,3}@example\.com/ class pii }
rule mails { when payload contains email then redact as token }
"""
_PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}
_HOSTS = {"openai": "api.openai.com", "anthropic": "api.anthropic.com"}
_SYSTEM = "You look after people's accounts. " * 40 + 'Use "find" – it knows everybody, ann.lee1@example.com too.'
_SCHEMA = {"type": "object", "properties": {"mail": {"type": "string"}}}


class Run(NamedTuple):
    """The bodies of a run's requests, in order."""

    plain: list[bytes]
    sent: list[bytes]

    def shared(self) -> tuple[list[int], list[int]]:
        """Bytes at the end of each body but the last that the next one does not share: plain, and sent."""
        return _lost(self.plain), _lost(self.sent)


def ratio(bodies: list[bytes]) -> float:
    """How much of the bodies, but the last, the next one begins with."""
    size = sum(map(len, bodies[:-1]))
    return (size - sum(_lost(bodies))) / size


def _lost(bodies: list[bytes]) -> list[int]:
    return [len(one) - _common(one, other) for one, other in itertools.pairwise(bodies)]


def _common(one: bytes, other: bytes) -> int:
    size = min(len(one), len(other))
    return next((at for at in range(size) if one[at] != other[at]), size)


def run(engine: Engine, provider: str) -> Run:
    """A run: each turn the user says something with an address, the model calls a tool with it and gets a result."""
    session = engine.session({})
    operation = Catalogue().recognise("POST", _HOSTS[provider], None, _PATHS[provider])
    assert operation is not None
    history: list[dict[str, Any]] = []
    done = Run([], [])
    for turn in range(TURNS):
        history += _asked(provider, f"ann.lee{turn}@example.com", turn)
        plain = _dumped(_body(provider, history))
        message = govern(session, operation, Direction.PROMPT, Message((), plain)).message
        assert message is not None
        done.plain.append(plain)
        done.sent.append(message.body)
        history += _answered(session, operation, provider, json.loads(message.body), turn)
    return done


def _dumped(body: Mapping[str, Any]) -> bytes:
    """As the official clients write it."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def _body(provider: str, history: list[dict[str, Any]]) -> dict[str, Any]:
    if provider == "openai":
        tool = {"type": "function", "function": {"name": "find", "parameters": _SCHEMA}}
        return {"model": "gpt-4o", "tools": [tool], "messages": [{"role": "system", "content": _SYSTEM}, *history]}
    tools = [{"name": "find", "input_schema": _SCHEMA, "cache_control": {"type": "ephemeral"}}]
    return {"model": "claude", "max_tokens": 9, "system": _SYSTEM, "tools": tools, "messages": history}


def _asked(provider: str, mail: str, turn: int) -> list[dict[str, Any]]:
    """The result of the call before, and what the user says next."""
    said = f"Turn {turn}: é, what of {mail}, and of ann.lee0@example.com?"
    if turn == 0:
        return [{"role": "user", "content": said}]
    found = json.dumps({"found": [{"mail": f"ann.lee{turn - 1}@example.com", "since": 1999.50}]})
    if provider == "openai":
        return [
            {"role": "tool", "tool_call_id": f"call_{turn - 1}", "content": found},
            {"role": "user", "content": said},
        ]
    result = {"type": "tool_result", "tool_use_id": f"toolu_{turn - 1}", "content": found}
    return [{"role": "user", "content": [result, {"type": "text", "text": said}]}]


def _answered(
    session: Any, operation: Operation, provider: str, seen: Mapping[str, Any], turn: int
) -> list[dict[str, Any]]:
    """What the client has of the model's answer, which speaks of what the model saw."""
    last = json.dumps(seen["messages"][-1])
    token = next(word for word in last.replace('"', " ").replace(",", " ").split() if word.startswith("EMAIL_"))
    if provider == "openai":
        call = {
            "id": f"call_{turn}",
            "type": "function",
            "function": {"name": "find", "arguments": json.dumps({"mail": token})},
        }
        body: dict[str, Any] = {
            "choices": [{"message": {"role": "assistant", "content": f"I look for {token}.", "tool_calls": [call]}}]
        }
    else:
        use = {"type": "tool_use", "id": f"toolu_{turn}", "name": "find", "input": {"mail": token}}
        body = {"role": "assistant", "content": [{"type": "text", "text": f"I look for {token}."}, use]}
    message = govern(session, operation, Direction.RESPONSE, Message((), _dumped(body))).message
    assert message is not None
    given = json.loads(message.body)
    assert "EMAIL_" not in message.body.decode()
    return [given["choices"][0]["message"]] if provider == "openai" else [given]
