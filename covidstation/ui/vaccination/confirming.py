"""Whoever goes home from a session takes the confirmation of their doses along: one key prints what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from covidstation.db.queries.station import get_setting
from covidstation.db.queries.vaccine_papers import without_confirmation
from covidstation.domain.missing import Errand
from covidstation.domain.packs import PaperKind
from covidstation.i18n import _, ngettext
from covidstation.messages import sentence
from covidstation.ui.desk import Desk
from covidstation.ui.papers.bulk import BulkRun, Outcome, Way
from covidstation.ui.papers.printer import chosen_printer
from covidstation.ui.vaccination.session_frame import SessionFrame

Found = tuple[Sequence[tuple[UUID, str]], str]


class Confirming(QObject):
    """The button of a `SessionFrame`: it says how many went without their paper, and gives each a number and prints."""

    def __init__(self, desk: Desk, page: SessionFrame) -> None:
        super().__init__(page)
        self._desk, self._page = desk, page
        self._missing: Sequence[tuple[UUID, str]] = ()
        self._printer = ""
        self._run = BulkRun(desk, self)
        self._run.moved.connect(self._moved)
        self._run.ended.connect(self._ended)
        page.certify.clicked.connect(lambda: self.start())
        page.view.chosen.connect(lambda _key: self._say())
        self._say()

    def ask(self) -> None:
        """Who of the session in sight has none."""
        sheet, db = self._page.sheet, self._desk.register.db
        if sheet is None:
            self._missing = ()
            self._say()
            return
        one = sheet.line.id

        def found() -> Found:
            return without_confirmation(db, one), get_setting(db, "printer")

        self._desk.ask(self, found, partial(self._found, one), self._page.failed)

    def start(self) -> None:
        """A number and a sheet for each of them, one after the other."""
        if self._run.running() or not self._missing:
            return
        way = self._way()
        if way is not None:
            self._page.banner.clear()
            kind = PaperKind.VACCINATION
            self._run.start_errands([Errand(kind, (who,), (name,)) for who, name in self._missing], way)

    def _way(self) -> Way | None:
        printer = chosen_printer(self._printer)
        if printer:
            return Way(printer=printer)
        words = _("Máy này chưa có máy in: lưu các PDF vào đâu?")
        chosen = QFileDialog.getExistingDirectory(self._page.window(), words)
        return Way(folder=Path(chosen)) if chosen else None

    def _found(self, session_id: UUID, found: Found) -> None:
        sheet = self._page.sheet
        if sheet is not None and sheet.line.id == session_id:
            self._missing, self._printer = found
            self._say()

    def _say(self) -> None:
        button, count = self._page.certify, len(self._missing)
        outcome = self._run.outcome
        if outcome is not None:
            button.set_text(_("Giấy {at} trên {total}").format(at=outcome.seen, total=outcome.total))
        else:
            words = ngettext("In {n} giấy tiêm", "In {n} giấy tiêm", count)
            button.set_text(words.format(n=count))
        button.setVisible((count > 0 or outcome is not None) and self._page.view.value() != "vials")

    def _moved(self, _outcome: Outcome) -> None:
        self._say()

    def _ended(self, outcome: Outcome) -> None:
        """What became of them; a number without a sheet is named, and so is who has no number, with the reason."""
        given = len(outcome.issued) - len(outcome.unprinted)
        if given:
            words = ngettext("Đã in {n} giấy xác nhận.", "Đã in {n} giấy xác nhận.", given)
            self._desk.said.emit(words.format(n=given))
        told = []
        if outcome.unprinted and outcome.trouble is not None:
            numbers = ", ".join(f"{one.number:02d}/{one.symbol}" for one in outcome.unprinted)
            words = _("Giấy số {numbers} đã có trong sổ nhưng chưa in được: {why} In lại ở Sổ văn bản.")
            told.append(words.format(numbers=numbers, why=sentence(outcome.trouble)))
        if outcome.skipped:
            one, rest = outcome.skipped[0], len(outcome.skipped) - 1
            words = _("{name}: {why}") if not rest else _("{name} và {rest} người nữa: {why}")
            told.append(words.format(name=one.name, rest=rest, why=sentence(one.trouble)))
        if told:
            self._page.banner.show_message("danger", " ".join(told))
        self.ask()
