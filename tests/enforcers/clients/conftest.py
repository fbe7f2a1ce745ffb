"""The model that all clients ask, and the policy that governs them."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator

import pytest

from aigov_enforcers import sdk
from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.clients.contract import Rig
from tests.enforcers.clients.model import Model

POLICY = """
package acme

default allow
detector key { pattern /\\bAKIA[A-Z2-7]{16}\\b/ class secret confidence certain }
detector email { pattern /\\b[a-z0-9.]{1,40}@example\\.com\\b/ class pii confidence certain }
detector codename { words ["bluebird"] class internal }
rule no_codenames { when payload contains codename then block "Codenames stay in the house." }
rule no_keys { when payload contains key then redact as label }
rule tokens { when payload contains email then redact as token }
rule to_europe { when user.groups has "eu" then reroute to "europe" }
rule no_keys_back on response { when payload contains key then redact as mask }
rule no_codenames_back on response { when payload contains codename then block "The answer holds a codename." }
"""


@pytest.fixture(autouse=True, scope="module")
def _swept() -> Iterator[None]:
    """Clients that cannot be closed, and loops that their libraries leave open, complain here and in no other test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@pytest.fixture
def rig(compiled: Callable[[str], bytes], key: str) -> Iterator[Rig]:
    """The model under the policy; what is installed is taken out again."""
    with Model() as model:
        yield Rig(model, Engine.load(compiled(POLICY), UNVERIFIED), key)
        sdk.uninstall()
