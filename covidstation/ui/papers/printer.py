"""The system's printers: which there are, which one is used, and sending pages to it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from covidstation.errors import UserError
from covidstation.ui.papers.raster import printed_images


def printers() -> list[str]:
    """The names of the printers this PC knows, the system's own choice first."""
    names = list(QPrinterInfo.availablePrinterNames())
    first = QPrinterInfo.defaultPrinterName()
    return sorted(names, key=lambda name: name != first)


def chosen_printer(remembered: str) -> str:
    """The remembered printer when it is still there, else the system's choice; empty when there is none."""
    names = printers()
    return remembered if remembered in names else names[0] if names else ""


def device_for(printer: str, *, landscape: bool = False) -> QPrinter:
    """An A4 device of that printer; pages fill the whole sheet, since a paper has its own margins."""
    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setPrinterName(printer)
    device.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    if landscape:
        device.setPageOrientation(QPageLayout.Orientation.Landscape)
    device.setFullPage(True)
    device.setResolution(300)
    return device


def print_pdf(pdf: bytes, device: QPrinter, copies: int = 1) -> None:
    """Send all pages, each across or upright as it is, for a background thread. Raises UserError paper.printer."""
    images = printed_images(pdf)
    rounds = 1
    if device.supportsMultipleCopies():
        device.setCopyCount(copies)
    else:
        rounds = copies
    _lay(device, images[0])
    painter = QPainter()
    if not painter.begin(device):
        raise UserError("paper.printer", printer=device.printerName())
    try:
        for number, image in enumerate(images * rounds):
            _lay(device, image)
            if number and not device.newPage():
                raise UserError("paper.printer", printer=device.printerName())
            size = device.paperRect(QPrinter.Unit.DevicePixel).size()
            painter.drawImage(QRectF(0, 0, size.width(), size.height()), image)
    finally:
        painter.end()


def _lay(device: QPrinter, image: QImage) -> None:
    """The page to come lies as its picture does."""
    kinds = QPageLayout.Orientation
    device.setPageOrientation(kinds.Landscape if image.width() > image.height() else kinds.Portrait)
