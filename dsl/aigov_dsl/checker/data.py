"""Reads list files (one entry a line) and table files (CSV with a header row)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from aigov_dsl import ast
from aigov_dsl.checker.files import File, Library
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.errors import Error
from aigov_dsl.source import Source
from aigov_dsl.unicode_safety import unsafe_characters

MAX_BYTES = 256 * 1024 * 1024
"""Largest list or table file."""

_MAX_PROBLEMS = 5


def read_list(library: Library, file: File, name: ast.String) -> tuple[str, ...] | None:
    """The entries of a list file: trimmed lines, blank ones left out. None after an error."""
    source = _read(library, file, name)
    if source is None:
        return None
    problems = [problem for problem, _ in zip(unsafe_characters(source), range(_MAX_PROBLEMS), strict=False)]
    library.diagnostics += problems
    entries = tuple(entry for line in source.text.split("\n") if (entry := line.strip()))
    if not entries:
        library.diagnostics.append(Error.DATA_FILE.at(name.span, f"the list file `{name.value}` has no entries"))
    return None if problems or not entries else entries


def read_table(
    library: Library, file: File, name: ast.String, columns: Sequence[ast.Name]
) -> tuple[tuple[str, ...], ...] | None:
    """The cells of the named columns, row by row. None after an error; errors name lines and quote none, since a
    table's cells must not end up in a build log."""
    source = _read(library, file, name)
    if source is None:
        return None
    before = len(library.diagnostics)
    reader = csv.reader(io.StringIO(source.text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        indexes = _indexes(library, name, header, columns)
        rows = []
        for row in reader:
            if row and len(row) != len(header) and len(library.diagnostics) - before < _MAX_PROBLEMS:
                counts = f"{_cells(len(row))}, the header {len(header)}"
                message = f"line {reader.line_num} of `{name.value}` has {counts}"
                library.diagnostics.append(Error.DATA_FILE.at(name.span, message))
            elif row and indexes is not None:
                rows.append(tuple(row[index] for index in indexes))
    except csv.Error as error:
        message = f"line {reader.line_num} of `{name.value}` is not CSV: {error}"
        library.diagnostics.append(Error.DATA_FILE.at(name.span, message))
        return None
    if not rows and len(library.diagnostics) == before:
        library.diagnostics.append(Error.DATA_FILE.at(name.span, f"the table `{name.value}` has no rows"))
    return tuple(rows) if len(library.diagnostics) == before else None


def _indexes(library: Library, name: ast.String, header: list[str], columns: Sequence[ast.Name]) -> list[int] | None:
    """Where the named columns stand in the header."""
    indexes = []
    for column in columns:
        count = header.count(column.text)
        if count != 1:
            what = f"two columns `{column.text}`" if count else f"no column `{column.text}`"
            advice = did_you_mean(column.text, header) if not count else ""
            library.diagnostics.append(
                Error.DATA_FILE.at(column.span, f"the table `{name.value}` has {what}", help=advice)
            )
        else:
            indexes.append(header.index(column.text))
    return indexes if len(indexes) == len(columns) else None


def _read(library: Library, file: File, name: ast.String) -> Source | None:
    path = str(Path(file.path).parent / name.value)
    data = library.read(path, file.place.parent / name.value, name.span, MAX_BYTES)
    if data is None:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"`{name.value}` is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
        library.diagnostics.append(Error.DATA_FILE.at(name.span, message))
        return None
    if "\0" in text:
        library.diagnostics.append(Error.DATA_FILE.at(name.span, f"`{name.value}` holds a NUL character"))
        return None
    return Source(text, path)


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"
