"""The standard detectors on generated samples in the places where people paste them, and on what looks alike."""

from __future__ import annotations

import random
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import aigov_dsl
from aigov_dsl import examples
from aigov_dsl.testing import run_tests
from aigov_dsl.typed import Program
from aigov_runtime.model import Confidence, Finding, Kind, Segment
from aigov_runtime.primitives import Primitives
from aigov_runtime.scan import Scanner
from tests.runtime import samples
from tests.runtime.scanners import scanner
from tests.runtime.variants import VARIANTS

STANDARD = Path(aigov_dsl.__file__).parent / "std"
SEEDS = range(5)


@cache
def library() -> Program:
    return aigov_dsl.load([STANDARD / "scan.gov"])


@cache
def standard() -> Scanner:
    return scanner(*library().detectors)


def findings(text: str) -> tuple[Finding, ...]:
    scan = standard().scan([Segment("user", "", text, Kind.TEXT)])
    assert not scan.incomplete
    return scan.findings


def found(text: str) -> list[tuple[str, str]]:
    data = text.encode()
    return [(f.detector, data[f.start : f.end].decode()) for f in findings(text)]


def cases(kinds: samples.Mapping[str, tuple[samples.Make, ...]]) -> list[object]:
    return [
        pytest.param(name, make, id=f"{name}-{number}")
        for name, makes in kinds.items()
        for number, make in enumerate(makes)
    ]


def values(make: samples.Make) -> list[str]:
    return [make(random.Random(seed)) for seed in SEEDS]


def templates() -> list[object]:
    """Every example of a standard detector of secrets, and its variants."""
    detectors = (each for each in library().detectors if each.example and each.package.endswith(".secrets"))
    return [
        pytest.param(detector.id, template, id=f"{detector.id}-{number}")
        for detector in detectors
        for number, template in enumerate((detector.example, *VARIANTS.get(detector.id, ())))
    ]


def drawn(detector: str, template: str) -> list[str]:
    """Texts of a template. A check on entropy or randomness may refuse a draw in some hundreds, so each has three."""

    def accepts(text: str) -> bool:
        return any(name == detector for name, _ in found(text))

    return [examples.accepted(template, random.Random(seed), accepts, tries=3) for seed in SEEDS]


def secrets(text: str) -> list[tuple[str, str]]:
    return [hit for hit in found(text) if hit[0].startswith("secrets.")]


@pytest.mark.parametrize(("detector", "template"), templates())
def test_an_example_is_found_once_wherever_it_stands(detector: str, template: str) -> None:
    for text in drawn(detector, template):
        hits = secrets(text)
        assert [name for name, _ in hits].count(detector) == 1, (text, hits)
        if hits == [(detector, text)] and "\n" not in text:  # a token that is told by its form alone
            for where, carry in samples.CARRIERS.items():
                assert [(name, value.rstrip(",.")) for name, value in secrets(carry(text))] == hits, (
                    where,
                    carry(text),
                )
            for named in (f'api_key = "{text}"', f"SERVICE_TOKEN={text}", f"Authorization: Bearer {text}"):
                once = secrets(named)  # a generic detector may be as sure as one for a weak form
                assert len(once) == 1, (named, once)
                assert text in once[0][1], (named, once)
        else:
            for where in ("prose", "end of sentence", "diff"):
                assert secrets(samples.CARRIERS[where](text)), (where, text)


@pytest.mark.parametrize(("name", "make"), cases(samples.ARMOURED))
def test_a_private_key_is_found_from_header_to_footer(name: str, make: samples.Make) -> None:
    for value in values(make):
        for text in (value, value.replace("\n", "\\n"), value.replace("\n", "\r\n")):
            assert found(f"key: {text} end") == [(f"secrets.{name}", text)]


@pytest.mark.parametrize(("name", "make"), cases(samples.PII))
def test_personal_data_is_found_once_and_whole(name: str, make: samples.Make) -> None:
    for value in values(make):
        for where, carry in samples.CARRIERS.items():
            if where in ("url", "env") and name in ("pii.phone", "pii.email"):
                continue  # `=+49…` and `p=a+b@c` belong to the URL's own escaping
            assert found(carry(value)) == [(name, value)], (where, carry(value))


def test_the_example_of_the_language_page() -> None:
    assert found("deploy with AKIAQ3EGSZ7WBRXKQJ4N please") == [("secrets.aws_access_key_id", "AKIAQ3EGSZ7WBRXKQJ4N")]


