"""Whether this program can print Vietnamese: every letter drawn in every face, and read out of the PDF again."""

from __future__ import annotations

from typing import Final

import pypdfium2
from reportlab.pdfbase.ttfonts import TTFontFace

from covidstation.paths import resources
from covidstation.pdfium import PDFIUM
from covidstation.printing import fonts
from covidstation.printing.fonts import VIETNAMESE, Font
from covidstation.printing.sheet import open_sheet

PER_LINE: Final = 34
WINDOW_FACES: Final = ("Regular", "Medium", "SemiBold")


def letters_pdf() -> bytes:
    """One page with every Vietnamese letter in each face of the papers."""
    fonts.register()
    sheet, out = open_sheet("CovidStation")
    y = 780.0
    for face in Font:
        for at in range(0, len(VIETNAMESE), PER_LINE):
            operators = fonts.shown(sheet, VIETNAMESE[at : at + PER_LINE], face, 12)
            sheet._code.append(f"BT 1 0 0 1 40 {y:g} Tm {operators} ET")
            y -= 20
    sheet.showPage()
    sheet.save()
    return out.getvalue()


def lost_letters() -> str:
    """Vietnamese letters that are not drawn, in a paper or in the window; empty when all are."""
    pdf = letters_pdf()
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            text = document[0].get_textpage().get_text_bounded()
        finally:
            document.close()
    lost = [letter for letter in VIETNAMESE if text.count(letter) < len(Font)]
    for weight in WINDOW_FACES:
        known = TTFontFace(str(resources() / "fonts" / f"IBMPlexSans-{weight}.ttf")).charToGlyph
        lost += [letter for letter in VIETNAMESE if ord(letter) not in known]
    return "".join(dict.fromkeys(lost))
