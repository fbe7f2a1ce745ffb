"""Texts that hide what they hold: every way to encode a token, its span in the source, and what must cost nothing."""

from __future__ import annotations

import base64
import gzip
import quopri
import time
import uuid
import zlib
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigov_dsl.ast import Confidence
from aigov_dsl.reference.candidates import findings as reference_findings
from aigov_dsl.typed import Detector
from aigov_runtime.model import Edit, Finding, Kind, Scan, Segment
from aigov_runtime.primitives import Primitives
from aigov_runtime.redact import apply
from aigov_runtime.scan.layout import join
from aigov_runtime.scan.views import KINDS, find, views
from tests.dsl.build import detector, pattern
from tests.runtime.scanners import scanner

TOKEN = "tok7_Ab3dEf9HiJ2kLm5No"
DETECTOR = detector(
    "token", pattern("(?:^|[^A-Za-z0-9_])(tok7_[A-Za-z0-9]{16,18})(?:[^A-Za-z0-9_]|$)", group=1, width=25)
)
SCANNER = scanner(DETECTOR)


def scan(text: str, name: str = "") -> Scan:
    return SCANNER.scan([Segment("user", "/x", text, Kind.TEXT, name)])


def found(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """What every finding covers, and what was decoded for it."""
    done = scan(text)
    assert not done.incomplete
    return [(text.encode()[f.start : f.end].decode(), f.reasons[: f.reasons.index("pattern")]) for f in done.findings]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def each(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form.format(ord(character)) for character in text)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) - 0x21 + 0xFF01) for c in text)


def bold(text: str) -> str:
    starts = {"A": 0x1D400, "a": 0x1D41A, "0": 0x1D7CE}
    first = {
        c: next(s for s in ("0", "A", "a") if c.isdigit() == s.isdigit() and c.isupper() == s.isupper()) for c in text
    }
    return "".join(chr(starts[first[c]] + ord(c) - ord(first[c])) if c.isalnum() else c for c in text)


WHOLE = {
    "base64": b64,
    "base64url without pads": lambda t: base64.urlsafe_b64encode(t.encode()).decode().rstrip("="),
    "hexadecimal": lambda t: t.encode().hex(),
    "0x hexadecimal": lambda t: "0x" + t.encode().hex().upper(),
    "gzip": lambda t: base64.b64encode(gzip.compress(t.encode(), mtime=0)).decode(),
    "zlib": lambda t: base64.b64encode(zlib.compress(t.encode())).decode(),
    "UTF-16": lambda t: base64.b64encode(t.encode("utf-16-le")).decode(),
    "UTF-16, marked": lambda t: base64.b64encode(b"\xff\xfe" + t.encode("utf-16-le")).decode(),
    "percent": each("%{:02X}"),
    "entities": each("&#{};"),
    "hexadecimal entities": each("&#x{:x};"),
    "u": each("\\u{:04x}"),
    "u braces": each("\\u{{{:x}}}"),
    "U": each("\\U{:08x}"),
    "x": each("\\x{:02x}"),
    "octal": each("\\{:03o}"),
    "quoted-printable": each("={:02X}"),
    "full width": full_width,
    "mathematical": bold,
    "tags": lambda t: "".join(chr(0xE0000 + ord(c)) for c in t),
    "colons": lambda t: t.encode().hex(":"),
    "numbers": lambda t: ", ".join(f"0x{c:02x}" for c in t.encode()),
}
"""Encodings that leave nothing of the token as it is."""

