"""Installing and uninstalling: nothing is left behind, nothing is half done, and importing is cheap."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest

import aigov_dsl
from aigov_compiler import compile_program, keys
from aigov_enforcers import sdk
from aigov_enforcers.identity import Identity, IdentityError, User
from aigov_runtime import UNVERIFIED, Engine, Trust
from aigov_runtime.errors import InputError, NoTrustError, SignatureError
from examples.demo.upstream import Upstream

CLIENTS = [httpx.Client, httpx.AsyncClient, httpx2.Client, httpx2.AsyncClient]
WHO: dict[str, object] = {"user": {"groups": []}}
BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture(autouse=True)
def restored() -> Any:
    before = [client._send_single_request for client in CLIENTS]
    yield
    sdk.uninstall()
    assert [client._send_single_request for client in CLIENTS] == before


def post(url: str) -> int:
    with httpx2.Client() as client:
        return client.post(url + "/v1/chat/completions", json=BODY).status_code


def test_uninstall_restores_everything(engine: Engine) -> None:
    before = [client._send_single_request for client in CLIENTS]
    sdk.install(engine, {})
    assert all(client._send_single_request is not original for client, original in zip(CLIENTS, before, strict=True))
    sdk.uninstall()
    assert [client._send_single_request for client in CLIENTS] == before
    sdk.uninstall()


def test_a_second_install_replaces_the_first(engine: Engine, upstream: Upstream) -> None:
    sdk.install(engine, {})
    patched = [client._send_single_request for client in CLIENTS]
    assert post(upstream.url) == 403

    sdk.install(engine, WHO, hosts={upstream.host: "openai"})

    assert [client._send_single_request for client in CLIENTS] == patched
    assert post(upstream.url) == 200
    assert len(upstream.received) == 1


def test_a_failed_install_changes_nothing(engine: Engine, upstream: Upstream) -> None:
    sdk.install(engine, WHO, hosts={upstream.host: "openai"})
    with pytest.raises(IdentityError, match=r"user\.nmae"):
        sdk.install(engine, {"user": {"nmae": "x"}})
    with pytest.raises(ValueError, match="unknown provider `opnai`"):
        sdk.install(engine, {}, hosts={"x": "opnai"})
    with pytest.raises(ValueError, match="expected a URL"):
        sdk.install(engine, {}, routes={"europe": "eu.example"})
    assert post(upstream.url) == 200


def test_who_patched_over_it_is_left_alone(engine: Engine, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    original = httpx2.Client._send_single_request
    sdk.install(engine, {})
    under = httpx2.Client._send_single_request
    calls = []

    def over(client: Any, request: Any, **options: Any) -> Any:
        calls.append(request.url.path)
        return under(client, request, **options)

    httpx2.Client._send_single_request = over  # type: ignore[method-assign]
    try:
        sdk.uninstall()
        assert post(upstream.url) == 200
        assert calls == ["/v1/chat/completions"]
    finally:
        httpx2.Client._send_single_request = original  # type: ignore[method-assign]


def test_a_signed_bundle_and_its_trust(compiled: Callable[[str], bytes], tmp_path: Path, upstream: Upstream) -> None:
    private, public = keys.generate()
    (tmp_path / "key.pub").write_bytes(public)
    policy = tmp_path / "open.gov"
    policy.write_text("default allow\n")
    program = aigov_dsl.load([policy])
    bundle = tmp_path / "open.govb"
    signing = tmp_path / "key.pem"
    signing.write_bytes(private)
    bundle.write_bytes(compile_program(program, key=keys.load_private(signing)).envelope)

    sdk.install(bundle, {}, trust=Trust.from_path(tmp_path / "key.pub"))
    assert post(upstream.url) == 200
    sdk.uninstall()

    with pytest.raises(SignatureError):
        sdk.install(compile_program(program).envelope, {}, trust=Trust.from_path(tmp_path / "key.pub"))


def test_without_a_trusted_key_it_says_what_to_do(
    compiled: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AIGOV_TRUST", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(NoTrustError, match="AIGOV_TRUST"):
        sdk.install(compiled("default allow\n"), {})


def test_identities(compiled: Callable[[str], bytes], upstream: Upstream) -> None:
    policy = """
    default block "no"
    attribute user.region: optional string from claim "region"
    rule ann { when user.id == "ann" and user.region is known and user.region == "eu" then allow }
    """
    engine = Engine.load(compiled(policy), UNVERIFIED)

    for identity, status in (
        ({"user": {"id": "ann", "region": "eu"}}, 200),
        (Identity(user=User(id="ann"), declared={"user.region": "eu"}), 200),
        ({"user": {"id": "ann"}}, 403),
        ({}, 403),
    ):
        sdk.install(engine, identity)  # type: ignore[arg-type]
        assert post(upstream.url) == status
    with pytest.raises(InputError, match=r"user\.region"):
        sdk.install(engine, {"user": {"region": 3}})


def test_requests_are_counted(compiled: Callable[[str], bytes], upstream: Upstream) -> None:
    policy = 'default allow\nrule few { when session.requests > 2 then block "enough" }\n'
    sdk.install(Engine.load(compiled(policy), UNVERIFIED), {})

    assert [post(upstream.url) for _ in range(4)] == [200, 200, 403, 403]


def test_many_threads(engine: Engine, upstream: Upstream) -> None:
    sdk.install(engine, WHO, hosts={upstream.host: "openai"})
    seen: list[int] = []

    def work() -> None:
        for _ in range(5):
            seen.append(post(upstream.url))
            sdk.install(engine, WHO, hosts={upstream.host: "openai"})

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [200] * 30


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_transport_that_hands_out_whole_responses(library: Any, engine: Engine, key: str) -> None:
    sdk.install(engine, WHO, hosts={"llm.example": "openai"})
    answer = {"choices": [{"message": {"role": "assistant", "content": f"Use {key}."}}]}
    transport = library.MockTransport(lambda _: library.Response(200, json=answer))

    with library.Client(transport=transport) as client:
        response = client.post("https://llm.example/v1/chat/completions", json=BODY)

    assert response.json()["choices"][0]["message"]["content"] == f"Use {'*' * 16}{key[-4:]}."


def test_a_hot_swap_takes_effect(compiled: Callable[[str], bytes], upstream: Upstream) -> None:
    engine = Engine.load(compiled("default allow\n"), UNVERIFIED)
    sdk.install(engine, {})
    assert post(upstream.url) == 200
    engine.replace(compiled('default block "closed"\n'))
    assert post(upstream.url) == 403


def test_importing_the_hook_is_cheap() -> None:
    code = """
import json, sys, time
before = set(sys.modules)
start = time.perf_counter()
import aigov_enforcers.sdk
print(json.dumps([time.perf_counter() - start, sorted({name.split(".")[0] for name in set(sys.modules) - before})]))
"""
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)
        for _ in range(3)
    ]

    assert min(seconds for seconds, _ in runs) <= 0.150
    heavy = {"lark", "typer", "rich", "pydantic", "httpx", "httpx2", "asyncio", "http", "aigov_dsl", "aigov_compiler"}
    assert not heavy & set(runs[0][1])


def test_installing_pulls_neither_the_language_nor_a_web_stack(
    compiled: Callable[[str], bytes], tmp_path: Path
) -> None:
    bundle = tmp_path / "open.govb"
    bundle.write_bytes(compiled("default allow\n"))
    code = f"""
import sys
from aigov_enforcers import sdk
from aigov_runtime import UNVERIFIED
sdk.install({str(bundle)!r}, {{}}, trust=UNVERIFIED)
print(*sorted({{name.split(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    heavy = {"lark", "typer", "aigov_dsl", "aigov_compiler", "starlette", "uvicorn", "openai", "anthropic"}
    assert not heavy & set(done.stdout.split())
