"""Texts in pieces get what they get as a whole: random texts, random cuts, values of many kinds, encoded or not."""

from __future__ import annotations

import base64
import json
import tempfile
import urllib.parse
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine, Session
from aigov_runtime.model import Kind
from tests.runtime.test_flow import KEY, cut, streamed, whole

POLICY = r"""
package t
default allow
detector email { pattern /\b[a-z0-9.]{1,40}@[a-z0-9.]{1,40}\.[a-z]{2,6}\b/ class personal }
detector card { pattern /\b[0-9]{4}(?:[ -]?[0-9]{4}){3}\b/ validate luhn class personal }
detector iban { pattern /\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/ class personal }
detector phone { pattern /\+[0-9]{2}(?:[ -]?[0-9]{2,4}){2,4}/ class personal }
detector aws { pattern /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/ class secret }
detector pem { pattern /-----BEGIN [A-Z ]{1,20}-----\s[A-Za-z0-9+\/=\s]{1,2000}-----END [A-Z ]{1,20}-/ class secret }
detector jwt { pattern /\beyJ[A-Za-z0-9_-]{5,400}\.[A-Za-z0-9_-]{5,400}\.[A-Za-z0-9_-]{5,400}/ class secret }
detector name { pattern /\b(?:Mr|Mrs|Dr)\.? ([A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){0,2})/ group 1 class personal }
detector street { pattern /\b[0-9]{1,4} [A-Z][a-z]{1,20} (?:Street|Road|Avenue)(?:, [A-Z][a-z]{1,20})?/ class personal }
detector ssn { pattern /\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b/ near ["ssn", "social security"] within 30 chars class personal }
detector pin { pattern /(?i)\bpin[^0-9]{0,20}([0-9]{4,8})\b/ group 1 not near ["example"] within 9 chars class secret }
detector password { pattern /(?i)\bpassword\s{0,2}[:=]\s{0,2}([^\s"']{6,40})/ group 1 class secret }
detector codename { words ["project blue moon", "falcon"] class secret }
rule hide on response { when payload contains class secret or payload contains class personal then redact as STYLE }
"""

VALUES = (
    "jane.doe@example.org",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "DE89 3704 0044 0532 0130 00",
    "+49 30 1234567",
    "AKIAQ3EGSZ7WBRXKQJ4N",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nzq1Kx0b7\n-----END RSA PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4",
    "Dr. Maria Anna Gonzalez",
    "12 Baker Street, London",
    "536-22-8721 is my ssn",
    "pin is 4711 as an example",
    "the PIN: 8642",
    "password: hunter2Xy9!",
    "project blue moon",
)


def _entities(value: str) -> str:
    return "".join(f"&#{ord(character)};" for character in value)


def _escapes(value: str) -> str:
    return "".join(f"\\u{ord(character):04x}" if at % 3 == 0 else character for at, character in enumerate(value))


def _halves(value: str) -> str:
    return f'"{value[: len(value) // 2]}" + "{value[len(value) // 2 :]}"'


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _quoted_printable(value: str) -> str:
    return "".join(f"={ord(c):02X}" if not c.isalnum() else c for c in value)


ENCODINGS: tuple[Callable[[str], str], ...] = (
    str,
    str,
    str,
    urllib.parse.quote,
    json.dumps,
    " ".join,
    _entities,
    _escapes,
    _halves,
    _base64,
    _quoted_printable,
)
PROSE = (
    "the",
    "quick",
    "Fox",
    "a",
    "I",
    "ssn",
    "pin",
    "Mr",
    "Dr.",
    "key",
    "42",
    "2026",
    "x=1",
    "你好。",
    "Привет",
    "café",
    "falco",
)
BETWEEN = (
    " ",
    " ",
    " ",
    ", ",
    ". ",
    "\n",
    "\n\n",
    "",
    "\t",
    ": ",
    '"',
    "'",
    "**",
    "\\n",
    "-",
    "(",
    "_",
    "%",
    "&",
    "\\",
)

values = st.builds(lambda encode, value: encode(value), st.sampled_from(ENCODINGS), st.sampled_from(VALUES))
texts = st.lists(
    st.tuples(st.one_of(st.sampled_from(PROSE), values), st.sampled_from(BETWEEN)).map("".join), max_size=14
).map("".join)


@cache
def session(style: str = "label") -> Session:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.gov")
        path.write_text(POLICY.replace("STYLE", style))
        return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED).session({}, KEY)


@settings(max_examples=150, deadline=None)
@given(texts, st.integers(1, 40))
def test_what_a_text_gets_in_pieces_it_gets_as_a_whole(text: str, size: int) -> None:
    wanted = whole(session(), text)
    assert streamed(session().flow({}, {}), cut(text, 1)) == wanted
    assert streamed(session().flow({}, {}), cut(text, size)) == wanted


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("encode", ENCODINGS[2:])
def test_each_value_byte_by_byte(value: str, encode: Callable[[str], str]) -> None:
    text = f"so it says here: {encode(value)} and then goes on for a while, as texts do."
    assert streamed(session().flow({}, {}), cut(text, 1)) == whole(session(), text)


def test_plain_words_go_out_at_once() -> None:
    """No more than the word at hand is held."""
    channel = session().flow({}, {}).open("assistant", "/", Kind.TEXT)
    text = "all work and no play makes jack a dull boy, they say, and so it goes "
    given_away = 0
    for at, letter in enumerate(text):
        given_away = channel.feed(letter).upto
        assert at + 1 - given_away <= 24
    assert given_away >= len(text) - 24


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, max_size=4), st.integers(1, 40), st.sampled_from(["label", "mask", "token", "remove"]))
def test_arguments_stay_json(items: list[str], size: int, style: str) -> None:
    text = json.dumps({"items": items, "n": 1}, ensure_ascii=size % 2 == 0)
    given_away = json.loads(streamed(session(style).flow({}, {}), cut(text, size), as_json=True))
    assert given_away["n"] == 1
    assert len(given_away["items"]) == len(items)
