"""A program's own tests: run on the reference evaluator, with coverage of its rules.

`run_tests(program, primitives, today)` gives a `TestReport`; `to_json` and `to_junit` write it down.
"""

from aigov_dsl.testing.coverage import Coverage, Goal
from aigov_dsl.testing.report import to_json, to_junit
from aigov_dsl.testing.run import Failure, TestReport, TestResult, run_tests

__all__ = ["Coverage", "Failure", "Goal", "TestReport", "TestResult", "run_tests", "to_json", "to_junit"]
