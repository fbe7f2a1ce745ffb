"""When a device renews its certificate: at half of its life, spread out so that a fleet does not come at once.

Only times go in and out; `client.renew` does it, with a fresh key each time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from aigov_enforcers.transport.certificates import SKEW
from aigov_enforcers.transport.contexts import Peer

JITTER = 0.1
"""Share of the life by which the moment moves, to either side."""

_FIRST_RETRY = timedelta(seconds=5)
_LAST_RETRY = timedelta(minutes=15)


def due(own: Peer, random: Random) -> datetime:
    """When to renew the certificate. Ask once for each certificate: every answer is another moment."""
    start = own.not_before + SKEW
    return start + (own.not_after - start) * (0.5 + random.uniform(-JITTER, JITTER))


def retry(own: Peer, failures: int, now: datetime, random: Random) -> datetime:
    """When to try again after so many failures in a row (at least one): later each time, but never so late that
    less than a tenth of what is left would be skipped, and with as much chance in it."""
    wait = min(_FIRST_RETRY * (1 << min(failures - 1, 16)), _LAST_RETRY)
    left = max(own.not_after - now, timedelta(0)) / 10
    return now + max(min(wait, left), _FIRST_RETRY) * random.uniform(0.5, 1)
