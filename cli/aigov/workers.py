"""Many files, scanned on every processor.

Threads would not do: what Hyperscan proposes is confirmed in Python. Workers are forked, so each has the loaded engine
from the start.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from aigov.findings import Result, Settings, scan_input
from aigov.inputs import Input
from aigov_runtime import Engine

_MAX_CHUNK = 64
"""Files handed to a worker at a time: small ones cost less to scan than to hand over."""

_work: tuple[Engine, Settings]


@contextmanager
def scanning(
    engine: Engine, settings: Settings, inputs: Sequence[Input]
) -> Iterator[Iterator[Result | OSError | None]]:
    """The result of each input, in order: None for a binary one, the error of one that cannot be read.

    Workers are forked on entry: start threads after it. On an early exit, what is not yet begun is dropped.
    """
    workers = min(len(os.sched_getaffinity(0)), len(inputs))
    if workers < 2:
        _begin(engine, settings)
        yield map(_scan, inputs)
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), _begin_worker, (engine, settings))
    try:
        chunk = min(_MAX_CHUNK, -(-len(inputs) // (4 * workers)))
        yield pool.map(_scan, inputs, chunksize=chunk)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(engine: Engine, settings: Settings) -> None:
    global _work  # noqa: PLW0603 - a worker's one engine
    _work = engine, settings


def _begin_worker(engine: Engine, settings: Settings) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to handle
    _begin(engine, settings)


def _scan(source: Input) -> Result | OSError | None:
    try:
        return scan_input(*_work, source)
    except OSError as error:
        return error
