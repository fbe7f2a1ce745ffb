"""The server's configuration: what is wrong is told with file, table and key, and no secret shows."""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigov_enforcers.server import config
from aigov_enforcers.server.config import Address, ConfigError
from aigov_enforcers.server.secrets import Reference, SecretError, Store, Vault
from aigov_enforcers.server.setup import prepare
from aigov_runtime.errors import SignatureError
from tests.enforcers.server.realm import Realm


@pytest.fixture
def realm(tmp_path: Path) -> Realm:
    return Realm(tmp_path)


def test_paths_are_relative_to_the_file(realm: Realm) -> None:
    read = config.read(realm.config)

    assert read.certificates.chain == realm.directory / "server.pem"
    assert read.listen == Address("127.0.0.1", 0)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"127.0.0.1:0"\ncontrol', '"127.0.0.1"\ncontrol', "listen: expected HOST:PORT"),
        ('"127.0.0.1:0"\ncontrol', '"::1:80"\ncontrol', "listen: expected HOST:PORT"),
        ('"127.0.0.1:0"\ncontrol', '"1.2.3.4:65536"\ncontrol', "listen: expected HOST:PORT"),
        ('key = "server.key"\n', "", "[certificates] key: is missing"),
        ("[bundle]\n", '[bundle]\nevery = "fast"\n', "[bundle] every: expected a time such as"),
        ("[bundle]\n", "[bundle]\nevery = 3\n", "[bundle] every: expected a time such as"),
        ("[bundle]\n", '[bundle]\nurl = "https://x.example/p"\n', "bundle: expected either `file` or `url`"),
        ("[bundle]\n", '[bundle]\nfail_closed_after = "1h"\n', "bundle: `fail_closed_after` is about a `url`"),
        ("[bundle]\n", "[bundel]\n[bundle]\n", "bundel: there is no such key"),
        ("[providers.openai]", "[providers.oponai]", "unknown provider `oponai`"),
        ('"http://127.0.0.1:1"', '"ftp://x"', "[providers.openai] url: expected a URL"),
        ('"http://127.0.0.1:1"', '"https://user:pw@x.example"', "[providers.openai] url: expected a URL"),
        ('{ file = "openai.key" }', '"sk-live"', "[providers.openai] credential: expected a table"),
        ('{ file = "openai.key" }', "{ }", "[providers.openai] credential: expected one of `env`, `file` and `vault`"),
        ('name = "front"', 'name = "a b"', "name: "),
        ("[bundle]", "[bundle", "is not TOML"),
    ],
)
def test_a_fault_names_file_table_and_key(realm: Realm, old: str, new: str, fault: str) -> None:
    realm.change(lambda text: text.replace(old, new, 1))

    with pytest.raises(ConfigError) as caught:
        config.read(realm.config)

    assert f"{realm.config}: " in str(caught.value)
    assert fault in str(caught.value)
    assert "sk-live" not in str(caught.value)
    assert ":pw@" not in str(caught.value)


def test_every_fault_is_told_at_once(realm: Realm) -> None:
    realm.change(lambda text: text.replace('domain = "acme.example"', "").replace('key = "server.key"\n', ""))

    with pytest.raises(ConfigError) as caught:
        config.read(realm.config)

    assert len(str(caught.value).splitlines()) == 2


def test_everything_that_starting_needs_is_prepared(realm: Realm) -> None:
    ready = prepare(realm.config)

    assert ready.engine.revision == "r1"
    assert ready.routes["openai"].headers == {"authorization": "Bearer the-real-key"}
    assert str(ready.id) == "spiffe://acme.example/server/front"
    assert not any("the-real-key" in line for line in ready.summary())
    operation = ready.catalogue.recognise("POST", "127.0.0.1", 1, "/v1/chat/completions")
    assert operation is not None
    assert operation.facts["request.sanctioned"] is True


def test_another_servers_certificate_is_refused(realm: Realm) -> None:
    realm.certify("server", "back")
    with pytest.raises(
        ConfigError, match=r"\[certificates\] chain: it is the certificate of .*/back, expected .*/front"
    ):
        prepare(realm.config)


def test_a_devices_certificate_is_no_servers(realm: Realm) -> None:
    realm.certify("device", "d1")
    realm.change(lambda text: text.replace('"server.pem"', '"device.pem"').replace('"server.key"', '"device.key"'))
    with pytest.raises(ConfigError, match="it is the certificate of"):
        prepare(realm.config)


def test_a_key_of_another_certificate_is_refused(realm: Realm) -> None:
    key = (realm.directory / "server.key").read_bytes()
    realm.certify("server", "front")
    (realm.directory / "server.key").write_bytes(key)
    with pytest.raises(ConfigError, match=r"\[certificates\]: the certificate and its key cannot be loaded"):
        prepare(realm.config)