PARTLY = {
    "zero width": "\u200b".join(TOKEN),
    "soft hyphens": TOKEN[:7] + "\u00ad" + TOKEN[7:],
    "bidirectional": TOKEN[:7] + "\u202e" + TOKEN[7:],
    "variation selectors": TOKEN[:7] + "\ufe0f\ufe0f" + TOKEN[7:],
    "homoglyphs": TOKEN.replace("A", "\u0410").replace("H", "\u041d").replace("o", "\u03bf"),
    "wrapped": TOKEN[:12] + "\n" + TOKEN[12:],
    "wrapped with CRLF": TOKEN[:12] + "\r\n   " + TOKEN[12:],
    "quoted": TOKEN[:12] + "\n> " + TOKEN[12:],
    "soft break": TOKEN[:12] + "=\n" + TOKEN[12:],
    "continued": TOKEN[:12] + "\\\n" + TOKEN[12:],
    "spaced": " ".join(TOKEN),
    "one percent": TOKEN.replace("_", "%5F"),
    "named entity": TOKEN.replace("_", "&lowbar;"),
    "plus": TOKEN[:9] + '" + "' + TOKEN[9:],
    "adjacent": TOKEN[:9] + '"\n    "' + TOKEN[9:],
    "dot": TOKEN[:9] + "' . '" + TOKEN[9:],
    "ampersand": TOKEN[:9] + '" & "' + TOKEN[9:],
    "dots": TOKEN[:9] + '" .. "' + TOKEN[9:],
    "bars": TOKEN[:9] + "' || '" + TOKEN[9:],
    "f-string": TOKEN[:9] + '" f"' + TOKEN[9:],
}
"""The token with something in it."""


@pytest.mark.parametrize("encode", WHOLE.values(), ids=WHOLE.keys())
@pytest.mark.parametrize("carrier", ["{}", "the key is {} as said.\nmore", 'key: "{}"', "<a>{}</a>", "x\n{}\n\ny"])
def test_an_encoded_token_is_found_whole(encode: Callable[[str], str], carrier: str) -> None:
    text = carrier.format(encode(TOKEN))
    (hidden, decoded), *others = found(text)
    assert not others
    assert hidden == encode(TOKEN)
    assert decoded


@pytest.mark.parametrize("hidden", PARTLY.values(), ids=PARTLY.keys())
@pytest.mark.parametrize("carrier", ['k = "{}"\n', 'said: f("{}")'])
def test_a_token_in_pieces_is_found_with_what_parts_it(hidden: str, carrier: str) -> None:
    assert [span for span, _ in found(carrier.format(hidden))] == [hidden]


@pytest.mark.parametrize(
    "code",
    ['["{}", "{}"].join("")', '"".join(["{}", "{}"])', "CONCAT('{}','{}')", '"".join(("{}",\n  "{}"))'],
)
def test_joined_lists_are_one_text(code: str) -> None:
    text = code.format(TOKEN[:9], TOKEN[9:])
    assert [span for span, _ in found(text)] == [text[text.index(TOKEN[:9]) : text.index(TOKEN[9:]) + len(TOKEN[9:])]]


def test_a_json_string_in_a_json_string_is_read() -> None:
    text = r'{"arguments": "{\"key\": \"' + TOKEN + r'\", \"url\": \"https:\/\/a.example\"}"}'
    assert [span for span, _ in found(text)] == [TOKEN]
    assert [span for span, _ in found("first\\n" + TOKEN + "\\nlast")] == [TOKEN]


@pytest.mark.parametrize("character", ["é", "ÿ", "Ж", "密", "\uffee", "😀", "\U0010ffff"])
def test_characters_beyond_ascii_are_decoded(character: str) -> None:
    units = character.encode("utf-16-be").hex()
    written = "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    octets = character.encode()
    for form in (
        written,
        f"&#{ord(character)};",
        f"\\U{ord(character):08x}",
        "".join(f"%{octet:02x}" for octet in octets),
        "".join(f"={octet:02X}" for octet in octets) + "=41",
    ):
        text = f"a {form} b".encode()
        (view,), whole = views([text], find(text))
        assert whole
        assert view.text.decode() == f"a {character}{'A' if form.endswith('=41') else ''} b"


def test_blocks_may_be_wrapped_and_quoted() -> None:
    block = base64.encodebytes((TOKEN + " and so on ").encode() * 12).decode().rstrip()
    for prefix in ("", "> ", "    "):
        lines = ("\n" + prefix).join(block.split("\n"))
        spans = {span for span, decoded in found(f"see\n{prefix}{lines}\nend") if decoded == ("decoded base64",)}
        assert lines in spans


def terminal(text: str) -> str:
    return "\n".join(text[at : at + 80] for at in range(0, len(text), 80))


