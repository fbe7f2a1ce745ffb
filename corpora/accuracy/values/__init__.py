"""Values by kind, written independently of the detectors."""

from corpora.accuracy.values import accounts, clouds, europe, keys, passages, people, programs, vendors, world
from corpora.accuracy.values.value import Family, Value, words

VALUES: tuple[Value, ...] = (
    *clouds.VALUES,
    *vendors.VALUES,
    *keys.VALUES,
    *europe.VALUES,
    *world.VALUES,
    *people.VALUES,
    *accounts.VALUES,
    *passages.VALUES,
    *programs.VALUES,
)

__all__ = ["VALUES", "Family", "Value", "words"]
