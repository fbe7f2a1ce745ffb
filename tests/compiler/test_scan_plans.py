"""Patterns, words and tables as the scanner gets them."""

from __future__ import annotations

import json
import re

import hyperscan
import pytest

from aigov_compiler import CompileError, compile_program, matchers, patterns, tables, words
from aigov_compiler.sections import Sections
from aigov_dsl.ast import Span
from aigov_dsl.typed import Detector, Pattern, Table, Words
from aigov_runtime.scan.database import compile_database, host_platform
from aigov_runtime.scan.tables import Table as ScanTable
from tests.compiler.programs import program
from tests.dsl.build import detector, pattern
from tests.dsl.build import words as word_list

ROWS = (("ann.smith@example.com", "DE 7712-9931"), ("bob.jones@example.com", "no"), ("Straße 1", "DE 7712-9931"))
CUSTOMERS = detector("customer", Table(file="c.csv", columns=("email", "id"), rows=ROWS, count=2, within=90))


def at(column: int) -> Span:
    return Span("test.gov", column, column + 5, 3, column, 3, column + 5)


def refused(*regexes: str) -> list[tuple[str, str, str, int]]:
    sources = [Pattern(regex=regex, group=0, max_width=9, span=at(n)) for n, regex in enumerate(regexes)]
    with pytest.raises(CompileError) as error:
        patterns.plan([detector("d", *sources)], Sections())
    return [(d.code, d.message, d.help, d.span.column) for d in error.value.diagnostics]


def test_patterns_are_planned_in_order_with_a_database_for_this_platform() -> None:
    first, second = "caf(é|e)", "(?i)x[0-9]{4}"
    sections = Sections()
    plan = patterns.plan([word_list("a", "x"), detector("b", pattern(first, 1), pattern(second))], sections)
    programs = [matchers.program(first, 1), matchers.program(second, 0)]
    cues = [rb"caf(?:e|\xc3\xa9)", second.encode()]
    assert plan.patterns == [
        {
            "detector": 1,
            "regex": first.encode(),
            "cue": len(cues[0]),
            "group": 1,
            "width": 100,
            "program": len(programs[0]),
            "gate": 4,
        },
        {
            "detector": 1,
            "regex": second.encode(),
            "cue": len(cues[1]),
            "group": 0,
            "width": 100,
            "program": len(programs[1]),
            "gate": 0,
        },
    ]
    assert plan.databases == {host_platform(): 0, f"{host_platform()} clues": 1}
    assert (plan.cues, plan.programs, plan.clues) == (2, 3, 4)
    assert sections.contents[:4] == [
        hyperscan.dumpb(compile_database(cues[1:], [1])),
        hyperscan.dumpb(compile_database(cues[:1], [0])),
        b"".join(cues),
        b"".join(programs),
    ]


def test_no_patterns_no_database() -> None:
    sections = Sections()
    assert patterns.plan([word_list("a", "x")], sections) == ([], None, None, None, {})
    assert sections.entries() == []


def test_a_serialised_database_has_the_same_bytes_every_time() -> None:
    regexes = [b"AKIA[0-9A-Z]{16}", rb"(?i)\bghp_[a-z0-9]{36}\b", b"^x[a-z]{1,20}$"]
    assert len({hyperscan.dumpb(compile_database(regexes)) for _ in range(3)}) == 1


def test_every_refused_pattern_is_named_with_the_construct_and_the_place() -> None:
    assert refused("ok[0-9]", "a(?=b)", r"(a)\1", "x") == [
        (
            "E080",
            "the scanner refuses this pattern: zero-width assertions are not supported",
            "write it without this construct",
            1,
        ),
        (
            "E080",
            "the scanner refuses this pattern: back-references are unsupported",
            "write it without this construct",
            2,
        ),
    ]


def test_advice_follows_the_construct() -> None:
    assert [entry[1:3] for entry in refused("a{1,40000}", "a$b", "[^\\x00-\\xff]", "a?")] == [
        (
            "the scanner refuses this pattern: bounded repeat is too large",
            "lower the bounds of repeats, or start the pattern with a literal",
        ),
        (
            "the scanner refuses this pattern: embedded end anchors not supported",
            r"match the line break itself, `\n`, where the pattern goes on",
        ),
        (
            "the scanner refuses this pattern: pattern can never match",
            "something in it contradicts what stands beside it; remove one of the two",
        ),
        (
            "the scanner refuses this pattern: pattern matches empty buffer; use HS_FLAG_ALLOWEMPTY to enable support",
            "require at least one character",
        ),
    ]


def test_words_are_folded_sorted_and_unique() -> None:
    detectors = [detector("a", Words(words=("Falke", "FALKE", "Éclair")), Words(words=("blue moon",)))]
    assert words.plan(detectors) == [{"detector": 0, "words": ["blue moon", "falke", "éclair"]}]


def test_a_table_finds_its_rows_with_its_own_key_only() -> None:
    sections = Sections()
    (entry,) = tables.plan([CUSTOMERS], b"secret", sections)
    (index,) = sections.contents
    assert entry["columns"] == ["email", "id"]
    text = b"to Ann.Smith@example.com (DE-77129931)"
    for key, found in ((entry["key"], {(3, 37)}), (b"k" * 32, set())):
        assert set(ScanTable(index, key, 2, count=2, within=90).spans(text, 0, len(text))) == found


def test_a_cell_that_is_too_long_is_named_by_its_row() -> None:
    rows = (("a@example.com",), ("x" * 1_024,))
    message = "row 2 of the table `c.csv`, column `email`: the cell has more than 1,023 bytes"
    customer = detector("customer", Table(file="c.csv", columns=("email",), rows=rows, count=1, within=0))
    with pytest.raises(CompileError, match=re.escape(message)):
        tables.plan([customer], b"s", Sections())


def test_every_table_has_its_own_key() -> None:
    twice = [CUSTOMERS, detector("other", *CUSTOMERS.sources, *CUSTOMERS.sources)]
    one, again, other = Sections(), Sections(), Sections()
    planned = tables.plan(twice, b"secret", one)
    assert len({entry["key"] for entry in planned}) == 3
    assert (tables.plan(twice, b"secret", again), again.contents) == (planned, one.contents)
    assert not {entry["key"] for entry in tables.plan(twice, b"other", other)} & {entry["key"] for entry in planned}


def holds(detectors: list[Detector], text: str) -> bool:
    compiled = compile_program(program(*detectors))
    payload = compiled.payload + b"".join(compiled.sections)
    return text.encode() in payload or text.encode().lower() in payload.lower()


def test_the_bundle_never_holds_a_clear_value() -> None:
    for row in ROWS:
        for cell in row:
            if cell != "no":
                normalised = "".join(character for character in cell.casefold() if character.isalnum())
                assert not holds([CUSTOMERS], cell)
                assert not holds([CUSTOMERS], normalised)
    assert holds([word_list("w", "ann.smith@example.com")], "ann.smith@example.com")  # the search itself works
    assert "smith" not in json.dumps(compile_program(program(CUSTOMERS)).document, default=repr)
