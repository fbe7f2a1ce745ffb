"""What a client may say in HTTP/1.1, and what it is told when it may not: over raw sockets."""

from __future__ import annotations

import json
import socket
import time

import pytest

from aigov_enforcers.server.bounds import Bounds
from aigov_runtime import Engine
from tests.enforcers.origin import Origin
from tests.enforcers.server.conftest import providers
from tests.enforcers.server.running import Running, everything, until

BODY = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}).encode()
START = b"POST /openai/v1/chat/completions HTTP/1.1\r\nHost: a\r\n"
GOOD = START + b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
LAST = START + b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "said",
    {
        "CL.TE": START + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "TE.CL": START + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "two lengths": START + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "two lengths that differ": START + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "a list of lengths": START + b"Content-Length: 2, 2\r\n\r\n{}",
        "a length with a sign": START + b"Content-Length: +2\r\n\r\n{}",
        "a length in hex": START + b"Content-Length: 0x2\r\n\r\n{}",
        "a negative length": START + b"Content-Length: -1\r\n\r\n{}",
        "an endless length": START + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
        "gzip, chunked": START + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "chunked, identity": START + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "chunked twice": START + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "xchunked": START + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "chunked after a tab": START + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        "chunked in HTTP/1.0": CHUNKED.replace(b"1.1", b"1.0") + b"0\r\n\r\n",
        "a folded header": START + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        "a folded encoding": START + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "bare LF": GOOD.replace(b"\r\n", b"\n"),
        "bare LF after a header": START + b"X: a\nContent-Length: 0\r\n\r\n",
        "bare CR in a header": START + b"X: a\rb\r\nContent-Length: 0\r\n\r\n",
        "NUL in a header": START + b"X: a\0b\r\nContent-Length: 0\r\n\r\n",
        "NUL in the target": b"POST /openai/v1\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        "a space before the colon": START + b"Content-Length : 0\r\n\r\n",
        "a header without a name": START + b": a\r\nContent-Length: 0\r\n\r\n",
        "a space before the first header": b"POST / HTTP/1.1\r\n Host: a\r\n\r\n",
        "a bad chunk size": CHUNKED + b"0x1\r\nx\r\n0\r\n\r\n",
        "a chunk size without end": CHUNKED + b"fffffffffffffffff\r\nx\r\n0\r\n\r\n",
        "bare LF in chunks": CHUNKED + b"1\nx\n0\n\n",
        "a chunk longer than it says": CHUNKED + b"1\r\nxyz\r\n0\r\n\r\n",
        "a length in the trailer": CHUNKED + b"0\r\nContent-Length: 5\r\n\r\n",
        "no host": b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "two hosts": START + b"Host: b\r\nContent-Length: 0\r\n\r\n",
        "another host in the target": b"POST http://b/openai/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "a user in the target": b"POST http://a@b/openai/v1 HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n",
        "a scheme unknown": b"POST ftp://a/openai/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "a tunnel": b"CONNECT api.openai.com:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        "a fragment": b"POST /openai/v1#x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "a space in the target": b"POST /openai/v1 x HTTP/1.1\r\nHost: a\r\n\r\n",
        "an asterisk": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "a method unknown": b"FETCH / HTTP/1.1\r\nHost: a\r\n\r\n",
        "an upgrade unknown": START + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n",
        "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    }.items(),
    ids=lambda pair: pair[0],
)
def test_what_can_be_read_in_two_ways_is_refused_and_ends(
    server: Running, origin: Origin, said: tuple[str, bytes]
) -> None:
    """The second request is what would be smuggled: it is never answered."""
    answer = server.say(said[1] + GOOD)
    assert status(answer) == 400
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer
    assert origin.received == []


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (b"GET /openai/v1 HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"GET /openai/v1\r\n\r\n", 505),
        (START + b"Expect: a miracle\r\nContent-Length: 0\r\n\r\n", 417),
        (START + b"X-A: %b\r\nContent-Length: 0\r\n\r\n" % (b"a" * 40_000), 431),
        (START + b"X: a\r\n" * 101 + b"\r\n", 431),
        (b"POST /%b HTTP/1.1\r\nHost: a\r\n\r\n" % (b"a" * 40_000), 431),
        (CHUNKED + b"0\r\n" + b"X: a\r\n" * 10_000 + b"\r\n", 431),
        (START + b"Content-Length: 99999999999\r\n\r\n", 413),
        (CHUNKED + b"80000\r\n%b\r\n" % (b"x" * 0x80000) * 65, 413),
    ],
    ids=[
        "HTTP/2.0",
        "HTTP/0.9",
        "expect",
        "a long header",
        "many headers",
        "a long target",
        "trailers",
        "length",
        "chunk",
    ],
)
def test_too_much_is_refused(server: Running, origin: Origin, said: bytes, wanted: int) -> None:
    assert status(server.say(said)) == wanted
    assert origin.received == []


