"""Scanning many texts on every processor, with offsets in code points."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from aigov_runtime import Engine
from aigov_runtime.model import Confidence, Kind, Segment

_CHUNK = 64

_engine: Engine


class Found(NamedTuple):
    """One finding; offsets are code points."""

    detector: str
    cls: str
    confidence: Confidence
    start: int
    end: int
    reasons: tuple[str, ...] = ()


def scan_text(engine: Engine, text: str) -> tuple[Found, ...]:
    """What the engine finds in one text."""
    findings = engine.scan((Segment("user", "/messages/0/content", text, Kind.TEXT),)).findings
    if not findings:
        return ()
    data = text.encode()

    def points(offset: int) -> int:
        return offset if len(data) == len(text) else len(data[:offset].decode(errors="ignore"))

    return tuple(
        Found(each.detector, each.cls, each.confidence, points(each.start), points(each.end), each.reasons)
        for each in findings
    )


def scan_all(engine: Engine, texts: Sequence[str]) -> list[tuple[Found, ...]]:
    """What the engine finds in each text, in order. Workers are forked: each has the loaded engine."""
    workers = len(os.sched_getaffinity(0))
    if workers < 2:
        return [scan_text(engine, text) for text in texts]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), _begin, (engine,)) as pool:
        return list(pool.map(_scan, texts, chunksize=_CHUNK))


def _begin(engine: Engine) -> None:
    global _engine  # noqa: PLW0603 - a worker's one engine
    _engine = engine


def _scan(text: str) -> tuple[Found, ...]:
    return scan_text(_engine, text)


def sure(findings: Iterable[Found], least: Confidence) -> list[Found]:
    """Those at least so sure."""
    return [found for found in findings if found.confidence >= least]
