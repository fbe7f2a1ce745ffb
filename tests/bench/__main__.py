"""`python -m tests.bench [NAME…]`: run the benchmarks, print a table, write `build/bench.json`.

A benchmark is a module `bench_NAME.py` here with `run()`, which gives rows: `name`, `value`, `unit`, and `peer` with
`ratio` (our time over the peer's, measured in the same run: below 1 is faster) where there is one to compare with.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
OUTPUT = HERE.parents[1] / "build" / "bench.json"


def main(names: list[str]) -> None:
    names = names or [path.stem.removeprefix("bench_") for path in sorted(HERE.glob("bench_*.py"))]
    rows: list[dict[str, Any]] = []
    table = Table("benchmark", "value", "unit", "peer", "ratio", title="aigov benchmarks")
    for name in names:
        for row in import_module(f"tests.bench.bench_{name}").run():
            entry = {key: row.get(key) for key in ("name", "value", "unit", "peer", "ratio")}
            rows.append(entry)
            ratio = "" if entry["ratio"] is None else f"{entry['ratio']:.2f}"
            table.add_row(entry["name"], _figures(entry["value"]), entry["unit"], entry["peer"] or "", ratio)
    for column in (1, 4):
        table.columns[column].justify = "right"
    Console().print(table)
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(rows, indent=2) + "\n")


def _figures(value: float) -> str:
    """Four figures, without an exponent."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


if __name__ == "__main__":
    main(sys.argv[1:])
