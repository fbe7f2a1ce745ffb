"""Events of streamed responses, one module per family of formats: which strings are pieces of a longer text.

A reader takes the pieces out of an event's tree; the strings that are left are whole, and are judged as such.
"""
