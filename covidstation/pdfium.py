"""PDFium keeps state of its own: two threads in it at once crash, so that all take this."""

from __future__ import annotations

from threading import Lock
from typing import Final

PDFIUM: Final = Lock()
