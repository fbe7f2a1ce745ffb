"""Reviews: what slow detectors have to say of an interaction, on a thread of its own after the decision."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from aigov_runtime.model import Decision, Interaction
from aigov_runtime.session import Session

Tell = Callable[[Interaction, Decision], None]

MAX_WAITING = 256
"""Interactions that wait for their review. Further ones are not reviewed, and the log says so."""


class Reviews:
    """The reviews of a process, in turn."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._begin()
        os.register_at_fork(after_in_child=self._begin)  # the thread stays with the parent

    def _begin(self) -> None:
        self._room = BoundedSemaphore(MAX_WAITING)
        self._thread = ThreadPoolExecutor(1, "aigov-reviews")  # which starts with the first review

    def later(self, session: Session, interaction: Interaction, tell: Tell) -> None:
        """Review it when there is time, and `tell` what was found, if anything was. Never waits."""
        if self._room.acquire(blocking=False):
            self._thread.submit(self._review, session, interaction, tell)
        else:
            self._log.warning("a review was left out: %d are waiting", MAX_WAITING)

    def _review(self, session: Session, interaction: Interaction, tell: Tell) -> None:
        try:
            decision = session.review(interaction)
            if decision.rules:
                tell(interaction, decision)
        except Exception:  # noqa: BLE001 - a review stops nothing; it is on the log
            self._log.exception("a review failed")
        finally:
            self._room.release()
