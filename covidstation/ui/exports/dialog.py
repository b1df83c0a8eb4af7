"""A file for another program: who gets it, where it goes, a bar while it is written; Bỏ stops and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QWidget

from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.exchange.fhir import FhirWriting, begin_person_fhir
from covidstation.services.exchange.growing import Growing
from covidstation.services.exchange.wish import LONGEST, check_receiver
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.saving import choose_data
from covidstation.ui.person.dialogs import ActDialog

WIDE = 320


class ExportDialog(ActDialog):
    """The rows above the receiver come from the kind of file; `begin`, `file_name` and `told` too."""

    needs: ClassVar[Right] = Right.EXPORT

    def __init__(self, desk: Desk, parent: QWidget, title: str, rows: Sequence[Field], first: QWidget | None) -> None:
        self._job: Growing | None = None
        self._path: Path | None = None
        self.receiver = LineEdit("receiver", _("Đưa tệp cho ai"), width=WIDE, limit=LONGEST)
        asked = Field(_("Đưa &cho ai"), self.receiver, required=True)
        super().__init__(desk, parent, title, (*rows, asked), first or self.receiver)
        self._fields = (*rows, asked)
        self.about_file = label("", "hint", "muted", wrap=True)
        self.rows_column.addWidget(self.about_file)
        self.rows_column.addSpacing(4)
        words = _("Tệp đọc được, không khoá: ai cầm tệp cũng xem được. Sổ ghi lại ai xuất, cho ai.")
        self.rows_column.addWidget(label(words, "hint", "warn", wrap=True))
        self._said = label("", "hint", "muted")
        self._bar = QProgressBar()
        self._bar.setObjectName("export_progress")
        self._bar.setAccessibleName(_("Đang ghi tệp"))
        self._bar.setTextVisible(False)
        for widget in (self._said, self._bar):
            self.rows_column.addSpacing(6)
            self.rows_column.addWidget(widget)
            widget.hide()
        self._main = cast(Button, self.findChild(Button, "act_button"))
        self._main.set_text(_("Ghi tệp"))

    def begin(self, path: Path) -> Callable[[], Done[Any]]:
        """What notes the export and begins its file; runs on the database thread."""
        raise AssertionError("each export has its beginning")

    def file_name(self) -> str:
        """What the file is called unless somebody says otherwise; no name of a person is in it."""
        raise AssertionError("each export has its file")

    def told(self, job: Growing) -> str:
        """How much went in."""
        raise AssertionError("each export says how much")

    def wrong(self) -> list[Problem]:
        """What cannot be."""
        return check_receiver(self.receiver.value())

    def save(self) -> None:
        """Ask where, then begin."""
        problems = self.wrong()
        self._show(problems)
        if problems or self._job is not None:
            return
        path = choose_data(self, self.file_name())
        if path is not None:
            self._path = path
            self._main.setEnabled(False)
            self.do(self.begin(path))

    def failed(self, trouble: UserError) -> None:
        """Say why not; the fields are there again."""
        self._settle(busy=False)
        super().failed(trouble)

    def done_with(self, value: object) -> None:
        """It has begun: now the pieces, and the person may stop between any two."""
        self._job = cast(Growing, value)
        self._settle(busy=True)
        self._go()

    def reject(self) -> None:
        """Stop; nothing of the file stays."""
        if self._job is not None:
            self._job.drop()
            self._job = None
        super().reject()

    def _go(self) -> None:
        job = self._job
        if job is not None:
            self._desk.ask(self, job.step, self._stepped, self.failed)

    def _stepped(self, more: bool) -> None:
        job = self._job
        if job is None:
            return
        self._bar.setRange(0, max(job.total, 1))
        self._bar.setValue(job.done)
        self._said.setText(self.progress(job))
        if more:
            QTimer.singleShot(0, self, self._go)
        else:
            self._desk.ask(self, job.finish, self._finished, self.failed)

    def progress(self, job: Growing) -> str:
        """How far it is."""
        return _("Đang ghi: {done} trong {total}").format(done=job.done, total=job.total)

    def _finished(self, path: Path) -> None:
        job, self._job = self._job, None
        if job is not None:
            words = _("Đã lưu {name} vào {folder}: {what}.")
            self._desk.said.emit(words.format(name=path.name, folder=path.parent, what=self.told(job)))
            self.accept()

    def _settle(self, *, busy: bool) -> None:
        if not busy:
            self._job = None
        for field in self._fields:
            field.setEnabled(not busy)
        self._main.setEnabled(not busy)
        self._bar.setRange(0, 0)
        self._bar.setVisible(busy)
        self._said.setVisible(busy)


class PersonFhirDialog(ExportDialog):
    """One person as FHIR."""

    def __init__(self, desk: Desk, parent: QWidget, person_id: UUID, full_name: str) -> None:
        self._person_id = person_id
        super().__init__(desk, parent, _("Xuất FHIR của {name}").format(name=full_name), (), None)
        self.setObjectName("fhir_dialog")
        words = _("Bệnh, xét nghiệm, theo dõi, thuốc, mũi tiêm của người này, để máy của nơi khác đọc được.")
        self.about_file.setText(words)

    def about(self) -> str:
        """The person."""
        return self._person_id.hex

    def file_name(self) -> str:
        """The day alone."""
        return f"fhir-{self._desk.now():%Y-%m-%d-%H%M}.json"

    def begin(self, path: Path) -> Callable[[], Done[FhirWriting]]:
        """The bundle of that person."""
        desk, register = self._desk, self._desk.register
        person, receiver = self._person_id, self.receiver.value()
        who: dict[str, Any] = {"by": register.user_id, "now": desk.now()}
        return partial(begin_person_fhir, register.db, person, path, receiver, catalog=desk.catalog, **who)

    def told(self, job: Growing) -> str:
        """How many entries."""
        return _("{n} mục của một người").format(n=cast(FhirWriting, job).resources)
