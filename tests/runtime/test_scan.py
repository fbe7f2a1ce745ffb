"""The scanner against the reference matcher, and what only the scanner has: threads, limits, several segments."""

from __future__ import annotations

import threading
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aigov_compiler import CompileError
from aigov_dsl.reference.candidates import findings as reference_findings
from aigov_dsl.typed import Code, Detector, Ignore, Near, Table, Validate, Words
from aigov_runtime.model import Kind, Segment
from aigov_runtime.primitives import Primitives
from aigov_runtime.scan import Scanner, sweep
from aigov_runtime.scan import scanner as scanner_module
from tests.dsl.build import detector, pattern
from tests.runtime.scanners import parts, scanner

PRIMITIVES = Primitives(b"k" * 32)


def segments(*texts: str) -> list[Segment]:
    return [Segment("user", f"/messages/{i}", text, Kind.TEXT) for i, text in enumerate(texts)]


def spans(detectors: list[Detector], *texts: str) -> list[tuple[str, int, int, int]]:
    scan = scanner(*detectors).scan(segments(*texts))
    assert not scan.incomplete
    return [(f.detector, f.segment, f.start, f.end) for f in scan.findings]


def expected(detectors: list[Detector], *texts: str) -> list[tuple[str, int, int, int]]:
    found = reference_findings(detectors, segments(*texts), PRIMITIVES)
    return [(f.detector, f.segment, f.start, f.end) for f in found]


# Generated patterns -----------------------------------------------------------------------------


class Regex(NamedTuple):
    text: str
    least: int
    most: int


ATOMS = [
    *(Regex(c, 1, 1) for c in "ab1_- "),
    *(
        Regex(c, 1, 1)
        for c in (r"\d", r"\w", r"\s", r"\S", r"\W", ".", "[ab]", "[^a]", r"[\s1]", r"[^\s_]", r"\n", r"\x61")
    ),
    Regex("é", 2, 2),
    *(Regex(c, 0, 0) for c in (r"\b", "^", "$")),
]


def _sequence(parts: list[Regex]) -> Regex:
    return Regex("".join(p.text for p in parts), sum(p.least for p in parts), sum(p.most for p in parts))


def _choice(parts: list[Regex], opening: str) -> Regex:
    return Regex(
        f"{opening}{'|'.join(p.text for p in parts)})", min(p.least for p in parts), max(p.most for p in parts)
    )


def _repeat(part: Regex, low: int, more: int, lazy: str) -> Regex:
    return Regex(f"(?:{part.text}){{{low},{low + more}}}{lazy}", part.least * low, part.most * (low + more))


def _grow(inner: st.SearchStrategy[Regex]) -> st.SearchStrategy[Regex]:
    some = st.lists(inner, min_size=1, max_size=3)
    repeatable = inner.filter(lambda part: part.least > 0)
    return st.one_of(
        st.builds(_sequence, some),
        st.builds(_choice, some, st.sampled_from(["(?:", "("])),
        st.builds(_repeat, repeatable, st.integers(0, 3), st.integers(1, 3), st.sampled_from(["", "?"])),
    )


REGEXES = st.recursive(st.sampled_from(ATOMS), _grow, max_leaves=6).filter(lambda r: r.least > 0 and r.most <= 60)
TEXTS = st.text("aAb1_- \nxé\x0b", max_size=40)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(REGEXES, st.sampled_from(["", "(?i)"])), min_size=1, max_size=3), st.lists(TEXTS, max_size=4))
def test_patterns_match_as_in_the_reference(regexes: list[tuple[Regex, str]], texts: list[str]) -> None:
    detectors = [detector(f"d{i}", pattern(flag + r.text, width=r.most)) for i, (r, flag) in enumerate(regexes)]
    try:
        found = spans(detectors, *texts)
    except CompileError as refused:
        assume(any(found.code != "E080" for found in refused.diagnostics))  # Hyperscan's own refusals
        raise
    assert found == expected(detectors, *texts)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text("aAbßẞΣσςİı_ -", min_size=1, max_size=4), min_size=1, max_size=4),
    TEXTS | st.text("aAbßẞΣσςİı_ -", max_size=40),
)
def test_words_match_as_in_the_reference(words: list[str], text: str) -> None:
    detectors = [detector("w", Words(words=tuple(words)))]
    assert spans(detectors, "x", text) == expected(detectors, "x", text)


