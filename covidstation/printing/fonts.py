"""The four Liberation Serif faces (metric twins of Times New Roman, which NĐ 30/2020 asks for).

Every paper embeds the same fixed subset in the same order, so the embedded streams are the same bytes in each of
them and the register keeps them once (`compact`). Letters outside the set go to further subsets of that paper.
"""

from __future__ import annotations

import zlib
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont, TTFontFace, makeToUnicodeCMap
from reportlab.pdfgen.canvas import Canvas

from covidstation.paths import resources

VIETNAMESE: Final = (
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ"
)
PUNCTUATION: Final = "–—‘’“”…•·°§×½≤≥«»"
COMMON: Final = "".join(map(chr, range(32, 127))) + VIETNAMESE + PUNCTUATION
"""The letters of the first subset: never reorder or take one out, only a new font name may come with a new set."""


class Font(StrEnum):
    """Names under which the faces are registered."""

    REGULAR = "CovidStation-Regular"
    BOLD = "CovidStation-Bold"
    ITALIC = "CovidStation-Italic"
    BOLD_ITALIC = "CovidStation-BoldItalic"


@lru_cache(maxsize=64)
def _deflated(content: bytes) -> bytes:
    return zlib.compress(content, 9)


class _Deflate:
    """ReportLab's stream filter, which would compress the same subset anew for each paper."""

    pdfname = "FlateDecode"

    def encode(self, content: bytes) -> bytes:
        return _deflated(content)


class _Face(TTFontFace):  # type: ignore[misc]  # ReportLab has no types
    """A face that remembers its subsets."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._subsets: dict[tuple[int, ...], bytes] = {}

    def makeSubset(self, subset: list[int]) -> bytes:
        """The font file of these letters, made once for the set that all papers share."""
        key = tuple(subset)
        if key not in self._subsets:
            if len(self._subsets) >= 16:
                self._subsets.clear()
            self._subsets[key] = super().makeSubset(subset)
        return self._subsets[key]

    def addSubsetObjects(self, doc: Any, fontname: str, subset: list[int]) -> Any:
        """As ReportLab does, with the stream compressed once."""
        reference = super().addSubsetObjects(doc, fontname, subset)
        doc.idToObject[f"fontFile:{self.filename}({fontname})"].filters = [_Deflate()]
        return reference


class _Ready(pdfdoc.PDFObject):  # type: ignore[misc]
    """A piece of PDF that is already written."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def format(self, document: Any) -> bytes:
        return self._text


class _PaperFont(TTFont):  # type: ignore[misc]
    """A font that works out its tables once, since they are the same in every paper."""

    def addObjects(self, doc: Any) -> None:
        """Write a font object for each subset, as ReportLab's own does, widths and letter table ready made."""
        state = self.state[doc]
        state.frozen = 1
        for number, subset in enumerate(state.subsets):
            name = self.getSubsetInternalName(number, doc)[1:]
            base = f"{SUBSETN(number).decode()}+{self.face.name.decode()}"
            widths, letters = self._tables(base, tuple(subset))
            described = pdfdoc.PDFTrueTypeFont()
            described.Name, described.BaseFont = name, base
            described.FirstChar, described.LastChar = 0, len(subset) - 1
            described.Widths = _Ready(widths)
            stream = pdfdoc.PDFStream(content=letters, filters=[_Deflate()])
            described.ToUnicode = doc.Reference(stream, f"toUnicodeCMap:{base}")
            described.FontDescriptor = self.face.addSubsetObjects(doc, base, subset)
            doc.Reference(described, name)
            doc.idToObject["BasicFonts"].dict[name] = described
        del self.state[doc]

    @lru_cache(maxsize=64)  # noqa: B019 - the four fonts live as long as the process
    def _tables(self, base: str, subset: tuple[int, ...]) -> tuple[bytes, bytes]:
        widths = b" ".join(f"{self.face.getCharWidth(letter):.6g}".encode() for letter in subset)
        return b"[ " + widths + b" ]", makeToUnicodeCMap(base, list(subset)).encode()


def _load(name: str, path: Path) -> None:
    # Given by path alone: ReportLab's FontFinder keeps a pickled cache in the shared temporary folder.
    font = _PaperFont(name, str(path), asciiReadable=True, shapable=False)
    font.face = _Face(str(path))
    pdfmetrics.registerFont(font)


@lru_cache(maxsize=1)
def register() -> None:
    """Load the faces once in a process, on the first paper."""
    for font in Font:
        _load(font, resources() / "fonts" / f"LiberationSerif-{font.partition('-')[2]}.ttf")


def prepare(canvas: Canvas) -> None:
    """Give this paper the common subset of each face before anything is drawn."""
    for name in Font:
        font = pdfmetrics.getFont(name)
        state, common = TTFont.State(True, font), _common(name)
        state.assignments, state.subsets = dict(common.assignments), [list(subset) for subset in common.subsets]
        state.nextCode = 256  # other letters begin the next subset, the first one stays what it is
        font.state[canvas._doc] = state


@lru_cache(maxsize=len(Font))
def _common(name: Font) -> Any:
    """ReportLab's subset state once the common letters are in it; never changed afterwards."""
    font = pdfmetrics.getFont(name)
    doc = pdfdoc.PDFDocument(invariant=1)
    font.splitString(COMMON, doc)
    return font.state[doc]


@lru_cache(maxsize=len(Font))
def _escapes(name: Font) -> dict[int, str]:
    """How each common letter is written in a PDF string of the first subset."""
    codes = _common(name).assignments
    return {letter: _escaped(code) for letter, code in codes.items()}


def _escaped(code: int) -> str:
    return chr(code) if 32 <= code < 127 and chr(code) not in "()\\" else f"\\{code:03o}"


_COMMON_LETTERS: Final = frozenset(COMMON)


def shown(canvas: Canvas, text: str, name: Font, size: float) -> str:
    """The PDF operators that show the text, in as many subsets as its letters need."""
    font, doc = pdfmetrics.getFont(name), canvas._doc
    if _COMMON_LETTERS.issuperset(text):
        return f"{font.getSubsetInternalName(0, doc)} {size:g} Tf ({text.translate(_escapes(name))}) Tj"
    return " ".join(
        f"{font.getSubsetInternalName(subset, doc)} {size:g} Tf ({canvas._escape(piece)}) Tj"
        for subset, piece in font.splitString(text, doc)
    )


@lru_cache(maxsize=16_384)
def width(text: str, font: Font, size: float) -> float:
    """Points that the text takes."""
    return float(pdfmetrics.stringWidth(text, font, size))


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    register()
    return frozenset(map(chr, set.intersection(*(set(pdfmetrics.getFont(font).face.charToGlyph) for font in Font))))


def printable(text: str) -> str:
    """The text with a box for each sign that the faces do not have."""
    known = _known()
    return text if known.issuperset(text) else "".join(sign if sign in known else "□" for sign in text)