def test_a_chunked_body_and_its_trailer(server: Running, origin: Origin) -> None:
    pieces = b"".join(
        b"%x;ext=1\r\n%b\r\n" % (len(BODY[at : at + 7]), BODY[at : at + 7]) for at in range(0, len(BODY), 7)
    )
    with server.socket() as connection:
        connection.sendall(CHUNKED + pieces + b"0\r\nX-Trailer: authorization\r\n\r\n")
        assert status(until(connection, b"Good morning.")) == 200
    (received,) = origin.received
    assert received.body == BODY
    assert received.headers["content-length"] == str(len(BODY))
    assert not {"transfer-encoding", "x-trailer"} & received.headers.keys()


def test_a_request_in_single_bytes(server: Running, origin: Origin) -> None:
    with server.socket() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(len(GOOD)):
            connection.sendall(GOOD[number : number + 1])
        assert status(until(connection, b"Good morning.")) == 200
    assert origin.received[0].body == BODY


def test_a_connection_serves_one_request_after_another(server: Running, origin: Origin) -> None:
    with server.socket() as connection:
        for _ in range(3):
            connection.sendall(GOOD)
            assert status(until(connection, b"Good morning.")) == 200
    assert len(origin.received) == 3
    assert len({received.headers["host"] for received in origin.received}) == 1


def test_what_comes_before_an_answer_waits_its_turn(server: Running, origin: Origin) -> None:
    bad = START + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"
    blocked = GOOD.replace(b"Hello", b"bluebird").replace(b": %d" % len(BODY), b": %d" % (len(BODY) + 3))
    answers = server.say(GOOD + blocked + GOOD + bad + GOOD)
    assert [int(each.split()[0]) for each in answers.split(b"HTTP/1.1 ")[1:]] == [200, 403, 200, 400]
    assert len(origin.received) == 2


def test_what_comes_while_an_answer_is_under_way_is_left_unread(server: Running, origin: Origin) -> None:
    with server.socket() as connection:
        connection.sendall(GOOD)
        time.sleep(0.05)
        for _ in range(20):
            connection.sendall(GOOD)
        connection.sendall(LAST)
        answers = everything(connection)
    assert answers.count(b"HTTP/1.1 200 OK") == len(origin.received) == 22


def test_the_body_is_asked_for(server: Running, origin: Origin) -> None:
    head, _, body = GOOD.partition(b"\r\n\r\n")
    with server.socket() as connection:
        connection.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert until(connection, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert status(until(connection, b"Good morning.")) == 200
    assert "expect" not in origin.received[0].headers


def test_an_old_client_is_answered_and_left(server: Running, origin: Origin) -> None:
    answer = server.say(GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert status(answer) == 200
    assert answer.endswith(b"}")
    assert b"connection: close" in answer


def test_the_absolute_form_is_known(server: Running, origin: Origin) -> None:
    assert status(server.say(LAST.replace(b"POST /", b"POST http://a/"))) == 200


class TestLate:
    """Slow on purpose: what takes too long is ended, whatever trickles in."""

    @pytest.fixture
    def hasty(self, engine: Engine, origin: Origin) -> Running:
        return Running(engine, providers(origin), bounds=Bounds(head_time=0.3, body_time=0.3, idle=0.3))

    @pytest.mark.parametrize(
        "begin", [b"POST /openai", START + b"X: ", START + b"Content-Length: 50\r\n\r\n{", CHUNKED]
    )
    def test_a_slow_request_is_told(self, hasty: Running, origin: Origin, begin: bytes) -> None:
        with hasty, hasty.socket() as connection:
            connection.sendall(begin)
            start = time.monotonic()
            connection.settimeout(0.1)
            heard = b""
            while not heard and time.monotonic() < start + 3:
                try:
                    heard = connection.recv(1000)
                except TimeoutError:
                    connection.sendall(b"1\r\nx\r\n" if begin is CHUNKED else b"x")
        assert status(heard) == 408
        assert origin.received == []

    def test_who_says_nothing_is_closed(self, hasty: Running) -> None:
        with hasty:
            assert hasty.say(b"") == b""
            with hasty.socket() as connection:
                connection.sendall(GOOD)
                until(connection, b"Good morning.")
                assert everything(connection).count(b"HTTP") == 0


def test_no_more_than_so_many_clients(engine: Engine, origin: Origin) -> None:
    with Running(engine, providers(origin), bounds=Bounds(clients=1)) as running, running.socket() as first:
        first.sendall(GOOD)
        until(first, b"Good morning.")
        assert running.say(b"") == b""
        first.sendall(GOOD)
        until(first, b"Good morning.")
