"""Where a host name leads: addresses that the server may connect to.

A name that leads into the own network (loopback, link-local with the cloud's metadata service, private ranges) is how a
server is made to ask what its client may not (SSRF). The connection goes to the address that was looked at, so a name
cannot change its mind in between.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from aigov_enforcers.server.targets import Origin


class UnreachableError(OSError):
    """The host has no address that may be connected to."""


async def addresses(loop: asyncio.AbstractEventLoop, origin: Origin) -> list[str]:
    """The addresses of an origin, in the order of the resolver. Raises OSError."""
    found = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    every = list(dict.fromkeys(str(address[0]) for *_, address in found))
    allowed = every if origin.private else [each for each in every if is_public(each)]
    if not allowed:
        raise UnreachableError(f"`{origin.host}` leads to no address of the public Internet")
    return allowed


def is_public(address: str) -> bool:
    """Whether an address belongs to the public Internet, also when it is an IPv4 address in IPv6's clothes."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is not None and not inner.is_global:
            return False
        if ip.ipv4_mapped:
            return True
    return ip.is_global and not ip.is_multicast


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The address behind the well-known prefix of RFC 6052."""
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
