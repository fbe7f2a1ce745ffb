"""The meaning of a policy, executed plainly: `docs/semantics.md` paragraph by paragraph.

    segments ──sources, candidates──> findings ──conditions──> verdicts ──evaluator──> decision ──redaction──> texts

Slow and meant to be obviously right; the compiled engine is compared with it. What needs a key or a
catalogue (validators, hashes, tokens, code) is injected, because this room knows no runtime.
"""

from aigov_dsl.reference.evaluator import Evaluator
from aigov_dsl.reference.kleene import Truth
from aigov_dsl.reference.model import Finding, Hit, Obligations, Primitives, ReferenceDecision, Segment, Verdict

__all__ = [
    "Evaluator",
    "Finding",
    "Hit",
    "Obligations",
    "Primitives",
    "ReferenceDecision",
    "Segment",
    "Truth",
    "Verdict",
]
