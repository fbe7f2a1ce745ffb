"""What carries values. Those of the held-out split never occur in dev."""

from __future__ import annotations

from corpora.accuracy.carriers import config, data, encoded, passages, programs, prose, transcripts
from corpora.accuracy.carriers.carrier import Carrier

_GROUPS = (config, programs, prose, transcripts, data, encoded, passages)
CARRIERS: dict[str, tuple[Carrier, ...]] = {
    "dev": tuple(carrier for group in _GROUPS for carrier in group.DEV),
    "held-out": tuple(carrier for group in _GROUPS for carrier in group.HELD_OUT),
}
ENCODED = frozenset(carrier.name for carrier in (*encoded.DEV, *encoded.HELD_OUT))

__all__ = ["CARRIERS", "ENCODED", "Carrier"]
