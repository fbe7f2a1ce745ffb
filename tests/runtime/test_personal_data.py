"""The detectors of personal and payment data: their own examples, and texts in which they must find exactly this."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

import aigov_dsl
from aigov_dsl import examples
from aigov_dsl.typed import Detector
from aigov_runtime.model import Confidence, Kind, Segment
from aigov_runtime.scan import Scanner
from tests.runtime.scanners import scanner

STANDARD = Path(aigov_dsl.__file__).parent / "std"
PACKAGES = ("pii", "payment", "health", "finance")


@cache
def detectors() -> tuple[Detector, ...]:
    program = aigov_dsl.load([STANDARD / "scan.gov"])
    return tuple(each for each in program.detectors if each.id.split(".")[0] in PACKAGES)


@cache
def standard() -> Scanner:
    return scanner(*detectors())


def found(text: str, confidence: Confidence = Confidence.LIKELY) -> list[tuple[str, str]]:
    scan = standard().scan([Segment("user", "", text, Kind.TEXT)])
    assert not scan.incomplete
    data = text.encode()
    return [(f.detector, data[f.start : f.end].decode()) for f in scan.findings if f.confidence >= confidence]


@pytest.mark.parametrize("detector", [pytest.param(each, id=each.id) for each in detectors() if each.example])
def test_an_example_is_accepted(detector: Detector) -> None:
    def accepts(text: str) -> bool:
        return detector.id in [name for name, _ in found(text, Confidence.POSSIBLE)]

    assert examples.accepted(str(detector.example), random.Random(3), accepts)


ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
"""An example of EIP-55."""

FOUND = [
    ("mail jörg@müller.de or _john@acme.com_", [("pii.email", "jörg@müller.de"), ("pii.email", "john@acme.com")]),
    ("请发邮件到zhang@公司.中国，谢谢", [("pii.email", "zhang@公司.中国")]),
    ("jane [at] acme [dot] com", [("pii.email_bracketed", "jane [at] acme [dot] com")]),
    ("call (+358) 210259091 now", [("pii.phone", "(+358) 210259091")]),
    ("+1-555-123-4567x123", [("pii.phone", "+1-555-123-4567x123")]),
    ("name,pesel,city\nJan,44051401359,Krakow\n", [("pii.pl_pesel", "44051401359")]),
    ("| name | bsn |\n|---|---|\n| Jan | 111222333 |\n", [("pii.nl_bsn", "111222333")]),
    ("The customer gave 44051401359 as PESEL.", [("pii.pl_pesel", "44051401359")]),
    ('{"userPesel": "44051401359"}', [("pii.pl_pesel", "44051401359")]),
    ("ZZ 25 51 71 T is my NI number", [("pii.gb_nino", "ZZ 25 51 71 T")]),
    ("CPF 529.982.247-25.", [("pii.br_cpf", "529.982.247-25")]),
    ("lives at coordinates: -39.886284, 104.437594", [("pii.geo_coordinates", "-39.886284, 104.437594")]),
    ("client 81.2.69.142:443", [("pii.ip_address", "81.2.69.142")]),
    ("card 4556 7375 8689 9855", [("payment.card", "4556 7375 8689 9855")]),
    ("Visa, cvv 123", [("payment.card_verification", "123")]),
    ("ES91 2100 0418 4502 0005 1332 BANK", [("payment.iban", "ES91 2100 0418 4502 0005 1332")]),
    (f"send to {ETHEREUM}", [("payment.ethereum_address", ETHEREUM)]),
    ("routing number 021000021", [("payment.us_routing_number", "021000021")]),
    ("Kind regards,\nIngrid Lindqvist\nSales", [("pii.person_name", "Ingrid Lindqvist")]),
    ("Sehr geehrte Frau Dr. Schneider,", [("pii.person_name_titled", "Schneider")]),
    ("Je m'appelle Céline Moreau.", [("pii.person_name", "Céline Moreau")]),
    ("<customer_name>Emeka Rossetti</customer_name>", [("pii.person_name", "Emeka Rossetti")]),
    ("to 742 Elm Terrace, Salem, OR 97301", [("pii.postal_address", "742 Elm Terrace, Salem, OR 97301")]),
    ("Lindenallee 5\n50968 Köln", [("pii.postal_address", "Lindenallee 5\n50968 Köln")]),
    ("née le 21 juillet 1968", [("pii.date_of_birth", "21 juillet 1968")]),
    ("Telegram: @nv_petrov88", [("pii.social_handle", "@nv_petrov88")]),
    ("NPI: 1234567893", [("health.npi", "1234567893")]),
    ("dx: M54.5, MRN 7741902", [("health.icd10_code", "M54.5"), ("health.medical_record_number", "7741902")]),
    ("KVNR A123456780", [("health.de_kvnr", "A123456780")]),
    ("card number 501866048769", [("payment.card_short", "501866048769")]),
    ("checking_account = 4829986662", [("payment.bank_account", "4829986662")]),
    ("ITIN: 984-51-8059", [("pii.us_itin", "984-51-8059")]),
    ("social insurance number 1456150300", [("pii.at_social_security", "1456150300")]),
    ("call 0049 30 12345678 now", [("pii.phone", "0049 30 12345678")]),
    ("ARR in Q4 reached $22M", [("finance.unreleased_figures", "ARR in Q4 reached $22M")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_the_number_is_found_and_nothing_beside_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


LEFT_ALONE = [
    "PESEL 44051401358",  # a check digit that does not fit
    "4111 1111 1111 1111",  # a test card
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD00",
    "package foo 8.14.20.2 depends on bar@6.6.5",
    "ssh deploy@build.internal.corp",
    "logo@2x.png git@github.com:acme/repo.git",
    "Meeting ID: 144 0602 2989 Passcode: 105136",
    "Order 4400123457 shipped, invoice 12345678 of 2026-01-02",
    "0.123456\t-1.234567\t48.856613, 2.352222",
    "ISBN 978-3-16-148410-0, EAN 4006381333931",
    "USPS 8959 6065 6419 6364 3607 90",
    "00:1b:44:11:3a:b7:00:1b:44:11:3a:b7:00:1b:44:11:3a:b7:44:11",
    "192.168.1.20 is private",
    "Dear Hiring Manager,\nI apply",
    "Mark May grant Rose Garden and Chase Bank in Jordan",
    "first_name = models.CharField(max_length=30); date_of_birth = models.DateField()",
    "Best regards,\nThe Support Team",
    "born out of frustration, released on March 14, 2024",
    "NPI: 1234567890, DEA number AB1234567, KVNR A123456789",
    "A trial of 500 patients diagnosed with breast cancer",
    "Apple reported revenue of $94.9 billion in Q4 2024",
    "Microsoft announced the acquisition of Activision for $68.7 billion",
    "the average salary is $60,000",
    "DE89 3704 0044 0532 0130 01",
    "Clause 252.227-7013 of DFARS",
    "<Buffer 01 02 03 04 05>",
    "gtin = '4033648681283'",
    f"owner == 0x{'0' * 40}",
    "postgres://u:nV5LxP0rd9x@db-7.internal/app and ci@build.iam.gserviceaccount.com",
    "Thanks to Roberto Fernandez and Katarzyna Kowalska for the patch",
    "Wantabadgery 612594072, ARABIC FATHATAN",
    "C99 §6.3.1.8, tr1 5.2.1.22 and rows[2::2]",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_only_looks_alike_is_not_likely(text: str) -> None:
    assert found(text) == []
