"""Templates of examples: what each slot becomes, and that the same seed gives the same text."""

from __future__ import annotations

import base64
import re
from random import Random

import pytest

from aigov_dsl.examples import KINDS, TemplateError, accepted, check, expand
from aigov_runtime.scan.validators import VALIDATORS

SEEDS = range(20)


@pytest.mark.parametrize(
    ("template", "form"),
    [
        ("{digits:4}", "[0-9]{4}"),
        ("{hex:8}", "[0-9a-f]{8}"),
        ("{HEX:8}", "[0-9A-F]{8}"),
        ("{lower:3..5}", "[a-z]{3,5}"),
        ("{upper:3}", "[A-Z]{3}"),
        ("{letters:9}", "[A-Za-z]{9}"),
        ("{alnum:9}-{base62:9}", "[A-Za-z0-9]{9}-[A-Za-z0-9]{9}"),
        ("{lowernum:9}", "[a-z0-9]{9}"),
        ("{uppernum:9}", "[A-Z0-9]{9}"),
        ("{base32:16}", "[A-Z2-7]{16}"),
        ("{base64:40}", "[A-Za-z0-9+/]{40}"),
        ("{base64url:43}", "[A-Za-z0-9_-]{43}"),
        ("{uuid}", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("{one:a|b c}", "a|b c"),
        ("{word} {first} {last}", "[a-z]+ [A-Z][a-z]+ [A-Z][a-z]+"),
        ('\\{"k": "{digits:1}"}', r'\{"k": "[0-9]"\}'),
        ("a\\b}", r"a\\b\}"),
    ],
)
def test_a_slot_becomes_text_of_its_kind(template: str, form: str) -> None:
    texts = [expand(template, Random(seed)) for seed in SEEDS]
    assert all(re.fullmatch(form, text) for text in texts), texts
    assert texts == [expand(template, Random(seed)) for seed in SEEDS]


def test_counts_reach_both_ends() -> None:
    assert {len(expand("{hex:2..4}", Random(seed))) for seed in SEEDS} == {2, 3, 4}


def test_base64_of_a_template() -> None:
    text = expand("Basic {b64:{word}:{digits:4}}.", Random(1))
    assert re.fullmatch("[a-z]+:[0-9]{4}", base64.b64decode(text[len("Basic ") : -1]).decode())
    assert expand("{b64:user}", Random(1)) == base64.b64encode(b"user").decode()


@pytest.mark.parametrize(
    ("template", "validator"),
    [
        ("ghp_{base62:30}{crc32_base62}", "crc32_base62"),
        ("npm_{base62:30}{crc32_base62}", "crc32_base62"),
        ("glsa_{alnum:32}_{crc32_hex}", "crc32_hex"),
    ],
)
def test_check_values_are_those_that_the_validators_accept(template: str, validator: str) -> None:
    for seed in SEEDS:
        assert VALIDATORS[validator](expand(template, Random(seed)).encode(), None)
        in_context = expand(f'token: "{template}', Random(seed)).removeprefix('token: "')
        assert VALIDATORS[validator](in_context.encode(), None)


def test_check_digits_come_out_by_drawing() -> None:
    def luhn(text: str) -> bool:
        return VALIDATORS["luhn"](text.encode(), None)

    assert luhn(accepted("4{digits:15}", Random(1), luhn))
    assert accepted("4{digits:15}", Random(1), luhn) == accepted("4{digits:15}", Random(1), luhn)


def test_drawing_ends() -> None:
    with pytest.raises(ValueError, match="none of 50 texts of the template `a`"):
        accepted("a", Random(1), lambda _: False, tries=50)


@pytest.mark.parametrize(
    "template", ["", "{", "{}", "{hex:0}", "{hex:99999}", "{one:}", "{one:a||b}", "{b64}", "{b64:a", "{word:3}"]
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(TemplateError) as error:
        check(template)
    assert error.value.help


def test_every_kind_is_documented() -> None:
    from aigov_dsl import examples

    assert all(re.search(rf"\b{kind}\b", examples.__doc__ or "") for kind in KINDS)
