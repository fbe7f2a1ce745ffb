"""Attacks on a gateway that reads requests; see README.md."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


def bodies(secret: str) -> Iterator[tuple[str, str, bytes]]:
    """(format, place, body) for each place of each format."""
    content = f"see {secret} in this file, which is long enough to be one of those that are read".encode()
    data = base64.b64encode(content).decode()
    held = json.dumps({"a": [secret]})
    words = {"«»": secret, "«data»": f"data:text/plain;base64,{data}", "«base64»": data}
    words |= {"«json»": held, "«twice»": json.dumps({"a": held})}
    for name, places in yaml.safe_load((_HERE / "bodies.yaml").read_text(encoding="utf-8")).items():
        for place, body in places.items():
            yield name, place, json.dumps(_filled(body, words), ensure_ascii=False).encode()


def splits(secret: str) -> Iterator[tuple[str, bool, list[bytes]]]:
    """(what it is, whether it is found, the bodies one after the other)."""
    words = {"«1»": secret[: len(secret) // 2], "«2»": secret[len(secret) // 2 :]}
    for case in yaml.safe_load((_HERE / "splits.yaml").read_text(encoding="utf-8")):
        yield case["about"], case["found"], [json.dumps(_filled(body, words)).encode() for body in case["bodies"]]


def _filled(node: Any, words: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {_filled(key, words): _filled(value, words) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(item, words) for item in node]
    if isinstance(node, str):
        for mark, word in words.items():
            node = node.replace(mark, word)
    return node
