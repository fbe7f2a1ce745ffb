r"""Ends of a text that more text may change: half an escape, a run of digits that may be a block, a join of strings.

What follows decides how such a tail reads (`aigov_runtime.scan.views`), so what comes before it may go on behind it:
`"AKIA` and `" + "` are one word with what comes next.
"""

from __future__ import annotations

import re

LONGEST = 256
"""Bytes of a tail."""

_HEX = rb"[0-9A-Fa-f]"
_BLANKS = rb"[ \t\r\n]{0,64}"
# Tails are matched from the end on, so all of this is written backwards.
_JOINS = (
    rb"(?:%b{0,2}%%){1,4}" % _HEX,  # percent-encoding
    rb"(?:%b{0,2}=){1,4}|\n?\r?={1,2}" % _HEX,  # quoted-printable, pads
    rb"[A-Za-z0-9#]{0,32}&",  # entities
    rb"(?:(?:%b{0,8}\{?[uUx]|[^uUx0-9]|[0-7]{0,3})?\\){1,4}" % _HEX,  # backslash escapes
    rb"\n?\r?\\",  # lines that go on
    rb"(?:[\x80-\xbf][\xce-\xd3]){1,64}",  # Greek and Cyrillic letters
    # invisible and look-alike characters
    rb"(?:[\x80-\xbf](?:[\x80\x81]\xe2|\xc2|[\xb8\xbb-\xbd]\xef)|[\x80-\xbf]{2}(?:\xa0\xf3|\x9d\xf0)){1,32}",
    rb"[\"']?[A-Za-z@$]{0,2}%b(?:\+{1,2}|\.{1,2}|&{1,2}|\|{1,2}|~|\\|,|[(\[]{0,2})%b[\"']" % (_BLANKS, _BLANKS),
    rb"[A-Za-z0-9+/_.-]{0,64}[ \t>#|]{0,64}\n\r?",  # the next line
    rb"[A-Za-z0-9+/_-]?(?: [A-Za-z0-9+/_-]){1,64}(?![A-Za-z0-9+/_-])",  # spaced letters
    rb"(?:%b{0,2}(?:x0?)? ?,?){1,2}(?:%b{2}x0 ?,){1,64}|(?:%b{0,2} ?:)(?:%b{2} ?:){0,64}%b{2}" % ((_HEX,) * 5),  # lists
)
_JOIN = re.compile(b"".join(rb"(?:(?=(%b)))?" % join for join in _JOINS), re.DOTALL)
_PLAIN = re.compile(rb"[A-Za-z0-9]* [A-Za-z]{2}")
_RUN = re.compile(rb"={0,2}[A-Za-z0-9+/_-]*")
_DECIDED = 48
"""Bytes of a run that tell whether it is a block."""


def join_at_end(data: bytes, size: int) -> int:
    """Where the tail of the first `size` bytes starts before which all may go on; `size` for none."""
    back = data[max(0, size - LONGEST) : size][::-1]
    if _PLAIN.match(back):  # nearly always
        return size
    joins = _JOIN.match(back)
    assert joins is not None  # any text matches
    return size - max(0, *(end for _, end in joins.regs[1:]))


def run_at_end(data: bytes) -> int:
    """Where the run of digits starts that may be a block, or the end."""
    back = data[-LONGEST:][::-1]
    run = _RUN.match(back)
    length = run.end() if run else 0
    return len(data) - (length if length <= _DECIDED else _since_joiner(back[:length]))


def _since_joiner(back: bytes) -> int:
    """A block may start behind a joiner, and is one when 16 digits say so."""
    for at in range(min(20, len(back)) - 1, -1, -1):
        if back[at] in b"+/-_=":
            return at
    return 0
