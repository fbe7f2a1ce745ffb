"""Surroundings of passages: prose before and after, chats, pages, mails."""

from __future__ import annotations

from corpora.accuracy.carriers.carrier import PASSAGE, Carrier

DEV = (
    Carrier("message", "Can you improve the wording of this?\n\n«value»\n\nKeep it short please.", PASSAGE, block=True),
    Carrier("bare", "«value»", PASSAGE, block=True),
    Carrier(
        "page",
        "# Notes of «date»\n\nThe meeting started late and three people were missing.\n\n«value»\n\nNext meeting in «n» days.\n",
        PASSAGE,
        block=True,
    ),
    Carrier("tool result", "Result of the search for «word»:\n\n«value»\n\n«n» more results.", PASSAGE, block=True),
)

HELD_OUT = (
    Carrier(
        "reviewer",
        "A colleague sent me this yesterday and I am not sure what to make of it:\n\n«value»\n\nWhat do you think?",
        PASSAGE,
        block=True,
    ),
    Carrier(
        "mail body", "Subject: «word»\n\nHello all,\n\nsee below.\n\n«value»\n\nKind regards\n", PASSAGE, block=True
    ),
    Carrier(
        "document", "Appendix «n»\n============\n\nThis appendix was added on «date».\n\n«value»\n", PASSAGE, block=True
    ),
    Carrier(
        "web page",
        "Welcome to the «word» help centre. Opening hours are nine to five.\n\n«value»\n\nCopyright notice at the bottom of the page.",
        PASSAGE,
        block=True,
    ),
)
