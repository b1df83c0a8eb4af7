"""PDF pages as pictures, for the screen and for the printer."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QImage

from covidstation.pdfium import PDFIUM

POINTS: Final = 72


def page_images(pdf: bytes, *, width: int) -> tuple[QImage, ...]:
    """Every page in colour, `width` device pixels wide. For any thread."""
    return _rendered(pdf, width=width, dots=0)


def printed_images(pdf: bytes, *, dots: int = 300) -> tuple[QImage, ...]:
    """Every page in greys at that many dots an inch, as a laser printer takes them."""
    return _rendered(pdf, width=0, dots=dots)


def _rendered(pdf: bytes, *, width: int, dots: int) -> tuple[QImage, ...]:
    import pypdfium2  # noqa: PLC0415 - 60 ms that the first window need not wait for

    found = []
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for page in document:
                scale = dots / POINTS if dots else width / page.get_width()
                bitmap = page.render(scale=scale, grayscale=bool(dots), prefer_bgrx=not dots)
                shape = QImage.Format.Format_Grayscale8 if dots else QImage.Format.Format_RGB32
                picture = QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, shape)
                found.append(picture.copy())  # its own memory: the bitmap goes with the page
                bitmap.close()
                page.close()
        finally:
            document.close()
    return tuple(found)
