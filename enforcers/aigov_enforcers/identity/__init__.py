"""Who asks, from what, where and when: the models, and their flat form that sessions are opened with."""

from aigov_enforcers.identity.facts import IdentityError, counters, flatten, from_json
from aigov_enforcers.identity.models import Confidence, Device, Identity, Place, Process, Request, Session, Time, User

__all__ = [
    "Confidence",
    "Device",
    "Identity",
    "IdentityError",
    "Place",
    "Process",
    "Request",
    "Session",
    "Time",
    "User",
    "counters",
    "flatten",
    "from_json",
]
