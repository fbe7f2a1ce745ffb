"""What govern takes and gives: one HTTP message, as far as text can be in it."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """Headers (names in lower case, values as the client library decodes them), body and the URL's query.

    `body` is what the headers say it is: where the caller has undone a content encoding, it takes that header away.
    A response has no query.
    """

    headers: tuple[tuple[str, str], ...]
    body: bytes
    query: str = ""

    def values(self, name: str) -> list[str]:
        """The values of a header, in order."""
        return [value for each, value in self.headers if each == name]

    def carrying(self, body: bytes, without: tuple[str, ...] = (), declared: str = "") -> Message:
        """The same message with another body: its length is put right, headers that described the old one go, and its
        content type becomes `declared` if it has one."""
        new = {"content-length": str(len(body))}
        if declared:
            new["content-type"] = declared
        headers = tuple((name, new.get(name, value)) for name, value in self.headers if name not in without)
        return self._replace(headers=headers, body=body)


class FixedError(ValueError):
    """A text cannot be edited where it stands; the message says why."""
