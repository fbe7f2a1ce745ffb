"""The corpus through the SDK hook: official clients, a recording upstream, nothing in between but the hook.

What the hook shows of a decision is what happens: a refusal in the client's own class and nothing sent, or the
expected body sent on (to another base when rerouted), or the expected body handed back.

Left out are cases that only an engine can be asked for (`incomplete`, `key`). A response needs a request first: where
the policy does not admit even an empty one, that is what is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from aigov_enforcers import sdk
from aigov_enforcers.wire import evaluate
from aigov_runtime import Engine
from aigov_runtime.trust import UNVERIFIED
from examples.demo.upstream import Reply, Upstream
from tests.conformance.clients import MINIMAL, REFUSALS, format_of, message, post, send
from tests.conformance.corpus import Case, load
from tests.conformance.engines import ReferenceEngine, compiled


@pytest.fixture(scope="module")
def provider() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running


@pytest.fixture
def base(case: Case, provider: Upstream) -> Iterator[str]:
    """The upstream's address, with the case's policy in force."""
    provider.received.clear()
    provider.reply = lambda _: Reply(b"{}")
    target = case.expected["target"]
    sdk.install(
        Engine.load(compiled(case.files).envelope, UNVERIFIED, monitor=case.monitor),
        case.text["given"]["identity"],
        hosts={provider.host: case.text["given"]["request"]["provider"]},
        routes={target: f"{provider.url}/{target}/v1"} if target else {},
    )
    yield provider.url
    sdk.uninstall()


def _admitted(case: Case) -> bool:
    """The policy lets an empty request through, unchanged, so that there is a response."""
    given = {**case.text["given"], "direction": "prompt", "body": MINIMAL[format_of(case)]}
    return evaluate(ReferenceEngine(case), given).decision.outcome == "allow"  # type: ignore[arg-type]


ASKABLE = [case for case in load() if not case.incomplete and case.key is None]
REQUESTS = [case for case in ASKABLE if case.text["given"]["direction"] == "prompt"]
RESPONSES = [case for case in ASKABLE if case.text["given"]["direction"] == "response"]


@pytest.mark.parametrize("case", [case for case in REQUESTS if "raw" not in case.text], ids=str)
def test_request(case: Case, base: str, provider: Upstream) -> None:
    if case.expected["outcome"] == "block":
        with pytest.raises(REFUSALS) as refusal:
            send(format_of(case), case.body, base)
        assert case.expected["message"] in message(refusal.value)
        assert provider.received == []
    else:
        send(format_of(case), case.body, base)
        (received,) = provider.received
        assert json.loads(received.body) == case.expected["body"]
        assert received.path.startswith(f"/{case.expected['target'] or 'v1'}/")


@pytest.mark.parametrize("case", [case for case in REQUESTS if "raw" in case.text], ids=str)
def test_unreadable_request(case: Case, base: str, provider: Upstream) -> None:
    response = post(case.body, base)
    if case.expected["outcome"] == "block":
        assert response.status_code == 403
        assert case.expected["message"] in response.json()["error"]["message"]
        assert provider.received == []
    else:
        assert response.status_code == 200
        assert [received.body for received in provider.received] == [case.body.encode()]


@pytest.mark.parametrize("case", RESPONSES, ids=str)
def test_response(case: Case, base: str, provider: Upstream) -> None:
    provider.reply = lambda _: Reply(json.dumps(case.body).encode())
    form = format_of(case)
    if not _admitted(case):
        with pytest.raises(REFUSALS):
            send(form, MINIMAL[form], base)
        assert provider.received == []
    elif case.expected["outcome"] == "block":
        with pytest.raises(REFUSALS) as refusal:
            send(form, MINIMAL[form], base)
        assert case.expected["message"] in message(refusal.value)
    else:
        assert json.loads(send(form, MINIMAL[form], base)) == case.expected["body"]
