"""Dossiers under way: each is made, then goes to the printer; without one, all become one file. Stop loses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.files import keep_file
from covidstation.services.papers.dossier import Dossier, NoDossier, bound, dossiers
from covidstation.ui.desk import Desk
from covidstation.ui.papers.printer import chosen_printer, device_for, print_pdf
from covidstation.ui.parts.dialogs import Dialog
from covidstation.ui.parts.saving import choose_file
from covidstation.ui.parts.steps import StepsPanel

_NAMES_SHOWN = 6


class DossierDialog(Dialog):
    """Starts as it is shown; stays until the result was read."""

    def __init__(self, desk: Desk, parent: QWidget, episode_ids: Sequence[UUID]) -> None:
        super().__init__(parent, _("In hồ sơ"), "dossier_dialog")
        self.setMinimumWidth(680)
        self._desk, self._ids = desk, tuple(episode_ids)
        self._left: Iterator[Dossier | NoDossier] | None = None
        self._made: list[Dossier] = []
        self._failed: list[NoDossier] = []
        self._lacking: list[str] = []
        self._done = 0
        self._printer, self._path = "", None
        self._stopped = False
        self.panel = StepsPanel("folder")
        self.panel.setObjectName("dossier_steps")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self._show_work("")
        QTimer.singleShot(0, self, self.start)

    _path: Path | None

    def start(self) -> None:
        """Find the printer, or ask for a file, then make them one by one."""
        self._desk.ask(self, partial(get_setting, self._desk.register.db, "printer"), self._begin)

    def stop(self) -> None:
        """Finish the one in hand, make no other."""
        self._stopped = True

    def reject(self) -> None:
        """Esc while it runs stops it; then it closes."""
        if self._left is not None:
            self.stop()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The same for the cross of the window."""
        if self._left is not None:
            self.stop()
            event.ignore()
        else:
            super().closeEvent(event)

    def _begin(self, remembered: str) -> None:
        desk = self._desk
        self._printer = chosen_printer(remembered)
        if not self._printer:
            self._path = choose_file(self, f"ho-so-f0-{desk.now().date().isoformat()}.pdf")
            if self._path is None:
                super().reject()
                return
        self._left = dossiers(desk.register.db, self._ids, catalog=desk.catalog, now=desk.now())
        self._next()

    def _next(self) -> None:
        left = self._left
        if left is not None and not self._stopped:
            self._desk.ask(self, lambda: next(left, None), self._got, self._trouble)
        else:
            self._gather()

    def _got(self, one: Dossier | NoDossier | None) -> None:
        if one is None:
            self._gather()
            return
        self._done += 1
        self._show_work(one.name)
        if isinstance(one, NoDossier):
            self._failed.append(one)
            self._next()
            return
        if one.missing:
            self._lacking.append(one.name)
        if not self._printer:
            self._made.append(one)
            self._next()
            return
        device, pdf = device_for(self._printer), one.pdf
        self._desk.tasks.background(self, lambda: print_pdf(pdf, device), lambda _none: self._next(), self._trouble)

    def _gather(self) -> None:
        """Everything in one file, where there is no printer."""
        path, made = self._path, self._made
        if path is None or not made:
            self._finish()
            return

        def keep() -> Path:
            return keep_file(path, bound(made))

        self._desk.tasks.background(self, keep, lambda _path: self._finish(), self._trouble)

    def _show_work(self, name: str) -> None:
        total = len(self._ids)
        title = _("Đang làm {n} trên {total} hồ sơ").format(n=self._done, total=total)
        note = _("Dừng thì những hồ sơ đã làm vẫn còn.")
        self.panel.working(title, name, (), note, done=self._done, total=total, stop=self.stop, stop_text=_("Dừng"))

    def _finish(self, trouble: UserError | None = None) -> None:
        self._left = None
        count = self._done - len(self._failed)
        where = self._path.name if self._path else self._printer
        notes = [sentence(trouble)] if trouble else []
        if self._stopped:
            notes.append(_("Đã dừng; {n} hồ sơ chưa làm.").format(n=len(self._ids) - self._done))
        notes += [f"{one.name}: {sentence(one.trouble)}" for one in self._failed[:_NAMES_SHOWN]]
        if self._lacking:
            names = ", ".join(self._lacking[:_NAMES_SHOWN])
            words = _("{n} hồ sơ còn thiếu giấy, ghi ở bìa: {names}")
            notes.append(words.format(n=len(self._lacking), names=names))
        self.panel.finished(
            _("Đã làm {n} hồ sơ").format(n=count),
            where,
            (),
            "\n".join(notes),
            good=trouble is None and not self._failed,
            again=self.accept,
            again_text=_("Xong"),
        )

    def _trouble(self, trouble: UserError) -> None:
        self._stopped = True
        self._finish(trouble)
