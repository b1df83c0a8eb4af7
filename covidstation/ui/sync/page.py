"""Đồng bộ: what the district does not have yet, writing it to a stick, and reading back what the district answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from covidstation.errors import UserError
from covidstation.i18n import _, moment_text
from covidstation.messages import sentence
from covidstation.services.exchange.bundles import Import, Taken, import_files
from covidstation.services.exchange.conflicts import Conflict
from covidstation.services.exchange.look import SyncLook, look_at_sync
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.labels import ElidedLabel, Line, label, set_ink
from covidstation.ui.parts.steps import StepsPanel
from covidstation.ui.status_parts import OLD, age_text
from covidstation.ui.sync.conflicts import ConflictDialog, ConflictList
from covidstation.ui.sync.keys import KeysDialog
from covidstation.ui.sync.line import LinePanel
from covidstation.ui.sync.lists import QuestionList, ReceiptTable, TakenList
from covidstation.ui.sync.panels import EnrolPanel, WordsDialog, WritePanel, folder_stick
from covidstation.ui.sync.sticks import Stick, plugged_in
from covidstation.ui.sync.words import by_word
from covidstation.ui.sync.worker import Sending
from covidstation.ui.sync.writing import Writer

LEFT = 320
LOOK_MS = 3000
KINDS_SHOWN = 5


class UnsentPanel(QWidget):
    """The one big count, its age, and the kinds with theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(LEFT)
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 12)
        column.setSpacing(0)
        column.addWidget(label(_("Chưa gửi lên huyện"), "hint_strong", "muted"))
        self.count = label("", "person")
        self.age = label("")
        column.addWidget(self.count)
        column.addWidget(self.age)
        column.addSpacing(4)
        self._kinds = QVBoxLayout()
        self._kinds.setSpacing(0)
        column.addLayout(self._kinds)
        column.addStretch(1)

    def show_look(self, look: SyncLook, now: datetime) -> None:
        """Count from the journal itself."""
        state = look.state
        self.count.setText(_("{n} thay đổi").format(n=state.unsent))
        age = state.oldest_age(now)
        if age is None:
            words = _("Huyện đã nhận đủ")
        elif state.on_stick >= state.unsent:
            words = _("đã ghi USB, chờ biên nhận")
        else:
            words = _("cũ nhất {age}").format(age=age_text(age))
        self.age.setText(words)
        set_ink(self.age, "warn" if age is not None and age > OLD else "text")
        while (item := self._kinds.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        rows = by_word(look.kinds)
        for at, (word, count, oldest) in enumerate(rows[:KINDS_SHOWN]):
            waited = max(timedelta(0), now - oldest)
            last = at == min(len(rows), KINDS_SHOWN) - 1
            self._kinds.addWidget(_kind_row(count, word, age_text(waited), late=waited > OLD, last=last))


def _kind_row(count: int, word: str, age: str, *, late: bool, last: bool) -> QWidget:
    holder = QWidget()
    holder.setFixedHeight(28)
    outer = QVBoxLayout(holder)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    number = label(f"{count}", "name")
    number.setFixedWidth(44)
    row.addWidget(number)
    row.addWidget(ElidedLabel(word), 1)
    row.addWidget(label(age, "hint", "warn" if late else "muted"))
    outer.addLayout(row, 1)
    if not last:
        outer.addWidget(Line())
    return holder


class SyncPage(Page):
    """The page; it writes to a folder and reads from one. What speaks to a network is `ui.sync.worker`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("sync", _("Đồng bộ"))
        self._desk = desk
        self._look: SyncLook | None = None
        self._sticks: tuple[Stick, ...] = ()
        self._asking_sticks = self._result_shown = self._begin = False
        self._told_of: int | None = None  # how much was unsent when the result was first in sight
        self.unsent = UnsentPanel()
        self.line = LinePanel()
        self.write_panel = WritePanel()
        self.enrol_panel = EnrolPanel()
        self.steps = StepsPanel()
        self.writer = Writer(desk, self.steps, self)
        self.taken = TakenList()
        self.receipts = ReceiptTable(desk.tasks, desk.now().date())
        self.questions = QuestionList()
        self.conflicts = ConflictList(lambda: desk.catalog)
        self._take = Button(_("&Nhận từ USB"), icon="folder", name="take_from_stick")
        self._keys = Button(_("&Khoá của trạm…"), "quiet", name="station_keys")
        self._keys.hide()
        self.set_head_actions(self._keys, self._take)
        self._right = QStackedWidget()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._lay_out()
        self._connect()

    def load(self) -> None:
        """Count again, look for sticks. The result of a writing stays until something changes after it."""
        self._begin = True
        self.taken.show_results(())
        self.banner.clear()
        self._ask()
        self._look_for_sticks()
        self._timer.start()

    def refresh(self, _changes: Any) -> None:
        """Every change waits for the next bundle."""
        self._ask()

    def may_leave(self) -> bool:
        """Writing goes on only in sight, so that nobody pulls the stick out."""
        if not self.writer.running():
            return True
        tell(self, _("Đang ghi USB"), _("Đợi màn hình hiện “Rút được”, hoặc bấm Dừng."), bad=False)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """The answer may have come before the page was in sight."""
        super().showEvent(event)
        if self._look is not None:
            self._take_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look for sticks only while in sight."""
        self._timer.stop()
        super().hideEvent(event)

    def _lay_out(self) -> None:
        for panel in (self.write_panel, self.enrol_panel, self.steps):
            self._right.addWidget(panel)
        upper = QWidget()
        upper.setMinimumHeight(250)
        row = QHBoxLayout(upper)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.unsent)
        row.addWidget(Line(vertical=True))
        row.addWidget(self._right, 1)
        lower = QWidget()
        lower.setBackgroundRole(QPalette.ColorRole.Base)
        lower.setAutoFillBackground(True)
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(0)
        column.addWidget(self.line)
        column.addWidget(upper)
        column.addWidget(Line())
        for part in (self.taken, self.conflicts, self.receipts, self.questions):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setObjectName("sync_area")
        area.setAccessibleName(_("Đồng bộ"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(lower)
        self.add(area, 1)

    def _connect(self) -> None:
        for sticks in (self.write_panel.sticks, self.enrol_panel.sticks):
            sticks.chosen.connect(self.write_to)
            sticks.other.connect(self._write_elsewhere)
        self.line.send_wanted.connect(self._desk.want_sending)
        self.line.settings_wanted.connect(lambda: self._desk.want_page.emit("settings:line"))
        self._desk.sending.connect(self._sending)
        self._take.clicked.connect(self._take_from_stick)
        self._keys.clicked.connect(self._show_keys)
        self.enrol_panel.take_wanted.connect(self._take_from_stick)
        self.writer.ended.connect(lambda _export: self._ask())
        self.writer.closed.connect(self._put_result_away)
        self.questions.person_wanted.connect(self._desk.want_person)
        self.conflicts.person_wanted.connect(self._desk.want_person)
        self.conflicts.choice_wanted.connect(self._choose)
        self._timer.timeout.connect(self._look_for_sticks)

    def _ask(self) -> None:
        self._desk.ask(self, partial(look_at_sync, self._desk.register.db), self._looked)

    def _looked(self, look: SyncLook) -> None:
        self._look = look
        self._keep_result(look.state.unsent)
        now = self._desk.now()
        self.unsent.show_look(look, now)
        self.line.show_line(look.line, now, enrolled=look.enrolled)
        self._keys.setVisible(look.enrolled)
        self.receipts.show_batches(look.batches, now.date())
        self.questions.show_questions(look.questions)
        self.conflicts.show_conflicts(look.conflicts)
        receipt = look.state.last_receipt
        if receipt is not None:
            moment = moment_text(receipt.read_at, now.date())
            second = _("{upper} · biên nhận gần nhất {moment}").format(upper=look.hub or look.upper, moment=moment)
        else:
            second = _("{upper} · chưa có biên nhận").format(upper=look.hub or look.upper)
        self.set_title(_("Đồng bộ"), second)
        self._show_right()

    def _choose(self, conflict: Conflict) -> None:
        dialog = ConflictDialog(self._desk, self, conflict)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_keys(self) -> None:
        dialog = KeysDialog(self._desk, self, self._choices(self._look) if self._look else ())
        dialog.finished.connect(dialog.deleteLater)
        if self._look is not None and self._look.line.urls:
            dialog.asked.connect(self._desk.want_sending)
        dialog.open()

    def _sending(self, sending: Sending) -> None:
        self.line.show_sending(sending)
        if not sending.working:
            self._ask()

    def _keep_result(self, unsent: int) -> None:
        """What it says of unsent changes holds only while their number does."""
        if not self._result_shown or self.writer.running():
            return
        if self._told_of is None:
            self._told_of = unsent
        self._result_shown = self._told_of == unsent

    def _show_right(self) -> None:
        look = self._look
        if look is None:
            return
        sticks = self._choices(look)
        self.write_panel.show_state(sticks, upper=look.hub or look.upper, waiting=look.state.unsent)
        self.enrol_panel.show_state(sticks, look.words)
        if self._result_shown:
            self._right.setCurrentWidget(self.steps)
        else:
            panel = self.write_panel if look.enrolled else self.enrol_panel
            self._right.setCurrentWidget(panel)
        self._take_focus()

    def _take_focus(self) -> None:
        """When the page has just opened, or nothing of it has the keyboard: on the act that comes next."""
        holder = self.window().focusWidget()
        if not self.isVisible() or not (self._begin or holder is None or not self.isAncestorOf(holder)):
            return
        self._begin = False
        sticks = (self.write_panel if self._look and self._look.enrolled else self.enrol_panel).sticks
        ready = sticks.isEnabled() and not self._result_shown
        (sticks.buttons[0] if ready else self._take).setFocus(Qt.FocusReason.OtherFocusReason)

    def _choices(self, look: SyncLook) -> tuple[Stick, ...]:
        """What is plugged in, else the folder of last time when it is still there."""
        if self._sticks or not look.folder:
            return self._sticks
        folder = Path(look.folder)
        return (folder_stick(folder),) if folder.is_dir() else ()

    def _look_for_sticks(self) -> None:
        if self._asking_sticks:
            return
        self._asking_sticks = True
        self._desk.tasks.background(self, plugged_in, self._found)

    def _found(self, sticks: tuple[Stick, ...]) -> None:
        self._asking_sticks = False
        if sticks != self._sticks:
            self._sticks = sticks
            self._show_right()

    def write_to(self, stick: Stick) -> None:
        """Write everything that waits there."""
        look = self._look
        if look is not None:
            self._result_shown, self._told_of = True, None
            self._right.setCurrentWidget(self.steps)
            self.writer.start(stick, waiting=look.state.unsent, upper=look.hub or look.upper)

    def _write_elsewhere(self) -> None:
        folder = self._ask_folder(_("Ghi vào thư mục nào?"))
        if folder is not None:
            self.write_to(folder_stick(folder))

    def _ask_folder(self, title: str) -> Path | None:
        start = self._look.folder if self._look else ""
        chosen = QFileDialog.getExistingDirectory(self.window(), title, start)
        return Path(chosen) if chosen else None

    def _put_result_away(self) -> None:
        self._result_shown = False
        self._show_right()

    def _take_from_stick(self) -> None:
        """From the only stick there is; else ask which folder."""
        folder = self._sticks[0].folder if len(self._sticks) == 1 else self._ask_folder(_("Nhận từ thư mục nào?"))
        if folder is not None:
            self.take_from(folder)

    def take_from(self, folder: Path, agreed: tuple[str, ...] = ()) -> None:
        """Read what the district wrote there; `agreed` are words that were compared."""
        desk = self._desk
        op = partial(import_files, desk.register.db, folder, by=desk.register.user_id, now=desk.now(), agreed=agreed)
        self.banner.clear()
        desk.act(self, op, partial(self._took, folder), self._trouble)

    def _took(self, folder: Path, results: list[Import]) -> None:
        self.taken.show_results(results)
        if results and not self.writer.running():
            self._put_result_away()  # what it said of unsent changes may no longer be true
        if not results:
            self.banner.show_message("warn", sentence(UserError("import.nothing", place=folder)), icon="info")
        asks = next((one for one in results if one.outcome is Taken.ASKS), None)
        if asks is None:
            return
        if WordsDialog(self, asks.hub, asks.words).exec() == QDialog.DialogCode.Accepted:
            self.take_from(folder, asks.words)
        else:
            text = _("Tám từ không trùng: chưa nhận gì. Gọi huyện, có thể USB đã bị thay tệp.")
            self.banner.show_message("danger", text)

    def _trouble(self, trouble: UserError) -> None:
        self.banner.show_message("danger", sentence(trouble))