NEGATIVES = [
    # what documentation writes in place of a value
    "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-ant-api03-your-key-goes-here-your-key-goes-here",
    'api_key = "YOUR_API_KEY_GOES_HERE_PLEASE"',
    "password = 'changeme123'",
    "postgres://user:password@localhost/db",
    "postgres://app:${DB_PASSWORD}@localhost/db",
    # a check value that does not fit
    "4111 1111 1111 1112",
    "DE89 3704 0044 0532 0130 01",
    "eyJub3RqdA.eyJub3RqdA.c2lnbmF0dXJlc2lnbmF0dXJl",
    # identifiers of other kinds
    "550e8400-e29b-41d4-a716-446655440000",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "d41d8cd98f00b204e9800998ecf8427e  empty.txt",
    "token: 550e8400-e29b-41d4-a716-446655440000",
    "order 4532015112830367 shipped",
    "Order No. 100-22-333-4444-1",
    "build 1700000000000 at 12:34:56, took 3.14159265358979323846",
    "lodash@4.17.21 and icon@2x.png, git@github.com:org/repo.git",
    "version 1.2.3.4 of the driver, v10.20.30.40, OID 1.3.6.1.4.1.311",
    'assembly version="1.0.0.0", RFC 9110 section 8.4.1.3',
    "telemetry-destinations-2026-08-11",
    "std::vector<int>, a::b, SHA1 fingerprint 00:1b:44:11:3a:b7:00:1b:44:11:3a:b7:00:1b:44:11:3a:b7:44:11",
    "tracking 9400 1000 0000 0000 0000 00",
    "ISBN 978-3-16-148410-0",
    "0x7ffee4c3b8a0 0xdeadbeefdeadbeef",
    "000-12-3456 and 666-12-3456 and 912-34-5678 and 123-00-4567",
    # code and prose about secrets
    "token = self.tokenizer.get_next_token(request)",
    "secret = os.environ['MY_SERVICE_SECRET_NAME']",
    "token = cls._process_token(tdef)",
    "if creds.access_key == crt_creds.access_key_id: pass",
    "access_token: Optional[AccessTokenDefinition] = None",
    "The password is required. The token: a short explanation follows here.",
    "def reset_password(user, new_password=None): pass",
    "password: string; passwordConfirmation: string;",
    "client_secret=settings.GOOGLE_CLIENT_SECRET",
    "-----BEGIN PUBLIC KEY-----\n" + "A1b2C3d4" * 20 + "\n-----END PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----\n" + "A1b2C3d4" * 20 + "\n-----END CERTIFICATE-----",
    "https://en.wikipedia.org/wiki/Basic_authentication uses the Basic scheme",
    "basic understanding of internationalization",
    "bearer of internationalizationsandmore",
    # what everybody may read
    "STRIPE_PUBLISHABLE_KEY=pk_live_wYleIZPE8eL2qRRyrKQuqd1F",
    "NEXT_PUBLIC_MAPS_API_KEY=wYleIZPE8eL2qRRyrKQuqd1FzR4t",
    "RECAPTCHA_SITE_KEY=6LfwYleIZPE8eL2qRRyrKQuqd1FzR4tbN",
    "GITHUB_SHA=9fceb02d0ae598e95dc970b74767f19372d61af8",
    "aws s3api list-objects --starting-token eyJOZXh0VG9rZW4iOiBudWxsLCAiYiI6IDEwfQ",
]


@pytest.mark.parametrize("text", NEGATIVES)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    for where in ("prose", "json", "yaml", "markdown"):
        assert [f for f in findings(samples.CARRIERS[where](text)) if f.confidence >= Confidence.LIKELY] == [], where


@pytest.mark.parametrize(
    "token", ["ghp_16C7e42F292c6912E7710c838347Ae178B4b", "npm_16C7e42F292c6912E7710c838347Ae178B4b"]
)
def test_a_check_value_that_does_not_fit_leaves_doubt(token: str) -> None:
    assert [finding.confidence for finding in findings(token)] == [Confidence.LIKELY]


@pytest.mark.parametrize("detector", ["secrets.adyen_api_key", "secrets.kerberos_ticket"])
def test_a_token_ends_where_it_ends(detector: str) -> None:
    template = next(str(each.example) for each in library().detectors if each.id == detector)
    for token in drawn(detector, template):
        for text in (f"{token}&page=2", f"`{token}`", f"{token}, and more", f"({token})"):
            assert (detector, token) in found(text), text


def test_every_detector_is_documented() -> None:
    detectors = library().detectors
    assert [each.id for each in detectors if not (each.doc and each.source and each.remedy and each.example)] == []
    assert VARIANTS.keys() <= {each.id for each in detectors}


def test_the_library_passes_its_own_tests() -> None:
    report = run_tests(library(), Primitives(bytes(32)), date(2026, 1, 1))
    assert report.results
    assert [result.name for result in report.results if not result.passed] == []


def test_source_code_without_secrets_has_no_findings() -> None:
    for module in (random, pytest):
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        assert [f for f in findings(text) if f.confidence >= Confidence.LIKELY] == []  # it names its authors
