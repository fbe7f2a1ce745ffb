"""Policies as text, so that parser and checker take part.

A `Source` keeps its declarations apart, so that they can be shuffled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.properties.strategies.regexes import matches, regexes

TABLE = "mail,name,account\nann@x.io,Ann-Marie Lee,4711\nbob@x.io,Bob Ray,0815\nann@x.io,Zoë Ray,4711 22\n"
"""The rows behind `table "rows.csv"`."""

HEAD = """\
attribute user.region: optional string from claim "region"
attribute user.regions: optional set of string from claim "regions"
attribute user.tier: one of {low, high} from claim "tier"
attribute user.quota: int from claim "quota"
"""

FIRST_DAY, LAST_DAY = "2026-06-14", "2026-06-15"
"""Exemptions end on one of these; traffic comes on 2026-06-14 to 2026-06-16."""


@dataclass(frozen=True)
class Source:
    """The text of a policy by declarations, the ids of its detectors, and texts in which they may find something."""

    declarations: tuple[str, ...]
    detectors: tuple[str, ...]
    samples: tuple[str, ...]

    def text(self, order: Sequence[int] | None = None) -> str:
        """The whole file, declarations in this order."""
        places = range(len(self.declarations)) if order is None else order
        return HEAD + "\n".join(self.declarations[place] for place in places) + "\n"


STRINGS = ["a", "ab", "abc", "b", "é", "A"]
GLOBS = ["*", "a*", "*b", "a*c", "*b*", "ab", "*é", "a**"]
GROUPS = ["eng", "hr", "legal"]
INTEGERS = [-(2**63), -1, 0, 1, 5, 6, 23, 2**63 - 1]

_FIXED_SOURCES = {
    r"pattern /\b[0-9]{4}\b/": ["1234", "5678"],
    r"pattern /key[=:] ?(\w{2,8})/ group 1": ["key=abc", "key: zz"],
    r"pattern /(?i)a[a-z0-9 ]{0,6}z/": ["a b z", "AZ"],
    r"pattern /ab|abc/ pattern /bc{1,3}d?/": ["abc", "abccd"],
    r"pattern /<.{0,8}?>/": ["<a>", "<é>>"],
    r"pattern /^x.{0,3}$/": ["\nx12\n", "\nx"],
    r"pattern /q.../": ["q123", "q1é", "q😀"],
    'words ["apollo", "blue moon", "moon rise", "é", "c++"]': ["apollo", "Blue Moon", "MOON RISE", "c++"],
    'words ["ab", "straße", "Ωmega"] pattern /ab/': ["ab", "STRAẞE", "ωMEGA"],
    r'pattern /[0-9]{2,4}/ near ["pin", "code"] within 8 chars': ["pin 123", "PIN_99", "4711 code"],
    r'pattern /[0-9]{2,4}/ near ["Pin"] within 8 chars before not near ["no"] within 4 chars': [
        "myPin1 12",
        "no 12 pin",
    ],
    r'pattern /k[a-z]{3}/ ignore ["kaaa", /bb/]': ["kabc", "KAAA", "kabb"],
    r"pattern /k[a-z]{1,6}/ ignore odd ignore values": ["kodd", "Kxey", "koddy", "kb"],
    r"pattern /\b[0-9]{8}\b/ validate luhn": ["12345674", "12345678"],
    r"pattern /k=([a-z]{4})/ group 1 validate entropy >= 1.5": ["k=abcd", "k=aaaa"],
    'table "rows.csv" columns mail, account': ["ann@x.io", "ANN X IO", "0815"],
    'table "rows.csv" columns mail, name, account match 2 within 24 chars': ["ann@x.io 4711", "Zoë Ray 4711/22"],
    'table "rows.csv" columns mail, name, account match 3 within 40 chars': ["ann@x.io Ann-Marie Lee 4711", "Bob Ray"],
    "code": ["def f(x):\n    return x + 1\n\nprint(f(2))\n"],
}
"""Sources of detectors, and texts that they find something in, or nearly."""

_CHECKS = [
    "luhn",
    "not luhn",
    "entropy >= 1.5",
    'near ["pin", "code"] within 9 chars',
    'not near ["pin", "ab"] within 6 chars',
    'near ["code"] within 12 chars before',
    'near ["pin"] within 12 chars after',
    "near close within 5 chars",
]
LISTS = [
    'list values = ["k*ey", "kb", "pin"]\nlist odd = ["*odd"]\nlist close = ["pin", "code"]',
    'extend values = ["ab", "x y"] extend close = ["ab"]',
    'override odd = ["k*d", "zz"]',
    "override odd = []",
]
"""Lists that detectors read: always the first, and sometimes one of the others."""

_STYLES = ["label", "mask", "hash", "token", "remove"]
_CONFIDENCES = ["possible", "likely", "certain"]
_CLASSES = ["red", "blue"]


def _quoted(values: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _some(values: Sequence[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(_quoted)


@st.composite
def _confidences(draw: st.DrawFn, others: Sequence[str]) -> str:
    """A conditional confidence; `others` are the detectors that it may look for."""
    sides = st.sampled_from(["", " before", " after"])
    beside = st.builds(
        "{}near {} within {} chars{}".format,
        st.sampled_from(["", "not "]),
        st.sampled_from(others),
        st.integers(1, 20),
        sides,
    )
    checks = draw(st.lists(st.one_of(st.sampled_from(_CHECKS), beside), min_size=1, max_size=2))
    return f"confidence {draw(st.sampled_from(_CONFIDENCES))} when {' and '.join(checks)}"


@st.composite
def _detectors(draw: st.DrawFn, name: str, others: Sequence[str]) -> tuple[str, list[str]]:
    """A declaration, and texts in which the detector may find something."""
    if draw(st.integers(0, 2)):
        source = draw(st.sampled_from(sorted(_FIXED_SOURCES)))
        samples = _FIXED_SOURCES[source]
    else:
        pattern, group = draw(regexes())
        samples = [draw(matches(pattern))]
        source = f"pattern /{pattern}/" + (f" group {group}" if group else "")
    clauses = [source, f"class {draw(st.sampled_from(_CLASSES))}"]
    if draw(st.booleans()):
        clauses.append(f"confidence {draw(st.sampled_from(_CONFIDENCES))}")
    if draw(st.booleans()):
        clauses.append(f"redact as {draw(st.sampled_from(_STYLES))}")
    clauses += draw(st.lists(_confidences(others), max_size=2))
    return f"detector {name} {{ {' '.join(clauses)} }}", samples


def _string_tests(name: str) -> st.SearchStrategy[str]:
    strings = st.sampled_from(STRINGS)
    return st.one_of(
        st.builds(
            '{} {} "{}"'.format, st.just(name), st.sampled_from(["==", "!=", "starts with", "ends with"]), strings
        ),
        st.builds("{} in {}".format, st.just(name), _some(STRINGS)),
        st.builds('{} like "{}"'.format, st.just(name), st.sampled_from(GLOBS)),
        st.builds("{} like any {}".format, st.just(name), _some(GLOBS)),
    )


def _set_tests(name: str) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds('{} has "{}"'.format, st.just(name), st.sampled_from(GROUPS)),
        st.builds("{} has {} {}".format, st.just(name), st.sampled_from(["any", "all"]), _some(GROUPS)),
    )


def _int_tests(name: str) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    return st.builds("{} {} {}".format, st.just(name), operators, st.sampled_from(INTEGERS))


def _enum_tests(name: str, values: Sequence[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds('{} {} "{}"'.format, st.just(name), st.sampled_from(["==", "!="]), st.sampled_from(values)),
        st.builds("{} in {}".format, st.just(name), _some(values)),
    )


def _bool_tests(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, f"{name} == true", f"{name} == false", f"{name} != true", f"{name} != false"])


def _guarded(name: str, tests: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An optional attribute may be read where it is known."""
    forms = st.sampled_from(["({0} is known and {1})", "(not {0} is known or {1})"])
    return st.builds(lambda form, test: form.format(name, test), forms, tests)


