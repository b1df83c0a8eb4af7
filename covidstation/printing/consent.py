"""A text that is read out to a person, with the boxes for yes and no and the lines to sign. Its bytes are not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from covidstation.domain.wording import clean
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.nd30 import Column
from covidstation.printing.sheet import open_sheet, put_page
from covidstation.printing.typeset import Box, Sheet, paginate, runs

SIZE: Final = 13.0
DOTS: Final = "." * 34
BOX_SIDE: Final = 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """Every word of the page. `asked` is False for a notice: then nobody ticks yes or no."""

    parent: str
    station: str
    heading: str
    name: str
    birth: str
    lines: tuple[str, ...]
    question: str
    asked: bool
    version: str
    place_date: str
    training: bool = False


def render_consent(view: ConsentView) -> bytes:
    """One page for the shipped texts; the same view gives the same bytes."""
    fonts.register()
    sheet, out = open_sheet(view.heading)
    boxes = [_head(view), *nd30.centred(view.heading, Font.BOLD, 15, before=18)]
    boxes.append(nd30.rule_under(view.heading, Font.BOLD, 15))
    birth = f", sinh {view.birth}" if view.birth else ""
    boxes += nd30.paragraph(runs(clean(f"Họ và tên: {view.name}{birth}"), Font.REGULAR, SIZE), before=12)
    for number, text in enumerate(view.lines, start=1):
        boxes += nd30.paragraph(runs(clean(f"{number}. {text}"), Font.REGULAR, SIZE))
    boxes += nd30.paragraph(runs(clean(view.question), Font.BOLD, SIZE), before=10)
    if view.asked:
        boxes.append(_choice())
    boxes.append(_signs(view))
    boxes += nd30.paragraph(runs(clean(f"Bản chữ: {view.version}"), Font.ITALIC, 10), align="left", before=10)
    for number, page in enumerate(paginate(boxes, nd30.HEIGHT), start=1):
        put_page(sheet, number, page, training=view.training)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def _head(view: ConsentView) -> Box:
    cell = Column(nd30.LEFT, nd30.WIDTH / 2)
    if view.parent:
        cell.add(runs(clean(view.parent).upper(), Font.REGULAR, 11), align="left")
    cell.add(runs(clean(view.station).upper(), Font.BOLD, 11), align="left")
    return Box(cell.height, cell.draw)


def _choice() -> Box:
    """Two boxes to tick."""

    def draw(sheet: Sheet, top: float) -> None:
        base = top - 20
        sheet.setLineWidth(0.8)
        for left, words in ((nd30.LEFT + 40, "Đồng ý"), (nd30.LEFT + 220, "Không đồng ý")):
            sheet.rect(left, base - 1, BOX_SIDE, BOX_SIDE)
            sheet.setFont(Font.REGULAR, SIZE)
            sheet.drawString(left + BOX_SIDE + 8, base, words)

    return Box(30, draw)


def _signs(view: ConsentView) -> Box:
    """Who read it out at the left, who answers at the right; whoever speaks for another says for whom."""
    half = nd30.WIDTH / 2
    left, right = Column(nd30.LEFT, half), Column(nd30.LEFT + half, half)
    left.add(runs(" ", Font.ITALIC, 12))
    right.add(runs(clean(view.place_date), Font.ITALIC, 12))
    for cell, title, hint in (
        (left, "NGƯỜI ĐỌC, GIẢI THÍCH", "(ký, ghi rõ họ tên)"),
        (right, "NGƯỜI BỆNH HOẶC NGƯỜI NÓI THAY", "(ký hoặc điểm chỉ, ghi rõ họ tên)"),
    ):
        cell.add(runs(title, Font.BOLD, 12))
        cell.add(runs(hint, Font.ITALIC, 11))
        cell.height += nd30.SIGNATURE_ROOM
        cell.add(runs(DOTS, Font.REGULAR, 12))
    right.add(runs(f"Nói thay (quan hệ): {DOTS[:22]}", Font.REGULAR, 11))
    return nd30.beside(left, right, before=14)
