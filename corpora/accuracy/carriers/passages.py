"""Surroundings of passages: prose before and after, chats, pages, mails."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import PASSAGE, Carrier

DEV = (
    Carrier(
        "message",
        """\
Can you improve the wording of this?

«value»

Keep it short please.""",
        PASSAGE,
        block=True,
    ),
    Carrier("bare", "«value»", PASSAGE, block=True),
    Carrier(
        "page",
        """\
# Notes of «date»

The meeting started late and three people were missing.

«value»

Next meeting in «n» days.
""",
        PASSAGE,
        block=True,
    ),
    Carrier(
        "tool result",
        """\
Result of the search for «word»:

«value»

«n» more results.""",
        PASSAGE,
        block=True,
    ),
)

HELD_OUT = (
    Carrier(
        "reviewer",
        """\
A colleague sent me this yesterday and I am not sure what to make of it:

«value»

What do you think?""",
        PASSAGE,
        block=True,
    ),
    Carrier(
        "mail body",
        """\
Subject: «word»

Hello all,

see below.

«value»

Kind regards
""",
        PASSAGE,
        block=True,
    ),
    Carrier(
        "document",
        """\
Appendix «n»
============

This appendix was added on «date».

«value»
""",
        PASSAGE,
        block=True,
    ),
    Carrier(
        "web page",
        """\
Welcome to the «word» help centre. Opening hours are nine to five.

«value»

Copyright notice at the bottom of the page.""",
        PASSAGE,
        block=True,
    ),
)
