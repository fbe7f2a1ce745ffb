"""Reports for people and for tools."""

from __future__ import annotations

import json
from urllib.parse import unquote

import jsonschema
import pytest

from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic, Edit, Level
from aigov_dsl.report import render
from aigov_dsl.source import Source
from tests.conftest import Golden

TEXT = 'rule r {\n\twhen user.name == "日本" and x\n}\nlong ' + "y" * 500 + " z\n"
SOURCE = Source(TEXT, "dir/a b.gov")
SOURCES = {SOURCE.path: TEXT.encode()}


def found(word: str, message: str = "a message", **fields: object) -> Diagnostic:
    start = TEXT.index(word)
    span = SOURCE.span(start, start + len(word))
    return Diagnostic(code="E001", level=Level.ERROR, message=message, span=span, **fields)


DIAGNOSTICS = (
    found("user.name", help="a help", related=((found("rule r").span, "declared here"),)),
    found("and x", "wide characters before it"),
    found("z", "at the end of a long line"),
    found("{\n\twhen", "over two lines"),
    found("x\n", "a \u202e bad character"),
    Diagnostic(
        code="W101",
        level=Level.WARNING,
        message="lint",
        span=found("when").span,
        fix=(Edit(span=found("x").span, text="y"),),
    ),
    Diagnostic(code="E020", level=Level.ERROR, message="no file", span=Span("none.gov", 0, 0, 1, 1, 1, 1)),
)


@pytest.mark.parametrize(("format", "color"), [("text", False), ("text", True), ("json", False), ("sarif", False)])
def test_golden(golden: Golden, format: str, color: bool) -> None:
    name = f"{format}{'_in_color' if color else ''}.txt"
    golden(f"../golden/report/{name}", render(DIAGNOSTICS, SOURCES, format=format, color=color))


def test_the_caret_stands_under_its_word() -> None:
    lines = render([found("user.name")], SOURCES).splitlines()
    source, caret = lines[3], lines[4]
    assert source[caret.index("^") : caret.rindex("^") + 1] == "user.name"


def test_nothing_to_report() -> None:
    assert render([], {}) == ""
    assert json.loads(render([], {}, "json")) == {"errors": 0, "warnings": 0, "diagnostics": []}
    assert json.loads(render([], {}, "sarif"))["runs"][0]["results"] == []


def test_no_escape_codes_or_controls_reach_the_terminal() -> None:
    text = 'rule \x1b[2Jr { when "\u202e" }\n'
    source = Source(text, "a\x1b.gov")
    diagnostic = Diagnostic(code="E001", level=Level.ERROR, message="bad `\x1b[31m`", span=source.span(5, 9))
    out = render([diagnostic], {source.path: text.encode()})
    assert not set(out) & {"\x1b", "\u202e"}


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown report format"):
        render([], {}, "xml")


# The parts of the SARIF 2.1.0 schema that a report of ours uses.
TEXT_OBJECT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string"}},
    "additionalProperties": False,
}
REGION = {
    "type": "object",
    "required": ["startLine"],
    "properties": {
        name: {"type": "integer", "minimum": 1} for name in ("startLine", "startColumn", "endLine", "endColumn")
    },
    "additionalProperties": False,
}
ARTIFACT = {
    "type": "object",
    "required": ["uri"],
    "properties": {"uri": {"type": "string", "pattern": r"^[A-Za-z0-9:/.%_~!$&'()*+,;=@-]+$"}},
    "additionalProperties": False,
}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "message": TEXT_OBJECT,
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {"artifactLocation": ARTIFACT, "region": REGION},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
CHANGE = {
    "type": "object",
    "required": ["artifactLocation", "replacements"],
    "properties": {
        "artifactLocation": ARTIFACT,
        "replacements": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["deletedRegion"],
                "properties": {"deletedRegion": REGION, "insertedContent": TEXT_OBJECT},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
RESULT = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": TEXT_OBJECT,
        "locations": {"type": "array", "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION},
        "fixes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["artifactChanges"],
                "properties": {"artifactChanges": {"type": "array", "minItems": 1, "items": CHANGE}},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
RULE = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "shortDescription": TEXT_OBJECT},
    "additionalProperties": False,
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "rules": {"type": "array", "uniqueItems": True, "items": RULE}},
    "additionalProperties": False,
}
RUN = {
    "type": "object",
    "required": ["tool"],
    "properties": {
        "tool": {
            "type": "object",
            "required": ["driver"],
            "properties": {"driver": DRIVER},
            "additionalProperties": False,
        },
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": RESULT},
    },
    "additionalProperties": False,
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": RUN},
    },
    "additionalProperties": False,
}


def test_sarif_has_the_shape_of_its_schema() -> None:
    log = json.loads(render(DIAGNOSTICS, SOURCES, "sarif"))
    jsonschema.validate(log, SARIF)
    run = log["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert unquote(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) == SOURCE.path


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b.gov", "a%20b.gov"),
        ("<aigov>/pii.gov", "%3Caigov%3E/pii.gov"),
        ("/x/a.gov", "file:///x/a.gov"),
        ("../é.gov", "../%C3%A9.gov"),
    ],
)
def test_sarif_paths_are_uris(path: str, uri: str) -> None:
    diagnostic = Diagnostic(code="E001", level=Level.ERROR, message="m", span=Span(path, 0, 0, 1, 1, 1, 1))
    log = json.loads(render([diagnostic], {}, "sarif"))
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
