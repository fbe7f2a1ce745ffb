"""`aigov verify`: may this bundle be trusted, and can this machine run it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aigov.bundles import refusals
from aigov.commands.verb import Bundle, Format, Output, verb
from aigov.output import print_json
from aigov_runtime import Engine, Trust
from aigov_runtime.bundle.loader import opened

app, command = verb("aigov verify policy.govb --trust aigov.pub --min-counter 7")


@command
def run(
    bundle: Bundle,
    trust: Annotated[
        Path | None,
        typer.Option(
            metavar="PUB", exists=True, help="Public key, or a directory of them; default: the installed keys."
        ),
    ] = None,
    min_counter: Annotated[int, typer.Option(metavar="N", min=0, help="Refuse an older bundle than this.")] = 0,
    output: Output = Format.TEXT,
) -> None:
    """Verify a bundle as an enforcer does.

    Signature, validity period, counter, every index inside, and the sections of other machines too. Exit code 7 when
    it is refused.
    """
    with refusals(bundle):
        keys = (Trust.from_path(trust) if trust else Trust.default()).at_least(min_counter)
        engine = Engine.load(bundle, keys)
        with opened(bundle, keys) as content:
            for _ in content.sections:  # each is checked when it is read
                pass
    manifest = engine.manifest
    if output is Format.JSON:
        print_json(
            {"verified": True, "name": manifest["name"], "revision": engine.revision, "counter": manifest["counter"]}
        )
    else:
        print(f"ok: {bundle}: {manifest['name']} {engine.revision}, counter {manifest['counter']}")
