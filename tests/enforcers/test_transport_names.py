from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigov_enforcers.transport.names import KINDS, NameError_, SpiffeId, parse, spiffe_id

domains = st.from_regex(r"[a-z0-9_-]{1,20}(\.[a-z0-9_-]{1,20}){0,3}", fullmatch=True)
ids = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}", fullmatch=True)


@given(domains, st.sampled_from(KINDS), ids)
def test_a_name_survives_its_text(domain: str, kind: str, id: str) -> None:
    name = spiffe_id(domain, kind, id)
    assert parse(str(name)) == name
    split = urlsplit(str(name))
    assert (split.scheme, split.netloc, split.path) == ("spiffe", domain, f"/{kind}/{id}")


@given(st.one_of(st.text(), st.text().map("spiffe://acme.example/device/".__add__), st.text().map("spiffe://".__add__)))
def test_any_text_is_one_name_or_refused(text: str) -> None:
    try:
        said = str(parse(text))
    except NameError_ as error:
        said, text = str(error)[:200], str(error)
    assert said == text


@given(domains, st.sampled_from(KINDS), ids, st.integers(0, 200), st.sampled_from("/%?#@:\\ \n\0é\u202eA"))
def test_what_a_url_parser_may_read_otherwise_is_refused(domain: str, kind: str, id: str, at: int, char: str) -> None:
    text = str(spiffe_id(domain, kind, id))
    at = min(at, len(text))
    changed = text[:at] + char + text[at:]
    if char == "A" and at > len(f"spiffe://{domain}/{kind}/") - 1 and len(id) < 128:
        assert isinstance(parse(changed), SpiffeId)
        return
    with pytest.raises(NameError_):
        parse(changed)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://acme.example/device/a",
        "SPIFFE://acme.example/device/a",
        "spiffe://acme.example",
        "spiffe://acme.example/",
        "spiffe://acme.example/device",
        "spiffe://acme.example/device/",
        "spiffe://acme.example/device/a/",
        "spiffe://acme.example//a",
        "spiffe://acme.example/device/..",
        "spiffe://acme.example/device/.",
        "spiffe://acme.example/device/../server/a",
        "spiffe://acme.example/device/%61",
        "spiffe://acme.example/device/a?b",
        "spiffe://acme.example/device/a#b",
        "spiffe://acme.example/device/a\n",
        "spiffe://acme.example:443/device/a",
        "spiffe://root@acme.example/device/a",
        "spiffe://Acme.example/device/a",
        "spiffe://acme..example/device/a",
        "spiffe://.acme.example/device/a",
        "spiffe:///device/a",
        "spiffe://acme.example/admin/a",
        "spiffe://acme.example/Device/a",
        "spiffe://" + "a" * 256 + "/device/a",
        "spiffe://acme.example/device/" + "a" * 129,
    ],
)
def test_no_name(uri: str) -> None:
    with pytest.raises(NameError_):
        parse(uri)
