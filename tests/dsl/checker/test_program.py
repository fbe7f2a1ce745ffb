"""What `check` and `load` make of policies that are right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aigov_dsl import PolicyError, check, load, typed
from aigov_dsl.ast import Confidence, LogLevel, Scope, Severity, Style


def program(tmp_path: Path, text: str, **files: str) -> typed.Program:
    for name, content in files.items():
        (tmp_path / name.replace("__", ".")).write_text(content)
    policy = tmp_path / "main.gov"
    policy.write_text(text)
    return load([policy], require_default=False)


def when(tmp_path: Path, condition: str, declarations: str = "") -> typed.Condition:
    return program(tmp_path, f"{declarations}\nrule r {{ when {condition} then block }}").rules[0].when


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        ("device.managed", typed.IsTrue, {"text": "device.managed"}),
        ("device.managed == true", typed.IsTrue, {"text": "device.managed"}),
        ("device.managed != false", typed.IsTrue, {"text": "device.managed"}),
        ("request.tokens >= 1_000", typed.IntCompare, {"operator": ">=", "value": 1000}),
        ("request.tokens != -9223372036854775808", typed.IntCompare, {"operator": "!=", "value": -(2**63)}),
        ('user.name == "a"', typed.StringIn, {"values": ("a",), "text": 'user.name == "a"'}),
        ("device.posture == unknown", typed.StringIn, {"values": ("unknown",), "text": 'device.posture == "unknown"'}),
        ('user.name in ["b", "a", "b"]', typed.StringIn, {"values": ("a", "b")}),
        ('request.model like "a*"', typed.StringLike, {"globs": ("a*",)}),
        ('request.model like any ["b", "a*"]', typed.StringLike, {"globs": ("a*", "b")}),
        (
            'user.name ends   with "x"',
            typed.StringAffix,
            {"affix": "x", "end": True, "text": 'user.name ends with "x"'},
        ),
        ('user.groups has "a"', typed.SetHas, {"values": ("a",), "all": False}),
        ('user.groups has all ["b", "a"]', typed.SetHas, {"values": ("a", "b"), "all": True}),
        ("place.network is known", typed.Known, {}),
        ("true", typed.Constant, {"value": True}),
    ],
)
def test_atoms(tmp_path: Path, text: str, kind: type, fields: dict[str, object]) -> None:
    atom = when(tmp_path, text)
    assert type(atom) is kind
    assert {name: getattr(atom, name) for name in fields} == fields


@pytest.mark.parametrize("text", ["device.managed == false", "device.managed != true", 'user.name != "a"'])
def test_negated_atoms(tmp_path: Path, text: str) -> None:
    negation = when(tmp_path, text)
    assert isinstance(negation, typed.Not)
    assert negation.term.text in ("device.managed", 'user.name == "a"')


def test_payload_selectors(tmp_path: Path) -> None:
    declarations = """package p
        detector a { pattern /x/ class one }
        detector b { pattern /y/ class two }
        detector c { pattern /z/ class two }"""
    for selector, detectors in [
        ("a", ("p.a",)),
        ("p.a", ("p.a",)),
        ("p.*", ("p.a", "p.b", "p.c")),
        ("class two", ("p.b", "p.c")),
        ("[class one, c]", ("p.a", "p.c")),
    ]:
        atom = when(tmp_path, f"payload contains {selector} confidence certain count >= 2", declarations)
        assert isinstance(atom, typed.Payload)
        assert (atom.detectors, atom.confidence, atom.count) == (detectors, Confidence.CERTAIN, 2)


def test_implicit_redaction_targets_keep_their_confidence(tmp_path: Path) -> None:
    rule = program(
        tmp_path,
        """detector a { pattern /x/ class c } detector b { pattern /y/ class c } detector d { pattern /z/ class c }
        rule r { when payload contains a confidence likely or payload contains [a, b] and not payload contains d
          then redact as mask }""",
    ).rules[0]
    assert rule.effect == typed.Redact(
        targets=(
            typed.RedactTarget(detectors=("policy.a",), confidence=Confidence.LIKELY),
            typed.RedactTarget(detectors=("policy.a", "policy.b"), confidence=Confidence.POSSIBLE),
        ),
        style=Style.MASK,
    )


def test_a_rule(tmp_path: Path) -> None:
    checked = program(
        tmp_path,
        """package acme.egress
