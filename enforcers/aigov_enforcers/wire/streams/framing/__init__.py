"""Incremental framings of streamed bodies, sans-I/O: bytes in any pieces → whole frames, each with its own bytes.

sse           server-sent events (WHATWG HTML, section 9.2)
ndjson        one JSON value per line
json_array    the items of one JSON array
eventstream   AWS event stream messages, and those that carry a vendor's JSON in base64
websocket     WebSocket frames (RFC 6455), with permessage-deflate (RFC 7692)
"""

from aigov_enforcers.wire.streams.framing.eventstream import EventStream
from aigov_enforcers.wire.streams.framing.frame import MAX_FRAME, Frame, Framing
from aigov_enforcers.wire.streams.framing.json_array import JsonArray
from aigov_enforcers.wire.streams.framing.ndjson import NdJson
from aigov_enforcers.wire.streams.framing.sse import Sse
from aigov_enforcers.wire.streams.framing.websocket import WebSocket

__all__ = ["MAX_FRAME", "EventStream", "Frame", "Framing", "JsonArray", "NdJson", "Sse", "WebSocket"]
