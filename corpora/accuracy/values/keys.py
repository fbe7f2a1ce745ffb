"""Keys and credentials of no one vendor: PEM and its kin, JSON Web Tokens, passwords in their usual places."""

from __future__ import annotations

import base64
import json
import textwrap

from corpora.accuracy.draw import BASE64URL, LOWERNUM, Draw
from corpora.accuracy.values.value import Family, Value, secret

_WORDS = ("orchid", "falcon", "granite", "river", "copper", "maple", "saturn", "harbor", "ember", "quartz", "tundra")


def _armour(label: str, body: str, head: str = "") -> str:
    return f"-----BEGIN {label}-----\n{head}{body}\n-----END {label}-----"


def _lines(draw: Draw, size: int, start: str, width: int = 64) -> str:
    body = start + draw.base64(size - len(start))
    return "\n".join(textwrap.wrap(body, width))


def _openssh(draw: Draw) -> str:
    return _armour(
        "OPENSSH PRIVATE KEY", _lines(draw, 360, "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAA", 70)
    )


def _putty(draw: Draw) -> str:
    public, private = _lines(draw, 200, "AAAAB3NzaC1yc2EAAAADAQABAAABAQ"), _lines(draw, 800, "AAABA")
    return (
        "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: deploy\n"
        f"Public-Lines: {public.count(chr(10)) + 1}\n{public}\nPrivate-Lines: {private.count(chr(10)) + 1}\n{private}\n"
        f"Private-MAC: {draw.hex(64)}"
    )


def _jwk(draw: Draw) -> str:
    key = {"kty": "EC", "crv": "P-256", "kid": draw.uuid(), "x": draw.base64url(43), "y": draw.base64url(43), "d": "\0"}
    return json.dumps(key).replace("\\u0000", f"\0{draw.base64url(43)}\0")


def jwt(draw: Draw) -> str:
    """RFC 7519, signed with HMAC-SHA-256: header, claims, signature."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")

    claims = {
        "sub": draw.digits(8),
        "aud": draw.one("api", "billing", "admin"),
        "exp": draw.randint(1_790_000_000, 1_900_000_000),
    }
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{draw.of(BASE64URL, 42)}{draw.of('AEIMQUYcgkosw048', 1)}"


def password(draw: Draw) -> str:
    """As people and password managers make them: two words with digits and marks, or random characters."""
    if draw.random() < 0.5:
        first, second = draw.sample(_WORDS, 2)
        return f"{first.title()}{draw.one('-', '_', '!', '#')}{second.title()}{draw.number(10, 9999)}{draw.one('!', '?', '*', '')}"
    return draw.base62(draw.randint(5, 9)) + draw.of("!#%*^", 1) + draw.base62(draw.randint(4, 8))


def _bcrypt(draw: Draw) -> str:
    return f"$2{draw.one('a', 'b', 'y')}${draw.one('10', '12')}${draw.of('./' + BASE64URL[:62], 53)}"


def _argon2(draw: Draw) -> str:
    return f"$argon2id$v=19$m=65536,t=3,p=4${draw.base64(22)}${draw.base64(43)}"


def _shadow(draw: Draw) -> str:
    return f"$6${draw.base62(16)}${draw.of('./' + BASE64URL[:62], 86)}"


def _embedded(detector: str, names: str, before: str, after: str) -> Value:
    """A password inside a fixed surrounding, which is its context."""
    return Value(f"secrets.{detector}", (names,), lambda d: f"{before}\0{_url_safe(d)}\0{after}", Family.SECRET)


def _url_safe(draw: Draw) -> str:
    return draw.base62(draw.randint(12, 24))


VALUES = (
    secret(
        "private_key",
        "private key",
        lambda d: _armour("RSA PRIVATE KEY", _lines(d, 1590, "MIIEpAIBAAKCAQEA") + "=="),
        block=True,
    ),
    secret(
        "private_key",
        "TLS key",
        lambda d: _armour("PRIVATE KEY", _lines(d, 1623, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC") + "="),
        block=True,
    ),
    secret(
        "private_key",
        "EC private key",
        lambda d: _armour("EC PRIVATE KEY", _lines(d, 162, "MHcCAQEEI") + "=="),
        block=True,
    ),
    secret("private_key", "SSH private key", _openssh, block=True),
    secret(
        "private_key",
        "PGP private key",
        lambda d: _armour("PGP PRIVATE KEY BLOCK", _lines(d, 900, "lQdGBG") + f"\n={d.base64(4)}", "\n"),
        block=True,
    ),
    secret("putty_private_key", "PuTTY key", _putty, block=True),
    secret(
        "age_secret_key",
        "age identity",
        lambda d: "AGE-SECRET-KEY-1" + d.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    ),
    secret("jwk_private_key", "signing JWK", _jwk),
    secret("jwt", "JWT, session token, id token", jwt),
    secret("crypt_hash", "password hash", _bcrypt),
    secret("kdf_hash", "password hash", _argon2),
    secret("crypt_hash", "password hash", _shadow),
    secret(
        "generic_secret",
        "API key, client secret, auth token, signing secret",
        lambda d: d.base62(d.randint(24, 48)),
        named=True,
    ),
    secret(
        "generic_secret",
        "internal API token, webhook secret, encryption key",
        lambda d: d.hex(d.choice((32, 48, 64))),
        named=True,
    ),
    secret("generic_secret", "app secret, session secret, service token", lambda d: d.base64(43) + "=", named=True),
    secret("generic_password", "password, admin password, db password, SMTP password", password, named=True),
    _embedded("database_url_password", "database URL", "postgres://billing:", "@db-7.internal:5432/ledger"),
    _embedded("database_url_password", "Mongo URI", "mongodb+srv://svc_reports:", "@cluster0.k3x9a.mongodb.net/app"),
    _embedded("database_url_password", "Redis URL", "rediss://default:", "@cache.internal:6380/0"),
    _embedded("url_password", "mirror URL", "https://deploy:", "@artifacts.internal/simple"),
    _embedded(
        "connection_string_password",
        "connection string",
        "Server=tcp:sql1.internal,1433;Database=crm;User ID=svc;Password=",
        ";Encrypt=true;",
    ),
    _embedded("netrc_password", "netrc entry", "machine api.internal login deploy password ", ""),
    _embedded("curl_user_password", "health check", "curl -s -u probe:", " https://status.internal/health"),
    _embedded("npmrc_auth_token", "npmrc line", "//registry.internal/:_authToken=", ""),
    Value(
        "secrets.basic_auth_header",
        ("basic auth header",),
        lambda d: f"Authorization: Basic \0{base64.b64encode(f'svc-{d.lower(5)}:{d.base62(18)}'.encode()).decode()}\0",
    ),
    Value("secrets.generic_secret", ("bearer header",), lambda d: f"Authorization: Bearer \0{d.base62(40)}\0"),
    Value(
        "secrets.session_cookie",
        ("cookie header",),
        lambda d: f"Cookie: lang=en; sessionid=\0{d.of(LOWERNUM, 32)}\0; theme=dark",
    ),
)
