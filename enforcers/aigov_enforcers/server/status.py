"""The status page: one look at a server, for people. No script, nothing from elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from html import escape

from aigov_enforcers.server.board import Board, State
from aigov_enforcers.server.metrics import lives
from aigov_enforcers.server.setup import Ready

_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2.5rem auto; max-width: 60rem; padding: 0 1.5rem }
h1 { font-size: 1.4rem; margin: 0 0 .2rem }
h2 { font-size: 1rem; margin: 2rem 0 .5rem }
p { margin: .2rem 0 }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #8884; padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top }
th { font-weight: 600 }
td.number { font-variant-numeric: tabular-nums }
code { font-size: .85em; overflow-wrap: anywhere }
.soft { opacity: .6 }
.mark { border-radius: 1rem; color: #fff; display: inline-block; font-size: .8rem; padding: 0 .6rem }
.good { background: #1a7f37 }
.bad { background: #cf222e }
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>aigov {title}</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5">
<style>{style}</style></head><body>
<h1>{id} {mark}</h1>
<p><span class="soft">{time} · policy</span> <b>{policy}</b></p>
{problems}
<h2>Processes</h2>
<table><tr><th>Process<th>State<th>Since<th>Policy<th>Bundle<th>Connections</tr>{processes}</table>
<h2>Decisions</h2>
<table><tr><th>Direction<th>Outcome<th>Number</tr>{decisions}</table>
<h2>Providers</h2>
<table><tr><th>Name<th>URL<th>Key</tr>{providers}</table>
</body></html>
"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page(ready: Ready, board: Board, names: list[str]) -> str:
    """The page, in HTML."""
    rows = [(name, board.read(number)) for number, name in enumerate(names)]
    states = [state for _, state in rows if state is not None]
    fine = len(states) == len(rows) and all(lives(state) and not state.closed for state in states)
    problems = sorted({text for state in states for text in (state.closed, state.refused) if text})
    return _PAGE.format(
        title=escape(ready.id.id),
        style=_STYLE,
        id=escape(str(ready.id)),
        mark=_mark("works") if fine else _mark("needs attention", good=False),
        time=time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
        policy=escape(" and ".join(sorted({state.revision for state in states})) or "none"),
        problems="".join(f"<p>{_mark('problem', good=False)} {escape(text)}</p>" for text in problems),
        processes="".join(_row(*row) for row in rows),
        decisions=_decisions(states) or _cells("none yet", "", ""),
        providers="".join(
            _cells(name, route.url, "set" if route.headers else "none") for name, route in sorted(ready.routes.items())
        ),
    )


def _mark(text: str, *, good: bool = True) -> str:
    return f'<span class="mark {"good" if good else "bad"}">{text}</span>'


def _row(name: str, state: State | None) -> str:
    if state is None:
        return f"<tr><td>{escape(name)}<td colspan=5>{_mark('not begun', good=False)}</tr>"
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(state.started))
    cells = (
        f"{escape(name)} <span class=soft>{state.pid}</span>",
        _mark("works") if lives(state) else _mark("down", good=False),
        since,
        escape(state.revision),
        f"<code>{escape(state.digest[:16])}</code>",
        f"{state.levels.get('connections', 0):,}",
    )
    return f"<tr>{''.join(f'<td>{cell}' for cell in cells)}</tr>"


def _decisions(states: list[State]) -> str:
    sums: Counter[str] = Counter()
    for state in states:
        sums.update({name: value for name, value in state.totals.items() if name.startswith("decisions|")})
    labels = ((name.split("|")[1:], value) for name, value in sorted(sums.items()))
    return "".join(_cells(*(part.partition("=")[2] for part in parts), f"{value:,}") for parts, value in labels)


def _cells(*texts: str) -> str:
    return f"<tr>{''.join(f'<td>{escape(text)}' for text in texts)}</tr>"
