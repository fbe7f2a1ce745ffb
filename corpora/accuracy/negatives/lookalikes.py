"""Single values that are no secret and no personal datum, though they look like one. They go into the same carriers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from corpora.accuracy.checks import ean, luhn
from corpora.accuracy.draw import LOWERNUM, UPPERNUM, Draw


@dataclass(frozen=True, slots=True)
class Lookalike:
    """`make` draws a value called one of `names` in which nothing is to be found."""

    kind: str
    names: tuple[str, ...]
    make: Callable[[Draw], str]


def _like(kind: str, names: str, make: Callable[[Draw], str]) -> Lookalike:
    return Lookalike(kind, tuple(names.split(", ")), make)


def _digest(name: str, draw: Draw) -> bytes:
    return hashlib.new(name, draw.randbytes(16)).digest()


def _isbn10(draw: Draw) -> str:
    digits = "3" + draw.digits(8)
    check = -sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11
    return f"{digits[0]}-{digits[1:4]}-{digits[4:9]}-{'0123456789X'[check]}"


def _isbn13(draw: Draw) -> str:
    digits = "9783" + draw.digits(8)
    return f"{digits[:3]}-{digits[3]}-{digits[4:7]}-{digits[7:12]}-{ean(digits)}"


def _ean13(draw: Draw) -> str:
    digits = "40" + draw.digits(10)
    return digits + ean(digits)


def _bad_luhn(draw: Draw) -> str:
    digits = "4" + draw.digits(14)
    return digits + str((int(luhn(digits)) + draw.randint(1, 9)) % 10)


def _public_key(draw: Draw) -> str:
    return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + draw.base64(43) + " build-host"


def _image(draw: Draw) -> str:
    return "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA" + draw.base64(draw.randint(300, 900)) + "=="


def _words_id(draw: Draw) -> str:
    parts = [
        draw.one("render", "update", "handle", "compute", "user", "order", "cache", "index", "retry", "stream")
        for _ in range(4)
    ]
    return draw.one("_".join(parts), "-".join(parts), parts[0] + "".join(part.title() for part in parts[1:]))


VALUES = (
    _like("sha-256", "sha256, checksum, digest", lambda d: _digest("sha256", d).hex()),
    _like("sha-1 of git", "commit, revision, commit sha", lambda d: _digest("sha1", d).hex()),
    _like("md5", "md5, content md5", lambda d: _digest("md5", d).hex()),
    _like("sri", "integrity", lambda d: "sha384-" + base64.b64encode(_digest("sha384", d)).decode()),
    _like("image digest", "image digest, image", lambda d: f"registry.internal/{d.lower(6)}@sha256:{d.hex(64)}"),
    _like("uuid", "request id, correlation id, tenant id, trace id", lambda d: d.uuid()),
    _like("span id", "span id, parent span", lambda d: d.hex(16)),
    _like("etag", "etag", lambda d: f'W/"{d.hex(32)}"'),
    _like("short sha", "build, short sha", lambda d: d.hex(8)),
    _like("object id", "document id, mongo id", lambda d: d.hex(24)),
    _like("ulid", "event id", lambda d: "01J" + d.of("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 23)),
    _like("version", "version, release, firmware version", lambda d: d.one("{0}.{1}.{2}", "{0}.{1}.{2}.{3}", "v{0}.{1}.{2}-rc.{3}", "{0}.{1}.{2}+build.{3}").format(*(d.randint(0, 40) for _ in range(4)))),
    _like("order number", "order number, order id, invoice no", lambda d: d.one(f"ORD-{d.number(2019, 2026)}-{d.digits(6)}", d.number(10**9, 10**10), f"INV{d.digits(8)}", f"{d.digits(3)}-{d.digits(7)}-{d.digits(7)}")),
    _like("tracking number", "tracking number, shipment", lambda d: d.one("1Z" + d.of(UPPERNUM, 6) + d.digits(10), d.digits(12), f"{d.upper(2)}{d.digits(9)}DE", "00340" + d.digits(15))),
    _like("isbn-13", "ISBN", _isbn13),
    _like("isbn-10", "ISBN", _isbn10),
    _like("ean", "EAN, barcode, GTIN", _ean13),
    _like("epoch", "created at, timestamp, expires", lambda d: d.one(str(d.randint(1_500_000_000, 1_900_000_000)), str(d.randint(1_500_000_000_000, 1_900_000_000_000)))),
    _like("iso time", "created at, updated at", lambda d: f"{d.day(2015, 2026)}T{d.number(0, 23, 2)}:{d.number(0, 59, 2)}:{d.number(0, 59, 2)}.{d.digits(3)}Z"),
    _like("float", "loss, ratio, weight", lambda d: repr(d.random() * 10 ** d.randint(-6, 6))),
    _like("card that fails luhn", "reference, batch number", _bad_luhn),
    _like("long number", "sequence, counter, row id", lambda d: d.number(10 ** (d.randint(8, 19)), 10**20)),
    _like("colour", "colour, background, accent", lambda d: "#" + d.hex(d.choice((3, 6, 8)))),
    _like("resource id", "instance id, subnet id, volume", lambda d: f"{d.one('i', 'vpc', 'subnet', 'vol', 'ami', 'sg')}-0{d.hex(16)}"),
    _like("arn", "role arn, topic arn", lambda d: f"arn:aws:{d.one('iam', 'sns', 'lambda')}:{d.one('', 'eu-west-1')}:{d.digits(12)}:{d.one('role', 'topic', 'function')}/{d.lower(9)}"),
    _like("identifier", "function, metric, event name, cache key", _words_id),
    _like("path", "path, output, config file", lambda d: f"/usr/lib/{d.lower(6)}/{_words_id(d)}/{d.lower(8)}.so.{d.digits(1)}"),
    _like("url", "homepage, endpoint, documentation", lambda d: f"https://docs.{d.lower(8)}.io/{_words_id(d)}/{d.digits(4)}#{d.lower(6)}"),
    _like("public ssh key", "public key, authorized key", _public_key),
    _like("base64 image", "icon, logo, avatar", _image),
    _like("publishable key", "Stripe publishable key", lambda d: "pk_live_" + d.base62(24)),
    _like("ticket key", "issue, ticket", lambda d: f"{d.upper(4)}-{d.number(1, 9999)}"),
    _like("chat id", "channel, channel id", lambda d: "C0" + d.of(UPPERNUM, 9)),
    _like("asset name", "bundle, chunk, asset", lambda d: f"main.{d.hex(8)}.chunk.js"),
    _like("package version", "package, dependency", lambda d: f"@{d.lower(5)}/{d.lower(8)}@{d.number(1, 30)}.{d.number(0, 20)}.{d.number(0, 20)}"),
    _like("env lookup", "api key, auth token, client secret, password", lambda d: d.one("${API_TOKEN}", "$(cat /run/secrets/token)", "process.env.API_KEY", "os.environ['TOKEN']", "{{ .Values.token }}", "${{ secrets.DEPLOY_TOKEN }}", "env:API_SECRET", "vault:kv/data/app#token", "%API_KEY%")),
    _like("placeholder", "api key, auth token, client secret, password", lambda d: d.one("<your-api-key>", "YOUR_API_KEY_HERE", "changeme", "xxxxxxxxxxxxxxxxxxxxxxxx", "********", "REPLACE_ME", "insert-token-here", "dummy", "TODO", "example-secret-value", "not-a-real-token", "...", "redacted")),
    _like("sample of a vendor", "AWS access key id, api key", lambda d: d.one("AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xoxb-your-token-here", "glpat-xxxxxxxxxxxxxxxxxxxx", "sk_test_xxxxxxxxxxxxxxxxxxxxxxxx", "sk-ant-api03-...", "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")),
    _like("test card", "card, test card", lambda d: d.one("4242 4242 4242 4242", "5555555555554444", "378282246310005", "4242424242424242", "6011111111111117")),
    _like("type or state", "password, token, secret, credential", lambda d: d.one("null", "true", "string", "required", "None", "undefined", "enabled", "hidden", "expired", "SecretStr")),
    _like("translation", "password, passwort, token label", lambda d: d.one("Passwort eingeben", "Mot de passe oublié ?", "Contraseña", "Your token has expired", "Please confirm your new password", "Enter API key", "Senha incorreta", "Nieuw wachtwoord")),
    _like("secret's name", "secret name, token name, key vault", lambda d: d.one("prod-db-password", "github-token", "my-api-key", "service-account-token", "tls-cert", "db_password_v2", "default-token")),
    _like("duration or size", "token ttl, max tokens, password length, token count", lambda d: d.one("3600", "24h", "128000", "12", "4096", "P30D", "15 minutes")),
    _like("sample ssn", "ssn", lambda d: d.one("000-12-3456", "666-45-6789", "078-05-1120", "123-00-4567", "987-65-0000")),
    _like("local address", "host, bind address, gateway", lambda d: d.one("127.0.0.1", "0.0.0.0", "192.0.2.17", "198.51.100.4", "::1", "255.255.255.0", "localhost")),  # noqa: S104 - text, not a socket
    _like("not a person", "name, title, author team", lambda d: d.one("Visual Studio", "New York", "Monday Morning", "Release Manager", "Default Project", "Machine Learning", "North America", "Main Menu", "Data Platform Team")),
    _like("hex test vector", "expected, input vector, nonce", lambda d: "0x" + d.one("0b" * 20, "000102030405060708090a0b0c0d0e0f", "aa" * 32, d.hex(32))),
    _like("base64 text", "body, message, payload", lambda d: base64.b64encode(" ".join(d.one("the", "build", "was", "fine", "again", "today", "we", "ship", "it", "later") for _ in range(12)).encode()).decode()),
    _like("slug", "slug, branch, host name", lambda d: f"{d.one('feature', 'fix', 'release')}/{d.lower(6)}-{d.lower(5)}-{d.number(1, 900)}"),
    _like("sku", "sku, part number, model", lambda d: f"{d.upper(3)}-{d.digits(4)}-{d.upper(2)}{d.digits(2)}"),
    _like("cron", "schedule", lambda d: f"{d.number(0, 59)} {d.number(0, 23)} * * {d.number(0, 6)}"),
    _like("mime boundary", "boundary", lambda d: "----WebKitFormBoundary" + d.of(LOWERNUM + UPPERNUM, 16)),
    _like("wrong iban", "reference", lambda d: f"DE{d.number(3, 9, 2)}0000{d.digits(4)}0000{d.digits(4)}" + "00"),
)  # fmt: skip
