"""Values behind an encoding. Where it has no places of its own (base64, gzip), the label spans the whole run."""

from __future__ import annotations

from corpora.accuracy.carriers import escapes
from corpora.accuracy.carriers.carrier import ANY, SECRET, Carrier

DEV = (
    Carrier(
        "kubernetes secret",
        """\
apiVersion: v1
kind: Secret
metadata:
  name: «word»
data:
  «kebab»: «value»
""",
        SECRET,
        escape=escapes.in_base64,
        opaque=True,
    ),
    Carrier("base64 in chat", "decode this for me please: «value»", ANY, escape=escapes.in_base64, opaque=True),
    Carrier(
        "hex dump",
        "payload of the «word» request, hex: «value» (end)",
        SECRET,
        escape=escapes.in_hex,
    ),
    Carrier(
        "percent-encoded",
        "https://app.internal/cb?state=«id»&v=«value»",
        SECRET,
        escape=escapes.in_url,
    ),
    Carrier("zero-width", "the value was «value» last time", SECRET, escape=escapes.with_zero_width),
    Carrier("concatenated", 'x = "«value»"\n', SECRET, escape=escapes.concatenated),
)

HELD_OUT = (
    Carrier(
        "base64url in log", "«date» «time» DEBUG blob=«value» size=«n»\n", ANY, escape=escapes.in_base64url, opaque=True
    ),
    Carrier(
        "base64 twice", "echo «value» | base64 -d | base64 -d\n", SECRET, escape=escapes.in_base64_twice, opaque=True
    ),
    Carrier("gzip in base64", 'blob = "«value»"\n', SECRET, escape=escapes.in_gzip, opaque=True),
    Carrier(
        "html entities",
        "<td>«value»</td>",
        SECRET,
        escape=escapes.in_entities,
    ),
    Carrier(
        "unicode escapes",
        '{"v": "«value»"}',
        SECRET,
        escape=escapes.in_unicode_escapes,
    ),
    Carrier("full-width", "here you are: «value» ok", SECRET, escape=escapes.in_full_width),
    Carrier("spaced", "spelled out it is «value» and that is all", SECRET, escape=escapes.spaced),
    Carrier(
        "quoted-printable",
        """\
Content-Transfer-Encoding: quoted-printable

«value»
""",
        SECRET,
        escape=escapes.in_quoted_printable,
    ),
)
