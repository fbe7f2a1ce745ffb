from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.wire.format import Usage
from aigov_enforcers.wire.streams import Relay
from aigov_enforcers.wire.streams.framing import WebSocket
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Outcome
from aigov_runtime.session import Session
from corpora.streams.measure import cut, operation
from corpora.streams.wires import WIRES, Wire, message, sse, sse_events

POLICY = """
package test.streams

default allow

detector email { pattern /\\b[a-z0-9.]{1,40}@example\\.com\\b/ class pii confidence certain }
detector codename { words ["bluebird"] class internal }

rule mails on response { when payload contains email then redact as label }
rule codenames on response { when payload contains codename then block "The answer holds a codename." }
"""
NAMED = {wire.name: wire for wire in WIRES}
SAID = "Write to ann.b@example.com, not to Zoë (ann.b@example.org). Then wait; "
LABEL = "[streams.email]"
ASKED = '{"to": "ann.b@example.com", "cc": ["x\\u00fcy", "\\u0061nn.b\\u0040example.com"], "n": 1}'

every_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)


def compiled(folder: Path, text: str) -> Session:
    path = folder / "policy.gov"
    path.write_text(text, encoding="utf-8")
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED).session({})


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return compiled(tmp_path_factory.mktemp("policy"), POLICY)


def relay(session: Session, wire: Wire, **options: Any) -> Relay:
    known = operation(wire)
    return Relay(session, known, known.facts, {}, content_type=wire.content_type, **options)


def passed(relay: Relay, pieces: list[bytes]) -> bytes:
    return b"".join([*map(relay.feed, pieces), relay.close()])


def split(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({place % (len(data) + 1) for place in places})
    return [data[low:high] for low, high in zip([0, *at], [*at, len(data)], strict=True)]


@every_wire
def test_an_unchanged_stream_is_the_same_bytes(session: Session, wire: Wire) -> None:
    data = b"".join(wire.stream(cut("Nothing to see, \\u0041 \n\t {" * 9, 2), cut('{"a": "b\\n\\u00e4"}', 2)))
    for size in (1, 100, len(data)):
        reading = relay(session, wire)
        assert passed(reading, [data[at : at + size] for at in range(0, len(data), size)]) == data
        assert reading.decision.outcome is Outcome.ALLOW


@every_wire
def test_a_redaction_goes_into_the_first_event_and_no_event_is_dropped(session: Session, wire: Wire) -> None:
    stream = wire.stream(cut(SAID, 1), cut(ASKED, 1))
    reading = relay(session, wire)
    out = passed(reading, stream)
    texts = wire.reads(out)
    before = wire.reads(b"".join(stream))
    assert texts.keys() == before.keys()
    for name, text in texts.items():
        if "arguments" in name and wire.name != "mcp":
            assert not text or orjson.loads(text) == {"to": LABEL, "cc": ["xüy", LABEL], "n": 1}
        elif name != "arguments":
            assert text in {"", SAID.replace("ann.b@example.com", LABEL)}
    assert reading.decision.outcome is Outcome.REDACT


@every_wire
@settings(max_examples=6, deadline=None)
@given(places=st.lists(st.integers(0, 100_000), max_size=8), size=st.integers(1, 30))
def test_any_split_of_the_network_gives_the_same_stream(
    session: Session, wire: Wire, places: list[int], size: int
) -> None:
    data = b"".join(wire.stream(cut(SAID, size), cut(ASKED, size)))
    assert passed(relay(session, wire), split(data, places)) == passed(relay(session, wire), [data])


@every_wire
def test_usage_and_the_reason_of_the_end_are_known(session: Session, wire: Wire) -> None:
    reading = relay(session, wire)
    passed(reading, wire.stream(["Hello"], ["{}"]))
    if wire.name in {"openai.completions", "openai.realtime", "openai.audio", "mcp", "a2a", "generic"}:
        return
    if wire.name == "bedrock.invoke llama":
        assert reading.usage.output == 7
    else:
        assert reading.usage == Usage(5, 7)
    assert reading.finish in {"stop", "completed", "end_turn", "STOP", "COMPLETE"}


@every_wire
def test_a_block_ends_the_stream_and_swallows_the_rest(session: Session, wire: Wire) -> None:
    stream = wire.stream([*cut("All is well. " * 30, 4), "The blue", "bird", " flies and flies"], [])
    for size in (1, 64):
        reading = relay(session, wire, event="e1")
        data = b"".join(stream)
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        out = [*map(reading.feed, pieces), reading.close()]
        assert reading.blocked
        assert reading.refused is not any(out[:-1]) or wire.name == "mcp"
        assert reading.decision.message == "The answer holds a codename."
        assert reading.close() == reading.feed(data) == b""
        assert b"bird" not in b"".join(out)
        assert b"The answer holds a codename." in b"".join(out) or wire.content_type.startswith("application/vnd")


def test_what_is_blocked_without_findings_is_refused_before_the_first_byte(tmp_path: Path) -> None:
    rule = 'rule none on response { when request.provider == "openai" then block "No." }'
    text = f"package test.all\ndefault allow\n{rule}\n"
    reading = relay(compiled(tmp_path, text), NAMED["openai.chat"])
    assert reading.refused
    assert b"No." in reading.feed(b"data: {}\n\n")
    assert reading.refused
    assert reading.blocked


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("openai.chat", b'data: {"choices":[}\n\n'),
        ("openai.chat", b'data: {"a":1,"a":2}\n\n'),
        ("openai.chat", b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}]}\n\n'),
        ("openai.chat", b"data: \xff\n\n"),
        ("openai.chat", sse({"choices": [{"text": "a"}]}) + sse("[DONE]") + sse({"choices": [{"text": "b"}]})),
        (
            "anthropic.messages",
            sse({"type": "content_block_delta", "delta": {"text": "a"}})
            + sse({"type": "message_stop"})
            + sse({"type": "content_block_delta", "delta": {"text": "b"}}),
        ),
        ("gemini.array", b'{"candidates":[]}'),
        ("gemini.array", b'[{"candidates":[]}'),
        ("bedrock.converse", message("messageStart", {})[:-1] + b"\x00"),
        ("ollama.chat", b'{"message":\n'),
        ("openai.realtime", b"\x81\x05{}"),
    ],
)
def test_what_nobody_can_read_ends_the_stream(session: Session, name: str, data: bytes) -> None:
    reading = relay(session, NAMED[name])
    out = passed(reading, [data])
    assert reading.blocked
    assert reading.decision.outcome is Outcome.BLOCK
    assert b"could not be read" in out


