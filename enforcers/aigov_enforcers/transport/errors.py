"""What can be refused here, each with a reason that may be shown to the one who asked."""

from __future__ import annotations


class TransportError(Exception):
    """Base of the errors of this package."""


class RequestError(TransportError):
    """A certificate request is not acceptable: its bytes, its key, or no proof that the sender holds it."""


class AuthorityError(TransportError):
    """The authority cannot do this: no key, no life left in it, or a file that is not what it should be."""


class PeerError(TransportError):
    """A peer's certificate is not one that this trust domain gives, or not that of the peer expected."""


class EnrolmentError(TransportError):
    """An enrolment or renewal is refused."""


class RegistryError(TransportError):
    """The registry's file cannot be opened, read or changed."""
