"""The engine: a bundle in force, replaceable while it works.

Engine.load(bundle, trust) → engine.session(identity) → session.decide(interaction) → Decision
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from aigov_runtime.bundle.loader import opened
from aigov_runtime.errors import InputError, RollbackError
from aigov_runtime.model import Scan, Segment, Value
from aigov_runtime.policy import Policy
from aigov_runtime.session import Session
from aigov_runtime.trust import Trust, Unverified


class Engine:
    """Made by `Engine.load`. One engine serves many threads and sessions; nothing on the way of a decision locks.

    `policy` is what is in force. It is replaced as a whole, so a decision sees one bundle or the other.
    """

    def __init__(self, policy: Policy, trust: Trust | Unverified, monitor: bool | Collection[str]) -> None:
        self.policy = policy
        self._trust = trust
        self._monitor = monitor
        self._replacing = threading.Lock()

    @classmethod
    def load(
        cls, source: Path | str | bytes, trust: Trust | Unverified, monitor: bool | Collection[str] = ()
    ) -> Engine:
        """The engine of a bundle: a file, or its bytes.

        `monitor` True reports what rules would do and enforces none, the default included; a collection names the
        rules to treat so. Raises BundleError, by who is at fault; InputError for a monitored rule that is not there.
        """
        with opened(source, trust) as bundle:
            policy = Policy(bundle.document, bundle.sections, monitor)
        if not isinstance(monitor, bool) and (strange := sorted(set(monitor) - policy.rule_ids)):
            raise InputError(f"cannot monitor {', '.join(strange)}: the bundle has no such rule")
        return cls(policy, trust, monitor)

    def replace(self, source: Path | str | bytes) -> None:
        """Put another bundle in force, under the same trust. On any BundleError the old one stays."""
        with opened(source, self._trust) as bundle:
            policy = Policy(bundle.document, bundle.sections, self._monitor)
        with self._replacing:
            new, old = policy.manifest["counter"], self.policy.manifest["counter"]
            if new < old:
                raise RollbackError(f"the bundle's counter is {new}; {old} is already in force")
            self.policy = policy

    def session(
        self, identity: Mapping[str, Value], key: bytes | None = None, now: Callable[[], float] = time.time
    ) -> Session:
        """A session for a caller. `identity` is flat (`{"user.groups": frozenset({"eng"})}`); what the bundle does not
        declare is ignored, what is missing is unknown. `key` (32 bytes) keys tokens and hashes; it is random if not
        given. `now` is the clock behind `time.*`. Raises InputError for a value of the wrong type.
        """
        return Session(self, identity, key, now)

    def scan(self, segments: Sequence[Segment]) -> Scan:
        """What the bundle's detectors find in the segments, those that look after a decision included."""
        return self.policy.scanner.scan(segments, deferred=True)

    @property
    def revision(self) -> str:
        """The revision of the bundle in force."""
        return self.policy.revision

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest of the bundle in force (`docs/bundle.md`)."""
        return self.policy.manifest

    @property
    def detectors(self) -> Mapping[str, Mapping[str, Any]]:
        """The detectors of the bundle in force, by id (`docs/bundle.md`)."""
        return self.policy.documents
