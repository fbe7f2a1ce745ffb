"""Validators that tell a value from the code that yields one, and from the words that describe one."""

from __future__ import annotations

import re

from aigov_runtime.scan.validators.randomness import not_placeholder, random

_CODE = re.compile(
    rb"""
      (?![a-z]+\.[a-z]+\d{2,4}$)
      [$@%&*~]?[A-Za-z_]\w*(?:(?:\.|->|::|\?\.|!\.)[A-Za-z_*]\w*)+[;,()\[\]{}?!*&]*   # dotted name
    | [\w.:>$@!&*\[\]'"-]*[A-Za-z_]\w*[(\[{<].*                                       # call, subscript, generic type
    | [$@%](?:\w[\w.:>-]*|[:({].*)                                                    # variable
    | .*(?:\$\{|\$\(|\{\{|<%|%\(|\#\{|\}\}|%[sdv]\b|\\\(|&\w+;).*                     # template, format string
    | .*(?:\(\?[:=!<P]|\[[^\]]*\w-\w[^\]]*\]|\\[dwsbSWD.][+*{)]).*                      # regular expression
    | !.*                                                                             # negation
    | \{[\w.:!]*\}.* | .*\{[\w.]*\}                                                   # format string
    """,
    re.VERBOSE | re.DOTALL,
)
_PATH = re.compile(
    rb"""
      (?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//.*           # address
    | (?:~|\.{1,2})?(?:/[\w.@+-]+){2,}/?          # absolute path
    | (?:\.{1,2}|~)/.*
    | [A-Za-z]:\\.*
    | [\w@-]+(?:/[\w@.-]+)+\.[A-Za-z]{1,5}        # relative path of a file
    | [\w-]+\.[A-Za-z]{1,5}                       # file name
    | [0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5,}       # fingerprint, hardware address
    """,
    re.VERBOSE | re.DOTALL,
)
_FORM = re.compile(
    rb"""
      v?\d+(?:\.\d+){1,4}(?:[.+_-]?[A-Z]+[\w.+-]*)?                      # version
    | \d{4}-\d\d-\d\d(?:[T _].*)? | \d{1,2}[./-]\d{1,2}[./-]\d{2,4}      # date
    | \d{1,2}:\d\d(?::\d\d)?.*                                           # time
    | [a-z_][\w-]*:[x*!]+:.*                                             # passwd(5)
    | \#[0-9A-F]{3,8}                                                    # colour
    | (?:0x)?[0-9A-F]{1,8}[ul]*                                          # number
    | [+-]?\d[\d.,_]*(?:e[+-]?\d+)?(?:%|[a-z]{1,3})?                     # number with a unit
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UUID = re.compile(rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_ALGORITHM = re.compile(
    rb"(?:sha|md|aes|des|rsa|ecdsa|ed|utf|iso|cp|hs|blake|base|x5|rc|crc|hmac|pbkdf|oauth|http|ipv?|argon|curve"
    rb"|windows|latin|secp|prime|tls|ssl|rfc|int|uint|float)[_-]?\d{1,5}(?:[_/.-]?[a-z]\w{0,12}){0,4}",
    re.IGNORECASE,
)
_WORDS = re.compile(rb"[A-Za-z]+(?:[ _./:+,;@|-]+[A-Za-z]+)*[ _./:+,;!?|-]*")
_NAMES_ITSELF = re.compile(rb"pass?word|passwd|pwd|secret|token|api_?key|passphrase|credential", re.IGNORECASE)
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
_DIGIT = re.compile(rb"[0-9]")
_ESCAPED = re.compile(rb"%[0-9A-Fa-f]{2}")
_SYMBOL = re.compile(rb"[!@#$%^&*?+=~]")


def literal(value: bytes, _minimum: float | None) -> bool:
    """A value, not the code that yields it (`get_password()`, `os.environ["X"]`, `$VAR`, `%s`), no path, no
    address, no fingerprint."""
    return _CODE.fullmatch(value) is None and _PATH.fullmatch(value) is None


def uuid(value: bytes, _minimum: float | None) -> bool:
    """The text form of a UUID (RFC 9562, section 4)."""
    return _UUID.fullmatch(value) is not None


def password(value: bytes, _minimum: float | None) -> bool:
    """What a person, or a generator, makes up as a password: letters with digits or symbols, or drawn at random. Words
    alone, names of algorithms, versions, dates, numbers and identifiers that say `password` fail."""
    value = _ESCAPED.sub(b" ", value)
    if not 5 <= len(value) <= 256 or not literal(value, None) or not not_placeholder(value, None):
        return False
    if _WORDS.fullmatch(value):
        return len(value) >= 12 and random(value, None)
    if _FORM.fullmatch(value) or _UUID.fullmatch(value) or _ALGORITHM.fullmatch(value) or not _LETTER.search(value):
        return False
    symbol, digit = _SYMBOL.search(value), _DIGIT.search(value)
    if _NAMES_ITSELF.search(value):
        return bool(symbol and digit)
    return bool(symbol or digit)
