"""scan in a team's hands: commits, baselines, redacted copies, exit codes for CI."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Aigov

JSONL = ("--trust", "release.pub", "--format", "jsonl")


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


class Repository:
    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        who = {
            f"GIT_{role}_{what}": f"a@{what}.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        environment = os.environ | who | {"GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, **files: str) -> str:
        for name, text in files.items():
            (self.path / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


# git --------------------------------------------------------------------------------------------


def test_a_range_tells_what_its_commits_added(aigov: Aigov, bundle: Path, repository: Repository) -> None:
    first = repository.commit(old="Blue Heron\n")
    second = repository.commit(old="Blue Heron\nfine\nand Blue Heron\n", new="Blue Heron")
    third = repository.commit(old="gone\n")
    result = aigov("scan", "--git", f"{first}..{third}", "repo", "--bundle", bundle, *JSONL)
    assert result.code == 0, result.err
    found = [(r["commit"], r["path"], r["line"]) for r in lines(result.out)]
    assert found == [(second, "new", 1), (second, "old", 3)]


def test_one_revision_is_all_that_led_to_it(aigov: Aigov, bundle: Path, repository: Repository) -> None:
    first = repository.commit(old="Blue Heron\n")
    result = aigov("scan", "--git", "HEAD", "repo", "--bundle", bundle, *JSONL)
    assert [(r["commit"], r["line"]) for r in lines(result.out)] == [(first, 1)]


def test_a_merge_adds_what_neither_side_has(aigov: Aigov, bundle: Path, repository: Repository) -> None:
    base = repository.commit(a="x\n", b="x\n")
    repository.git("checkout", "-q", "-b", "side")
    side = repository.commit(a="Blue Heron\n")
    repository.git("checkout", "-q", "main")
    repository.commit(b="y\n")
    repository.git("merge", "-q", "--no-commit", "--no-ff", "side")
    (repository.path / "b").write_text("Blue Heron\n")
    merge = repository.commit()
    result = aigov("scan", "--git", f"{base}..HEAD", "repo", "--bundle", bundle, *JSONL)
    assert [(r["commit"], r["path"]) for r in lines(result.out)] == [(side, "a"), (merge, "b")]


def test_a_name_is_no_pattern_and_a_link_no_file(aigov: Aigov, bundle: Path, repository: Repository) -> None:
    base = repository.commit(plain="x")
    (repository.path / "link").symlink_to("Blue Heron")
    repository.commit(**{"*": "Blue Heron\n", "ü b": "Blue Heron\n"})
    result = aigov("scan", "--git", f"{base}..HEAD", "repo", "--bundle", bundle, *JSONL)
    assert [r["path"] for r in lines(result.out)] == ["*", "ü b"]


@pytest.mark.parametrize("revisions", ["nowhere..HEAD", "--all", "--output=x"])
def test_a_range_that_is_none_is_told(aigov: Aigov, bundle: Path, repository: Repository, revisions: str) -> None:
    repository.commit(a="x")
    result = aigov("scan", f"--git={revisions}", "repo", "--bundle", bundle, *JSONL)
    assert result.code == 2
    assert revisions in result.err
    assert "Traceback" not in result.err


def test_a_directory_without_a_repository_is_told(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    result = aigov("scan", "--git", "HEAD", "plain", "--bundle", bundle, *JSONL)
    assert (result.code, "not a git repository" in result.err) == (2, True)


# Baselines ---------------------------------------------------------------------------------------


def test_what_the_baseline_knows_is_not_told_again(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Blue Heron\n")
    options = ("--bundle", bundle, *JSONL)
    first = aigov("scan", "notes.txt", "--write-baseline", "known.json", *options)
    assert len(lines(first.out)) == 1
    assert "Blue Heron" not in (tmp_path / "known.json").read_text()
    notes.write_text("moved down\n\nBlue Heron\n")
    assert aigov("scan", "notes.txt", "--baseline", "known.json", *options).out == ""
    notes.write_text("Blue Heron\nBlue Heron\n")
    assert [r["line"] for r in lines(aigov("scan", "notes.txt", "--baseline", "known.json", *options).out)] == [2]
    (tmp_path / "other.txt").write_text("Blue Heron\n")
    assert len(lines(aigov("scan", "other.txt", "--baseline", "known.json", *options).out)) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", '{"version": 2, "salt": "", "findings": {}}', '{"version": 1, "salt": "zz"}']
)
def test_a_file_that_is_no_baseline_is_told(aigov: Aigov, bundle: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "known.json").write_text(text)
    result = aigov("scan", "release.pub", "--baseline", "known.json", "--bundle", bundle, *JSONL)
    assert (result.code, "known.json is no baseline" in result.err) == (2, True)


# Redaction ---------------------------------------------------------------------------------------


def test_one_text_is_redacted_to_standard_output(aigov: Aigov, bundle: Path) -> None:
    result = aigov("scan", "-", "--redact", "-b", bundle, "--trust", "release.pub", stdin="ü Blue Heron!\r\n".encode())
    assert (result.code, result.out) == (0, "ü [acme.codename]!\r\n")


def test_many_texts_are_redacted_into_a_directory(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "chats").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "chats" / name).write_text(f"{name}: Blue Heron")
    result = aigov("scan", "chats", "--redact", "-o", "clean", "-b", bundle, "--trust", "release.pub")
    assert (result.code, result.out) == (0, "")
    assert (tmp_path / "clean/chats/b.txt").read_text() == "b.txt: [acme.codename]"
    assert (tmp_path / "chats/b.txt").read_text() == "b.txt: Blue Heron"
    refused = aigov("scan", "chats", "--redact", "-b", bundle, "--trust", "release.pub")
    assert (refused.code, "--output DIR" in refused.err) == (2, True)


def test_records_are_redacted_in_place(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    record = {"id": 7, "messages": [{"role": "user", "content": "Blue Heron"}, {"role": "x", "content": "fine"}]}
    (tmp_path / "export.jsonl").write_text(json.dumps(record) + "\n")
    options = ("--jsonl-text", "/messages/*/content", "export.jsonl", "-b", bundle, "--trust", "release.pub")
    (clean,) = lines(aigov("scan", "--redact", *options).out)
    record["messages"][0]["content"] = "[acme.codename]"  # type: ignore[index]
    assert clean == record
    (told,) = lines(aigov("scan", *options).out)
    assert [(f["field"], f["start"]) for f in told["findings"]] == [("/messages/0/content", 0)]


# Exit codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "code"), [("possible", 9), ("likely", 9), ("certain", 0)])
def test_ci_can_fail_on_a_level(aigov: Aigov, bundle: Path, tmp_path: Path, level: str, code: int) -> None:
    (tmp_path / "notes.txt").write_text("Blue Heron")
    result = aigov("scan", "notes.txt", "--fail-on", level, "--bundle", bundle, *JSONL)
    assert (result.code, len(lines(result.out))) == (code, 1)


def test_findings_less_sure_are_left_out(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Blue Heron")
    result = aigov("scan", "notes.txt", "--min-confidence", "certain", "--fail-on", "possible", "-b", bundle, *JSONL)
    assert (result.code, result.out) == (0, "")


@pytest.mark.parametrize(
    "options",
    [
        ("--git", "HEAD", "--redact"),
        ("--git", "HEAD", "--jsonl-text", "x"),
        ("--write-baseline", "k.json", "--redact"),
        (),
    ],
)
def test_options_that_do_not_go_together(aigov: Aigov, options: tuple[str, ...]) -> None:
    result = aigov("scan", *options)
    assert (result.code, result.out) == (2, "")
