"""The bundle: its format, and the way from bytes to a document that may be used."""
