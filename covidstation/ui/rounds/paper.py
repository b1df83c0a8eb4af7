"""Printing the round sheet: to the printer, or into a file where there is none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.station import get_setting
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.files import keep_file
from covidstation.services.papers.sheets import SheetPrint, print_patient_sheet, print_round_sheet
from covidstation.ui.desk import Desk
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.parts.saving import choose_file
from covidstation.ui.parts.toast import Toast
from covidstation.ui.rounds.entry import Slot


def print_round(desk: Desk, page: QWidget, slot: Slot) -> None:
    """The sheet for the road, of that round."""
    db = desk.register.db
    op = partial(
        print_round_sheet, db, catalog=desk.catalog, day=slot.day, round_=slot.round, training=desk.register.training
    )
    print_sheet(desk, page, op)


def print_patient(desk: Desk, page: QWidget, episode_id: object, *, empty: bool = False) -> None:
    """One person's own sheet, filled with what is known or empty to be written at home."""
    db = desk.register.db
    op = partial(
        print_patient_sheet,
        db,
        episode_id,  # type: ignore[arg-type]  # comes through a signal
        catalog=desk.catalog,
        today=desk.now().date(),
        empty=empty,
        training=desk.register.training,
    )
    print_sheet(desk, page, op)


def print_sheet(desk: Desk, page: QWidget, make: Callable[[], SheetPrint]) -> None:
    """Make a sheet on the database thread, then print it, or keep it in a file where there is no printer."""

    def made() -> tuple[SheetPrint, str]:
        return make(), get_setting(desk.register.db, "printer")

    desk.ask(page, made, lambda found: _send(desk, page, found[0], chosen_printer(found[1])))


def _send(desk: Desk, page: QWidget, sheet: SheetPrint, printer: str) -> None:
    def bad(trouble: UserError) -> None:
        Toast.tell(page, sentence(trouble), bad=True)

    if printer:
        device = device_for(printer, landscape=sheet.landscape)
        words = _("Đã gửi phiếu đến máy in {printer}.").format(printer=printer)
        desk.tasks.background(page, lambda: print_pdf(sheet.pdf, device), lambda _none: desk.said.emit(words), bad)
        return
    path = choose_file(page.window(), sheet.name)
    if path is not None:
        words = _("Đã lưu {name}.").format(name=path.name)
        desk.tasks.background(page, lambda: keep_file(path, sheet.pdf), lambda _path: desk.said.emit(words), bad)
