"""Plan the word lists of detectors for the Aho–Corasick pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aigov_dsl import typed
from aigov_runtime.scan.words import fold


def plan(detectors: Sequence[typed.Detector]) -> list[dict[str, Any]]:
    """One entry per detector that has words: folded as the runtime folds, sorted, unique."""
    entries = []
    for number, detector in enumerate(detectors):
        words = {fold(word) for source in detector.sources if isinstance(source, typed.Words) for word in source.words}
        if words:
            entries.append({"detector": number, "words": sorted(words)})
    return entries
