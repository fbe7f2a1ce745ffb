"""Shared by all rooms: golden files, rewritten with `pytest --bless`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Golden = Callable[[Path | str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="write what was found into the golden files")


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
