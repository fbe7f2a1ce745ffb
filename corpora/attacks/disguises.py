"""Ways to write and send one body: (what it is, what must come of it, headers, bytes)."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

JSON = "application/json"


class Disguise(NamedTuple):
    """`read` says whether the secret is found; else the body must count as unreadable."""

    about: str
    read: bool
    headers: tuple[tuple[str, str], ...]
    body: bytes
    query: str = ""


def chat(text: str) -> str:
    """A chat request with one message."""
    return json.dumps({"messages": [{"role": "user", "content": text}]}, ensure_ascii=False)


def disguises(secret: str) -> Iterator[Disguise]:
    """All of them, for one secret of ASCII letters and digits."""
    text = chat(f"é {secret}")
    body = text.encode()
    plain = chat("hello").encode()
    yield from _characters(text)
    yield from _encodings(body)
    yield from _framing(body)
    yield from _uploads(secret)
    yield from _files(secret)
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in secret)
    yield Disguise("escapes", True, (), chat("«").replace("«", escaped).encode())
    yield Disguise("in a header", True, (("x-note", secret),), plain)
    yield Disguise("in a header of the client's own", True, (("user-agent", f"OpenAI/Python {secret}"),), plain)
    yield Disguise("in the query", True, (), plain, f"note={secret}")
    yield Disguise("percent-encoded in the query", True, (), plain, "note=" + "".join(f"%{ord(c):02x}" for c in secret))
    yield Disguise("a key twice", False, (), f'{{"a":"{secret}","a":"x"}}'.encode())
    yield Disguise("a key twice, deep", False, (), f'{{"b":[{{"a":"x","a":"{secret}"}}]}}'.encode())
    yield Disguise("a NUL", False, (), f'{{"a":"\\u0000{secret}"}}'.encode())
    yield Disguise("a lone surrogate", False, (), f'{{"a":"\\ud800{secret}"}}'.encode())
    yield Disguise("nested deeply", False, (), b"[" * 5000 + f'"{secret}"'.encode() + b"]" * 5000)
    yield Disguise("50 MB", False, (), b'{"a":"' + b" " * (50 << 20) + secret.encode() + b'"}')
    yield Disguise("bytes after the JSON", False, (), plain + body)
    yield Disguise("a comment in JSON", False, (), f'{{"a":1}} // {secret}'.encode())


def _characters(text: str) -> Iterator[Disguise]:
    for codec in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield Disguise(codec, True, (("content-type", JSON),), text.encode(codec))
    for kind in ("text/plain", "image/png", "application/octet-stream", "multipart/form-data; boundary=x"):
        yield Disguise(f"JSON as {kind}", True, (("content-type", kind),), text.encode())
    for charset in ("utf-16", "utf-7", "iso-8859-1", "cp037"):
        yield Disguise(f"declared {charset}", False, (("content-type", f"{JSON}; charset={charset}"),), text.encode())
    yield Disguise("UTF-16 declared UTF-8", False, (("content-type", f"{JSON}; charset=utf-8"),), text.encode("utf-16"))
    yield Disguise("Latin-1", False, (("content-type", JSON),), text.encode("latin-1"))


def _encodings(body: bytes) -> Iterator[Disguise]:
    for coding, encode in (("gzip", gzip.compress), ("deflate", zlib.compress)):
        header = (("content-encoding", coding),)
        encoded = encode(body)
        yield Disguise(coding, True, header, encoded)
        yield Disguise(f"{coding}, cut", False, header, encoded[:-2])
        yield Disguise(f"{coding}, with a tail", False, header, encoded + body)
        yield Disguise(f"{coding}, not", False, header, body)
        yield Disguise(f"{coding}, unsaid", False, (), encoded)
        yield Disguise(f"{coding}, a bomb", False, header, encode(b'{"a":"' + bytes(40_000_000) + body))
    yield Disguise("gzip twice", True, (("content-encoding", "gzip, gzip"),), gzip.compress(gzip.compress(body)))
    yield Disguise(
        "gzip in two members", True, (("content-encoding", "gzip"),), gzip.compress(body[:9]) + gzip.compress(body[9:])
    )
    yield Disguise("an unknown encoding", False, (("content-encoding", "compress"),), body)


def _framing(body: bytes) -> Iterator[Disguise]:
    size = str(len(body))
    yield Disguise("too short a length", False, (("content-length", "9"),), body)
    yield Disguise("a length and chunks", False, (("content-length", size), ("transfer-encoding", "chunked")), body)
    yield Disguise("two lengths", False, (("content-length", size), ("content-length", size)), body)
    yield Disguise("two types", False, (("content-type", JSON), ("content-type", "text/plain")), body)


def _uploads(secret: str) -> Iterator[Disguise]:
    def form(head: str, content: str, *, boundary: str = "b", end: str = "--\r\n") -> bytes:
        return f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n--{boundary}{end}".encode()

    header = (("content-type", "multipart/form-data; boundary=b"),)
    line = json.dumps({"url": "/v1/chat/completions", "body": json.loads(chat(secret))})
    yield Disguise("a field", True, header, form('name="a"', f"see {secret}"))
    yield Disguise("a field's name", True, header, form(f'name="{secret}"', "x"))
    yield Disguise("a file's name", True, header, form(f'name="a"; filename="{secret}.txt"', "x"))
    yield Disguise("a text file", True, header, form('name="a"; filename="a.txt"', f"see {secret}"))
    yield Disguise("a batch", True, header, form('name="a"; filename="a.jsonl"', f"{line}\n{line}\n"))
    yield Disguise("filename*", False, header, form(f"name=\"a\"; filename*=utf-8''{secret}", "x"))
    yield Disguise("quoted quotes", False, header, form('name="a\\"b"', secret))
    yield Disguise("no end", False, header, form('name="a"', secret, end=""))
    yield Disguise("another end", False, header, form('name="a"', secret, boundary="c"))
    yield Disguise("line feeds", False, header, form('name="a"', secret).replace(b"\r\n", b"\n"))
    yield Disguise("a preamble", False, header, secret.encode() + b"\r\n" + form('name="a"', "x"))
    yield Disguise("an epilogue", False, header, form('name="a"', "x") + secret.encode())
    yield Disguise(
        "a multipart in a multipart", False, header, form('name="a"\r\nContent-Type: multipart/mixed', secret)
    )
    two = (("content-type", "multipart/form-data; boundary=b; boundary=c"),)
    yield Disguise("two boundaries", False, two, form('name="a"', secret))


def _files(secret: str) -> Iterator[Disguise]:
    def holding(data: bytes, kind: str) -> bytes:
        url = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        return json.dumps(
            {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_data": url}}]}]}
        ).encode()

    notebook = json.dumps({"cells": [{"cell_type": "code", "source": [f"k = '{secret}'"]}]}).encode()
    yield Disguise("a text file's data URL", True, (), holding(f"see {secret}".encode(), "text/plain"))
    yield Disguise("text as a picture", True, (), holding(f"see {secret}".encode(), "image/png"))
    yield Disguise("a notebook", True, (), holding(notebook, "application/x-ipynb+json"))
    yield Disguise("HTML", True, (), holding(f"<p>{secret}</p>".encode(), "text/html"))
    yield Disguise(
        "HTML, interrupted", True, (), holding(f"<p>{secret[:9]}<i></i>{secret[9:]}</p>".encode(), "text/html")
    )
    yield Disguise(
        "a picture's comment", True, (), holding(b"\x89PNG\r\n\x1a\n\0tEXt\0" + secret.encode(), "image/png")
    )
    yield Disguise("percent-encoded", True, (), chat(f"data:text/plain,see%20{secret}").encode())
    yield Disguise(
        "broken base64", False, (), holding(b"see " + secret.encode(), "text/plain").replace(b"base64,", b"base64,!")
    )
    yield Disguise("a broken PDF", False, (), holding(b"%PDF-1.7 " + secret.encode(), "application/pdf"))
    for name, xml in (("a document", f"<x>{secret}</x>"), ("a document's properties", f'<x title="{secret}"/>')):
        yield Disguise(name, True, (), holding(_archive(xml.encode()), "application/zip"))
    bomb = b"<x>" + b" " * 40_000_000 + secret.encode() + b"</x>"
    yield Disguise("a document's bomb", False, (), holding(_archive(bomb), "application/zip"))
    entity = f'<!DOCTYPE x [<!ENTITY a "{secret}">]><x>&a;</x>'.encode()
    yield Disguise("an XML entity", False, (), holding(_archive(entity), "application/zip"))


def _archive(xml: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", xml)
    return out.getvalue()
