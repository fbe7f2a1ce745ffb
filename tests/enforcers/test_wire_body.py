"""Bodies that do not mean one thing are refused with a reason; the rest is read as it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from aigov_enforcers.wire import Unreadable
from aigov_enforcers.wire.body import MAX_BYTES, MAX_DEPTH, parse
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.shape import segments
from aigov_enforcers.wire.splice import splice

GENERIC = FORMATS["generic"].request


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"hello", "not JSON"),
        (b"", "not JSON"),
        (b'{"a": 1', "not JSON"),
        (b'{"a": 1} x', "not JSON"),
        (b'\xef\xbb\xbf{"a": 1}', "not JSON"),
        (b"\x1f\x8b\x08\x00", "not JSON"),
        ('{"a": "é"}'.encode("latin-1"), "not JSON"),
        ('{"a": 1}'.encode("utf-16"), "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b'{"a": "x\x00y"}', "not JSON"),
        (b'{"a": "x\\u0000y"}', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'{"a": 1, "a": 2}', "key `a` twice"),
        (b'{"a":1,"b":[{"c":{"d":1,"d":1}}]}', "key `d` twice"),
        (b'{"a": 1, "\\u0061": 2}', "key `a` twice"),
        (b"[" * 5000 + b"]" * 5000, "not JSON"),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "not JSON"),
        (b'"' + b"x" * MAX_BYTES + b'"', "more than"),
    ],
)
def test_unreadable(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(body)


@pytest.mark.parametrize("spaces", [b"", b" "])
def test_too_deep(spaces: bytes) -> None:
    depth = MAX_DEPTH + 2
    with pytest.raises(Unreadable, match="deeper"):
        segments(parse(b"[" * depth + b'"x"' + spaces + b"]" * depth), GENERIC)
    with pytest.raises(Unreadable, match="deeper"):
        segments(parse(b'{"a":' * depth + b'"x"' + spaces + b"}" * depth), GENERIC)


def test_too_deep_in_nested_json() -> None:
    text = '"x"'
    for _ in range(4):
        text = json.dumps({"a": "[" * 30 + text + "]" * 30})
    with pytest.raises(Unreadable, match="deeper"):
        segments(parse(text.encode()), GENERIC)


def test_double_keys_in_nested_json() -> None:
    with pytest.raises(Unreadable, match="key `a` twice"):
        segments(parse(json.dumps({"x": '{"a": "1", "a": "2"}'}).encode()), GENERIC)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\\\u0000"}',
        b'{ "a" : 1E+30, "b": 123456789012345678901234567890 }',
        b'{"a": {"b": 1}, "b": {"a": 1}}',
        b'"text"',
        b"null",
        b"[]",
    ],
)
def test_odd_but_clear(body: bytes) -> None:
    parse(body)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)  # a longer one becomes a string
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_every_segment_can_be_found_and_replaced(tree: object, ascii_only: bool, indent: int | None) -> None:
    body = json.dumps(tree, ensure_ascii=ascii_only, indent=indent).encode()
    try:
        found = segments(parse(body), GENERIC)
    except Unreadable as reason:
        event(str(reason))
        return
    paths = [segment.path for segment in found]
    known = {segment.path: segment.text for segment in found if paths.count(segment.path) == 1}

    assert json.loads(splice(body, known)) == json.loads(body)
    for path in known:
        json.loads(splice(body, {path: 'new "text" \n é'}))
