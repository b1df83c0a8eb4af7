"""Reading the QR of a card from a picture file or a PDF: hostile until decoded, nothing of it is kept."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from covidstation.domain.scan import looks_like_scan
from covidstation.errors import UserError
from covidstation.pdfium import PDFIUM

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES: Final = 30 << 20
MOST_PIXELS: Final = 60_000_000
FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
MOST_PAGES: Final = 4  # of a PDF, looked at
LONGEST_SIDE: Final = 2400  # a phone's picture is made smaller first: faster, and the code is found as well


def read_picture(path: Path) -> str:
    """The text of the one card's QR in the picture, or on the first pages of a PDF.

    Raises UserError picture.unreadable, picture.too_large, picture.no_code, picture.several.
    """
    from PIL import Image  # noqa: PLC0415 - it, PDFium and zxing-cpp cost 60 ms that only a picture should pay

    try:
        texts = _texts(path)
    except UserError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as cause:
        raise UserError("picture.too_large") from cause
    except Exception as cause:  # a decoder may raise anything on a damaged file
        raise UserError("picture.unreadable", name=path.name) from cause
    cards = [text for text in texts if looks_like_scan(text)] or texts
    if not cards:
        raise UserError("picture.no_code")
    if len(cards) > 1:
        raise UserError("picture.several")
    return cards[0]


def _texts(path: Path) -> list[str]:
    """What the codes in it say, each once."""
    import zxingcpp  # noqa: PLC0415 - only a picture pays for it

    if path.stat().st_size > MOST_BYTES:
        raise UserError("picture.too_large")
    with path.open("rb") as file:
        paged = b"%PDF-" in file.read(1024)
    found: dict[str, None] = {}
    for sizes in (_rendered(path, page) for page in range(_pages(path))) if paged else (_scaled(path),):
        for picture in sizes:
            texts = [one.text for one in zxingcpp.read_barcodes(picture) if one.text]
            found.update(dict.fromkeys(texts))
            if texts:
                break
    return list(found)


def _scaled(path: Path) -> Iterator[Image]:
    """A photograph made smaller, then as it is."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only a picture pays for it

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path, formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UserError("picture.too_large")
            grey = ImageOps.exif_transpose(opened).convert("L")
    smaller = grey.copy()
    smaller.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return iter((smaller, grey))


def _pages(path: Path) -> int:
    import pypdfium2  # noqa: PLC0415 - only a PDF pays for it

    with PDFIUM:
        document = pypdfium2.PdfDocument(path)
        try:
            return min(len(document), MOST_PAGES)
        finally:
            document.close()


def _rendered(path: Path, number: int) -> Iterator[Image]:
    """A page of a PDF, then larger."""
    import pypdfium2  # noqa: PLC0415 - only a PDF pays for it

    for side in (LONGEST_SIDE, 2 * LONGEST_SIDE):
        with PDFIUM:
            document = pypdfium2.PdfDocument(path)
            try:
                page = document[number]
                bitmap = page.render(scale=side / max(*page.get_size(), 1), grayscale=True)
                picture = bitmap.to_pil().copy()  # its own memory: the bitmap goes with the page
                bitmap.close()
                page.close()
            finally:
                document.close()
        yield picture