@pytest.mark.parametrize("cut", [10, *range(12, len(TOKEN) - 3)])  # two lines of one length are a list
@pytest.mark.parametrize(
    "carrier",
    [
        "the key is {}\n{}, keep it",
        "> the key is {}\n> {}\n",
        "key: >-\n  {}\n  {}\nreplicas: 3\n",
        "curl -H 'X-Key: {}\\\n{}' https://a.example",
    ],
)
def test_a_token_cut_by_a_line_end_is_found(cut: int, carrier: str) -> None:
    text = carrier.format(TOKEN[:cut], TOKEN[cut:])
    assert [span for span, _ in found(text)] == [text[text.index("tok7") : text.index(TOKEN[cut:]) + len(TOKEN) - cut]]


@pytest.mark.parametrize("before", range(100, 138))
def test_a_token_cut_by_a_terminal_is_found(before: int) -> None:
    text = terminal("all work and no play makes jack a dull boy, " * 9)[: before + 1] + f" {TOKEN} " + "and so on " * 20
    text = terminal(text.replace("\n", " "))
    assert len(found(text)) == 1


def test_a_long_word_cut_into_many_lines_is_one() -> None:
    random = Random(7)
    long = scanner(detector("long", pattern("tok7_[A-Za-z0-9]{700}", width=705)))
    word = "tok7_" + "".join(random.choices("abcdefghijkLMNOPQRSTUVWXYZ0123456789", k=700))
    for width in (64, 76):
        text = "see\n" + "\n".join(word[at : at + width] for at in range(0, len(word), width)) + "\nend"
        (finding,) = long.scan([Segment("user", "/x", text, Kind.TEXT)]).findings
        assert text[finding.start : finding.end] == text[4:-4]


@pytest.mark.parametrize(
    "text",
    [
        f"TOKEN={TOKEN}\nPORT=8022\n",
        f"TOKEN={TOKEN}\nS3_V4_ID2X=8022\n",
        f"export TOKEN={TOKEN}\nDEBUG",
        f"a: {TOKEN}\n  replicas: 3\n",
        f"a: {TOKEN}\n  replicaCount2: 3\n",
        f"x = {TOKEN}\nparseHTTP2(x)\n",
        f"{TOKEN}\n{TOKEN}\n",
        f"it is {TOKEN}\nThen wait for 3 minutes",
        'a "b4c5d6" | "e7f8g9" c',
        'say "tok7_a1b2c3". "d4e5f6" is more',
        'the "tok7_a1b2c3"\n\n"d4e5f6" is more',
        "\n".join(f"{number * 0x9E3779B97F4A7C15 % (1 << 64):016x}" for number in range(1, 9)),
        "see build4f91ab20\nsha256sum was run 4 times",
    ],
)
def test_what_ends_is_not_joined(text: str) -> None:
    assert find(text.encode()) is None


def test_quoted_printable_of_a_mail_is_read() -> None:
    text = quopri.encodestring(f"Grüße, {'lang ' * 12} key={TOKEN} und mehr".encode()).decode()
    assert len(found(text)) == 1


def test_a_data_url_is_base64() -> None:
    assert found(f"![x](data:text/plain;base64,{b64(TOKEN)})") == [(b64(TOKEN), ("decoded base64",))]


def test_short_base64_counts_with_its_pad_and_its_line() -> None:
    weak = scanner(detector("password", pattern("password: ([a-z0-9]{8})", group=1, width=18)))
    text = "kind: Secret\ndata:\n  password: aHVudGVyMjI=\n"
    (finding,) = weak.scan([Segment("user", "/x", text, Kind.TEXT)]).findings
    assert text[finding.start : finding.end] == "aHVudGVyMjI="


def test_a_view_keeps_the_name_of_its_segment() -> None:
    weak = scanner(detector("password", pattern('"password": "([a-z0-9]{8})"', group=1, width=25)))
    (finding,) = weak.scan([Segment("user", "/x", "aHVudGVyMjI=", Kind.TEXT, "password")]).findings
    assert (finding.start, finding.end) == (0, 12)


def test_two_layers_are_read_and_told() -> None:
    inner = WHOLE["percent"](TOKEN)
    assert found(f"a {b64(inner)} b") == [(b64(inner), ("decoded base64", "decoded percent-encoding"))]
    assert found(f"a {b64(b64(b64(TOKEN)))} b") == []


def test_what_is_written_plainly_is_found_once() -> None:
    assert found(f"{TOKEN} and %41%42%43 \\u0041") == [(TOKEN, ())]