def test_plain_text_is_a_text_too(session: Session) -> None:
    stream = [b"data: Ask ann.b@exa\n\n", b"data: mple.com now\n\n", b"data: [DONE]\n\n"]
    expected = f"data: Ask {LABEL}\n\ndata:  now\n\ndata: [DONE]\n\n".encode()
    assert passed(relay(session, NAMED["generic"]), stream) == expected


def test_what_stands_beside_the_data_is_judged_and_left_out(session: Session) -> None:
    stream = [
        b": ping\n\n",
        b": for ann.b@example.com\nevent: x\ndata: {}\n\n",
        b"id: ann.b@example.com\ndata: [DONE]\n\n",
    ]
    assert passed(relay(session, NAMED["openai.chat"]), stream) == b": ping\n\nevent: x\ndata: {}\n\ndata: [DONE]\n\n"
    reading = relay(session, NAMED["openai.chat"])
    passed(reading, [b"event: ann.b@example.com\ndata: {}\n\n"])
    assert reading.blocked


def test_unknown_events_pass_and_their_strings_are_judged(session: Session) -> None:
    stream = [sse({"type": "new", "deep": [{"note": "ann.b@example.com", "n": 1.50}]}, "new")]
    (event,) = sse_events(passed(relay(session, NAMED["anthropic.messages"]), stream))
    assert event == {"type": "new", "deep": [{"note": LABEL, "n": 1.5}]}


def test_probabilities_of_changed_tokens_go(session: Session) -> None:
    def made(text: str) -> bytes:
        content = [{"token": text, "bytes": list(text.encode()), "logprob": -1.0, "top_logprobs": []}]
        return sse({"choices": [{"index": 0, "delta": {"content": text}, "logprobs": {"content": content}}]})

    stream = [made(piece) for piece in ("To ", "ann.b@", "example.com", " now ", "and then ")]
    events = list(sse_events(passed(relay(session, NAMED["openai.chat"]), stream)))
    assert [event["choices"][0]["logprobs"] is None for event in events] == [False, True, True, False, False]


def test_numbers_that_count_into_a_text_move_with_it(session: Session) -> None:
    said = "Zoë: ann.b@example.com says so"
    by = len(LABEL) - len("ann.b@example.com")
    where = {"item_id": "m", "output_index": 0, "content_index": 0}
    cited = {"type": "url_citation", "start_index": 23, "end_index": 27, "url": "https://a.example", "title": "t"}
    part = {"text": said, "annotations": [cited], "logprobs": [1]}
    stream = [
        *(sse({"type": "response.output_text.delta", **where, "delta": each}) for each in cut(said, 3)),
        sse({"type": "response.output_text.annotation.added", **where, "annotation": cited}),
        sse({"type": "response.output_text.done", **where, "text": said}),
        sse(
            {
                "type": "response.content_part.done",
                **where,
                "part": {"text": said, "annotations": [cited], "logprobs": [1]},
            }
        ),
    ]
    events = list(sse_events(passed(relay(session, NAMED["openai.responses"]), stream)))
    added, part = events[-3]["annotation"], events[-1]["part"]
    assert added == part["annotations"][0] == {**cited, "start_index": 23 + by, "end_index": 27 + by}
    assert part["text"][added["start_index"] : added["end_index"]] == "says"
    assert part["logprobs"] is None


