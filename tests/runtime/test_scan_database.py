"""Where the Hyperscan database comes from: the bundle, the cache, or the patterns."""

from __future__ import annotations

from pathlib import Path

import hyperscan
import pytest

from aigov_runtime.scan import database
from aigov_runtime.scan.database import Databases, compile_database, host_platform, open_database, patterns_digest

PATTERNS = [b"b[0-9]", b"a[0-9]"]


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


def refuse_to_compile(_: object) -> hyperscan.Database:
    raise AssertionError("compiled")


def test_the_id_of_a_pattern_is_its_index() -> None:
    assert ids(compile_database(PATTERNS), b"a1 b2") == [(0, 5), (1, 2)]


def brought(content: bytes, patterns: list[bytes] = PATTERNS, platform: str | None = None) -> Databases:
    """A bundle's only database."""
    entry = {"section": 0, "patterns": patterns_digest(patterns)}
    return Databases({host_platform() if platform is None else platform: entry}, (content,))


def opened(databases: Databases | None = None) -> hyperscan.Database:
    return open_database(PATTERNS, databases=databases)


def test_the_bundles_database_is_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases = brought(hyperscan.dumpb(compile_database(PATTERNS)))
    monkeypatch.setattr(database, "compile_database", refuse_to_compile)
    assert ids(opened(databases), b"a1") == [(1, 2)]
    assert not cache.exists()


def test_a_database_is_known_by_its_patterns_and_their_ids() -> None:
    digests = {
        patterns_digest(PATTERNS),
        patterns_digest(PATTERNS, [0, 2]),
        patterns_digest(PATTERNS[::-1]),
        patterns_digest([b"".join(PATTERNS)]),
    }
    assert len(digests) == 4
    assert patterns_digest(PATTERNS, [0, 1]) == patterns_digest(PATTERNS)


@pytest.mark.parametrize(
    "databases",
    [
        None,
        brought(hyperscan.dumpb(compile_database(PATTERNS)), platform="another platform"),
        brought(b""),
        brought(b"not a database"),
        brought(hyperscan.dumpb(compile_database([*PATTERNS, b"c"])), [*PATTERNS, b"c"]),
        brought(hyperscan.dumpb(compile_database(PATTERNS))[:-1]),
    ],
)
def test_without_a_fitting_database_it_is_compiled_and_cached(
    databases: Databases | None, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids(opened(databases), b"a1") == [(1, 2)]
    (file,) = cache.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(database, "compile_database", refuse_to_compile)
    assert ids(opened(databases), b"a1") == [(1, 2)]


def test_a_damaged_or_exposed_cache_is_not_believed(cache: Path) -> None:
    opened()
    (file,) = cache.iterdir()
    good = file.read_bytes()
    file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert ids(opened(), b"a1") == [(1, 2)]
    assert file.read_bytes() == good
    file.chmod(0o666)
    assert ids(opened(), b"a1") == [(1, 2)]
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_unwritable_cache_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert ids(opened(), b"a1") == [(1, 2)]


def test_a_pattern_that_hyperscan_refuses_raises() -> None:
    with pytest.raises(hyperscan.HyperscanError):
        open_database([b"(?=a)b"])
