"""The fixed limits of the runtime. Reaching one while scanning makes detectors *incomplete*, never silent;
a bundle beyond one is refused."""

from __future__ import annotations

# Bundles: the loader refuses what is larger.
MAX_BUNDLE_BYTES = 256 << 20
MAX_SIGNATURES = 16
MAX_SECTIONS = 32_768
MAX_ATTRIBUTES = 4_096
MAX_STRINGS = 1_000_000
MAX_DETECTORS = 16_384
MAX_SELECTORS = 65_536
MAX_PREDICATES = 1_000_000
MAX_RULES = 100_000
MAX_RULE_LEAVES = 4_096
MAX_RULE_CODE_BYTES = 1 << 20
MAX_CODE_BYTES = 64 << 20
MAX_POOL_WORDS = 16 << 20
MAX_TEXT_CHARS = 65_536

# Interactions.
MAX_FINDINGS = 10_000
MAX_PROFILES = 256
MAX_VERDICTS = 1_024
MAX_RECORDS = 16_384
MAX_CALL_ATTRIBUTES = 64
MAX_VALUE_CHARS = 8_192

CORE = (
    "MAX_CODE_BYTES",
    "MAX_CALL_ATTRIBUTES",
    "MAX_RULE_CODE_BYTES",
    "MAX_RULE_LEAVES",
    "MAX_RULES",
    "MAX_DETECTORS",
    "MAX_POOL_WORDS",
)
"""Those that the decision core checks too."""

# Scans.
MAX_SEGMENTS = 1_000_000
MAX_SCAN_BYTES = 64 << 20
MAX_CANDIDATES = 1_000_000
MAX_MATCHES = 10_000
MAX_TABLE_STEPS = 1 << 26
VIEW_DEPTH = 2
MAX_VIEW_BYTES = 256 << 10
VIEW_FACTOR = 4
"""Decoding yields at most MAX_VIEW_BYTES, or VIEW_FACTOR times the size of the texts if that is more."""
MAX_VIEW_EDITS = 1 << 22
