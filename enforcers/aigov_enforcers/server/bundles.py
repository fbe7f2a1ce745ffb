"""Where policy comes from: one file that every process watches, and a URL that keeps the file current.

URL ─(ETag)→ verified → DATA/bundle.govb ─(watched by each worker)→ the engine's policy, swapped as a whole

A request keeps the policy that it began with. A bundle that is refused changes nothing and is reported. When a URL has
not been reached for `fail_closed_after`, or the bundle in force has expired, the policy is *stale*: nothing is decided
by it any more.
"""

from __future__ import annotations

import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from aigov_enforcers.server.config import Bundle
from aigov_runtime import Engine
from aigov_runtime.errors import BundleError
from aigov_runtime.limits import MAX_BUNDLE_BYTES

TIMEOUT = 10.0
"""Seconds that a server of bundles may take between two pieces of its answer."""

MAX_ETAG = 1024


class Fetched(NamedTuple):
    """What a URL had that was not known: the bundle and its tag."""

    envelope: bytes
    etag: str


def fetch(url: str, etag: str = "") -> Fetched | None:
    """Ask for a bundle other than the one with this tag; None when there is none. Raises OSError."""
    try:
        request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})  # noqa: S310 - the configuration allows http and https
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - as above
            envelope = answer.read(MAX_BUNDLE_BYTES + 1)
            tag = answer.headers.get("ETag", "")
            return Fetched(envelope, tag if len(tag) <= MAX_ETAG and tag.isprintable() else "")
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 304:
            return None
        raise OSError(f"{url} answers {error.code}") from None
    except ValueError as error:
        raise OSError(f"{url}: {error}") from None
    except urllib.error.URLError as error:
        raise OSError(f"{url}: {error.reason}") from None


class Mirror:
    """Keeps a file as a URL has it. `checked` is when the URL last said so; other processes see it as the date of a
    second file."""

    def __init__(self, url: str, directory: Path, log: logging.Logger) -> None:
        self.url, self.path, self._log = url, directory / "bundle.govb", log
        self._stamp, self._tag = directory / "bundle.checked", directory / "bundle.etag"
        self.failed = ""

    def update(self, verify: Callable[[bytes], object]) -> bool:
        """Ask once, and put what is new into the file, once `verify` has taken it. True: the file is what the URL has.

        A refused bundle counts as no answer: whoever offers it for too long makes the policy stale.
        """
        try:
            found = fetch(self.url, self._etag())
            if found is not None:
                verify(found.envelope)
                _write(self.path, found.envelope)
                _write(self._tag, found.etag.encode())
            _write(self._stamp, b"")
        except (OSError, BundleError) as error:
            if str(error) != self.failed:
                self._log.error("bundle from %s: %s", self.url, error)
            self.failed = str(error)
            return False
        self.failed = ""
        return True

    @property
    def checked(self) -> float:
        """When the URL last had what the file has (Unix seconds), 0 for never."""
        try:
            return self._stamp.stat().st_mtime
        except OSError:
            return 0

    def _etag(self) -> str:
        """The tag of the file, if the file is there."""
        try:
            return self._tag.read_text(encoding="latin-1") if self.path.exists() else ""
        except OSError:
            return ""


class Stale:
    """Tells whether the policy in force may still decide; asked for each request, and cheap."""

    def __init__(
        self, engine: Engine, mirror: Mirror | None, limit: float | None, now: Callable[[], float] = time.time
    ) -> None:
        self._engine, self._mirror, self._limit, self._now = engine, mirror, limit, now
        self._until = self._asked = 0.0

    def __call__(self) -> str:
        """Why the policy may not decide; "" when it may."""
        now = self._now()
        expires = self._engine.manifest["expires"]
        if expires and now >= expires:
            return "the bundle has expired"
        if self._mirror is not None and self._limit is not None:
            if not self._asked <= now < self._asked + 1:
                self._asked, self._until = now, self._mirror.checked + self._limit
            if now >= self._until:
                return "the bundle is stale: its source has not been reached for too long"
        return ""


def place(bundle: Bundle, directory: Path, log: logging.Logger) -> tuple[Path, Mirror | None]:
    """The file to watch, and what keeps it current."""
    if bundle.url is None:
        assert bundle.file is not None
        return bundle.file, None
    mirror = Mirror(bundle.url, directory, log)
    return mirror.path, mirror


def _write(path: Path, data: bytes) -> None:
    """Put a file in place as a whole."""
    new = path.with_suffix(f".{os.getpid()}.new")
    new.write_bytes(data)
    new.replace(path)