CELLS = st.text("ab1é -", max_size=6) | st.from_regex(
    r"(\+49|0049|0|\+1|)[ (/]?(0?[1-3][)-]?){3,4}( 12)?", fullmatch=True
)
CELLS |= st.text("ßÄäẞİıﬁøÆ①１\u0308が한ςΣ", min_size=2, max_size=5)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=3),
    st.integers(1, 3),
    st.integers(0, 30),
    st.lists(CELLS, max_size=8).map(" ".join),
)
def test_tables_match_as_in_the_reference(rows: list[list[str]], count: int, within: int, text: str) -> None:
    table = Table(file="t.csv", columns=("a", "b", "c"), rows=tuple(map(tuple, rows)), count=count, within=within)
    detectors = [detector("t", table)]
    assert spans(detectors, text) == expected(detectors, text)


@settings(max_examples=100, deadline=None)
@given(st.text("ab1-_ key", max_size=40), st.integers(0, 12))
def test_near_matches_as_in_the_reference(text: str, within: int) -> None:
    detectors = [detector("n", pattern("[0-9]{1,3}", width=3), near=(Near(words=("Key", "a b"), within=within),))]
    assert spans(detectors, text, "key", text) == expected(detectors, text, "key", text)


# Examples ---------------------------------------------------------------------------------------


def test_rows_that_share_their_cells_are_matched_once() -> None:
    rows = tuple((f"u{number}@corp.example", "Freiburg", "standard") for number in range(3_000))
    customers = Table(file="rows.csv", columns=("email", "city", "plan"), rows=rows, count=2, within=60)
    line = "From Freiburg, on the standard plan.\n"
    scan = scanner(detector("t", customers)).scan(segments(line * 50))
    assert not scan.incomplete
    assert (5, line.index("standard") + 8) in {(f.start, f.end) for f in scan.findings}


def test_too_many_rows_leave_their_detector_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_module, "MAX_MATCHES", 3)
    customers = Table(file="rows.csv", columns=("name",), rows=(("Anna",),), count=1, within=60)
    scan = scanner(detector("t", customers)).scan(segments("Anna " * 5))
    assert len(scan.findings) == 3
    assert scan.incomplete == {"t.t": "too many matches"}


def test_a_group_is_the_span_and_a_group_without_part_gives_nothing() -> None:
    detectors = [detector("g", pattern("v[0-9]{1,3}|x([0-9]{1,3})y", width=5, group=1))]
    assert spans(detectors, "v12 x34y") == [("t.g", 0, 5, 7)]


def test_a_match_never_crosses_segments() -> None:
    detectors = [detector("d", pattern(r"a[\s\S]{0,9}b", width=11))]
    assert spans(detectors, "a", "b", "ab") == [("t.d", 2, 0, 2)]


def test_a_text_is_read_behind_its_name() -> None:
    detectors = [
        detector("assigned", pattern('(?i)pass"?: "?([a-z0-9]{4,8})', width=20, group=1)),
        detector("close", pattern("[0-9]{4}", width=4), near=(Near(words=("pin",), within=16),)),
        detector("name", pattern("pass", width=4)),
        detector("quoted", pattern('x"', width=2)),
    ]
    texts = [
        Segment("user", "/a", "hunter22", Kind.TEXT, "Pass"),
        Segment("user", "/b", "éé 1234x", Kind.TEXT, "é pin"),
        Segment("user", "/c", "hunter22 1234 pass", Kind.TEXT),
    ]

    scan = scanner(*detectors).scan(texts)

    found = [(f.detector, f.segment, f.start, f.end) for f in scan.findings]
    assert found == [("t.assigned", 0, 0, 8), ("t.close", 1, 5, 9), ("t.name", 2, 14, 18)]
    assert found == [(f.detector, f.segment, f.start, f.end) for f in reference_findings(detectors, texts, PRIMITIVES)]


def test_offsets_are_bytes_of_the_segment() -> None:
    assert spans([detector("d", pattern("k[0-9]"))], "日本", "é k1 é k2") == [
        ("t.d", 1, 3, 5),
        ("t.d", 1, 9, 11),
    ]


def test_lone_surrogates_and_nul_are_text_like_any_other() -> None:
    assert spans([detector("d", pattern("k[0-9]", width=2))], "\ud800 k1\0k2") == [("t.d", 0, 4, 6), ("t.d", 0, 7, 9)]


