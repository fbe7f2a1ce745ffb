"""Triggers: the C pass sees every place where one fires; the compiler gates what it can prove, and nothing else."""

from __future__ import annotations

import itertools
import re
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aigov_compiler.patterns import view_of
from aigov_runtime.scan.triggers import MARGINS, TRIGGERS, Gate, Trigger
from aigov_runtime.scan.windows import Windows

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["0123456", "12-34-56", "1.2.3.4", "a:b:c:d:e", "aa-bb-cc-dd-ee-ff", "@", "abcdefghijklmno1", "x" * 24]
        ),
        st.text("01a:-.@ (Zg\n", max_size=30),
        st.integers(0, 600).map(lambda length: " " * length),
    ),
    max_size=6,
).map("".join)


def fires(trigger: Trigger, data: bytes) -> list[int]:
    """The ends of all bytes at which a trigger fires, by its words."""
    ends, count, last, needed = [], 0, -1, False
    for at, byte in enumerate(data):
        if byte not in trigger.counted:
            continue
        between = data[last + 1 : at]
        if count and trigger.least <= len(between) <= trigger.most and all(b in trigger.filler for b in between):
            count += 1
        else:
            count, needed = 1, False
        needed |= byte in trigger.needed
        last = at
        if count >= trigger.wanted and (needed or not trigger.needed):
            ends.append(at + 1)
    return ends


@given(TEXTS)
@example(" " * 217 + "12-34-5601234560123456")
@example(" " * 10 + "1234567" + " " * 262 + "12-34-5601234560123456")
def test_every_place_where_a_trigger_fires_is_in_a_window(text: str) -> None:
    data = text.encode()
    windows = Windows()
    windows.look(data)
    for level, margin in MARGINS.items():
        found = list(windows.of(level))
        assert all(0 <= start < end <= len(data) for start, end in found)
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(found))
        for trigger in TRIGGERS:
            for end in fires(trigger, data):
                low, high = max(0, end - margin), min(len(data), end + margin)
                assert any(start <= low and high <= stop for start, stop in found), (trigger, end)


def test_plain_text_fires_nothing() -> None:
    windows = Windows()
    windows.look(
        b"Please meet me at 10:30, room 4.2, on the 3rd of May -- it is urgent. See `std::vector` & co...\n" * 50
    )
    assert [list(windows.of(level)) for level in MARGINS] == [[], [], []]


def test_a_long_run_is_one_window() -> None:
    windows = Windows()
    windows.look(b" " * 1_000 + b"7" * 5_000 + b" " * 1_000)
    assert list(windows.of(Gate.NARROW)) == [(1_006 - 128, 6_128)]


@pytest.mark.parametrize(
    ("pattern", "level"),
    [
        (r"[0-9]{3}-[0-9]{2}-[0-9]{4}", Gate.NARROW),
        (r"[0-9]{3}-[0-9]{2}", Gate.OPEN),  # five digits only
        (r"(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{4})", Gate.OPEN),  # one branch has too few
        (r"[0-9]{3}[ ().+-]{4}[0-9]{3}", Gate.OPEN),  # too far apart
        (r"[0-9]{3}[ -]{3}[0-9]{3}", Gate.NARROW),
        (r"[0-9]{6}[a-z]{200}", Gate.WIDE),
        (r"[0-9]{6}[a-z]{300}", Gate.FAR),
        (r"key-[0-9]{6}[a-z]{0,900}", Gate.NARROW),  # without what may be missing
        (r"[0-9]{6}[a-z]{900}", Gate.OPEN),  # wider than any margin
        (r"[a-z]{1,20}@[a-z]{2,9}", Gate.NARROW),
        (r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}", Gate.NARROW),
        (r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11}", Gate.NARROW),
        (r"[A-Z]{2}[A-Z0-9]{13}", Gate.OPEN),  # perhaps no digit
        (r"[A-Z]{24,30}", Gate.NARROW),
        (r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}", Gate.NARROW),
        (r"key-[0-9]{8}", Gate.NARROW),
    ],
)
def test_a_pattern_is_gated_when_a_trigger_is_sure(pattern: str, level: Gate) -> None:
    assert view_of(pattern).gate is level


ATOMS = st.sampled_from(
    [
        "[0-9]",
        "[0-9]{2,4}",
        "[0-9]{6}",
        "[ -]",
        "[ -]?",
        "[A-Z]",
        "[A-Z0-9]{15}",
        "[a-f0-9]{2}:",
        r"\.",
        "[a-z@]",
        "(?:[0-9]{3}|[a-z])",
    ]
)


@given(atoms=st.lists(ATOMS, min_size=1, max_size=7), seed=st.integers(0, 10_000))
def test_no_match_of_a_gated_pattern_is_without_a_trigger(atoms: list[str], seed: int) -> None:
    pattern = "".join(atoms)
    if view_of(pattern).gate is not Gate.NARROW:
        return
    rng = Random(seed)
    for _ in range(50):
        text = "".join(_drawn(atom, rng) for atom in atoms)
        assert re.fullmatch(pattern, text), (pattern, text)
        assert any(fires(trigger, text.encode()) for trigger in TRIGGERS), (pattern, text)


def _drawn(atom: str, rng: Random) -> str:
    digit = lambda count: "".join(rng.choice("0123456789") for _ in range(count))  # noqa: E731
    made = {
        "[0-9]": digit(1),
        "[0-9]{2,4}": digit(rng.randint(2, 4)),
        "[0-9]{6}": digit(6),
        "[ -]": rng.choice(" -"),
        "[ -]?": rng.choice(["", " ", "-"]),
        "[A-Z]": rng.choice("AQZ"),
        "[A-Z0-9]{15}": "".join(rng.choice("AQZ019") for _ in range(15)),
        "[a-f0-9]{2}:": rng.choice("af09") + rng.choice("af09") + ":",
        r"\.": ".",
        "[a-z@]": rng.choice("ax@"),
        "(?:[0-9]{3}|[a-z])": rng.choice([digit(3), "x"]),
    }
    return made[atom]
