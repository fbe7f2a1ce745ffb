"""Bytes that are no text, each with a clear error."""

from __future__ import annotations

import pytest

from aigov_dsl.source import decode


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        (b"\xef\xbb\xbfrule", 1, 1, "the file starts with a byte-order mark"),
        (b"\xff\xfer\x00", 1, 1, "the file is UTF-16"),
        (b"\xfe\xff\x00r", 1, 1, "the file is UTF-16"),
        ("é\nab".encode() + b"\xffcd", 2, 3, "byte 0xff at offset 5 is not UTF-8"),
        (b"a\xed\xa0\x80", 1, 2, "byte 0xed at offset 1 is not UTF-8"),
        (b"\xc3", 1, 1, "byte 0xc3 at offset 0 is not UTF-8"),
    ],
)
def test_what_is_not_utf8(data: bytes, line: int, column: int, message: str) -> None:
    problem = decode(data, "a.gov")
    assert (problem.code, problem.message) == ("E004", message)
    assert (problem.span.line, problem.span.column) == (line, column)


def test_text_is_text() -> None:
    assert decode("é日".encode(), "a.gov") == "é日"
