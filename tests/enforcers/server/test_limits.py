"""Counters of use: shared by processes, over when their period is, unknown where there is none."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigov_enforcers.identity import Device, Identity, Session, User
from aigov_enforcers.server import limits
from aigov_enforcers.server.limits import Meter, Shared
from examples.demo.upstream import Upstream
from tests.enforcers.server.process import Server
from tests.enforcers.server.realm import POLICY, Realm

NOON = 1_800_000_000.0 // 86400 * 86400 + 43200
ANN = Identity(user=User(id="ann"), device=Device(id="d1"), session=Session(id="s1"))


@pytest.fixture
def counters(tmp_path: Path) -> Shared:
    return Shared(tmp_path, 0, 1)


def test_requests_of_the_last_minute(counters: Shared) -> None:
    meter = Meter(counters, ANN)
    assert [meter.request(NOON)["session.requests_last_minute"] for _ in range(4)] == [1, 2, 3, 4]
    assert Meter(counters, ANN).request(NOON + 59)["session.requests_last_minute"] == 5
    assert meter.request(NOON + 60)["session.requests_last_minute"] == 1 + 5
    assert meter.request(NOON + 60 + 48)["session.requests_last_minute"] == 2 + 1
    assert meter.request(NOON + 240)["session.requests_last_minute"] == 1


def test_tokens_of_the_day(counters: Shared) -> None:
    meter = Meter(counters, ANN)
    assert meter.request(NOON)["user.tokens_today"] == 0
    meter.used(100, NOON)
    meter.used(20, NOON + 43199)
    assert meter.request(NOON + 43199)["user.tokens_today"] == 120
    assert meter.request(NOON + 43200)["user.tokens_today"] == 0


def test_sessions_and_users_are_apart(counters: Shared) -> None:
    Meter(counters, ANN).request(NOON)
    Meter(counters, ANN).used(5, NOON)
    other = Meter(counters, Identity(user=User(id="bob"), session=Session(id="s2")))
    assert other.request(NOON) == {"session.requests_last_minute": 1, "user.tokens_today": 0}


def test_a_user_who_is_not_known_has_no_counter(counters: Shared) -> None:
    meter = Meter(counters, Identity(device=Device(id="d1")))
    meter.used(5, NOON)
    assert meter.request(NOON) == {"session.requests_last_minute": 1}


def test_a_table_that_is_full_makes_counters_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOTS", 4)
    meter = Meter(Shared(tmp_path, 0, 1), ANN)
    counters = meter._counters
    for key in range(1, 5):
        assert counters.add(key, int(NOON) + 10, 1, NOON)
    meter.used(5, NOON)
    assert meter.request(NOON) == {}
    assert "session.requests_last_minute" in meter.request(NOON + 10)


def test_processes_share_and_outlive(tmp_path: Path) -> None:
    mine = Shared(tmp_path, 0, 2)
    pid = os.fork()
    if not pid:
        Shared(tmp_path, 1, 2).add(7, int(NOON), 5, 0)
        os._exit(0)
    os.waitpid(pid, 0)
    mine.add(7, int(NOON), 1, 0)
    assert mine.read(7) == 6
    mine.close()
    assert Shared(tmp_path, 1, 2).read(7) == 6


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 9)), max_size=60))
def test_sums_are_those_of_a_dictionary(adds: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        counters, sums = Shared(Path(directory), 0, 1), dict[int, int]()
        for key, amount in adds:
            assert counters.add(key, 10, amount, 0)
            sums[key] = sums.get(key, 0) + amount
        assert {key: counters.read(key) for key in range(1, 41)} == {key: sums.get(key, 0) for key in range(1, 41)}
        counters.close()


def test_policy_sees_them_in_the_server(tmp_path: Path, upstream: Upstream) -> None:
    realm = Realm(tmp_path)
    realm.policy(POLICY + 'rule slowly { when session.requests_last_minute > 3 then block "Slowly." }\n')
    realm.change(
        lambda text: text.replace("http://127.0.0.1:1", upstream.url).replace("domain", "workers = 2\ndomain", 1)
    )
    realm.enrol("ann")
    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]})
    statuses = []
    with Server(realm.config) as server:
        for _ in range(8):
            with server.connection(realm.client("ann")) as connection:
                connection.request("POST", "/openai/v1/chat/completions", body)
                statuses.append(connection.getresponse().status)
    assert statuses[:3] == [200, 200, 200]
    assert statuses[-1] == 403
