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
from pathlib import Path

from aigov.commands.verb import STDIN, read_input
from aigov.files import decode
from aigov.findings import Result, scan_text
from aigov_runtime import Engine

_MAX_CHUNK = 64
"""Files handed to a worker at a time: small ones cost less to scan than to hand over."""

_engine: Engine


@contextmanager
def scanning(engine: Engine, files: Sequence[Path]) -> Iterator[Iterator[Result | OSError | None]]:
    """The result of each file, in order: None for a binary one, the error of one that cannot be read.

    Workers are forked on entry: start threads after it. On an early exit, what is not yet begun is dropped.
    """
    workers = min(len(os.sched_getaffinity(0)), len(files))
    if workers < 2 or STDIN in files:  # a worker has no standard input
        _begin(engine)
        yield map(_scan, files)
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), _begin_worker, (engine,))
    try:
        chunk = min(_MAX_CHUNK, -(-len(files) // (4 * workers)))
        yield pool.map(_scan, files, chunksize=chunk)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(engine: Engine) -> None:
    global _engine  # noqa: PLW0603 - a worker's one engine
    _engine = engine


def _begin_worker(engine: Engine) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to handle
    _begin(engine)


def _scan(path: Path) -> Result | OSError | None:
    try:
        text = decode(read_input(path))
    except OSError as error:
        return error
    return None if text is None else scan_text(_engine, str(path), text)
