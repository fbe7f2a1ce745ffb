"""Wire formats, sans-I/O: bodies in, decisions and bodies out.

catalogue   host and path → Operation (who is asked, for what, in which format), by the providers that `listing` reads
            and by `guess`, the shape of a body
message     what govern takes and gives: headers, body, query
body        bytes → JSON tree, or the reason why it is unreadable
shape       tree → segments, by the tables of `formats/`
format      what a format is; `formats/` has them
content/    bodies that are no JSON, text around and inside
facts       tree → `request.*` attributes and measures
govern      all of that, the decision, and the edits carried out by `splice`
translate/  requests to another provider's format, and answers back
refusal     a block in the provider's own form; `ends` the same in the middle of a stream
evaluate    the same for a request written down as JSON (`aigov eval`), whose format `described` tells
streams/    responses that are governed while they flow
shifts      where an offset into a text leads after a change
"""

from aigov_enforcers.wire.body import Unreadable
from aigov_enforcers.wire.catalogue import PROVIDERS, Catalogue, Operation
from aigov_enforcers.wire.evaluate import Asked, RequestError, evaluate, read, to_json
from aigov_enforcers.wire.govern import Governed, govern
from aigov_enforcers.wire.listing import CatalogueError, Provider
from aigov_enforcers.wire.message import Message
from aigov_enforcers.wire.refusal import Refusal, blocking_rule, refuse

__all__ = [
    "PROVIDERS",
    "Asked",
    "Catalogue",
    "CatalogueError",
    "Governed",
    "Message",
    "Operation",
    "Provider",
    "Refusal",
    "RequestError",
    "Unreadable",
    "blocking_rule",
    "evaluate",
    "govern",
    "read",
    "refuse",
    "to_json",
]
