"""However a body arrives, its text is read and edited, or it is unreadable."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import zstandard

from aigov_enforcers.wire import Governed, Message, Operation, govern
from aigov_enforcers.wire.formats import FORMATS
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome
from aigov_runtime.session import Session
from tests.enforcers.documents import docx, pdf, xlsx

CANARY = "canary2718"
LABEL = "[policy.canary]"
POLICY = """
default allow
detector canary { pattern /canary[0-9]{4}/ class test }
rule gone on any { when payload contains canary then redact as label }
"""
JSON = json.dumps({"messages": [{"role": "user", "content": f"é {CANARY}"}]}, ensure_ascii=False)
BODY = JSON.encode()


@pytest.fixture
def session(compiled: Callable[[str], bytes]) -> Session:
    return Engine.load(compiled(POLICY), UNVERIFIED).session({})


def decide(session: Session, body: bytes, name: str = "openai.chat", **headers: str) -> Governed:
    pairs = tuple((key.replace("_", "-"), value) for key, value in headers.items())
    operation = Operation(FORMATS[name], "openai", "", {"request.provider": "openai"})
    return govern(session, operation, Direction.PROMPT, Message(pairs, body))


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        *((name, encode(BODY)) for name, encode in ENCODERS.items()),
        ("deflate", raw_deflate(BODY)),
        ("x-gzip", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])),
        ("zstd", zstandard.compress(BODY[:9]) + zstandard.compress(BODY[9:])),
        ("gzip, br", brotli.compress(gzip.compress(BODY))),
    ],
    ids=[*ENCODERS, "raw deflate", "gzip members", "zstd frames", "two encodings"],  # of bytes with a time they differ
)
def test_encodings(session: Session, encoding: str, encoded: bytes) -> None:
    governed = decide(session, encoded, content_encoding=encoding, content_length=str(len(encoded)))

    assert governed.message is not None
    assert governed.message.body.decode() == JSON.replace(CANARY, LABEL)
    assert governed.message.headers == (("content-length", str(len(governed.message.body))),)


def test_an_encoded_body_without_findings_goes_as_it_came(session: Session) -> None:
    body = gzip.compress(b'{"messages":[]}')
    message = decide(session, body, content_encoding="gzip").message

    assert message == Message((("content-encoding", "gzip"),), body)


@pytest.mark.parametrize("name", list(ENCODERS))
@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data + b"tail",
        lambda data: data + b"\0",
        lambda data: data[:-1],
        lambda data: data[:5],
        lambda data: b"",
        lambda data: BODY,
    ],
    ids=map(str, range(6)),
)
def test_broken_encodings(session: Session, name: str, spoil: Callable[[bytes], bytes]) -> None:
    body = spoil(ENCODERS[name](BODY))
    if body:
        assert decide(session, body, content_encoding=name).message is None


@pytest.mark.parametrize("name", list(ENCODERS))
def test_bombs(session: Session, name: str) -> None:
    bomb = ENCODERS[name](b'{"a":"' + b"a" * 200_000_000 + b'"}') if name != "gzip" else gzip.compress(bytes(10**8))

    governed = decide(session, bomb, content_encoding=name)

    assert governed.message is None
    assert "expands to more than" in governed.interaction.unparsed


@pytest.mark.parametrize("encoding", ["lzma", "gzip, gzip, gzip, gzip", "gzip gzip"])
def test_other_encodings(session: Session, encoding: str) -> None:
    assert decide(session, gzip.compress(BODY), content_encoding=encoding).message is None


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b"\xef\xbb\xbf" + BODY, ""),
        (JSON.encode("utf-16"), ""),
        (JSON.encode("utf-16-le"), "; charset=utf-16"),
        (JSON.encode("utf-16-be"), "; charset=UTF-16BE"),
        (JSON.encode("utf-32"), ""),
        (BODY, "; charset=UTF-8"),
        (BODY.replace("é".encode(), b"e"), "; charset=iso-8859-1"),
    ],
)
def test_charsets(session: Session, body: bytes, charset: str) -> None:
    governed = decide(session, body, content_type="application/json" + charset)

    assert governed.message is not None
    assert LABEL in governed.message.body.decode("utf-8")
    assert json.loads(governed.message.body)["messages"][0]["role"] == "user"


def test_a_body_in_two_bytes_goes_on_in_utf8(session: Session) -> None:
    governed = decide(session, '{"a":"é"}'.encode("utf-16"), content_type="application/json; charset=utf-16")

    assert governed.decision.outcome is Outcome.ALLOW
    assert governed.message == Message((("content-type", "application/json"),), '{"a":"é"}'.encode())


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BODY, "application/json; charset=utf-16"),
        (BODY, "application/json; charset=iso-8859-1"),
        (BODY, "application/json; charset=utf-7"),
        (BODY, "application/json; charset=utf-8; charset=utf-16"),
        (JSON.encode("utf-16"), "application/json; charset=utf-8"),
        (b"\xff\xfe" + BODY, "application/json"),
        (JSON.encode("latin-1"), "application/json"),
        (b'{"a":1,"a":"' + CANARY.encode() + b'"}', "text/plain"),
        (b'{"a":"\\u0000' + CANARY.encode() + b'"}', ""),
        (b"[" * 200_000, "application/json"),
        (b'{"a":"' + b" " * (50 << 20) + CANARY.encode() + b'"}', "application/json"),
        (CANARY.encode(), ""),
    ],
    ids=map(str, range(12)),
)
def test_what_parsers_read_in_two_ways(session: Session, body: bytes, content_type: str) -> None:
    governed = decide(session, body, content_type=content_type) if content_type else decide(session, body)

    assert governed.interaction.unparsed
    assert governed.message is None


@pytest.mark.parametrize("content_type", ["text/plain", "image/png", "multipart/form-data; boundary=b", "x"])
def test_json_is_known_by_its_bytes(session: Session, content_type: str) -> None:
    governed = decide(session, BODY, content_type=content_type)

    assert governed.message is not None
    assert governed.message.body.decode() == JSON.replace(CANARY, LABEL)


@pytest.mark.parametrize(
    "headers",
    [
        {"content_length": "3"},
        {"content_length": str(len(BODY)), "transfer_encoding": "chunked"},
        {"transfer_encoding": "gzip, chunked"},
    ],
)
def test_framing_that_contradicts_itself(session: Session, headers: dict[str, str]) -> None:
    assert decide(session, BODY, **headers).message is None


def form(*parts: tuple[str, bytes], boundary: str = "b", end: str = "--\r\n") -> bytes:
    pieces = [
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + c + b"\r\n" for head, c in parts
    ]
    return b"".join(pieces) + f"--{boundary}{end}".encode()


MULTIPART = "multipart/form-data; boundary=b"


def test_an_upload(session: Session) -> None:
    batch = json.dumps(
        {"custom_id": "1", "url": "/v1/chat/completions", "body": json.loads(JSON)}, ensure_ascii=False
    ).encode()
    parts = [
        ('name="model"', b"gpt-4o"),
        ('name="prompt"', f"see {CANARY}".encode()),
        (f'name="file"; filename="{CANARY}.jsonl"\r\nContent-Type: application/jsonl', batch + b"\n" + batch),
        ('name="file2"; filename="a.png"', b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    ]
    body = form(*parts)

    governed = decide(session, body, content_type=MULTIPART, content_length=str(len(body)))

    assert governed.message is not None
    assert governed.message.body == body.replace(CANARY.encode(), LABEL.encode())
    assert ("content-length", str(len(governed.message.body))) in governed.message.headers
    assert governed.interaction.attributes["request.model"] == "gpt-4o"
    assert [(each.path, each.type, each.read) for each in governed.interaction.attachments] == [
        ("part/2", "text/plain", True),
        ("part/3", "image/png", False),
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (form(('name="a"', b"x"), end=""), MULTIPART),
        (form(('name="a"', b"x")).replace(b"\r\n", b"\n"), MULTIPART),
        (form(('name="a"', b"x")), "multipart/form-data; boundary=b; boundary=c"),
        (form(('name="a"', b"x")), "multipart/mixed; boundary=b"),
        (form(('name="a"', b"x")), "multipart/form-data"),
        (form(('name="a"', b"x"), ('name="a"', b"y")), MULTIPART),
        (b"preamble\r\n" + form(('name="a"', b"x")), MULTIPART),
        (form(('name="a"', b"x")) + b"epilogue", MULTIPART),
        (form(("name=a", b"x")), MULTIPART),
        (form(('name="a\\"b"', b"x")), MULTIPART),
        (form(("name=\"a\"; filename*=utf-8''b", b"x")), MULTIPART),
        (form(('name="a"; filename="b"; filename="c"', b"x")), MULTIPART),
        (form(('name="a"\r\nContent-Transfer-Encoding: base64', b"eA==")), MULTIPART),
        (form(('name="a"\r\nContent-Type: multipart/mixed; boundary=c', b"x")), MULTIPART),
        (form(('name="a"\r\nX-Note: x', b"x")), MULTIPART),
        (b"", MULTIPART),
    ],
    ids=map(str, range(16)),
)
def test_uploads_that_can_be_read_in_two_ways(session: Session, body: bytes, content_type: str) -> None:
    if not body:
        body = b"--b--\r\n"
    body = body.replace(b"\r\n\r\nx", b"\r\n\r\n" + CANARY.encode(), 1)

    governed = decide(session, body, content_type=content_type)

    assert governed.message is None
    assert governed.interaction.unparsed


def chat_file(data: bytes | str, media_type: str = "application/octet-stream") -> bytes:
    text = data if isinstance(data, str) else f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    return json.dumps(
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_data": text}}]}]}
    ).encode()


def held(governed: Governed) -> bytes:
    assert governed.message is not None
    text = json.loads(governed.message.body)["messages"][0]["content"][0]["file"]["file_data"]
    return base64.b64decode(text.partition(",")[2] or text)


NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": ["x = 1\n", f"k = '{CANARY}'\n"]}], "nbformat": 4})


@pytest.mark.parametrize(
    "data",
    [
        f"some text with {CANARY} in it".encode(),
        f"name;value\r\nä;{CANARY}\r\n".encode("utf-16"),
        f"name;value\r\nä;{CANARY}; and a tail that is long enough\r\n".encode("latin-1"),
        f"<html><body><p class='x'>The {CANARY}</p></body></html>".encode(),
        NOTEBOOK.encode(),
        f'{{"a":"x"}}\n{{"a":"{CANARY}"}}\n'.encode(),
    ],
)
@pytest.mark.parametrize("bare", [False, True])
def test_text_in_files_is_edited(session: Session, data: bytes, bare: bool) -> None:
    data = data.ljust(60) if bare and not data.startswith(b"\xff") else data
    body = chat_file(base64.b64encode(data).decode() if bare else data, "text/csv")

    governed = decide(session, body)

    codec = "utf-16" if data.startswith(b"\xff\xfe") else "latin-1"
    assert held(governed).decode(codec) == data.decode(codec).replace(CANARY, LABEL)


@pytest.mark.parametrize("make", [pdf, docx, xlsx])
def test_documents_are_read_and_blocked(session: Session, make: Callable[[str], bytes]) -> None:
    clean, dirty = (decide(session, chat_file(make(text))) for text in ("nothing here", f"the {CANARY} is"))

    assert clean.decision.outcome is Outcome.ALLOW
    assert any("nothing here" in each.text for each in clean.interaction.segments)
    assert clean.interaction.attachments[0].read
    assert dirty.message is None
    assert "cannot be edited" in dirty.decision.message


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", **members}.items():
            archive.writestr(name, content)
    return out.getvalue()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\nbroken",
        zipped(**{"word/document.xml": ENTITIES}),
        zipped(**{"word/document.xml": b"<x>" + b" " * 40_000_000 + b"</x>"}),
        zipped(**{"word/document.xml": b"<x/>", "word/embeddings/a.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}),
        zipped(**{"word/document.xml": b"<x" + b"><x" * 100_000}),
    ],
)
def test_documents_that_cannot_be_read(session: Session, data: bytes) -> None:
    governed = decide(session, chat_file(data))

    assert governed.message is None
    assert governed.interaction.unparsed


@pytest.mark.parametrize("module", ["pypdf", "defusedxml.ElementTree", "brotli", "zstandard"])
def test_without_the_library_it_is_unreadable(session: Session, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, module, None)
    encodings: dict[str, Any] = {"brotli": "br", "zstandard": "zstd"}
    if module in encodings:
        governed = decide(session, ENCODERS[encodings[module]](BODY), content_encoding=encodings[module])
    else:
        governed = decide(session, chat_file(pdf("x") if module == "pypdf" else docx("x")))

    assert governed.message is None
    assert "is not installed" in governed.interaction.unparsed


def test_pictures_are_on_record(session: Session) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(200)

    governed = decide(session, chat_file(picture, "image/png"))

    assert governed.decision.outcome is Outcome.ALLOW
    (attachment,) = governed.interaction.attachments
    assert (attachment.type, attachment.size, attachment.read) == ("image/png", len(picture), False)


def test_a_word_that_markup_hides_is_found_and_not_edited(session: Session) -> None:
    governed = decide(session, chat_file(b"<p>can<b></b>ary2718</p>", "text/html"))

    assert governed.message is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0tEXtComment\0" + CANARY.encode() + b" more text here",
        b"\0\1\2\3 unknown " + CANARY.encode() + b" more\0",
    ],
)
def test_strings_in_the_open_are_read(session: Session, data: bytes) -> None:
    assert decide(session, chat_file(data, "image/png")).message is None


def test_broken_base64_in_a_file_is_unreadable(session: Session) -> None:
    text = base64.b64encode(CANARY.encode() * 20).decode()

    assert decide(session, chat_file(f"data:text/plain;base64,{text[:40]}!{text[40:]}")).message is None


def test_files_inside_files(session: Session) -> None:
    data = chat_file(f"{CANARY} is the word".encode())
    for _ in range(2):
        data = chat_file(data)
    governed = decide(session, data)

    assert governed.message is not None
    assert CANARY not in str(held(governed))
    for _ in range(3):
        data = chat_file(data)
    assert decide(session, data).message is None


def test_names_that_look_like_paths_into_files(session: Session) -> None:
    inner = base64.b64encode(
        json.dumps({"b": "harmless text that is long enough to be seen as a file"}).encode()
    ).decode()

    governed = decide(session, json.dumps({"a": inner, "a@": {"b": CANARY}}).encode(), "generic")

    assert governed.message is None or CANARY.encode() not in governed.message.body


def test_json_lines(session: Session) -> None:
    rows = BODY + b"\n\n" + BODY.replace(CANARY.encode(), b"nothing") + b"\n"

    governed = decide(session, rows, content_type="application/x-ndjson")

    assert governed.message is not None
    assert governed.message.body == rows.replace(CANARY.encode(), LABEL.encode())
    assert decide(session, rows + b'{"a":1,"a":2}', content_type="application/x-ndjson").message is None
    assert decide(session, rows, content_type="application/json").message is None
