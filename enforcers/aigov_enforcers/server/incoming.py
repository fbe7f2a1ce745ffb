"""A request that is coming, and what can be wrong with its head."""

from __future__ import annotations


class BadError(Exception):
    """The request is answered with this status, and the connection ends."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Incoming:
    """A request, as far as it has come. Names of headers are in lower case."""

    def __init__(self) -> None:
        self.method = self.path = ""
        self.url = b""
        self.headers: list[tuple[str, str]] = []
        self.body: list[bytes] = []
        self.size = self.length = self.trailers = 0
        self.old = self.last = self.expects = self.upgrades = False

    def check(self) -> int:
        """Check what two servers could read differently; the length that the body is said to have, 0 when none is."""
        hosts: list[str] = []
        length, chunked = 0, False
        for name, value in self.headers:
            if name == "host":
                hosts.append(value)
            elif name == "content-length":
                length = int(value)
            elif name == "transfer-encoding":
                if value.lower() != "chunked" or chunked or self.old:
                    raise BadError(400, "The transfer encoding is not known here.")
                chunked = True
            elif name == "expect":
                if value.lower() != "100-continue":
                    raise BadError(417, "This expectation is not known here.")
                self.expects = not self.old
        if len(hosts) > 1 or (not hosts and not self.old):
            raise BadError(400, "The request has no host, or several.")
        try:
            target = self.url.decode("ascii")
        except UnicodeDecodeError:
            raise BadError(400, "The target is malformed.") from None
        if not target.startswith("/"):
            scheme, mark, rest = target.partition("://")
            authority, slash, path = rest.partition("/")
            if not mark or scheme.lower() not in {"http", "https"} or not hosts or authority != hosts[0]:
                raise BadError(400, "The target and the host differ.")
            target = slash + path if slash else "/"
        if self.upgrades and not (self.method == "GET" and not (length or chunked) and self._is_websocket()):
            raise BadError(400, "This upgrade is not known here.")
        if "#" in target or self.method == "CONNECT":
            raise BadError(400, "The target is malformed.")
        self.path = target
        return length

    def _is_websocket(self) -> bool:
        """Whether the upgrade is to RFC 6455 and nothing else."""
        wanted = {"upgrade": "websocket", "sec-websocket-version": "13"}
        values = [(name, value.lower()) for name, value in self.headers if name in wanted]
        return sorted(values) == sorted(wanted.items())
