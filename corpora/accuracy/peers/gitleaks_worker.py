"""`gitleaks dir` as shipped, over one folder of files. Runs alone, in the environment that has it."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_OPTIONS = ("--report-format", "json", "--exit-code", "0", "--no-banner", "--log-level", "error")


def main() -> None:
    """Texts in, one JSON string a line; out come version and seconds, then the spans of each text."""
    beside = Path(sys.executable).with_name("gitleaks")
    program = str(beside) if beside.exists() else shutil.which("gitleaks")
    if program is None:
        sys.exit("gitleaks is not on the path")
    texts = [json.loads(line) for line in sys.stdin]
    out = [[] for _ in texts]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "cases"
        source.mkdir()
        for number, text in enumerate(texts):
            (source / f"case{number}.txt").write_text(text, encoding="utf-8")
        report = Path(folder) / "report.json"
        begin = time.perf_counter()
        subprocess.run(
            [program, "dir", str(source), *_OPTIONS, "--report-path", str(report)],
            check=True,
        )
        seconds = time.perf_counter() - begin
        for finding in json.loads(report.read_text() or "[]"):
            number = int(re.search(r"case(\d+)\.txt", finding["File"])[1])
            out[number].append(span(texts[number], finding))
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    print(json.dumps({"version": version, "seconds": seconds}))
    for spans in out:
        print(json.dumps(spans))


def span(text, finding):
    """The place of a finding's secret at or after its first line, or that line."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: finding["StartLine"] - 1])
    at = text.find(finding["Secret"], max(0, start - 1))
    if at < 0:
        return finding["RuleID"], start, start + len(lines[finding["StartLine"] - 1])
    return finding["RuleID"], at, at + len(finding["Secret"])


main()
