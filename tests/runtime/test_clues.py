"""Clues: no match is lost, whatever a pattern sees; a damaged section is refused or does no harm."""

from __future__ import annotations

import re
import struct
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigov_compiler.clues import clues
from aigov_compiler.cues import cue
from aigov_dsl.regex import measure
from aigov_runtime.scan.clues import Clue, Clues, Part, Rule, section
from aigov_runtime.scan.triggers import Gate
from aigov_runtime.scan.windows import Windows

WORDS = st.lists(
    st.sampled_from(["acme_", "(?:zürich|basel)", "(?i:quartz)", "[A-Z]{2}", "[0-9]{4}", " ?", "x{0,9}", "[a-f]{3,5}"]),
    min_size=1,
    max_size=5,
)


def drawn(atom: str, random: Random) -> str:
    made = {
        "acme_": "acme_",
        "(?:zürich|basel)": random.choice(["zürich", "basel"]),
        "(?i:quartz)": "".join(random.choice([c, c.upper()]) for c in "quartz"),
        "[A-Z]{2}": random.choice("AQZ") + random.choice("AQZ"),
        "[0-9]{4}": str(random.randint(1000, 9999)),
        " ?": random.choice(["", " "]),
        "x{0,9}": "x" * random.randint(0, 9),
        "[a-f]{3,5}": "".join(random.choices("abcdef", k=random.randint(3, 5))),
    }
    return made[atom]


@given(
    begin=st.sampled_from(["", "(?:^|[^A-Za-z])", r"\b", r"(?:_|\b)(?:x|y)?", "^"]),
    atoms=WORDS,
    seed=st.integers(0, 10_000),
)
def test_the_clues_of_a_match_are_seen_and_their_window_holds_it(begin: str, atoms: list[str], seed: int) -> None:
    pattern, random = begin + "".join(atoms), Random(seed)
    tree = cue(pattern).tree
    assert tree is not None
    width = measure(tree).high
    assert width is not None
    parts = clues(tree, width, numbered=False)
    if not parts:
        return
    windows = Windows(Clues(section([Rule(width, parts, numbered=False)])))
    for _ in range(20):
        match = "".join(drawn(atom, random) for atom in atoms).encode()
        before = b"-" * random.choice([0, 1, 3, 50, 5000]) + random.choice([b"", b"\n"])
        text = before + match + b"-" * random.choice([0, 1, 3, 50])
        shown = re.compile(pattern.encode(), re.MULTILINE).search(text, max(len(before) - 1, 0))
        if shown is None:
            assert begin
            continue
        windows.look(text)
        seen = re.compile(cue(pattern).pattern, re.MULTILINE).match(text, shown.start())
        assert seen
        low, high = seen.span()
        assert any(start <= low and high <= end for start, end in windows.of(Gate.CLUES)), (pattern, match)


def test_all_parts_must_be_near_and_a_trigger_where_it_is_said() -> None:
    def clue(word: bytes) -> Part:
        return Part(frozenset({Clue(b"\xdf" * len(word), word, 0)}), 20, 10)

    rules = [Rule(20, (clue(b"ALPHA"), clue(b"OMEGA")), numbered=False), Rule(20, (clue(b"TAXID"),), numbered=True)]
    windows = Windows(Clues(section(rules)))

    def seen(text: bytes) -> list[tuple[int, int]]:
        windows.look(text)
        return list(windows.of(Gate.CLUES))

    assert seen(b"alpha" + b" " * 60 + b"omega") == []
    assert seen(b" " * 50 + b"Omega, alPha" + b" " * 50) == [(36, 68)]
    assert seen(b" " * 300 + b"taxid 12345") == []
    assert seen(b" " * 30 + b"taxid 123456") == [(9, 41)]


def test_windows_are_joined_and_candidates_put_back() -> None:
    part = Part(frozenset({Clue(b"\xff" * 4, b"KEY_", 0)}), 7, 7)
    windows = Windows(Clues(section([Rule(8, (part,), numbered=False)])))
    data = b"." * 100 + b"KEY_1" + b"." * 100 + b"KEY_2" + b"." * 100
    windows.look(data)
    joined = windows.joined(data, Gate.CLUES)
    assert bytes(joined) == b"........KEY_1...\n........KEY_2...\n"
    windows.look(b"KEY_")
    assert windows.joined(b"KEY_", Gate.CLUES) == b"KEY_"
    windows.look(b"")
    assert windows.joined(b"", Gate.CLUES) is None


SOUND = section([Rule(30, (Part(frozenset({Clue(b"\xff" * 8, b"acme_key", 2)}), 9, 30),), numbered=False)])


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        SOUND[:-1],
        SOUND + b"\0",
        struct.pack("=II", 2, 1) + SOUND[8:],
        SOUND[:12] + struct.pack("=I", 4) + SOUND[16:],  # too many parts
        SOUND[:-3] + b"\x05" + SOUND[-2:],  # the gram ends behind the clue
        SOUND[:-8] + struct.pack("=I", 1) + SOUND[-4:],  # no such rule
        SOUND[:20] + struct.pack("=I", 1 << 21) + SOUND[24:],  # too far
        SOUND[:44] + bytes(8) + SOUND[52:],  # bits that are not fixed
    ],
)
def test_a_damaged_section_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        Clues(damaged)


@given(st.binary(max_size=400), st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=3))
def test_no_section_does_harm(text: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(SOUND)
    for place, byte in changes:
        damaged[place] = byte
    try:
        windows = Windows(Clues(bytes(damaged)))
    except ValueError:
        return
    windows.look(text)
    assert all(0 <= start <= end <= len(text) for start, end in windows.of(Gate.CLUES))
