"""What a device holds after it enrolled: one file of its own, so that key and certificate change together."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, ValidationError

from aigov_enforcers.transport import keystore
from aigov_enforcers.transport.contexts import Peer, peer
from aigov_enforcers.transport.errors import AuthorityError, PeerError, TransportError
from aigov_enforcers.transport.names import NameError_, SpiffeId, parse


class Credentials(BaseModel):
    """A device's identity and the server that it may speak to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    """Of the server's control API: https://HOST:PORT."""

    server: str
    """SPIFFE id of the server."""

    name: str
    chain: str
    key: str
    trust: str

    @property
    def own(self) -> Peer:
        """The device, as the server sees it."""
        certificate = x509.load_pem_x509_certificate(self.chain.encode())
        return peer(certificate.public_bytes(Encoding.DER))

    @property
    def pinned(self) -> SpiffeId:
        """The server that is pinned."""
        return parse(self.server)

    def save(self, path: Path) -> None:
        """Write the file in one step, for its owner only."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keystore.write(path, self.model_dump_json(indent=2).encode())

    @classmethod
    def load(cls, path: Path) -> Credentials:
        """The credentials in a file; raises `TransportError`."""
        try:
            credentials = cls.model_validate_json(keystore.read_private(path))
            _ = credentials.own, credentials.pinned
        except FileNotFoundError:
            raise TransportError(f"{path} is not there: `aigov device enroll` makes it") from None
        except AuthorityError as error:
            raise TransportError(str(error)) from None
        except (ValidationError, ValueError, PeerError, NameError_):
            raise TransportError(f"{path} holds no credentials of a device: enrol again") from None
        return credentials
