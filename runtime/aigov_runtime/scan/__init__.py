"""Find fast, then confirm.

segments ──layout──> bytes ──Hyperscan──> candidate ends ──confirm──> spans ──gate──> findings
                       └──words, tables, code──────────────────────────┘
"""

from aigov_runtime.scan.scanner import Scanner

__all__ = ["Scanner"]
