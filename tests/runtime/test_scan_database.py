"""Where the Hyperscan database comes from: the bundle, the cache, or the patterns."""

from __future__ import annotations

from pathlib import Path

import hyperscan
import pytest

from aigov_runtime.scan import database
from aigov_runtime.scan.database import compile_database, host_platform, open_database, serialise

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


def test_the_bundles_database_is_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases = {host_platform(): serialise(compile_database(PATTERNS), PATTERNS)}
    monkeypatch.setattr(database, "compile_database", refuse_to_compile)
    assert ids(open_database(PATTERNS, databases), b"a1") == [(1, 2)]
    assert not cache.exists()


@pytest.mark.parametrize(
    "databases",
    [
        {},
        {"another platform": b"x"},
        {host_platform(): b"not a database"},
        {host_platform(): serialise(compile_database([*PATTERNS, b"c"]), [*PATTERNS, b"c"])},
        {host_platform(): serialise(compile_database(PATTERNS), PATTERNS)[:-1]},
    ],
)
def test_without_a_fitting_database_it_is_compiled_and_cached(
    databases: dict[str, bytes], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids(open_database(PATTERNS, databases), b"a1") == [(1, 2)]
    (file,) = cache.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(database, "compile_database", refuse_to_compile)
    assert ids(open_database(PATTERNS, databases), b"a1") == [(1, 2)]


def test_a_damaged_or_exposed_cache_is_not_believed(cache: Path) -> None:
    open_database(PATTERNS, {})
    (file,) = cache.iterdir()
    good = file.read_bytes()
    file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert ids(open_database(PATTERNS, {}), b"a1") == [(1, 2)]
    assert file.read_bytes() == good
    file.chmod(0o666)
    assert ids(open_database(PATTERNS, {}), b"a1") == [(1, 2)]
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_unwritable_cache_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert ids(open_database(PATTERNS, {}), b"a1") == [(1, 2)]


def test_a_pattern_that_hyperscan_refuses_raises() -> None:
    with pytest.raises(hyperscan.HyperscanError):
        open_database([b"(?=a)b"], {})
