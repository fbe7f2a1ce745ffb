"""scan: findings in files, directories, standard input and JSON lines."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from aigov import standard
from aigov_runtime.limits import MAX_MATCHES
from tests.cli.conftest import Aigov

KEYS = ["path", "detector", "class", "confidence", "start", "end", "line", "column", "severity", "reasons"]
TEXT = "naïve\nabout Blue Heron, again Blue Heron\n"


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_finding_is_one_line_with_byte_offsets(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(TEXT)
    result = aigov("scan", "notes.txt", "--bundle", bundle, "--trust", "release.pub", "--format", "jsonl")
    assert result.code == 0
    found = lines(result.out)
    assert [list(record) for record in found] == [KEYS, KEYS]
    raw = TEXT.encode()
    assert [raw[record["start"] : record["end"]] for record in found] == [b"Blue Heron", b"Blue Heron"]
    assert [(record["line"], record["column"]) for record in found] == [(2, 7), (2, 25)]
    assert {record["path"] for record in found} == {"notes.txt"}
    assert {record["detector"] for record in found} == {"acme.codename"}


def test_directories_are_walked_in_order_and_binary_files_skipped(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "b").mkdir(parents=True)
    (tree / ".git").mkdir()
    for name in ("z.txt", "a.txt", "b/c.txt", ".git/config"):
        (tree / name).write_text("Blue Heron")
    (tree / "image.bin").write_bytes(b"\x00\x01Blue Heron")
    result = aigov("scan", tree, "--bundle", bundle, "--trust", "release.pub", "--format", "jsonl")
    assert [Path(record["path"]).relative_to(tree).as_posix() for record in lines(result.out)] == [
        "a.txt",
        "z.txt",
        "b/c.txt",
    ]
    assert "1 binary file skipped" in result.err


def test_many_files_are_scanned_as_each_alone(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    names = [f"{number:03}.txt" for number in range(300)]
    for number, name in enumerate(names):
        (tree / name).write_text("\n" * (number % 7) + "Blue Heron " * (number % 5))
    options = ("--bundle", bundle, "--trust", "release.pub", "--format", "jsonl")
    together = aigov("scan", tree, *options)
    alone = [aigov("scan", tree / name, *options).out for name in names[:20]]
    assert together.out.startswith("".join(alone))
    assert len(lines(together.out)) == sum(number % 5 for number in range(300))


def test_a_file_that_cannot_be_read_is_named_and_the_others_scanned(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    for name in ("a.txt", "c.txt"):
        (tmp_path / name).write_text("Blue Heron")
    unreadable = "/proc/self/mem"  # even for root: nothing is mapped at 0
    result = aigov("scan", "a.txt", unreadable, "c.txt", "-b", bundle, "--trust", "release.pub", "--format", "jsonl")
    assert result.code == 2
    assert f"{unreadable}: not scanned: Input/output error" in result.err
    assert [record["path"] for record in lines(result.out)] == ["a.txt", "c.txt"]


def test_a_file_with_more_than_a_detector_can_take_is_not_passed_as_clean(
    aigov: Aigov, bundle: Path, tmp_path: Path
) -> None:
    (tmp_path / "full.txt").write_text("Blue Heron\n" * (MAX_MATCHES + 1))
    result = aigov("scan", "full.txt", "-b", bundle, "--trust", "release.pub", "--format", "jsonl")
    assert result.code == 2
    assert "codename is incomplete" in result.err
    assert len(lines(result.out)) == MAX_MATCHES


def test_bytes_that_are_not_utf_8_keep_the_offsets(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("grün Blue Heron".encode("latin-1"))
    (record,) = lines(aigov("scan", "latin.txt", "-b", bundle, "--trust", "release.pub", "--format", "jsonl").out)
    assert (record["start"], record["end"], record["column"]) == (5, 15, 6)


def test_standard_input(aigov: Aigov, bundle: Path) -> None:
    result = aigov("scan", "-", "-b", bundle, "--trust", "release.pub", stdin=TEXT.encode())
    assert result.out.splitlines()[0].startswith("-:2:7: acme.codename (internal, ")


def test_sarif(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(TEXT)
    log = json.loads(aigov("scan", "notes.txt", "-b", bundle, "--trust", "release.pub", "--format", "sarif").out)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [result["ruleId"] for result in run["results"]] == ["acme.codename"] * 2
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["byteOffset"], region["byteLength"]) == (2, 13, 10)


def test_every_record_of_json_lines_is_answered(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    texts = ["nothing here", "ü Blue Heron", ""]
    (tmp_path / "set.jsonl").write_text("".join(json.dumps({"id": 1, "text": text}) + "\n" for text in texts))
    result = aigov("scan", "--jsonl-text", "text", "set.jsonl", "-b", bundle, "--trust", "release.pub")
    assert result.code == 0
    records = lines(result.out)
    assert [record["record"] for record in records] == [0, 1, 2]
    assert [len(record["findings"]) for record in records] == [0, 1, 0]
    assert (records[1]["findings"][0]["start"], records[1]["findings"][0]["end"]) == (3, 13)


@pytest.mark.parametrize("line", ["{", "[]", '{"other": "x"}', '{"text": 1}'])
def test_a_record_without_the_field_is_answered_and_named(
    aigov: Aigov, bundle: Path, tmp_path: Path, line: str
) -> None:
    (tmp_path / "set.jsonl").write_text(f'{line}\n{{"text": "Blue Heron"}}\n')
    result = aigov("scan", "--jsonl-text", "text", "set.jsonl", "-b", bundle, "--trust", "release.pub")
    assert result.code == 2
    assert [(record["record"], len(record["findings"])) for record in lines(result.out)] == [(0, 0), (1, 1)]
    assert "set.jsonl:1" in result.err


def test_a_byte_order_mark_before_the_records_is_none_of_them(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text('{"text": "Blue Heron"}\n', encoding="utf-8-sig")
    result = aigov("scan", "--jsonl-text", "text", "set.jsonl", "-b", bundle, "--trust", "release.pub")
    assert (result.code, len(lines(result.out)[0]["findings"])) == (0, 1)


@pytest.mark.parametrize("output", ["json", "sarif"])
def test_records_are_json_lines_and_nothing_else(aigov: Aigov, tmp_path: Path, output: str) -> None:
    (tmp_path / "set.jsonl").touch()
    result = aigov("scan", "--jsonl-text", "text", "set.jsonl", "--format", output)
    assert (result.code, result.out) == (2, "")
    assert f"--jsonl-text prints JSON lines, not {output}" in result.err


def test_the_name_of_a_file_does_not_reach_the_terminal_raw(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\n.txt").write_text("Blue Heron")
    result = aigov("scan", ".", "-b", bundle, "--trust", "release.pub")
    assert "a\\u{1B}[31m\\u{A}.txt:1:1: acme.codename" in result.out
    assert "\x1b" not in result.out


def test_without_a_bundle_the_standard_detectors_are_used(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "mail.txt").write_text("write to jane.doe@corp-mail.org today")
    found = lines(aigov("scan", "mail.txt", "--format", "jsonl").out)
    assert [record["detector"] for record in found] == ["pii.email"]


@pytest.fixture
def own_cache(databases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, with the databases that were compiled before."""
    cache = tmp_path / "cache" / "aigov"
    cache.mkdir(parents=True)
    for path in databases.glob("*.hyperscan"):
        shutil.copy2(path, cache)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))
    return cache


