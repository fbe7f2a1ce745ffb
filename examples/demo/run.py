"""The demonstration: compile the policy of `examples/acme`, govern real clients with it, and prove what happened.

    python -m examples.demo.run

Exit code 0 only when the bodies that the upstream recorded, and what the scripts printed, are as the policy says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from examples.demo.upstream import Received, Upstream

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
POLICY = Path("examples", "acme")

KEY = "AKIAQ3EGSZ7WBRXKQJ4N"  # has the shape of an access key; nobody issued it
EMAIL = "jo.keller@acme-corp.com"
CARD = "4539 1488 0343 6467"

IDENTITY = {"user": {"id": "jo", "groups": ["eng"]}, "device": {"id": "laptop-7", "managed": True}}


@dataclass(frozen=True)
class Scene:
    """One script run: what it asks, what the model says, and the facts that must hold afterwards."""

    title: str
    provider: str
    prompt: str
    reply: Callable[[Received], str]
    proof: Callable[[list[Received], str], dict[str, bool]]


@dataclass(frozen=True)
class Outcome:
    """What a scene came to."""

    received: list[Received]
    printed: str
    decisions: list[dict[str, Any]]


def prompt_of(request: Received) -> str:
    """The last message of a recorded body."""
    return str(request.json["messages"][-1]["content"])


SCENES = (
    Scene(
        "Redacted: keys, personal data and card numbers do not leave, the work goes on",
        "openai",
        f"Deploy with {KEY}, mail {EMAIL} when it is done and charge {CARD}.",
        lambda request: f"Done. I mailed {prompt_of(request).split('mail ')[1].split(' when')[0]}.",
        lambda received, printed: {
            "the model was asked once": len(received) == 1,
            "no key, address or card number reached it": not any(
                secret.encode() in received[0].body for secret in (KEY, EMAIL, CARD)
            ),
            "the key became a label": "Deploy with [secrets.aws_access_key_id]," in prompt_of(received[0]),
            "the card number was masked": "charge **** **** **** 6467." in prompt_of(received[0]),
            "the answer came back with the address in place of its token": printed == f"Done. I mailed {EMAIL}.",
        },
    ),
    Scene(
        "Blocked: the client raises its own exception, the model is not asked",
        "openai",
        "Draft the launch mail for Project Marmot.",
        lambda _: "Here is your mail.",
        lambda received, printed: {
            "nothing reached the model": not received,
            "the script caught openai.PermissionDeniedError": printed.startswith("openai.PermissionDeniedError"),
            "the message is the policy's": "This names a product that is not announced yet." in printed,
        },
    ),
    Scene(
        "The way back: a key in the answer of another provider does not reach the program",
        "anthropic",
        "Which key does the build use?",
        lambda _: f"The build uses {KEY}.",
        lambda received, printed: {
            "the question reached the model as it was": [prompt_of(each) for each in received]
            == ["Which key does the build use?"],
            "the program got no key": printed == "The build uses [secrets.aws_access_key_id].",
        },
    ),
)


def aigov(*arguments: str | Path) -> None:
    """Run the command line, as an author would."""
    print(f"$ aigov {' '.join(map(str, arguments))}", flush=True)
    done = subprocess.run([sys.executable, "-m", "aigov", *map(str, arguments)], cwd=ROOT, check=False)  # noqa: S603 - ours
    if done.returncode:
        sys.exit(done.returncode)


def play(scene: Scene, bundle: Path, key: Path, folder: Path) -> Outcome:
    """Run a scene's script in a process of its own, under the hook."""
    decisions = folder / "decisions.jsonl"
    decisions.write_text("")
    with Upstream(scene.reply) as upstream:
        settings = folder / "settings.json"
        hosts = {upstream.host: scene.provider}
        settings.write_text(
            json.dumps({"bundle": str(bundle), "identity": IDENTITY, "hosts": hosts, "decisions": str(decisions)})
        )
        environment = os.environ | {
            "AIGOV_TRUST": str(key),
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": upstream.url + "/v1",
            "ANTHROPIC_API_KEY": "none",
            "ANTHROPIC_BASE_URL": upstream.url,
        }
        script = HERE / f"ask_{scene.provider}.py"
        command = [sys.executable, "-m", "examples.demo.governed", str(settings), str(script), scene.prompt]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
        received = list(upstream.received)
    lines = decisions.read_text().splitlines()
    return Outcome(received, done.stdout.strip(), [json.loads(line) for line in lines])


def show(console: Console, scene: Scene, outcome: Outcome) -> bool:
    """Print a scene side by side, and whether its proof holds."""
    console.print(Rule(scene.title, align="left"))
    width = max((console.width - 2) // 2, 30)
    reached = "\n".join(prompt_of(each) for each in outcome.received) or "(nothing)"
    said = "\n".join(scene.reply(each) for each in outcome.received) or "(was not asked)"
    console.print(
        Columns(
            [
                Panel(Text(scene.prompt), title="what the developer sent", width=width),
                Panel(Text(reached), title="what reached the model", width=width),
                Panel(Text(outcome.printed), title="what the developer got", width=width),
                Panel(Text(said), title="what the model answered", width=width),
            ]
        )
    )
    for number, decision in enumerate(outcome.decisions):
        first = "" if number else ", the first of the process"
        took = f"{decision['microseconds'] / 1000:.2f} ms{first}"
        console.print(f"{decision['direction']}: [bold]{decision['outcome']}[/] in {took}", highlight=False)
        for rule in decision["rules"]:
            console.print(f"  {rule['effect'] or 'note':8} {rule['id']}  [dim]{rule['location']}[/]", highlight=False)
    proof = scene.proof(outcome.received, outcome.printed)
    for fact, holds in proof.items():
        console.print(f"  {'[green]proved[/]' if holds else '[red]FAILED[/]'}  {fact}")
    console.print()
    return all(proof.values())


def main() -> int:
    """Compile, play every scene, and say whether all that was promised holds."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="aigov-demo-") as name:
        folder = Path(name)
        key, bundle = folder / "demo.key", folder / "acme.govb"
        aigov("keys", "generate", "--no-trust", "-o", key)
        aigov("compile", POLICY, "-o", bundle, "--key", key, "--name", "acme", "--revision", "demo")
        console.print()
        results = [show(console, scene, play(scene, bundle, key.with_suffix(".pub"), folder)) for scene in SCENES]
    console.print("[bold green]everything was proved[/]" if all(results) else "[bold red]something was not proved[/]")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
