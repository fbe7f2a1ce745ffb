"""How formats and encodings write a value."""

from __future__ import annotations

import base64
import gzip
import html
import json
import quopri
import textwrap
from urllib.parse import quote


def plain(text: str) -> str:
    """As it is."""
    return text


def in_json(text: str) -> str:
    """Inside a JSON string (RFC 8259)."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def in_json_twice(text: str) -> str:
    """Inside a JSON string inside a JSON string."""
    return in_json(in_json(text))


def in_xml(text: str) -> str:
    """As XML character data."""
    return html.escape(text, quote=False)


def in_sql(text: str) -> str:
    """Inside an SQL string."""
    return text.replace("'", "''")


def in_csv(text: str) -> str:
    """As a field between double quotes (RFC 4180)."""
    return text.replace('"', '""')


def indented(text: str) -> str:
    """As a YAML block scalar, its lines indented by four."""
    return text.replace("\n", "\n    ")


def added(text: str) -> str:
    """As lines added in a unified diff."""
    return text.replace("\n", "\n+")


def in_base64(text: str) -> str:
    """RFC 4648, section 4."""
    return base64.b64encode(text.encode()).decode()


def in_base64url(text: str) -> str:
    """RFC 4648, section 5, without padding."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def in_base64_twice(text: str) -> str:
    """Base64 of base64."""
    return in_base64(in_base64(text))


def in_hex(text: str) -> str:
    """Two digits for each byte."""
    return text.encode().hex()


def in_gzip(text: str) -> str:
    """Base64 of gzip (RFC 1952)."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def in_url(text: str) -> str:
    """Percent-encoded (RFC 3986), every byte."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def in_query(text: str) -> str:
    """Percent-encoded where a query needs it."""
    return quote(text, safe="")


def in_entities(text: str) -> str:
    """HTML character references."""
    return "".join(f"&#{ord(letter)};" for letter in text)


def in_unicode_escapes(text: str) -> str:
    r"""\uXXXX."""
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def in_quoted_printable(text: str) -> str:
    """RFC 2045, with soft line breaks."""
    return quopri.encodestring(text.encode()).decode()


def with_zero_width(text: str) -> str:
    """A zero-width space after every fourth character."""
    return "\u200b".join(text[at : at + 4] for at in range(0, len(text), 4))


def in_full_width(text: str) -> str:
    """Full-width forms of ASCII."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def wrapped(text: str) -> str:
    """Broken into lines of 24 characters."""
    return "\n".join(textwrap.wrap(text, 24, break_on_hyphens=False))


def spaced(text: str) -> str:
    """A space between all characters."""
    return " ".join(text)


def concatenated(text: str) -> str:
    """In two string literals that are added up; the carrier has the outer quotes."""
    half = len(text) // 2
    return f'{text[:half]}" + "{text[half:]}'
