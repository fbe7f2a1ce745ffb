"""Engines from policy text."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import aigov_dsl
from aigov_compiler import Compiled, compile_program
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.bundle.format import encode, seal
from aigov_runtime.model import Decision, Direction, Interaction, Kind, Segment, Value

DETECTORS = """
package t
detector key { pattern /\\bkey-[0-9]{6}\\b/ class secret }
detector name { words ["falcon"] class internal confidence possible }
"""


def compiled(text: str, **options: Any) -> Compiled:
    """`text` after the two detectors `t.key` and `t.name`; `options` are those of `compile_program`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.gov")
        path.write_text(DETECTORS + text)
        return compile_program(aigov_dsl.load([path]), **options)


def engine(text: str, monitor: bool | Collection[str] = ()) -> Engine:
    return Engine.load(compiled(text).envelope, UNVERIFIED, monitor)


def unsigned(document: Mapping[str, Any], sections: Sequence[bytes]) -> Engine:
    """The engine of a document as it stands."""
    return Engine.load(seal(encode(document), (), sections), UNVERIFIED)


def interaction(
    *texts: str,
    direction: Direction = Direction.PROMPT,
    kind: Kind = Kind.TEXT,
    unparsed: str = "",
    **facts: Value,
) -> Interaction:
    """One segment for each text; facts are named `request_model` for `request.model`, integers are measures."""
    named = {name.replace("_", ".", 1): value for name, value in facts.items()}
    measures = {name: value for name, value in named.items() if type(value) is int}
    return Interaction(
        direction,
        tuple(Segment("user", f"/messages/{at}/content", text, kind) for at, text in enumerate(texts)),
        {name: value for name, value in named.items() if name not in measures},
        measures,
        unparsed,
    )


def decide(text: str, *texts: str, identity: Mapping[str, Value] | None = None, **facts: Any) -> Decision:
    """Decide one interaction under a policy of its own."""
    return engine(text).session(identity or {}).decide(interaction(*texts, **facts))
