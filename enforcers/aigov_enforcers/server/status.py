"""The status page: one look at a server, for people. No script, nothing from elsewhere."""

from __future__ import annotations

import time
from html import escape

from aigov_enforcers.server.board import Board, State
from aigov_enforcers.server.metrics import lives
from aigov_enforcers.server.setup import Ready

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --soft: #8889 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2.5rem auto; max-width: 60rem; padding: 0 1.5rem }
h1 { font-size: 1.4rem; margin: 0 0 .2rem } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
p { margin: .2rem 0 } .soft { color: color-mix(in srgb, currentColor 60%, transparent) }
table { border-collapse: collapse; width: 100% } td, th { border-bottom: 1px solid var(--line); padding: .35rem .8rem .35rem 0;
text-align: left; vertical-align: top } th { font-weight: 600 } td.number { font-variant-numeric: tabular-nums }
.mark { border-radius: 1rem; color: #fff; display: inline-block; font-size: .8rem; padding: 0 .6rem }
.good { background: var(--good) } .bad { background: var(--bad) } code { font-size: .85em; overflow-wrap: anywhere }
"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page(ready: Ready, board: Board, names: list[str]) -> str:
    """The page, in HTML."""
    rows = [(name, board.read(number)) for number, name in enumerate(names)]
    fine = all(state is not None and lives(state) and not state.closed for _, state in rows)
    revisions = sorted({state.revision for _, state in rows if state is not None})
    problems = sorted({text for _, state in rows if state is not None for text in (state.closed, state.refused) if text})
    sums: dict[str, int] = {}
    for _, state in rows:
        for name, value in state.totals.items() if state is not None else ():
            sums[name] = sums.get(name, 0) + value
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>aigov {escape(ready.id.id)}</title>
<meta http-equiv="refresh" content="5"><style>{_STYLE}</style></head><body>
<h1>{escape(str(ready.id))} {_mark(fine, "works", "needs attention")}</h1>
<p class="soft">{escape(time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))} · policy
{" and ".join(f"<b>{escape(each)}</b>" for each in revisions) or "none"}</p>
{"".join(f'<p>{_mark(False, "", "problem")} {escape(text)}</p>' for text in problems)}
<h2>Processes</h2>
<table><tr><th>Process<th>State<th>Since<th>Policy<th>Bundle<th>Connections</tr>{"".join(_row(*row) for row in rows)}</table>
<h2>Decisions</h2>
<table><tr><th>Direction<th>Outcome<th>Number</tr>{_decisions(sums)}</table>
<h2>Providers</h2>
<table><tr><th>Name<th>URL<th>Key</tr>{"".join(
    f"<tr><td>{escape(name)}<td>{escape(route.url)}<td>{'set' if route.headers else 'none'}</tr>"
    for name, route in sorted(ready.routes.items())
)}</table>
</body></html>
"""


def _mark(good: bool, yes: str, no: str) -> str:
    return f'<span class="mark {"good" if good else "bad"}">{yes if good else no}</span>'


def _row(name: str, state: State | None) -> str:
    if state is None:
        return f"<tr><td>{escape(name)}<td>{_mark(False, '', 'not begun')}<td><td><td><td></tr>"
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(state.started))
    return (
        f"<tr><td>{escape(name)} <span class=soft>{state.pid}</span><td>{_mark(lives(state), 'works', 'down')}<td>{since}"
        f"<td>{escape(state.revision)}<td><code>{escape(state.digest[:16])}</code>"
        f'<td class="number">{state.levels.get("connections", 0):,}</tr>'
    )


def _decisions(sums: dict[str, int]) -> str:
    found = [(name.split("|")[1:], value) for name, value in sorted(sums.items()) if name.startswith("decisions|")]
    rows = "".join(
        f"<tr>{_cells(parts)}<td class='number'>{value:,}</tr>"
        for parts, value in found
    )
    return rows or "<tr><td colspan=3 class=soft>none yet</tr>"


def _cells(parts: list[str]) -> str:
    return "".join(f"<td>{escape(part.partition('=')[2])}" for part in parts)
