"""One whole measurement: cases of both splits, real texts, and peers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aigov_runtime.model import Confidence
from corpora.accuracy import code, examples, generate, real
from corpora.accuracy.case import Case
from corpora.accuracy.library import Library
from corpora.accuracy.peers import PEERS, Ran, run
from corpora.accuracy.scan import scan_all
from corpora.accuracy.score import Score, score


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A peer beside us on the same cases: any overlap answers, and only the classes that it covers count."""

    ran: Ran
    theirs: Score
    ours: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured. `likely` and `possible` hold a score for each split, at that confidence and up; `unknown` are
    labels that no detector is called by, `silent` detectors that do not find their own example."""

    seed: int
    library: Library
    cases: dict[str, list[Case]]
    likely: dict[str, Score]
    possible: dict[str, Score]
    seconds: float
    bytes: int
    unknown: list[str]
    silent: tuple[str, ...]
    real: real.Real | None = None
    code: code.Judged | None = None
    rivals: list[Rival] = field(default_factory=list)


def measure(
    library: Library,
    seed: int,
    splits: Sequence[str] = generate.SPLITS,
    *,
    megabytes: float = 0,
    peers_in: str | None = None,
) -> Measured:
    """Measure. `megabytes` of real texts; `peers_in` is a Python interpreter whose environment holds the peers."""
    own, silent = examples.values(library)
    cases = {split: list(generate.cases(seed, split, own)) for split in splits}
    begin = time.perf_counter()
    results = {split: scan_all(library.engine, [case.text for case in cases[split]]) for split in splits}
    seconds = time.perf_counter() - begin
    asked = {label.detector for split in splits for case in cases[split] for label in case.findings}
    return Measured(
        seed=seed,
        library=library,
        cases=cases,
        likely={split: score(cases[split], results[split], library.cls, Confidence.LIKELY) for split in splits},
        possible={split: score(cases[split], results[split], library.cls, Confidence.POSSIBLE) for split in splits},
        seconds=seconds,
        bytes=sum(len(case.text.encode()) for split in splits for case in cases[split]),
        silent=silent,
        unknown=sorted(asked - library.detectors.keys()),
        real=real.measure(library.engine, megabytes) if megabytes else None,
        code=code.measure(seed) if megabytes else None,
        rivals=list(_rivals(library, cases[splits[-1]], peers_in)) if peers_in else [],
    )


def _rivals(library: Library, cases: list[Case], python: str) -> Iterator[Rival]:
    """On values of our own examples we would be judged by ourselves, so they stay out."""
    fair = [case for case in cases if case.source != "example"]
    texts = [case.text for case in fair]
    ours = score(fair, scan_all(library.engine, texts), library.cls, touching=True)
    for peer in PEERS:
        ran = run(peer, texts, python)
        theirs = Score() if ran.reason else score(fair, ran.results, library.cls, touching=True)
        covered = frozenset(peer.classes.values())
        yield Rival(ran=ran, theirs=theirs.of_classes(covered), ours=ours.of_classes(covered))
