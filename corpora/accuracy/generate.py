"""All cases of a seed: values and look-alikes in carriers, documents, and what is written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from corpora.accuracy.carriers import CARRIERS, ENCODED, Carrier
from corpora.accuracy.case import Case, read
from corpora.accuracy.draw import Draw
from corpora.accuracy.negatives import DOCUMENTS
from corpora.accuracy.negatives import VALUES as LOOKALIKES
from corpora.accuracy.values import VALUES, Family, Value

SPLITS = ("dev", "held-out")
HANDWRITTEN = Path(__file__).parent / "handwritten"

INDEPENDENT, EXAMPLE, LOOKALIKE, DOCUMENT = 11, 4, 40, 40
"""Cases of each value, example, look-alike and kind of document, in each split."""


def positives(seed: int, split: str, values: Iterable[Value] = VALUES, source: str = "independent") -> Iterator[Case]:
    """Every value in several carriers of the split."""
    times = INDEPENDENT if source == "independent" else EXAMPLE
    for place, value in enumerate(values):
        fitting = [carrier for carrier in CARRIERS[split] if carrier.fits(value)]
        draw = Draw(f"{seed}/{split}/{source}/{place}/{value.detector}")
        for carrier in _some(fitting, times, draw):
            text, labels = carrier.render(value, draw)
            yield Case(
                text=text,
                findings=labels,
                kind=value.names[0],
                carrier=carrier.name,
                split=split,
                source=source,
                judged=value.judged,
            )


def negatives(seed: int, split: str) -> Iterator[Case]:
    """Look-alikes in the carriers of the split, and its documents."""
    carriers = [carrier for carrier in CARRIERS[split] if carrier.named and carrier.name not in ENCODED]
    for like in LOOKALIKES:
        draw = Draw(f"{seed}/{split}/negative/{like.kind}")
        for _ in range(LOOKALIKE):
            family = draw.choice((Family.SECRET, Family.RECORD))
            value = Value("", like.names, like.make, family)
            carrier = draw.choice([carrier for carrier in carriers if carrier.fits(value)])
            text, labels = carrier.render(value, draw)
            yield Case(
                text=text,
                findings=tuple(label for label in labels if label.detector),
                kind=like.kind,
                carrier=carrier.name,
                split=split,
            )
    for document in DOCUMENTS[split]:
        draw = Draw(f"{seed}/{split}/document/{document.kind}")
        for _ in range(DOCUMENT):
            yield Case(
                text=document.make(draw), kind=document.kind, carrier=document.kind, split=split, judged=document.judged
            )


def handwritten(split: str) -> Iterator[Case]:
    """The hard cases of a split, written by hand."""
    for path in sorted(HANDWRITTEN.glob("*.jsonl")):
        for case in read(path):
            if case.split == split:
                yield replace(
                    case, source="handwritten", carrier=case.carrier or "handwritten", kind=case.kind or path.stem
                )


def cases(seed: int, split: str, examples: Iterable[Value] = ()) -> Iterator[Case]:
    """All of a split."""
    yield from positives(seed, split)
    yield from positives(seed, split, examples, "example")
    yield from handwritten(split)
    yield from negatives(seed, split)


def _some(carriers: list[Carrier], count: int, draw: Draw) -> list[Carrier]:
    """`count` carriers, each once before any comes twice."""
    chosen: list[Carrier] = []
    while len(chosen) < count:
        chosen += draw.sample(carriers, min(len(carriers), count - len(chosen)))
    return chosen
