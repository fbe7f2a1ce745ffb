"""Reviews: what slow detectors have to say of an interaction, on a thread of its own after the decision."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from aigov_runtime.model import Decision, Interaction
from aigov_runtime.session import Session

_log = logging.getLogger("aigov.sdk")

MAX_WAITING = 256
"""Interactions that wait for their review. Further ones are not reviewed, and the log says so."""


class Reviews:
    """The reviews of one session, in turn; each that finds something is told, with its interaction, to `tell`."""

    def __init__(self, session: Session, tell: Callable[[Interaction, Decision], None]) -> None:
        self._session, self._tell = session, tell
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # the thread stays with the parent

    def _begin(self) -> None:
        self._room = BoundedSemaphore(MAX_WAITING)
        self._thread = ThreadPoolExecutor(1, "aigov-reviews")  # which starts with the first review

    def later(self, interaction: Interaction) -> None:
        """Review it when there is time, if the policy has rules for that. Never waits."""
        if not self._session.defers:
            return
        if self._room.acquire(blocking=False):
            self._thread.submit(self._review, interaction)
        else:
            _log.warning("a review was left out: %d are waiting", MAX_WAITING)

    def _review(self, interaction: Interaction) -> None:
        try:
            decision = self._session.review(interaction)
            if decision.rules:
                self._tell(interaction, decision)
        except Exception:  # noqa: BLE001 - a review stops nothing; it is on the log
            _log.exception("a review failed")
        finally:
            self._room.release()
