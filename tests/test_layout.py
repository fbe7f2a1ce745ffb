"""The house keeps its own rules: arrows, exports, sizes, links."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("dsl/aigov_dsl", "compiler/aigov_compiler", "runtime/aigov_runtime", "enforcers/aigov_enforcers", "cli/aigov")
MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
PACKAGES = [path for path in MODULES if path.name == "__init__.py"]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
MAX_LINES = 700


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_imports_follow_the_arrows() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", PACKAGES, ids=name)
def test_a_package_has_what_it_exports(path: Path) -> None:
    module = importlib.import_module(module_name(path))
    assert all(hasattr(module, word) for word in getattr(module, "__all__", []))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_small_and_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_LINES
    assert not text or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_is_linked_from_another(path: Path) -> None:
    others = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(page for page in PAGES if page != path)]
    targets = {(page.parent / target).resolve() for page in others for target in links(page)}
    assert path in targets


@pytest.mark.parametrize("path", [*sorted(ROOT.glob("*.md")), *PAGES], ids=name)
def test_a_link_leads_somewhere(path: Path) -> None:
    missing = [target for target in links(path) if not (path.parent / target).exists()]
    assert not missing


def links(page: Path) -> list[str]:
    """Targets of a page's links to files, without fragments."""
    text = re.sub(r"(`+).*?\1", "", page.read_text(), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    return [target for target in targets if target and "://" not in target]


def test_an_application_loads_neither_parser_nor_web_stack() -> None:
    heavy = {"lark", "httpx", "httpx2", "typer", "rich", "watchfiles", "aigov_dsl", "aigov_compiler", "asyncio"}
    code = "import sys, aigov_enforcers.sdk; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


def test_constraints_pin_exact_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)
