from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigov_runtime.tokens import Tokens, token_name

IDS = ("secrets.aws_access_key_id", "egress.access_key_id", "pii.email", "other.email")
TOKENS = Tokens(b"s" * 32, IDS)


def token(value: str, detector: str = "pii.email") -> str:
    return TOKENS.replacement("token", detector, value.encode("utf-8", "surrogatepass"))


@given(st.text(min_size=1), st.sampled_from(IDS))
def test_restore_gives_the_value_back(value: str, detector: str) -> None:
    assert TOKENS.restore(f"to {token(value, detector)}!") == f"to {value}!"


def test_the_token_says_what_it_stands_for() -> None:
    name, _, payload = token("a@b.io").partition("_")
    assert name == "EMAIL"
    assert payload.isalnum()
    assert payload == payload.lower()
    assert token_name("secrets.aws_access_key_id") == "AWS_ACCESS_KEY_ID"


def test_equal_values_share_a_token_within_a_session_only() -> None:
    assert token("x@y.z") == token("x@y.z") != token("x@y.y")
    assert Tokens(b"t" * 32, IDS).replacement("token", "pii.email", b"x@y.z") != token("x@y.z")


WRAPPINGS = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "bold": lambda t: f"**{t}**",
    "italic": lambda t: f"_{t}_",
    "code": lambda t: f"`{t}`",
    "escaped": lambda t: t.replace("_", "\\_"),
    "link": lambda t: f"[{t}](mailto:{t})",
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("detector", IDS)
def test_case_and_markdown_do_no_harm(wrapping: str, detector: str) -> None:
    plain = token("v@w.x", detector)
    wrapped = WRAPPINGS[wrapping](plain)
    restored = TOKENS.restore(wrapped)
    assert restored.count("v@w.x") == wrapped.replace("\\", "").lower().count(plain.lower())
    assert plain.lower() not in restored.lower()


@given(st.integers(0, 30))
def test_an_altered_token_stays_as_it_is(place: int) -> None:
    whole = token("somebody@example.org")
    at = len("EMAIL_") + place
    altered = whole[:at] + ("b" if whole[at] == "a" else "a") + whole[at + 1 :]
    assert TOKENS.restore(altered) == altered


def test_a_token_of_another_session_or_detector_stays_as_it_is() -> None:
    foreign = Tokens(b"t" * 32, IDS).replacement("token", "pii.email", b"x@y.z")
    assert TOKENS.restore(foreign) == foreign
    renamed = token("x@y.z").replace("EMAIL", "ACCESS_KEY_ID")
    assert TOKENS.restore(renamed) == renamed


def test_letters_that_only_look_like_base32_make_no_token() -> None:
    strange = "EMAIL_" + 30 * "\u212a"  # KELVIN SIGN, a `k` to case-blind matching
    assert TOKENS.restore(strange) == strange


def test_a_foreign_token_does_not_hide_the_next() -> None:
    foreign = Tokens(b"t" * 32, IDS).replacement("token", "pii.email", b"x@y.z")
    assert TOKENS.restore(f"{foreign}_{token('x@y.z')}, {token('v@w.x')}") == f"{foreign}_x@y.z, v@w.x"


def test_restored_text_is_not_read_again() -> None:
    inner = token("x@y.z")
    assert TOKENS.restore(token(inner)) == inner


def test_a_hash_is_short_and_keyed() -> None:
    digest = TOKENS.replacement("hash", "pii.email", b"x@y.z")
    assert digest == TOKENS.replacement("hash", "pii.email", b"x@y.z")
    assert digest != Tokens(b"t" * 32, IDS).replacement("hash", "pii.email", b"x@y.z")
    assert digest.startswith("[pii.email:")
    assert len(digest) == len("[pii.email:") + 12 + 1


def test_without_detectors_nothing_is_restored() -> None:
    assert Tokens(b"s" * 32, ()).restore(token("x@y.z")) == token("x@y.z")


def test_a_key_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        Tokens(b"s" * 31, IDS)
