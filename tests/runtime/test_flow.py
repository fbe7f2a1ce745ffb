"""One streamed response: what comes in pieces is decided as the whole would be."""

from __future__ import annotations

import base64
import hashlib
import json
import tracemalloc
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine, Session
from aigov_runtime.flow import Flow
from aigov_runtime.model import Decision, Direction, Interaction, Kind, Outcome, Segment
from aigov_runtime.redact import apply
from tests.runtime.policies import engine

HIDE = "default allow\nrule hide on response { when payload contains key then redact as label }"
BLOCK = 'default allow\nrule stop on response { when payload contains key then block "no keys" }'
TOKENS = "default allow\nrule hide on any { when payload contains key then redact as token }"
KEY = b"k" * 32


def session(text: str) -> Session:
    return engine(text).session({}, KEY)


def streamed(flow: Flow, pieces: Iterable[str], *, as_json: bool = False) -> str:
    """What the client gets of one text. Checks what `Settled` promises."""
    channel = flow.open("assistant", "/choices/0", Kind.TEXT, json=as_json)
    pieces = list(pieces)
    text = b"".join(piece.encode("utf-8", "surrogatepass") for piece in pieces)
    given, upto, came = b"", 0, 0
    for number, piece in enumerate([*pieces, ""]):
        came += len(piece.encode("utf-8", "surrogatepass"))
        settled = channel.end() if number == len(pieces) else channel.feed(piece)
        assert upto <= settled.upto <= came
        for change in settled.changes:
            assert upto <= change.start < change.end <= settled.upto
            given += text[upto : change.start] + change.replacement.encode("utf-8", "surrogatepass")
            upto = change.end
        given += text[upto : settled.upto]
        upto = settled.upto
    assert flow.blocked() or upto == len(text)
    return given.decode("utf-8", "surrogatepass")


def whole(session: Session, text: str) -> str:
    """What the client gets of a text that comes as a whole."""
    segment = Segment("assistant", "/choices/0", text, Kind.TEXT)
    decision = session.decide(Interaction(Direction.RESPONSE, (segment,)))
    return apply(text, decision.edits, session.restore)


