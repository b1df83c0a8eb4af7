"""Charts as inline SVG: shapes coloured by classes of the style sheet; the numbers stand in a table beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 36, 8, 12, 24
BAR: Final = 24  # of a row of bars


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart."""

    label: str
    value: int


def nice_top(most: int) -> int:
    """The end of an axis: 4, 10, 20, 50, 100, 200… of which a half is whole."""
    top = 4
    for step in (10, 20, 50, 100, 200, 500):
        if top >= most:
            return top
        top = step
    while top < most:
        top *= 2
    return top


def columns(values: Sequence[int], labels: Sequence[str], title: str) -> Markup:
    """One column for each value; at most eight labels below, the first and the last among them."""
    top = nice_top(max(values, default=0))
    room, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = room / max(1, len(values))
    parts = [Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, title)]
    for share in (0, 0.5, 1):
        y = TOP + tall * (1 - share)
        parts.append(
            Markup('<line class="grid" x1="{}" y1="{:.0f}" x2="{}" y2="{:.0f}"/>').format(LEFT, y, WIDTH - RIGHT, y)
        )
        parts.append(
            Markup('<text x="{}" y="{:.0f}" text-anchor="end">{}</text>').format(LEFT - 6, y + 4, int(top * share))
        )
    path = []
    for at, value in enumerate(values):
        if value:
            high = tall * value / top
            wide = max(1.0, step - (2 if step > 5 else 0.4))
            path.append(
                f"M{LEFT + at * step + (step - wide) / 2:.1f} {TOP + tall:.1f}v{-high:.1f}h{wide:.1f}v{high:.1f}z"
            )
    if path:
        parts.append(Markup('<path class="bar" d="{}"/>').format("".join(path)))
    shown = _spread(len(values), 8)
    for at in shown:
        anchor = (
            "start" if at == 0 and len(values) > 4 else "end" if at == len(values) - 1 and len(values) > 4 else "middle"
        )
        x = LEFT + at * step + {"start": 0, "middle": step / 2, "end": step}[anchor]
        parts.append(
            Markup('<text x="{:.0f}" y="{}" text-anchor="{}">{}</text>').format(x, HEIGHT - 6, anchor, labels[at])
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _spread(count: int, most: int) -> list[int]:
    """So many places of a row, evenly, with both ends."""
    if count <= most:
        return list(range(count))
    return sorted({round(at * (count - 1) / (most - 1)) for at in range(most)})


def bars(rows: Sequence[Bar], title: str, label_width: int = 190) -> Markup:
    """One row for each bar, its number at the end of it."""
    top = max((row.value for row in rows), default=0) or 1
    room = WIDTH - label_width - 48
    parts = [
        Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            WIDTH, max(1, len(rows)) * BAR + 4, title
        )
    ]
    for at, row in enumerate(rows):
        y, wide = at * BAR + 4, room * row.value / top
        label = row.label if len(row.label) <= 26 else f"{row.label[:25]}…"
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(label_width - 8, y + 14, label))
        if row.value:
            parts.append(
                Markup('<rect class="bar" x="{}" y="{}" width="{:.1f}" height="16" rx="2"/>').format(
                    label_width, y, wide
                )
            )
        parts.append(
            Markup('<text class="num" x="{:.0f}" y="{}">{}</text>').format(label_width + wide + 6, y + 14, row.value)
        )
    return Markup("").join([*parts, Markup("</svg>")])
