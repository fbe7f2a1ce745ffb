from __future__ import annotations

import zlib
from collections.abc import Callable

import orjson
import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given, settings
from hypothesis import strategies as st

from aigov_enforcers.wire.streams.framing import (
    EventStream,
    Frame,
    Framing,
    JsonArray,
    NdJson,
    Sse,
    WebSocket,
)
from tests.enforcers.framings import chunk, message, sse, text_frame

HELLO = zlib.compressobj(wbits=-zlib.MAX_WBITS)


def deflated(text: str) -> bytes:
    return (HELLO.compress(text.encode()) + HELLO.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


def deflating() -> WebSocket:
    return WebSocket(deflate=True)


STREAMS: dict[str, tuple[Callable[[], Framing], bytes, list[bytes | None]]] = {
    "sse": (
        Sse,
        b"\xef\xbb\xbf: hello\n\ndata: {}\n\nevent: a\ndata: 1\nid: 7\n\n\ndata:x\ndata: y\n\nevent: e\n\n"
        + sse("b", "2"),
        [None, b"{}", b"1", b"x\ny", None, b"2"],
    ),
    "sse with crlf": (Sse, b"data: 1\r\n\r\nevent: m\r\ndata: 2\r\n\r\n", [b"1", b"2"]),
    "sse with cr": (Sse, b"data: 1\r\rdata: 2\r\r", [b"1", b"2"]),
    "sse cut off": (Sse, b"data: 1\n\ndata: 2\n", [b"1", b"2"]),
    "ndjson": (NdJson, b'{"a":1}\n\r\n {"b":"\\n"} \r\n{"c":2}', [b'{"a":1}', None, b'{"b":"\\n"}', b'{"c":2}']),
    "json array": (
        JsonArray,
        b'[{"a":"\\"}{]["}\n,\r\n{"b":[{"c":{}}]},{}]\n',
        [b'{"a":"\\"}{]["}', b'{"b":[{"c":{}}]}', b"{}", None],
    ),
    "empty json array": (JsonArray, b"[ ]", [None]),
    "event stream": (
        EventStream,
        message("a", b"{}") + message("b", b"") + message("c", b'{"d":1}'),
        [b"{}", None, b'{"d":1}'],
    ),
    "invoked": (EventStream, chunk('{"a":1}') + message("x", b"{}", "exception"), [b'{"a":1}', b"{}"]),
    "websocket": (
        WebSocket,
        text_frame('{"a":1}') + text_frame("x", final=False) + text_frame("p", code=9) + text_frame("y" * 300, code=0),
        [b'{"a":1}', None, b"x" + b"y" * 300],
    ),
    "websocket, deflated": (
        deflating,
        text_frame("", compressed=deflated("hello hello")) + text_frame("", compressed=deflated("hello hello again")),
        [b"hello hello", b"hello hello again"],
    ),
}


def frames(make: Callable[[], Framing], pieces: list[bytes]) -> tuple[list[Frame], str]:
    framing = make()
    found = [frame for piece in pieces for frame in framing.feed(piece)]
    return found + framing.end(), framing.malformed


def cut(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({place % (len(data) + 1) for place in places})
    return [data[low:high] for low, high in zip([0, *at], [*at, len(data)], strict=True)]


@pytest.mark.parametrize("name", STREAMS)
def test_frames_are_found_and_keep_their_bytes(name: str) -> None:
    make, data, payloads = STREAMS[name]
    found, malformed = frames(make, [data])
    assert not malformed
    assert [frame.data for frame in found] == payloads
    if name != "websocket":  # a control frame overtakes the message that it stands in
        assert b"".join(frame.raw for frame in found) == data
    assert all(frame.raw[frame.start :].startswith(frame.data) for frame in found if frame.start >= 0 and frame.data)


@pytest.mark.parametrize("name", STREAMS)
@settings(max_examples=60)
@given(st.lists(st.integers(0, 10_000), max_size=20))
def test_any_split_gives_the_same_frames(name: str, places: list[int]) -> None:
    make, data, _ = STREAMS[name]
    assert frames(make, cut(data, places)) == frames(make, [data])


@pytest.mark.parametrize("name", STREAMS)
def test_one_byte_at_a_time_gives_the_same_frames(name: str) -> None:
    make, data, _ = STREAMS[name]
    assert frames(make, [bytes([byte]) for byte in data]) == frames(make, [data])


@pytest.mark.parametrize("name", STREAMS)
@settings(max_examples=60)
@given(st.data())
def test_damaged_streams_are_read_or_refused_the_same_at_any_split(name: str, data: st.DataObject) -> None:
    make, stream, _ = STREAMS[name]
    at = data.draw(st.integers(0, len(stream) - 1))
    damaged = stream[:at] + data.draw(st.binary(max_size=3)) + stream[at + data.draw(st.integers(0, 2)) :]
    whole, reason = frames(make, [damaged])
    parts, same = frames(make, [damaged[index : index + 1] for index in range(len(damaged))])
    assert (parts, same) == (whole, reason)


@pytest.mark.parametrize(
    ("make", "data"),
    [
        (JsonArray, b"{}"),
        (JsonArray, b"[1]"),
        (JsonArray, b"[{},]"),
        (JsonArray, b"[{}{}]"),
        (JsonArray, b"[{}] x"),
        (JsonArray, b"[{}"),
        (JsonArray, b""),
        (EventStream, message("a", b"{}")[:-1]),
        (EventStream, message("a", b"{}")[:-1] + b"\x00"),
        (EventStream, b"\x00" * 12),
        (EventStream, message("chunk", b"{}")),
        (EventStream, message("chunk", b'{"bytes":"*"}')),
        (WebSocket, b"\x81\x81abcdx"),
        (WebSocket, text_frame("x", code=0)),
        (WebSocket, text_frame("x", code=3)),
        (WebSocket, text_frame("x", compressed=b"abc")),
        (WebSocket, text_frame("x", final=False)),
        (WebSocket, text_frame("x" * 200, code=9)),
    ],
)
def test_what_is_no_such_stream_is_malformed(make: Callable[[], Framing], data: bytes) -> None:
    assert frames(make, [data])[1]


def test_texts_beside_the_data_are_notes() -> None:
    (frame,) = Sse().feed(b": a comment\nid: seven\nretry: 10\nother: x\ndata: {}\n\n")
    assert frame.notes == (" a comment".strip(), "seven", "other", "x")
    assert Sse().bare(frame, b"[]") == b"data: [] \n\n".replace(b" \n", b"\n")


def test_a_changed_event_keeps_its_other_lines() -> None:
    (_, frame) = Sse().feed(b"\n\nid: 7\r\ndata: {\r\ndata:  1}\r\nevent: x\r\n\r\n")
    assert Sse().encode(frame, b"{\n 2}") == b"id: 7\r\ndata: {\r\ndata:  2}\r\nevent: x\r\n\r\n"


def test_a_changed_message_is_read_by_botocore() -> None:
    framing = EventStream()
    (frame,) = framing.feed(message("a", b"{}"))
    buffer = EventStreamBuffer()
    buffer.add_data(
        framing.encode(frame, b'{"longer":1}') + framing.closing([("validationException", "{}")], opened=True)
    )
    changed, end = list(buffer)
    assert (changed.headers[":event-type"], changed.payload) == ("a", b'{"longer":1}')
    assert end.headers[":exception-type"] == "validationException"


def test_a_changed_chunk_keeps_its_padding() -> None:
    framing = EventStream()
    (frame,) = framing.feed(chunk('{"a":1}'))
    (again,) = EventStream().feed(framing.encode(frame, b'{"a":2}'))
    assert again.data == b'{"a":2}'
    assert b'"p":"abcdef"' in again.raw


def test_after_a_changed_message_the_shared_window_is_not_used_any_more() -> None:
    framing, pack = WebSocket(deflate=True), zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = [(pack.compress(text) + pack.flush(zlib.Z_SYNC_FLUSH))[:-4] for text in (b"one one", b"one two")]
    first, second = framing.feed(b"".join(text_frame("", compressed=each) for each in packed))
    sent = framing.encode(first, b"other") + framing.passed(second)
    assert framing.rewrites
    assert [frame.data for frame in WebSocket(deflate=True).feed(sent)] == [b"other", b"one two"]


def test_an_array_is_closed_wherever_it_is() -> None:
    for start in (b"", b'[{"a":1}', b'[{"a":1},{"b'):
        framing = JsonArray()
        given_out = b"".join(frame.raw for frame in framing.feed(start))
        assert orjson.loads(given_out + framing.closing([(None, '{"error":{}}')], opened=bool(given_out)))[-1] == {
            "error": {}
        }
