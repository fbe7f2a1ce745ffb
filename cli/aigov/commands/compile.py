"""`aigov compile`: policy text in, signed bundle out."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aigov.commands.verb import Format, Output, Policies, verb
from aigov.exits import Code, Failure
from aigov.output import count, note, print_diagnostics, print_json, shown
from aigov.policy import sound
from aigov_compiler import Compiled, KeyFileError, compile_program, keys
from aigov_dsl import check
from aigov_dsl.diagnostics import PolicyError

app, command = verb("aigov compile policies/ -o policy.govb --key aigov.key --revision v7 --counter 7")


def moment(text: str) -> datetime:
    """A date or time in ISO 8601; UTC unless it says otherwise."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date such as 2027-03-31 or 2027-03-31T18:00:00+02:00") from None
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    if parsed.timestamp() <= 0:  # a bundle counts from 1970, and 0 is no limit
        raise typer.BadParameter(f"{text!r} is not after 1970-01-01")
    return parsed


@command
def run(
    paths: Policies,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT.govb", dir_okay=False, help="Where the bundle goes.")
    ],
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", exists=True, dir_okay=False, help="Private key to sign with."),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the bundle.")] = "policy",
    revision: Annotated[str, typer.Option(help="Revision of the policy, kept in every decision.")] = "",
    max_cost: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Refuse a bundle whose worst case costs more.")
    ] = None,
    counter: Annotated[
        int, typer.Option(metavar="N", min=0, max=2**63 - 1, help="Anti-rollback counter: count up with every release.")
    ] = 0,
    not_before: Annotated[
        datetime | None, typer.Option(metavar="DATE", parser=moment, help="When the bundle begins to load.")
    ] = None,
    expires: Annotated[
        datetime | None, typer.Option(metavar="DATE", parser=moment, help="When the bundle stops to load.")
    ] = None,
    output: Output = Format.TEXT,
) -> None:
    """Compile policy files into one bundle. The same inputs give the same bytes."""
    started = time.perf_counter()
    if not_before and expires and not_before >= expires:
        raise Failure("the bundle would never load: --not-before is not before --expires")
    private = _private(key) if key else None
    checked = check(paths)
    program = sound(checked, output)
    print(
        f"compiling {count(len(program.rules), 'rule')}, {count(len(program.detectors), 'detector')} …", file=sys.stderr
    )
    try:
        compiled = compile_program(
            program,
            name=name,
            revision=revision,
            counter=counter,
            not_before=_unix(not_before),
            expires=_unix(expires),
            max_cost=max_cost,
            key=private,
        )
    except PolicyError as error:
        print_diagnostics(error.diagnostics, checked.sources, output)
        raise typer.Exit(Code.POLICY) from None
    _keep(out, [*map(Path, checked.sources), *([key] if key else [])])
    out.write_bytes(compiled.envelope)
    if private is None:
        note(f"{out} is unsigned: nothing that asks for trust will load it (sign with --key)")
    _report(out, compiled, time.perf_counter() - started, output)


def _keep(out: Path, inputs: list[Path]) -> None:
    """Refuses to write the bundle over what it is made from."""
    if out.exists() and any(path.exists() and path.samefile(out) for path in inputs):
        raise Failure(f"{out} is what the bundle is made from: choose another name with -o")


def _report(out: Path, compiled: Compiled, seconds: float, output: Format) -> None:
    summary, manifest = compiled.summary, compiled.document["manifest"]
    if output is Format.JSON:
        released = {key: manifest[key] for key in ("name", "revision", "counter", "not_before", "expires")}
        print_json({"path": shown(out), **released, **asdict(summary), "seconds": round(seconds, 3)})
        return
    print(f"bundle     {out} ({summary.size:,} bytes)")
    print(f"revision   {manifest['revision']}, counter {manifest['counter']}")
    print(f"rules      {summary.rules:,} ({count(summary.predicates, 'predicate')})")
    print(f"detectors  {summary.detectors:,} ({count(summary.patterns, 'pattern')})")
    print(f"cost       {count(summary.cost, 'step')} in the worst case")
    print(f"time       {seconds:.2f} s")


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        return keys.load_private(path)
    except KeyFileError as error:
        raise Failure(str(error)) from None


def _unix(moment: datetime | None) -> int:
    """Seconds since 1970; 0 for no limit."""
    return int(moment.timestamp()) if moment else 0
