"""The command line, `aigov`: one thin command per verb, each calling into a room."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
