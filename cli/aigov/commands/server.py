"""`aigov server`: the place where every request of an organisation to a model is decided."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aigov.commands.verb import verb
from aigov.exits import Code, Failure
from aigov.output import note
from aigov_runtime.errors import BundleError, InputError

app, command = verb("aigov server --check server.toml && aigov server server.toml")


@command
def run(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", exists=True, dir_okay=False, help="The server's configuration (TOML).")
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Check everything that starting needs, and start nothing.")
    ] = False,
) -> None:
    """Decide the requests of enrolled devices to models, behind mutual TLS.

    What is wrong with the configuration is told with file, table and key (exit code 2). A bundle that is refused is
    exit code 7. A server that runs is asked to end with SIGTERM, and to read its
    certificates and keys again with SIGHUP.
    """
    from aigov_enforcers.server.config import ConfigError
    from aigov_enforcers.server.setup import prepare

    try:
        ready = prepare(config)
    except ConfigError as error:
        *others, last = str(error).splitlines()
        for line in others:
            note(line)
        raise Failure(last) from error
    except InputError as error:
        raise Failure(f"{config}: [bundle] monitor: {error}") from error
    except BundleError as error:
        raise Failure(f"{config}: [bundle]: {error}", Code.TRUST) from error
    if check:
        for line in ready.summary():
            print(line)
        return
    from aigov_enforcers.server.serve import serve

    serve(ready)
