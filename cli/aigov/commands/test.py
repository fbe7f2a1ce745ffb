"""`aigov test`: do the policy's own tests pass, and what do they cover?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aigov.commands.verb import Policies, verb
from aigov.exits import Code, Failure
from aigov.output import count, note
from aigov.policy import sound
from aigov_dsl import Checked, check
from aigov_dsl.testing import Coverage, TestReport, TestResult, run_tests, to_json, to_junit
from aigov_runtime.errors import PluginError
from aigov_runtime.primitives import Primitives

app, command = verb("aigov test --coverage --min-coverage 80 policies/")


# A session's key is random; a test's is fixed, so that the styles `hash` and `token` give the same text every time.
_KEY = bytes(32)


class TestFormat(StrEnum):
    """Outputs of a test run."""

    __test__ = False  # not a pytest class

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"


@command
def run(
    paths: Policies,
    output: Annotated[TestFormat, typer.Option("--format", help="How to print the results.")] = TestFormat.TEXT,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show which rules and conditions the tests never decided both ways.")
    ] = False,
    min_coverage: Annotated[
        float | None, typer.Option(metavar="N", min=0, max=100, help="Exit code 6 when fewer percent are covered.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever a file changes.")] = False,
) -> None:
    """Run the `test` blocks of policy files.

    Coverage counts each rule seen matched and seen not matched, and each condition seen true and seen false.
    """
    if not watch:
        raise typer.Exit(_run(check(paths), output, coverage, min_coverage))
    for checked in _checks(paths):
        with suppress(typer.Exit):  # its diagnostics are printed; the next save may mend it
            _run(checked, output, coverage, min_coverage)
        sys.stdout.flush()  # the results, also into a pipe, before the wait
        note(f"{datetime.now().astimezone():%H:%M:%S} waiting for changes (Ctrl-C ends)")


def _checks(paths: list[Path]) -> Iterator[Checked]:
    """Checked now, then after every change of a policy, or of a file that one reads, below or beside `paths`."""
    from watchfiles import watch

    checked = check(paths)
    yield checked

    def matters(_: object, path: str) -> bool:
        return path.endswith(".gov") or Path(path).resolve() in {Path(name).resolve() for name in checked.sources}

    folders = {path if path.is_dir() else path.parent for path in paths}
    for _ in watch(*folders, watch_filter=matters, raise_interrupt=False):
        checked = check(paths)
        yield checked


def _run(checked: Checked, output: TestFormat, coverage: bool, min_coverage: float | None) -> Code:
    program = sound(checked, "json" if output is TestFormat.JSON else "text")
    try:
        report = run_tests(program, Primitives(_KEY), datetime.now(UTC).date())
    except PluginError as error:
        raise Failure(str(error)) from error
    match output:
        case TestFormat.TEXT:
            _print(report, coverage=coverage)
        case TestFormat.JSON:
            print(to_json(report))
        case TestFormat.JUNIT:
            print(to_junit(report))
    if not report.passed:
        return Code.TESTS
    if min_coverage is not None and report.coverage.percent < min_coverage:
        print(f"aigov: coverage {report.coverage.percent:.1f}% is below {min_coverage:g}%", file=sys.stderr)
        return Code.COVERAGE
    return Code.OK


def _print(report: TestReport, *, coverage: bool) -> None:
    for result in report.results:
        _print_result(result)
    if coverage:
        _print_coverage(report.coverage)
    failed = sum(not result.passed for result in report.results)
    passed = len(report.results) - failed
    print(f"{count(passed, 'test')} passed, {failed:,} failed; coverage {report.coverage.percent:.1f}%")


def _print_result(result: TestResult) -> None:
    print(f"{'pass' if result.passed else 'FAIL'}  {result.name}")
    for failure in result.failures:
        print(f"      {failure.span.path}:{failure.span.line}: expected {failure.expected}")
        print(f"      {' ' * len(f'{failure.span.path}:{failure.span.line}')}  got {failure.got}")
        for line in failure.diff:
            print(f"        {line}")


def _print_coverage(coverage: Coverage) -> None:
    print(f"\ncovered {len(coverage.reached):,} of {count(len(coverage.goals), 'goal')}")
    for goal in coverage.missed:
        what = f"{goal.rule}: {goal.text}" if goal.text else goal.rule
        print(f"  {goal.span.path}:{goal.span.line}: {what} is never {goal.wanted}")
