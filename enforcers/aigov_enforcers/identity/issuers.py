"""Whose tokens are exchanged, and what their claims mean: configuration → the subject that policy sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from aigov_enforcers.identity import workload
from aigov_enforcers.identity.jose import Claims, TokenError
from aigov_enforcers.identity.models import User
from aigov_enforcers.identity.provider import ALGORITHMS, ProviderError, check_url
from aigov_enforcers.identity.tokens import Subject

Kind = Literal["sso", "github", "kubernetes", "spiffe"]

_WORKLOADS: Mapping[str, Callable[[Claims], workload.Workload]] = {
    "github": workload.github,
    "kubernetes": workload.kubernetes,
    "spiffe": workload.spiffe,
}
_DOMAIN = re.compile(r"spiffe://[a-z0-9._-]{1,255}")


class Issuer(BaseModel):
    """One issuer, as configuration names it.

    `audiences`: a token must be for one of them (for SSO: the client's id). `jwks`: where the keys are, when the issuer
    has no discovery. `prefix` stands before its ids, so that two issuers never mean one user. `id`, `email` and
    `groups` are names of claims of the SSO, the latter also a path with dots. `group_names` translates groups, and
    drops what it does not name. `require`: claims that must have one of the values. `places`: kinds of places whose
    devices may exchange its tokens; empty for any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "sso"
    issuer: str
    audiences: frozenset[str] = Field(min_length=1)
    algorithms: frozenset[str] = Field(ALGORITHMS, min_length=1)
    jwks: str = ""
    prefix: Annotated[str, Field(pattern=r"^([a-z0-9-]{1,32}:)?$")] = ""
    id: str = "sub"
    email: str = "email"
    groups: str = "groups"
    group_names: Mapping[str, str] | None = None
    require: Mapping[str, frozenset[str]] = {}
    places: frozenset[Literal["laptop", "ci", "container", "bastion", "server", "unknown"]] = frozenset()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if beyond := self.algorithms - ALGORITHMS:
            raise ValueError(f"`algorithms`: {', '.join(sorted(beyond))}: expected signatures with a public key")
        try:
            if self.kind == "spiffe":
                if not _DOMAIN.fullmatch(self.issuer) or not self.jwks:
                    raise ValueError("a SPIFFE issuer is `spiffe://DOMAIN`, with `jwks` where its bundle is")
            else:
                check_url(self.issuer)
            if self.jwks:
                check_url(self.jwks)
        except ProviderError as error:
            raise ValueError(str(error)) from None
        if self.kind == "github" and not self.require.keys() & workload.GITHUB_OWNERS:
            owners = ", ".join(sorted(workload.GITHUB_OWNERS))
            raise ValueError(f"all of GitHub shares one issuer: `require` must name one of {owners}")
        return self

    def subject(self, claims: Claims) -> Subject:
        """Whom verified claims are about. Raises TokenError."""
        for name, values in self.require.items():
            if claims.get(name) not in values:
                raise TokenError(f"the token's claim {name} has another value than is required")
        if self.kind == "sso":
            return Subject(self._person(claims))
        found = _WORKLOADS[self.kind](claims)
        if self.kind == "spiffe" and found.domain != self.issuer:
            raise TokenError("the token is of another trust domain")
        user = User(id=f"{self.prefix}{found.id}", groups=self._named(found.groups), assurance="workload")
        return Subject(user, found.place)

    def _person(self, claims: Claims) -> User:
        name, email, groups = claims.get(self.id), claims.get(self.email), _at(claims, self.groups)
        if not isinstance(name, str) or not name:
            raise TokenError(f"the token's claim {self.id} names nobody")
        if isinstance(groups, str):
            groups = [groups]
        if groups is not None and not (isinstance(groups, list) and all(isinstance(each, str) for each in groups)):
            raise TokenError(f"the token's claim {self.groups} is not a list of groups")
        return User(
            id=f"{self.prefix}{name}",
            email=email if isinstance(email, str) and claims.get("email_verified") is not False else None,
            groups=None if groups is None else self._named(frozenset(groups)),
            assurance="sso",
        )

    def _named(self, groups: frozenset[str]) -> frozenset[str]:
        if self.group_names is None:
            return groups
        return frozenset(self.group_names[each] for each in groups if each in self.group_names)


def _at(claims: Claims, path: str) -> Any:
    """The claim of this name, or else at this path."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found
