"""Plug-ins: what models of installed libraries find, off the caller's thread and within a time budget.

One worker thread of the process loads and runs all models, piece by piece, and nobody waits for it longer than a
budget: what comes too late is dropped.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple, Protocol, TypeVar

from aigov_runtime.errors import PluginError
from aigov_runtime.scan.layout import byte_offsets

ENGINES: Mapping[str, tuple[str, str]] = {"spacy": ("aigov_runtime.scan.spacy_model", "SpacyModel")}
"""Where the models of a library are made; imported when needed."""

PIECE = 4_000
"""Characters that a model is given at once: what is too late ends soon after."""

_SURROGATES = re.compile("[\ud800-\udfff]")
T = TypeVar("T")


class Entity(NamedTuple):
    """A span of a text and what the model calls it. Offsets are characters."""

    start: int
    end: int
    label: str


class Model(Protocol):
    """A loaded model; its `labels` are all that it can give."""

    @property
    def labels(self) -> frozenset[str]: ...  # noqa: D102 - said above

    def entities(self, pieces: Sequence[str]) -> Iterator[Sequence[Entity]]:
        """The entities of each piece."""
        ...


class Found(NamedTuple):
    """An entity for a detector: its number, that of the text, bytes of the text, and the label."""

    detector: int
    text: int
    start: int
    end: int
    label: str


class Plugin(NamedTuple):
    """A detector that uses a model. Times are seconds."""

    detector: int
    labels: frozenset[str]
    budget: float


Plugins = Mapping[tuple[str, str], Sequence[Plugin]]
"""The plug-ins of a bundle, by library and model."""


def plugins(entries: Sequence[Mapping[str, Any]], *, deferred: bool) -> Plugins:
    """Those that look at every text, or all: a bundle's section `scan.plugins`. The models of the former are loaded."""
    made: dict[tuple[str, str], list[Plugin]] = {}
    for entry in entries:
        if entry["inline"] or deferred:
            key = entry["engine"], entry["model"]
            plugin = Plugin(entry["detector"], frozenset(entry["labels"]), entry["milliseconds"] / 1000)
            made.setdefault(key, []).append(plugin)
            if entry["inline"]:
                with suppress(PluginError):  # each scan says so
                    _worker.model(*key)
    return made


def find(using: Plugins, texts: Sequence[str], incomplete: MutableMapping[int, str]) -> Iterator[Found]:
    """What they find in the texts. Those that are not done, by number, get a reason in `incomplete`."""
    for (engine, name), users in using.items():
        try:
            model = _worker.model(engine, name)
            began = time.monotonic()
            entities = _worker.entities(model, texts, max(user.budget for user in users))
            took = time.monotonic() - began
        except PluginError as error:
            incomplete.update((user.detector, str(error)) for user in users)
            continue
        for user in users:
            if lack := _lack(model, name, user.labels):
                incomplete[user.detector] = lack
            elif entities is None or took > user.budget:
                incomplete[user.detector] = f"took longer than {user.budget * 1000:.0f} ms"
            else:
                yield from _found(user, texts, entities)


def entities_of(engine: str, name: str, text: str, labels: frozenset[str]) -> list[tuple[int, int]]:
    """The bytes of a text that a model calls one of `labels`, however long it takes. Raises PluginError."""
    model = _worker.model(engine, name)
    if lack := _lack(model, name, labels):
        raise PluginError(lack)
    entities = _worker.entities(model, [text], None)
    assert entities is not None
    return [(each.start, each.end) for each in _found(Plugin(0, labels, 0), [text], entities)]


def _lack(model: Model, name: str, labels: frozenset[str]) -> str:
    """Why the model cannot give these labels, or nothing."""
    missing = ", ".join(sorted(labels - model.labels))
    known = ", ".join(sorted(model.labels)) or "none"
    return f"the model {name} has no label {missing}; it has {known}" if missing else ""


def _found(plugin: Plugin, texts: Sequence[str], entities: Sequence[Sequence[Entity]]) -> Iterator[Found]:
    for number, (text, own) in enumerate(zip(texts, entities, strict=True)):
        wanted = [entity for entity in own if entity.label in plugin.labels]
        if wanted:
            offsets = range(len(text) + 1) if text.isascii() else byte_offsets(text)
            for entity in wanted:
                yield Found(plugin.detector, number, offsets[entity.start], offsets[entity.end], entity.label)


class _Job:
    """One pass of a model over texts, which may be told to stop."""

    def __init__(self, model: Model, texts: Sequence[str]) -> None:
        self._model, self._texts = model, texts
        self.stopped = False

    def run(self) -> list[list[Entity]]:
        """The entities of each text; any, once it is stopped."""
        found: list[list[Entity]] = [[] for _ in self._texts]
        pieces = [(number, start, piece) for number, text in enumerate(self._texts) for start, piece in _pieces(text)]
        entities = self._model.entities([piece for _, _, piece in pieces])
        for (number, start, _), own in zip(pieces, entities, strict=True):
            found[number] += (Entity(start + each.start, start + each.end, each.label) for each in own)
            if self.stopped:
                break
        return found


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces of at most PIECE characters, cut at white space where there is some. spaCy takes no lone
    surrogates; what stands for them has as many bytes."""
    text = _SURROGATES.sub("\ufffd", text)
    start = 0
    while len(text) - start > PIECE:
        end = start + PIECE
        cuts = (text.rfind(mark, start + PIECE // 2, end) for mark in ("\n", ". ", " "))
        end = next((cut + 1 for cut in cuts if cut >= 0), end)
        yield start, text[start:end]
        start = end
    yield start, text[start:]


class _Worker:
    """The thread that runs models, and the models by library and name; a reason where one cannot be loaded."""

    def __init__(self, models: dict[tuple[str, str], Model | str]) -> None:
        self.models = models
        self._thread = ThreadPoolExecutor(1, "aigov-plugins")

    def model(self, engine: str, name: str) -> Model:
        """The model, loaded if need be. Raises PluginError; what could not be loaded once is not tried again."""
        model = self.models.get((engine, name))
        if model is None:
            model = self._submit(partial(self._load, engine, name)).result()
        if isinstance(model, str):
            raise PluginError(model)
        return model

    def _load(self, engine: str, name: str) -> Model | str:
        if (engine, name) not in self.models:
            module, kind = ENGINES[engine]
            try:
                self.models[engine, name] = getattr(import_module(module), kind)(name)
            except PluginError as error:
                self.models[engine, name] = str(error)
        return self.models[engine, name]

    def entities(self, model: Model, texts: Sequence[str], seconds: float | None) -> list[list[Entity]] | None:
        """The entities of each text; None when that takes longer. Raises PluginError."""
        job = _Job(model, texts)
        future = self._submit(job.run)
        try:
            return future.result(seconds)
        except TimeoutError:
            job.stopped = True
            future.cancel()
            return None
        except Exception as error:  # whatever a library raises for a text
            raise PluginError(f"the model failed: {type(error).__name__}") from error

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        try:
            return self._thread.submit(work)
        except RuntimeError as error:
            raise PluginError("the process is ending") from error


_worker = _Worker({})


def _renew() -> None:
    """In a forked process the thread is gone; the models are not."""
    global _worker  # noqa: PLW0603 - there is one per process
    _worker = _Worker(_worker.models)


os.register_at_fork(after_in_child=_renew)