FAMILY = {"family": "credential", "cls": "credential"}
PIECE = detector("piece", pattern("tok7_[A-Za-z0-9]{6,9}", width=14), confidence=Confidence.POSSIBLE, **FAMILY)
WHOLE_ONE = detector("whole", pattern("tok7_[A-Za-z0-9]{17}", width=22), **FAMILY)
ANY_VALUE = detector("any", pattern('= ([^ "]{8,80})', group=1, width=82), generic=True, **FAMILY)
ENDS = detector(
    "ends", pattern("[a-z]{1,5} ?= tok7_[A-Za-z0-9]{4}", width=18), confidence=Confidence.POSSIBLE, **FAMILY
)


def judged(detectors: list[Detector], text: str) -> list[tuple[str, str]]:
    """Detector and bytes of what the scanner finds, which is what the reference finds."""
    segments = [Segment("user", "/x", text, Kind.TEXT)]
    done = scanner(*detectors).scan(segments)
    expected = reference_findings(detectors, segments, Primitives(b"k" * 32))
    assert not done.incomplete
    assert [(f.detector, f.start, f.end, f.confidence.name.lower()) for f in done.findings] == [
        (f.detector, f.start, f.end, str(f.confidence)) for f in expected
    ]
    return [(f.detector, text.encode()[f.start : f.end].decode()) for f in done.findings]


@pytest.mark.parametrize("parted", ["{}{}", '{}" + "{}', '{}"\n    "{}', "{}\u200b{}", "{}&#x{:x};{}", "{}=\n{}"])
def test_what_is_decoded_replaces_the_shorter_piece_of_it_that_is_written(parted: str) -> None:
    rest = (ord(TOKEN[13]), TOKEN[14:]) if parted.count("{") == 3 else (TOKEN[13:],)
    hidden = parted.format(TOKEN[:13], *rest)
    assert judged([PIECE, WHOLE_ONE], f'key "{hidden}" end') == [("t.whole", hidden)]


def test_a_guessed_join_takes_nothing_from_the_text_as_written() -> None:
    text = f"key {TOKEN[:13]}\n{TOKEN[13:]} end"
    assert judged([PIECE, WHOLE_ONE], text) == [("t.piece", TOKEN[:13])]
    assert judged([WHOLE_ONE], text) == [("t.whole", f"{TOKEN[:13]}\n{TOKEN[13:]}")]


def test_a_guess_beside_a_finding_does_not_make_it_one() -> None:
    hidden = f'{TOKEN[:13]}" + "{TOKEN[13:]}'
    text = f'see aB3dE9fG2hJ\n4kL5mN7pQ8r and "{hidden}" end'
    assert any(
        "wrapped lines" in view.kinds(0, len(view.text)) for view in views([text.encode()], find(text.encode()))[0]
    )
    assert judged([PIECE, WHOLE_ONE], text) == [("t.whole", hidden)]


def test_what_is_decoded_gives_way_where_it_cuts_a_written_finding() -> None:
    hidden = f'{TOKEN[:13]}" + "{TOKEN[13:]}'
    assert judged([ENDS, WHOLE_ONE], f'x "key = {hidden}"') == [("t.ends", f"key = {TOKEN[:9]}")]


def test_what_is_decoded_gives_way_to_what_is_written_in_the_same_bytes() -> None:
    raw = detector("raw", pattern("tok7%5F[A-Za-z0-9]{16}", width=23), confidence=Confidence.POSSIBLE, **FAMILY)
    hidden = TOKEN.replace("_", "%5F")[:23]
    assert judged([WHOLE_ONE], f"key {hidden}5") == [("t.whole", f"{hidden}5")]
    assert judged([raw, WHOLE_ONE], f"key {hidden}5") == [("t.whole", f"{hidden}5")]
    same = detector("same", pattern("tok7_[A-Za-z0-9]{16}", width=21), **FAMILY)
    assert judged([raw, same], f"key {hidden}") == [("t.raw", hidden)]


