"""Everything that loading a bundle or opening a session can raise, by who is at fault.

A decision is a value: nothing that traffic holds raises.
"""

from __future__ import annotations


class RuntimeFault(Exception):
    """Base of all errors of this package."""


class BundleError(RuntimeFault):
    """A bundle cannot be loaded."""


class TrustError(BundleError):
    """The bundle may be fine, but there is no reason to believe it."""


class NoTrustError(TrustError):
    """No trusted key is configured: the operator has to install one."""


class SignatureError(TrustError):
    """No trusted key signed these bytes: unsigned, signed by a stranger, or altered."""


class NotYetValidError(TrustError):
    """The bundle's not-before time lies ahead."""


class ExpiredError(TrustError):
    """The bundle's time is over."""


class RollbackError(TrustError):
    """The bundle is older than one that was already in force."""


class FormatError(BundleError):
    """The bytes are not a well-formed bundle: the producer is at fault."""


class PlatformError(BundleError):
    """This machine or installation cannot run the bundle."""


class CapabilityError(PlatformError):
    """The bundle asks for something that this runtime does not have: update aigov."""


class PluginError(RuntimeFault):
    """A model that a detector uses is not installed, or fails."""


class InputError(RuntimeFault):
    """The caller passed an identity, interaction or scan of the wrong shape."""
