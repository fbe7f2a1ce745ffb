"""Models of spaCy. The library is imported when the first model is loaded, and never if none is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from aigov_runtime.errors import PluginError
from aigov_runtime.scan.plugins import Entity

_RULERS = frozenset({"entity_ruler", "span_ruler"})
_SPARE = frozenset({"tagger", "morphologizer", "attribute_ruler", "lemmatizer", "parser", "senter", "textcat"})
"""Components that take time and that no entity recogniser reads. Rules of a ruler may."""


class SpacyModel:
    """A pipeline with an entity recogniser or a ruler, by the name of its package or by its path.

    Raises PluginError when it cannot be loaded. One thread at a time may use it.
    """

    def __init__(self, name: str) -> None:
        try:
            import spacy
        except ImportError:
            raise PluginError("spaCy is not installed: pip install 'aigov[spacy]'") from None
        place = Path(name) if "/" in name else None
        if not (spacy.util.is_package(name) if place is None else place.is_dir()):
            advice = f"python -m spacy download {name}" if place is None else "there is none at this path"
            raise PluginError(f"the spaCy model {name} is not installed: {advice}")
        try:
            self._pipeline = spacy.load(place or name)
        except Exception as error:
            raise PluginError(f"the spaCy model {name} cannot be loaded: {_line(error)}") from error
        factories = {pipe: self._pipeline.get_pipe_meta(pipe) for pipe in self._pipeline.pipe_names}
        rulers = [pipe for pipe, meta in factories.items() if meta.factory in _RULERS]
        if not rulers:
            self._pipeline.select_pipes(disable=[pipe for pipe, meta in factories.items() if meta.factory in _SPARE])
        finders = {*rulers, *(pipe for pipe, meta in factories.items() if "doc.ents" in meta.assigns)}
        self.labels = frozenset(label for pipe in finders for label in self._pipeline.pipe_labels.get(pipe, ()))

    def entities(self, pieces: Sequence[str]) -> Iterator[Sequence[Entity]]:
        """The entities of each piece, as soon as they are known. Words that are new leave no trace in memory."""
        with self._pipeline.memory_zone():
            for piece in pieces:
                yield [Entity(e.start_char, e.end_char, e.label_) for e in self._pipeline(piece).ents]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
