"""A compiled policy, a signed bundle and a recording upstream for the tests of the enforcers."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine
from examples.demo.upstream import Upstream

POLICY = """
package test.egress

default block "No rule admits this request."

/// Shaped like a cloud key; the samples are made up.
detector key { pattern /\\bAKIA[A-Z2-7]{16}\\b/ class secret confidence certain }
detector email { pattern /\\b[a-z0-9.]{1,40}@example\\.com\\b/ class pii confidence certain }
detector codename { words ["bluebird"] class internal }

rule approved { when request.model like any ["gpt-4o*", "claude-*"] and request.sanctioned then allow }
rule no_codenames { when payload contains codename then block "Codenames stay in the house." }
rule no_keys { when payload contains key then redact as label }
rule tokens { when payload contains email then redact as token }
rule to_europe { when user.groups has "eu" then reroute to "europe" }
rule no_keys_back on response { when payload contains key then redact as mask }
rule no_codenames_back on response { when payload contains codename then block "The answer holds a codename." }
"""


@pytest.fixture
def compiled(tmp_path: Path) -> Callable[[str], bytes]:
    """Compile a policy's text into a bundle's envelope."""

    def compile_text(text: str) -> bytes:
        path = tmp_path / "policy.gov"
        path.write_text(text, encoding="utf-8")
        return compile_program(aigov_dsl.load([path])).envelope

    return compile_text


@pytest.fixture
def engine(compiled: Callable[[str], bytes]) -> Engine:
    """An engine of POLICY."""
    return Engine.load(compiled(POLICY), UNVERIFIED)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A recording upstream on loopback."""
    with Upstream() as running:
        yield running


@pytest.fixture
def key() -> str:
    """A string shaped like a cloud key, made here."""
    alphabet = string.ascii_uppercase + "234567"
    digest = hashlib.sha256(b"a key that was never issued").digest()
    return "AKIA" + "".join(alphabet[byte % 32] for byte in digest[:16])
