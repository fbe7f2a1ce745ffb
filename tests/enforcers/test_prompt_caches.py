"""Prompt caches stay warm: a request begins with the bytes of the one before, as far as it did without aigov."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.agent_run import POLICY, TURNS, ratio, run


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_the_shared_prefix_is_as_long_as_without(compiled: Callable[[str], bytes], provider: str) -> None:
    done = run(Engine.load(compiled(POLICY), UNVERIFIED), provider)

    assert len(done.sent) == TURNS
    assert all(b"@example.com" in body for body in done.plain)
    assert not any(b"@example.com" in body for body in done.sent)
    plain, sent = done.shared()
    assert sent == plain
    assert max(plain) < 8, "only the brackets at the end differ"
    assert ratio(done.sent) == pytest.approx(ratio(done.plain), abs=0.001)
    assert ratio(done.sent) > 0.99


def test_a_prefix_that_is_lost_would_show(compiled: Callable[[str], bytes]) -> None:
    engine = Engine.load(compiled(POLICY), UNVERIFIED)
    one, other = run(engine, "openai"), run(engine, "openai")  # each session has a key of its own

    assert ratio([one.sent[4], other.sent[5]]) < 0.7
