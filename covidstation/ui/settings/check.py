"""Kiểm tra: everything that can be looked at, grouped, as sentences with what to do."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.errors import UserError
from covidstation.i18n import _, ngettext
from covidstation.services.upkeep.check import check_register
from covidstation.services.upkeep.findings import GROUPS, Finding, Level, fine, see_to
from covidstation.services.upkeep.support import check_pdf, copy_log
from covidstation.ui.contacts.printing import print_or_keep
from covidstation.ui.desk import Desk
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.banner import Level as Loud
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import Glyph, Line, label
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.settings.section import Section
from covidstation.ui.sync.sticks import plugged_in

_MARKS: Final[dict[Level, tuple[str, Ink]]] = {
    "good": ("check", "ok"),
    "look": ("alert", "warn"),
    "bad": ("alert", "danger"),
}
_ORDER: Final[dict[Level, int]] = {"bad": 0, "look": 1, "good": 2}


def printer_finding(remembered: str) -> Finding:
    """Whether there is a printer to print on. Asks the system: not for the main thread."""
    names = QPrinterInfo.availablePrinterNames()
    if remembered and remembered not in names:
        return see_to("printer.gone", name=remembered)
    first = remembered or QPrinterInfo.defaultPrinterName() or (names[0] if names else "")
    return fine("printer.good", name=first) if first else see_to("printer.none")


class FindingRow(QWidget):
    """A mark and a whole sentence, as many lines as it needs."""

    def __init__(self, one: Finding) -> None:
        super().__init__()
        icon, ink = _MARKS[one.level]
        said = {"good": _("Tốt"), "look": _("Cần xem"), "bad": _("Hỏng")}[one.level]
        self.setAccessibleName(f"{said}. {one.text()}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(10)
        row.addWidget(Glyph(icon, 18, ink), 0, Qt.AlignmentFlag.AlignTop)
        words = label(one.text(), "body" if one.level == "good" else "strong", wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(words, 1)
        column.addLayout(row)
        column.addWidget(Line())


class _Stopped(Exception):
    """The page is gone: nobody waits for the rest of the check."""


class CheckSection(Section):
    """Looking the whole station over, off the main thread and out of the way of whoever works meanwhile."""

    _stepped = Signal(int, int)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "check", _("Kiểm tra"))
        self._found: list[Finding] = []
        self._stop = threading.Event()
        self.destroyed.connect(self._stop.set)
        self.column.addWidget(SectionHead(_("Kiểm tra máy và sổ")))
        words = _("Đọc lại từng trang của sổ, nhật ký, văn bản, bản sao lưu, và xem máy có ổn không. Không sửa gì.")
        self.summary = label(words, "body", "muted", wrap=True)
        self.column.addWidget(self.summary)
        self._bar = QProgressBar()
        self._bar.setObjectName("check_progress")
        self._bar.setAccessibleName(_("Đang kiểm tra"))
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(344)
        self._bar.hide()
        self.column.addSpacing(8)
        self.column.addWidget(self._bar)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.column.addLayout(self._list)
        self.column.addStretch(1)
        self._look = Button(_("&Kiểm tra ngay"), "primary", icon="search", name="check_now")
        self._print = Button(_("&In kết quả"), icon="printer", name="print_check")
        self._copy = Button(_("&Chép nhật ký ra USB"), icon="usb", name="copy_log")
        self._look.clicked.connect(self._check)
        self._print.clicked.connect(self._to_paper)
        self._copy.clicked.connect(self._to_stick)
        self._print.setEnabled(False)
        self._stepped.connect(self._step)

    def buttons(self) -> Sequence[QWidget]:
        """For the helper, on paper, and looking."""
        return (self._copy, self._print, self._look)

    def _check(self) -> None:
        for button in (self._look, self._print):
            button.setEnabled(False)
        self._empty()
        self.told.emit("", "")
        self._bar.setRange(0, 0)
        self._bar.show()
        register, now, stop, stepped = self.desk.register, self.desk.now(), self._stop, self._stepped

        def told(done: int, of: int) -> None:
            if stop.is_set():
                raise _Stopped
            stepped.emit(done, of)

        def work() -> list[Finding]:
            try:
                found = check_register(register.db, register.folder, now=now, told=told)
            except _Stopped:
                return []
            return [*found, printer_finding(get_setting(register.db, "printer"))]

        # Not on the database thread: a nurse goes on with her work while 100,000 people are read.
        self.desk.tasks.background(self, work, self._show, self._refused)

    def _step(self, done: int, of: int) -> None:
        self._bar.setRange(0, of)
        self._bar.setValue(done)
        self.summary.setText(_("Đang xem {done} trên {of} phần…").format(done=done + 1, of=of))

    def _show(self, found: list[Finding]) -> None:
        self._found = found
        self._done()
        self._look.setText(_("&Làm lại"))
        self._print.setEnabled(True)
        self._empty()
        for key, (title, _kinds) in GROUPS.items():
            mine = sorted((one for one in found if one.group == key), key=lambda one: _ORDER[one.level])
            if mine:
                self._list.addWidget(SectionHead(_(title)))
            for one in mine:
                self._list.addWidget(FindingRow(one))
        bad, look = (sum(one.level == level for one in found) for level in ("bad", "look"))
        self.summary.setText(self._summed(bad, look))
        if bad:
            self._say("danger", _("Có chỗ hỏng. Làm theo câu đỏ ở dưới trước khi ghi tiếp."))

    def _say(self, level: Loud, text: str) -> None:
        self.told.emit(level, text)

    def _summed(self, bad: int, look: int) -> str:
        when = self.desk.now().strftime("%H:%M")
        if not bad and not look:
            return _("Lúc {when}: mọi thứ đều tốt.").format(when=when)
        parts = []
        if bad:
            parts.append(ngettext("{n} chỗ hỏng", "{n} chỗ hỏng", bad).format(n=bad))
        if look:
            parts.append(ngettext("{n} chỗ cần xem", "{n} chỗ cần xem", look).format(n=look))
        return _("Lúc {when}: {parts}, còn lại đều tốt.").format(when=when, parts=", ".join(parts))

    def _done(self) -> None:
        self._bar.hide()
        self._look.setEnabled(True)

    def _refused(self, trouble: UserError) -> None:
        self._done()
        self.summary.setText(_("Chưa kiểm tra xong."))
        self.failed(trouble)

    def _empty(self) -> None:
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()

    def _to_paper(self) -> None:
        desk, found = self.desk, self._found

        def work() -> tuple[bytes, str]:
            return check_pdf(desk.register.db, found, now=desk.now()), get_setting(desk.register.db, "printer")

        def ready(made: tuple[bytes, str]) -> None:
            print_or_keep(desk, self, made[0], _("kiem-tra.pdf"), made[1], self.failed)

        desk.ask(self, work, ready, self.failed)

    def _to_stick(self) -> None:
        """The first stick there is; without one a folder is asked for."""
        self._copy.setEnabled(False)
        self.desk.tasks.background(self, plugged_in, lambda sticks: self._copy_to([one.folder for one in sticks]))

    def _copy_to(self, places: Sequence[Path]) -> None:
        self._copy.setEnabled(True)
        chosen = (
            str(places[0]) if places else QFileDialog.getExistingDirectory(self.window(), _("Chép nhật ký vào đâu"))
        )
        if not chosen:
            return
        desk = self.desk
        op = partial(copy_log, desk.register.folder, Path(chosen), self._found, desk.now())
        said = _("Đã chép {name} vào {place}. Tệp không có tên bệnh nhân; đưa cho người hỗ trợ.")
        desk.tasks.background(
            self, op, lambda path: desk.said.emit(said.format(name=path.name, place=path.parent)), self.failed
        )
