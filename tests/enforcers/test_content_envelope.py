"""Headers and the query are read, decided and edited like the body."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aigov_enforcers.wire import Catalogue, Governed, Message, govern
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome

BODY = b'{"messages":[{"role":"user","content":"hello"}]}'
CANARY = "canary2718"
POLICY = """
default allow
detector canary { pattern /canary[0-9]{4}/ class test }
rule gone on any { when payload contains canary then redact as label }
"""


@pytest.fixture
def decide(compiled: Callable[[str], bytes]) -> Callable[..., Governed]:
    session = Engine.load(compiled(POLICY), UNVERIFIED).session({})
    operation = Catalogue().recognise("POST", "api.openai.com", None, "/v1/chat/completions")
    assert operation is not None

    def decided(*headers: tuple[str, str], query: str = "", direction: Direction = Direction.PROMPT) -> Governed:
        return govern(session, operation, direction, Message(headers, BODY, query))

    return decided


def paths(governed: Governed) -> list[str]:
    return [each.path for each in governed.interaction.segments if not each.path.startswith("/")]


def test_a_header_is_edited_and_the_others_stay(decide: Callable[..., Governed]) -> None:
    headers = (("x-note", "a"), ("x-note", f"see {CANARY}"), ("content-length", "48"))

    governed = decide(*headers)

    assert paths(governed) == ["header/x-note#", "header/x-note", "header/x-note/1#", "header/x-note/1"]
    assert governed.message == Message((headers[0], ("x-note", "see [policy.canary]"), headers[2]), BODY)
    assert governed.message.body is BODY


def test_the_query_is_decoded_edited_and_encoded(decide: Callable[..., Governed]) -> None:
    governed = decide(query=f"alt=sse&a%2Fb=%63{CANARY[1:]}+%26&key={CANARY}&flag")

    assert paths(governed) == ["query/a~1b#", "query/a~1b", "query/flag#"]
    assert governed.message is not None
    assert governed.message.query == f"alt=sse&a%2Fb=%5Bpolicy.canary%5D+%26&key={CANARY}&flag"


@pytest.mark.parametrize("where", [{"headers": ((CANARY, "x"),)}, {"query": f"x=1&{CANARY}=2"}])
def test_a_name_cannot_be_edited_so_it_is_blocked(decide: Callable[..., Governed], where: dict[str, object]) -> None:
    governed = decide(*where.pop("headers", ()), **where)  # type: ignore[misc]

    assert governed.message is None
    assert governed.decision.outcome is Outcome.BLOCK
    assert governed.interaction.unparsed.endswith("cannot be edited")


@pytest.mark.parametrize("name", ["authorization", "x-api-key", "cookie"])
def test_credentials_of_the_provider_are_not_read(decide: Callable[..., Governed], name: str) -> None:
    governed = decide((name, CANARY))

    assert governed.decision.outcome is Outcome.ALLOW


def test_what_the_official_clients_say_of_themselves_is_not_read(decide: Callable[..., Governed]) -> None:
    assert not paths(decide(("user-agent", "OpenAI/Python 3.54.0"), ("x-stainless-os", "Linux"), ("host", "a.example")))
    assert paths(decide(("user-agent", f"OpenAI/Python {CANARY}"))) == ["header/user-agent#", "header/user-agent"]


def test_a_server_speaks_of_itself_but_not_in_a_request(decide: Callable[..., Governed]) -> None:
    assert not paths(decide(("x-request-id", CANARY), direction=Direction.RESPONSE))
    assert decide(("x-request-id", CANARY)).decision.outcome is Outcome.REDACT
    assert decide(("x-answer", CANARY), direction=Direction.RESPONSE).decision.outcome is Outcome.REDACT
