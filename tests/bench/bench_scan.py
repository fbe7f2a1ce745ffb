"""The scanner with all of the standard library, beside the bare sweep of the same Hyperscan databases."""

from __future__ import annotations

import argparse
import base64
import inspect
import json
import pydoc_data.topics as prose
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import aigov_dsl
from aigov_compiler import Compiled, compile_program
from aigov_dsl import typed
from aigov_runtime.model import Kind, Segment
from aigov_runtime.scan import Scanner, views
from aigov_runtime.scan.sweep import Sweep

LIBRARY = Path(aigov_dsl.__file__).parent / "std"
MEBIBYTE = 1 << 20
_RANDOM = Random(1)
ADVERSARIES = (
    ("1 MB of digits in groups", "4929 1234 5678 9012 34 "),
    ("1 MB of one number", "7"),
    ("1 MB of a@", "a@"),
    ("1 MB of e-mail addresses", "jane.doe@example.org "),
    ("1 MB of base64", base64.b64encode(_RANDOM.randbytes(3 << 18)).decode()),
    ("1 MB of base64 of text", base64.b64encode(b"a lazy dog jumps over nothing at all. " * 20_700).decode()),
    ("1 MB of half tokens", "AKIA ghp_ sk-ant- xoxb- AIza eyJ postgres:// -----BEGIN "),
)
"""Texts that make a scanner work."""
GERMAN = """Über die Größe der Räume läßt sich streiten, weil die Bürger der Stadt müde sind. Für Änderungen am Plan
schließen wir die Straße am Dienstag; die Prüfung der Anträge dauert länger, als man gewöhnlich denkt.\n"""
CHINESE = """在这个项目中，我们需要实现一个高效的扫描器。它应该能够处理中文、英文和代码。请注意：性能非常重要！
用户可以输入任何文本，系统会检查敏感信息（例如密码、密钥等），然后给出结果。\n"""


def run() -> list[dict[str, Any]]:
    program = aigov_dsl.load([LIBRARY])
    compiled = compile_program(program)
    scanner, scan = _scanner_of(compiled), compiled.document["scan"]
    sweep = Sweep(scan, compiled.sections)

    def bare(text: str) -> Callable[[], object]:
        data = text.encode()
        return lambda: sweep.candidates(data)

    def whole(text: str) -> Callable[[], object]:
        return _scan_of(scanner, text)

    english = "".join(prose.topics.values())
    code = inspect.getsource(argparse) + inspect.getsource(inspect)
    rows = [_prompt("clean 2 KB prompt", english[4096:6144], bare, whole)]
    for name, text in (("1 MB of English", english), ("1 MB of code", code), *ADVERSARIES):
        rows.append(_throughput(name, (text * (MEBIBYTE // len(text) + 1))[:MEBIBYTE], bare, whole))
    rows.append(_growth(program, english))
    records = json.dumps([{"id": n, "name": f"user {n}", "tags": ["a", "b"], "active": True} for n in range(10_000)])
    for name, text in (
        ("English", english),
        ("German", GERMAN),
        ("Chinese", CHINESE),
        ("code", code),
        ("JSON", records),
    ):
        rows.append(_views(name, (text * (MEBIBYTE // len(text) + 1))[:MEBIBYTE], whole))
    return rows


def _scan_of(scanner: Scanner, text: str) -> Callable[[], object]:
    segments = [Segment("user", "/messages/0/content", text, Kind.TEXT)]
    return lambda: scanner.scan(segments)


def _growth(program: typed.Program, text: str) -> dict[str, Any]:
    """400 detectors of credentials beside 40 of them."""
    credentials = [detector for detector in program.detectors if detector.cls == "credential" and not detector.raised]
    few, many = (_scan_of(_scanner(program, credentials[:: len(credentials) // n][:n]), text) for n in (40, 400))
    floor, ours = _interleaved(few, many, rounds=7, calls=1)
    speed = len(text) / ours / 1e6
    return {
        "name": "scan: 400 detectors",
        "value": speed,
        "unit": "MB/s",
        "peer": "40 detectors",
        "ratio": ours / floor,
    }


def _scanner(program: typed.Program, detectors: Sequence[typed.Detector]) -> Scanner:
    return _scanner_of(compile_program(replace(program, rules=(), detectors=tuple(detectors))))


def _scanner_of(compiled: Compiled) -> Scanner:
    return Scanner.from_document(compiled.document["detectors"], compiled.document["scan"], compiled.sections)


Runner = Callable[[str], Callable[[], object]]


def _prompt(name: str, text: str, bare: Runner, whole: Runner) -> dict[str, Any]:
    floor, ours = _interleaved(bare(text), whole(text), rounds=200, calls=50)
    return {"name": f"scan: {name}", "value": ours * 1e6, "unit": "µs", "peer": "bare sweep", "ratio": ours / floor}


def _throughput(name: str, text: str, bare: Runner, whole: Runner) -> dict[str, Any]:
    floor, ours = _interleaved(bare(text), whole(text), rounds=7, calls=1)
    return {
        "name": f"scan: {name}",
        "value": len(text) / ours / 1e6,
        "unit": "MB/s",
        "peer": "bare sweep",
        "ratio": ours / floor,
    }


def _views(name: str, text: str, whole: Runner) -> dict[str, Any]:
    """Beside the same scan that looks for nothing encoded."""

    def without() -> None:
        with mock.patch.object(views, "find", _never):
            scan()

    scan = whole(text)
    floor, ours = _interleaved(without, scan, rounds=15, calls=1)
    return {
        "name": f"scan: views on clean {name}",
        "value": len(text.encode()) / ours / 1e6,
        "unit": "MB/s",
        "peer": "scan without views",
        "ratio": ours / floor,
    }


def _never(_: bytes) -> None:
    return None


def _interleaved(
    floor: Callable[[], object], ours: Callable[[], object], rounds: int, calls: int
) -> tuple[float, float]:
    """Median seconds a call, measured in turns so that both meet the same machine."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, record in zip((floor, ours), times, strict=True):
            start = time.perf_counter()
            for _ in range(calls):
                function()
            record.append((time.perf_counter() - start) / calls)
    return statistics.median(times[0]), statistics.median(times[1])
