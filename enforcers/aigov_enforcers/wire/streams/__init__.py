"""Streamed responses, sans-I/O: bytes of the provider's stream in, bytes for the client out.

decoding   bytes without their content encodings
framing/   bytes in any pieces → frames
events/    an event → pieces of texts, ends of texts
stream     which framing and which reader a response has
text       one text in the making: what waits, what was changed
template   events told by their bytes
copies     whole texts that come again after their pieces
relay      all of that, on one `Flow` of the runtime
"""

from aigov_enforcers.wire.streams.relay import Relay
from aigov_enforcers.wire.streams.stream import STREAMS, Stream, stream_of

__all__ = ["STREAMS", "Relay", "Stream", "stream_of"]
