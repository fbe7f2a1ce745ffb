"""check, fmt, lint, test: what an author runs."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from time import sleep

from tests.cli.conftest import POLICY, Aigov


def test_check_accepts_a_sound_policy(aigov: Aigov, policy: Path) -> None:
    result = aigov("check", policy)
    assert result.code == 0
    assert result.out.startswith("ok: 1 file, 3 rules, ") or "3 rules" in result.out


def test_check_reports_every_error_with_its_place(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "bad.gov").write_text(
        "default allow\nrule a { when device.mangaed then allow }\nrule b { when user.id == 1 then allow }\n"
    )
    result = aigov("check", "bad.gov")
    assert result.code == 3
    assert "bad.gov:2:" in result.out
    assert "device.managed" in result.out
    assert "bad.gov:3:" in result.out


def test_a_plug_in_that_is_not_installed_ends_a_test_run(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "p.gov").write_text(
        """
detector people { using "spacy:no_such_model" labels [PERSON] within 50 ms class person }
rule told { when payload contains people then alert "dpo" }
default allow
test "names" { prompt "Ann Lee" expect alert "dpo" }
"""
    )
    result = aigov("test", "p.gov")
    assert result.code == 2
    assert result.err == (
        "aigov: the spaCy model no_such_model is not installed: python -m spacy download no_such_model\n"
    )


def test_check_speaks_json_and_sarif(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "bad.gov").write_text("default allow\nrule a { when device.mangaed then allow }\n")
    found = aigov("check", "bad.gov", "--format", "json")
    assert found.code == 3
    assert "E024" in json.dumps(json.loads(found.out))
    sarif = aigov("check", "bad.gov", "--format", "sarif")
    assert sarif.code == 3
    assert json.loads(sarif.out)["version"] == "2.1.0"


def test_fmt_writes_in_place_and_then_has_nothing_to_do(aigov: Aigov, tmp_path: Path) -> None:
    path = tmp_path / "loose.gov"
    path.write_text("default   allow // why not\nrule a{when device.managed then allow}\n")
    looked = aigov("fmt", "--check", "--diff", tmp_path)
    assert looked.code == 4
    assert "+rule a {" in looked.out
    assert "rule a{" in path.read_text()
    assert aigov("fmt", tmp_path).code == 0
    assert "// why not" in path.read_text()
    assert "rule a {\n" in path.read_text()
    assert aigov("fmt", "--check", tmp_path).code == 0


def test_fmt_leaves_a_broken_file_as_it_is(aigov: Aigov, tmp_path: Path) -> None:
    path = tmp_path / "broken.gov"
    path.write_text("rule a {")
    assert aigov("fmt", path).code == 3
    assert path.read_text() == "rule a {"


def test_fmt_refuses_what_is_not_utf_8(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "latin.gov").write_bytes("// grün".encode("latin-1"))
    result = aigov("fmt", "latin.gov")
    assert result.code == 3
    assert "E004" in result.out


def test_lint_finds_and_ends_with_its_own_code(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "a.gov").write_text(
        'default allow\nlist spare = ["a"]\nrule r { when not not device.managed then allow }\n'
    )
    result = aigov("lint", "a.gov", "--format", "json")
    assert result.code == 4
    assert json.loads(result.out)


def test_lint_fix_keeps_the_policy_sound(aigov: Aigov, tmp_path: Path) -> None:
    path = tmp_path / "a.gov"
    path.write_text("default allow\nrule r { when not not device.managed then allow }\n")
    aigov("lint", "--fix", path)
    assert "not not" not in path.read_text()
    assert aigov("check", path).code == 0


def test_lint_fix_goes_on_until_nothing_changes(aigov: Aigov, tmp_path: Path) -> None:
    path = tmp_path / "a.gov"
    path.write_text("default allow\nrule r { when not (not (not (not device.managed))) then allow }\n")
    result = aigov("lint", "--fix", path)
    assert path.read_text() == "default allow\nrule r { when device.managed then allow }\n"
    assert result.err.count("fixed") == 1
    before = path.read_bytes()
    assert "fixed" not in aigov("lint", "--fix", path).err
    assert path.read_bytes() == before


def test_test_runs_the_policys_own_tests(aigov: Aigov, policy: Path) -> None:
    result = aigov("test", policy, "--coverage")
    assert result.code == 0
    assert "pass  a codename is hidden" in result.out
    assert "no_keys is never matched" in result.out


def test_test_fails_with_what_it_got(aigov: Aigov, policy: Path) -> None:
    policy.write_text(POLICY.replace('expect prompt "about [acme.codename]"', 'expect prompt "about it"'))
    result = aigov("test", policy)
    assert result.code == 5
    assert "FAIL  a codename is hidden" in result.out
    assert "about [acme.codename]" in result.out


def test_test_gates_on_coverage(aigov: Aigov, policy: Path) -> None:
    result = aigov("test", policy, "--min-coverage", 100)
    assert result.code == 6
    assert "below 100%" in result.err


def test_test_speaks_json_and_junit(aigov: Aigov, policy: Path) -> None:
    assert json.loads(aigov("test", policy, "--format", "json").out)["passed"] is True
    suite = ET.fromstring(aigov("test", policy, "--format", "junit").out)
    assert suite[0].attrib["tests"] == "1"


def test_fmt_formats_the_files_that_check_reads(aigov: Aigov, tmp_path: Path) -> None:
    for name in ("seen", ".hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.gov").write_text("default   allow\n")
    result = aigov("fmt", ".")
    assert result.out == "formatted seen/a.gov\n1 file of 1 changed\n"


def test_watch_runs_again_when_what_it_read_changes(policy: Path) -> None:
    command = [sys.executable, "-m", "aigov", "test", "--watch", policy.name]
    with subprocess.Popen(
        command, cwd=policy.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        output = process.stdout

        def until_waiting() -> str:
            lines = []
            while "waiting for changes" not in (line := output.readline()):
                assert line, "it ended"
                lines.append(line)
            return "".join(lines)

        assert "1 test passed, 0 failed" in until_waiting()
        sleep(1)  # for the watcher to stand
        (policy.parent / "beside.txt").write_text("not read by the policy")
        sleep(1)
        policy.write_text(policy.read_text().replace("allow by approved", "block"))
        assert until_waiting().count("0 tests passed, 1 failed") == 1
        process.terminate()