def test_annotations_of_interactions_count_bytes(session: Session) -> None:
    said = "Zoë: ann.b@example.com says so"
    cited = {"type": "url_citation", "start_index": 24, "end_index": 28, "url": "https://a.example"}

    def delta(**said: object) -> bytes:
        return sse({"event_type": "step.delta", "index": 0, "delta": said})

    stream = [
        *(delta(type="text", text=each) for each in cut(said, 3)),
        delta(type="text_annotation_delta", annotations=[cited]),
        sse({"event_type": "step.stop", "index": 0}),
    ]
    events = list(sse_events(passed(relay(session, NAMED["gemini.interactions"]), stream)))
    text = "".join(event["delta"].get("text", "") for event in events[:-1])
    (moved,) = events[-2]["delta"]["annotations"]
    assert text == f"Zoë: {LABEL} says so"
    assert text.encode()[moved["start_index"] : moved["end_index"]] == b"says"


def test_a_copy_that_says_something_else_is_judged_by_itself(session: Session) -> None:
    where = {"item_id": "m", "output_index": 0, "content_index": 0}
    stream = [
        sse({"type": "response.output_text.delta", **where, "delta": "Hello"}),
        sse({"type": "response.output_text.done", **where, "text": "Hello ann.b@example.com"}),
    ]
    *_, done = sse_events(passed(relay(session, NAMED["openai.responses"]), stream))
    assert done["text"] == f"Hello {LABEL}"


