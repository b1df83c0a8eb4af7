"""The month of a fridge to the printer and into a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.station import get_setting
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.files import keep_file
from covidstation.services.vaccination.fridge_papers import fridge_pdf, fridge_xlsx
from covidstation.ui.desk import Desk
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.saving import choose_table

Failed = Callable[[UserError], None]


def print_month(desk: Desk, page: QWidget, fridge_id: UUID, month: date, failed: Failed) -> None:
    """The month's sheet."""
    db, now = desk.register.db, desk.now()

    def made() -> tuple[bytes, str]:
        return fridge_pdf(db, fridge_id, month, catalog=desk.catalog, now=now), get_setting(db, "printer")

    name = f"nhiet-do-tu-{month:%Y%m}.pdf"
    desk.ask(page, made, lambda pdf: hand_out(desk, page, pdf[0], pdf[1], name, failed), failed)


def keep_month(desk: Desk, page: QWidget, fridge_id: UUID, month: date, failed: Failed) -> None:
    """Every reading of the month, where the user says."""
    path = choose_table(page, f"nhiet-do-tu-{month:%Y%m}.xlsx")
    if path is None:
        return
    words = _("Đã lưu {name} vào {folder}.").format(name=path.name, folder=path.parent)

    def keep(data: bytes) -> None:
        desk.tasks.background(page, lambda: keep_file(path, data), lambda _path: desk.said.emit(words), failed)

    op = partial(fridge_xlsx, desk.register.db, fridge_id, month, catalog=desk.catalog, now=desk.now())
    desk.ask(page, op, keep, failed)
