"""compile, keys, verify, inspect: from policy to a bundle that can be trusted."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Aigov


def test_a_private_key_is_its_owners_alone_and_its_public_key_is_trusted(aigov: Aigov, tmp_path: Path) -> None:
    result = aigov("keys", "generate")
    assert result.code == 0
    assert stat.S_IMODE((tmp_path / "aigov.key").stat().st_mode) == 0o600
    trusted = list((tmp_path / "home/.config/aigov/trust.d").iterdir())
    assert [path.read_bytes() for path in trusted] == [(tmp_path / "aigov.pub").read_bytes()]
    assert str(trusted[0]) in result.out


def test_keys_are_never_overwritten(aigov: Aigov, tmp_path: Path) -> None:
    aigov("keys", "generate")
    before = (tmp_path / "aigov.key").read_bytes()
    result = aigov("keys", "generate")
    assert result.code == 2
    assert "never overwritten" in result.err
    assert (tmp_path / "aigov.key").read_bytes() == before


def test_keys_that_cannot_be_trusted_are_still_told_of(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, so that no store can be made in it")
    result = aigov("keys", "generate", "-o", "release.key")
    assert result.code == 2
    assert result.err.startswith("aigov: release.key and release.pub are made, but the public key is not trusted yet: ")
    assert (tmp_path / "release.pub").exists()


def test_compile_ends_with_a_summary(aigov: Aigov, policy: Path) -> None:
    result = aigov("compile", policy, "-o", "p.govb", "--revision", "v7")
    assert result.code == 0
    assert "compiling 3 rules" in result.err
    assert "unsigned" in result.err
    for word in ("rules", "detectors", "pattern", "cost", "bytes", "time", "v7"):
        assert word in result.out


def test_compile_gives_the_same_bytes_twice(aigov: Aigov, policy: Path, tmp_path: Path) -> None:
    aigov("keys", "generate")
    for name in ("a.govb", "b.govb"):
        assert aigov("compile", policy, "-o", name, "--key", "aigov.key").code == 0
    assert (tmp_path / "a.govb").read_bytes() == (tmp_path / "b.govb").read_bytes()


def test_compile_gates_on_cost(aigov: Aigov, policy: Path, tmp_path: Path) -> None:
    result = aigov("compile", policy, "-o", "p.govb", "--max-cost", 1)
    assert result.code == 3
    assert "E082" in result.out
    assert not (tmp_path / "p.govb").exists()


def test_compile_refuses_what_does_not_check(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "bad.gov").write_text("rule a { when nonsense then allow }")
    assert aigov("compile", "bad.gov", "-o", "p.govb").code == 3
    assert not (tmp_path / "p.govb").exists()


@pytest.mark.parametrize("option", ["--expires", "--not-before"])
def test_compile_wants_a_real_date(aigov: Aigov, policy: Path, option: str) -> None:
    result = aigov("compile", policy, "-o", "p.govb", option, "soon")
    assert result.code == 2
    assert "2027-03-31" in result.err


@pytest.mark.parametrize(
    ("option", "value"), [("--expires", "1970-01-01"), ("--not-before", "1900-01-01"), ("--counter", str(2**63))]
)
def test_compile_wants_what_a_bundle_can_hold(aigov: Aigov, policy: Path, option: str, value: str) -> None:
    result = aigov("compile", policy, "-o", "p.govb", option, value)
    assert (result.code, result.out) == (2, "")
    assert f"Invalid value for '{option}'" in result.err


def test_compile_refuses_a_period_in_which_nothing_loads(aigov: Aigov, policy: Path) -> None:
    dates = ("--not-before", "2030-01-02", "--expires", "2030-01-01")
    result = aigov("compile", policy, "-o", "p.govb", *dates)
    assert (result.code, result.err) == (
        2,
        "aigov: the bundle would never load: --not-before is not before --expires\n",
    )


def test_compile_does_not_write_over_its_inputs(aigov: Aigov, policy: Path, tmp_path: Path) -> None:
    assert aigov("keys", "generate", "-o", "release.key", "--no-trust").code == 0
    for name in ("policy.gov", "release.key"):
        before = (tmp_path / name).read_bytes()
        result = aigov("compile", policy, "-o", name, "--key", "release.key")
        assert result.code == 2
        assert f"{name} is what the bundle is made from" in result.err
        assert (tmp_path / name).read_bytes() == before


def test_compile_wants_a_real_key(aigov: Aigov, policy: Path) -> None:
    result = aigov("compile", policy, "-o", "p.govb", "--key", policy)
    assert result.code == 2
    assert "aigov keys generate" in result.err


def test_verify_accepts_the_signer(aigov: Aigov, bundle: Path) -> None:
    result = aigov("verify", bundle, "--trust", "release.pub", "--min-counter", 5, "--format", "json")
    assert result.code == 0
    assert json.loads(result.out)["counter"] == 5


def test_verify_refuses_a_stranger(aigov: Aigov, bundle: Path) -> None:
    aigov("keys", "generate", "-o", "other.key", "--no-trust")
    result = aigov("verify", bundle, "--trust", "other.pub")
    assert result.code == 7
    assert "not signed by a trusted key" in result.err


def test_verify_refuses_an_older_bundle(aigov: Aigov, bundle: Path) -> None:
    result = aigov("verify", bundle, "--trust", "release.pub", "--min-counter", 6)
    assert result.code == 7
    assert "counter" in result.err


def test_verify_refuses_a_database_that_only_another_machine_would_read(
    aigov: Aigov, policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aigov("keys", "generate", "-o", "release.key")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("aigov_runtime.scan.database.host_platform", lambda: "plan9 mips")
        assert aigov("compile", policy, "-o", "p.govb", "--key", "release.key").code == 0
    assert aigov("verify", "p.govb", "--trust", "release.pub").code == 0
    changed = bytearray((tmp_path / "p.govb").read_bytes())
    changed[changed.index(b"\n") + 100] ^= 1
    (tmp_path / "p.govb").write_bytes(changed)
    result = aigov("verify", "p.govb", "--trust", "release.pub")
    assert result.code == 7
    assert "section 0 does not fit the bundle" in result.err


def test_verify_refuses_an_expired_bundle(aigov: Aigov, bundle: Path, policy: Path) -> None:
    aigov("compile", policy, "-o", bundle, "--key", "release.key", "--expires", "2020-01-01")
    result = aigov("verify", bundle, "--trust", "release.pub")
    assert result.code == 7
    assert "expired" in result.err


def test_verify_refuses_without_any_key(aigov: Aigov, bundle: Path) -> None:
    result = aigov("verify", bundle)
    assert result.code == 7
    assert "no trusted key" in result.err


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[:200],
    "empty": lambda _: b"",
    "another document": lambda _: b"{}",
    "reversed": lambda data: data[::-1],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_bundle_is_refused_in_one_line(aigov: Aigov, bundle: Path, damage: Callable[[bytes], bytes]) -> None:
    bundle.write_bytes(damage(bundle.read_bytes()))
    for verb in ("verify", "inspect"):
        result = aigov(verb, bundle, "--trust", "release.pub")
        assert result.code == 7
        assert result.out == ""
        assert len(result.err.splitlines()) == 1
        assert str(bundle) in result.err


def test_inspect_says_what_is_inside(aigov: Aigov, bundle: Path) -> None:
    result = aigov("inspect", bundle)
    assert result.code == 0
    assert "not checked" in result.err
    assert "names_stay_home" in result.out
    assert "acme.codename" in result.out
    document = json.loads(aigov("inspect", bundle, "--trust", "release.pub", "--format", "json").out)
    assert document["manifest"]["counter"] == 5
    assert {rule["id"] for rule in document["rules"]} == {"approved", "names_stay_home", "no_keys"}


def test_inspect_disassembles(aigov: Aigov, bundle: Path) -> None:
    result = aigov("inspect", bundle, "--code", "--trust", "release.pub")
    assert "rule approved  allow" in result.out
    assert "END" in result.out
