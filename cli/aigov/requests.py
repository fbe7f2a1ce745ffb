"""Requests written down as JSON, for the verbs that decide one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from aigov.bundles import open_engine
from aigov.commands.verb import input_path, read_input
from aigov.exits import Failure
from aigov_enforcers.wire import Governed, RequestError, read, to_json
from aigov_runtime import Session
from aigov_runtime.errors import InputError

RequestFile = Annotated[
    Path,
    typer.Option("--request", metavar="FILE|-", parser=input_path, help="The request as JSON; - is standard input."),
]
Monitor = Annotated[
    list[str] | None,
    typer.Option("--monitor", metavar="RULE", help="Report what this rule would do, without enforcing it."),
]


class Answer(NamedTuple):
    """One decided request: whose it was and what came of it, as values and as the JSON answer."""

    session: Session
    governed: Governed
    json: dict[str, Any]


def decide(bundle: Path, trust: Path | None, request: Path, monitor: list[str] | None) -> Answer:
    """Load the bundle and decide the request as an enforcer would."""
    engine = open_engine(bundle, trust, monitor or ())
    try:
        asked = read(engine, read_input(request))
        governed = asked.decide()
    except (RequestError, InputError) as error:
        raise Failure(f"{request}: {error}") from error
    return Answer(asked.session, governed, to_json(governed))