_ON_ATTRIBUTES = st.one_of(
    _bool_tests("device.managed"),
    _bool_tests("request.stream"),
    _string_tests("user.id"),
    _string_tests("request.model"),
    _string_tests("request.provider"),
    _enum_tests("device.posture", ["compliant", "noncompliant", "unknown"]),
    _enum_tests("request.operation", ["chat", "embedding", "other"]),
    _enum_tests("user.tier", ["low", "high"]),
    _set_tests("user.groups"),
    _set_tests("request.tools"),
    _int_tests("session.turn"),
    _int_tests("request.tokens"),
    _int_tests("user.quota"),
    _int_tests("time.hour"),
    _guarded("user.region", _string_tests("user.region")),
    _guarded("user.regions", _set_tests("user.regions")),
    st.sampled_from(["user.id is known", "request.tokens is known", "user.regions is known", "true", "false"]),
)


def _selectors(names: Sequence[str]) -> st.SearchStrategy[str]:
    one = st.sampled_from(names)
    several = st.lists(one, min_size=1, max_size=3, unique=True).map(lambda items: f"[{', '.join(items)}]")
    return st.one_of(one, several)


@st.composite
def _payload_tests(draw: st.DrawFn, names: Sequence[str]) -> str:
    test = f"payload contains {draw(_selectors(names))}"
    if draw(st.booleans()):
        test += f" confidence {draw(st.sampled_from(_CONFIDENCES))}"
    if draw(st.booleans()):
        test += f" count >= {draw(st.integers(1, 3))}"
    return test


