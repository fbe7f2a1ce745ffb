"""Providers that lie, hang, break off and never stop, and clients that are slow or leave."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from aigov_enforcers.server.bounds import Bounds
from aigov_enforcers.server.targets import Provider
from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.origin import chat
from tests.enforcers.server.running import Running, everything, until, wait
from tests.enforcers.server.speaker import Speaker
from tests.enforcers.server.test_http1 import GOOD, LAST, status
from tests.enforcers.server.test_proxy import DONE, ask, delta, said

ANSWER = chat("Good morning.")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(ANSWER), ANSWER)
WORDS = "Words enough that not all of them have to wait for what may follow. "
FLOWS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
SHORT = Bounds(
    connect=0.5, first_byte=0.5, silence=0.5, wait=0.3, keep=0.5, stall=0.6, failures=2, rest=0.5, answer=1 << 20
)

Talk = Callable[[Speaker, socket.socket], None]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def always(*answers: bytes) -> Talk:
    """Answer each request with the next of these, the last one again and again, and close when it is empty."""

    def talk(speaker: Speaker, connection: socket.socket) -> None:
        while not speaker.over.is_set():
            speaker.listen(connection)
            answer = answers[min(len(speaker.asked), len(answers)) - 1]
            if not answer:
                return
            connection.sendall(answer)

    return talk


def once(answer: bytes) -> Talk:
    """Answer one request, and close."""

    def talk(speaker: Speaker, connection: socket.socket) -> None:
        speaker.listen(connection)
        connection.sendall(answer)

    return talk


def holding(answer: bytes) -> Talk:
    """Begin to answer, and then say nothing."""

    def talk(speaker: Speaker, connection: socket.socket) -> None:
        speaker.listen(connection)
        connection.sendall(answer)
        speaker.over.wait(8)

    return talk


@pytest.fixture
def behind(engine: Engine) -> Iterator[Callable[..., Any]]:
    """(talk, bounds) → the provider and the server in front of it."""
    with contextlib.ExitStack() as stack:

        def start(talk: Talk, bounds: Bounds = SHORT, engine: Engine = engine) -> tuple[Speaker, Running]:
            speaker = stack.enter_context(Speaker(talk))
            provider = Provider("openai", speaker.url, private=True)
            return speaker, stack.enter_context(Running(engine, [provider], bounds=bounds))

        yield start


def test_a_connection_is_kept_and_used_again(behind: Any) -> None:
    speaker, server = behind(always(WHOLE))
    for _ in range(4):
        assert ask(server, "Hello").choices[0].message.content == "Good morning."
    assert (speaker.connections, len(speaker.asked)) == (1, 4)


def test_an_answer_may_end_with_its_connection(behind: Any) -> None:
    _, server = behind(once(HEAD + b"\r\n" + ANSWER))
    assert ask(server, "Hello").choices[0].message.content == "Good morning."


def test_what_is_said_before_an_answer_is_not_the_answer(behind: Any) -> None:
    _, server = behind(always(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + WHOLE))
    assert ask(server, "Hello").choices[0].message.content == "Good morning."


@pytest.mark.parametrize(
    ("talk", "wanted"),
    {
        "nothing": (once(b""), 502),
        "half a head": (once(HEAD), 502),
        "half a body": (once(HEAD + b"Content-Length: 999\r\n\r\n" + ANSWER), 502),
        "half a chunk": (once(HEAD + b"Transfer-Encoding: chunked\r\n\r\n50\r\n{"), 502),
        "no HTTP": (once(b"SSH-2.0-OpenSSH_9.9\r\n"), 502),
        "two lengths": (once(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "), 502),
        "both framings": (once(HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 502),
        "bare LF": (once(WHOLE.replace(b"\r\n", b"\n")), 502),
        "an upgrade": (once(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"), 502),
        "an endless head": (once(HEAD + b"X: a\r\n" * 101), 502),
        "a large header": (once(HEAD + b"X: %b\r\n" % (b"a" * 40_000)), 502),
        "a large answer": (once(HEAD + b"Content-Length: 1048577\r\n\r\n" + b" " * 1048577), 502),
        "silence": (holding(b""), 504),
        "silence in the head": (holding(HEAD), 504),
        "silence in the body": (holding(HEAD + b"Content-Length: 999\r\n\r\n{"), 504),
    }.values(),
    ids=[
        "nothing", "half a head", "half a body", "half a chunk", "no HTTP", "two lengths", "both framings", "bare LF",
        "an upgrade", "an endless head", "a large header", "a large answer", "silence", "silence in the head",
        "silence in the body",
    ],
)  # fmt: skip
def test_a_provider_that_misbehaves_is_a_clear_error(behind: Any, talk: Talk, wanted: int) -> None:
    speaker, server = behind(talk)
    with pytest.raises(openai.APIStatusError) as caught:
        ask(server, "Hello")
    assert caught.value.status_code == wanted
    assert caught.value.request_id
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert len(speaker.asked) == 1


def test_what_follows_an_answer_is_nobodys(behind: Any) -> None:
    """A provider that says less than it sends would answer the next client with the rest."""
    evil = chat("You are evil.")
    speaker, server = behind(always(WHOLE + HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(evil), evil)))
    for _ in range(3):
        assert ask(server, "Hello").choices[0].message.content == "Good morning."
    assert speaker.connections == 3


def test_what_comes_later_unasked_is_nobodys_either(behind: Any) -> None:
    def talk(speaker: Speaker, connection: socket.socket) -> None:
        speaker.listen(connection)
        connection.sendall(WHOLE)
        time.sleep(0.05)
        connection.sendall(WHOLE.replace(b"Good", b"Evil"))
        speaker.listen(connection)

    speaker, server = behind(talk)
    assert ask(server, "Hello").choices[0].message.content == "Good morning."
    time.sleep(0.1)
    assert ask(server, "Hello").choices[0].message.content == "Good morning."
    assert speaker.connections == 2


def test_a_body_is_sent_once(behind: Any) -> None:
    """The provider takes the second request on a kept connection, and closes: it may have acted on it."""
    speaker, server = behind(always(WHOLE, b""))
    ask(server, "Hello")
    with pytest.raises(openai.APIStatusError) as caught:
        ask(server, "Hello again")
    assert caught.value.status_code == 502
    assert [b"Hello again" in each for each in speaker.asked] == [False, True]


def test_what_has_no_body_is_asked_again_on_a_new_connection(behind: Any, compiled: Callable[[str], bytes]) -> None:
    speaker, server = behind(always(WHOLE, b"", WHOLE), engine=Engine.load(compiled("default allow"), UNVERIFIED))
    get = b"GET /openai/v1/models HTTP/1.1\r\nHost: a\r\n\r\n"
    with server.socket() as connection:
        for _ in range(2):
            connection.sendall(get)
            assert status(until(connection, b"Good morning.")) == 200
    assert (speaker.connections, len(speaker.asked)) == (2, 3)


def test_a_connection_that_was_closed_meanwhile_is_not_used(behind: Any) -> None:
    speaker, server = behind(once(WHOLE))
    for _ in range(3):
        assert ask(server, "Hello").choices[0].message.content == "Good morning."
        time.sleep(0.05)
    assert (speaker.connections, len(speaker.asked)) == (3, 3)


def test_a_provider_that_fails_is_left_alone_for_a_while(behind: Any) -> None:
    speaker, server = behind(always(b"", b"", WHOLE))
    seen = []
    for _ in range(4):
        with pytest.raises(openai.APIStatusError) as caught:
            ask(server, "Hello")
        seen.append(caught.value.status_code)
    assert seen == [502, 502, 503, 503]
    assert caught.value.response.headers["x-should-retry"] == "true"
    assert len(speaker.asked) == 2
    time.sleep(0.6)
    assert ask(server, "Hello").choices[0].message.content == "Good morning."


def test_where_nobody_listens_nothing_was_sent(engine: Engine) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        provider = Provider("openai", f"http://127.0.0.1:{bound.getsockname()[1]}", private=True)
        with Running(engine, [provider], bounds=SHORT) as server, pytest.raises(openai.InternalServerError) as caught:
            ask(server, "Hello")
    assert caught.value.status_code == 502
    assert caught.value.response.headers["x-should-retry"] == "true"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "[::ffff:10.0.0.1]"]
)
def test_an_address_of_the_own_network_is_refused_unless_configured(engine: Engine, host: str) -> None:
    with Running(engine, [Provider("openai", f"http://{host}:9")], bounds=SHORT) as server:
        with pytest.raises(openai.InternalServerError) as caught:
            ask(server, "Hello")
        assert caught.value.status_code == 502


def test_requests_wait_for_a_connection_when_all_are_in_use(behind: Any) -> None:
    go = threading.Event()

    def talk(speaker: Speaker, connection: socket.socket) -> None:
        while True:
            speaker.listen(connection)
            go.wait(5)
            connection.sendall(WHOLE)

    bounds = Bounds(connections=1, wait=3)
    speaker, server = behind(talk, bounds)
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(ask(server, "Hello"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait(lambda: len(speaker.asked) == 1)
    time.sleep(0.1)
    assert len(speaker.asked) == 1
    go.set()
    for thread in threads:
        thread.join()
    assert len(answers) == 3
    assert speaker.connections == 1


def test_who_waits_too_long_for_a_connection_is_told(behind: Any) -> None:
    speaker, server = behind(holding(b""), Bounds(connections=1, wait=0.2, first_byte=2))
    with server.socket() as first:
        first.sendall(GOOD)
        wait(lambda: len(speaker.asked) == 1)
        assert status(server.say(LAST)) == 503
    assert len(speaker.asked) == 1


class TestStreams:
    """Answers that flow."""

    def test_an_event_is_there_before_the_next_is_sent(self, behind: Any) -> None:
        go = threading.Event()

        def talk(speaker: Speaker, connection: socket.socket) -> None:
            speaker.listen(connection)
            connection.sendall(FLOWS + chunk(delta(WORDS)) + chunk(delta(WORDS)))
            assert go.wait(5)
            connection.sendall(chunk(delta("Two.")) + chunk(DONE) + b"0\r\n\r\n")

        _, server = behind(talk, Bounds())
        with server.socket() as connection:
            connection.sendall(GOOD)
            until(connection, b"Words enough")
            go.set()
            until(connection, b"0\r\n\r\n")

    @pytest.mark.parametrize("talk", [once, holding])
    def test_one_that_breaks_off_is_seen_to(self, behind: Any, talk: Callable[[bytes], Talk]) -> None:
        _, server = behind(talk(FLOWS + chunk(delta(WORDS)) + chunk(delta(WORDS))))
        with pytest.raises(Exception, match=r"peer closed|incomplete|closed connection|Connection error|reset"):
            said(server, "Hello")

    def test_a_blocked_one_is_closed_at_the_provider(self, behind: Any) -> None:
        closed = threading.Event()

        def talk(speaker: Speaker, connection: socket.socket) -> None:
            speaker.listen(connection)
            connection.sendall(FLOWS + chunk(delta("bluebird ")) + chunk(delta("flies. ")))
            try:
                while True:
                    connection.sendall(chunk(delta("more and more ")))
                    time.sleep(0.01)
            except OSError:
                closed.set()

        _, server = behind(talk, Bounds())
        with pytest.raises(openai.APIError, match="The answer holds a codename"):
            said(server, "Hello")
        assert closed.wait(3)

    @pytest.mark.parametrize("begun", [b"", FLOWS, FLOWS + chunk(delta(WORDS)), HEAD])
    def test_who_leaves_early_stops_the_provider(self, behind: Any, begun: bytes) -> None:
        closed = threading.Event()

        def talk(speaker: Speaker, connection: socket.socket) -> None:
            speaker.listen(connection)
            connection.sendall(begun)
            if connection.recv(1) == b"":
                closed.set()

        speaker, server = behind(talk, Bounds())
        with server.socket() as connection:
            connection.sendall(GOOD)
            wait(lambda: len(speaker.asked) == 1)
            time.sleep(0.05)
        assert closed.wait(3)

    def test_a_slow_client_holds_the_provider_back(self, behind: Any) -> None:
        """What the client does not read is not collected here: the provider cannot send it."""
        sent = [0]
        event = chunk(delta("word " * 400))

        def talk(speaker: Speaker, connection: socket.socket) -> None:
            speaker.listen(connection)
            connection.sendall(FLOWS)
            for _ in range(20_000):
                connection.sendall(event)
                sent[0] += len(event)
            connection.sendall(b"0\r\n\r\n")

        _, server = behind(talk, Bounds())
        with server.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            connection.sendall(GOOD)
            until(connection, b"word")
            before = -1
            while sent[0] != before:
                before = sent[0]
                time.sleep(0.3)
            assert sent[0] < 20_000 * len(event) * 0.6
            (front,) = server.plane._connections
            assert front._transport.get_write_buffer_size() < 1 << 20
            heard = until(connection, b"word" * 1)
            for _ in range(50):
                heard = connection.recv(65536)
            assert heard
            time.sleep(0.3)
            assert sent[0] > before

    def test_a_client_that_reads_nothing_is_closed(self, behind: Any) -> None:
        event = chunk(delta("word " * 400))

        def talk(speaker: Speaker, connection: socket.socket) -> None:
            speaker.listen(connection)
            connection.sendall(FLOWS)
            while True:
                connection.sendall(event)

        _, server = behind(talk)
        with server.socket() as connection:
            connection.sendall(GOOD)
            wait(lambda: not server.plane.open)


def test_a_peer_that_may_not_go_on_is_cut_in_the_middle(engine: Engine) -> None:
    from tests.enforcers.server.running import ANN

    class Watched:
        good = True

        def peer(self, certificate: bytes | None) -> object:
            return self

        def holds(self, peer: object) -> bool:
            return self.good

        caller = ANN.caller

    def talk(speaker: Speaker, connection: socket.socket) -> None:
        speaker.listen(connection)
        connection.sendall(FLOWS)
        while True:
            connection.sendall(chunk(delta("word ")))
            time.sleep(0.02)

    who = Watched()
    with Speaker(talk) as speaker, Running(engine, [Provider("openai", speaker.url, private=True)], who) as server:
        with server.socket() as connection:
            connection.sendall(GOOD)
            until(connection, b"word")
            who.good = False
            start = time.monotonic()
            heard = everything(connection)
        assert time.monotonic() - start < 3  # a second, and room for a machine that is busy
        assert not heard.endswith(b"0\r\n\r\n")
