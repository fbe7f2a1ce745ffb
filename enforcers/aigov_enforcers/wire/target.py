"""Host and path of a URL in one normal form, so that no spelling of them leads past the catalogue."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import unquote

LOCAL = "localhost"
"""What every name of this machine is called."""

_SLASHES = re.compile(r"[/\\]+")
_ODD = re.compile(r"[%\\]|//|/\.|[?#]")


def normal_host(host: str) -> str:
    """The host in lower case, without its root's dot, an IPv6 address's brackets, or characters that name resolution
    maps to others (`ＡＰＩ。openai.com`)."""
    if "%" in host:
        host = unquote(host)
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host).replace("。", ".")
    return host.lower().rstrip(".").removeprefix("[").removesuffix("]")


def is_local(host: str) -> bool:
    """Whether a normal host is this machine."""
    if host == LOCAL or host.endswith("." + LOCAL):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified


def normal_path(path: str) -> str:
    """The path that a server reads: without query, decoded once, slashes single, `.` and `..` resolved, no slash at
    the end. An encoded slash is a slash, as some servers have it: it can only make more of a path known."""
    if _ODD.search(path):
        path = path.partition("?")[0].partition("#")[0]
        steps: list[str] = []
        for step in _SLASHES.split(unquote(path)):
            if step == "..":
                del steps[-1:]
            elif step not in {"", "."}:
                steps.append(step)
        path = "/" + "/".join(steps)
    return path.rstrip("/") or "/"
