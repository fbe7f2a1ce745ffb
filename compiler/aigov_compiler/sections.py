"""The sections of a bundle on their way into the file."""

from __future__ import annotations

import hashlib
from typing import Any


class Sections:
    """In the order in which they were added: `contents` go behind the envelope, `entries` into the document."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    def add(self, content: bytes) -> int:
        """The number by which the document refers to the content."""
        self.contents.append(content)
        return len(self.contents) - 1

    def entries(self) -> list[dict[str, Any]]:
        """Each content's SHA-256 and length."""
        return [{"sha256": hashlib.sha256(each).digest(), "length": len(each)} for each in self.contents]
