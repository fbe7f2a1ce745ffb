"""Prompt caches: how much of a request the next one begins with, over an agent's run of 20 turns.

Every user's turn has people's addresses in it, which leave as reversible tokens. The peer is the same run without
aigov.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.agent_run import POLICY, TURNS, ratio
from tests.enforcers.agent_run import run as replay


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / "policy.gov"
        policy.write_text(POLICY)
        engine = Engine.load(compile_program(aigov_dsl.load([policy])).envelope, UNVERIFIED)
    for provider in ("openai", "anthropic"):
        done = replay(engine, provider)
        yield {
            "name": f"prompt cache, {provider}, {TURNS} turns with tokens: shared prefix",
            "value": ratio(done.sent) * 100,
            "unit": "%",
            "peer": "the run without aigov",
            "ratio": ratio(done.sent) / ratio(done.plain),
        }
