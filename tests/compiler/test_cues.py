"""What Hyperscan sees in a pattern's stead."""

from __future__ import annotations

import re

import pytest

from aigov_compiler.cues import cue


@pytest.mark.parametrize(
    ("pattern", "text", "seen"),
    [
        (r"key=([a-z]{8,40})(?:[^a-z]|$)", b"key=abcdefghijkl", b"key=abcdefgh"),
        (r"(?:^|[^A-Za-z])name: ([A-Z][a-z]{1,15}(?: [A-Z][a-z]{1,15}){0,2})\b", b" name: Ann Lee.", b" name: An"),
        (r"(?:token|secret)(?: is)?", b"the secret is", b"secret"),
        (r"abc(?:x|$)", b"abcx", b"abc"),
        (r"(?i)caf(?:é|e)s?", "CAFés".encode(), "CAFé".encode()),
        (r"abc-(?:[0-9]{2}-){2,5}", b"abc-12-34-56-", b"abc-12-34-"),
        (r"a[\n\]^\\-]bcd", b"a^bcd", b"a^bcd"),
    ],
)
def test_what_may_be_missing_at_the_end_is_left_out(pattern: str, text: bytes, seen: bytes) -> None:
    found = re.search(cue(pattern).pattern, text)
    assert found is not None
    assert found[0] == seen


@pytest.mark.parametrize("pattern", [r"[0-9a-f]{32}(?:[^0-9a-f]|$)", r"ab[0-9]{1,9}", "(?:abc)?", "a(?=b)"])
def test_what_would_tell_too_little_stays(pattern: str) -> None:
    assert cue(pattern).pattern == pattern.encode()