def _conditions(names: Sequence[str]) -> st.SearchStrategy[str]:
    atoms = st.one_of(_ON_ATTRIBUTES, _payload_tests(names), _payload_tests(names))
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda terms: f"({' and '.join(terms)})"),
            st.lists(inner, min_size=2, max_size=3).map(lambda terms: f"({' or '.join(terms)})"),
            inner.map(lambda term: f"not ({term})"),
        ),
        max_leaves=5,
    )


_OBLIGATIONS = st.sampled_from(
    ["log metadata", "log redacted", "log full", 'alert "ops"', 'alert "ops" severity high', 'label "x"', 'label "y"']
)


@st.composite
def _rules(draw: st.DrawFn, name: str, names: Sequence[str]) -> str:
    conditions = _conditions(names)
    scope = draw(st.sampled_from(["", "", "on prompt", "on response", "on tool_call", "on tool_result", "on any"]))
    when = draw(conditions)
    unless = f"unless {draw(conditions)}" if draw(st.integers(0, 3)) == 0 else ""
    style = draw(st.sampled_from(["", *(f"as {style}" for style in _STYLES)]))
    effect = draw(
        st.sampled_from(["allow", "allow", "block", f'block "{name}"', 'reroute to "elsewhere"', *["redact"] * 4, ""])
    )
    if effect == "redact":
        effect = f"redact {draw(_selectors(names))} {style}"
        if draw(st.booleans()):  # the usual shape: what is found is redacted
            when, effect = draw(_payload_tests(names)), f"redact {style}"
    effects = draw(st.lists(_OBLIGATIONS, min_size=0 if effect else 1, max_size=2))
    skip = draw(st.sampled_from(["", "", "on unknown skip"])) if effect != "allow" else ""
    return f"rule {name} {scope} {{ when {when} {unless} then {', '.join(filter(None, [effect, *effects]))} {skip} }}"


@st.composite
def policies(draw: st.DrawFn) -> Source:
    """A default, detectors, rules and exemptions."""
    names = [f"d{number}" for number in range(draw(st.integers(1, 4)))]
    detectors = [draw(_detectors(name, names)) for name in names]
    rules = [f"r{number}" for number in draw(st.permutations(range(draw(st.integers(1, 6)))))]
    declarations = [
        draw(
            st.sampled_from(
                ["default allow", "default allow", "default allow", "default block", 'default block "closed"']
            )
        ),
        LISTS[0],
        *draw(st.lists(st.sampled_from(LISTS[1:]), max_size=2, unique_by=lambda change: change.split()[0])),
        *(text for text, _ in detectors),
        *(draw(_rules(rule, names)) for rule in rules),
    ]
    restricting = [
        name for name, text in zip(rules, declarations[-len(rules) :], strict=True) if "then allow" not in text
    ]
    for rule in draw(st.lists(st.sampled_from(restricting), max_size=2)) if restricting else ():
        until = draw(st.sampled_from(["", f"until {FIRST_DAY}", f"until {LAST_DAY}"]))
        declarations.append(f"exempt {rule} when {draw(_conditions(names))} {until}")
    return Source(
        declarations=tuple(declarations),
        detectors=tuple(f"policy.{name}" for name in names),
        samples=tuple(sample for _, samples in detectors for sample in samples),
    )
