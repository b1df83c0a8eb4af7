"""The sheet that everything is drawn on, and the marks that any of them may bear."""

from __future__ import annotations

from io import BytesIO
from typing import Final, Literal

import segno
from reportlab.lib.units import mm

from covidstation.printing import fonts, nd30
from covidstation.printing.fonts import Font
from covidstation.printing.typeset import Page, Sheet, draw_page

TRAINING: Final = "TẬP HUẤN"
QR_SIZE: Final = 13 * mm
QR_FOOT: Final = 5 * mm  # printers reach no lower than 4.3 mm; the text ends at 20 mm


def open_sheet(title: str, page: tuple[float, float] = nd30.PAGE) -> tuple[Sheet, BytesIO]:
    """A sheet, upright A4 unless `page` says else, that writes neither clock nor chance into the file, with fonts."""
    out = BytesIO()
    sheet = Sheet(
        out,
        pagesize=page,
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


def put_page(sheet: Sheet, number: int, page: Page, *, training: bool) -> None:
    """What an upright page of Nghị định 30/2020/NĐ-CP bears; the caller ends it (`showPage`)."""
    if training:
        training_mark(sheet)
    nd30.page_number(sheet, number)
    draw_page(sheet, page, nd30.PAGE[1] - nd30.TOP)


def training_mark(sheet: Sheet, page: tuple[float, float] = nd30.PAGE, *, lean: float = 50) -> None:
    """Grey letters across the page, under the text: nobody takes this for a real paper. `lean` is in degrees."""
    sheet.saveState()
    sheet.translate(page[0] / 2, page[1] / 2)
    sheet.rotate(lean)
    sheet.setFillGray(0.88)
    sheet.setFont(Font.BOLD, 110)
    sheet.drawCentredString(0, -40, TRAINING)
    sheet.restoreState()


def draw_qr(
    sheet: Sheet,
    payload: str,
    left: float = nd30.LEFT,
    foot: float = QR_FOOT,
    *,
    size: float = QR_SIZE,
    error: Literal["m", "q"] = "m",
) -> None:
    """The code, by default at the foot of the page; `error`: an eighth or a quarter of it may be lost."""
    # A set mask: trying all eight takes longer than the whole paper, and any of them can be read.
    matrix = segno.make_qr(payload, error=error, mask=2).matrix
    module = size / len(matrix)
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
    sheet.translate(left, foot + size)
    sheet.scale(module, -module)
    sheet._code.append(" ".join((*rows, "f")))  # a thousand calls of rect would take as long as the text
    sheet.restoreState()
