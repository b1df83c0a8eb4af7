"""A ruler for PDF pages: lines of text and drawn rules with their places in millimetres, read by pdfium."""

import ctypes
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

MM = 72 / 25.4


@dataclass(frozen=True)
class TextLine:
    """Letters on one baseline without a wide gap; lengths in mm from the left and the top of the page."""

    text: str
    left: float
    right: float
    baseline: float
    fonts: tuple[str, ...]  # in order, one entry a change
    sizes: frozenset[float]

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True)
class Rule:
    """A drawn stroke or area."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left


def _font(page, at):
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(page, at, buffer, 128, flags)
    return buffer.value.decode().rpartition("-")[2] if b"-" in buffer.value else "Regular"


def _letters(page):
    text = page.get_textpage()
    height = page.get_height()
    x, y = ctypes.c_double(), ctypes.c_double()
    for at in range(text.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(text.raw, at))
        if letter in "\r\n" or raw.FPDFText_IsGenerated(text.raw, at):
            continue
        raw.FPDFText_GetCharOrigin(text.raw, at, x, y)
        box = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(text.raw, at, box)
        size = round(raw.FPDFText_GetFontSize(text.raw, at), 2)
        yield letter, x.value / MM, box.right / MM, (height - y.value) / MM, _font(text.raw, at), size


def text_lines(pdf, page=0, gap=5.5):
    """Every line of a page, top to bottom, left to right; a jump of more than `gap` mm parts two of them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        rows = {}
        for letter in _letters(document[page]):
            rows.setdefault(round(letter[3], 1), []).append(letter)
        found = []
        for _, row in sorted(rows.items()):
            row.sort(key=lambda letter: letter[1])
            start = 0
            for at in range(1, len(row) + 1):
                if at == len(row) or row[at][1] - row[at - 1][2] > gap:
                    found.append(_line(row[start:at]))
                    start = at
        return [line for line in found if line.text]
    finally:
        document.close()


def _line(letters):
    while letters and letters[-1][0] == " ":
        letters = letters[:-1]
    if not letters:
        return TextLine("", 0, 0, 0, (), frozenset())
    fonts = [letters[0][4]]
    for letter in letters:
        if letter[4] != fonts[-1] and letter[0] != " ":
            fonts.append(letter[4])
    return TextLine(
        "".join(letter[0] for letter in letters),
        letters[0][1],
        letters[-1][2],
        letters[0][3],
        tuple(fonts),
        frozenset(letter[5] for letter in letters),
    )


def rules(pdf, page=0):
    """Every drawn shape of a page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        height = document[page].get_height()
        found = []
        for shape in document[page].get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
            left, bottom, right, top = shape.get_bounds()
            found.append(Rule(left / MM, right / MM, (height - top) / MM, (height - bottom) / MM))
        return found
    finally:
        document.close()


def page_count(pdf):
    """How many pages it has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()
