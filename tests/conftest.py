"""Shared by all rooms: golden files, rewritten with `pytest --bless`, and the profiles of hypothesis.

Continuous integration tries the same examples every time, so that it fails for what a change did and for nothing
else; `HYPOTHESIS_PROFILE=siege` looks for new ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True)
settings.register_profile("siege", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

Golden = Callable[[Path | str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="write what was found into the golden files")


@pytest.fixture(scope="session", autouse=True)
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the whole run: the Hyperscan database of the standard library takes long to compile."""
    cache = tmp_path_factory.getbasetemp().parent / "aigov-cache"
    os.environ["XDG_CACHE_HOME"] = str(cache)
    return cache / "aigov"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(path, text)`: the file at `path` (relative to the test's folder) holds exactly `text`."""

    def check(path: Path | str, text: str) -> None:
        file = request.path.parent / path
        if request.config.getoption("--bless"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
            return
        assert file.exists(), f"{file} is missing: run pytest --bless and read what it wrote"
        assert text == file.read_bytes().decode()

    return check
