"""Streams of every format, written by us, and the test of both halves of governing them.

wires     how each format streams a text and a tool call, and what a client reads of it
measure   give the user's own masked values back, and let no foreign value through, with values split over events
"""
