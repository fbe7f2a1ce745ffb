"""What the fuzz targets share: seeds into the corpus, then atheris takes over the process."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import atheris


def fuzz(target: Callable[[bytes], None], seeds: Iterable[bytes]) -> None:
    """Run `target` on inputs grown from `seeds`; the first directory named on the command line is the corpus.

    Any exception that the target lets through is a finding.
    """
    corpus = next((Path(argument) for argument in sys.argv[1:] if Path(argument).is_dir()), None)
    if corpus is not None:
        for seed in seeds:
            (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


def mutated(tree: Any, provider: atheris.FuzzedDataProvider) -> Any:
    """`tree` with a few nodes replaced, as the input says: it gets past a decoder, where random bytes rarely do."""
    for _ in range(provider.ConsumeIntInRange(1, 4)):
        _mutate(tree, provider)
    return tree


def _mutate(node: Any, provider: atheris.FuzzedDataProvider) -> None:
    """Walk down by the input's choice and change one entry."""
    while True:
        keys = sorted(node) if isinstance(node, dict) else range(len(node))
        if not keys:
            return
        key = keys[provider.ConsumeIntInRange(0, len(keys) - 1)]
        if not isinstance(node[key], dict | list) or not node[key] or provider.ConsumeIntInRange(0, 7) == 0:
            break
        node = node[key]
    node[key] = _other(node[key], provider)


def _other(value: Any, provider: atheris.FuzzedDataProvider) -> Any:
    match provider.ConsumeIntInRange(0, 6):
        case 0 if isinstance(value, bytes) and value:
            changed = bytearray(value)
            changed[provider.ConsumeIntInRange(0, len(changed) - 1)] = provider.ConsumeIntInRange(0, 255)
            return bytes(changed)
        case 1 if isinstance(value, bytes | str | list):
            return value[: provider.ConsumeIntInRange(0, len(value))]
        case 2 if isinstance(value, bytes | str | list):
            return value + value
        case 3:
            return provider.ConsumeIntInRange(-(2**63), 2**63 - 1)
        case 4:
            return provider.ConsumeIntInRange(-2, 300)
        case 5:
            return provider.ConsumeUnicodeNoSurrogates(8)
        case _:
            return [None, True, [], {}, b"", 0.5][provider.ConsumeIntInRange(0, 5)]
