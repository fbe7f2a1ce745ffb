"""Check digits of documents and numbers that states issue, one validator for each kind: `CC_kind`.

`library` holds those that python-stdnum knows, `rules` the others.
"""

from __future__ import annotations

from aigov_runtime.scan.validators.national_ids.library import LIBRARY
from aigov_runtime.scan.validators.national_ids.rules import RULES

__all__ = ["NATIONAL_IDS"]

NATIONAL_IDS = {**LIBRARY, **RULES}
