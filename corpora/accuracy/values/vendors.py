"""Source hosts, package registries, AI providers and services, as their documentation shows keys and tokens."""

from __future__ import annotations

import base64
import json
from zlib import crc32

from corpora.accuracy.checks import crc32_base62
from corpora.accuracy.draw import BASE32, LOWERNUM, Draw
from corpora.accuracy.values.value import secret


def _github(draw: Draw) -> str:
    body = draw.base62(30)
    return f"{draw.one('ghp', 'gho', 'ghu', 'ghs')}_{body}{crc32_base62(body)}"


def _npm(draw: Draw) -> str:
    body = draw.base62(30)
    return f"npm_{body}{crc32_base62(body)}"


def _grafana(draw: Draw) -> str:
    body = "glsa_" + draw.base62(32)
    return f"{body}_{crc32(body.encode()).to_bytes(4, 'little').hex()}"


def _grafana_cloud(draw: Draw) -> str:
    document = {"o": draw.digits(6), "n": "ci-write", "k": draw.base62(24), "m": {"r": "prod-eu-west-2"}}
    return "glc_" + base64.b64encode(json.dumps(document, separators=(",", ":")).encode()).decode()


def _pypi(draw: Draw) -> str:
    return "pypi-AgEIcHlwaS5vcmcCJ" + draw.base64url(draw.randint(150, 180))


def _discord(draw: Draw) -> str:
    user = base64.b64encode(draw.number(10**17, 10**18 - 1).encode()).decode().rstrip("=")
    return f"{user}.G{draw.base62(5)}.{draw.base64url(38)}"


def _mapbox(draw: Draw) -> str:
    document = {"u": "fieldwork", "a": "c" + draw.of(LOWERNUM, 24)}
    return f"sk.{base64.urlsafe_b64encode(json.dumps(document, separators=(',', ':')).encode()).decode().rstrip('=')}.{draw.base64url(22)}"


