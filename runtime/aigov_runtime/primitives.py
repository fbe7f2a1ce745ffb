"""What the reference evaluator of the language asks for, made of the parts that the engine itself uses."""

from __future__ import annotations

from collections.abc import Mapping

from aigov_runtime.scan.code import code_spans
from aigov_runtime.scan.validators import VALIDATORS, Validator
from aigov_runtime.tokens import Tokens


class Primitives:
    """Validators, keyed replacements and the recogniser of code, for one session key of 32 bytes."""

    validators: Mapping[str, Validator] = VALIDATORS

    def __init__(self, key: bytes) -> None:
        self._tokens = Tokens(key, ())

    def replacement(
        self,
        style: str,
        detector_id: str,
        detector_name: str,  # noqa: ARG002 - asked for by the reference; here it follows from the id
        value: bytes,
    ) -> str:
        """What stands for `value` in the styles `hash` and `token`."""
        return self._tokens.replacement(style, detector_id, value)

    def code_spans(self, text: bytes, languages: tuple[str, ...]) -> list[tuple[int, int]]:
        """Spans that look like source code in one of `languages` (empty: any)."""
        found = code_spans(text, 0, len(text))
        return [(span.start, span.end) for span in found if not languages or span.language in languages]
