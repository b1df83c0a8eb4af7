"""Charts as inline SVG: shapes coloured by classes of the style sheet; the numbers stand in a table beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 36, 8, 12, 24
TALL: Final = HEIGHT - TOP - BOTTOM
ROW_WIDTH, BAR = 440, 24  # of a chart of bars, and of each


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
    """One column for each value; at most seven labels below, the last among them."""
    top = nice_top(max(values, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values))
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, title)
    path = Markup('<path class="bar" d="{}"/>').format(_outline(values, top, step))
    return Markup("").join([head, *_grid(top), path, *_days(labels, step), Markup("</svg>")])


def _grid(top: int) -> Iterator[Markup]:
    for share in (0, 0.5, 1):
        y = TOP + TALL * (1 - share)
        line = Markup('<line class="grid" x1="{}" y1="{:.0f}" x2="{}" y2="{:.0f}"/>')
        yield line.format(LEFT, y, WIDTH - RIGHT, y)
        text = Markup('<text x="{}" y="{:.0f}" text-anchor="end">{}</text>')
        yield text.format(LEFT - 6, y + 4, int(top * share))


def _outline(values: Sequence[int], top: int, step: float) -> str:
    """All columns as one path."""
    wide, path = max(1.0, step - (2 if step > 5 else 0.4)), []
    for at, value in enumerate(values):
        if value:
            high, x = TALL * value / top, LEFT + at * step + (step - wide) / 2
            path.append(f"M{x:.1f} {TOP + TALL}v{-high:.1f}h{wide:.1f}v{high:.1f}z")
    return "".join(path)


def _days(labels: Sequence[str], step: float) -> Iterator[Markup]:
    last = len(labels) - 1
    for at in _spread(len(labels), 7):
        at_end = at == last and last > 4
        x, anchor = LEFT + at * step + (step if at_end else step / 2), "end" if at_end else "middle"
        text = Markup('<text x="{:.0f}" y="{}" text-anchor="{}">{}</text>')
        yield text.format(x, HEIGHT - 6, anchor, labels[at])


def _spread(count: int, most: int) -> list[int]:
    """At most so many places of a row, evenly, the last among them."""
    step = max(1, -(-count // most))
    return list(range(count - 1, -1, -step))[::-1]


def bars(rows: Sequence[Bar], title: str, label_width: int = 160) -> Markup:
    """One row for each bar, its number at the end of it."""
    top = max((row.value for row in rows), default=0) or 1
    room = ROW_WIDTH - label_width - 48
    parts = [
        Markup('<svg class="chart rows" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            ROW_WIDTH, max(1, len(rows)) * BAR + 4, title
        )
    ]
    for at, row in enumerate(rows):
        y, wide = at * BAR + 4, room * row.value / top
        label = row.label if len(row.label) <= 22 else f"{row.label[:21]}…"
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
