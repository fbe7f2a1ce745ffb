"""Run a script under the hook: `python -m examples.demo.governed SETTINGS SCRIPT [ARGUMENT…]`.

SETTINGS is a JSON file: `bundle`, `identity`, `hosts`, and `decisions`, the file that every decision is written to.
"""

from __future__ import annotations

import json
import logging
import runpy
import sys
from pathlib import Path

from aigov_enforcers import sdk


class Decisions(logging.Handler):
    """Writes one JSON line per decision."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write the decision of one log record."""
        decision = getattr(record, "decision", None)
        if decision is None:
            return
        line = {
            "direction": record.__dict__["direction"],
            "outcome": decision.outcome,
            "rules": [{"id": hit.id, "effect": hit.effect, "location": str(hit.location)} for hit in decision.rules],
            "findings": [finding.detector for finding in decision.findings],
            "microseconds": round(record.__dict__["nanoseconds"] / 1000),
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def main() -> None:
    """Install the hook and run the script."""
    settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    log = logging.getLogger("aigov.sdk")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(Decisions(Path(settings["decisions"])))
    sdk.install(bundle=settings["bundle"], identity=settings["identity"], hosts=settings["hosts"])
    sys.argv = sys.argv[2:]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
