"""Whole documents in which nothing is to be found: lock files, logs, certificates, minified code, tables, prose."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from corpora.accuracy.draw import Draw

PROSE = (
    "source_code",
    "credential",
    "personal_data",
    "financial_data",
    "health_data",
    "prompt_injection",
    "exfiltration",
    "hidden_text",
)
"""Classes judged on prose, logs and tables: code is none of them."""


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document, in one split."""

    kind: str
    make: Callable[[Draw], str]
    judged: tuple[str, ...] = ()


def _repeat(draw: Draw, low: int, high: int, line: Callable[[], str]) -> str:
    return "\n".join(line() for _ in range(draw.randint(low, high))) + "\n"


def _version(draw: Draw) -> str:
    return f"{draw.number(0, 30)}.{draw.number(0, 20)}.{draw.number(0, 30)}"


def _sha512(draw: Draw) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(draw.randbytes(8)).digest()).decode()


def _package_lock(draw: Draw) -> str:
    def entry() -> str:
        name, version = draw.lower(7), _version(draw)
        return (
            f'    "node_modules/{name}": {{\n      "version": "{version}",\n'
            f'      "resolved": "https://registry.internal/{name}/-/{name}-{version}.tgz",\n      "integrity": "{_sha512(draw)}"\n    }},'
        )

    return '{\n  "lockfileVersion": 3,\n  "packages": {\n' + _repeat(draw, 2, 6, entry) + "  }\n}\n"


def _yarn_lock(draw: Draw) -> str:
    return _repeat(
        draw,
        2,
        6,
        lambda: f'{draw.lower(8)}@^{_version(draw)}:\n  version "{_version(draw)}"\n  integrity {_sha512(draw)}\n',
    )


def _cargo_lock(draw: Draw) -> str:
    return _repeat(
        draw,
        2,
        6,
        lambda: f'[[package]]\nname = "{draw.lower(8)}"\nversion = "{_version(draw)}"\nchecksum = "{draw.hex(64)}"\n',
    )


def _go_sum(draw: Draw) -> str:
    return _repeat(
        draw, 3, 9, lambda: f"github.com/{draw.lower(6)}/{draw.lower(7)} v{_version(draw)} h1:{draw.base64(43)}="
    )


def _requirements(draw: Draw) -> str:
    return _repeat(draw, 3, 8, lambda: f"{draw.lower(8)}=={_version(draw)} \\\n    --hash=sha256:{draw.hex(64)}")


def _git_log(draw: Draw) -> str:
    return _repeat(
        draw,
        3,
        8,
        lambda: (
            f"{draw.hex(40)} {draw.one('fix', 'feat', 'docs')}: {draw.one('retry', 'cache', 'parser')} {draw.lower(6)} (#{draw.number(10, 9999)})"
        ),
    )


def _git_index(draw: Draw) -> str:
    return _repeat(
        draw,
        2,
        6,
        lambda: (
            f"diff --git a/src/{draw.lower(6)}.py b/src/{draw.lower(6)}.py\nindex {draw.hex(7)}..{draw.hex(7)} 100644\n@@ -{draw.number(1, 300)},7 +{draw.number(1, 300)},9 @@"
        ),
    )


def _certificate(draw: Draw) -> str:
    body = "MIIDdzCCAl+gAwIBAgIE" + draw.base64(1000)
    return (
        "-----BEGIN CERTIFICATE-----\n"
        + "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
        + "\n-----END CERTIFICATE-----\n"
    )


def _public_pem(draw: Draw) -> str:
    body = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" + draw.base64(356) + "IDAQAB"
    return (
        "-----BEGIN PUBLIC KEY-----\n"
        + "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
        + "\n-----END PUBLIC KEY-----\n"
    )


def _minified(draw: Draw) -> str:
    def piece() -> str:
        a, b, c = draw.lower(1), draw.lower(1), draw.lower(2)
        return draw.one(
            f"function {c}({a},{b}){{return {a}.{draw.lower(5)}({b},{draw.number(0, 4096)})||{b}}}",
            f"var {c}={{token:{a},key:{b},password:void 0}};", f'!function({a}){{{a}.{draw.lower(4)}="{draw.lower(8)}"}}({c});',
            f"{c}.secret=function({a}){{return this._{b}[{a}]>>>{draw.number(0, 31)}}},", f"e.exports=n({draw.number(10, 9999)}),",
        )  # fmt: skip

    return "".join(piece() for _ in range(draw.randint(10, 40)))


