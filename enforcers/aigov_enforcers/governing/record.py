"""What is put on record of a decision: never any content."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from aigov_runtime.model import Decision, Direction, Interaction, Outcome, Value

_LEVELS = {Outcome.BLOCK: logging.WARNING, Outcome.REROUTE: logging.INFO, Outcome.REDACT: logging.INFO}


class Decided(NamedTuple):
    """One decision. `event` is the id of the exchange, which a refusal shows its client; `attributes` are the
    request's; `nanoseconds` is the time that deciding took."""

    event: str
    direction: Direction
    decision: Decision
    attributes: Mapping[str, Value]
    nanoseconds: int


class Recorder(Protocol):
    """Where decisions go. Quick, and it raises nothing; threads share it."""

    def decided(self, record: Decided) -> None:
        """A decision was carried out."""

    def reviewed(self, interaction: Interaction, decision: Decision) -> None:
        """A review, which decides nothing, found something."""

    def failed(self, event: str, what: str) -> None:
        """Deciding failed, and so `what` happened ("the request was stopped"). Called while the exception is
        handled."""


class Log:
    """Decisions on a logger. The records have the decision as `decision` and the time it took as `nanoseconds`, for
    handlers that want more than the line; reviews have `review`, failures their number so far as `failures`."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._failures = itertools.count(1)

    def decided(self, record: Decided) -> None:
        """Blocks and alerts are warnings, redactions and reroutes information, the rest is for debugging."""
        event, direction, decision, _, took = record
        level = logging.WARNING if decision.obligations.alerts else _LEVELS.get(decision.outcome, logging.DEBUG)
        if self._log.isEnabledFor(level):
            fields = {"direction": direction, "decision": decision, "nanoseconds": took, "event": event}
            why = _why(decision)
            self._log.log(level, "%s: %s by %s [event %s]", direction, decision.outcome, why, event, extra=fields)

    def reviewed(self, interaction: Interaction, decision: Decision) -> None:
        """Alerts are warnings."""
        level = logging.WARNING if decision.obligations.alerts else logging.DEBUG
        fields = {"direction": interaction.direction, "review": decision}
        self._log.log(level, "%s, reviewed: %s", interaction.direction, _why(decision), extra=fields)

    def failed(self, event: str, what: str) -> None:
        """The exception is on the log too."""
        fields = {"event": event, "failures": next(self._failures)}
        self._log.exception("deciding failed, so %s [event %s]", what, event, extra=fields)


def _why(decision: Decision) -> str:
    rules = ", ".join(f"{hit.id} ({hit.location})" for hit in decision.rules) or "the default"
    return rules + "".join(f", alert {channel} ({severity})" for channel, severity in decision.obligations.alerts)
