"""What becomes of each decision in the server: it is counted, logged, and put on record."""

from __future__ import annotations

from aigov_enforcers.governing.record import Decided, Log
from aigov_enforcers.identity import Identity
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.server.sink import Event, Sink
from aigov_runtime.model import Decision, Interaction


class Account:
    """The decisions on one caller."""

    def __init__(self, who: Identity, log: Log, tally: Tally, sink: Sink) -> None:
        self._who, self._log, self._tally, self._sink = who, log, tally, sink

    def decided(self, record: Decided) -> None:
        """Every decision is an event."""
        self._tally.count("decisions", direction=record.direction, outcome=record.decision.outcome)
        self._tally.took(record.nanoseconds)
        self._log.decided(record)
        self._sink.put(Event.of(self._who, record))

    def reviewed(self, interaction: Interaction, decision: Decision) -> None:
        """What slow detectors found."""
        self._log.reviewed(interaction, decision)
        self._sink.put(Event.of(self._who, Decided("", interaction.direction, decision, interaction.attributes, 0)))

    def failed(self, event: str, what: str) -> None:
        """Deciding failed."""
        self._tally.count("failures")
        self._log.failed(event, what)
        self._sink.put(Event.failure_of(self._who, event, what))
