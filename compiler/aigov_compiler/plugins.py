"""Plug-ins, as the bundle's section `scan.plugins`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aigov_dsl import typed


def plan(detectors: Sequence[typed.Detector]) -> list[dict[str, Any]]:
    """One entry per clause `using`."""
    return [
        {
            "detector": number,
            "engine": source.engine,
            "model": source.model,
            "labels": list(source.labels),
            "milliseconds": source.milliseconds,
            "inline": source.inline,
        }
        for number, detector in enumerate(detectors)
        for source in detector.sources
        if isinstance(source, typed.Plugin)
    ]
