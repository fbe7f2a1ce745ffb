"""eval, explain: one request, decided and told why."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Aigov


def request(text: str, *, managed: bool | None = True, groups: list[str] | None = None) -> dict[str, Any]:
    return {
        "identity": {
            "user": {} if groups is None else {"groups": groups},
            "device": {} if managed is None else {"managed": managed},
        },
        "request": {
            "provider": "openai",
            "model": "gpt-4o",
            "operation": "chat",
            "host": "api.openai.com",
            "stream": False,
        },
        "direction": "prompt",
        "body": {"model": "gpt-4o", "messages": [{"role": "user", "content": text}]},
    }


def decide(aigov: Aigov, bundle: Path, document: Any, *options: object, verb: str = "eval") -> dict[str, Any]:
    stdin = document if isinstance(document, bytes) else json.dumps(document).encode()
    result = aigov(verb, bundle, "--request", "-", "--trust", "release.pub", "--format", "json", *options, stdin=stdin)
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_eval_redacts_and_keeps_the_shape_of_the_body(aigov: Aigov, bundle: Path) -> None:
    answer = decide(aigov, bundle, request("about Blue Heron", groups=["eng"]))
    assert answer["outcome"] == "redact"
    assert [(rule["id"], rule["effect"]) for rule in answer["rules"]] == [
        ("names_stay_home", "redact"),
        ("approved", "allow"),
    ]
    assert answer["rules"][0]["location"].endswith("policy.gov:22")
    assert answer["body"]["messages"] == [{"role": "user", "content": "about [acme.codename]"}]
    (finding,) = answer["findings"]
    assert finding == {
        "detector": "acme.codename",
        "class": "internal",
        "confidence": finding["confidence"],
        "path": "/messages/0/content",
        "start": 6,
        "end": 16,
    }
    assert answer["unknown"] == []
    assert answer["revision"]


def test_eval_blocks_when_evidence_is_missing(aigov: Aigov, bundle: Path) -> None:
    answer = decide(aigov, bundle, request("hello", managed=None))
    assert answer["outcome"] == "block"
    assert answer["message"] == "No rule admits this request."
    assert answer["unknown"] == ["device.managed"]
    assert answer["body"] is None


@pytest.mark.parametrize(
    "body", [b'"not json"', b'{"messages":[{"role":"user","role":"x","content":"a"}]}', b"[" * 500 + b"]" * 500]
)
def test_eval_fails_closed_on_a_body_that_cannot_be_read(aigov: Aigov, bundle: Path, body: bytes) -> None:
    whole = json.dumps(request("x", groups=["eng"]) | {"body": 0}).encode()
    answer = decide(aigov, bundle, whole.replace(b'"body": 0', b'"body": ' + body))
    assert answer["outcome"] == "block"


def test_eval_in_words(aigov: Aigov, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text(json.dumps(request("about Blue Heron", groups=["eng"])))
    result = aigov("eval", bundle, "--request", "request.json", "--trust", "release.pub")
    assert result.code == 0
    assert result.out.startswith("redact\n")
    assert "names_stay_home" in result.out


def test_eval_ends_with_8_when_the_outcome_is_another(aigov: Aigov, bundle: Path) -> None:
    document = json.dumps(request("hello", groups=["eng"])).encode()
    arguments = ("eval", bundle, "--request", "-", "--trust", "release.pub", "--expect")
    assert aigov(*arguments, "allow", stdin=document).code == 0
    result = aigov(*arguments, "block", stdin=document)
    assert result.code == 8
    assert "expected block, decided allow" in result.err


def test_eval_monitors_a_rule(aigov: Aigov, bundle: Path) -> None:
    answer = decide(aigov, bundle, request("about Blue Heron", groups=["eng"]), "--monitor", "names_stay_home")
    assert answer["outcome"] == "allow"
    assert [rule["enforced"] for rule in answer["rules"] if rule["id"] == "names_stay_home"] == [False]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "object"),
        (b'{"identity": {}}', "body"),
        (b'{"body": {}, "identity": {"user": {"shoe": 43}}}', "shoe"),
        (b'{"body": {}, "direction": "sideways"}', "direction"),
    ],
)
def test_eval_refuses_what_is_no_request(aigov: Aigov, bundle: Path, document: bytes, said: str) -> None:
    result = aigov("eval", bundle, "--request", "-", "--trust", "release.pub", stdin=document)
    assert result.code == 2
    assert said in result.err
    assert len(result.err.splitlines()) == 1


def test_eval_notes_that_nothing_was_verified(aigov: Aigov, bundle: Path) -> None:
    document = json.dumps(request("hello", groups=["eng"])).encode()
    result = aigov("eval", bundle, "--request", "-", stdin=document)
    assert result.code == 0
    assert "signature is not checked" in result.err


def test_eval_believes_installed_keys_and_no_others(
    aigov: Aigov, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = json.dumps(request("hello", groups=["eng"])).encode()
    aigov("keys", "generate", "-o", "stranger.key")
    assert aigov("eval", bundle, "--request", "-", stdin=document).code == 7
    monkeypatch.setenv("AIGOV_TRUST", "release.pub")
    assert aigov("eval", bundle, "--request", "-", stdin=document).code == 0
    monkeypatch.setenv("AIGOV_TRUST", "gone.pub")
    assert aigov("eval", bundle, "--request", "-", stdin=document).code == 7


def test_explain_shows_clauses_with_their_values(aigov: Aigov, bundle: Path) -> None:
    answer = decide(aigov, bundle, request("about Blue Heron", groups=["eng"]), verb="explain")
    rules = {rule["id"]: rule for rule in answer["rules"]}
    assert [(rule["id"], rule["matched"], rule["truth"]) for rule in answer["rules"]] == [
        ("names_stay_home", True, "true"),
        ("approved", True, "true"),
        ("no_keys", False, "false"),
    ]
    managed = rules["approved"]["reasons"][0]
    assert (managed["text"], managed["truth"], managed["decides"]) == ("device.managed", "true", True)
    assert (managed["attribute"], managed["value"]) == ("device.managed", True)
    key, security = rules["no_keys"]["reasons"]
    assert (key["truth"], key["decides"], key["found"]) == ("false", True, 0)
    assert (security["decides"], security["value"]) == (False, ["eng"])


@pytest.mark.parametrize("verb", ["eval", "explain"])
@pytest.mark.parametrize("output", ["text", "json"])
def test_a_lone_surrogate_is_shown_as_its_escape(aigov: Aigov, bundle: Path, verb: str, output: str) -> None:
    document = json.dumps(request("hello", groups=["\ud800"])).encode()
    arguments = (verb, bundle, "--request", "-", "--trust", "release.pub", "--format", output)
    result = aigov(*arguments, stdin=document)
    assert (result.code, result.err) == (0, "")
    assert ("\\ud800" in result.out) == (verb == "explain")


def test_explain_in_words(aigov: Aigov, bundle: Path) -> None:
    document = json.dumps(request("about Blue Heron", groups=["eng"])).encode()
    result = aigov("explain", bundle, "--request", "-", "--trust", "release.pub", stdin=document)
    assert result.code == 0
    assert "rule names_stay_home (redact) matched" in result.out
    assert " * true     payload contains codename  1 finding\n" in result.out
    assert " * true     device.managed  device.managed = true\n" in result.out


def test_explain_says_why_no_rule_admits_a_request(aigov: Aigov, bundle: Path) -> None:
    document = json.dumps(request("hello", managed=False)).encode()
    result = aigov("explain", bundle, "--request", "-", "--trust", "release.pub", stdin=document)
    assert result.out.startswith("block: No rule admits this request.\n\nno rule matched\n")
    assert "rule approved (allow) did not match" in result.out
    assert " * false    device.managed  device.managed = false\n" in result.out


def test_explain_of_a_body_that_cannot_be_read(aigov: Aigov, bundle: Path) -> None:
    document = json.dumps(request("x", groups=["eng"]) | {"body": "no JSON"}).encode()
    result = aigov("explain", bundle, "--request", "-", "--trust", "release.pub", stdin=document)
    assert " * unknown  payload contains codename  0 findings, not all seen: body\n" in result.out


def test_explain_tells_the_day_of_an_exemption(aigov: Aigov, policy: Path) -> None:
    policy.write_text(
        policy.read_text()
        + 'exempt no_keys\n  when user.groups has "red-team"\n  until 2001-03-31\n  owner "a"\n  reason "b"\n'
    )
    aigov("compile", policy, "-o", "policy.govb")
    document = json.dumps(request("KEY-12345678", groups=["red-team"])).encode()
    result = aigov("explain", "policy.govb", "--request", "-", stdin=document)
    today = datetime.now(UTC).date()
    assert re.search(rf"^ \* true     the day is after 2001-03-31 +the day is {today}$", result.out, re.MULTILINE)


def test_explain_says_what_is_not_known(aigov: Aigov, bundle: Path) -> None:
    document = json.dumps(request("KEY-12345678", managed=None)).encode()
    result = aigov("explain", bundle, "--request", "-", "--trust", "release.pub", stdin=document)
    assert "rule approved (allow) could not be decided, which does not count as a match" in result.out
    assert " * unknown  device.managed  device.managed is not known\n" in result.out
    assert "rule no_keys (block) could not be decided, which counts as a match" in result.out
    assert "user.groups is not known" in result.out


def test_the_request_of_the_documentation_is_one(aigov: Aigov, bundle: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "cli.md"
    (document,) = re.findall(r"^```json\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    assert decide(aigov, bundle, document.encode())["outcome"] == "allow"
