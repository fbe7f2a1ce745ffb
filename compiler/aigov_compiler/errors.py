"""What the compiler can object to in a program that checks; codes go on from the language's (`aigov_dsl.errors`)."""

from __future__ import annotations

from enum import Enum

from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic, Level, PolicyError


class CompileError(PolicyError):
    """The program checks but cannot be compiled; carries every diagnostic found."""


class KeyFileError(Exception):
    """A signing key cannot be read or written."""


class Error(Enum):
    """One kind of error: its code and what it means."""

    PATTERN = ("E080", "a pattern that the scanner's engine refuses")
    CONFLICT = ("E081", "two rules that can both match reroute to different targets")
    COST = ("E082", "the policy costs more than the limit")
    LIMIT = ("E083", "something is larger than the runtime takes")

    @property
    def code(self) -> str:
        """The stable code, `E08x`."""
        return self.value[0]

    @property
    def title(self) -> str:
        """What the code means, in a few words."""
        return self.value[1]

    def at(self, span: Span, message: str, *, help: str = "", related: tuple[tuple[Span, str], ...] = ()) -> Diagnostic:
        """A diagnostic of this kind."""
        return Diagnostic(code=self.code, level=Level.ERROR, message=message, span=span, help=help, related=related)
