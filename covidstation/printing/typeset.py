"""Words to lines to pages: a small typesetter that knows no markup, so no text can become a command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from reportlab.pdfgen.canvas import Canvas

from covidstation.domain.wording import BLANK
from covidstation.printing.fonts import Font, printable, shown, width

ASCENT: Final = 0.891  # of Liberation Serif, as a part of its size
LEADING: Final = 1.15  # single spacing of Times New Roman
DOTS: Final = "……"
GROUND: Final = (1.0, 0.878, 0.698)  # behind what is still missing
NUMBER_GROUND: Final = (1.0, 0.953, 0.800)  # behind a number that is not taken yet

Align = Literal["left", "centre", "justify"]
Ground = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one face; with a ground when its place is still empty."""

    text: str
    font: Font
    size: float
    ground: Ground | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """Runs without a space between them."""

    runs: tuple[Run, ...]
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """A broken line, ready to be drawn. Lengths count from the left of its room, spaces stretched."""

    pieces: tuple[tuple[str, Font, float], ...]  # text, face, size
    grounds: tuple[tuple[float, float, Ground], ...]  # from, how wide, colour
    width: float  # with unstretched spaces
    size: float  # its largest
    x: float
    stretch: float  # added to each space


class Sheet(Canvas):  # type: ignore[misc]  # ReportLab has no types
    """The pages being drawn; `marked` shows the grounds of empty places, for a preview."""

    marked: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A piece that no page break cuts. `draw` gets the sheet and the top, in points from the page's foot."""

    height: float
    draw: Callable[[Sheet, float], None]
    before: float = 0.0  # free space above, dropped at the top of a page
    keep: bool = False  # never the last one on a page


Page = list[tuple[Box, float]]  # boxes with their depth below the page's top


def runs(text: str, font: Font, size: float) -> list[Run]:
    """The text in one face, its empty places as dots on a ground."""
    made: list[Run] = []
    for at, part in enumerate(text.split(BLANK)):
        if at:
            made.append(Run(DOTS, font, size, GROUND))
        if part:
            made.append(Run(printable(part), font, size))
    return made


def runs_to_end(text: str, font: Font, size: float, room: float) -> list[Run]:
    """The same, an empty place at the end as long as its line, so that a pen has room to write."""
    said = text.rstrip(BLANK)
    if said == text:
        return runs(text, font, size)
    made = runs(said, font, size)
    count = int((room - sum(width(run.text, run.font, run.size) for run in made)) / width(DOTS[0], font, size))
    return [*made, Run(DOTS[0] * max(count, len(DOTS)), font, size, GROUND)]


def signature_runs(name: str, size: float) -> list[Run]:
    """The name under a signature; dots to be written on while nobody is known."""
    return runs(name, Font.BOLD, size) if name else [Run(DOTS * 3, Font.BOLD, size, GROUND)]


def _words(text: Iterable[Run]) -> list[Word]:
    words: list[Word] = []
    current: list[Run] = []
    for run in text:
        for at, piece in enumerate(run.text.split(" ")):
            if at and current:
                words.append(_word(current))
                current = []
            if piece:
                current.append(_piece(piece, run.font, run.size, run.ground))
    if current:
        words.append(_word(current))
    return words


@lru_cache(maxsize=8_192)
def _piece(text: str, font: Font, size: float, ground: Ground | None) -> Run:
    return Run(text, font, size, ground)


def _word(made: Sequence[Run]) -> Word:
    return _joined(tuple(made))


@lru_cache(maxsize=8_192)
def _joined(made: tuple[Run, ...]) -> Word:
    return Word(made, sum(width(run.text, run.font, run.size) for run in made))


def _cut(word: Word, room: float) -> list[Word]:
    """A word that is wider than the line, in pieces that are not."""
    pieces: list[Word] = []
    for run in word.runs:
        start, taken = 0, 0.0
        for at, sign in enumerate(run.text):
            step = width(sign, run.font, run.size)
            if taken + step > room and at > start:
                pieces.append(_word([Run(run.text[start:at], run.font, run.size, run.ground)]))
                start, taken = at, 0.0
            taken += step
        pieces.append(_word([Run(run.text[start:], run.font, run.size, run.ground)]))
    return pieces


def _space(word: Word) -> float:
    last = word.runs[-1]
    return width(" ", last.font, last.size)


def _rows(words: Sequence[Word], room: float, indent: float) -> list[tuple[list[Word], float]]:
    """Greedy breaking: the words of each row and its unstretched width."""
    rows: list[tuple[list[Word], float]] = []
    row: list[Word] = []
    taken = 0.0
    for word in words:
        limit = room - (0 if rows else indent)
        gap = _space(row[-1]) if row else 0.0
        if row and taken + gap + word.width > limit + 0.001:
            rows.append((row, taken))
            row, taken, gap = [], 0.0, 0.0
        row.append(word)
        taken += gap + word.width
    if row:
        rows.append((row, taken))
    return rows


def lines(text: Iterable[Run], room: float, *, align: Align = "left", indent: float = 0.0) -> tuple[Line, ...]:
    """Break into lines; x counts from the left of the room. A justified last line is left as it falls."""
    return _lines(tuple(text), room, align, indent)


