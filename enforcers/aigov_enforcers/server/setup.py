"""Everything that a server needs before it starts, made and checked: configuration → `Ready`."""

from __future__ import annotations

import hashlib
import logging
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from aigov_enforcers.governing.reload import BundleFile
from aigov_enforcers.governing.routes import Route
from aigov_enforcers.identity.exchange import Exchange
from aigov_enforcers.identity.tokens import Minter, Verifier
from aigov_enforcers.server import config
from aigov_enforcers.server.bundles import Mirror, Stale, place
from aigov_enforcers.server.config import Certificates, Config, ConfigError
from aigov_enforcers.server.enrolled import Enrolled, Gate
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.server.targets import Provider, Targets
from aigov_enforcers.transport import keystore
from aigov_enforcers.transport.contexts import Peer, peer, server_context
from aigov_enforcers.transport.errors import AuthorityError, TransportError
from aigov_enforcers.transport.names import NameError_, SpiffeId, spiffe_id
from aigov_enforcers.transport.registry import Registry
from aigov_enforcers.transport.store import Store
from aigov_enforcers.wire import Catalogue
from aigov_runtime import Engine, Trust

log = logging.getLogger("aigov.server")


@dataclass(frozen=True)
class Ready:
    """What is loaded before the workers are forked, so that they share it."""

    path: Path
    config: Config
    id: SpiffeId
    engine: Engine
    file: BundleFile
    mirror: Mirror | None
    catalogue: Catalogue
    routes: Mapping[str, Route]
    certificate: Peer
    signing: ec.EllipticCurvePrivateKey | None
    """What identity tokens are signed with."""

    def enrolled(self, registry: Registry, gates: Sequence[Gate], tally: Tally) -> Enrolled:
        """Who asks, for one process."""
        tokens = self.config.tokens
        if tokens is None or self.signing is None:
            return Enrolled(registry, gates, tally)
        verifier = Verifier([self.signing.public_key()], issuer=tokens.issuer, audience=tokens.audience)
        return Enrolled(registry, gates, tally, verifier, required=tokens.required)

    def exchange(self) -> Exchange | None:
        """What gives identity tokens; None when there are none. Raises ValueError for issuers that are mixed up."""
        tokens = self.config.tokens
        if tokens is None or self.signing is None:
            return None
        minter = Minter(self.signing, issuer=tokens.issuer, audience=tokens.audience, lifetime=tokens.lifetime)
        return Exchange(self.config.issuers, minter, tokens.audience)

    @property
    def registry(self) -> Path:
        """The file of the registry."""
        return Store(self.config.authority).registry

    @property
    def secrets(self) -> frozenset[str]:
        """The credentials that are in use, for the log to leave out."""
        values = (value for route in self.routes.values() for value in route.headers.values())
        return frozenset(value.rpartition(" ")[2] for value in values)

    @property
    def stale(self) -> Stale:
        """Whether the policy in force may still decide."""
        return Stale(self.engine, self.mirror, self.config.bundle.fail_closed_after)

    def summary(self) -> Iterator[str]:
        """What was found, for people."""
        manifest = self.engine.manifest
        yield f"server     {self.id}, certificate until {self.certificate.not_after:%Y-%m-%dT%H:%M:%SZ}"
        read = self.config
        yield f"listens    {read.listen} (requests), {read.control} (control), {read.health} (health)"
        yield f"bundle     {manifest['name']} {self.engine.revision}, counter {manifest['counter']}"
        for name, route in sorted(self.routes.items()):
            keyed = f"key in {', '.join(route.headers)}" if route.headers else "no key"
            yield f"provider   {name}: {route.url}, {keyed}"


