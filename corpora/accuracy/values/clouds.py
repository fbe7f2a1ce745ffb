"""Cloud platforms, infrastructure and delivery, as their documentation shows keys and tokens."""

from __future__ import annotations

import base64
import json

from corpora.accuracy.draw import BASE32, LOWERNUM, Draw
from corpora.accuracy.values.value import secret


def _aws_session(draw: Draw) -> str:
    return "IQoJb3JpZ2luX2Vj" + draw.base64(draw.randint(300, 520)) + "=="


def _azure_sas(draw: Draw) -> str:
    signature = draw.base64(43).replace("+", "%2B").replace("/", "%2F")
    return (
        f"sv=2023-11-03&ss=b&srt=co&sp=rl&se=2027-0{draw.randint(1, 9)}-01T00:00:00Z&spr=https&sig=\0{signature}%3D\0"
    )


def _one_password(draw: Draw) -> str:
    payload = {
        "signInAddress": "corp.1password.com",
        "userAuth": {"method": "SRPg-4096", "alg": "PBES2g-HS256", "iterations": 650000, "salt": draw.base64url(22)},
        "email": f"{draw.lower(13)}@1passwordserviceaccounts.com",
        "srpX": draw.hex(64),
        "muk": {"alg": "A256GCM", "ext": True, "k": draw.base64url(43), "key_ops": ["decrypt", "encrypt"]},
        "secretKey": f"A3-{draw.upper(6)}-{draw.upper(6)}-{draw.upper(5)}-{draw.upper(5)}-{draw.upper(5)}-{draw.upper(5)}",
    }
    return "ops_" + base64.b64encode(json.dumps(payload, separators=(",", ":")).encode()).decode().rstrip("=")


def _service_account_jwt(draw: Draw) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")

    claims = {
        "iss": "kubernetes/serviceaccount",
        "kubernetes.io/serviceaccount/namespace": "prod",
        "kubernetes.io/serviceaccount/service-account.uid": draw.uuid(),
        "sub": "system:serviceaccount:prod:deployer",
    }
    return f"{part({'alg': 'RS256', 'kid': draw.base64url(43)})}.{part(claims)}.{draw.base64url(342)}"


VALUES = (
    secret(
        "aws_access_key_id",
        "AWS access key id, AWS access key",
        lambda d: d.one("AKIA", "ASIA") + d.of(BASE32, 16),
    ),
    secret(
        "aws_secret_access_key",
        "AWS secret access key, AWS secret access key",
        lambda d: d.base64(40),
        named=True,
    ),
    secret("aws_session_token", "AWS session token", _aws_session),
    secret(
        "aws_bedrock_api_key",
        "Bedrock API key, AWS bearer token bedrock",
        lambda d: "ABSKQmVkcm9ja0FQSUtleS" + d.base64(109) + "=",
    ),
    secret(
        "google_api_key",
        "Google API key, Gemini API key, Maps key",
        lambda d: "AIza" + d.of("Sy" + LOWERNUM, 1) + d.base64url(34),
    ),
    secret("google_oauth_client_secret", "Google client secret", lambda d: "GOCSPX-" + d.base64url(28)),
    secret("google_oauth_token", "Google access token", lambda d: "ya29.a0" + d.base64url(d.randint(150, 210))),
    secret("azure_storage_key", "Azure storage account key, storage key", lambda d: d.base64(86) + "==", named=True),
    secret("azure_sas_token", "SAS token, blob SAS", _azure_sas),
    secret(
        "azure_client_secret",
        "Azure client secret, Entra client secret",
        lambda d: d.base62(3) + d.digits(1) + "Q~" + d.base62(31) + d.of("-_.~", 1) + d.base62(2),
    ),
    secret("azure_devops_token", "Azure DevOps PAT", lambda d: d.base62(76) + "AZDO" + d.base62(4)),
    secret("digitalocean_token", "DigitalOcean token", lambda d: d.one("dop", "doo", "dor") + "_v1_" + d.hex(64)),
    secret("heroku_api_key", "Heroku API key", lambda d: "HRKU-" + d.uuid()),
    secret("cloudflare_api_token", "Cloudflare API token", lambda d: d.base64url(40), named=True),
    secret("flyio_token", "Fly API token", lambda d: "fm2_lJPECAAAAAAA" + d.base64(d.randint(400, 600)) + "=="),
    secret("netlify_token", "Netlify auth token", lambda d: "nfp_" + d.base62(36)),
    secret("vercel_token", "Vercel token", lambda d: d.one("vcp_", "vck_") + d.base62(56)),
    secret("supabase_key", "Supabase access token", lambda d: "sbp_" + d.hex(40)),
    secret("planetscale_token", "PlanetScale password", lambda d: "pscale_pw_" + d.base64url(43)),
    secret("alibaba_access_key_id", "Alibaba access key id", lambda d: "LTAI5t" + d.base62(18)),
    secret(
        "tailscale_key",
        "Tailscale auth key",
        lambda d: f"tskey-auth-k{d.base62(10)}CNTRL-{d.base62(32)}",
    ),
    secret("terraform_token", "Terraform Cloud token", lambda d: f"{d.base62(14)}.atlasv1.{d.base64url(67)}"),
    secret("pulumi_token", "Pulumi access token", lambda d: "pul-" + d.hex(40)),
    secret("vault_token", "Vault token", lambda d: "hvs.CAESI" + d.base64url(90)),
    secret("doppler_token", "Doppler token", lambda d: d.one("dp.pt.", "dp.st.prd.", "dp.ct.") + d.base62(43)),
    secret("onepassword_service_token", "OP service account token", _one_password),
    secret("docker_token", "Docker access token", lambda d: "dckr_pat_" + d.base64url(27)),
    secret("ci_token", "Buildkite token", lambda d: "bkua_" + d.hex(40)),
    secret("ci_token", "CircleCI token", lambda d: f"CCIPAT_{d.base62(22)}_{d.hex(40)}"),
    secret("sonar_token", "Sonar token", lambda d: d.one("squ_", "sqp_", "sqa_") + d.hex(40)),
    secret("artifactory_token", "Artifactory API key", lambda d: "AKCp" + d.digits(1) + d.base62(68)),
    secret("scaleway_secret_key", "Scaleway secret key", lambda d: d.uuid(), named=True),
    secret("jwt", "service account token of the cluster", _service_account_jwt),
)
