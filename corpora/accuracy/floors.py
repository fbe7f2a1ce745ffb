"""The recorded floors: the F1 of each class on the held-out split may not fall below them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from corpora.accuracy.measure import Measured
from corpora.accuracy.report.machine import honest
from corpora.accuracy.score import by_class

FILE = Path(__file__).parent / "floors.toml"
SPLIT = "held-out"
MARGIN = 0.01
"""What a floor lies below the measured value."""

_HEAD = """\
# F1 of each class on the held-out split, at confidence `likely`, below which CI fails.
# Written by `python -m corpora.accuracy --bless-floors`: what was measured, less {margin}.
"""


def measured_f1(measured: Measured) -> dict[str, float]:
    """F1 of every class that has labels."""
    tallies = by_class(honest(measured.likely[SPLIT]))
    return {cls: tally.f1 for cls, tally in tallies.items() if tally.right + tally.missed}


def read() -> dict[str, float]:
    """The floors by class."""
    return tomllib.loads(FILE.read_text())["f1"] if FILE.exists() else {}


def bless(measured: Measured) -> None:
    """Record what was measured."""
    lines = [f"{cls} = {max(0.0, value - MARGIN):.3f}" for cls, value in sorted(measured_f1(measured).items())]
    FILE.write_text(_HEAD.format(margin=MARGIN) + "\n[f1]\n" + "\n".join(lines) + "\n")


def below(measured: Measured) -> list[str]:
    """What is wrong: classes below their floor, and classes without one."""
    floors, now = read(), measured_f1(measured)
    out = [
        f"{cls}: F1 {now.get(cls, 0.0):.3f} is below its floor {floor:.3f}"
        for cls, floor in floors.items()
        if now.get(cls, 0.0) < floor
    ]
    return out + [f"{cls}: no floor; record one with --bless-floors" for cls in now.keys() - floors.keys()]
