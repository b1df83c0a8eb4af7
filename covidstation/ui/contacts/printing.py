"""A sheet that bears no number goes to the printer, or into a file where there is no printer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.files import keep_file
from covidstation.ui.desk import Desk
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.parts.saving import choose_file


def print_or_keep(
    desk: Desk, place: QWidget, pdf: bytes, name: str, remembered: str, failed: Callable[[UserError], object]
) -> None:
    """Send the pages to the remembered printer in the background, or ask for a file to keep them in."""
    printer = chosen_printer(remembered)
    if printer:
        words = _("Đã gửi đến máy in {printer}.").format(printer=printer)
        op = partial(print_pdf, pdf, device_for(printer))
        desk.tasks.background(place, op, lambda _none: desk.said.emit(words), failed)
        return
    path = choose_file(place.window(), name)
    if path is not None:
        words = _("Đã lưu {name}.").format(name=path.name)
        desk.tasks.background(place, lambda: keep_file(path, pdf), lambda _path: desk.said.emit(words), failed)
