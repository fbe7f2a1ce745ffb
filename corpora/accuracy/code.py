"""Source code and its language, judged on files that this machine has installed.

A case is a window of forty lines out of a file, drawn by a seed. The suffix of the file says the language. A lexer of
Pygments says which lines are code: windows in which less than a third of the lines hold a name or a keyword outside of
comments, documentation and literals are left out. What is no code are windows of prose and of data, without those that
hold blocks set off as code may be. Files are read where they lie and never copied.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import sysconfig
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, String

from aigov_runtime.scan.code import code_spans

_WINDOW = 40
_MAX_FILE = 200_000
_LEAST_LINES = 8
_LONGEST_LINE = 400

LANGUAGES: Mapping[str, tuple[str, str]] = {
    ".py": ("python", "python"), ".pyi": ("python", "python"),
    ".c": ("c", "c"), ".h": ("c", "c"), ".hpp": ("cpp", "cpp"), ".cpp": ("cpp", "cpp"), ".cc": ("cpp", "cpp"),
    ".js": ("javascript", "javascript"), ".mjs": ("javascript", "javascript"), ".cjs": ("javascript", "javascript"),
    ".ts": ("typescript", "typescript"), ".css": ("css", "css"), ".scss": ("css", "scss"), ".html": ("html", "html"),
    ".sh": ("shell", "bash"), ".sql": ("sql", "sql"), ".pl": ("perl", "perl"), ".pm": ("perl", "perl"),
    ".rb": ("ruby", "ruby"), ".java": ("java", "java"), ".go": ("go", "go"), ".rs": ("rust", "rust"),
    ".lua": ("lua", "lua"), ".r": ("r", "r"), ".R": ("r", "r"), ".php": ("php", "php"), ".cs": ("csharp", "csharp"),
    ".kt": ("kotlin", "kotlin"), ".swift": ("swift", "swift"), ".scala": ("scala", "scala"),
    ".ps1": ("powershell", "powershell"), ".dart": ("dart", "dart"), ".ex": ("elixir", "elixir"),
    ".tf": ("terraform", "terraform"),
}  # fmt: skip
"""By suffix: the language, and the name of its lexer."""

PLAIN = frozenset(
    {".md", ".rst", ".txt", ".csv", ".tsv", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".log", ".po"}
)
"""Suffixes of what is no source code."""

KIN = ({"c", "cpp"}, {"javascript", "typescript"})
"""Languages of which each holds most of the other: taken for each other, an answer is half right."""


_CPP = re.compile(r"^\s*(?:namespace|template\s*<|class \w|using namespace)", re.MULTILINE)
"""In headers of C++ that are called like those of C."""


class Window(NamedTuple):
    """Lines of a file; `language` is empty for what is no code."""

    path: Path
    first_line: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers by suffix (empty: no code was found), how right they are, and windows that are wrongly answered."""

    answers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    halves: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Window, str]] = field(default_factory=list)

    def found(self, suffixes: Iterable[str]) -> float:
        """The share of windows in which code was found."""
        answers = _sum(self.answers[suffix] for suffix in suffixes if suffix in self.answers)
        return 1 - answers[""] / answers.total() if answers else 0.0

    def right(self, suffixes: Iterable[str]) -> float:
        """The share of found windows with the right language."""
        known = [suffix for suffix in suffixes if suffix in self.answers]
        found = sum(self.answers[suffix].total() - self.answers[suffix][""] for suffix in known)
        return sum(self.halves[suffix] for suffix in known) / 2 / found if found else 0.0

    @property
    def recall(self) -> float:
        """The share of windows of code that were found."""
        return self.found(LANGUAGES)

    @property
    def accuracy(self) -> float:
        """The share of those with the right language."""
        return self.right(LANGUAGES)

    @property
    def alarms(self) -> float:
        """The share of other windows in which code was found."""
        return self.found(PLAIN)


def measure(seed: int, files: int = 40) -> Judged:
    """Judge windows of at most so many files of each suffix."""
    judged = Judged()
    random = Random(seed)
    for path in _files(files):
        if (text := _read(path)) is not None:
            for window in _windows(path, text, random):
                _judge(judged, window)
    return judged


