"""Logging in by the organisation's SSO: the HTTP, the redirect and the file around `aigov_enforcers.identity.sso`."""

from __future__ import annotations
