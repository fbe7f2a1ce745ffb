"""The Python face of the decision core.

    Program (checked, immutable) → Session stage (the identity is known) → Profile stage (so is the kind of
    request) → decide: one call into C

Pointers stay inside this module and the two that call the core, `aigov_runtime.session` and
`aigov_runtime.explain`; owners free them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aigov_runtime.core._core import ffi, lib
from aigov_runtime.core.isa import Phase
from aigov_runtime.errors import FormatError, InputError
from aigov_runtime.limits import MAX_VALUE_CHARS
from aigov_runtime.model import Value

KINDS = {"bool": 0, "int": 1, "string": 2, "enum": 2, "set": 3}
TYPES: Mapping[str, type[Value]] = {"bool": bool, "int": int, "string": str, "enum": str, "set": frozenset}


class Attribute(NamedTuple):
    """One attribute of a bundle. `type` is the exact Python type of its values."""

    number: int
    name: str
    kind: str
    type: type[Value]
    phase: Phase
    values: frozenset[str]

    def accept(self, value: object) -> Value | None:
        """The value if it is one of this attribute's, in its plain type; None otherwise."""
        if self.type is bool:
            return value if isinstance(value, bool) else None
        if self.type is int:
            if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
                return int(value)
            return None
        if self.type is str:
            if isinstance(value, str) and len(value) <= MAX_VALUE_CHARS and (not self.values or value in self.values):
                return str(value)
            return None
        if isinstance(value, (set, frozenset)) and all(isinstance(item, str) for item in value):
            return frozenset(value)
        return None


class Program:
    """A bundle's rules, checked by the core and ready to be evaluated.

    `core` maps pool, predicates, code, rules and postings to their bytes (docs/bundle.md).
    `measures` are the call attributes that rules read, in the order in which a call passes their values.
    Raises FormatError when anything in them does not hold.
    """

    def __init__(
        self,
        *,
        attributes: Sequence[Attribute],
        strings: Sequence[str],
        detectors: int,
        selectors: Sequence[Sequence[int]],
        core: Mapping[str, bytes],
        leaves: Sequence[Sequence[int]],
    ) -> None:
        self.attributes = tuple(attributes)
        self._strings = {text: number for number, text in enumerate(strings)}
        encoded = [text.encode() for text in strings]
        keep: list[Any] = []

        def words(data: bytes | array[int], ctype: str = "int32_t[]") -> Any:
            keep.append(data)
            return ffi.from_buffer(ctype, data)

        def lists(rows: Sequence[Sequence[int]]) -> tuple[Any, Any, int]:
            return words(_offsets(rows)), words(array("i", [item for row in rows for item in row])), len(rows)

        sections = ffi.new(
            "aigov_sections *",
            {
                "attribute_kinds": words(bytes(KINDS[a.kind] for a in attributes), "uint8_t[]"),
                "attribute_phases": words(bytes(a.phase for a in attributes), "uint8_t[]"),
                "attributes": len(attributes),
                "text": words(b"".join(encoded), "uint8_t[]"),
                "text_size": sum(map(len, encoded)),
                "text_offsets": words(_offsets(encoded)),
                "strings": len(strings),
                "detectors": detectors,
                "selectors": lists(selectors),
                "pool": words(core["pool"]),
                "pool_words": len(core["pool"]) // 4,
                "predicates": words(core["predicates"]),
                "predicate_count": len(core["predicates"]) // 32,
                "code": words(core["code"], "uint8_t[]"),
                "code_size": len(core["code"]),
                "rules": words(core["rules"]),
                "rule_count": len(core["rules"]) // 32,
                "postings": words(core["postings"]),
                "posting_words": len(core["postings"]) // 4,
                "leaves": lists(leaves),
            },
        )
        fault = ffi.new("aigov_fault *")
        pointer = lib.aigov_program_new(sections, fault)
        if pointer == ffi.NULL:
            section, what = ffi.string(fault.section).decode(), ffi.string(fault.what).decode()
            raise FormatError(f"core section `{section}`, entry {fault.index}: {what}")
        self.pointer = ffi.gc(pointer, lib.aigov_program_free)
        places = [(lib.aigov_program_measure(pointer, attribute.number), attribute) for attribute in attributes]
        self.measures = tuple(attribute for place, attribute in sorted(places) if place >= 0)

    def session(self, values: Iterable[tuple[Attribute, Value]]) -> Stage:
        """Evaluate what the identity decides. `values` are the session attributes that have one."""
        return Stage(self, lib.aigov_session_new, self.pointer, values)

    def scratch(self) -> Scratch:
        """Working memory for one thread."""
        return Scratch(self)

    def string(self, text: str) -> int:
        """The number of a text in the constant pool, -1 when no rule mentions it."""
        return self._strings.get(text, -1)


class Stage:
    """What is left of a program when a phase is known: a session, or a profile within one."""

    def __init__(self, program: Program, make: Any, before: Any, values: Iterable[tuple[Attribute, Value]]) -> None:
        packed, keep = pack(program, values)
        pointer = make(before, packed)
        del keep
        if pointer == ffi.NULL:
            raise InputError("the core could not take the attribute values")
        self.program = program
        self.pointer = ffi.gc(pointer, lib.aigov_stage_free)

    def profile(self, values: Iterable[tuple[Attribute, Value]]) -> Stage:
        """Evaluate what the kind of request decides. `values` are the profile attributes that have one."""
        return Stage(self.program, lib.aigov_profile_new, self.pointer, values)

    @property
    def rules(self) -> int:
        """How many rules can still match."""
        return int(lib.aigov_stage_rules(self.pointer))


class Scratch:
    """Working memory of one thread; `output` is where `lib.aigov_decide` writes (as characters)."""

    __slots__ = ("output", "pointer", "program")

    def __init__(self, program: Program) -> None:
        self.program = program  # outlives the pointer
        pointer = lib.aigov_scratch_new(program.pointer)
        if pointer == ffi.NULL:
            raise MemoryError("decision core")
        self.pointer = ffi.gc(pointer, lib.aigov_scratch_free)
        self.output = ffi.cast("char *", lib.aigov_scratch_output(pointer))


def _offsets(rows: Sequence[Sequence[int] | bytes]) -> array[int]:
    offsets = array("i", [0])
    total = 0
    for row in rows:
        total += len(row)
        offsets.append(total)
    return offsets


def pack(program: Program, values: Iterable[tuple[Attribute, Value]]) -> tuple[Any, list[Any]]:
    """The values as the core takes them, and what must stay alive until it has."""
    text, members = bytearray(), array("i")
    entries = []
    for attribute, value in values:
        string, number, offset, length = -1, 0, 0, 0
        if isinstance(value, str):
            # Text from the wire may hold lone surrogates; they equal no text of a bundle, in this form either.
            encoded = value.encode("utf-8", "surrogatepass")
            string, offset, length = program.string(value), len(text), len(encoded)
            text += encoded
        elif isinstance(value, frozenset):
            known = sorted(number for item in value if (number := program.string(item)) >= 0)
            offset, length = len(members), len(known)
            members.extend(known)
        else:
            number = int(value)
        entries.append((attribute.number, string, number, offset, length))
    keep = [
        ffi.new("aigov_value[]", entries),
        ffi.from_buffer("uint8_t[]", bytes(text)),
        ffi.from_buffer("int32_t[]", members),
    ]
    packed = ffi.new("aigov_values *", (keep[0], len(entries), keep[1], len(text), keep[2], len(members)))
    return packed, keep
