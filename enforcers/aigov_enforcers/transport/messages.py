"""What a device and a server say to each other about certificates: JSON over HTTP, one model for each message.

A server puts them behind the paths named here. Nothing but `TRUST`, `ENROL`, `APPLY` and `COLLECT` is answered without
a client certificate. An error is a status of 400 or more with a `Problem`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from aigov_enforcers.transport.request import MAX_REQUEST

TRUST = "/trust.pem"
"""GET: the root in PEM. Believed only when its digest is the one in the token."""

ENROL = "/enrol"
"""POST `EnrolRequest` → `Certified`."""

APPLY = "/apply"
"""POST `ApplyRequest`, with the person's SSO token as Bearer → `Applied`."""

COLLECT = "/collect"
"""POST `CollectRequest` → `Certified`, or 202 with a `Problem` while the device waits for approval."""

RENEW = "/renew"
"""POST `RenewRequest` by a device with a certificate that counts → `Certified`."""

CRL = "/crl.pem"
"""GET: the domain's CRLs in PEM."""

Csr = Annotated[str, Field(max_length=MAX_REQUEST)]
Secret = Annotated[str, Field(max_length=256)]
Name = Annotated[str, Field(max_length=63)]


class Message(BaseModel):
    """Base of the messages: nothing unknown, nothing changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class EnrolRequest(Message):
    """A device wants its first certificate, with a token."""

    token: Secret
    csr: Csr
    name: Name | None = None


class ApplyRequest(Message):
    """A person wants a certificate for a device; somebody has to approve."""

    csr: Csr
    name: Name


class Applied(Message):
    """The application waits; `ticket` asks for its outcome."""

    ticket: Secret
    device: str


class CollectRequest(Message):
    """A device asks for the certificate it applied for, with the same request."""

    ticket: Secret
    csr: Csr


class RenewRequest(Message):
    """A device wants its next certificate."""

    csr: Csr


class Certified(Message):
    """A certificate: what the device presents from now on, and whom it trusts."""

    device: str
    """The device's id."""

    name: str
    chain: str
    trust: str
    server: str
    """SPIFFE id of the server to pin."""


class Problem(Message):
    """Why there is no such answer."""

    error: str
