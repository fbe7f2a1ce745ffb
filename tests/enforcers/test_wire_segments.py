"""Text is seen wherever it hides: a canary in any string of any body comes out as a segment, and can be replaced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigov_enforcers.wire.body import parse
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.shape import FREE, Shape, escape, segments
from aigov_enforcers.wire.splice import SpliceError, splice
from aigov_runtime.model import Direction, Kind, Segment
from tests.enforcers.bodies import ANTHROPIC, BODIES, OPENAI_CHAT, OPENAI_RESPONSES
from tests.enforcers.other_bodies import EXTENDED, OTHERS

CANARY = "the canary sings"
OPAQUE = {"signature", "encrypted_content"}
"""Signed or encrypted by the provider: the only strings that are never text (with the data of redacted thinking)."""

PLAIN = st.text(st.characters(codec="utf-8", exclude_characters='\0[]{}"'), max_size=20).map("so {}".format)
"""Texts that are no JSON themselves, which would be read one level further down, and no words of a format."""
TAGS = ("#", "/type", "/role", "/kind")
"""Names, and what tells how the object around is to be read."""

Steps = tuple[str | int, ...]


def leaves(node: Any, steps: Steps = ()) -> Iterator[Steps]:
    if isinstance(node, str):
        yield steps
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*steps, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*steps, index))


def changed(node: Any, steps: Steps, text: str) -> Any:
    whole = json.loads(json.dumps(node))
    inner = whole
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = text
    return whole


def opaque(body: Any, steps: Steps) -> bool:
    around = body
    for step in steps[:-1]:
        around = around[step]
    return steps[-1] in OPAQUE or (
        isinstance(around, dict) and around.get("type") == "redacted_thinking" and steps[-1] == "data"
    )


def pointer(steps: Steps) -> str:
    return "".join(f"/{escape(str(step))}" for step in steps)


def shape(name: str, direction: Direction) -> Shape:
    return FORMATS[name].request if direction is Direction.PROMPT else FORMATS[name].response


def read(name: str, direction: Direction, body: Any) -> tuple[Segment, ...]:
    return segments(parse(json.dumps(body).encode()), shape(name, direction))


FIXTURES = {
    **{f"{name}-{direction}": (name, direction, body) for (name, direction), body in (BODIES | OTHERS).items()},
    **{f"{name}-{direction}+": (name, direction, body) for (name, direction), body in EXTENDED.items()},
}
PLACES = [
    pytest.param(*fixture, steps, id=f"{label}{pointer(steps)}")
    for label, fixture in FIXTURES.items()
    for steps in leaves(fixture[2])
    if not opaque(fixture[2], steps)
]


@pytest.mark.parametrize(("name", "direction", "whole", "steps"), PLACES)
def test_a_canary_in_any_string_is_seen_and_replaced(name: str, direction: Direction, whole: Any, steps: Steps) -> None:
    body = json.dumps(changed(whole, steps, CANARY)).encode()

    seen = segments(parse(body), shape(name, direction))

    assert [segment.path for segment in seen if segment.text == CANARY] == [pointer(steps)]
    assert json.loads(splice(body, {pointer(steps): "gone"})) == changed(whole, steps, "gone")


@given(data=st.data())
@pytest.mark.parametrize("fixture", FIXTURES.values(), ids=list(FIXTURES))
def test_what_is_written_is_read_and_nothing_else_changes(
    fixture: tuple[str, Direction, Any], data: st.DataObject
) -> None:
    name, direction, whole = fixture
    body = json.dumps(
        whole, indent=data.draw(st.sampled_from([None, 1])), ensure_ascii=data.draw(st.booleans())
    ).encode()
    before = {each.path: each for each in segments(parse(body), shape(name, direction))}
    free = [path for path, each in before.items() if each.kind is not Kind.METADATA and not path.endswith(TAGS)]
    new = data.draw(st.dictionaries(st.sampled_from(free), PLAIN, max_size=4)) if free else {}

    spliced = splice(body, new)
    after = {each.path: each for each in segments(parse(spliced), shape(name, direction))}

    assert splice(body, {}) == body
    assert {path: after[path].text for path in new} == new
    assert {path: each for path, each in after.items() if path not in new} == {
        path: each for path, each in before.items() if path not in new
    }
    back = splice(spliced, {path: before[path].text for path in new})
    assert json.loads(back) == json.loads(body)


@pytest.mark.parametrize(("name", "direction"), list(BODIES))
def test_paths_are_unique_and_lead_to_their_text(name: str, direction: Direction) -> None:
    body = BODIES[name, direction]
    seen = read(name, direction, body)

    assert len({segment.path for segment in seen}) == len(seen)
    for segment in seen:
        outer, _, inner = segment.path.partition("#")
        if inner:
            continue
        *around, last = [step.replace("~1", "/").replace("~0", "~") for step in outer.split("/")[1:]]
        node = body
        for step in around:
            node = node[int(step)] if isinstance(node, list) else node[step]
        if segment.path.endswith("#"):
            assert last == segment.text
            assert last in node
        else:
            assert (node[int(last)] if isinstance(node, list) else node[last]) == segment.text


@pytest.mark.parametrize(
    ("name", "direction", "path", "kind"),
    [
        ("openai.chat", Direction.PROMPT, "/messages/0/content", Kind.TEXT),
        ("openai.chat", Direction.PROMPT, "/messages/2/name", Kind.METADATA),
        ("openai.chat", Direction.PROMPT, "/messages/3/content/1/image_url/url", Kind.FILE),
        ("openai.chat", Direction.PROMPT, "/messages/4/reasoning_content", Kind.REASONING),
        ("openai.chat", Direction.PROMPT, "/messages/4/tool_calls/0/function/arguments#/path", Kind.TOOL_CALL),
        ("openai.chat", Direction.PROMPT, "/messages/4/tool_calls/0/function/arguments#/lines/1/deep", Kind.TOOL_CALL),
        ("openai.chat", Direction.PROMPT, "/messages/4/tool_calls/1/custom/input", Kind.TOOL_CALL),
        ("openai.chat", Direction.PROMPT, "/messages/4/function_call/arguments", Kind.TOOL_CALL),
        ("openai.chat", Direction.PROMPT, "/messages/5/content", Kind.TOOL_RESULT),
        ("openai.chat", Direction.PROMPT, "/messages/6/content/0/text#/stdout", Kind.TOOL_RESULT),
        ("openai.chat", Direction.PROMPT, "/tools/0/function/description", Kind.TOOL_DEFINITION),
        ("openai.chat", Direction.PROMPT, "/tools/0/function/parameters/properties/destination#", Kind.TOOL_DEFINITION),
        ("openai.chat", Direction.PROMPT, "/user", Kind.METADATA),
        ("openai.chat", Direction.PROMPT, "/model", Kind.METADATA),
        ("openai.chat", Direction.RESPONSE, "/choices/0/message/content", Kind.TEXT),
        ("openai.chat", Direction.RESPONSE, "/choices/0/message/tool_calls/0/function/arguments#/path", Kind.TOOL_CALL),
        ("openai.responses", Direction.PROMPT, "/instructions", Kind.TEXT),
        ("openai.responses", Direction.PROMPT, "/input/0/content", Kind.TEXT),
        ("openai.responses", Direction.PROMPT, "/input/2/summary/0/text", Kind.REASONING),
        ("openai.responses", Direction.PROMPT, "/input/3/arguments#/path", Kind.TOOL_CALL),
        ("openai.responses", Direction.PROMPT, "/input/4/output", Kind.TOOL_RESULT),
        ("openai.responses", Direction.PROMPT, "/input/7/action/env/KEY", Kind.TOOL_CALL),
        ("openai.responses", Direction.PROMPT, "/input/8/output#/stdout", Kind.TOOL_RESULT),
        ("openai.responses", Direction.PROMPT, "/input/10/output", Kind.TOOL_RESULT),
        ("openai.responses", Direction.PROMPT, "/tools/1/headers/Authorization", Kind.TOOL_DEFINITION),
        ("openai.responses", Direction.RESPONSE, "/output/1/content/0/text", Kind.TEXT),
        ("anthropic.messages", Direction.PROMPT, "/system/0/text", Kind.TEXT),
        ("anthropic.messages", Direction.PROMPT, "/messages/2/content/2/source/data", Kind.FILE),
        ("anthropic.messages", Direction.PROMPT, "/messages/3/content/0/thinking", Kind.REASONING),
        ("anthropic.messages", Direction.PROMPT, "/messages/3/content/2/input/a~1b~0c/1/z", Kind.TOOL_CALL),
        ("anthropic.messages", Direction.PROMPT, "/messages/3/content/2/input/a~1b~0c#", Kind.TOOL_CALL),
        ("anthropic.messages", Direction.PROMPT, "/messages/4/content/0/content", Kind.TOOL_RESULT),
        ("anthropic.messages", Direction.PROMPT, "/messages/4/content/1/content/0/text", Kind.TOOL_RESULT),
        ("anthropic.messages", Direction.RESPONSE, "/content/1/text", Kind.TEXT),
        ("anthropic.messages", Direction.RESPONSE, "/content/2/input/list/0", Kind.TOOL_CALL),
    ],
)
def test_kinds(name: str, direction: Direction, path: str, kind: Kind) -> None:
    found = {segment.path: segment.kind for segment in read(name, direction, BODIES[name, direction])}

    assert found[path] is kind


def test_roles() -> None:
    chat = {segment.path: segment.role for segment in read("openai.chat", Direction.PROMPT, OPENAI_CHAT)}
    messages = {segment.path: segment.role for segment in read("anthropic.messages", Direction.PROMPT, ANTHROPIC)}

    assert chat["/messages/0/content"] == chat["/messages/1/content/0/text"] == "system"
    assert chat["/messages/2/content"] == "user"
    assert chat["/messages/4/content"] == "assistant"
    assert chat["/messages/5/content"] == "tool"
    assert messages["/system/0/text"] == messages["/messages/1/content"] == "system"
    assert messages["/messages/4/content/0/content"] == "tool"


def test_identifiers_and_enums_are_left_alone() -> None:
    texts = {segment.text for segment in read("openai.responses", Direction.PROMPT, OPENAI_RESPONSES)}

    assert not texts & {"call_1", "rs_1", "resp_1", "user", "message", "input_text"}


def test_only_the_token_changes() -> None:
    body = (
        b'{ "b" : 1e400 ,"messages":[ {"role":"user","content":"caf\\u00e9 \\/ x"}],\n "a": 1.0, "z":"\\ud83d\\ude00"}'
    )

    assert splice(body, {"/messages/0/content": 'a "quoted" é'}) == body.replace(
        b'"caf\\u00e9 \\/ x"', '"a \\"quoted\\" é"'.encode()
    )


def test_text_in_nested_json_is_replaced_inside() -> None:
    inner = '{"a": "one",  "n": 1.50, "b": "{\\"c\\": \\"two\\"}"}'
    body = json.dumps({"arguments": inner, "x": 1}).encode()

    out = splice(body, {"/arguments#/b#/c": "2\n"})

    assert json.loads(out)["arguments"] == inner.replace("two", "2\\\\n")


def test_a_long_number_is_text_and_becomes_a_string() -> None:
    inner = '{"card": 4111111111111111, "n": 12}'
    body = json.dumps({"messages": [{"role": "user", "content": inner}], "seed": [-4111111111111111, 999999999999]})

    seen = {segment.path: segment.text for segment in segments(parse(body.encode()), FORMATS["openai.chat"].request)}

    assert seen.items() >= {"/messages/0/content#/card": "4111111111111111", "/seed/0": "-4111111111111111"}.items()
    assert "/seed/1" not in seen
    edited = splice(body.encode(), {"/messages/0/content#/card": "gone", "/seed/0": "gone"})
    assert json.loads(edited) == {
        "messages": [{"role": "user", "content": '{"card": "gone", "n": 12}'}],
        "seed": ["gone", 999999999999],
    }


@pytest.mark.parametrize("text", [' "canary"', " 4111111111111111", "{", "[1"])
def test_other_text_that_begins_like_json_stays_whole(text: str) -> None:
    assert segments({"query": text}, FREE) == (Segment("", "/query", text, Kind.METADATA, "query"),)


@pytest.mark.parametrize("path", ["/messages/0/content", "/messages/0/role", "/messages/0/tool_call_id"])
def test_json_in_a_string_is_walked_wherever_it_stands(path: str) -> None:
    tree = {"messages": [{"role": "user", "content": "x", "tool_call_id": "x"}]}
    text = ' \n{"a": "\\u0063anary"}'
    body = json.dumps(changed(tree, ("messages", 0, path.rpartition("/")[2]), text)).encode()

    seen = segments(parse(body), FORMATS["openai.chat"].request)

    assert [segment.text for segment in seen if segment.path == path + "#/a"] == ["canary"]
    assert b"u0063" not in splice(body, {path + "#/a": "gone"})


def test_a_text_knows_the_name_it_stands_under() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "login", "input": {"password": "x", "args": '{"pin": "y"}'}}
    body = {"metadata": {"note": "z" * 2000}, "messages": [{"role": "assistant", "content": [call]}]}

    seen = segments(parse(json.dumps(body).encode()), FORMATS["anthropic.messages"].request)

    names = {segment.path.rpartition("/")[2]: segment.name for segment in seen if not segment.path.endswith("#")}
    assert names == {"note": "", "name": "name", "password": "password", "pin": "pin"}


def test_what_is_not_sealed_is_text() -> None:
    signature = "".join(chr(65 + at % 26) for at in range(88))
    block = {"type": "thinking", "thinking": "Hmm.", "signature": signature}
    shape = FORMATS["anthropic.messages"].request

    def read_block(signature: str) -> list[str]:
        message = {"role": "assistant", "content": [block | {"signature": signature}]}
        return [segment.path.rpartition("/")[2] for segment in segments({"messages": [message]}, shape)]

    assert read_block(signature) == ["thinking"]
    assert read_block("my key is " + signature) == ["thinking", "signature"]
    assert read_block(signature[:20]) == ["thinking", "signature"]


def test_a_name_is_replaced() -> None:
    assert (
        splice(b'{"in":{"ann@example.com": 1}}', {"/in/ann@example.com#": "[pii.email]"})
        == b'{"in":{"[pii.email]": 1}}'
    )


@pytest.mark.parametrize("path", ["/b", "/a/0", "/a#/x", ""])
def test_a_pointer_to_nothing_is_an_error(path: str) -> None:
    with pytest.raises(SpliceError):
        splice(b'{"a": "x"}', {path: "y"})


def test_two_strings_with_one_pointer_cannot_be_edited() -> None:
    body = json.dumps({"a": '{"b": "x"}', "a#": {"b": "x"}}).encode()
    paths = [segment.path for segment in segments(parse(body), FORMATS["generic"].request)]

    assert paths.count("/a#/b") == 2
    with pytest.raises(SpliceError):
        splice(body, {"/a#/b": "y"})