def test_ignore_and_validators_hold_back() -> None:
    held = detector(
        "d",
        pattern("[0-9]{16}", width=16),
        ignore=(Ignore(values=("4111111111111111",), patterns=("^5",)),),
        validators=(Validate(name="luhn", minimum=None),),
    )
    assert spans([held], "4111111111111111 5555555555554444 4012888888881881 4012888888881882") == [("t.d", 0, 34, 50)]


def test_findings_say_why() -> None:
    found = detector(
        "d",
        pattern("[0-9]{16}", width=16),
        near=(Near(words=("card",), within=9),),
        validators=(Validate(name="luhn", minimum=None),),
    )
    (finding,) = scanner(found).scan(segments("Card 4012888888881881")).findings
    assert finding.reasons == ("pattern", "near card at 1 chars", "luhn")
    assert (finding.path, finding.cls, finding.severity) == ("/messages/0", "secret", "high")


def test_repeats_beyond_re2s_limit_are_unrolled() -> None:
    long = detector("d", pattern("<(?:[a-z]{1,50} ){1,100}>", width=5102), pattern("#[a-z]{2500}#", width=2502))
    text = "<" + "word " * 90 + "> #" + "x" * 2500 + "#"
    assert spans([long], text) == expected([long], text) != []


def test_code_is_found_by_lines() -> None:
    text = "Please look:\n\ndef f(x):\n    y = x + 1\n    return y\n\nThanks a lot for it."
    ((_, _, start, end),) = spans([detector("c", Code(languages=("python",)))], text)
    assert text[start:end] == "def f(x):\n    y = x + 1\n    return y"
    assert spans([detector("c", Code(languages=("sql",)))], text) == []


def test_nothing_to_scan() -> None:
    assert scanner().scan(segments("a", "b")) == ((), {})
    assert scanner(detector("d", pattern("a", width=1))).scan([]) == ((), {})


def test_an_unknown_validator_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown validator `nope`"):
        scanner(detector("d", pattern("a", width=1), validators=(Validate(name="nope", minimum=None),)))


# Limits -----------------------------------------------------------------------------------------


def test_too_much_text_leaves_every_detector_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_module, "MAX_SCAN_BYTES", 10)
    scan = scanner(detector("d", pattern("a", width=1)), detector("w", Words(words=("a",)))).scan(segments("x" * 11))
    assert scan == ((), {"t.d": "the input is too large", "t.w": "the input is too large"})


def test_too_many_candidates_leave_pattern_detectors_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "MAX_CANDIDATES", 3)
    scan = scanner(detector("d", pattern("a", width=1)), detector("w", Words(words=("b",)))).scan(
        segments("a" * 10 + " b")
    )
    assert scan.incomplete == {"t.d": "too many candidates"}
    assert ("t.w", 11) in {(f.detector, f.start) for f in scan.findings}


def test_too_many_matches_leave_one_detector_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_module, "MAX_MATCHES", 2)
    scan = scanner(detector("d", pattern("a", width=1)), detector("e", pattern("b", width=1))).scan(segments("aaab"))
    assert scan.incomplete == {"t.d": "too many matches"}
    assert len(scan.findings) == 3


# Threads ----------------------------------------------------------------------------------------


def test_one_scanner_serves_many_threads() -> None:
    shared = scanner(detector("d", pattern("k[0-9]{1,6}", width=7)))
    failures: list[str] = []

    def work(number: int) -> None:
        text = f"k{number} " * 50
        for _ in range(200):
            found = shared.scan(segments(text)).findings
            if {text[f.start : f.end] for f in found} != {f"k{number}"} or len(found) != 50:
                failures.append(text)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("regex", [b"(?:[a-z]{1000}){1000}abc", b"(" * 2_000 + b"abc" + b")" * 2_000])
def test_a_pattern_that_re2_refuses_leaves_its_detector_incomplete(regex: bytes) -> None:
    """Hyperscan finds the candidate, RE2 has no room for the pattern: said, not silent."""
    detectors, scan, sections = parts(detector("huge", pattern("abc", width=3)))
    scan["patterns"][0].update(regex=regex, program=0)
    scan["programs"] = None  # the database still has the cue
    found = Scanner.from_document(detectors, scan, sections).scan(segments("xabc", "y"))
    assert not found.findings
    assert "cannot be compiled" in found.incomplete["t.huge"]
    assert not Scanner.from_document(detectors, scan, sections).scan(segments("no candidate")).incomplete
