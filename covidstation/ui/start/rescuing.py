"""What stands behind the rescue screen: it finds what is safe and carries out the three ways on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from covidstation.db.copies import Health
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.copies.rescue import Carried, carry_everything
from covidstation.services.copies.restore import Found, find_copies
from covidstation.ui.start.copy_list import what_in_it, when_where
from covidstation.ui.start.trouble import Safe, TroubleView
from covidstation.ui.sync.sticks import plugged_in
from covidstation.ui.tasks import TaskRunner


class Rescuing(QObject):
    """Lives with its view. `to_restore()` is called when the copies are wanted."""

    _moved = Signal(int, int)

    def __init__(
        self, view: TroubleView, folder: Path, tasks: TaskRunner, to_restore: Callable[[], object], now: datetime
    ) -> None:
        super().__init__(view)
        self._view, self._folder, self._tasks, self._now = view, folder, tasks, now
        view.restore_asked.connect(to_restore)
        view.carry_asked.connect(self._ask_where)
        self._moved.connect(view.moved)
        tasks.background(self, self._find, self._show_safe, lambda _trouble: None)

    def _find(self) -> list[Found]:
        return find_copies(self._folder, [(one.name, one.folder) for one in plugged_in()], self._now)

    def _show_safe(self, found: list[Found]) -> None:
        today = self._now.date()
        self._view.show_safe(
            [Safe(when_where(one, today), what_in_it(one), one.health is not Health.DAMAGED) for one in found]
        )

    def _ask_where(self) -> None:
        self._tasks.background(self, plugged_in, self._choose_stick, lambda _trouble: self._ask_folder())

    def _choose_stick(self, sticks: tuple[object, ...]) -> None:
        folders = [getattr(one, "folder", None) for one in sticks]
        if len(folders) == 1 and isinstance(folders[0], Path):
            self.carry(folders[0])
        else:
            self._ask_folder()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._view, _("Chọn USB"))
        if chosen:
            self.carry(Path(chosen))

    def carry(self, stick: Path) -> None:
        """Every file of the register onto that stick, as it is."""
        self._view.set_busy(True)
        self._view.say(_("Đang chép ra {place}. Chưa rút USB.").format(place=stick))
        self._view.set_busy(True)
        op = partial(carry_everything, self._folder, stick, self._now, step=self._moved.emit)
        self._tasks.background(self, op, self._carried, self._failed)

    def _carried(self, carried: Carried) -> None:
        words = _(
            "Đã chép {n} tệp vào {place} và đọc lại khớp. Rút được. Mang USB này lên huyện; mọi tệp đều còn khoá."
        )
        self._view.say(words.format(n=carried.files, place=carried.place), "ok")

    def _failed(self, trouble: UserError) -> None:
        self._view.say(sentence(trouble), "danger")
