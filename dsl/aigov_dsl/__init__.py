"""The .gov language: text → tokens → syntax tree → checked program.

`parse(text, path)` gives one file's syntax tree, `check(paths)` the checked program of files and
directories with every diagnostic, `load(paths)` the same program or `PolicyError`,
`format_text(text, path)` a file's canonical form, `lint(checked, today)` what is legal but unwise, and
`apply_fixes(text, diagnostics)` the text with it mended.
"""

from aigov_dsl.checker import Checked, check, load
from aigov_dsl.diagnostics import Diagnostic, Edit, Level, PolicyError
from aigov_dsl.format import format_text
from aigov_dsl.linter import apply_fixes, lint
from aigov_dsl.parser import Parsed, parse

__all__ = [
    "Checked",
    "Diagnostic",
    "Edit",
    "Level",
    "Parsed",
    "PolicyError",
    "apply_fixes",
    "check",
    "format_text",
    "lint",
    "load",
    "parse",
]
