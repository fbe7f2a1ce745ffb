"""Policy from a URL: asked with its tag, verified, kept for the next start, and stale when nobody answers."""

from __future__ import annotations

import hashlib
import http.server
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigov_enforcers.server.bundles import Mirror, Stale, fetch
from aigov_enforcers.server.config import ConfigError
from aigov_enforcers.server.setup import prepare
from aigov_runtime import UNVERIFIED, Engine, Trust
from aigov_runtime.errors import BundleError
from tests.enforcers.server.process import Server, wait
from tests.enforcers.server.realm import POLICY, Realm

LOG = logging.getLogger("aigov.server")


class Source:
    """A server of one bundle, with its tag; `status` other than 200 is what it always answers."""

    def __init__(self) -> None:
        self.bundle, self.status = b"", 200
        self.asked: list[str | None] = []
        source = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tag = f'"{hashlib.sha256(source.bundle).hexdigest()}"'
                known = self.headers["If-None-Match"]
                source.asked.append(known)
                code = 304 if source.status == 200 and known == tag else source.status
                body = source.bundle if code == 200 else b""
                self.send_response(code)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}/policy.govb"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def source() -> Iterator[Source]:
    made = Source()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def realm(tmp_path: Path, source: Source) -> Realm:
    made = Realm(tmp_path)
    source.bundle = made.bundle(POLICY)
    made.change(lambda text: text.replace('file = "policy.govb"', f'url = "{source.url}"\nevery = "100ms"'))
    return made


def test_what_is_known_is_not_sent_again(source: Source) -> None:
    source.bundle = b"one"
    first = fetch(source.url)
    assert first is not None
    assert first.envelope == b"one"
    assert fetch(source.url, first.etag) is None
    assert source.asked == [None, first.etag]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://[", "http://no.invalid/"])
def test_what_cannot_be_reached_is_an_error(url: str) -> None:
    with pytest.raises(OSError, match="http"):
        fetch(url)


class TestMirror:
    def test_a_file_follows_the_url(self, source: Source, tmp_path: Path) -> None:
        mirror, taken = Mirror(source.url, tmp_path, LOG), list[bytes]()
        source.bundle = b"one"
        assert mirror.update(taken.append)
        assert mirror.path.read_bytes() == b"one"
        assert mirror.update(taken.append)
        source.bundle = b"two"
        assert mirror.update(taken.append)
        assert taken == [b"one", b"two"]
        assert mirror.path.read_bytes() == b"two"

    def test_what_is_refused_changes_nothing_and_counts_as_no_answer(
        self, source: Source, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        def refuse(_: bytes) -> None:
            raise BundleError("not this one")

        mirror = Mirror(source.url, tmp_path, LOG)
        source.bundle = b"good"
        assert mirror.update(lambda _: None)
        os.utime(tmp_path / "bundle.checked", (1000, 1000))
        source.bundle = b"bad"
        for _ in range(3):
            assert not mirror.update(refuse)
        assert mirror.path.read_bytes() == b"good"
        assert mirror.checked == 1000
        assert [record.getMessage().count("not this one") for record in caplog.records] == [1]

    def test_a_tag_without_its_file_is_not_believed(self, source: Source, tmp_path: Path) -> None:
        mirror = Mirror(source.url, tmp_path, LOG)
        source.bundle = b"one"
        assert mirror.update(lambda _: None)
        mirror.path.unlink()
        assert mirror.update(lambda _: None)
        assert mirror.path.read_bytes() == b"one"


class TestStale:
    def engine(self, realm: Realm) -> Engine:
        return Engine.load(realm.bundle(POLICY), UNVERIFIED)

    def test_nothing_is_stale_without_a_limit(self, realm: Realm, source: Source, tmp_path: Path) -> None:
        assert not Stale(self.engine(realm), Mirror(source.url, tmp_path, LOG), None)()

    def test_a_source_that_is_silent_for_too_long(self, realm: Realm, source: Source, tmp_path: Path) -> None:
        mirror, now = Mirror(source.url, tmp_path, LOG), [1000.0]
        stale = Stale(self.engine(realm), mirror, 60, lambda: now[0])
        assert stale()
        assert mirror.update(lambda _: None)
        os.utime(tmp_path / "bundle.checked", (1000, 1000))
        now[0] = 1059
        assert not stale()
        now[0] = 1060
        assert "has not been reached" in stale()
        now[0] = 900  # a clock that was set back
        assert not stale()

    def test_a_bundle_whose_time_is_over(self, realm: Realm) -> None:
        now = [1000.0]
        engine = self.engine(realm)
        engine.policy.manifest["expires"] = 1010  # type: ignore[index]
        stale = Stale(engine, None, None, lambda: now[0])
        assert not stale()
        now[0] = 1010
        assert stale() == "the bundle has expired"


class TestServer:
    def test_a_source_that_is_down_at_the_first_start_is_told(self, realm: Realm, source: Source) -> None:
        source.status = 503
        with pytest.raises(ConfigError, match=r"\[bundle\] url: .*answers 503"):
            prepare(realm.config)

    def test_the_last_good_bundle_starts_a_server_whose_source_is_down(self, realm: Realm, source: Source) -> None:
        assert prepare(realm.config).engine.revision == "r1"
        source.status = 503
        assert prepare(realm.config).engine.revision == "r1"

    def test_an_older_bundle_is_not_taken(self, realm: Realm, source: Source) -> None:
        source.bundle = realm.bundle(POLICY, "r5", 5)
        assert prepare(realm.config).engine.revision == "r5"
        source.bundle = realm.bundle(POLICY, "r4", 4)
        assert prepare(realm.config).engine.revision == "r5"

    def test_every_process_follows_the_url_and_stops_when_it_is_silent(self, realm: Realm, source: Source) -> None:
        realm.change(lambda text: text.replace('every = "100ms"', 'every = "100ms"\nfail_closed_after = "2s"'))
        realm.enrol("ann")
        with Server(realm.config) as server:
            source.bundle = realm.bundle(POLICY, "r2", 1)
            wait(lambda: server.get("/metrics")[1].count(b'revision="r2"') == 2)
            source.status = 503
            wait(lambda: server.get("/ready")[0] == 503)
            assert b"not been reached" in server.get("/ready")[1]
            with server.connection(realm.client("ann")) as connection:
                connection.request("POST", "/openai/v1/chat/completions", b'{"model": "gpt-4o", "messages": []}')
                answer = connection.getresponse()
                assert answer.status == 503
                assert b"has not been reached" in answer.read()
            source.status = 200
            wait(lambda: server.get("/ready")[0] == 200)


def test_a_bundle_by_a_stranger_is_not_taken_from_a_url(
    realm: Realm, source: Source, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source.bundle = Realm(tmp_path_factory.mktemp("other")).bundle(POLICY)
    with pytest.raises(ConfigError, match="not signed by a trusted key"):
        prepare(realm.config)
    assert Trust.from_path(realm.directory / "signer.pub")
