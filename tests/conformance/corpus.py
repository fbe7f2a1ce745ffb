"""The corpus: cases as they are written in `corpora/conformance`, and the form in which decisions are compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

CORPUS = Path(__file__).parents[2] / "corpora" / "conformance"

_CASE = {"name", "policy", "files", "given", "raw", "incomplete", "monitor", "key", "expect"}
_EXPECT = {"outcome", "rules", "message", "target", "unknown", "body", "findings", "obligations"}


@dataclass(frozen=True)
class Case:
    """One case; `text` is as in the corpus's README."""

    topic: str
    text: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.topic}: {self.text['name']}"

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The policy and what it refers to: (name, text)."""
        return (("policy.gov", self.text["policy"]), *self.text.get("files", {}).items())

    @property
    def incomplete(self) -> tuple[str, ...]:
        return tuple(self.text.get("incomplete", ()))

    @property
    def monitor(self) -> frozenset[str]:
        return frozenset(self.text.get("monitor", ()))

    @property
    def key(self) -> bytes | None:
        return bytes.fromhex(self.text["key"]) if "key" in self.text else None

    @property
    def body(self) -> Any:
        """The body as a JSON value, or text when it is no JSON."""
        return self.text["raw"] if "raw" in self.text else self.text["given"]["body"]

    @cached_property
    def document(self) -> bytes:
        """The request as `aigov eval` takes it."""
        return json.dumps({**self.text["given"], "body": self.body}).encode()

    @cached_property
    def expected(self) -> dict[str, Any]:
        """Everything that is compared, in the form of `observed`."""
        expect = self.text["expect"]
        obligations = {"log": "", "alerts": [], "labels": []} | expect.get("obligations", {})
        body = None if expect["outcome"] == "block" else expect.get("body", self.body)
        expected = {
            "outcome": expect["outcome"],
            "message": expect.get("message", ""),
            "target": expect.get("target", ""),
            "rules": expect.get("rules", []),
            "unknown": expect.get("unknown", []),
            "obligations": obligations,
            "body": body,
        }
        return expected | ({"findings": expect["findings"]} if "findings" in expect else {})

    def observed(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """An answer of `aigov eval`, reduced to what the case expects."""
        rules = [
            " ".join([rule["effect"] or "obligations", rule["id"], *(["unknown"] if rule["unknown"] else [])])
            for rule in answer["rules"]
        ]
        obligations = answer["obligations"] | {
            "alerts": [[alert["channel"], alert["severity"]] for alert in answer["obligations"]["alerts"]]
        }
        findings = [[f["detector"], f["path"], f["start"], f["end"]] for f in answer["findings"]]
        observed = {**answer, "rules": rules, "obligations": obligations, "findings": findings}
        return {name: observed[name] for name in self.expected}


def load() -> list[Case]:
    """Every case of the corpus, by topic."""
    cases = []
    for path in sorted(CORPUS.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for text in document["cases"]:
            strange = (text.keys() - _CASE) | (text["expect"].keys() - _EXPECT)
            if strange:
                raise ValueError(f"{path.name}: `{text['name']}`: unknown keys {', '.join(sorted(strange))}")
            cases.append(Case(path.stem, text))
    return cases
