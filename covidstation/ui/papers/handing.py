"""A PDF that is not kept (a list, a dossier): to the station's printer, or into a file when there is none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.files import keep_file
from covidstation.ui.desk import Desk
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.parts.saving import choose_file


def hand_out(
    desk: Desk, parent: QWidget, pdf: bytes, printer: str, name: str, failed: Callable[[UserError], object]
) -> None:
    """`printer` is the remembered one, `name` the file's when there is none. What became of it is said in a toast."""
    chosen = chosen_printer(printer)
    if not chosen:
        save(desk, parent, pdf, name, failed)
        return
    device = device_for(chosen)
    words = _("Đã gửi đến máy in {printer}.").format(printer=chosen)
    desk.tasks.background(parent, lambda: print_pdf(pdf, device), lambda _none: desk.said.emit(words), failed)


def save(desk: Desk, parent: QWidget, pdf: bytes, name: str, failed: Callable[[UserError], object]) -> None:
    """Ask where, then keep it there."""
    path = choose_file(parent.window(), name)
    if path is not None:
        words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)
        desk.tasks.background(parent, lambda: keep_file(path, pdf), lambda _path: desk.said.emit(words), failed)
