"""Finds and parses the files of a program: the named ones and all that they use.

A file is read once, under the path by which it was first reached; the standard library's files are
named `<aigov>/NAME.gov`, or `<aigov>/PACKAGE/NAME.gov` where a package is a directory. Package names are
resolved when all files are read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from aigov_dsl import ast
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error
from aigov_dsl.parser import Parsed, parse
from aigov_dsl.source import MAX_BYTES, decode, whole

STANDARD = "aigov"
DEFAULT_PACKAGE = "policy"
_STANDARD_DIR = Path(str(resources.files("aigov_dsl").joinpath("std"))).resolve()


@dataclass(slots=True)
class File:
    """One parsed file. `bindings` maps the names that its `use`s bind to packages."""

    path: str
    place: Path
    package: str
    module: ast.Module
    broken: frozenset[tuple[str, str]]
    root: bool
    bindings: dict[str, str] = field(default_factory=dict)


class Library:
    """All files of a program, in the order in which they were reached, and every byte that was read.

    `packages` maps a package to its files. Errors gather in `diagnostics`.
    """

    def __init__(self) -> None:
        self.files: list[File] = []
        self.sources: dict[str, bytes] = {}
        self.diagnostics: list[Diagnostic] = []
        self.packages: dict[str, list[File]] = {}
        self._by_place: dict[Path, File | None] = {}

    def read(self, path: str, place: Path, span: ast.Span, limit: int) -> bytes | None:
        """The bytes of a regular file, remembered as a source; None, and an error at `span`, if there are none."""
        data = _bytes_of(path, place, span, limit)
        if isinstance(data, Diagnostic):
            self.diagnostics.append(data)
            return None
        self.sources[path] = data
        return data

    def load(self, paths: Iterable[str | os.PathLike[str]]) -> None:
        """Reads the named files and directories and what they use."""
        waiting: list[File] = []
        for path, place in self._roots(paths):
            self._open(path, place, whole(path), waiting, root=True)
        while waiting:
            file = waiting.pop(0)
            for use in file.module.uses:
                for path, place in _targets(file, use):
                    self._open(path, place, use.target.span, waiting, root=False)
        for file in self.files:
            self.packages.setdefault(file.package, []).append(file)
        if not self.files and not self.diagnostics:
            self.diagnostics.append(Error.FILE.at(whole("."), "no policy file was named"))
        self._bind()
        self._refuse_circles()

    def _roots(self, paths: Iterable[str | os.PathLike[str]]) -> Iterator[tuple[str, Path]]:
        for given in paths:
            name = os.fspath(given)
            place = Path(name)
            if not place.is_dir():
                yield name, place
                continue
            found = policies_below(place)
            if not found:
                self.diagnostics.append(Error.FILE.at(whole(name), f"no `.gov` file in the directory `{name}`"))
            yield from ((str(path), path) for path in found)

    def _open(self, path: str, place: Path, span: ast.Span, waiting: list[File], *, root: bool) -> None:
        place = Path(os.path.realpath(place)) if "\0" not in path else place
        if place in self._by_place:
            return
        self._by_place[place] = None
        standard = _STANDARD_DIR in place.parents
        if standard:
            path = f"<{STANDARD}>/{place.relative_to(_STANDARD_DIR).as_posix()}"
        data = self.read(path, place, span, MAX_BYTES)
        if data is None:
            return
        text = decode(data, path)
        parsed = parse(text, path) if isinstance(text, str) else Parsed(None, (text,))
        self.diagnostics += parsed.diagnostics
        if parsed.module is None:
            return
        named = parsed.module.package
        package = named.name.text if named else DEFAULT_PACKAGE
        if named and package.split(".")[0] == STANDARD and not standard:
            message = f"packages under `{STANDARD}` belong to the standard library"
            self.diagnostics.append(Error.RESERVED_PACKAGE.at(named.name.span, message))
        file = File(path, place, package, parsed.module, parsed.broken, root)
        self._by_place[place] = file
        self.files.append(file)
        waiting.append(file)

    # Bindings ---------------------------------------------------------------------------------

    def used(self, file: File, use: ast.Use) -> list[File]:
        """The files that a `use` brings in; none if it could not be resolved."""
        targets = _targets(file, use)
        if not targets and isinstance(use.target, ast.Name):
            return self.packages.get(use.target.text, [])
        places = (Path(os.path.realpath(place)) for path, place in targets if "\0" not in path)
        return [found for place in places if (found := self._by_place.get(place)) is not None]

    def known_packages(self) -> list[str]:
        """Every package that a `use` could name, sorted."""
        return sorted({*self.packages, *(f"{STANDARD}.{name}" for name in _standard_packages())})

    def _bind(self) -> None:
        known = self.known_packages()
        for file in self.files:
            file.bindings[_last(file.package)] = file.package
            bound: dict[str, ast.Use] = {}
            for use in file.module.uses:
                used = self.used(file, use)
                if used:
                    self._bind_one(file, use, used[0].package, bound)
                elif isinstance(use.target, ast.Name) and not _targets(file, use):
                    message = f"there is no package `{use.target.text}`"
                    advice = did_you_mean(use.target.text, known) or 'files are named by path: `use "./shared.gov"`'
                    self.diagnostics.append(Error.UNKNOWN_PACKAGE.at(use.target.span, message, help=advice))

    def _bind_one(self, file: File, use: ast.Use, package: str, bound: dict[str, ast.Use]) -> None:
        name = use.alias.text if use.alias else _last(package)
        if name in bound and file.bindings[name] != package:
            self.diagnostics.append(
                Error.BINDING.at(
                    use.span,
                    f"`{name}` already stands for the package `{file.bindings[name]}`",
                    help=f"bind another name: `as other_{name}`",
                    related=((bound[name].span, "first bound here"),),
                )
            )
            return
        bound[name] = use
        file.bindings[name] = package

    # Circles ----------------------------------------------------------------------------------

    def _refuse_circles(self) -> None:
        """Depth-first over the uses; a use that leads back onto the path closes a circle."""
        done: set[Path] = set()
        for start in self.files:
            path: list[File] = []
            steps: list[Iterator[tuple[ast.Use, File]]] = []
            self._enter(start, path, steps, done)
            while steps:
                step = next(steps[-1], None)
                if step is None:
                    steps.pop()
                    done.add(path.pop().place)
                    continue
                use, target = step
                places = [file.place for file in path]
                if target.place in places:
                    circle = [file.path for file in path[places.index(target.place) :]]
                    chain = " → ".join(f"`{name}`" for name in (*circle, target.path))
                    self.diagnostics.append(Error.CIRCLE.at(use.span, f"files use each other in a circle: {chain}"))
                else:
                    self._enter(target, path, steps, done)

    def _enter(
        self, file: File, path: list[File], steps: list[Iterator[tuple[ast.Use, File]]], done: set[Path]
    ) -> None:
        if file.place in done:
            return
        path.append(file)
        steps.append((use, target) for use in file.module.uses for target in self.used(file, use))


def policies_below(folder: Path) -> list[Path]:
    """The `.gov` files of a directory, sorted; hidden ones and those in hidden directories are left out."""
    found = folder.rglob("*.gov")
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def _bytes_of(path: str, place: Path, span: ast.Span, limit: int) -> bytes | Diagnostic:
    """The bytes of a regular file, or why there are none."""
    try:
        status = place.stat()
        if not stat.S_ISREG(status.st_mode):
            return Error.FILE.at(span, f"cannot read `{path}`: it is not a regular file")
        if status.st_size > limit:
            message = f"`{path}` has {status.st_size:,} bytes; at most {limit:,} are read"
            return Error.TOO_LARGE.at(span, message, help="split it; long lists go into files of their own")
        return place.read_bytes()
    except OSError as error:
        return Error.FILE.at(span, f"cannot read `{path}`: {(error.strerror or 'it cannot be opened').lower()}")
    except ValueError:
        return Error.FILE.at(span, f"cannot read `{path}`: the path holds a NUL character")


def _targets(file: File, use: ast.Use) -> list[tuple[str, Path]]:
    """Path and place of each file that a `use` names; none for a package outside the standard library."""
    if isinstance(use.target, ast.String):
        name = use.target.value
        return [(os.path.normpath(Path(file.path).parent / name), file.place.parent / name)]
    first, _, rest = use.target.text.partition(".")
    return [(str(place), place) for place in _standard_packages().get(rest, ())] if first == STANDARD else []


@cache
def _standard_packages() -> dict[str, tuple[Path, ...]]:
    """The files of each package of the standard library, by its name without `aigov.`."""
    found: dict[str, tuple[Path, ...]] = {place.stem: (place,) for place in _STANDARD_DIR.glob("*.gov")}
    folders = (folder for folder in _STANDARD_DIR.iterdir() if folder.is_dir())
    return found | {folder.name: files for folder in folders if (files := tuple(sorted(folder.glob("*.gov"))))}


def _last(package: str) -> str:
    return package.rsplit(".", 1)[-1]
