"""Texts in which nothing is to be found, and in which hasty patterns find something."""

from corpora.accuracy.negatives.documents import DOCUMENTS, Document
from corpora.accuracy.negatives.lookalikes import VALUES, Lookalike

__all__ = ["DOCUMENTS", "VALUES", "Document", "Lookalike"]
