"""How a command ends: the exit codes of the language's contract, and the one way to fail with one of them."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """Exit codes of every command."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    POLICY = 3
    LINT = 4
    TESTS = 5
    COVERAGE = 6
    TRUST = 7
    DIFFERS = 8
    FOUND = 9


class Failure(Exception):
    """Ends the command with `code` and one line on standard error: what, where, and what to do."""

    def __init__(self, message: str, code: Code = Code.USAGE) -> None:
        super().__init__(message)
        self.code = code
