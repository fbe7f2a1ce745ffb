"""The verbs of `aigov`, one module each. A verb's module is imported only when it is asked for, so
`aigov eval` starts without the parser and `aigov check` without the engine."""

from __future__ import annotations
