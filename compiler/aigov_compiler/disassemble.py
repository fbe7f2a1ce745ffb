"""The decision code of a bundle as text. Reads the document alone, so it shows what the runtime will run."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any

from aigov_runtime.bundle.format import GUARD_NONE, PREDICATE_WORDS, RULE_WORDS
from aigov_runtime.core.isa import OPCODES, Flag, Opcode, Phase, Scope
from aigov_runtime.core.isa import Predicate as Kind

_OPCODES = {op.code: op for op in OPCODES}


def disassemble(document: Mapping[str, Any], rule_id: str | None = None) -> str:
    """Every rule with its guards and code, or the one named. Raises KeyError when there is no such rule."""
    numbers = [number for number, rule in enumerate(document["rules"]) if rule_id in (None, rule["id"])]
    if rule_id is not None and not numbers:
        raise KeyError(rule_id)
    listing = _Listing(document)
    return "\n".join("".join(f"{line}\n" for line in listing.rule(number)) for number in numbers)


class _Listing:
    def __init__(self, document: Mapping[str, Any]) -> None:
        core = document["core"]
        self._document = document
        self._predicates = list(struct.iter_unpack(f"<{PREDICATE_WORDS}i", core["predicates"]))
        self._rules = list(struct.iter_unpack(f"<{RULE_WORDS}i", core["rules"]))
        self._postings = [word for (word,) in struct.iter_unpack("<i", core["postings"])]
        self._code: bytes = core["code"]

    def rule(self, number: int) -> Iterator[str]:
        about = self._document["rules"][number]
        offset, length, scope, flags, *guards, _ = self._rules[number]
        words = [f"rule {about['id']}", about["effect"] or "obligations", f"on {Scope(scope).name.lower()}"]
        words += [f"flag {flag.name.lower()}" for flag in Flag if flags & flag]
        path, line, column = about["location"]
        yield f"{'  '.join(words)}  ; {path}:{line}:{column}"
        for phase, guard in zip(Phase, guards, strict=True):
            if guard != GUARD_NONE:
                count = self._postings[guard]
                predicates = self._postings[guard + 1 : guard + 1 + count]
                text = " | ".join(self._predicate(predicate) for predicate in predicates)
                yield f"  guard {phase.name.lower()}  {text or 'never'}"
        yield from self._instructions(self._code[offset : offset + length])

    def _instructions(self, code: bytes) -> Iterator[str]:
        at = 0
        while at < len(code):
            op = _OPCODES[code[at]]
            end = at + (5 if op.operand else 1)
            operand = int.from_bytes(code[at + 1 : end], "little")
            yield f"  {at:04x}  {code[at:end].hex():<10}  {op.name:<5}{self._operand(op, operand, end)}".rstrip()
            at = end

    def _operand(self, op: Opcode, operand: int, end: int) -> str:
        """Jumps are shown by where they land."""
        match op.operand:
            case "predicate":
                return f" {self._predicate(operand)}"
            case "jump":
                return f" {end + operand:04x}"
            case _:
                return ""

    def _predicate(self, number: int) -> str:
        kind = Kind(self._predicates[number][0]).name.lower()
        return f"#{number} {kind}({self._document['predicates'][number]['text']})"