def cut(text: str, size: int) -> Sequence[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def test_words_alone_are_found_too(tmp_path: Path) -> None:
    """A policy without a pattern has an automaton of nothing."""
    source = tmp_path / "words.gov"
    source.write_text(
        'package t\ndefault allow\ndetector name { words ["falcon"] class internal }\n'
        "rule hide on response { when payload contains name then redact as label }\n"
    )
    words = Engine.load(compile_program(aigov_dsl.load([source])).envelope, UNVERIFIED).session({}, KEY)
    text = "the falcon flies " * 40
    for size in (1, 5, 1000):
        assert streamed(words.flow({}, {}), cut(text, size)) == whole(words, text) != text


@pytest.mark.parametrize("size", [1, 2, 5, 7, 1000])
def test_a_value_over_pieces_is_replaced(size: int) -> None:
    text = "the key is key-123456, and " * 40
    policy = session(HIDE)
    assert streamed(policy.flow({}, {}), cut(text, size)) == whole(policy, text)


def test_rules_without_findings_decide_at_the_start() -> None:
    flow = session('default allow\nrule r on response { when request.model == "m" then block "not m" }').flow(
        {"request.model": "m"}, {}
    )
    assert (flow.decision.outcome, flow.decision.message) == (Outcome.BLOCK, "not m")
    assert streamed(flow, ["hello"]) == ""


@pytest.mark.parametrize("size", [1, 6, 500])
def test_a_block_ends_the_stream_before_the_value(size: int) -> None:
    flow = session(BLOCK).flow({}, {})
    given = streamed(flow, cut("word " * 200 + "key-123456" + " word" * 200, size))
    assert flow.decision.outcome is Outcome.BLOCK
    assert flow.decision.message == "no keys"
    assert "key-" not in given
    assert [found.start for found in flow.end({}).findings] == [1000]


@pytest.mark.parametrize("size", [1, 9, 500])
def test_tokens_are_put_back(size: int) -> None:
    policy = session(TOKENS)
    decision = policy.decide(Interaction(Direction.PROMPT, (Segment("user", "/0", "key-123456", Kind.TEXT),)))
    token = decision.edits[0].replacement
    text = f"one {token} two **{token.upper()}** three {token.replace('_', chr(92) + '_')}, four key-654321 end"
    given = streamed(policy.flow({}, {}), cut(text, size))
    assert given == whole(policy, text)
    assert given.startswith("one key-123456 two **key-123456** three key-123456, four KEY_")


def test_a_count_is_of_all_channels_and_takes_nothing_back() -> None:
    flow = session(
        "default allow\nrule hide on response { when payload contains key count >= 2 then redact as label }"
    ).flow({}, {})
    assert streamed(flow, ["a key-111111 b"]) == "a key-111111 b"
    assert flow.decision.outcome is Outcome.ALLOW
    assert streamed(flow, ["a key-222222 b"]) == "a [t.key] b"
    assert flow.decision.outcome is Outcome.REDACT


def test_a_rule_on_tool_calls_sees_them_alone() -> None:
    flow = session("default allow\nrule hide on tool_call { when payload contains key then redact as label }").flow(
        {}, {}
    )
    assert streamed(flow, ["a key-111111 b"]) == "a key-111111 b"
    call = flow.open("assistant", "/tool", Kind.TOOL_CALL, json=True)
    changes = call.feed('{"a": "key-222222"}').changes + call.end().changes
    assert [change.replacement for change in changes] == ["[t.key]"]


def test_texts_that_come_whole_are_judged_with_the_rest() -> None:
    policy = session(TOKENS)
    flow = policy.flow({}, {})
    texts = ("a key-111111", "b")
    changes = flow.whole([Segment("assistant", f"/{n}", text, Kind.TEXT) for n, text in enumerate(texts)])
    assert [(each.start, each.end) for each in changes[0]] == [(2, 12)]
    assert changes[1] == ()
    assert flow.decision.outcome is Outcome.REDACT
    assert [edit.segment for edit in flow.end({}).edits] == [0]


def test_of_texts_that_come_whole_those_with_findings_alone_are_kept() -> None:
    flow = session(HIDE).flow({}, {})
    tracemalloc.start()
    try:
        for number in range(4000):
            flow.whole([Segment("", "/id", f"an id {number}", Kind.METADATA)] * 8)
            if number == 1000:
                before, _ = tracemalloc.get_traced_memory()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 64 << 10
    texts = [
        Segment("", f"/{at}", text, Kind.METADATA) for at, text in enumerate(("a", "key-111111", "b", "key-222222"))
    ]
    assert [bool(changes) for changes in flow.whole(texts)] == [False, True, False, True]
    assert [edit.path for edit in flow.decision.edits] == ["/1", "/3"]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_json_stays_json(size: int) -> None:
    policy = engine(
        'default allow\ndetector line { pattern /\\bpin [0-9]{4}\\nrow "x"/ }\n'
        "rule hide on any { when payload contains line then redact as token }"
    ).session({}, KEY)
    value = 'pin 1234\nrow "x"'
    decision = policy.decide(Interaction(Direction.PROMPT, (Segment("user", "/0", value, Kind.TEXT),)))
    token = decision.edits[0].replacement
    given = streamed(policy.flow({}, {}), cut(json.dumps({"a": f"go {token} on", "b": 1}), size), as_json=True)
    assert json.loads(given) == {"a": f"go {value} on", "b": 1}


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("style", ["label", "mask", "token", "remove", "hash"])
def test_escapes_are_replaced_whole(size: int, style: str) -> None:
    policy = session(f"default allow\nrule hide on response {{ when payload contains key then redact as {style} }}")
    text = '{"a": "x\\nkey-12\\u0033456\\ny", "b": "\\ud83d\\ude00key-654321"}'
    given = json.loads(streamed(policy.flow({}, {}), cut(text, size), as_json=True))
    assert "456" not in str(given)
    assert "654" not in str(given)
    assert given["a"].startswith("x\n")
    assert given["a"].endswith("\ny")
    assert given["b"].startswith("\U0001f600")


def test_the_policy_of_the_start_holds() -> None:
    """A hot swap is for the next response."""
    running = engine(HIDE)
    flow = running.session({}, KEY).flow({}, {})
    running.policy = engine("default allow").policy
    assert streamed(flow, ["a key-111111 b"]) == "a [t.key] b"


def test_the_last_word_has_the_measures_of_the_whole() -> None:
    policy = session(
        'default allow\nrule much on response { when request.tokens > 10 then alert "ops" on unknown skip }'
    )
    flow = policy.flow({}, {})
    streamed(flow, ["hello"])
    assert flow.decision.rules == ()
    last: Decision = flow.end({"request.tokens": 11})
    assert [hit.id for hit in last.rules] == ["much"]


@pytest.mark.parametrize(("rule", "outcome"), [("redact as label", Outcome.BLOCK), ('alert "ops"', Outcome.ALLOW)])
def test_what_cannot_be_held_fails_closed(rule: str, outcome: Outcome) -> None:
    """Text in base64 that never ends: rules that redact by a detector block, and without them it goes out."""
    policy = session(f"default allow\nrule hide on response {{ when payload contains key then {rule} }}")
    flow = policy.flow({}, {})
    text = "see " + base64.b64encode(b"a lazy dog jumps over nothing at all. " * 600).decode()
    given = streamed(flow, cut(text, 100))
    assert flow.decision.outcome is outcome
    assert given == (text if outcome is Outcome.ALLOW else "see ")


def test_no_character_is_given_away_in_parts() -> None:
    policy = engine(
        "default allow\ndetector odd { pattern /[^a-z ]{3}x/ }\n"
        "rule r on response { when payload contains odd then redact }"
    ).session({}, KEY)
    channel = policy.flow({}, {}).open("assistant", "/", Kind.TEXT)
    text = "añb 你好 \U0001f600 Ünïcödé 你x" * 4
    for number, letter in enumerate(text):
        upto = channel.feed(letter).upto
        text[: number + 1].encode()[:upto].decode()


def test_a_long_word_of_nothing_goes_out() -> None:
    """What no pattern wants is not held, however long it is without a blank."""
    policy = session(HIDE)
    text = "x" * 40_000
    assert streamed(policy.flow({}, {}), cut(text, 1000)) == text


def test_a_repeat_with_an_end_is_held_no_longer_than_a_match() -> None:
    """Letters of which any may begin a match, and none ends: attempts that the automaton takes for one still end."""
    policy = engine(
        "default allow\ndetector street { pattern /([^a-z]{1,20}-weg [0-9]{1,3})x/ group 1 }\n"
        "rule r on response { when payload contains street then redact }"
    ).session({}, KEY)
    channel = policy.flow({}, {}).open("assistant", "/", Kind.TEXT)
    size = 0
    for letter in "你好世界" * 200:
        size += len(letter.encode())
        assert size - channel.feed(letter).upto <= 32


@pytest.mark.parametrize(
    "rules",
    [
        "rule hide { when payload contains key then redact }",
        'rule tell on response { when payload contains key then alert "ops" }',
    ],
)
@pytest.mark.parametrize("size", [1, 7])
def test_nothing_is_held_for_what_no_rule_takes_out(rules: str, size: int) -> None:
    flow = session(f"default allow\n{rules}").flow({}, {})
    channel = flow.open("assistant", "/", Kind.TEXT)
    text, came = "the key is key-123456, and key-1 is none", 0
    for piece in cut(text, size):
        came += len(piece)
        assert came - channel.feed(piece).upto <= 8  # a word that may be a token
    channel.end()
    (found,) = flow.decision.findings
    assert (found.detector, found.end) == ("t.key", len("the key is key-123456"))


def test_what_bears_upon_a_finding_is_waited_for() -> None:
    """A detector that no rule reads, of which one is near what a rule takes out."""
    policy = engine(
        "default allow\ndetector mail { pattern /[a-z]{1,9}@[a-z]{1,9}/ }\n"
        "detector code { pattern /c[0-9]{4}/ confidence possible confidence certain when near mail within 20 chars }\n"
        "rule r on response { when payload contains code confidence certain then redact as label }"
    ).session({}, KEY)
    text = "it is c1234, and so on ... for c5678, ask ann@here or else"
    for size in (1, 5, 100):
        assert streamed(policy.flow({}, {}), cut(text, size)) == whole(policy, text)


UUIDS = [str(uuid.UUID(bytes=hashlib.sha256(b"%d" % number).digest()[:16], version=4)) for number in range(600)]
ROWS = {
    "words a line": ("apple\npear\nplum\n" * 1200, 32),
    "files a line": ("src/app/fig.py\nsrc/lib/lime.py\n" * 600, 32),
    "numbers a line": ("\n".join(map(str, range(4000))), 32),
    "random words a line": ("\n".join(UUIDS), 1024),
    "a matrix": ("0 1 1 0 1 0 0 1 1 0\n1 0 0 1 0 1 1 0 0 1\n" * 500, 256),
    "bytes of C": ("0x12, 0xfe, 0x40, " * 1200, 2560),
    "escapes": ("\\u041f\\u0440\\u0438 " * 1200, 512),
    "letters in quotes": ('"a", "b", "c", ' * 1500, 32),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_without_an_end_goes_out(row: str) -> None:
    """Each of its parts may go on, but all before them are read by then."""
    text, most = ROWS[row]
    flow = session(HIDE).flow({}, {})
    channel = flow.open("assistant", "/", Kind.TEXT)
    came = held = 0
    for piece in cut(text, 5):
        came += len(piece)
        held = max(held, came - channel.feed(piece).upto)
    assert held <= most
    assert flow.decision.outcome is Outcome.ALLOW


@pytest.mark.parametrize("size", [1, 2, 3, 5, 13])
@pytest.mark.parametrize(
    "text",
    [
        "plum\nfig\ntok_a1B2c3D4e5\r\nF6g7H8i9J0kLm\r\nplum",
        "take tok_a1B2c3D4e5\n  F6g7H8i9J0kLm, fig",
        "take\n> 'tok_a1B2c3D4e5\n> F6g7H8i9J0kLm'",
        "`" + ", ".join(f"0x{byte:02x}" for byte in b"tok_a1B2c3D4e5F6g7H8i9J0kLm") + "`",
        "x = 0x12; " + ", ".join(f"0x{byte:02x}" for byte in b"tok_a1B2c3D4e5F6g7H8i9J0kLm") + ";",
        base64.encodebytes(b"what you look for in all this is tok_a1B2c3D4e5F6g7H8i9J0kLm and nothing else").decode(),
    ],
)
def test_no_part_of_a_value_over_lines_or_in_a_list_goes_out(text: str, size: int) -> None:
    policy = engine(
        "default allow\ndetector token { pattern /tok_[A-Za-z0-9]{23}/ }\n"
        "rule r on response { when payload contains token then redact as label }"
    ).session({}, KEY)
    assert "[t.token]" in whole(policy, text)
    assert streamed(policy.flow({}, {}), cut(text, size)) == whole(policy, text)
