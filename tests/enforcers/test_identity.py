"""The shared vocabulary: the generated file is current, documents are checked, missing parts are absent."""

from __future__ import annotations

import json

import pytest

from aigov_enforcers.identity import Identity, IdentityError, counters, flatten, from_json, vocabulary


def test_vocabulary_file_is_current() -> None:
    assert vocabulary.TARGET.read_text(encoding="utf-8") == vocabulary.render(), (
        "run `python -m aigov_enforcers.identity.vocabulary`"
    )


def test_vocabulary_kinds() -> None:
    by_name = {attribute.name: attribute for attribute in vocabulary.attributes()}

    assert by_name["user.groups"].kind == "set"
    assert by_name["device.managed"].kind == "bool"
    assert by_name["request.tokens"][1:4] == ("int", False, "call")
    assert by_name["process.signer"].optional
    assert by_name["place.kind"].values == ["laptop", "ci", "container", "bastion", "server", "unknown"]
    assert by_name["request.model"].phase == "profile"
    assert all(attribute.doc for attribute in by_name.values())


@pytest.mark.parametrize("as_text", [True, False])
def test_a_document_flattens(as_text: bool) -> None:
    document: dict[str, object] = {
        "user": {"id": "ann", "groups": ["eng", "support"]},
        "device": {"managed": True, "posture": "compliant"},
        "session": {"turn": 3},
    }

    identity = from_json(json.dumps(document) if as_text else document)

    assert flatten(identity) == {
        "user.id": "ann",
        "user.groups": frozenset({"eng", "support"}),
        "device.managed": True,
        "device.posture": "compliant",
    }
    assert counters(identity) == {"session.turn": 3}


def test_missing_parts_have_no_entry() -> None:
    assert flatten(from_json("{}")) == {}
    assert flatten(Identity()) == {}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('{"user": {"idd": "x"}}', "`user.idd`: expected no such member"),
        ('{"usr": {}}', "`usr`: expected no such member"),
        ('{"device": {"managed": "yes"}}', "`device.managed`: expected true or false"),
        ('{"device": {"posture": "fine"}}', "`device.posture`: expected 'compliant', 'noncompliant' or 'unknown'"),
        ('{"session": {"turn": 1.5}}', "`session.turn`: expected an integer"),
        ('{"user": {"id": 5}}', "`user.id`: expected a string"),
        ('{"user": {"groups": ["a", 1]}}', "`user.groups.1`: expected a string"),
        ('{"user": {"groups": [{}]}}', "`user.groups.0`: expected a string"),
        ('{"user": {"groups": "eng"}}', "`user.groups`: expected a list of strings"),
        ('{"user": null}', "`user`: expected an object"),
        ('{"declared": 5}', "`declared`: expected an object"),
        ("[]", "`identity`: expected an object"),
        ("{", "`identity` is not JSON"),
        (b"\xff", "`identity` is not JSON"),
    ],
)
def test_a_bad_document_names_the_field_and_what_it_wants(document: bytes | str, said: str) -> None:
    with pytest.raises(IdentityError) as error:
        from_json(document)
    assert said in str(error.value)
    assert "input should" not in str(error.value).lower()


@pytest.mark.parametrize("value", [1.5, [1], None, {"a": 1}])
def test_a_bad_declared_attribute_is_named_once(value: object) -> None:
    with pytest.raises(IdentityError) as error:
        from_json({"acme": {"team": value}}, ["acme.team"])
    assert str(error.value).count("`acme.team`: expected true or false, an integer, a string or a list of strings") == 1
    assert "declared" not in str(error.value)


@pytest.mark.parametrize("group", ["request", "time"])
def test_what_a_request_brings_is_no_part_of_an_identity(group: str) -> None:
    """A bundle declares these attributes too, and a value that nothing reads must not be taken in silence."""
    with pytest.raises(IdentityError, match=f"`{group}`: expected no such member"):
        from_json({group: {"model": "m", "hour": 3}}, ["request.model", "time.hour"])
