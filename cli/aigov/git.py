"""What the commits of a range added to a repository, through the `git` command."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from aigov.exits import Failure
from aigov.inputs import Input
from aigov.output import shown

_HUNK = re.compile(rb"^@@ -\S+ \+([0-9]+)(?:,([0-9]+))? @@", re.MULTILINE)


def added(revisions: str, repository: Path) -> Iterator[Input]:
    """Every file version that a commit of `revisions` (`REV..REV`, or one REV for all that led to it) made, with the
    lines that it added, oldest commit first. A merge adds what differs from all its parents.

    Raises Failure when there is no git, no repository, or no such revision.
    """
    if revisions.startswith("-"):
        raise Failure(f"`{revisions}` is no range of revisions")
    listed = _git(repository, "rev-list", "--reverse", "--parents", revisions, "--")
    nothing = _git(repository, "hash-object", "-t", "tree", "/dev/null").decode("ascii").strip()
    for line in listed.decode("ascii").splitlines():
        commit, *parents = line.split()
        yield from _changes(repository, commit, parents or [nothing])


def _changes(repository: Path, commit: str, parents: Sequence[str]) -> Iterator[Input]:
    for name, blob in _versions(repository, commit, parents[0]):
        lines = [_added_lines(repository, parent, commit, name) for parent in parents]
        if common := frozenset.intersection(*lines):
            path = Path(name.decode("utf-8", "surrogateescape"))
            yield Input(shown(path), path, _git(repository, "cat-file", "blob", blob), common, commit)


def _versions(repository: Path, commit: str, parent: str) -> Iterator[tuple[bytes, str]]:
    """(name, blob) of every regular file that is new or changed since the parent."""
    arguments = ("diff-tree", "-r", "-z", "--no-renames", "--diff-filter=AMT", parent, commit)
    fields = _git(repository, *arguments).split(b"\0")
    for facts, name in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, blob, _ = facts.decode("ascii").split(" ")
        if mode.startswith("100"):  # no symbolic link, no submodule
            yield name, blob


def _added_lines(repository: Path, parent: str, commit: str, name: bytes) -> frozenset[int]:
    path = b":(literal)" + name
    arguments = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--text", "-U0")
    patch = _git(repository, *arguments, parent, commit, "--", path)
    hunks = ((int(match[1]), int(match[2] or 1)) for match in _HUNK.finditer(patch))
    return frozenset(line for start, count in hunks for line in range(start, start + count))


def _git(repository: Path, *arguments: str | bytes) -> bytes:
    try:
        command = ["git", "-C", repository, *arguments]  # no shell; names and revisions cannot be options here
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise Failure("--git needs the `git` command, which is not installed") from None
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Failure(f"git: {reason[0].removeprefix('fatal: ') if reason else 'failed'}")
    return done.stdout
