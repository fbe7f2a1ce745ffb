"""Workloads without a human: what the tokens of their platforms say.

GitHub Actions (docs.github.com, "OpenID Connect reference"), Kubernetes service accounts (kubernetes.io, "Managing
Service Accounts", bound tokens) and SPIFFE JWT-SVIDs (spiffe.io, "JWT-SVID"). Groups are `claim:value`, such as
`repository:acme/app` or `namespace:prod`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from aigov_enforcers.identity.jose import Claims, TokenError

GITHUB_OWNERS = frozenset(
    {"repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id"}
)
"""Claims that tell whose workflow it is; anybody can run one, and have a token for any audience."""

_GITHUB_GROUPS = (
    *("repository_owner", "repository", "repository_visibility", "ref", "environment", "event_name"),
    *("workflow_ref", "job_workflow_ref", "runner_environment"),
)
_SPIFFE = re.compile(r"(spiffe://[a-z0-9._-]{1,255})(/[A-Za-z0-9._/-]{1,1024})")
_ACCOUNT = re.compile(r"system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})")


class Workload(NamedTuple):
    """A workload: its id, its groups, the name of the place where it runs, and its trust domain, where it has one."""

    id: str
    groups: frozenset[str]
    place: str
    domain: str = ""


def github(claims: Claims) -> Workload:
    """A job of GitHub Actions; its place is the repository. Raises TokenError."""
    subject, repository = _text(claims, "sub"), _text(claims, "repository")
    groups = {f"{name}:{claims[name]}" for name in _GITHUB_GROUPS if isinstance(claims.get(name), str)}
    return Workload(subject, frozenset(groups), repository)


def kubernetes(claims: Claims) -> Workload:
    """A pod by its service account; its place is the namespace. Raises TokenError.

    Only a token that is bound to a pod that lives: one without an object that it is bound to is refused.
    """
    account = _ACCOUNT.fullmatch(_text(claims, "sub"))
    bound = claims.get("kubernetes.io")
    if account is None or not isinstance(bound, Mapping) or not isinstance(bound.get("pod"), Mapping):
        raise TokenError("the token is not that of a pod's service account")
    namespace, name = account.groups()
    if bound.get("namespace") != namespace:
        raise TokenError("the token is not that of a pod's service account")
    return Workload(account[0], frozenset({f"namespace:{namespace}", f"serviceaccount:{namespace}/{name}"}), namespace)


def spiffe(claims: Claims) -> Workload:
    """A workload by its SPIFFE id; its place is the trust domain. Raises TokenError."""
    found = _SPIFFE.fullmatch(_text(claims, "sub"))
    if found is None or any(part in {"", ".", ".."} for part in found[2][1:].split("/")):
        raise TokenError("the token's subject is no SPIFFE id")
    domain, path = found.groups()
    parts = path[1:].split("/")
    above = {f"spiffe:{'/'.join([domain, *parts[:count]])}" for count in range(1, len(parts) + 1)}
    return Workload(found[0], frozenset(above), domain.removeprefix("spiffe://"), domain)


def domain_of(subject: str) -> str:
    """The trust domain of a SPIFFE id, as `spiffe://acme.example`; "" for anything else."""
    found = _SPIFFE.fullmatch(subject)
    return found[1] if found else ""


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise TokenError(f"the token's claim {name} is missing")
    return value