def _judge(judged: Judged, window: Window) -> None:
    data = window.text.encode()
    spans = code_spans(data, 0, len(data))
    answer = max(spans, key=lambda span: span.lines).language if spans else ""
    judged.answers[window.path.suffix][answer] += 1
    judged.halves[window.path.suffix] += _halves(window.language, answer) if answer else 0
    if answer != window.language:
        judged.wrong.append((window, answer))


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counter in counters:
        total += counter
    return total


def _halves(language: str, answer: str) -> int:
    if answer == language:
        return 2
    return int(any({language, answer} <= kin for kin in KIN))


def _windows(path: Path, text: str, random: Random) -> Iterator[Window]:
    """One window of a file of code, two of another."""
    lines = text.split("\n")
    language, lexer = LANGUAGES.get(path.suffix, ("", ""))
    if path.suffix == ".h" and _CPP.search(text):
        language, lexer = LANGUAGES[".hpp"]
    code = _code_lines(get_lexer_by_name(lexer), text) if language else frozenset()
    for _ in range(1 if language else 2):
        first = random.randrange(max(1, len(lines) - _WINDOW + 1))
        part = lines[first : first + _WINDOW]
        filled = [number for number, line in enumerate(part, first) if line.strip()]
        if len(filled) < _LEAST_LINES or max(map(len, part)) > _LONGEST_LINE:
            continue
        if language and 3 * sum(number in code for number in filled) < len(filled):
            continue
        if language == "html" and 3 * sum("<" in line for line in part) < len(filled):
            continue  # a style sheet or a script inside
        if not language and _may_hold_code(lines, part, first, path.suffix):
            continue
        yield Window(path, first + 1, "\n".join(part), language)


def _code_lines(lexer: Lexer, text: str) -> frozenset[int]:
    """Numbers of lines with a name or a keyword outside of comments, documentation and literals."""
    line, code = 0, set()
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        if (kind in Name or kind in Keyword) and kind not in Comment and kind not in String:
            code.add(line)
        line += value.count("\n")
    return frozenset(code)


def _may_hold_code(lines: list[str], part: list[str], first: int, suffix: str) -> bool:
    """Prose that sets something off by fences or by its indent, programs in settings, and settings without sections."""
    if suffix in {".md", ".rst", ".txt"}:
        within = sum(line.lstrip().startswith(("```", "~~~")) for line in lines[:first]) % 2 == 1
        return within or any(
            "```" in line or "~~~" in line or ">>> " in line or line.startswith(("    ", "\t")) for line in part
        )
    if suffix in {".yaml", ".yml"}:
        return any(line.rstrip().endswith(("|", "|-", ">", ">-")) or "run:" in line for line in lines)
    if suffix in {".cfg", ".conf", ".ini"}:
        return not any(line.startswith("[") and line.rstrip().endswith("]") for line in lines)
    return False


def _files(most: int) -> Iterator[Path]:
    """At most so many of each suffix, in the order of a hash of their path."""
    by_suffix: defaultdict[str, list[Path]] = defaultdict(list)
    for root in _roots():
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(set(folders) - {"__pycache__", "proc", "sys"})
            for name in names:
                suffix = os.path.splitext(name)[1]  # noqa: PTH122 - a quarter of a million names
                if (suffix in LANGUAGES or suffix in PLAIN) and name != "CMakeLists.txt":
                    by_suffix[suffix].append(Path(folder, name))
    for suffix in sorted(by_suffix):
        yield from sorted(by_suffix[suffix], key=lambda path: hashlib.sha256(bytes(path)).digest())[:most]


def _roots() -> list[Path]:
    """Where the interpreter and the system keep sources and documentation."""
    places = (
        *(sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), f"{sys.base_prefix}/include"),
        *("/usr/share", "/usr/include", "/usr/lib", "/usr/local"),
    )
    return [path for path in map(Path, dict.fromkeys(places)) if path.is_dir()]


def _read(path: Path) -> str | None:
    """The text of a file; None for what is no text, is too large, or cannot be read."""
    try:
        if not path.is_file() or path.is_symlink() or not 0 < path.stat().st_size <= _MAX_FILE:
            return None
        data = path.read_bytes()
        return None if b"\0" in data else data.decode()
    except (OSError, UnicodeDecodeError):
        return None