def test_a_vendor_in_a_block_goes_before_what_is_generic() -> None:
    block = b64(f"the {TOKEN} here")
    assert judged([ANY_VALUE], f"key = {block} end") == [("t.any", block)]
    assert judged([ANY_VALUE, WHOLE_ONE], f"key = {block} end") == [("t.whole", block)]
    assert judged([ANY_VALUE, PIECE], f"key = {TOKEN[:13]}\n{TOKEN[13:]} end") == [("t.piece", TOKEN[:13])]


def test_a_detector_has_one_finding_of_what_two_readings_show() -> None:
    wide = detector("wide", pattern("tok7_[A-Za-z0-9]{6,30}", width=35))
    assert judged([wide], f"key {TOKEN[:13]}\n{TOKEN[13:]} end") == [("t.wide", TOKEN[:13])]
    hidden = f'{TOKEN[:13]}" + "{TOKEN[13:]}'
    assert judged([wide], f'key "{hidden}" end') == [("t.wide", hidden)]
    other = detector("other", pattern("tok7_[A-Za-z0-9]{6,30}", width=35))
    assert judged([wide, other], f'"{hidden}"') == [("t.other", hidden), ("t.wide", hidden)]


def test_redaction_takes_the_whole_run() -> None:
    hidden = TOKEN[:13] + '" + "' + TOKEN[13:]
    text = f'k = "{hidden}"; m = "{b64(TOKEN)}"'
    findings = scanner(PIECE, WHOLE_ONE).scan([Segment("user", "/x", text, Kind.TEXT)]).findings
    edits = [Edit(0, "/x", f.start, f.end, "[gone]", f.detector, "r") for f in findings]
    assert apply(text, edits) == 'k = "[gone]"; m = "[gone]"'


# Properties ---------------------------------------------------------------------------------------

RANDOM_TOKENS = st.from_regex(r"\Atok7_[A-Za-z0-9]{16}\Z")
CARRIERS = st.sampled_from(["{}", "a {} b", 'k = "{}"', "l: {}\nm", "({})", "<b>{}</b>"])


@settings(max_examples=300, deadline=None)
@given(RANDOM_TOKENS, st.lists(st.sampled_from(sorted(WHOLE)), min_size=1, max_size=2), CARRIERS)
def test_any_two_encodings_are_undone(token: str, stack: list[str], carrier: str) -> None:
    hidden = token
    for name in stack:
        hidden = WHOLE[name](hidden) if hidden.isascii() else b64(hidden)
    text = carrier.format(hidden)
    at = text.encode().index(hidden.encode())
    spans = [(f.start, f.end) for f in scan(text).findings if f.reasons[0].startswith("decoded ")]
    assert any(start <= at and end >= at + len(hidden.encode()) - 3 for start, end in spans)


@settings(max_examples=300, deadline=None)
@given(st.text("aA4=%&#;\\u0x\"' +\n>\u200b\u0410\uff21,:(.join)K[]é", max_size=200), st.sampled_from(["", "n"]))
def test_the_reference_agrees(text: str, name: str) -> None:
    letters = detector("letters", pattern("[A-Z]{2,4}", width=4))
    segments = [Segment("user", "/x", text, Kind.TEXT, name)]
    expected = reference_findings([letters], segments, Primitives(b"k" * 32))
    done = scanner(letters).scan(segments)
    assert [(f.start, f.end) for f in done.findings] == [(f.start, f.end) for f in expected]


