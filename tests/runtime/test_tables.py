"""Rows of tables in texts: hashes against published vectors, normal forms, damaged indexes, a limit on work."""

from __future__ import annotations

import random

import pytest
from aigov_runtime.native._native import ffi, lib

from aigov_runtime.scan import tables
from aigov_runtime.scan.tables import Cells, Table, TooMuchWorkError

KEY = bytes(range(32))
ROWS = (
    ("ann.smith@example.com", "Ännchen Smith", "+49 30 1234567"),
    ("bob@example.com", "Bob Straße", "0170 / 765 4321"),
    ("eve@example.com", "Ève O’Hara", "+1 (415) 555-2671"),
)


def index(rows: tuple[tuple[str, ...], ...] = ROWS) -> bytes:
    cells = Cells(KEY)
    for slot, cell in enumerate(cell for row in rows for cell in row):
        cells.add(slot, cell)
    return cells.index(len(rows), len(rows[0]))


def table(data: bytes, count: int = 1, within: int = 100, columns: int = 3) -> Table:
    return Table(data, KEY, columns, count=count, within=within)


def found(text: str, count: int = 1, rows: tuple[tuple[str, ...], ...] = ROWS) -> list[str]:
    data = text.encode()
    spans = table(index(rows), count, columns=len(rows[0])).spans(data, 0, len(data))
    return sorted({data[start:end].decode() for start, end in spans})


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (bytes(range(15)), 0xA129CA6149BE45E5),  # Aumasson and Bernstein 2012, appendix A
        (b"", 0x726FDB47DD0E0E31),  # and the first and eighth of their reference implementation
        (bytes(range(7)), 0xAB0200F58B01D137),
    ],
)
def test_siphash_gives_the_published_values(message: bytes, expected: int) -> None:
    assert lib.aigov_siphash(KEY, message, len(message)) == expected


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("Ann-Marie O'Neil", "annmarieoneil"),
        ("STRAẞE 1", "strasse1"),
        ("Łódź, Müller & Søn", "lodzmullerson"),
        ("ﬁne ＡＢＣ ①", "fineabc1"),
        ("한국", "한국"),
        ("+49 (0)30 1234567", "301234567"),
        ("0049-30-1234567", "301234567"),
        ("030/1234567", "301234567"),
        ("+1 (415) 555-2671", "4155552671"),
        ("+352 621 123 456", "621123456"),
        ("4930 1234567", "49301234567"),
        ("000123456789", "000123456789"),
        ("+49 30 12", "493012"),
        ("A0049 301234567", "a0049301234567"),
    ],
)
def test_normal_forms(cell: str, form: str) -> None:
    assert Cells(KEY).normal_form(cell) == form


def test_the_normal_form_has_a_longest_size() -> None:
    assert Cells(KEY).normal_form("x" * tables.MAX_CELL_BYTES) is not None
    assert Cells(KEY).normal_form("x" * (tables.MAX_CELL_BYTES + 1)) is None
    with pytest.raises(ValueError, match="a cell has more than 1,023 bytes"):
        Cells(KEY).add(0, "é" * 600 + "x" * 600)


@pytest.mark.parametrize(
    "text", ["call 0049 30 1234567", "+49 (0) 30/123-45-67!", "(030) 1234567", "49 030 1234567", "30 1234567"]
)
def test_a_telephone_number_is_found_however_it_is_dialled(text: str) -> None:
    assert len(found(text)) == 1


@pytest.mark.parametrize("text", ["+44 30 1234568", "x030 1234567", "0300 1234567", "130 1234567"])
def test_other_numbers_are_not(text: str) -> None:
    assert found(text) == []


def test_long_cells_and_long_tokens() -> None:
    cell = "ab" * 500
    rows = ((cell,), ("short one",))
    assert found(f"{'x' * 3000} {cell} short one {'y' * 5000}", rows=rows) == [cell, "short one"]
    assert found(" ".join(cell), rows=rows) == [" ".join(cell)]


def test_columns_of_one_row_that_others_share() -> None:
    rows = tuple((f"u{n}@x.example", f"First{n % 50}", f"Last{n % 70}") for n in range(3_000))
    assert found("dear first7 last7,", count=2, rows=rows) == ["first7 last7"]
    assert found("dear first7 last8,", count=2, rows=rows) == []  # 7 and 8 differ modulo 10, so no row has both
    assert found("u8@x.example: first8 last8", count=3, rows=rows) == ["u8@x.example: first8 last8"]


def test_work_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(("Freiburg", f"Plan{n % 2}00", "yes") for n in range(2_000))
    monkeypatch.setattr(tables, "MAX_TABLE_STEPS", 1_000)
    data = b"Freiburg plan000 "
    with pytest.raises(TooMuchWorkError):
        list(table(index(rows), count=2).spans(data, 0, len(data)))
    monkeypatch.setattr(tables, "MAX_CANDIDATES", 2_000)
    with pytest.raises(TooMuchWorkError):
        list(table(index(rows)).spans(data * 1_100, 0, len(data) * 1_100))


def test_more_places_than_the_first_buffer_holds() -> None:
    data = b"bob@example.com " * 2_500
    assert len(list(table(index()).spans(data, 0, len(data)))) == 2_500


def test_a_damaged_index_is_refused_or_searched_in_bounds() -> None:
    sound = index()
    text = " ".join(cell for row in ROWS for cell in row).encode()
    refused = 0
    rng = random.Random(7)
    for _ in range(3_000):
        damaged = bytearray(sound)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        if rng.random() < 0.2:
            del damaged[rng.randrange(len(damaged)) :]
        try:
            opened = table(bytes(damaged), count=2)
        except ValueError:
            refused += 1
            continue
        list(opened.spans(text, 0, len(text)))
    assert 500 < refused < 2_900
    for size in range(len(sound)):
        with pytest.raises(ValueError, match="damaged"):
            table(sound[:size])


def test_no_bytes_lead_out_of_the_text() -> None:
    rng = random.Random(3)
    opened = table(index())
    for size in range(200):
        data = bytes(rng.choice(b"\xf0\x9f\xc3\xa4\xe2\x80+0 49a\xff\xed\xa0\x80") for _ in range(size))
        exact = ffi.new("uint8_t[]", data)
        assert lib.aigov_table_find(opened._table, exact, size, ffi.new("aigov_place[]", 1), 1) >= 0
