"""A trust domain, a signed bundle and a configuration of a server, in a directory."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aigov_dsl
from aigov_compiler import compile_program, keys
from aigov_enforcers.transport import enrolment, request
from aigov_enforcers.transport.contexts import client_context
from aigov_enforcers.transport.enrolment import Enrolled
from aigov_enforcers.transport.names import spiffe_id
from aigov_enforcers.transport.records import Grant
from aigov_enforcers.transport.registry import Registry
from aigov_enforcers.transport.store import Store

DOMAIN = "acme.example"
POLICY = 'default allow\ndetector codename { words ["bluebird"] class internal }\n'
SERVER = """\
domain = "acme.example"
name = "front"
data = "data"
listen = "127.0.0.1:0"
control = "127.0.0.1:0"
health = "127.0.0.1:0"
authority = "ca"

[certificates]
chain = "server.pem"
key = "server.key"
trust = "trust.pem"

[bundle]
file = "policy.govb"
trust = "signer.pub"

[providers.openai]
url = "http://127.0.0.1:1"
private = true
credential = { file = "openai.key" }
"""


class Realm:
    """What an operator has set up in `directory`; `config` is the server's file."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.config = directory, directory / "server.toml"
        self.now = datetime.now(UTC)
        store = Store(directory / "ca")
        self.authority = store.create(DOMAIN, now=self.now)
        private, public = keys.generate()
        self.signer = keys.load_private(private)
        (directory / "trust.pem").write_bytes(self.authority.trust)
        (directory / "signer.pub").write_bytes(public)
        (directory / "openai.key").write_text("the-real-key\n")
        self.registry = Registry(store.registry)
        self.certify("server", "front")
        self.policy(POLICY)
        self.config.write_text(SERVER)

    def certify(self, kind: str, id: str) -> None:
        """A certificate and its key, in files named by the kind."""
        key = request.new_key()
        issued = self.authority.issue(request.make(key), spiffe_id(DOMAIN, kind, id), now=self.now)
        (self.directory / f"{kind}.pem").write_bytes(issued.chain)
        (self.directory / f"{kind}.key").write_bytes(request.key_pem(key))

    def bundle(self, text: str, revision: str = "r1", counter: int = 0) -> bytes:
        """A signed bundle of a policy's text."""
        source = self.directory / "policy.gov"
        source.write_text(text, encoding="utf-8")
        program = aigov_dsl.load([source])
        return compile_program(program, key=self.signer, revision=revision, counter=counter).envelope

    def policy(self, text: str, revision: str = "r1", counter: int = 0) -> None:
        """Put a bundle where the server looks for it."""
        new = self.directory / "policy.new"
        new.write_bytes(self.bundle(text, revision, counter))
        new.replace(self.directory / "policy.govb")

    def token(self, name: str) -> str:
        """A token for a managed laptop."""
        grant = Grant(name, "laptop", managed=True)
        return str(enrolment.offer(self.registry, self.authority, grant, now=datetime.now(UTC)))

    def enrol(self, name: str) -> Enrolled:
        """A managed laptop, enrolled; its certificate and key are in `NAME.pem` and `NAME.key`."""
        key, now = request.new_key(), datetime.now(UTC)
        token = self.token(name)
        enrolled = enrolment.enrol(self.registry, self.authority, token=token, csr=request.make(key), now=now)
        (self.directory / f"{name}.pem").write_bytes(enrolled.chain)
        (self.directory / f"{name}.key").write_bytes(request.key_pem(key))
        return enrolled

    def client(self, name: str | None) -> ssl.SSLContext:
        """What a device connects with; one without a certificate when None."""
        if name is None:
            return client_context(None, None, self.authority.trust)
        chain, key = (self.directory / f"{name}.{end}" for end in ("pem", "key"))
        return client_context(chain.read_bytes(), key.read_bytes(), self.authority.trust)

    def change(self, edit: Callable[[str], str]) -> None:
        """Edit the configuration."""
        text = self.config.read_text()
        assert edit(text) != text
        self.config.write_text(edit(text))