def _script_tags(draw: Draw) -> str:
    return _repeat(
        draw,
        2,
        6,
        lambda: (
            f'<script src="/static/{draw.lower(6)}.{draw.hex(8)}.js" integrity="sha384-{draw.base64(64)}" crossorigin="anonymous"></script>'
        ),
    )


def _float_table(draw: Draw) -> str:
    return _repeat(draw, 4, 14, lambda: ",".join(f"{draw.gauss(0, 50):.6f}" for _ in range(6)))


def _int_table(draw: Draw) -> str:
    return _repeat(draw, 4, 14, lambda: "\t".join(draw.number(0, 10 ** draw.randint(2, 10)) for _ in range(5)))


def _trace_log(draw: Draw) -> str:
    return _repeat(
        draw,
        3,
        10,
        lambda: (
            f"{draw.day(2024, 2026)}T{draw.number(0, 23, 2)}:{draw.number(0, 59, 2)}:00Z INFO trace_id={draw.hex(32)} span_id={draw.hex(16)} route=/v1/{draw.lower(6)} status=200 bytes={draw.number(10, 99999)}"
        ),
    )


def _kernel_log(draw: Draw) -> str:
    return _repeat(
        draw,
        3,
        10,
        lambda: (
            f"[{draw.uniform(1, 9999):12.6f}] {draw.lower(5)}: RIP: 0010:{draw.lower(8)}+0x{draw.hex(3)}/0x{draw.hex(3)} RSP: 0018:ffff{draw.hex(12)} EFLAGS: 000{draw.hex(5)}"
        ),
    )


def _hexdump(draw: Draw) -> str:
    at = iter(range(0, 10_000, 16))
    return _repeat(
        draw, 4, 12, lambda: f"{next(at):08x}  {' '.join(draw.hex(2) for _ in range(16))}  |................|"
    )


def _css(draw: Draw) -> str:
    return _repeat(
        draw,
        3,
        8,
        lambda: (
            f".{draw.lower(6)}-{draw.lower(4)} {{\n  color: #{draw.hex(6)};\n  background: rgba({draw.number(0, 255)}, {draw.number(0, 255)}, {draw.number(0, 255)}, 0.{draw.digits(1)});\n  margin: {draw.number(0, 40)}px;\n}}"
        ),
    )


def _svg(draw: Draw) -> str:
    points = " ".join(
        f"{draw.one('L', 'M', 'C')}{draw.uniform(0, 99):.3f} {draw.uniform(0, 99):.3f}" for _ in range(40)
    )
    return f'<svg viewBox="0 0 24 24"><path d="{points}Z" fill="#{draw.hex(6)}"/></svg>'


def _schema(draw: Draw) -> str:
    return (
        '{"type": "object", "properties": {'
        + ", ".join(
            f'"{draw.one("password", "api_key", "access_token", "client_secret", "email", "phone", "iban")}": {{"type": "string", "minLength": {draw.number(1, 64)}, "description": "the {draw.lower(6)} of the {draw.lower(5)}"}}'
            for _ in range(4)
        )
        + "}}"
    )


def _form(draw: Draw) -> str:
    return _repeat(
        draw,
        2,
        5,
        lambda: (
            f'<label for="{draw.lower(5)}">{draw.one("Password", "API token", "Card number", "Date of birth")}</label><input type="{draw.one("password", "text")}" name="{draw.one("password", "token", "dob")}" placeholder="{draw.one("••••••••", "dd/mm/yyyy", "Enter token")}" autocomplete="off">'
        ),
    )


def _code_lookups(draw: Draw) -> str:
    return _repeat(draw, 2, 5, lambda: draw.one(
        f'{draw.lower(5)}_token = os.environ.get("{draw.upper(6)}_TOKEN", "")', f'password = getpass("{draw.lower(6)}: ")', f"self.api_key = config.get('{draw.lower(5)}', 'api_key')",
        f"const secret = await vault.read(`kv/{draw.lower(6)}`);", "if token == expected_token:", "def set_password(self, password: str) -> None:", f"token = tokens[{draw.number(0, 99)}].next_token",
        "secret_key = secrets.token_hex(32)", f"api_key: str = Field(default='', description='key of {draw.lower(6)}')", "raise ValueError('password must not be empty')",
    ))  # fmt: skip


def _workflow(draw: Draw) -> str:
    return _repeat(
        draw,
        1,
        3,
        lambda: (
            f"      - uses: actions/{draw.lower(8)}@{draw.hex(40)} # v{draw.number(1, 6)}\n        with:\n          token: ${{{{ secrets.{draw.upper(5)}_TOKEN }}}}\n          cache-key: deps-{draw.hex(12)}"
        ),
    )