/// Why.
@owner("sec") @ticket("T-1") @ticket("T-2") @control("A.9") @severity(high)
rule r on tool_call {
  when true unless device.managed
  then block "no", log full, alert "x", label "l"
  on unknown skip
}
exempt r when request.stream until 2027-03-31 owner "o" reason "why"
""",
    )
    (rule,) = checked.rules
    assert (rule.id, rule.package, rule.scope, rule.doc, rule.unknown_skip) == (
        "r",
        "acme.egress",
        Scope.TOOL_CALL,
        "Why.",
        True,
    )
    assert (rule.owner, rule.tickets, rule.controls, rule.severity) == ("sec", ("T-1", "T-2"), ("A.9",), Severity.HIGH)
    assert rule.effect == typed.Block(message="no")
    assert rule.obligations == (
        typed.Log(level=LogLevel.FULL),
        typed.Alert(channel="x", severity=Severity.MEDIUM),
        typed.Label(text="l"),
    )
    assert rule.span.line == 4
    (exempt,) = rule.exempts
    assert (exempt.until, exempt.owner, exempt.reason) == (date(2027, 3, 31), "o", "why")


def test_a_detector(tmp_path: Path) -> None:
    checked = program(
        tmp_path,
        r"""list names = ["Ann", "Bob"]
        /// Doc.
        detector d {
          pattern /(a)b{1,3}\/c/ group 1; words names; code languages python, go
          near ["x"] within 40 chars; validate entropy >= 3.5; validate luhn
          ignore [/z/, "Q"]; ignore names
          class c; severity low; confidence certain; redact as hash
        }
        detector t { table "t.csv" columns b, a match 2 within 80 chars class c }
        detector plain { table "t.csv" columns a }""",
        t__csv="a,x,b\n1,2,3\n\n4,5,6\n",
    )
    d, plain, t = checked.detectors
    assert (d.id, d.package, d.name, d.cls, d.doc) == ("policy.d", "policy", "d", "c", "Doc.")
    assert (d.severity, d.confidence, d.style) == (Severity.LOW, Confidence.CERTAIN, Style.HASH)
    pattern, words, code = d.sources
    assert (pattern.regex, pattern.group, pattern.max_width) == ("(a)b{1,3}/c", 1, 6)
    assert words == typed.Words(words=("Ann", "Bob"))
    assert code == typed.Code(languages=("go", "python"))
    assert d.near == (typed.Near(words=("x",), within=40),)
    assert d.validators == (typed.Validate(name="entropy", minimum=3.5), typed.Validate(name="luhn", minimum=None))
    assert d.ignore == (
        typed.Ignore(values=("Q",), patterns=("z",)),
        typed.Ignore(values=("Ann", "Bob"), patterns=()),
    )
    assert t.sources == (
        typed.Table(file="t.csv", columns=("b", "a"), rows=(("3", "1"), ("6", "4")), count=2, within=80),
    )
    assert (plain.sources[0].count, plain.sources[0].within) == (1, 0)
    assert (plain.cls, plain.severity, plain.confidence, plain.style) == (
        "unclassified",
        Severity.MEDIUM,
        Confidence.LIKELY,
        None,
    )


def test_the_documentation_of_a_detector(tmp_path: Path) -> None:
    checked = program(
        tmp_path,
        """detector d { pattern /a/ class c source "RFC 1, section 2" remedy "Revoke it." example "a{digits:2}" }
        detector plain { pattern /a/ class c }""",
    )
    d, plain = checked.detectors
    assert (d.source, d.remedy, d.example) == ("RFC 1, section 2", "Revoke it.", "a{digits:2}")
    assert (plain.source, plain.remedy, plain.example) == ("", "", "")


def test_conditional_confidence(tmp_path: Path) -> None:
    checked = program(
        tmp_path,
        """list names = ["a"]
        detector other { pattern /o/ class c }
        detector d {
          pattern /a/
          class c
          not near names within 5 chars before
          confidence possible
          confidence certain when near other within 9 chars and not near ["x"] within 3 chars after and not luhn
          confidence likely when entropy >= 3
        }""",
    )
    d, _ = checked.detectors
    assert d.near == (typed.Near(words=("a",), within=5, side="before", negated=True),)
    assert d.confidence is Confidence.POSSIBLE
    assert d.raised == (
        typed.Confidences(
            confidence=Confidence.CERTAIN,
            checks=(
                typed.NearDetector(detector="policy.other", within=9),
                typed.Near(words=("x",), within=3, side="after", negated=True),
                typed.Validate(name="luhn", minimum=None, negated=True),
            ),
        ),
        typed.Confidences(confidence=Confidence.LIKELY, checks=(typed.Validate(name="entropy", minimum=3.0),)),
    )


def test_detectors_that_a_confidence_looks_for_are_kept(tmp_path: Path) -> None:
    checked = program(
        tmp_path,
        """use "./x.gov" as other
        rule r { when payload contains other.one then block }""",
        x__gov="""package y.x
        detector one { pattern /1/ class c confidence certain when near two within 9 chars }
        detector two {
          pattern /2/
          class c
          confidence certain when near three within 9 chars and near one within 9 chars
        }
        detector three { pattern /3/ class c }
        detector four { pattern /4/ class c confidence certain when near one within 9 chars }""",
    )
    assert [d.id for d in checked.detectors] == ["x.one", "x.three", "x.two"]


def test_only_standard_and_generic_detectors_have_a_family(tmp_path: Path) -> None:
    checked = program(
        tmp_path,
        """use aigov.pii
        detector mine { pattern /m/ class personal }
        detector wide { pattern /w/ class personal generic }
        rule r { when payload contains pii.email then redact }""",
    )
    email, mine, wide = checked.detectors
    assert [each.family for each in (email, mine, wide)] == [email.cls, "", "personal"]
    assert [each.generic for each in (email, mine, wide)] == [False, False, True]


@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ("", ("a", "b*")),
        ('extend other.words = ["c", "a"]', ("a", "b*", "c")),
        ('override other.words = ["c"]', ("c",)),
        (
            'extend other.words = ["d"] override other.words from "w.txt" extend other.words = ["e"]',
            ("f", "g", "d", "e"),
        ),
        ("override other.words = []", ()),
    ],
)
def test_lists_are_extended_and_overridden(tmp_path: Path, changes: str, values: tuple[str, ...]) -> None:
    checked = program(
        tmp_path,
        f"""use "./x.gov" as other
        {changes}
        rule r {{ when payload contains other.d then block }}""",
        x__gov="""package y.x
        list words = ["a", "b*"]
        detector d { pattern /1/ class c ignore words }""",
        w__txt="f\ng\n",
    )
    (d,) = checked.detectors
    assert d.ignore == (typed.Ignore(values=values, patterns=()),)


def test_only_referenced_detectors_of_used_files_are_kept(tmp_path: Path) -> None:
    checked = program(
        tmp_path,
        """use aigov.secrets, "./x.gov" as other
        detector mine { pattern /m/ class c }
        rule r { when payload contains other.one then redact secrets.aws_access_key_id }""",
        x__gov="package y.x\ndetector one { pattern /1/ class c } detector two { pattern /2/ class c }",
    )
    kept = {d.id for d in checked.detectors}
    assert kept >= {"policy.mine", "secrets.aws_access_key_id", "x.one"}
    assert not kept & {"secrets.npm_token", "x.two"}
    assert any(path.startswith("<aigov>/secrets/") for path in checked.sources)
    used = next(d for d in checked.detectors if d.id == "secrets.aws_access_key_id")
    assert used.span.path.startswith("<aigov>/secrets/")


def test_a_used_file_brings_rules_tests_and_lists(tmp_path: Path) -> None:
    checked = program(
        tmp_path,
        'use "./x.gov"\nrule r { when user.name in x.names and user.level == 3 then block }',
        x__gov="""package acme.x
            list names from "names.txt"
            attribute user.level: int from claim "lvl"
            rule s { when true then log full }
            test "t" { prompt "x" expect block, not allow }""",
        names__txt="Ann\r\n\n  Bob  \n",
    )
    assert [rule.id for rule in checked.rules] == ["r", "s"]
    assert checked.rules[0].when.terms[0].values == ("Ann", "Bob")
    assert [test.name for test in checked.tests] == ["t"]
    level = next(a for a in checked.attributes if a.name == "user.level")
    assert (level.kind, level.phase, level.source) == ("int", "session", ("claim", "lvl"))
    assert {Path(path).name for path in checked.sources} == {"main.gov", "x.gov", "names.txt"}


def test_a_test_block(tmp_path: Path) -> None:
    (test,) = program(
        tmp_path,
        """detector d { pattern /x/ class c }
        rule r { when true then block }
        test "all" {
          given device.managed = true, request.tokens = 3, user.groups = {"a", "b"}
          given place.kind = ci, user.name = unknown
          prompt "p"; tool_result "t"
          expect block by r, not redact, log full, not alert "a", prompt "p"
          expect unknown d, not unknown user.name, unknown body
        }""",
    ).tests
    assert test.given == {
        "device.managed": True,
        "request.tokens": 3,
        "user.groups": frozenset({"a", "b"}),
        "place.kind": "ci",
        "user.name": typed.UnknownValue(),
    }
    assert test.parts == ((Scope.PROMPT, "p"), (Scope.TOOL_RESULT, "t"))
    assert [e.name for e in test.expectations if isinstance(e, typed.ExpectUnknown)] == [
        "policy.d",
        "user.name",
        "body",
    ]


def test_directories_are_walked_and_hidden_ones_are_not(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b.gov", "sub/a.gov", ".hidden/c.gov"):
        (tmp_path / name).write_text(f"rule r_{Path(name).stem} {{ when true then block }}")
    assert [rule.id for rule in load([tmp_path], require_default=False).rules] == ["r_a", "r_b"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    policy = tmp_path / "a.gov"
    policy.write_text("default block")
    assert load([policy, tmp_path, tmp_path / "." / "a.gov"]).default is not None


def test_files_of_one_package_see_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.gov").write_text('package acme.x\nlist names = ["n"]')
    (tmp_path / "b.gov").write_text(
        "package acme.x\nrule r { when user.name in names or request.model in x.names then block }"
    )
    (tmp_path / "c.gov").write_text("package acme.y\nuse acme.x\nrule s { when user.name in x.names then block }")
    assert [rule.id for rule in load([tmp_path], require_default=False).rules] == ["r", "s"]


@pytest.mark.parametrize("paths", [[], ["missing.gov"], ["missing/"], ["bad\0name.gov"]])
def test_nothing_to_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert [d.code for d in check(paths).diagnostics] == ["E020"]
    assert [d.code for d in check([tmp_path]).diagnostics] == ["E020"]


def test_load_raises_with_every_diagnostic(tmp_path: Path) -> None:
    policy = tmp_path / "a.gov"
    policy.write_text("rule a { when x then block }\nrule b { when y then block }")
    with pytest.raises(PolicyError) as caught:
        load([policy])
    assert [d.code for d in caught.value.diagnostics] == ["E028", "E024", "E024"]


def test_broken_and_unreadable_files_do_not_hide_others(tmp_path: Path) -> None:
    (tmp_path / "a.gov").write_bytes(b"\xff")
    (tmp_path / "b.gov").write_text("default block\nrule r { when }")
    checked = check([tmp_path])
    assert [d.code for d in checked.diagnostics] == ["E004", "E001"]
    assert checked.program is None
    assert list(checked.modules) == [str(tmp_path / "b.gov")]


def test_the_standard_library_checks() -> None:
    from aigov_dsl.checker.files import _STANDARD_DIR

    checked = check([_STANDARD_DIR], require_default=False)
    assert checked.diagnostics == ()
    files = {file.relative_to(_STANDARD_DIR) for file in _STANDARD_DIR.rglob("*.gov")}
    assert set(checked.sources) == {f"<aigov>/{file}" for file in files}
