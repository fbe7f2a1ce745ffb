"""The loops of the scanner that Python is too slow for: small C files, each with a header that Python sees too."""