def prepare(path: Path) -> Ready:
    """Read and check everything. Raises ConfigError, BundleError, and InputError for a monitored rule that is not
    there."""
    read = config.read(path)
    try:
        me = spiffe_id(read.domain, "server", read.name)
    except NameError_ as error:
        raise ConfigError(f"{path}: domain, name: {error}") from None
    try:
        read.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        routes = read.routes(path.absolute().parent)
    except OSError as error:
        raise ConfigError(f"{path}: data: cannot be made: {error.strerror}") from None
    except ConfigError as error:
        raise ConfigError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from None
    certificate = _certificate(path, read.certificates, me)
    signing = _signing(path, read)
    if not Store(read.authority).registry.is_file():
        raise ConfigError(f"{path}: authority: {read.authority} has no registry: `aigov ca init` makes one")
    engine, file, mirror = _bundle(path, read)
    catalogue = Catalogue(Targets(providers(read, routes)).hosts)
    ready = Ready(path, read, me, engine, file, mirror, catalogue, routes, certificate, signing)
    try:
        ready.exchange()
    except ValueError as error:
        raise ConfigError(f"{path}: issuers: {error}") from None
    return ready


def _signing(path: Path, read: Config) -> ec.EllipticCurvePrivateKey | None:
    if read.tokens is None:
        return None
    try:
        return keystore.read_key(read.tokens.key)
    except (AuthorityError, OSError) as error:
        raise ConfigError(f"{path}: [tokens] key: {error}") from None


def providers(read: Config, routes: Mapping[str, Route]) -> list[Provider]:
    """The providers as the data plane takes them, each with its real key."""
    return [
        Provider(name, each.url, tuple(routes[name].headers.items()), each.speaks, each.private)
        for name, each in read.providers.items()
    ]


def front(certificates: Certificates) -> ssl.SSLContext:
    """The TLS context of the listeners, as the files are now. Raises OSError and TransportError."""
    crl = certificates.crl.read_bytes() if certificates.crl is not None else None
    return server_context(
        certificates.chain.read_bytes(), certificates.key.read_bytes(), certificates.trust.read_bytes(), crl
    )


def _certificate(path: Path, certificates: Certificates, me: SpiffeId) -> Peer:
    """Who the server's certificate says it is: it must be the configured server, and not be over."""
    try:
        front(certificates)
        pem = certificates.chain.read_text(encoding="ascii")
        start = pem.index("-----BEGIN CERTIFICATE-----")
        end = pem.index("-----END CERTIFICATE-----") + 25
        found = peer(ssl.PEM_cert_to_DER_cert(pem[start:end]))
    except OSError as error:
        raise ConfigError(f"{path}: [certificates]: {error.filename}: {error.strerror}") from None
    except (TransportError, ValueError) as error:
        raise ConfigError(f"{path}: [certificates]: {error}") from None
    if found.id != me:
        raise ConfigError(f"{path}: [certificates] chain: it is the certificate of {found.id}, expected {me}")
    if found.not_after <= datetime.now(UTC):
        raise ConfigError(f"{path}: [certificates] chain: expired at {found.not_after:%Y-%m-%dT%H:%M:%SZ}")
    return found


def _bundle(path: Path, read: Config) -> tuple[Engine, BundleFile, Mirror | None]:
    """The engine of the bundle that is there, or else of what the URL has."""
    trust = Trust.from_path(read.bundle.trust)
    source, mirror = place(read.bundle, read.data, log)
    engine = None
    if mirror is not None and not mirror.path.exists():
        mirror.update(lambda envelope: Engine.load(envelope, trust, read.bundle.monitor))
    try:
        envelope = source.read_bytes()
    except OSError as error:
        why = mirror.failed if mirror is not None else error.strerror
        raise ConfigError(f"{path}: [bundle] {'url' if mirror else 'file'}: {source}: {why}") from None
    engine = Engine.load(envelope, trust, read.bundle.monitor)
    file = BundleFile(engine, source, log)
    file.digest = hashlib.sha256(envelope).hexdigest()
    if mirror is not None and mirror.update(engine.replace):
        file.load()
    return engine, file, mirror
