"""What was measured, for a terminal, for a browser, and for machines."""

from corpora.accuracy.report.html import page
from corpora.accuracy.report.machine import document
from corpora.accuracy.report.text import show

__all__ = ["document", "page", "show"]