VALUES = (
    secret("github_token", "GitHub token, GH token", _github),
    secret("github_fine_grained_token", "GitHub PAT", lambda d: f"github_pat_11{d.of(BASE32, 20)}_{d.base62(59)}"),
    secret("gitlab_token", "GitLab token", lambda d: d.one("glpat-", "gldt-", "glptt-") + d.base64url(20)),
    secret("gitlab_token", "GitLab runner token", lambda d: "glrt-" + d.base64url(20)),
    secret("bitbucket_token", "Bitbucket app password", lambda d: "ATBB" + d.base62(24) + d.hex(8).upper()),
    secret("npm_token", "npm token", _npm),
    secret("pypi_token", "PyPI token, Twine password", _pypi),
    secret("rubygems_key", "RubyGems API key", lambda d: "rubygems_" + d.hex(48)),
    secret("nuget_key", "NuGet API key", lambda d: "oy2" + d.of(LOWERNUM, 43)),
    secret("crates_io_token", "crates.io token", lambda d: "cio" + d.base62(32)),
    secret(
        "openai_api_key",
        "OpenAI API key",
        lambda d: f"sk-{d.one('proj', 'svcacct', 'admin')}-{d.base64url(74)}T3BlbkFJ{d.base64url(74)}",
    ),
    secret("openai_api_key", "OpenAI key", lambda d: f"sk-{d.base62(20)}T3BlbkFJ{d.base62(20)}"),
    secret("anthropic_api_key", "Anthropic API key, Claude key", lambda d: f"sk-ant-api03-{d.base64url(93)}AA"),
    secret("openrouter_api_key", "OpenRouter API key", lambda d: "sk-or-v1-" + d.hex(64)),
    secret(
        "huggingface_token",
        "Hugging Face token, HF token",
        lambda d: "hf_" + d.of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 34),
    ),
    secret("groq_api_key", "Groq API key", lambda d: f"gsk_{d.base62(20)}WGdyb3FY{d.base62(24)}"),
    secret("replicate_api_token", "Replicate API token", lambda d: "r8_" + d.base62(37)),
    secret("perplexity_api_key", "Perplexity API key", lambda d: "pplx-" + d.base62(48)),
    secret("xai_api_key", "xAI API key", lambda d: "xai-" + d.base62(80)),
    secret("nvidia_api_key", "NVIDIA API key", lambda d: "nvapi-" + d.base64url(64)),
    secret("langsmith_api_key", "LangSmith API key", lambda d: f"lsv2_pt_{d.hex(32)}_{d.hex(10)}"),
    secret("mistral_api_key", "Mistral API key", lambda d: d.base62(32), named=True),
    secret("cohere_api_key", "Cohere API key", lambda d: d.base62(40), named=True),
    secret("sk_hex_api_key", "DeepSeek API key", lambda d: "sk-" + d.hex(32)),
    secret(
        "slack_token",
        "Slack token, Slack bot token",
        lambda d: f"{d.one('xoxb', 'xoxp')}-{d.digits(12)}-{d.digits(13)}-{d.base62(24)}",
    ),
    secret(
        "slack_webhook_url",
        "Slack webhook",
        lambda d: f"https://hooks.slack.com/services/T{d.of(BASE32, 10)}/B{d.of(BASE32, 10)}/{d.base62(24)}",
    ),
    secret("discord_bot_token", "Discord bot token", _discord),
    secret(
        "discord_webhook_url",
        "Discord webhook",
        lambda d: f"https://discord.com/api/webhooks/{d.number(10**18, 10**19 - 1)}/{d.base64url(68)}",
    ),
    secret("telegram_bot_token", "Telegram bot token", lambda d: f"{d.number(10**9, 8 * 10**9)}:AA{d.base64url(33)}"),
    secret(
        "teams_webhook_url",
        "Teams webhook",
        lambda d: (
            f"https://corp.webhook.office.com/webhookb2/{d.uuid()}@{d.uuid()}/IncomingWebhook/{d.hex(32)}/{d.uuid()}"
        ),
    ),
    secret("twilio_key_named", "Twilio auth token", lambda d: d.hex(32), named=True),
    secret("twilio_key", "Twilio API key", lambda d: "SK" + d.hex(32)),
    secret("sendgrid_api_key", "SendGrid API key", lambda d: f"SG.{d.base64url(22)}.{d.base64url(43)}"),
    secret("mailgun_api_key_named", "Mailgun API key", lambda d: f"{d.hex(32)}-{d.hex(8)}-{d.hex(8)}", named=True),
    secret("mailchimp_api_key", "Mailchimp API key", lambda d: f"{d.hex(32)}-us{d.number(1, 22)}"),
    secret("brevo_api_key", "Brevo API key", lambda d: f"xkeysib-{d.hex(64)}-{d.base62(16)}"),
    secret("postmark_token", "Postmark server token", lambda d: d.uuid(), named=True),
    secret("resend_api_key", "Resend API key", lambda d: f"re_{d.base62(8)}_{d.base62(24)}"),
    secret(
        "stripe_secret_key", "Stripe secret key", lambda d: d.one("sk_live_", "rk_live_", "sk_live_51") + d.base62(97)
    ),
    secret("webhook_signing_secret", "Stripe webhook secret", lambda d: "whsec_" + d.base62(32)),
    secret("shopify_token", "Shopify access token", lambda d: d.one("shpat_", "shpss_", "shpca_") + d.hex(32)),
    secret("square_token", "Square access token", lambda d: "EAAAl" + d.base64url(59)),
    secret("razorpay_key", "Razorpay key id", lambda d: "rzp_live_" + d.base62(14)),
    secret(
        "braintree_token",
        "Braintree access token",
        lambda d: f"access_token$production${d.of(LOWERNUM, 16)}${d.hex(32)}",
    ),
    secret("adyen_api_key", "Adyen API key", lambda d: "AQE" + d.base64(85) + "-" + d.base64(43) + "=-" + d.base62(16)),
    secret("databricks_token", "Databricks token", lambda d: "dapi" + d.hex(32)),
    secret("datadog_key", "Datadog API key, DD API key", lambda d: d.hex(32), named=True),
    secret("newrelic_key", "New Relic user key", lambda d: "NRAK-" + d.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 27)),
    secret("grafana_service_token", "Grafana token", _grafana),
    secret("grafana_cloud_token", "Grafana Cloud token", _grafana_cloud),
    secret("sentry_token", "Sentry auth token", lambda d: "sntryu_" + d.hex(64)),
    secret("dynatrace_token", "Dynatrace token", lambda d: f"dt0c01.{d.of(BASE32, 24)}.{d.of(BASE32, 64)}"),
    secret("linear_api_key", "Linear API key", lambda d: "lin_api_" + d.base62(40)),
    secret("notion_token", "Notion token", lambda d: f"ntn_{d.digits(11)}{d.base62(35)}"),
    secret("figma_token", "Figma token", lambda d: "figd_" + d.base64url(40)),
    secret(
        "atlassian_api_token",
        "Jira API token, Atlassian token",
        lambda d: "ATATT3xFfGF0" + d.base64url(172) + "=" + d.hex(8).upper(),
    ),
    secret("airtable_token", "Airtable token", lambda d: f"pat{d.base62(14)}.{d.hex(64)}"),
    secret("hubspot_token", "HubSpot token", lambda d: f"pat-{d.one('na1', 'eu1')}-{d.uuid()}"),
    secret("dropbox_token", "Dropbox token", lambda d: "sl.B" + d.base64url(d.randint(135, 160))),
    secret("postman_api_key", "Postman API key", lambda d: f"PMAK-{d.hex(24)}-{d.hex(34)}"),
    secret("launchdarkly_key", "LaunchDarkly SDK key", lambda d: "sdk-" + d.uuid()),
    secret("mapbox_secret_token", "Mapbox token", _mapbox),
    secret("okta_api_token_named", "Okta API token", lambda d: "00" + d.base64url(40), named=True),
    secret("contentful_token", "Contentful management token", lambda d: "CFPAT-" + d.base64url(43)),
    secret("typeform_token", "Typeform token", lambda d: f"tfp_{d.base62(44)}_{d.base62(14)}"),
    secret("posthog_key", "PostHog personal API key", lambda d: "phx_" + d.base62(43)),
    secret("asana_token", "Asana token", lambda d: f"2/{d.digits(16)}/{d.digits(16)}:{d.hex(32)}"),
    secret(
        "clickup_token",
        "ClickUp API token",
        lambda d: f"pk_{d.digits(8)}_{d.of('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 32)}",
    ),
    secret("algolia_key", "Algolia admin key", lambda d: d.hex(32), named=True),
)
