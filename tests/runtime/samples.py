"""Made-up values in the vendors' formats, check values computed, the same for the same seed. None was ever issued."""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from collections.abc import Callable, Mapping

ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
BASE64 = ALNUM + "+/"
BASE32 = string.ascii_uppercase + "234567"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase

Make = Callable[[random.Random], str]


def chars(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def form(*parts: str | tuple[str, int]) -> Make:
    """Literals and (alphabet, count) pairs, put together."""
    return lambda rng: "".join(part if isinstance(part, str) else chars(rng, *part) for part in parts)


def with_crc32_base62(prefix: str) -> Make:
    def make(rng: random.Random) -> str:
        secret = chars(rng, ALNUM, 30)
        number, check = zlib.crc32(secret.encode()), ""
        for _ in range(6):
            number, digit = divmod(number, 62)
            check = BASE62[digit] + check
        return prefix + secret + check

    return make


def grafana(rng: random.Random) -> str:
    body = "glsa_" + chars(rng, ALNUM, 32)
    return f"{body}_{zlib.crc32(body.encode()).to_bytes(4, 'little').hex()}"


def urlsafe_json(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(rng: random.Random) -> str:
    header = urlsafe_json({"alg": "HS256", "typ": "JWT"})
    return f"{header}.{urlsafe_json({'sub': chars(rng, string.digits, 10)})}.{chars(rng, URLSAFE, 42)}A"


def pem(kind: str) -> Make:
    def make(rng: random.Random) -> str:
        body = "\n".join(chars(rng, BASE64, 64) for _ in range(12))
        return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"

    return make


def basic_auth(rng: random.Random) -> str:
    return "Authorization: Basic " + base64.b64encode(f"svc:{chars(rng, ALNUM, 22)}".encode()).decode()


def uuid(rng: random.Random) -> str:
    return "-".join(chars(rng, HEX, count) for count in (8, 4, 4, 4, 12))


def luhn(digits: str) -> str:
    """The digits and their check digit."""
    total = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def card(prefix: str, length: int, groups: tuple[int, ...] = (), separator: str = " ") -> Make:
    def make(rng: random.Random) -> str:
        number = luhn(prefix + chars(rng, string.digits, length - len(prefix) - 1))
        parts, at = [], 0
        for size in groups or (length,):
            parts.append(number[at : at + size])
            at += size
        return separator.join(parts)

    return make


def iban(country: str, bban: str, *, spaced: bool) -> Make:
    """`bban` holds d for a digit, U for a capital."""

    def make(rng: random.Random) -> str:
        body = "".join(rng.choice(string.digits if kind == "d" else string.ascii_uppercase) for kind in bban)
        number = int("".join(str(int(c, 36)) for c in body + country + "00"))
        text = f"{country}{98 - number % 97:02d}{body}"
        return " ".join(text[i : i + 4] for i in range(0, len(text), 4)) if spaced else text

    return make


def launchdarkly(prefix: str) -> Make:
    def make(rng: random.Random) -> str:
        return f"{prefix}-{uuid4(rng)}"

    return make


def uuid4(rng: random.Random) -> str:
    first, second, third, fourth, fifth = uuid(rng).split("-")
    return "-".join((first, second, "4" + third[1:], "8" + fourth[1:], fifth))


def teams(rng: random.Random) -> str:
    group, tenant, owner = (uuid(rng) for _ in range(3))
    path = f"webhookb2/{group}@{tenant}/IncomingWebhook/{chars(rng, HEX, 32)}/{owner}"
    return f"https://acmecorp.webhook.office.com/{path}"


def putty(rng: random.Random) -> str:
    lines = "\n".join(chars(rng, BASE64, 64) for _ in range(4))
    return (
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: deploy\nPublic-Lines: 2\n"
        f"{lines}\nPrivate-Lines: 1\n{chars(rng, BASE64, 48)}\nPrivate-MAC: {chars(rng, HEX, 64)}"
    )


SECRETS: Mapping[str, tuple[Make, ...]] = {
    "alibaba_access_key_id": (form("LTAI5t", (ALNUM, 16), "7Q"),),
    "facebook_token": (form("EAAG", (ALNUM, 180)),),
    "launchdarkly_key": (launchdarkly("sdk"), launchdarkly("api")),
    "nuget_key": (form("oy2", (LOWER, 43)),),
    "teams_webhook_url": (teams,),
    "contentful_token": (form("CFPAT-", (URLSAFE, 42), "w"),),
    "easypost_api_key": (form("EZAK", (ALNUM, 54)), form("EZTK", (ALNUM, 54))),
    "typeform_token": (form("tfp_", (URLSAFE, 58), "h"),),
    "aws_access_key_id": (form("AKIA", (BASE32, 16)), form("ASIA", (BASE32, 16))),
    "aws_session_token": (form("IQoJb3JpZ2lu", (BASE64, 300)),),
    "aws_bedrock_api_key": (form("ABSKQmVkcm9ja0FQSUtleS", (BASE64, 110)),),
    "google_api_key": (form("AIza", (URLSAFE, 34), "x"),),
    "google_oauth_client_secret": (form("GOCSPX-", (URLSAFE, 27), "q"),),
    "google_oauth_token": (form("ya29.", (URLSAFE, 120), "k"), form("1//0", (URLSAFE, 98), "k")),
    "azure_client_secret": (form((ALNUM, 3), "8Q~", (URLSAFE + "~.", 33), "k"),),
    "azure_devops_token": (form((ALNUM, 76), "AZDO", (ALNUM, 4)),),
    "digitalocean_token": (form("dop_v1_", (HEX, 64)),),
    "heroku_api_key": (form("HRKU-", (URLSAFE, 57), "k"),),
    "flyio_token": (form("fm2_", (BASE64, 200), "k"),),
    "netlify_token": (form("nfp_", (ALNUM, 36)),),
    "supabase_key": (form("sbp_", (HEX, 40)), form("sb_secret_", (URLSAFE, 30), "k")),
    "planetscale_token": (form("pscale_tkn_", (URLSAFE, 42), "k"),),
    "tailscale_key": (form("tskey-auth-", (ALNUM, 16), "-", (ALNUM, 32)),),
    "github_token": tuple(map(with_crc32_base62, ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"))),
    "github_fine_grained_token": (form("github_pat_", (ALNUM, 22), "_", (ALNUM, 59)),),
    "gitlab_token": (form("glpat-", (URLSAFE, 19), "k"), form("glrt-", (URLSAFE, 26), "k.01.", (LOWER, 9))),
    "bitbucket_token": (form("ATBB", (ALNUM, 32)),),
    "npm_token": (with_crc32_base62("npm_"),),
    "pypi_token": (form("pypi-AgEIcHlwaS5vcmc", (URLSAFE, 140), "k"),),
    "rubygems_key": (form("rubygems_", (HEX, 48)),),
    "docker_token": (form("dckr_pat_", (URLSAFE, 26), "k"),),
    "terraform_token": (form((ALNUM, 14), ".atlasv1.", (URLSAFE, 66), "k"),),
    "pulumi_token": (form("pul-", (HEX, 40)),),
    "vault_token": (form("hvs.", (URLSAFE, 90), "k"),),
    "doppler_token": (form("dp.pt.", (ALNUM, 43)),),
    "onepassword_service_token": (form("ops_eyJ", (URLSAFE, 400), "k"),),
    "ci_token": (form("bkua_", (HEX, 40)), form("CCIPAT_", (ALNUM, 22), "_", (HEX, 40))),
    "sonar_token": (form("squ_", (HEX, 40)),),
    "artifactory_token": (form("AKCp", (ALNUM, 69)),),
    "openai_api_key": (
        form("sk-proj-", (URLSAFE, 74), "T3BlbkFJ", (URLSAFE, 73), "k"),
        form("sk-", (ALNUM, 20), "T3BlbkFJ", (ALNUM, 20)),
    ),
    "anthropic_api_key": (form("sk-ant-api03-", (URLSAFE, 93), "AA"),),
    "openrouter_api_key": (form("sk-or-v1-", (HEX, 64)),),
    "huggingface_token": (form("hf_", (string.ascii_letters, 34)),),
    "groq_api_key": (form("gsk_", (ALNUM, 52)),),
    "replicate_api_token": (form("r8_", (ALNUM, 37)),),
    "perplexity_api_key": (form("pplx-", (ALNUM, 48)),),
    "xai_api_key": (form("xai-", (ALNUM, 80)),),
    "nvidia_api_key": (form("nvapi-", (URLSAFE, 63), "k"),),
    "langsmith_api_key": (form("lsv2_pt_", (HEX, 32), "_", (HEX, 10)),),
    "slack_token": (
        form("xoxb-", (string.digits, 12), "-", (string.digits, 13), "-", (ALNUM, 24)),
        form("xoxp-", *(((string.digits, 12), "-") * 3), (HEX, 32)),
        form("xoxe.xoxp-1-", (ALNUM, 150)),
    ),
    "slack_app_token": (form("xapp-1-", (UPPER, 11), "-", (string.digits, 13), "-", (HEX, 64)),),
    "slack_webhook_url": (
        form("https://hooks.slack.com/services/T", (UPPER, 10), "/B", (UPPER, 10), "/", (ALNUM, 24)),
    ),
    "discord_bot_token": (form("MT", (ALNUM, 24), ".G", (ALNUM, 5), ".", (URLSAFE, 37), "k"),),
    "discord_webhook_url": (form("https://discord.com/api/webhooks/", (string.digits, 19), "/", (URLSAFE, 67), "k"),),
    "telegram_bot_token": (form("7", (string.digits, 9), ":AA", (URLSAFE, 32), "k"),),
    "twilio_key": (form("SK", (HEX, 32)),),
    "sendgrid_api_key": (form("SG.", (URLSAFE, 22), ".", (URLSAFE, 42), "k"),),
    "mailgun_api_key": (form("key-", (HEX, 32)),),
    "mailchimp_api_key": (form((HEX, 32), "-us12"),),
    "brevo_api_key": (form("xkeysib-", (HEX, 64), "-", (ALNUM, 16)),),
    "stripe_secret_key": (form("sk_live_", (ALNUM, 24)), form("rk_test_", (ALNUM, 99))),
    "webhook_signing_secret": (form("whsec_", (ALNUM, 32)),),
    "shopify_token": (form("shpat_", (HEX, 32)),),
    "square_token": (form("sq0atp-", (URLSAFE, 21), "k"), form("EAAAl", (URLSAFE, 58), "k")),
    "braintree_token": (form("access_token$production$", (LOWER, 16), "$", (HEX, 32)),),
    "razorpay_key": (form("rzp_live_", (ALNUM, 14)),),
    "databricks_token": (form("dapi", (HEX, 32)),),
    "newrelic_key": (form("NRAK-", (UPPER, 27)),),
    "grafana_service_token": (grafana,),
    "grafana_cloud_token": (form("glc_eyJ", (ALNUM, 100)),),
    "sentry_token": (form("sntrys_eyJ", (ALNUM, 150)), form("sntryu_", (HEX, 64))),
    "dynatrace_token": (form("dt0c01.", (BASE32, 24), ".", (BASE32, 64)),),
    "linear_api_key": (form("lin_api_", (ALNUM, 40)),),
    "notion_token": (form("ntn_", (ALNUM, 46)), form("secret_", (ALNUM, 43))),
    "figma_token": (form("figd_", (URLSAFE, 39), "k"),),
    "atlassian_api_token": (form("ATATT3xFfGF0", (URLSAFE, 170), "=", (UPPER, 8)),),
    "airtable_token": (form("pat", (ALNUM, 14), ".", (HEX, 64)),),
    "hubspot_token": (lambda rng: "pat-na1-" + uuid(rng),),
    "dropbox_token": (form("sl.", (URLSAFE, 140), "k"),),
    "postman_api_key": (form("PMAK-", (HEX, 24), "-", (HEX, 34)),),
    "prefect_api_key": (form("pnu_", (ALNUM, 36)),),
    "mapbox_secret_token": (form("sk.eyJ", (ALNUM, 80), ".", (URLSAFE, 21), "k"),),
    "age_secret_key": (form("AGE-SECRET-KEY-1", ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),),
    "jwt": (jwt,),
}
"""Tokens that are told by their form alone."""

ASSIGNED: Mapping[str, tuple[Make, ...]] = {
    "aws_secret_access_key": (form("aws_secret_access_key = ", (BASE64, 40)), form("SecretAccessKey: ", (BASE64, 40))),
    "azure_storage_key": (form("AccountKey=", (BASE64, 86), "=="),),
    "azure_shared_access_key": (form("SharedAccessKey=", (BASE64, 43), "="),),
    "azure_sas_token": (form("sv=2024-11-04&ss=b&srt=sco&sp=rwdl&se=2027-01-01T00:00:00Z&sig=", (ALNUM, 43), "%3D"),),
    "okta_api_token": (form("Authorization: SSWS 00", (URLSAFE, 39), "Z"),),
    "npmrc_auth_token": (lambda rng: "//registry.corp.io/:_authToken=" + uuid(rng),),
    "netrc_password": (
        form("machine api.corp.io login deploy password ", (ALNUM, 22)),
        form("machine api.corp.io\n  login deploy\n  password ", (ALNUM, 22)),
    ),
    "curl_user_password": (form("curl -s -u svc:", (ALNUM, 20), " https://repo.corp.io"),),
    "xml_secret": (form("<apiKey>", (ALNUM, 32), "</apiKey>"), form("<auth_token>", (HEX, 40), "</auth_token>")),
    "heroku_api_key": (lambda rng: "HEROKU_API_KEY=" + uuid(rng),),
    "cloudflare_api_token": (form("CLOUDFLARE_API_TOKEN=", (URLSAFE, 39), "k"),),
    "datadog_key": (form("DD_API_KEY=", (HEX, 32)), form("datadog app key: ", (HEX, 40))),
    "twilio_key": (form("TWILIO_AUTH_TOKEN=", (HEX, 32)),),
    "database_url_password": (form("postgresql://svc_orders:", (ALNUM, 20), "@db.internal:5432/orders"),),
    "url_password": (form("https://deploy:", (ALNUM, 20), "@repo.corp.io/artifacts"),),
    "connection_string_password": (form("Server=db1;Database=hr;User Id=app;Password=", (ALNUM, 18), ";"),),
    "basic_auth_header": (basic_auth,),
    "generic_secret": (
        form("client_secret = '", (ALNUM, 32), "'"),
        form("INTERNAL_API_KEY=", (HEX, 40)),
        form("Authorization: Bearer ", (ALNUM, 40)),
    ),
    "generic_password": (form('password = "', (ALNUM, 14), '"'), form("DB_PASSWORD=", (ALNUM, 11), "7#", (ALNUM, 4))),
}  # fmt: skip
"""Secrets that need the name or the syntax beside them: the whole text; the finding is its random part."""

ARMOURED: Mapping[str, tuple[Make, ...]] = {
    "private_key": tuple(
        map(pem, ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"))
    ),
    "putty_private_key": (putty,),
}

PII: Mapping[str, tuple[Make, ...]] = {
    "pii.email": (
        form((string.ascii_lowercase, 5), ".", (string.ascii_lowercase, 7), "@corp-mail.co.uk"),
        form("a", (LOWER, 3), "+x@b.io"),
    ),
    "pii.phone": (
        form("+49 30 ", (string.digits[1:], 8)),
        form("+44 20 7", (string.digits, 3), " ", (string.digits, 4)),
        form("(212) 5", (string.digits, 2), "-", (string.digits, 4)),
        form("415-6", (string.digits, 2), "-", (string.digits, 4)),
        form("+1 312 6", (string.digits, 2), " ", (string.digits, 4)),
    ),
    "pii.us_ssn": (form("5", ("12345678", 2), "-", ("12345678", 2), "-4", (string.digits, 3)),),
    "pii.ip_address": (
        form("10.", ("123456789", 1), "1.20.", ("123456789", 2)),
        form("2001:db8:", (HEX, 3), "1::", ("123456789abcdef", 4)),
        form("fe80:", *(((HEX, 3), "1:") * 6), (HEX, 4)),
    ),
    "payment.iban": (
        iban("DE", "d" * 18, spaced=True),
        iban("GB", "UUUU" + "d" * 14, spaced=False),
        iban("BE", "d" * 12, spaced=True),
        iban("NL", "UUUU" + "d" * 10, spaced=True),
        iban("ES", "d" * 20, spaced=False),
        iban("PL", "d" * 24, spaced=True),
        iban("NO", "d" * 11, spaced=True),
        iban("MT", "UUUU" + "d" * 23, spaced=False),
    ),
    "payment.card": (
        card("4", 16, (4, 4, 4, 4)),
        card("4", 16),
        card("4", 19),
        card("51", 16, (4, 4, 4, 4), "-"),
        card("2221", 16),
        card("2720", 16, (4, 4, 4, 4)),
        card("37", 15, (4, 6, 5)),
        card("2131", 15),
        card("1800", 15),
        card("3528", 16),
        card("36", 14, (4, 6, 4)),
        card("5018", 12),
        card("6011", 16),
        card("622126", 19),
    ),
}  # fmt: skip

CARRIERS: Mapping[str, Callable[[str], str]] = {
    "alone": lambda value: value,
    "prose": lambda value: f"Please use {value}, it works for me.",
    "end of sentence": lambda value: f"The value is {value}.",
    "json": lambda value: json.dumps({"id": 7, "value": value, "on": True}),
    "env": lambda value: f"export SETTING={value}\nDEBUG=1",
    "code": lambda value: f'client = Client("{value}")  # prod',
    "url": lambda value: f"see https://api.corp.io/v1/items?p={value}&page=2",
    "diff": lambda value: f"@@ -1,2 +1,2 @@\n-value: old\n+value: {value}\n",
    "yaml": lambda value: f"service:\n  value: {value}\n  replicas: 3\n",
    "markdown": lambda value: f"Run it with `{value}` and **then** wait.",
}
