"""Installing and uninstalling: nothing is left behind, nothing is half done, and importing is cheap."""

from __future__ import annotations

import asyncio
import json
import logging
import os
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
from aigov_enforcers.governing import reload
from aigov_enforcers.governing.decider import Passage, Request, Response
from aigov_enforcers.governing.governor import Governor
from aigov_enforcers.identity import Identity, IdentityError, User
from aigov_enforcers.wire import Catalogue, Refusal
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
from aigov_enforcers.governing import reload
from aigov_runtime import UNVERIFIED
sdk.install({str(bundle)!r}, {{}}, trust=UNVERIFIED)
print(*sorted({{name.split(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    heavy = {"lark", "typer", "aigov_dsl", "aigov_compiler", "starlette", "uvicorn", "openai", "anthropic"}
    assert not heavy & set(done.stdout.split())


LATE = """
import sys
from aigov_enforcers import sdk
from aigov_enforcers.governing import reload
from aigov_runtime import UNVERIFIED
sdk.install({bundle!r}, {{}}, trust=UNVERIFIED)
assert "{library}" not in sys.modules
import {library}
{patched}
found = [{patched_names}]
assert all(hasattr(each, "__wrapped__") for each in found), found
sdk.uninstall()
found = [{patched_names}]
assert not any(hasattr(each, "__wrapped__") for each in found), found
"""
LATER = {
    "httpx": ("", "httpx.Client._send_single_request, httpx.AsyncClient._send_single_request"),
    "httpx2": ("", "httpx2.Client._send_single_request, httpx2.AsyncClient._send_single_request"),
    "requests": ("import urllib3", "urllib3.HTTPSConnectionPool.urlopen, urllib3.HTTPConnectionPool.urlopen"),
    "aiohttp": ("", "aiohttp.ClientSession._request"),
    "boto3": ("from botocore.endpoint import Endpoint", "Endpoint.make_request, Endpoint._send"),
    "urllib.request": ("", "urllib.request.OpenerDirector._open"),
}


@pytest.mark.parametrize("library", list(LATER))
def test_a_library_that_is_imported_later(library: str, compiled: Callable[[str], bytes], tmp_path: Path) -> None:
    bundle = tmp_path / "open.govb"
    bundle.write_bytes(compiled("default allow\n"))
    patched, names = LATER[library]
    code = LATE.format(bundle=str(bundle), library=library, patched=patched, patched_names=names)
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_version_that_cannot_be_governed_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(sys.meta_path)
    with monkeypatch.context() as patched:
        patched.delattr(httpx.AsyncClient, "_send_single_request")
        with pytest.raises(RuntimeError, match="version of `httpx` cannot be governed"):
            sdk.install(engine, {})
    assert len(sys.meta_path) == before


def test_what_is_sent_meanwhile_is_decided_for_itself(engine: Engine, upstream: Upstream) -> None:
    """Within the sending of one request, another one; and the same one by another library."""
    sdk.install(engine, WHO, hosts={upstream.host: "openai"})
    asked: list[int] = []

    def transport(request: httpx2.Request) -> httpx2.Response:
        with httpx.Client() as client:
            urls = (str(request.url), upstream.url + "/v1/responses")
            asked.extend(client.post(url, json={**BODY, "model": "never admitted"}).status_code for url in urls)
        return httpx2.Response(200, json={})

    with httpx2.Client(transport=httpx2.MockTransport(transport)) as client:
        client.post(upstream.url + "/v1/chat/completions", json=BODY)
    assert asked == [200, 403]


def test_a_task_that_outlives_a_request_is_governed(engine: Engine, upstream: Upstream) -> None:
    sdk.install(engine, WHO, hosts={upstream.host: "openai"})
    url = upstream.url + "/v1/chat/completions"

    async def later(sent: asyncio.Event) -> int:
        await sent.wait()
        async with httpx2.AsyncClient() as client:
            return (await client.post(url, json={**BODY, "model": "never admitted"})).status_code

    async def main() -> int:
        sent, tasks = asyncio.Event(), []

        async def transport(request: httpx2.Request) -> httpx2.Response:
            tasks.append(asyncio.ensure_future(later(sent)))
            return httpx2.Response(200, json={})

        async with httpx2.AsyncClient(transport=httpx2.MockTransport(transport)) as client:
            await client.post(url, json=BODY)
        sent.set()
        return int(await tasks[0])

    assert asyncio.run(main()) == 403


class TestBundleFile:
    @pytest.fixture
    def bundle(self, compiled: Callable[[str], bytes], tmp_path: Path) -> Path:
        path = tmp_path / "policy.govb"
        path.write_bytes(compiled("default allow\n"))
        return path

    def look(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the next request look at the file, and wait for what it starts."""
        monkeypatch.setattr(reload, "INTERVAL", 0)
        governor: Any = sdk._hook.decider  # type: ignore[union-attr]
        governor._before.__self__._next = 0
        thread = governor._before()
        if thread is not None:
            thread.join()

    def test_a_new_one_is_put_in_force(
        self, bundle: Path, compiled: Callable[[str], bytes], upstream: Upstream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sdk.install(bundle, {}, trust=UNVERIFIED)
        assert post(upstream.url) == 200
        self.look(monkeypatch)
        assert post(upstream.url) == 200
        new = bundle.with_suffix(".new")
        new.write_bytes(compiled('default block "closed"\n'))
        new.replace(bundle)
        self.look(monkeypatch)
        assert post(upstream.url) == 403

    def test_a_bad_one_is_reported_once_and_the_old_one_stays(
        self, bundle: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        sdk.install(bundle, {}, trust=UNVERIFIED)
        bundle.write_bytes(b"not a bundle")
        for _ in range(3):
            self.look(monkeypatch)
            assert post(upstream.url) == 200
        bundle.unlink()
        self.look(monkeypatch)
        assert post(upstream.url) == 200
        assert [record.getMessage().count("is refused") for record in caplog.records] == [1]

    def test_it_is_looked_at_once_a_second(self, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        looks: list[int] = []
        file = reload.BundleFile(Engine.load(bundle, UNVERIFIED), bundle, logging.getLogger("aigov.sdk"))
        monkeypatch.setattr(file, "_state", lambda: looks.append(1))
        for now in (0.1, 0.5, 0.9, 1.1, 1.2, 2.0, 2.2):
            monkeypatch.setattr(reload.time, "monotonic", lambda now=now: file_start + now)
            if now == 0.1:
                file._next = file_start + 1
            file.check()
        assert len(looks) == 2


file_start = 1000.0


def test_a_forked_child_reviews_and_reloads_for_itself(compiled: Callable[[str], bytes], upstream: Upstream) -> None:
    sdk.install(Engine.load(compiled("default allow\n"), UNVERIFIED), {})
    with sdk._lock:  # as another thread would hold it
        pid = os.fork()
        if pid == 0:
            sdk.uninstall()
            os._exit(post(upstream.url) % 199)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1


def test_an_exchange_keeps_the_policy_that_it_began_with(compiled: Callable[[str], bytes]) -> None:
    engine = Engine.load(compiled("default allow\n"), UNVERIFIED)
    governor = Governor(engine, Identity(), Catalogue(), {})
    operation = governor.recognise("POST", "api.openai.com", None, "/v1/chat/completions")
    assert operation is not None
    url = "https://api.openai.com/v1/chat/completions"
    asked = Request("POST", url, (("content-type", "application/json"),), json.dumps(BODY).encode())
    passage = governor.request(operation, asked)
    assert isinstance(passage, Passage)
    engine.replace(compiled('default block "closed"\n'))
    answer = Response(200, (("content-type", "application/json"),), b'{"choices": []}')
    assert governor.response(passage, answer) is answer
    assert isinstance(governor.request(operation, asked), Refusal)