def _terraform(draw: Draw) -> str:
    return _repeat(
        draw,
        1,
        3,
        lambda: (
            f'variable "{draw.lower(6)}_password" {{\n  type      = string\n  sensitive = true\n}}\n\nresource "aws_db_instance" "{draw.lower(5)}" {{\n  password = var.{draw.lower(6)}_password\n  port     = {draw.number(1024, 9999)}\n}}'
        ),
    )


_SENTENCES = (
    "The password policy asks for twelve characters and a second factor.", "Tokens are counted before the request is sent, and the key to speed is caching.",
    "Our secret is simple: we ship small changes every day.", "The meeting moved to Thursday at ten, in the large room.", "Please ignore the previous e-mail, the attachment was the wrong one.",
    "The new instructions for the espresso machine hang on the wall above it.", "Forget what I said about the roof; the builder starts in March.", "The history of the town begins with a bridge over the river.",
    "A public key may be shared with anyone; that is its purpose.", "He ran the marathon in 3:41:07, two minutes faster than in 2019.", "Add 250 g of flour, 2 eggs and 1.5 dl of milk, and let it rest.",
    "The survey had 1,204 answers, of which 87 % were complete.", "She read chapter 12 and the appendix, pages 341-356.", "Flight LH 2034 leaves at 17:45 from gate B22.",
    "Apple, pear and plum trees were planted along the road.", "What does the system prompt of a language model usually contain?", "Explain how card numbers are checked with the Luhn formula.",
    "How do I rotate an access token without downtime?", "The museum published its annual report last week; visitors rose by 4 %.", "Der Bericht wurde am Montag veröffentlicht und umfasst 48 Seiten.",
    "Le train de 8 h 12 est supprimé jusqu'au 15 mars.", "El informe anual tiene 120 páginas y tres anexos.", "La riunione è spostata a giovedì alle 10.", "O prazo termina em 30 dias.",
)  # fmt: skip


def _prose(draw: Draw) -> str:
    return " ".join(draw.sample(_SENTENCES, draw.randint(3, 7)))


def _markdown(draw: Draw) -> str:
    rows = _repeat(draw, 2, 5, lambda: f"| {draw.lower(6)} | {draw.number(1, 900)} | {draw.one('yes', 'no')} |")
    return f"# {draw.lower(7).title()}\n\n{draw.choice(_SENTENCES)}\n\n- {draw.choice(_SENTENCES)}\n- {draw.choice(_SENTENCES)}\n\n| part | count | ready |\n|---|---|---|\n{rows}"


def _minutes(draw: Draw) -> str:
    return "Minutes\n\n" + _repeat(draw, 3, 6, lambda: f"{draw.number(1, 12)}. {draw.choice(_SENTENCES)}")


def _public_results(draw: Draw) -> str:
    return f"The company said on {draw.one('Tuesday', 'Thursday')} in a press release that quarterly sales were ${draw.uniform(1, 90):.1f} billion, published with the annual report of {draw.number(2019, 2024)}. Shares rose {draw.uniform(0.1, 6):.1f} %."


def _id_table(draw: Draw) -> str:
    return _repeat(
        draw, 3, 8, lambda: f"{draw.uuid()},{draw.uuid()},{draw.one('open', 'closed')},{draw.day(2020, 2026)}"
    )


DOCUMENTS: dict[str, tuple[Document, ...]] = {
    "dev": (
        Document("package-lock.json", _package_lock),
        Document("Cargo.lock", _cargo_lock),
        Document("git log", _git_log, PROSE),
        Document("certificate", _certificate),
        Document("minified script", _minified),
        Document("table of floats", _float_table, PROSE),
        Document("log with trace ids", _trace_log, PROSE),
        Document("style sheet", _css),
        Document("JSON schema", _schema),
        Document("code that looks secrets up", _code_lookups),
        Document("prose", _prose, PROSE),
        Document("published results", _public_results, PROSE),
    ),
    "held-out": (
        Document("yarn.lock", _yarn_lock),
        Document("go.sum", _go_sum),
        Document("pinned requirements", _requirements),
        Document("heads of a diff", _git_index),
        Document("public key", _public_pem),
        Document("script tags with integrity", _script_tags),
        Document("table of integers", _int_table, PROSE),
        Document("kernel log", _kernel_log, PROSE),
        Document("hex dump", _hexdump, PROSE),
        Document("drawing", _svg),
        Document("form", _form),
        Document("workflow", _workflow),
        Document("terraform variables", _terraform),
        Document("markdown", _markdown, PROSE),
        Document("minutes", _minutes, PROSE),
        Document("table of ids", _id_table, PROSE),
    ),
}
