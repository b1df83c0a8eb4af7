"""The papers of the station, from a view to PDF bytes. The same view gives the same bytes."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import segno
from reportlab.lib.units import mm

from covidstation.domain.paper_view import PaperBlock, PaperView
from covidstation.domain.papers import number_symbol, number_text, place_date
from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.typeset import DOTS, GROUND, Box, Run, Sheet, paginate, runs

TRAINING: Final = "TẬP HUẤN"
QR_SIZE: Final = 14 * mm
QR_FOOT: Final = 4 * mm
SIZES: Final = (14.0, 13.0)  # the decree's two; the smaller one when it saves a page

Pages = list[list[tuple[Box, float]]]


def render(view: PaperView, *, preview: bool = False) -> bytes:
    """The paper as PDF. A preview marks what is missing and carries no QR; a paper without a number has none."""
    fonts.register()
    sheet, out = open_sheet(_title(view))
    sheet.marked = preview
    for number, page in enumerate(_pages(view), start=1):
        if view.training:
            _training_mark(sheet)
        nd30.page_number(sheet, number)
        for box, depth in page:
            box.draw(sheet, nd30.PAGE[1] - nd30.TOP - depth)
        if number == 1 and view.number is not None and not preview:
            _qr(sheet, qr_payload(view))
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def qr_payload(view: PaperView) -> str:
    """`CSP1|kind|number/symbol|date|first 32 hex of the content hash`: names the paper, tells nothing of a person."""
    number = number_symbol(number_text(view.number or 0), view.symbol)
    return f"CSP1|{view.kind}|{number}|{view.issued_on.isoformat()}|{view.content_hash[:32]}"


def open_sheet(title: str) -> tuple[Sheet, BytesIO]:
    """An A4 sheet that writes neither clock nor chance into the file, with the fonts laid in."""
    out = BytesIO()
    sheet = Sheet(
        out,
        pagesize=nd30.PAGE,
        invariant=1,
        pageCompression=1,
        pdfVersion=(1, 7),
        initialFontName=Font.REGULAR,
        lang="vi-VN",
    )
    # Plain page text packs far better in the register (compact); fonts and letter tables stay compressed.
    sheet.setPageCompression(0)
    sheet._doc.setCompression(1)
    sheet.setTitle(title)
    sheet.setCreator("CovidStation")
    sheet.setViewerPreference("PrintScaling", "None")
    fonts.prepare(sheet)
    return sheet, out


def _title(view: PaperView) -> str:
    number = number_text(view.number) if view.number is not None else DOTS
    return f"{view.title} {number_symbol(number, view.symbol)}"


def _pages(view: PaperView) -> Pages:
    pages = paginate(_boxes(view, SIZES[0]), nd30.HEIGHT)
    if len(pages) > 1:
        smaller = paginate(_boxes(view, SIZES[1]), nd30.HEIGHT)
        pages = smaller if len(smaller) < len(pages) else pages
    return pages


def _boxes(view: PaperView, size: float) -> list[Box]:
    number = number_text(view.number) if view.number is not None else None
    boxes = [
        nd30.header(
            view.parent,
            view.issuer,
            nd30.number_runs(number, view.symbol),
            place_date(view.place, view.issued_on),
        )
    ]
    boxes += _title_boxes(view, size)
    for text in view.legal_bases:
        boxes += nd30.paragraph(runs(text, Font.ITALIC, size))
    if view.decides:
        boxes += nd30.centred(view.decides, Font.BOLD, size, before=12)
    for block in view.body:
        boxes += _block_boxes(block, size)
    _keep_last_lines(boxes)
    boxes.append(nd30.end_block(view.recipients, view.signer_titles, _signer(view, size), size))
    return boxes


def _title_boxes(view: PaperView, size: float) -> list[Box]:
    boxes = nd30.centred(view.title, Font.BOLD, size, before=20)
    for line in view.subject:
        boxes += nd30.centred(line, Font.BOLD, size)
    if view.subject:
        boxes.append(nd30.rule_under(view.subject[-1], Font.BOLD, size))
    if view.authority:
        boxes += nd30.centred(view.authority, Font.BOLD, size, before=12)
    return boxes


def _block_boxes(block: PaperBlock, size: float) -> list[Box]:
    if block.style == "row":
        return [nd30.row(block.text, block.second, size)]
    if block.style == "centre":
        return nd30.centred(block.text, Font.BOLD, size, before=12)
    text = runs(f"{block.heading} ", Font.BOLD, size) if block.heading else []
    return nd30.paragraph([*text, *runs(block.text, Font.REGULAR, size)])


def _signer(view: PaperView, size: float) -> list[Run]:
    return runs(view.signer, Font.BOLD, size) if view.signer else [Run(DOTS * 3, Font.BOLD, size, GROUND)]


def _keep_last_lines(boxes: list[Box]) -> None:
    """The end block takes two lines of text with it when it moves to a new page."""
    for at in (-1, -2):
        box = boxes[at]
        boxes[at] = Box(box.height, box.draw, box.before, keep=True)


def _training_mark(sheet: Sheet) -> None:
    """Grey letters across the page, under the text: nobody takes this for a real paper."""
    sheet.saveState()
    sheet.translate(nd30.PAGE[0] / 2, nd30.PAGE[1] / 2)
    sheet.rotate(50)
    sheet.setFillGray(0.88)
    sheet.setFont(Font.BOLD, 110)
    sheet.drawCentredString(0, -40, TRAINING)
    sheet.restoreState()


def _qr(sheet: Sheet, payload: str) -> None:
    # A set mask: trying all eight takes longer than the whole paper, and any of them can be read.
    matrix = segno.make_qr(payload, error="m", mask=2).matrix
    module = QR_SIZE / len(matrix)
    rows = []
    for y, line in enumerate(matrix):
        x = 0
        while x < len(line):
            start = x
            while x < len(line) and line[x]:
                x += 1
            if x > start:
                rows.append(f"{start} {y} {x - start} 1 re")
            x += 1
    sheet.saveState()
    sheet.translate(nd30.LEFT, QR_FOOT + QR_SIZE)
    sheet.scale(module, -module)
    sheet._code.append(" ".join((*rows, "f")))  # a thousand calls of rect would take as long as the text
    sheet.restoreState()
