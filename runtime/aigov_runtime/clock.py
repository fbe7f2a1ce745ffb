"""The `time.*` attributes of a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from aigov_runtime.model import Value

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def attributes(now: float) -> dict[str, Value]:
    """`time.hour`, `time.weekday`, `time.utc` and `time.day` at a Unix time in seconds."""
    return _of_hour(int(now // 3600))


@lru_cache(maxsize=4)
def _of_hour(hour: int) -> dict[str, Value]:
    day = hour // 24
    date = datetime.fromtimestamp(day * 86_400, UTC).date()
    return {
        "time.hour": hour % 24,
        "time.weekday": _WEEKDAYS[date.weekday()],
        "time.utc": date.isoformat(),
        "time.day": day,
    }
