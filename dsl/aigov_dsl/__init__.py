"""The .gov language: text → tokens → syntax tree → checked program.

`parse(text, path)` gives one file's syntax tree, `check(paths)` the checked program of files and
directories with every diagnostic, `load(paths)` the same program or `PolicyError`.
"""

from aigov_dsl.diagnostics import Diagnostic, Edit, Level, PolicyError
from aigov_dsl.parser import Parsed, parse

__all__ = ["Diagnostic", "Edit", "Level", "Parsed", "PolicyError", "parse"]
