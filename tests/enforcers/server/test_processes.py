"""The server as its operator sees it: processes, signals, bundles, certificates, and what is on record."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigov_enforcers.transport import enrolment
from examples.demo.upstream import Upstream
from tests.enforcers.server.process import Server, wait
from tests.enforcers.server.realm import POLICY, Realm

BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}
BLOCK = POLICY + 'rule stay { when payload contains codename then block "Stay." }\n'


@pytest.fixture
def realm(tmp_path: Path, upstream: Upstream) -> Realm:
    made = Realm(tmp_path)
    made.change(lambda text: text.replace("http://127.0.0.1:1", upstream.url))
    return made


@pytest.fixture
def server(realm: Realm) -> Iterator[Server]:
    with Server(realm.config) as running:
        yield running


def ask(server: Server, context: ssl.SSLContext, text: str = "hello") -> tuple[int, str]:
    """Status, and the id of the decision."""
    with server.connection(context) as connection:
        return ask_on(connection, text)


def ask_on(connection: http.client.HTTPSConnection, text: str = "hello") -> tuple[int, str]:
    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": text}]})
    connection.request("POST", "/openai/v1/chat/completions", body, {"Authorization": "Bearer mine"})
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers.get("x-gov-event-id", "")


def test_a_device_is_answered_with_the_real_key(realm: Realm, server: Server, upstream: Upstream) -> None:
    realm.enrol("ann")
    status, _ = ask(server, realm.client("ann"))

    assert status == 200
    assert [each.headers["authorization"] for each in upstream.received] == ["Bearer the-real-key"]
    wait(lambda: server.metric('aigov_decisions_total{direction="response",outcome="allow"}') == 1)
    assert server.metric("aigov_recorded_total") == 2

    database = sqlite3.connect(realm.directory / "data" / "events.db")
    rows = database.execute(
        "SELECT event, direction, outcome, identity, request, revision, digest FROM events"
    ).fetchall()
    database.close()
    assert len(rows) == 2
    assert rows[0][1:3] == ("prompt", "allow")
    assert json.loads(rows[0][3])["place"] == {"kind": "laptop", "name": "ann"}
    assert json.loads(rows[0][4])["request.model"] == "gpt-4o"
    assert rows[0][5] == "r1"
    assert len(rows[0][6]) == 64


def test_nobody_without_a_certificate_is_answered(realm: Realm, server: Server, upstream: Upstream) -> None:
    with pytest.raises(OSError, match=r"(?i)certificate required|reset|EOF|closed"):
        ask(server, realm.client(None))
    assert not upstream.received


def test_a_device_that_is_revoked_is_cut_on_an_open_connection(
    realm: Realm, server: Server, upstream: Upstream
) -> None:
    enrolled = realm.enrol("ann")
    with server.connection(realm.client("ann")) as connection:
        assert ask_on(connection)[0] == 200
        enrolment.revoke(realm.registry, enrolled.device, now=realm.now)

        def cut() -> bool:
            try:
                return ask_on(connection)[0] == 403
            except (OSError, http.client.HTTPException):
                return True

        assert wait(cut) < 3  # a second, and room for a machine that is busy


def test_a_worker_that_dies_is_started_again(realm: Realm, upstream: Upstream) -> None:
    realm.enrol("ann")
    realm.change(lambda text: text.replace("[certificates]", "workers = 2\n\n[certificates]", 1))
    with Server(realm.config) as server:
        wait(lambda: len(server.workers) == 3)
        first = server.workers
        os.kill(first[-1], signal.SIGKILL)
        server.logged(lambda line: "ended (-9) and starts again" in line["message"])
        wait(lambda: len(server.workers) == 3 and server.workers != first)
        assert set(first[:-1]) < set(server.workers)
        for _ in range(8):
            wait(lambda: ask(server, realm.client("ann"))[0] == 200)


def test_a_new_bundle_is_put_in_force_and_a_bad_one_is_not(realm: Realm, server: Server) -> None:
    realm.enrol("ann")
    client = realm.client("ann")
    with server.connection(client) as connection:
        assert ask_on(connection, "about bluebird")[0] == 200
        realm.policy(BLOCK, "r2", 1)
        wait(lambda: b'revision="r2"' in server.get("/metrics")[1])
        wait(lambda: ask_on(connection, "about bluebird")[0] == 403)
        realm.policy(POLICY, "r0", 0)
        server.logged(lambda line: "is refused, revision r2 stays" in line["message"])
        assert ask_on(connection, "about bluebird")[0] == 403
    wait(lambda: server.metric('aigov_policy_refused{process="worker 1"}') == 1)
    assert b"counter is 0" in server.get("/")[1]


def test_what_is_under_way_ends_before_the_server_does(realm: Realm, server: Server, upstream: Upstream) -> None:
    realm.enrol("ann")
    held, go = threading.Event(), threading.Event()

    def text(_: object) -> str:
        held.set()
        assert go.wait(10)
        return "at last"

    upstream.text = text
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(ask(server, realm.client("ann"))[0]))
    thread.start()
    assert held.wait(10)
    server.signal(signal.SIGTERM)
    time.sleep(0.3)
    with pytest.raises(OSError, match="refused"):
        ask(server, realm.client("ann"))
    assert server.process.poll() is None
    go.set()
    thread.join()
    assert statuses == [200]
    assert server.process.wait(10) == 0


def test_certificates_are_read_again_without_dropping_connections(realm: Realm, server: Server) -> None:
    realm.enrol("ann")
    client = realm.client("ann")

    def serial() -> bytes:
        with server.connection(client) as fresh:
            fresh.connect()
            found = fresh.sock.getpeercert(binary_form=True)
            assert found
            return bytes(found)

    with server.connection(client) as connection:
        assert ask_on(connection)[0] == 200
        before = serial()
        for _ in range(5):
            realm.certify("server", "front")
            server.signal(signal.SIGHUP)
            server.logged(lambda line: line["message"] == "certificates were read again")
            after = serial()
            assert after != before
            before = after
            assert ask_on(connection)[0] == 200
        (realm.directory / "server.key").write_text("not a key")
        server.signal(signal.SIGHUP)
        server.logged(lambda line: "the old ones stay" in line["message"])
        assert serial() == before


def test_nobody_is_left_when_the_supervisor_dies(server: Server) -> None:
    children = server.workers
    server.process.kill()
    wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))


def test_the_status_page_and_the_probes(realm: Realm, server: Server) -> None:
    status, page = server.get("/")
    assert status == 200
    assert b"spiffe://acme.example/server/front" in page
    assert b"worker 1" in page
    assert b"the-real-key" not in page + server.get("/metrics")[1]
    assert server.get("/health")[0] == 200
    assert server.get("/nothing")[0] == 404
