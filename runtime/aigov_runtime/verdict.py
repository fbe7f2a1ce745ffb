"""From the decision core's records to a verdict: who matched, why, and what follows (`docs/semantics.md`, Combining).

Everything here depends on the core's output alone, so a verdict is made once for each distinct output and kept, and
so is what it says of each rule.
Edits need the findings themselves and are left to the session.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from aigov_runtime.bundle.validate import EFFECTS
from aigov_runtime.core._core import lib
from aigov_runtime.core.isa import Flag
from aigov_runtime.errors import FormatError
from aigov_runtime.limits import MAX_RECORDS, MAX_VERDICTS
from aigov_runtime.model import Kind, Location, Obligations, Outcome, Reason, RuleHit, Truth

BODY = "body"
"""The name of the missing evidence when a body could not be read."""

_LOG_LEVELS = ("", "metadata", "redacted", "full")
_TRUTHS = (Truth.FALSE, Truth.TRUE, Truth.UNKNOWN)
_RULE = (1 << lib.AIGOV_VERDICT_SHIFT) - 1
_SCOPED = {"tool_call": Kind.TOOL_CALL, "tool_result": Kind.TOOL_RESULT}


class Redaction(NamedTuple):
    """What one matched redact rule wants gone: findings of the detectors in `floors`, at their confidence or better,
    in segments of `kind` (None: all). `style` "" leaves it to the detector."""

    rule: str
    kind: Kind | None
    floors: Mapping[str, int]
    style: str


class Verdict(NamedTuple):
    """A decision but for its edits. `outcome` is allow where an edit would make it redact."""

    outcome: Outcome
    message: str
    target: str
    hits: tuple[RuleHit, ...]
    unknown: tuple[str, ...]
    obligations: Obligations
    redactions: tuple[Redaction, ...]


class Rule(NamedTuple):
    """What a verdict needs to know of a rule. `leaves` are (text, location, evidence, is a payload predicate):
    the evidence is what an unknown leaf lacks, one attribute or the detectors of a selector. A `narrow` rule is on
    tool calls or results; one that `holds` may change or stop a response; a `deferred` one reads detectors that look
    after the decision, and is left to the review."""

    id: str
    effect: str
    message: str
    target: str
    location: Location
    owner: str
    controls: tuple[str, ...]
    matches_unknown: bool
    enforced: bool
    narrow: bool
    holds: bool
    deferred: bool
    leaves: tuple[tuple[str, Location, tuple[str, ...], bool], ...]
    redaction: Redaction | None
    log: str
    alerts: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]

    @property
    def detectors(self) -> frozenset[str]:
        """Those that it reads or redacts by."""
        read = (name for _, _, evidence, payload in self.leaves if payload for name in evidence)
        return frozenset([*read, *(self.redaction.floors if self.redaction else ())])


class Record(NamedTuple):
    """One line of the core's output: a rule whose condition is true or undecided, with the truths of its leaves.
    It is `doubtful` when it may not apply: it is on tool calls or results, and the body could not be read.
    `order` puts the strongest effect first, then goes by id; `hit` is what a decision says of it."""

    rule: Rule
    undecided: bool
    doubtful: bool
    truths: tuple[Truth, ...]
    order: tuple[int, str]
    hit: RuleHit

    @property
    def matches(self) -> bool:
        """A rule that ended unknown may match all the same."""
        return not self.hit.unknown or self.rule.matches_unknown


_id, _order = attrgetter("rule.id"), attrgetter("order")


class Verdicts:
    """The verdicts of one bundle: of decisions, or of reviews, which are about the `deferred` rules. Threads share it:
    an entry may be made twice, never half."""

    def __init__(
        self,
        rules: Sequence[Rule],
        detectors: Sequence[str],
        default: Mapping[str, str],
        *,
        monitor_all: bool,
        deferred: bool = False,
    ) -> None:
        self._rules = rules
        self._detectors = detectors
        self._default = default
        self._monitor_all = monitor_all
        self._deferred = deferred
        self._sizes = [4 + 4 * -(-len(rule.leaves) // lib.AIGOV_LEAVES_PER_WORD) for rule in rules]
        self._records: dict[tuple[bytes, bool], Record] = {}
        self._made: dict[bytes, Verdict] = {}
        self.known = self._made.get

    def make(self, output: bytes) -> Verdict:
        """The verdict for an output that `known` does not have."""
        verdict = self._combine(output)
        if len(self._made) >= MAX_VERDICTS:
            self._made.clear()
        self._made[output] = verdict
        return verdict

    def _combine(self, output: bytes) -> Verdict:
        flags, count = struct.unpack_from("=2I", output)
        numbers = struct.unpack_from(f"={count}I", output, 8)
        incomplete = frozenset(self._detectors[number] for number in numbers)
        unparsed = bool(flags & lib.AIGOV_UNPARSED)
        split = self._split(output, 8 + 4 * count, unparsed)
        records = [record for record in split if record.rule.deferred is self._deferred]
        matched = sorted([record for record in records if record.matches], key=_id)
        enforced = [record.rule for record in matched if record.rule.enforced]
        message = self._obstacle(enforced, bool(flags & lib.AIGOV_PROMPT), incomplete, unparsed)
        rerouted = next((rule.target for rule in enforced if rule.effect == "reroute"), "")
        outcome = Outcome.BLOCK if message is not None else Outcome.REROUTE if rerouted else Outcome.ALLOW
        return Verdict(
            outcome=outcome,
            message=message or "",
            target=rerouted if message is None else "",
            hits=tuple(record.hit for record in sorted(matched, key=_order)),
            unknown=_missing(records, incomplete, unparsed),
            obligations=_obligations(enforced),
            redactions=tuple(rule.redaction for rule in enforced if rule.redaction) if message is None else (),
        )

    def _split(self, output: bytes, at: int, unparsed: bool) -> Iterator[Record]:
        """The records of an output from byte `at` on. One rule has few of them, so each is made once."""
        while at < len(output):
            (head,) = struct.unpack_from("=I", output, at)
            rule = head & _RULE
            end = at + self._sizes[rule]
            key = output[at:end], unparsed
            record = self._records.get(key)
            if record is None:
                if len(self._records) >= MAX_RECORDS:
                    self._records.clear()
                record = self._records[key] = _record(self._rules[rule], *key)
            yield record
            at = end

    def _obstacle(
        self, enforced: Sequence[Rule], prompt: bool, incomplete: Collection[str], unparsed: bool
    ) -> str | None:
        """The message of the block, None when nothing blocks. `enforced` is sorted by rule id."""
        blocks = [rule.message for rule in enforced if rule.effect == "block"]
        if blocks:
            return next(filter(None, blocks), "")
        reroutes = [rule for rule in enforced if rule.effect == "reroute"]
        for other in reroutes[1:]:
            if other.target != reroutes[0].target:
                return f"rules {reroutes[0].id} and {other.id} reroute to different targets"
        for rule in enforced:
            if rule.redaction and unparsed:
                return f"rule {rule.id} cannot redact: the body could not be read"
            if rule.redaction and (missed := sorted(incomplete & rule.redaction.floors.keys())):
                return f"rule {rule.id} cannot redact: {missed[0]} is incomplete"
        if self._deferred or self._monitor_all or not prompt:
            return None
        admitted = self._default["effect"] == "allow" or any(rule.effect == "allow" for rule in enforced)
        return None if admitted else self._default["message"]


def _record(rule: Rule, words: bytes, unparsed: bool) -> Record:
    head, *packed = struct.unpack(f"={len(words) // 4}I", words)
    truths = tuple(
        _TRUTHS[packed[i // lib.AIGOV_LEAVES_PER_WORD] >> 2 * (i % lib.AIGOV_LEAVES_PER_WORD) & 3]
        for i in range(len(rule.leaves))
    )
    undecided = head >> lib.AIGOV_VERDICT_SHIFT == lib.AIGOV_UNKNOWN
    doubtful = unparsed and rule.narrow
    hit = RuleHit(
        id=rule.id,
        effect=rule.effect,
        location=rule.location,
        reasons=tuple(
            Reason(text, truth, location) for (text, location, _, _), truth in zip(rule.leaves, truths, strict=True)
        ),
        unknown=undecided or doubtful,
        enforced=rule.enforced,
        owner=rule.owner,
        controls=rule.controls,
    )
    return Record(rule, undecided, doubtful, truths, (EFFECTS.index(rule.effect), rule.id), hit)


def _missing(records: Sequence[Record], incomplete: Collection[str], unparsed: bool) -> tuple[str, ...]:
    names: set[str] = set()
    for record in records:
        if record.doubtful:
            names.add(BODY)
        if not record.undecided:
            continue
        for (_, _, evidence, payload), truth in zip(record.rule.leaves, record.truths, strict=True):
            if truth is Truth.UNKNOWN:
                names.update(lacking(evidence, payload, incomplete, unparsed))
    return tuple(sorted(names))


def lacking(evidence: Collection[str], payload: bool, incomplete: Collection[str], unparsed: bool) -> Iterator[str]:
    """What an unknown leaf lacks of its evidence: see `Rule.leaves`."""
    yield from (name for name in evidence if not payload or name in incomplete)
    if payload and unparsed:
        yield BODY


def _obligations(enforced: Sequence[Rule]) -> Obligations:
    return Obligations(
        log=max((rule.log for rule in enforced), key=_LOG_LEVELS.index, default=""),
        alerts=tuple(sorted({alert for rule in enforced for alert in rule.alerts})),
        labels=tuple(sorted({label for rule in enforced for label in rule.labels})),
    )


def rules(document: Mapping[str, Any], monitored: Collection[str] | None) -> tuple[Rule, ...]:
    """The rule table of a bundle. `monitored` None means all of them. Raises FormatError when one cannot be carried
    out in time."""
    detectors = [detector["id"] for detector in document["detectors"]]
    selectors = [tuple(detectors[number] for number in selector) for selector in document["selectors"]]
    attributes = [(attribute["name"],) for attribute in document["attributes"]]
    evidence = []
    for _, attribute, operand, *_ in struct.iter_unpack("<8i", document["core"]["predicates"]):
        payload = attribute < 0
        evidence.append((selectors[operand] if payload else attributes[attribute], payload))
    texts = [predicate["text"] for predicate in document["predicates"]]
    later = {detectors[plugin["detector"]] for plugin in document["scan"]["plugins"] if not plugin["inline"]}
    awaited = {number for number, (names, payload) in enumerate(evidence) if payload and not later.isdisjoint(names)}
    flags = [row[3] for row in struct.iter_unpack("<8i", document["core"]["rules"])]
    made = tuple(
        Rule(
            id=rule["id"],
            effect=rule["effect"],
            message=rule["message"],
            target=rule["target"],
            location=Location(*rule["location"]),
            owner=rule["owner"],
            controls=tuple(rule["controls"]),
            matches_unknown=not flag & (Flag.ALLOWS | Flag.SKIP_UNKNOWN),
            enforced=monitored is not None and rule["id"] not in monitored,
            narrow=rule["scope"] in _SCOPED,
            holds=rule["scope"] != "prompt"
            and rule["effect"] in {"block", "redact"}
            and monitored is not None
            and rule["id"] not in monitored,
            deferred=any(number in awaited for number, *_ in rule["leaves"]),
            leaves=tuple(
                (texts[number], Location(*location), *evidence[number]) for number, *location in rule["leaves"]
            ),
            redaction=_redaction(rule, selectors),
            log=rule["obligations"]["log"],
            alerts=tuple((channel, severity) for channel, severity in rule["obligations"]["alerts"]),
            labels=tuple(rule["obligations"]["labels"]),
        )
        for rule, flag in zip(document["rules"], flags, strict=True)
    )
    for index, each in enumerate(made):
        targets = each.redaction.floors.keys() if each.redaction else ()
        if each.effect and (each.deferred or not later.isdisjoint(targets)):
            raise FormatError(f"rules[{index}]: decides by a detector that looks after the decision")
    return made


def _redaction(rule: Mapping[str, Any], selectors: Sequence[Sequence[str]]) -> Redaction | None:
    if rule["effect"] != "redact":
        return None
    floors: dict[str, int] = {}
    for selector, confidence in rule["targets"]:
        for detector in selectors[selector]:
            floors[detector] = min(confidence, floors.get(detector, confidence))
    return Redaction(rule["id"], _SCOPED.get(rule["scope"]), floors, rule["style"])