PIECES = [
    "a1",
    "B",
    "c",
    "k-",
    " ",
    '"',
    '" + "',
    "%41",
    "%62",
    "&#67;",
    "\u200b",
    "aB3dE9fG\nhJ2kL5mN",
    "YTEgQiBrLWMgYTFCIGMga",
    "=",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_overlaps_of_readings_are_settled_as_in_the_reference(text: str) -> None:
    judged(
        [
            detector("a", pattern("[a-c][A-C1]{1,6}", width=7), **FAMILY),
            detector("b", pattern("[A-C]{1,4}[a-z0-9]{0,3}", width=7), **FAMILY, confidence=Confidence.CERTAIN),
            detector("k", pattern("k-[a-cA-C1]{1,9}", width=11), **FAMILY, confidence=Confidence.POSSIBLE),
            detector("g", pattern("[a-zA-Z0-9-]{3,20}", width=20), **FAMILY, generic=True),
            detector("own", pattern("[a-cA-C]{2,5}", width=5)),
            detector("both", pattern("[a-z]1", width=2), pattern("1[A-Ca-c%]{1,9}", width=10)),
        ],
        text,
    )


OCTETS = st.lists(st.integers(0, 255), max_size=40)
"""Encoded as bytes, which need be no UTF-8: `%E0%80%80` is longer than it need be, `%ED%A0%80` a surrogate."""


@settings(max_examples=500, deadline=None)
@given(
    st.text(max_size=300)
    | st.text("AKIa4=%&#;\\u0x\"' +\n>\u200b\U000e0041,:\0", max_size=300)
    | OCTETS.map(lambda octets: "".join(f"%{octet:02X}" for octet in octets))
    | OCTETS.map(lambda octets: "".join(f"={octet:02X}" for octet in octets))
    | OCTETS.map(lambda octets: f"see some={base64.b64encode(b'see some text ' * 2 + bytes(octets)).decode()}")
)
def test_views_are_text_and_lie_in_their_origin(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    made, _ = views([data], find(join([data])))
    texts = [data, *(view.text for view in made)]
    for view in made:
        view.text.decode("utf-8", "surrogatepass")
        for start in range(len(view.text)):
            low, high = view.source(start, start + 1)
            assert 0 <= low <= len(texts[view.origin])
            assert 0 <= high <= len(texts[view.origin])
            assert set(view.kinds(start, start + 1)) <= set(KINDS)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_random_values_are_not_decoded(seed: int) -> None:
    random = Random(seed)  # one of Hypothesis's own would rather draw spaces, in hexadecimal
    for made in (
        random.randbytes(20).hex(),
        random.randbytes(32).hex(),
        str(uuid.UUID(int=random.getrandbits(128))),
        base64.b64encode(random.randbytes(48)).decode(),
        "_".join(random.choices(["read", "config", "default", "value", "maximum", "handler"], k=6)),
        "/usr/lib/python3/" + "/".join(random.choices(["site", "packages", "numpy", "core", "module"], k=4)),
    ):
        assert find(f"a {made} b".encode()) is None


@pytest.mark.parametrize(
    "encoded", ["%E0%80%80", "%ED%A0%80", "%F0%80%80%80", "%F4%90%80%80", "%C0%AF", "=E0=80=80=41"]
)
def test_bytes_that_are_no_utf8_are_not_decoded(encoded: str) -> None:
    (view,), _ = views([data := f"a{encoded} b %41".encode()], find(data))
    assert view.text.decode() == f"a{encoded} b A"


# Work ----------------------------------------------------------------------------------------------

SEAS = {
    "base64": b64("hello world " * 70_000),
    "short base64": "aGVsbG8gd29ybGQgZm9v " * 50_000,
    "percent": "%41" * 350_000,
    "entities": "&#65;" * 210_000,
    "escapes": "\\u0041" * 175_000,
    "zero width": "a\u200b" * 260_000,
    "line ends": "\\n" * 500_000,
    "concatenation": '"a" + ' * 175_000,
    "lines": "a1b2c3d4e5\n" * 95_000,
    "homoglyphs": "A\u0448" * 350_000,
    "joins": '].join("")' * 100_000,
    "quoted-printable": "=41" * 350_000,
    "gzip": base64.b64encode(gzip.compress(bytes(50 << 20))).decode(),
}


@pytest.mark.parametrize("sea", SEAS.values(), ids=SEAS.keys())
def test_a_sea_is_fast_or_incomplete(sea: str) -> None:
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        done = scan(sea)
        best = min(best, time.perf_counter() - start)
    assert done.incomplete or len(sea.encode()) / best > 5e6  # 20 MB/s on a machine of its own


def test_a_bomb_leaves_all_detectors_incomplete() -> None:
    inner = base64.b64encode(gzip.compress(b"a" * (20 << 20)))
    for bomb in (SEAS["gzip"], base64.b64encode(gzip.compress(inner)).decode()):
        assert scan(bomb).incomplete == {"t.token": "too much is encoded in the input"}


def test_findings_survive_an_incomplete_scan() -> None:
    findings: tuple[Finding, ...] = scan(f"{TOKEN} {SEAS['gzip']}").findings
    assert [(f.start, f.end) for f in findings] == [(0, len(TOKEN))]
