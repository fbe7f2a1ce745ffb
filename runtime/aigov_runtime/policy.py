"""One bundle in force: everything a decision needs that does not depend on who asks. Immutable."""

from __future__ import annotations

import struct
import threading
from collections.abc import Collection, Mapping
from typing import Any

from aigov_runtime.bundle.sections import Sections
from aigov_runtime.core.isa import Phase
from aigov_runtime.core.program import TYPES, Attribute, Program, Scratch
from aigov_runtime.errors import FormatError
from aigov_runtime.scan import Scanner
from aigov_runtime.verdict import Verdicts, rules


class Policy:
    """Built from a validated document and its sections. `monitor` True reports all rules without enforcing any, a
    collection of rule ids those. Raises FormatError when the core or the scanner refuses what it is given."""

    def __init__(self, document: Mapping[str, Any], sections: Sections, monitor: bool | Collection[str]) -> None:
        core, detectors, selectors = document["core"], document["detectors"], document["selectors"]
        self.manifest: Mapping[str, Any] = document["manifest"]
        self.revision: str = document["manifest"]["revision"]
        self.attributes = {entry["name"]: _attribute(at, entry) for at, entry in enumerate(document["attributes"])}
        self.program = Program(
            attributes=tuple(self.attributes.values()),
            strings=document["strings"],
            detectors=len(detectors),
            selectors=selectors,
            core=core,
            leaves=[[leaf[0] for leaf in rule["leaves"]] for rule in document["rules"]],
        )
        self.rules = rules(document, None if monitor is True else monitor or ())
        held = {detector for rule in self.rules if rule.holds for detector in rule.detectors}
        try:
            self.scanner = Scanner.from_document(detectors, document["scan"], sections, held)
        except ValueError as error:
            raise FormatError(f"scan: {error}") from None
        self.deferred = any(rule.deferred for rule in self.rules)
        self.verdicts, self.reviews = (
            Verdicts(
                self.rules,
                [detector["id"] for detector in detectors],
                document["default"],
                monitor_all=monitor is True,
                deferred=deferred,
            )
            for deferred in (False, True)
        )
        self.rule_ids = frozenset(rule["id"] for rule in document["rules"])
        self.detectors = {detector["id"]: number for number, detector in enumerate(detectors)}
        self.documents = {detector["id"]: detector for detector in detectors}
        self.styles = {detector["id"]: detector["style"] or "label" for detector in detectors}
        read = {row[1] for row in struct.iter_unpack("<8i", core["predicates"])}
        used = [attribute for attribute in self.attributes.values() if attribute.number in read]
        self.profile_attributes = tuple(attribute for attribute in used if attribute.phase is Phase.PROFILE)
        self.reads_time = any(attribute.name.startswith("time.") for attribute in used)
        self.reads_kinds = any(rule["scope"] in ("tool_call", "tool_result") for rule in document["rules"])
        self._local = threading.local()

    def scratch(self) -> Scratch:
        """This thread's working memory."""
        try:
            scratch: Scratch = self._local.scratch
        except AttributeError:
            scratch = self._local.scratch = self.program.scratch()
        return scratch


def _attribute(number: int, entry: Mapping[str, Any]) -> Attribute:
    kind = entry["kind"]
    return Attribute(
        number, entry["name"], kind, TYPES[kind], Phase[entry["phase"].upper()], frozenset(entry["values"])
    )
