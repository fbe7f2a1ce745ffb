"""The pieces of the page: cards, bars, tables, folds, marked snippets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

HIGH, MIDDLE = 0.95, 0.8
"""Ratios from which a bar is green, and amber."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Anything as HTML text."""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))


def bar(ratio: float) -> Markup:
    """A ratio as a bar and a number in percent."""
    tone = "high" if ratio >= HIGH else "middle" if ratio >= MIDDLE else "low"
    return Markup(f'<span class="bar {tone}"><i style="--at:{ratio:.1%}"></i><span>{percent(ratio)}</span></span>')


def percent(ratio: float) -> str:
    """One decimal, and never rounded up to all."""
    return "100" if ratio == 1 else f"{min(ratio * 100, 99.9):.1f}"


def card(title: str, value: str, goal: str, *, met: bool) -> Markup:
    """A figure with its goal."""
    tone = "good" if met else "bad"
    return Markup(
        f'<div class="card {tone}"><small>{text(title)}</small><b>{text(value)}</b><small>{text(goal)}</small></div>'
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, left: int = 1) -> Markup:
    """A table; the first `left` columns hold text. A float is shown as a bar and sorted by its value."""
    heads = "".join(f"<th{_side(place, left)}>{text(column)}</th>" for place, column in enumerate(columns))
    body = "".join(
        "<tr>" + "".join(_cell(value, _side(place, left)) for place, value in enumerate(row)) + "</tr>" for row in rows
    )
    return Markup(f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>')


def fold(title: str, aside: object, inside: Iterable[Markup]) -> Markup:
    """A part that opens on a click."""
    head = f"<summary><span>{text(title)}</span><span>{text(aside)}</span></summary>"
    return Markup(f'<details>{head}<div class="inside">{"".join(inside)}</div></details>')


def sample(about: str, before: str, inside: str, after: str) -> Markup:
    """A marked place in its context."""
    place = f"<pre>{text(before)}<mark>{text(inside)}</mark>{text(after)}</pre>"
    return Markup(f'<div class="sample"><small>{text(about)}</small>{place}</div>')


def section(name: str, title: str, lead: str, *parts: Markup) -> Markup:
    """A section with a heading that the navigation leads to."""
    return Markup(f'<section id="{name}"><h2>{text(title)}</h2><p>{text(lead)}</p>{"".join(parts)}</section>')


def _side(place: int, left: int) -> str:
    return ' class="text"' if place < left else ""


def _cell(value: object, side: str) -> str:
    if isinstance(value, float):
        return f'<td{side} data-value="{value:.6f}">{bar(value)}</td>'
    return f"<td{side}>{text(value)}</td>"
