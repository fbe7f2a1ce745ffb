"""Where the Hyperscan database comes from: the bundle, the cache, or the patterns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hyperscan
import pytest

from aigov_runtime.scan import database
from aigov_runtime.scan.database import compile_database, database_key, open_database
from aigov_runtime.scan.sweep import Sweep
from aigov_runtime.scan.triggers import Gate

PATTERNS = [b"b[0-9]", b"a[0-9]"]
END_BITS = 40  # of a candidate, as C packs it
END_MASK = (1 << END_BITS) - 1


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "aigov"


def ids(opened: hyperscan.Database, data: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    opened.scan(
        data,
        match_event_handler=lambda pattern, _start, end, _flags, _context: found.append((pattern, end)),
        scratch=hyperscan.Scratch(opened),
    )
    return sorted(found)


def refuse_to_compile(*_: object) -> hyperscan.Database:
    raise AssertionError("compiled")


def brought(*contents: bytes, platform: str | None = None) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """A document's `scan` and the sections: the patterns as cues, and databases of them for this machine."""
    patterns = [{"gate": Gate.OPEN, "cue": len(pattern)} for pattern in PATTERNS]
    databases = dict.fromkeys([platform or database_key(Gate.OPEN)] * len(contents), 1)
    return {"patterns": patterns, "cues": 0, "clues": None, "databases": databases}, (b"".join(PATTERNS), *contents)


def seen(scan: dict[str, Any], sections: tuple[bytes, ...], data: bytes) -> list[tuple[int, int]]:
    """(pattern, end) of every candidate."""
    handle = Sweep(scan, sections).candidates(data).handle
    return sorted((handle.items[at] >> END_BITS, handle.items[at] & END_MASK) for at in range(handle.count))


def test_the_id_of_a_pattern_is_its_index_or_its_number() -> None:
    assert ids(compile_database(PATTERNS), b"a1 b2") == [(0, 5), (1, 2)]
    assert ids(compile_database(PATTERNS, [4, 7]), b"a1 b2") == [(4, 5), (7, 2)]


def test_the_bundles_database_is_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan, sections = brought(hyperscan.dumpb(compile_database(PATTERNS)))
    monkeypatch.setattr(database, "compile_database", refuse_to_compile)
    assert seen(scan, sections, b"a1") == [(1, 2)]
    assert not cache.exists()


@pytest.mark.parametrize(
    ("scan", "sections"),
    [
        brought(),
        brought(hyperscan.dumpb(compile_database(PATTERNS)), platform="another platform"),
        brought(b""),
        brought(b"not a database"),
        brought(hyperscan.dumpb(compile_database(PATTERNS))[:-1]),
    ],
)
def test_without_a_fitting_database_it_is_compiled_and_cached(
    scan: dict[str, Any], sections: tuple[bytes, ...], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seen(scan, sections, b"a1") == [(1, 2)]
    (file,) = cache.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(database, "compile_database", refuse_to_compile)
    assert seen(scan, sections, b"a1") == [(1, 2)]


def test_the_cache_knows_databases_by_patterns_and_ids(cache: Path) -> None:
    for patterns, numbers in ((PATTERNS, [0, 1]), (PATTERNS, [0, 2]), (PATTERNS[::-1], [0, 1]), (PATTERNS[:1], [0])):
        opened = open_database(patterns, numbers)
        assert {number for number, _ in ids(opened, b"a1 b2")} == set(numbers)
    assert len(list(cache.iterdir())) == 4
    open_database(PATTERNS)
    assert len(list(cache.iterdir())) == 4


def test_a_damaged_or_exposed_cache_is_not_believed(cache: Path) -> None:
    open_database(PATTERNS)
    (file,) = cache.iterdir()
    good = file.read_bytes()
    file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert ids(open_database(PATTERNS), b"a1") == [(1, 2)]
    assert file.read_bytes() == good
    file.chmod(0o666)
    assert ids(open_database(PATTERNS), b"a1") == [(1, 2)]
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_unwritable_cache_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert ids(open_database(PATTERNS), b"a1") == [(1, 2)]


def test_a_pattern_that_hyperscan_refuses_raises() -> None:
    with pytest.raises(hyperscan.HyperscanError):
        open_database([b"(?=a)b"])