def test_a_bundle_by_a_stranger_is_refused(realm: Realm, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Realm(tmp_path_factory.mktemp("other"))
    (realm.directory / "policy.govb").write_bytes(other.bundle("default allow\n"))
    with pytest.raises(SignatureError):
        prepare(realm.config)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "No such file"),
        ("", "expected one word"),
        ("two words", "expected one word"),
        ("a\r\nx: y", "expected one"),
    ],
)
def test_a_key_that_cannot_be_had_is_told(realm: Realm, text: str | None, fault: str) -> None:
    path = realm.directory / "openai.key"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(ConfigError, match=re.escape("[providers.openai] credential: file `")) as caught:
        prepare(realm.config)
    assert fault in str(caught.value)


def test_a_variable_is_read(tmp_path: Path) -> None:
    store = Store(tmp_path, environment={"KEY": "abc\n"})
    assert store.read(Reference(env="KEY")) == "abc"
    with pytest.raises(SecretError, match="env `OTHER`: there is no such variable"):
        store.read(Reference(env="OTHER"))


class VaultApi(http.server.BaseHTTPRequestHandler):
    """The read path of Vault's HTTP API, with both versions of its key-value engine."""

    def do_GET(self) -> None:
        pages = {
            "/v1/secret/data/ai": {"data": {"data": {"openai": "of-two"}, "metadata": {"version": 3}}},
            "/v1/kv/ai": {"data": {"openai": "of-one", "number": 3}},
            "/v1/broken": [],
        }
        page = pages.get(self.path)
        code = 403 if self.headers["X-Vault-Token"] != "t0" else 200 if page is not None else 404
        if self.path == "/v1/moved":
            code = 302
        body = json.dumps(page).encode()
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "/v1/kv/ai")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class TestVault:
    @pytest.fixture
    def address(self) -> Iterator[str]:
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), VaultApi) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()
            thread.join()

    def store(self, address: str, token: str, directory: Path) -> Store:
        vault = Vault(address=address, token=Reference(env="T"))
        return Store(directory, vault, {"T": token})

    def test_both_versions_are_read(self, address: str, tmp_path: Path) -> None:
        store = self.store(address, "t0", tmp_path)
        assert store.read(Reference(vault="secret/data/ai#openai")) == "of-two"
        assert store.read(Reference(vault="kv/ai#openai")) == "of-one"

    @pytest.mark.parametrize(
        ("path", "fault"),
        [
            ("kv/none#openai", "Vault answers 404"),
            ("kv/ai#other", "no such field"),
            ("kv/ai#number", "expected a string"),
            ("broken#x", "no such field"),
            ("moved#openai", "Vault answers 302"),
        ],
    )
    def test_what_is_not_there_is_told(self, address: str, tmp_path: Path, path: str, fault: str) -> None:
        with pytest.raises(SecretError, match=fault):
            self.store(address, "t0", tmp_path).read(Reference(vault=path))

    def test_a_wrong_token_does_not_show(self, address: str, tmp_path: Path) -> None:
        with pytest.raises(SecretError, match="Vault answers 403") as caught:
            self.store(address, "wrong-token", tmp_path).read(Reference(vault="kv/ai#openai"))
        assert "wrong-token" not in str(caught.value)

    def test_one_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(SecretError, match="cannot be read"):
            self.store("http://127.0.0.1:1", "t0", tmp_path).read(Reference(vault="kv/ai#openai"))

    def test_a_secret_does_not_cross_a_network_in_the_open(self) -> None:
        with pytest.raises(ValueError, match="expected an https URL"):
            Vault(address="http://vault.example", token=Reference(env="T"))


def test_a_provider_with_a_model_is_a_target_in_its_format(realm: Realm) -> None:
    local = '[providers.local]\nurl = "http://127.0.0.1:11434"\nspeaks = "ollama"\nmodel = "MODEL"\nprivate = true\n'
    realm.change(lambda text: text + "\n" + local.replace("MODEL", "qwen3"))
    routes = config.read(realm.config).routes(realm.config.parent)
    assert (routes["local"].url, routes["local"].format, routes["local"].model) == (
        "http://127.0.0.1:11434",
        "ollama.chat",
        "qwen3",
    )
    assert routes["openai"].url.endswith("/v1")
    assert routes["openai"].format == ""

    realm.change(lambda text: text.replace("qwen3", "qwen3:cloud"))
    with pytest.raises(ConfigError, match=r"\[providers.local\] model: .*cloud"):
        config.read(realm.config).routes(realm.config.parent)