def test_signatures_are_not_touched(session: Session) -> None:
    signature = "Ab+/" * 30
    stream = [
        sse({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": signature}})
    ]
    assert passed(relay(session, NAMED["anthropic.messages"]), stream) == b"".join(stream)


def test_answers_on_one_connection_are_texts_of_their_own(session: Session) -> None:
    wire = NAMED["openai.responses_ws"]
    stream = wire.stream(["Hello"], []) + wire.stream(cut(SAID, 2), [])
    assert wire.reads(passed(relay(session, wire), stream))["response: text"] == SAID.replace(
        "ann.b@example.com", LABEL
    )


def test_frames_keep_their_order(session: Session) -> None:
    def made(index: int, text: str) -> bytes:
        return sse({"choices": [{"index": index, "delta": {"content": text}}]})

    stream = [made(0, "To ann.b@exam"), made(1, "Yes. "), b": ping\n\n", made(0, "ple.com, "), made(1, "No. ")]
    out = passed(relay(session, NAMED["openai.chat"]), stream)
    assert out == b"".join([made(0, f"To {LABEL}"), *stream[1:3], made(0, ", "), stream[4]])


def tools(pieces: list[str]) -> list[bytes]:
    return [
        sse({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": each}}]}}]})
        for each in pieces
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 200), max_size=12))
def test_arguments_stay_json_wherever_they_are_cut(session: Session, places: list[int]) -> None:
    pieces = [each.decode() for each in split(ASKED.encode(), places)]
    out = passed(relay(session, NAMED["openai.chat"]), tools(pieces))
    calls = [event["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"] for event in sse_events(out)]
    assert orjson.loads("".join(calls)) == {"to": LABEL, "cc": ["xüy", LABEL], "n": 1}


def test_a_content_type_that_is_no_stream_is_refused(session: Session) -> None:
    known = operation(NAMED["openai.chat"])
    with pytest.raises(ValueError, match="is no stream"):
        Relay(session, known, {}, {}, content_type="application/json")


CODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, raw": lambda data: zlib.compress(data, wbits=-zlib.MAX_WBITS),
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("size", [1, 1000])
def test_encodings_are_undone_as_the_bytes_come(session: Session, name: str, size: int) -> None:
    data = b"".join(NAMED["openai.chat"].stream(cut("Nothing to see. " * 90, 5), []))
    coded = CODED[name](data)
    codings = (name.partition(",")[0],)
    pieces = [coded[at : at + size] for at in range(0, len(coded), size)]
    assert passed(relay(session, NAMED["openai.chat"], codings=codings), pieces) == data
    assert passed(relay(session, NAMED["openai.chat"], codings=("identity", *codings)), pieces) == data
    early = relay(session, NAMED["openai.chat"], codings=codings)
    assert b"could not be read" in passed(early, [coded[:-3]])
    more = relay(session, NAMED["openai.chat"], codings=codings)
    assert b"could not be read" in passed(more, [coded, b"more of it"])


@pytest.mark.parametrize("codings", [("compress",), ("gzip",) * 4])
def test_an_encoding_that_nobody_knows_ends_the_stream(session: Session, codings: tuple[str, ...]) -> None:
    assert b"could not be read" in relay(session, NAMED["openai.chat"], codings=codings).feed(b"x")


def test_a_stream_that_explodes_is_ended(session: Session) -> None:
    bomb = gzip.compress(b"data: " + b" " * (40 << 20))
    assert b"could not be read" in relay(session, NAMED["openai.chat"], codings=("gzip",)).feed(bomb)


def test_padding_is_not_judged_and_what_only_looks_like_it_is(tmp_path: Path) -> None:
    text = """package test.pad
default allow
detector word { pattern /abcdef|bcdefg/ class internal confidence certain }
rule words on response { when payload contains word then redact as label }
"""
    session = compiled(tmp_path, text)
    padded = [sse({"completion": "x", "p": "abcdef"}), sse({"completion": "y", "obfuscation": "abcdef"})]
    assert passed(relay(session, NAMED["generic"]), padded) == b"".join(padded)
    assert b"[pad.word]" in passed(relay(session, NAMED["generic"]), [sse({"completion": "x", "p": "bcdefg"})])
    sound = [sse({"type": "speech.audio.delta", "audio": "abcdef++" * 20})]
    assert passed(relay(session, NAMED["openai.audio"]), sound) == b"".join(sound)


def test_a_text_goes_on_after_a_reason_to_finish(session: Session) -> None:
    made = [
        sse({"choices": [{"delta": {"content": each}, "finish_reason": "stop"}]}) for each in ("Hello, ", "world. ")
    ]
    assert passed(relay(session, NAMED["openai.chat"]), made) == b"".join(made)


def test_events_that_are_padded_are_told_by_a_template_too(session: Session) -> None:
    def made(number: int, text: str) -> bytes:
        data = orjson.dumps({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
        return b"data: " + data[:-1] + b" " * (number % 7) + b"}\n\n"

    stream = [made(number, text) for number, text in enumerate(cut(SAID * 3, 2))]
    reading = relay(session, NAMED["anthropic.messages"])
    out = passed(reading, stream)
    assert "".join(event["delta"]["text"] for event in sse_events(out)) == SAID.replace("ann.b@example.com", LABEL) * 3
    assert reading._made == 1
    assert out.count(b"   }") == b"".join(stream).count(b"   }")


@pytest.mark.parametrize("parameters", ["", "; server_no_context_takeover"])
def test_compressed_messages_of_a_websocket(session: Session, parameters: str) -> None:
    pack = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    sent = b""
    for text in cut(SAID, 9):
        if parameters:
            pack = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        event = orjson.dumps({"type": "response.output_text.delta", "output_index": 0, "delta": text})
        packed = (pack.compress(event) + pack.flush(zlib.Z_SYNC_FLUSH))[:-4]
        sent += bytes([0xC1, len(packed)]) + packed
    wire = NAMED["openai.responses_ws"]._replace(content_type="websocket; permessage-deflate" + parameters)
    out = passed(relay(session, wire), [sent])
    found = WebSocket(deflate=True, takeover=not parameters).feed(out)
    text = "".join(orjson.loads(frame.data or b"")["delta"] for frame in found)
    assert text == SAID.replace("ann.b@example.com", LABEL)


@pytest.mark.parametrize("name", ["thinking", "text/new"])
def test_pieces_in_a_member_that_nobody_knows_are_one_text(session: Session, name: str) -> None:
    texts = ["Write", " to a", "nn.b@", "examp", "le.com", " now."]
    chunks = [{"choices": [{"index": 0, "delta": {"role": "assistant", "kind": "text", name: each}}]} for each in texts]
    stream = b"".join(b"data: %b\n\n" % orjson.dumps(chunk) for chunk in chunks) + b"data: [DONE]\n\n"
    for size in (1, len(stream)):
        out = passed(
            relay(session, NAMED["openai.chat"]), [stream[at : at + size] for at in range(0, len(stream), size)]
        )
        deltas = [orjson.loads(line[6:])["choices"][0]["delta"] for line in out.split(b"\n\n") if b"{" in line]
        assert "".join(delta[name] for delta in deltas) == f"Write to {LABEL} now."
        assert {delta["kind"] for delta in deltas} == {"text"}
