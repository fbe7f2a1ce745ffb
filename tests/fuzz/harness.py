"""What the fuzz targets share: seeds into the corpus, then atheris takes over the process."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

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