def test_the_standard_detectors_are_compiled_once(
    aigov: Aigov, tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mail.txt").write_text("write to jane.doe@corp-mail.org today")
    first = aigov("scan", "mail.txt")
    monkeypatch.setattr(standard, "_compile", None)
    assert aigov("scan", "mail.txt") == first
    (kept,) = own_cache.glob("*.govb")
    assert kept.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(standard, "__version__", "another")
    assert aigov("scan", "mail.txt").code == 1


@pytest.mark.parametrize("spoil", ["damage", "exposure", "stranger"])
def test_a_cache_that_is_not_to_be_believed_is_made_anew(
    aigov: Aigov, tmp_path: Path, own_cache: Path, spoil: str
) -> None:
    (tmp_path / "mail.txt").write_text("write to jane.doe@corp-mail.org today")
    first = aigov("scan", "mail.txt")
    (kept,) = own_cache.glob("*.govb")
    good = kept.read_bytes()
    if spoil == "damage":
        kept.write_bytes(good[:-1])
    elif spoil == "exposure":
        kept.write_bytes(b"x")
        kept.chmod(0o666)
    else:
        kept.write_bytes(sha256(b"{}").digest() + b"{}")
    assert aigov("scan", "mail.txt") == first
    assert kept.read_bytes() == good
    assert kept.stat().st_mode & 0o777 == 0o600


def test_nothing_found_is_fine(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    result = aigov("scan", "empty.txt", "-b", bundle, "--trust", "release.pub", "--format", "jsonl")
    assert (result.code, result.out) == (0, "")


def test_a_progress_bar_on_a_terminal_leaves_piped_findings_alone(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(TEXT)
    parent, terminal = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "aigov",
        "scan",
        "notes.txt",
        "-b",
        bundle,
        "--trust",
        "release.pub",
        "--format",
        "jsonl",
    ]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=terminal, check=True, env={**os.environ, "TERM": "xterm"}
    )
    os.close(terminal)
    assert len(lines(done.stdout.decode())) == 2
    assert b"100%" in os.read(parent, 65536)
    os.close(parent)
