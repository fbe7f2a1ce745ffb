"""What the compiler can object to in a program that checks; codes go on from the language's (`aigov_dsl.errors`)."""

from __future__ import annotations

from aigov_dsl.diagnostics import PolicyError
from aigov_dsl.errors import ErrorKind


class CompileError(PolicyError):
    """The program checks but cannot be compiled; carries every diagnostic found."""


class KeyFileError(Exception):
    """A signing key cannot be read or written."""


class Error(ErrorKind):
    """The errors of the compiler. `docs/bundle.md` lists them."""

    PATTERN = ("E080", "a pattern that the scanner's engine refuses")
    CONFLICT = ("E081", "two rules that can both match reroute to different targets")
    COST = ("E082", "the policy costs more than the limit")
    LIMIT = ("E083", "something is larger than the runtime takes")
