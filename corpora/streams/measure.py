"""The test of both halves: `python -m corpora.streams`.

A user's own values go out masked as tokens, and the upstream is shown to have seen nothing else. It answers with these
tokens and with values of somebody else, in the pieces that are asked for. Fidelity is the share of the user's values
that come back in the clear, leak the share of the foreign ones that do, over every text that a client reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson

from aigov_enforcers.wire import Catalogue, Operation, govern
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.message import Message
from aigov_enforcers.wire.streams import Relay
from aigov_runtime import Engine
from aigov_runtime.model import Direction
from aigov_runtime.session import Session
from corpora.streams.wires import WIRES, Wire

POLICY = """
package corpora.streams

default allow

detector email {
    pattern /\\b[a-z0-9.]{1,40}@[a-z0-9]{1,40}\\.example\\b/
    class pii
    confidence certain
}
detector ssn { pattern /\\b[0-9]{3}-[0-9]{2}-[0-9]{4}\\b/ class pii confidence certain }
detector name { words ["Zoë Müller", "Jörg Vogel"] class pii confidence certain }

rule own { when payload contains class pii then redact as token }
rule foreign on response { when payload contains class pii then redact as label }
"""
OWN = ("ann.smith@home.example", "078-05-1120", "Zoë Müller")
FOREIGN = ("carl.jones@away.example", "219-09-9999", "Jörg Vogel")


class Result(NamedTuple):
    """One format at one fragmentation: counts of values."""

    wire: str
    text: int
    network: int
    own: int
    back: int
    foreign: int
    leaked: int

    @property
    def fidelity(self) -> float:
        """Share of the own values that came back."""
        return self.back / self.own

    @property
    def leak(self) -> float:
        """Share of the foreign values that got through."""
        return self.leaked / self.foreign


def operation(wire: Wire) -> Operation:
    """What the catalogue makes of the wire's route; a format without a route of this host is named as it is."""
    found = Catalogue().recognise("POST", wire.host, None, wire.path)
    known = FORMATS.get(wire.name, FORMATS["generic"])
    facts = {"request.provider": "unknown", "request.endpoint": wire.path}
    asked = found or Operation(known, "openai", "", facts)
    return asked._replace(format=known) if wire.name in FORMATS else asked


def masked(session: Session, values: Sequence[str]) -> list[str]:
    """The tokens that the upstream sees for these values, from its capture of the request."""
    body = orjson.dumps({"model": "m", "messages": [{"role": "user", "content": "\n".join(values)}]})
    asked = Catalogue().recognise("POST", "api.openai.com", None, "/v1/chat/completions")
    assert asked is not None
    message = Message((("content-type", "application/json"),), body)
    governed = govern(session, asked, Direction.PROMPT, message)
    assert governed.message is not None
    captured = governed.message.body.decode()
    assert not any(value in captured for value in values), "the upstream saw a value"
    tokens: list[str] = orjson.loads(captured)["messages"][0]["content"].split("\n")
    return tokens


def cut(text: str, size: int) -> list[str]:
    """Pieces of `size` characters; the whole text when it is 0."""
    return [text[at : at + size] for at in range(0, len(text), size)] if size else [text]


def relayed(relay: Relay, frames: list[bytes], size: int) -> bytes:
    """What comes out when the network brings `size` bytes at a time; frame by frame when it is 0."""
    data = b"".join(frames)
    reads = [data[at : at + size] for at in range(0, len(data), size)] if size else frames
    return b"".join([*map(relay.feed, reads), relay.close()])


def measure(engine: Engine, wire: Wire, text: int, network: int) -> Result:
    """One format, its text in pieces of `text` characters, read `network` bytes at a time; 0 is whole."""
    session = engine.session({})
    tokens = masked(session, OWN)
    said = " and ".join([*tokens, *FOREIGN]) + ". Also **" + tokens[0].upper() + "**."
    asked = json.dumps({"to": [*tokens, *FOREIGN], "note": "\u00fc\n"})  # escapes in the JSON, as models write them
    stream = wire.stream(cut(said, text), cut(asked, text) if wire.arguments else [])
    found = operation(wire)
    relay = Relay(session, found, found.facts, {}, content_type=wire.content_type)
    texts = wire.reads(relayed(relay, stream, network))
    own = back = foreign = leaked = 0
    for name, value in texts.items():
        read = str(orjson.loads(value)) if "arguments" in name and value else value
        if not read:
            continue
        own += len(OWN)
        foreign += len(FOREIGN)
        back += sum(each in read for each in OWN)
        leaked += sum(each in read for each in FOREIGN)
        assert not any(token in read.lower() for token in tokens), "a token came back as it was"
    return Result(wire.name, text, network, own, back, foreign, leaked)


def results(engine: Engine) -> Iterator[Result]:
    """Every format, by whole texts, three characters and single ones, and by frames and single bytes of the network."""
    for wire in WIRES:
        for text in (0, 3, 1):
            for network in (0, 1):
                yield measure(engine, wire, text, network)
