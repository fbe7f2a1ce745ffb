"""The linter: rules over a checked program → diagnostics, some with a fix that keeps the meaning.

Each rule is one function in `linter/rules/`, registered under a stable code and explained in `docs/lint/`.
"""

from aigov_dsl.linter.edits import apply_fixes
from aigov_dsl.linter.engine import lint
from aigov_dsl.linter.registry import RULES, Rule

__all__ = ["RULES", "Rule", "apply_fixes", "lint"]
