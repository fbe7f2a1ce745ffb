"""An authority on disk: one directory with its state, its keys, and the registry of devices.

    authority.json   the certificates, which key is whose, when intermediates fade     registry.db   the registry
    root.pem         what clients trust                                                *.key         private keys, 0600

`root.key` belongs in a safe: only `rotate` and `retire` ask for it, and take it from wherever it is.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from aigov_enforcers.transport import keystore
from aigov_enforcers.transport.authority import SERVER_LIFETIME, Authority, Issuer
from aigov_enforcers.transport.errors import AuthorityError
from aigov_enforcers.transport.keystore import FileKeys, Keys, keys_of
from aigov_enforcers.transport.names import check_domain
from aigov_enforcers.transport.registry import Registry

OVERLAP = SERVER_LIFETIME + timedelta(days=1)
"""How long an intermediate still counts after a new one issues: longer than anything that it issued lives."""


class _Issuer(BaseModel):
    """An intermediate in the file."""

    model_config = ConfigDict(extra="forbid")

    certificate: str
    key: str
    fades: AwareDatetime | None = None


class _State(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid")

    domain: str
    root: str
    root_crl: str
    issuers: tuple[_Issuer, ...]


class Store:
    """The directory of one authority."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.state = directory / "authority.json"
        self.trust = directory / "root.pem"
        self.root_key = directory / "root.key"
        self.registry = directory / "registry.db"

    def create(self, domain: str, *, now: datetime, keys: Keys | None = None) -> Authority:
        """A new trust domain, with the intermediates' keys in files or in `keys`.

        Raises `AuthorityError` when the directory has one, `NameError_` for its name.
        """
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            if self.state.exists():
                raise AuthorityError(f"{self.directory} has an authority already")
            check_domain(domain)
            _, root_key = FileKeys(self.directory).make("root")
            reference, issuer_key = (keys or FileKeys(self.directory)).make(_name())
            authority = Authority.create(domain, root_key, issuer_key, now=now)
            Registry.create(self.registry)
            keystore.write(self.trust, authority.trust, mode=0o644)
            self._save(authority, {authority.issuers[0].certificate.serial_number: reference})
        return authority

    def load(self) -> Authority:
        """The authority as it is now; raises `AuthorityError`."""
        return self._load()[0]

    def rotate(self, *, now: datetime, root_key: Path | None = None, overlap: timedelta = OVERLAP) -> Authority:
        """A new intermediate issues; those before fade, and are retired when their time is over."""
        with self._alone():
            authority, references = self._load()
            root = keystore.read_key(root_key or self.root_key)
            keys = self._keys(references[authority.issuers[0].certificate.serial_number])  # where the last one is
            reference, key = keys.make(_name())
            try:
                turned = authority.rotate(root, key, now=now, overlap=overlap)
                references[turned.issuers[0].certificate.serial_number] = reference
                self._save(turned, references)
            except BaseException:
                keys.remove(reference)
                raise
            self._forget(authority, turned, references)
            return turned

    def retire(self, *, now: datetime, root_key: Path | None = None, at_once: bool = False) -> Authority:
        """The intermediates whose time is over count no more, their keys are destroyed; `at_once`, all that fade."""
        with self._alone():
            authority, references = self._load()
            retired = authority.retire(keystore.read_key(root_key or self.root_key), now=now, at_once=at_once)
            self._save(retired, references)
            self._forget(authority, retired, references)
            return retired

    def _load(self) -> tuple[Authority, dict[int, str]]:
        try:
            state = _State.model_validate_json(keystore.read_private(self.state))
            root = x509.load_pem_x509_certificate(state.root.encode())
            crl = x509.load_pem_x509_crl(state.root_crl.encode())
            certificates = [x509.load_pem_x509_certificate(issuer.certificate.encode()) for issuer in state.issuers]
        except FileNotFoundError:
            raise AuthorityError(f"{self.directory} has no authority: `aigov ca init` makes one") from None
        except (ValidationError, ValueError):
            raise AuthorityError(f"{self.state} is not as it was written: take it from a backup") from None
        issuers = tuple(
            Issuer(certificate, self._keys(entry.key).load(entry.key), entry.fades)
            for certificate, entry in zip(certificates, state.issuers, strict=True)
        )
        if not issuers or any(issuer.key.public_key() != issuer.certificate.public_key() for issuer in issuers):
            raise AuthorityError(f"{self.directory}: the keys are not those of the certificates")
        references = {
            issuer.certificate.serial_number: entry.key for issuer, entry in zip(issuers, state.issuers, strict=True)
        }
        return Authority(state.domain, root, issuers, crl), references

    def _save(self, authority: Authority, references: dict[int, str]) -> None:
        state = _State(
            domain=authority.domain,
            root=authority.trust.decode(),
            root_crl=authority.root_crl.public_bytes(Encoding.PEM).decode(),
            issuers=tuple(
                _Issuer(
                    certificate=issuer.certificate.public_bytes(Encoding.PEM).decode(),
                    key=references[issuer.certificate.serial_number],
                    fades=issuer.fades,
                )
                for issuer in authority.issuers
            ),
        )
        keystore.write(self.state, state.model_dump_json(indent=2).encode())

    def _forget(self, before: Authority, after: Authority, references: dict[int, str]) -> None:
        kept = {issuer.certificate.serial_number for issuer in after.issuers}
        for issuer in before.issuers:
            if issuer.certificate.serial_number not in kept:
                gone = references[issuer.certificate.serial_number]
                self._keys(gone).remove(gone)

    def _keys(self, reference: str) -> Keys:
        return keys_of(reference, self.directory)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One change at a time, by whatever process."""
        try:
            file = (self.directory / ".lock").open("w")
        except FileNotFoundError:
            raise AuthorityError(f"{self.directory} is not there: `aigov ca init` makes an authority") from None
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _name() -> str:
    return f"issuing-{token_hex(4)}"
