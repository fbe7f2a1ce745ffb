"""The server's log: one JSON object a line on standard error, without secrets, safe from injection.

Whatever a client can put into a message stands inside a JSON string in ASCII, so it makes no line and no control
sequence of its own. What our scanner takes for a secret is replaced.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

from aigov_runtime import Engine
from aigov_runtime.model import Kind, Segment

MAX_TEXT = 4096
"""Characters of a message; of a traceback, four times as many."""

_FIELDS = ("event", "direction", "nanoseconds", "listen", "control", "health")
"""What a record may have besides its message."""

_SECRET = re.compile(
    r"(?i)\b(?P<name>authorization|api[-_]?key|x-goog-api-key|token|password|secret|cookie)(?P<sep>[\"']?\s*[:=]\s*[\"']?)"
    r"(?P<scheme>(?:bearer|basic)\s+)?[^\s\"',;]+"
    r"|\b(?:sk|rk|pk|hvs|ghp|gho|xox[abp])[-_.][A-Za-z0-9_-]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|\baigov_enroll_\S+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
)


def scrub(text: str) -> str:
    """The text without what has the form of a credential."""
    return _SECRET.sub(lambda found: f"{found['name']}{found['sep']}[secret]" if found["name"] else "[secret]", text)


class Json(logging.Formatter):
    """Records as JSON. `secrets` are the server's own credentials: they are replaced wherever they stand, and so is
    what the detectors of the engine's policy find."""

    def __init__(self, secrets: frozenset[str] = frozenset(), engine: Engine | None = None) -> None:
        super().__init__()
        self._secrets, self._engine = sorted(secrets, key=len, reverse=True), engine

    def format(self, record: logging.LogRecord) -> str:
        """One line of ASCII."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "message": self._clean(record.getMessage(), MAX_TEXT),
        }
        fields |= {name: _plain(getattr(record, name)) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            fields["error"] = self._clean(self.formatException(record.exc_info), 4 * MAX_TEXT)
        return json.dumps(fields, ensure_ascii=True)

    def _clean(self, text: str, most: int) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        text = scrub(text[: 2 * most])[:most]
        return text if self._engine is None else _found(self._engine, text)


def _found(engine: Engine, text: str) -> str:
    """The text with each finding replaced by its detector's name."""
    data = text.encode("utf-8", "replace")
    scan = engine.policy.scanner.scan((Segment("log", "/message", data.decode(), Kind.TEXT),))
    for finding in sorted(scan.findings, key=lambda each: each.start, reverse=True):
        data = data[: finding.start] + f"[{finding.detector}]".encode() + data[finding.end :]
    return data.decode("utf-8", "replace")


def _plain(value: object) -> object:
    return value if isinstance(value, int | float) else scrub(str(value))[:256]


def setup(level: str, secrets: frozenset[str], engine: Engine) -> None:
    """Everything that is logged in this process goes out in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json(secrets, engine))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
