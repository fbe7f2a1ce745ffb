"""What is written down: the log, the events, and what a full record means."""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from aigov_enforcers.governing.record import Decided
from aigov_enforcers.identity import Identity, User
from aigov_enforcers.server import sink
from aigov_enforcers.server.board import Board, State
from aigov_enforcers.server.logs import Json, scrub
from aigov_enforcers.server.metrics import Tally, render
from aigov_enforcers.server.sink import Event, Recording
from aigov_runtime import Engine
from aigov_runtime.model import Direction, Interaction, Kind, Segment
from tests.enforcers.server.process import wait

WHO = Identity(user=User(id="ann"))


def line(message: str, *, engine: Engine | None = None, secrets: frozenset[str] = frozenset(), **extra: object) -> str:
    record = logging.LogRecord("aigov.server", logging.WARNING, __file__, 1, message, (), None)
    record.__dict__.update(extra)
    return Json(secrets, engine).format(record)


class TestLog:
    @pytest.mark.parametrize(
        "nasty", ["a\nb", "a\r\nb", "\x1b[31mred", "\u2028next", "\u202eright to left", '"}\n{"level":"info"', "\x00"]
    )
    def test_nothing_makes_a_line_of_its_own(self, nasty: str) -> None:
        text = line(nasty, event=nasty)
        assert text.isascii()
        assert text.isprintable()
        assert json.loads(text)["message"] == nasty

    @pytest.mark.parametrize(
        "secret",
        [
            "Authorization: Bearer abc.def-123",
            "api_key=abcdef123",
            '"x-api-key": "abcdef123"',
            "sk-proj-abcdefghijklmnop",
            "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl",
            "aigov_enroll_abc.def",
            "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----",
        ],
    )
    def test_what_looks_like_a_credential_is_replaced(self, secret: str) -> None:
        found = scrub(f"before {secret} after")
        assert "[secret]" in found
        assert not any(part in found for part in ("abc", "MHc", "c2ln"))
        assert found.startswith("before ")

    def test_the_servers_own_keys_are_replaced(self) -> None:
        assert "plain-word" not in line("it is plain-word", secrets=frozenset({"plain-word"}))

    def test_what_the_policys_detectors_find_is_replaced(self, engine: Engine, key: str) -> None:
        text = line(f"the upstream said {key}!", engine=engine)
        assert key not in text
        assert json.loads(text)["message"] == "the upstream said [egress.key]!"

    def test_an_exception_is_cleaned_too(self) -> None:
        try:
            int("Authorization: Bearer abcdef")
        except ValueError:
            record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
        fields = json.loads(Json().format(record))
        assert "ValueError" in fields["error"]
        assert "abcdef" not in fields["error"]

    def test_a_line_is_bounded(self) -> None:
        assert len(line("x" * 1_000_000)) < 10_000


def decided(engine: Engine, text: str) -> Decided:
    attributes = {"request.model": "gpt-4o", "request.sanctioned": True, "request.tools": frozenset({"b", "a"})}
    segment = Segment("user", "/messages/0/content", text, Kind.TEXT)
    decision = engine.session({"user.groups": frozenset()}).decide(
        Interaction(Direction.PROMPT, (segment,), attributes)
    )
    return Decided("e1", Direction.PROMPT, decision, attributes, 1234)


class TestSink:
    def rows(self, path: Path) -> list[sqlite3.Row]:
        database = sqlite3.connect(path)
        database.row_factory = sqlite3.Row
        try:
            return database.execute("SELECT * FROM events ORDER BY number").fetchall()
        finally:
            database.close()

    def test_an_event_has_everything_but_content(self, engine: Engine, key: str, tmp_path: Path) -> None:
        path = tmp_path / "events.db"
        recording = Recording(path, "me", 10)
        recording.digest = "d1"
        recording.start()
        recording.put(Event.of(WHO, decided(engine, f"use {key} and {key}")))
        recording.put(Event.failure_of(WHO, "e2", "the request was stopped"))
        recording.close(5)

        first, second = self.rows(path)
        assert (first["event"], first["outcome"], first["digest"], first["server"]) == ("e1", "redact", "d1", "me")
        assert json.loads(first["findings"]) == [["egress.key", "secret", 2]]
        assert json.loads(first["identity"]) == {"user": {"id": "ann"}}
        assert json.loads(first["request"])["request.tools"] == ["a", "b"]
        assert "no_keys" in first["rules"]
        assert (second["event"], second["outcome"]) == ("e2", "failed")
        assert key.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0

    def test_a_disk_that_cannot_be_written_stops_requests_until_it_can(
        self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sink, "RETRY", 0.02)
        path = tmp_path / "events.db"
        recording = Recording(path, "me", 3)
        recording.start()
        blocker = sqlite3.connect(path)
        blocker.execute("DROP TABLE events")  # as a disk that is full: no row can be written
        blocker.execute("CREATE VIEW events AS SELECT 1")
        blocker.commit()
        record = decided(engine, "hello")
        for _ in range(3):
            assert not recording.full()
            recording.put(Event.of(WHO, record))
        assert recording.full()
        recording.put(Event.of(WHO, record))  # what was under way
        time.sleep(0.1)
        assert recording.waiting == 4
        blocker.execute("DROP VIEW events")
        blocker.executescript(sink.SCHEMA)
        blocker.close()
        wait(lambda: not recording.full() and recording.waiting == 0)
        recording.close(5)
        assert len(self.rows(path)) == 4

    def test_several_processes_may_share_a_file(self, engine: Engine, tmp_path: Path) -> None:
        path = tmp_path / "events.db"
        recordings = [Recording(path, f"p{number}", 1000) for number in range(3)]
        record = decided(engine, "hello")
        for recording in recordings:
            recording.start()
        for _ in range(300):
            for recording in recordings:
                recording.put(Event.of(WHO, record))
        for recording in recordings:
            recording.close(20)
        assert len(self.rows(path)) == 900


class TestBoard:
    def state(self, **more: object) -> State:
        fields: dict[str, object] = {"pid": 1, "started": 1.0, "seen": time.time(), "ready": True}
        return State(**(fields | more))  # type: ignore[arg-type]

    def test_pages_are_apart(self) -> None:
        board = Board(2)
        assert board.read(0) is None
        board.write(1, self.state(revision="r1"))
        assert [state.revision for state in board.states()] == ["r1"]
        assert board.read(0) is None

    def test_long_texts_fit(self) -> None:
        board = Board(1)
        board.write(0, self.state(revision="é" * 100_000, refused="x" * 100_000, closed="\n" * 100_000))
        assert board.read(0) is not None

    def test_metrics_sum_the_pages(self) -> None:
        board = Board(2)
        for page in range(2):
            tally = Tally()
            tally.count("decisions", direction="prompt", outcome="block")
            tally.took(300_000)
            board.write(page, self.state(totals=dict(tally.totals), levels={"connections": 3}))
        text = render(board, ["control", "worker 1"]).decode()
        assert 'aigov_decisions_total{direction="prompt",outcome="block"} 2.0' in text
        assert 'aigov_decision_seconds_bucket{le="0.0005"} 2.0' in text
        assert 'aigov_decision_seconds_bucket{le="0.00025"} 0.0' in text
        assert "aigov_connections 6.0" in text
