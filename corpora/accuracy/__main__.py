"""`python -m corpora.accuracy`: measure the standard library, print tables, write `build/accuracy/`.

`python -m corpora.accuracy generate --seed 7 --out cases.jsonl` writes the cases alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from corpora.accuracy import examples, floors, generate
from corpora.accuracy.case import write
from corpora.accuracy.library import load
from corpora.accuracy.measure import measure
from corpora.accuracy.report import document, page, show

SEED = 2026
OUTPUT = Path(__file__).parents[2] / "build" / "accuracy"

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="Seed of all cases.")] = SEED,
    megabytes: Annotated[float, typer.Option(help="MB of real sources and documentation to scan; 0 for none.")] = 40,
    peers_in: Annotated[
        Path, typer.Option(metavar="PYTHON", help="The interpreter whose environment has the peers.")
    ] = Path(sys.executable),
    peers: Annotated[bool, typer.Option("--peers/--no-peers", help="Run peers on the same cases.")] = True,
    bless_floors: Annotated[bool, typer.Option("--bless-floors", help="Record the floors from this run.")] = False,
) -> None:
    """Measure how well the standard detectors find what they are for."""
    if context.invoked_subcommand:
        return
    console = Console()
    with console.status("measuring"):
        measured = measure(load(), seed, megabytes=megabytes, peers_in=str(peers_in) if peers else None)
    show(measured, console)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "report.json").write_text(json.dumps(document(measured), indent=2) + "\n")
    (OUTPUT / "report.html").write_text(page(measured))
    console.print(f"wrote {OUTPUT / 'report.html'} and report.json")
    if bless_floors:
        floors.bless(measured)
    elif wrong := floors.below(measured):
        console.print("\n".join(wrong), style="bold red")
        raise typer.Exit(1)


@app.command("generate")
def write_cases(
    out: Annotated[Path, typer.Option(help="Where to write JSON lines.")],
    seed: Annotated[int, typer.Option(help="Seed of all cases.")] = SEED,
) -> None:
    """Write the labelled cases of both splits."""
    own, _ = examples.values(load())
    count = write((case for split in generate.SPLITS for case in generate.cases(seed, split, own)), out)
    print(f"wrote {count:,} cases to {out}")


if __name__ == "__main__":
    app()
