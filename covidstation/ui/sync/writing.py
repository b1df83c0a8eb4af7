"""Writing to a stick: the three steps, their times, Stop, and the words at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.copies.stick_copy import copy_to_stick
from covidstation.services.exchange.bundles import Export, Exported, export_changes
from covidstation.services.record import change_setting
from covidstation.ui.desk import Desk
from covidstation.ui.parts.steps import Step, StepsPanel, StepState
from covidstation.ui.sync.sticks import Stick
from covidstation.ui.sync.words import seconds_text, size_text

STEPS = ("pack", "write", "check", "copy")


class Writer(QWidget):
    """Runs one writing at a time and shows it on its panel; never seen itself.

    `ended(Export)` after a good one, `closed()` when the person has read the result.
    """

    ended = Signal(object)
    closed = Signal()
    _stepped = Signal(str)

    def __init__(self, desk: Desk, panel: StepsPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._desk, self._panel = desk, panel
        self._stop = threading.Event()
        self._times: dict[str, float] = {}
        self._stick: Stick | None = None
        self._waiting = 0
        self._kept = (True, "")  # whether the copy was carried along, its size or why not
        self._upper = ""
        self._stepped.connect(self._show_step)

    def running(self) -> bool:
        """Whether a writing is under way."""
        return self._stick is not None

    def start(self, stick: Stick, *, waiting: int, upper: str) -> None:
        """Write everything that waits onto that stick."""
        if self.running():
            return
        self._stick, self._waiting, self._upper = stick, waiting, upper
        self._stop.clear()
        self._times = {"start": time.monotonic()}
        self._show_step("pack")
        desk = self._desk
        op = partial(self._work, stick, desk.now())
        desk.act(self, op, self._finished, self._failed)

    def stop(self) -> None:
        """Give up before the next step; what was begun is taken away again or left unused."""
        self._stop.set()

    def _work(self, stick: Stick, now: datetime) -> Done[Export]:
        """On the database thread."""

        def step(name: str) -> None:
            if self._stop.is_set():
                raise UserError("stick.stopped")
            self._stepped.emit(name)

        db, by = self._desk.register.db, self._desk.register.user_id
        result = export_changes(db, stick.folder, by=by, now=now, step=step)
        self._kept = self._copy(stick, now, step)
        change_setting(db, "usb_folder", str(stick.folder), by=by, now=now)
        return result

    def _copy(self, stick: Stick, now: datetime, step: Callable[[str], None]) -> tuple[bool, str]:
        """On the database thread: the sealed copy beside the bundle; what was sent is safe whatever becomes of it."""
        try:
            step("copy")
            size = copy_to_stick(self._desk.register.db, stick.folder, now=now).size
        except UserError as trouble:
            return False, sentence(trouble)
        return True, size_text(size)

    def _show_step(self, name: str) -> None:
        if self._stick is None:
            return
        self._times[name] = time.monotonic()
        at = STEPS.index(name) if name in STEPS else 0
        note = _("Dừng lúc này không mất gì: {n} thay đổi vẫn ở trong máy và vẫn tính là chưa gửi.")
        self._panel.working(
            _("Đang ghi, đừng rút USB"),
            self._stick.name,
            self._steps(at),
            note.format(n=self._waiting),
            done=at,
            total=len(STEPS),
            stop=self.stop,
            stop_text=_("Dừng"),
        )

    def _steps(self, current: int, export: Export | None = None) -> list[Step]:
        """The steps with what is known of each; all done when `current` is past the last."""
        number = export.number if export else 0
        pack = _("Đóng gói lô {n}, khoá bằng khoá của huyện").format(n=number) if number else _("Đóng gói, khoá lại")
        copy = _("Chép bản sao lưu đã khoá") if self._kept[0] or export is None else self._kept[1]
        texts = (pack, _("Ghi ra USB"), _("Đọc lại từ USB, khớp từng byte"), copy)
        figures = ["", "", "", self._kept[1] if self._kept[0] and export is not None else ""]
        if export is not None and {"pack", "write", "check", "end"} <= set(self._times):
            figures[0] = seconds_text(self._times["write"] - self._times["pack"])
            taken = seconds_text(self._times["check"] - self._times["write"])  # each file is read back at once
            figures[1] = f"{size_text(export.size)} · {taken}"
        found = []
        for at, text in enumerate(texts):
            state: StepState = "done" if at < current else "now" if at == current else "later"
            if export is not None and at == len(STEPS) - 1 and not self._kept[0]:
                state = "failed"
            found.append(Step(state, text, figures[at]))
        return found

    def _finished(self, export: Export) -> None:
        stick, now = self._stick, self._desk.now()
        self._stick = None
        if stick is None:
            return
        self._times["end"] = time.monotonic()
        taken = seconds_text(self._times["end"] - self._times["start"])
        second = _("{name} · ghi xong {clock}, {taken}").format(
            name=stick.name, clock=now.strftime("%H:%M"), taken=taken
        )
        upper = self._upper or _("huyện")
        title, steps = _("Rút được"), self._steps(len(STEPS), export)
        note = _("Mang USB về {upper}. Đã ghi USB, {n} thay đổi vẫn tính là chưa gửi cho đến khi có biên nhận.")
        if export.what is Exported.NOTHING:
            title, steps, note = _("Không có gì phải ghi"), [], _("Huyện đã nhận đủ.")
        elif export.what is Exported.WORD:
            note = _("Không có thay đổi mới. USB mang lời báo cho {upper}: trạm đã đọc đến đâu.")
        elif export.what is Exported.KEYS:
            steps, note = (
                [],
                _("USB mang giấy đổi khoá của trạm cho {upper}. Khoá cũ vẫn dùng cho đến khi huyện cấp giấy."),
            )
        elif export.what is Exported.ENROLMENT:
            steps = []
            note = _("Mang USB về {upper}. Huyện gọi điện thì đọc tám từ của trạm: {words}.")
        self._panel.finished(
            title,
            second,
            steps,
            note.format(upper=upper, n=export.changes, words=", ".join(export.words)),
            again=self.closed.emit,
            again_text=_("Ghi USB khác"),
        )
        self.ended.emit(export)

    def _failed(self, trouble: UserError) -> None:
        stick, self._stick = self._stick, None
        title = _("Đã dừng") if trouble.code == "stick.stopped" else _("Chưa ghi được")
        note = _("{n} thay đổi vẫn ở trong máy và vẫn tính là chưa gửi.").format(n=self._waiting)
        self._panel.finished(
            title,
            stick.name if stick else "",
            [],
            f"{sentence(trouble)} {note}" if trouble.code != "stick.stopped" else sentence(trouble),
            good=False,
            again=self.closed.emit,
            again_text=_("Ghi lại"),
        )