@lru_cache(maxsize=512)
def _lines(text: tuple[Run, ...], room: float, align: Align, indent: float) -> tuple[Line, ...]:
    """The same, remembered: most paragraphs of a hundred papers are the same ones."""
    least = room - indent
    words: list[Word] = []
    for word in _words(text):
        words += [word] if word.width <= least else _cut(word, least)
    rows = _rows(words, room, indent)
    if align == "centre" and len(rows) > 1:
        rows = _rows(words, _balanced(words, room, len(rows)), 0.0)
    made: list[Line] = []
    for at, (row, taken) in enumerate(rows):
        free = room - taken - (0 if at else indent)
        x = free / 2 if align == "centre" else indent if at == 0 else 0.0
        gaps = len(row) - 1
        stretch = free / gaps if align == "justify" and gaps and at < len(rows) - 1 else 0.0
        size = max(run.size for word in row for run in word.runs)
        made.append(Line(_pieces(row), _grounds(row, x, stretch), taken, size, x, stretch))
    return tuple(made)


def forget_words() -> None:
    """Let go of every word that was set or measured, for the lock: among them are names and addresses."""
    for remembered in (_piece, _joined, _lines, width):
        remembered.cache_clear()


def _balanced(words: Sequence[Word], room: float, count: int) -> float:
    """The narrowest room that needs no more lines: centred lines of like length."""
    low, high = room / count / 2, room
    while high - low > 1.0:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_rows(words, middle, 0.0)) <= count else (middle, high)
    return high


def draw_line(sheet: Sheet, line: Line, left: float, baseline: float) -> None:
    """Put a line on the page, `left` being the left of its room."""
    if sheet.marked and line.grounds:
        for start, wide, colour in line.grounds:
            sheet.setFillColorRGB(*colour)
            sheet.rect(left + start - 1, baseline - 0.25 * line.size, wide + 2, 1.15 * line.size, stroke=0, fill=1)
        sheet.setFillColorRGB(0, 0, 0)
    # Written out: a text object for each line of ReportLab's takes four times as long. Tw always, since it stays.
    code = [f"BT 1 0 0 1 {left + line.x:.3f} {baseline:.3f} Tm {line.stretch:.4f} Tw"]
    code += [shown(sheet, text, font, size) for text, font, size in line.pieces]
    sheet._code.append(" ".join((*code, "ET")))


def _pieces(row: Sequence[Word]) -> tuple[tuple[str, Font, float], ...]:
    """The row in stretches of one face; a space belongs to the face before it."""
    pieces: list[tuple[str, Font, float]] = []
    for at, word in enumerate(row):
        for first, run in enumerate(word.runs):
            gap = " " if at and not first else ""
            text, font, size = pieces.pop() if pieces else ("", run.font, run.size)
            if (font, size) == (run.font, run.size):
                pieces.append((text + gap + run.text, font, size))
            else:
                pieces += [(text + gap, font, size), (run.text, run.font, run.size)]
    return tuple(pieces)


def _grounds(row: Sequence[Word], x: float, stretch: float) -> tuple[tuple[float, float, Ground], ...]:
    """Where the empty places of a row stand."""
    grounds = []
    for word in row:
        at = x
        for run in word.runs:
            wide = width(run.text, run.font, run.size)
            if run.ground:
                grounds.append((at, wide, run.ground))
            at += wide
        x += word.width + _space(word) + stretch
    return tuple(grounds)


def line_box(line: Line, left: float, *, before: float = 0.0, keep: bool = False) -> Box:
    """A line as a box of single spacing."""
    size = line.size

    def draw(sheet: Sheet, top: float) -> None:
        draw_line(sheet, line, left, top - ASCENT * size)

    return Box(LEADING * size, draw, before, keep)


def paginate(boxes: Sequence[Box], room: float) -> list[Page]:
    """Boxes with their depth below the top of their page; what must be kept together moves on together."""
    pages: list[Page] = [[]]
    depth = 0.0
    at = start = 0
    while at < len(boxes):
        box = boxes[at]
        top = depth + (box.before if pages[-1] else 0.0)
        if pages[-1] and top + box.height > room + 0.01:
            back = at
            while back - 1 > start and boxes[back - 1].keep:
                back -= 1
            if boxes[back - 1].keep:  # a page of nothing but kept boxes breaks where it is full
                back = at
            del pages[-1][len(pages[-1]) - (at - back) :]
            pages.append([])
            depth, at, start = 0.0, back, back
            continue
        pages[-1].append((box, top))
        depth = top + box.height
        at += 1
    return pages


def draw_page(sheet: Sheet, page: Page, high: float) -> None:
    """Put the boxes of a page under `high`."""
    for box, depth in page:
        box.draw(sheet, high - depth)


def draw_down(sheet: Sheet, boxes: Sequence[Box], high: float) -> None:
    """Put boxes one under the other, free room above each as it asks, the first one's too."""
    for box in boxes:
        high -= box.before
        box.draw(sheet, high)
        high -= box.height


def depth_of(boxes: Sequence[Box]) -> float:
    """How high they stand one under the other."""
    return sum(box.before + box.height for box in boxes)
