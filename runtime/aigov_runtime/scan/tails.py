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
    rb"[A-Za-z0-9+/_-]?(?: [A-Za-z0-9+/_-]){1,64}(?![A-Za-z0-9+/_-])",  # spaced letters
    rb"(?:%b{0,2}(?:x0?)? ?,?){1,2}(?:%b{2}x0 ?,){1,64}|(?:%b{0,2}(?:x0?)? ?,)?%b{0,2}x0(?![A-Za-z0-9])"
    % ((_HEX,) * 4),  # lists
    rb"(?:%b{0,2} ?:)(?:%b{2} ?:){0,64}%b{2}" % ((_HEX,) * 3),
)
_JOIN = re.compile(b"".join(rb"(?:(?=(%b)))?" % join for join in _JOINS), re.DOTALL)
_LINE = re.compile(rb"[A-Za-z0-9+/_.-]{0,64}[ \t>#|]{0,64}(?:\n\r?|\r)")
_BEFORE = re.compile(rb"={0,2}([A-Za-z0-9+/_.-]*)([\"'`]?)[ \t>#|\r\n]{0,64}([A-Za-z0-9+/_.-]*)")
_KINDS = re.compile(rb"[a-z]+|[A-Z]+|[0-9]+")
_PLAIN = re.compile(rb"[A-Za-z0-9]* [A-Za-z]{2}")
_RUN = re.compile(rb"={0,2}[A-Za-z0-9+/_-]*")
_DECIDED = 48
"""Bytes of a run that tell whether it is a block."""


def join_at_end(data: bytes, size: int, *, decoded: bool = False) -> int:
    """Where the tail of the first `size` bytes starts before which all may go on; `size` for none. In a text that was
    `decoded` any line end may be one within a block of digits of which only the lines before are decoded yet."""
    back = data[max(0, size - LONGEST) : size][::-1]
    if _PLAIN.match(back):  # nearly always
        return size
    joins = _JOIN.match(back)
    assert joins is not None  # any text matches
    return size - max(_line(back, decoded=decoded), *(end for _, end in joins.regs[1:]))


def _line(back: bytes, *, decoded: bool) -> int:
    """Bytes of a tail that begins with a line end, where that may cut a word: as `native/views_lines.c` has it, an
    irregular one, one in quotes, or one that was cut on the line before; else 0."""
    line = _LINE.match(back)
    if line is None:
        return 0
    if decoded:
        return line.end()
    before = _BEFORE.match(back, line.end())
    assert before is not None  # any text matches
    word, quote, other = before.groups()
    return line.end() if quote or _is_irregular(word) or _is_irregular(other) else 0


def _is_irregular(word: bytes) -> bool:
    word = word.translate(None, b"+/_.-")
    kinds = len(_KINDS.findall(word))
    return kinds > 2 and 6 * kinds >= len(word)


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
