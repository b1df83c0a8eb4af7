"""Coming back from a copy, step by step: which one, its passphrase or code, what will come back, done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QWidget

from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.copies.restore import Chosen, Found, Restored, choose_copy, find_copies, restore
from covidstation.ui.parts.buttons import Button
from covidstation.ui.start.card import Card, CardView
from covidstation.ui.start.restore_steps import ChooseStep, ConfirmStep, DoneStep, OpenStep, ProgressStep
from covidstation.ui.sync.sticks import plugged_in
from covidstation.ui.tasks import TaskRunner


class _Relay(QObject):
    """Carries the progress from the working thread to this one."""

    moved = Signal(int, int)


class RestoreView(CardView):
    """`restored()` when the register stands and its reader wants it opened, `left()` when nothing was done."""

    restored = Signal()
    left = Signal()

    def __init__(self, folder: Path, tasks: TaskRunner, now: Callable[[], datetime] | None = None) -> None:
        card = Card(_("Lấy lại sổ"), _("Từ một bản sao lưu trên máy này hoặc trên USB"))
        super().__init__("restore_view", card)
        self.setWindowTitle(_("Lấy lại sổ – CovidStation"))
        self._folder, self._tasks = folder, tasks
        self._now = now or (lambda: datetime.now().astimezone())
        self._working = False
        self._chosen: Chosen | None = None
        self._files: list[tuple[str, Path]] = []
        self._choose, self._open, self._confirm = ChooseStep(), OpenStep(), ConfirmStep()
        self._progress, self._done = ProgressStep(), DoneStep()
        self._stack = QStackedWidget()
        self._stack.setMinimumHeight(320)
        for page in (self._choose, self._open, self._confirm, self._progress, self._done):
            self._stack.addWidget(page)
        self._back = Button(_("Quay &lại"), "quiet", keys="Esc", name="back")
        self._next = Button(_("Tiếp tục"), "primary", keys="Return", bind=False, name="next")
        row = QHBoxLayout()
        row.addWidget(self._back)
        row.addStretch(1)
        row.addWidget(self._next)
        card.column.addWidget(self._stack)
        card.column.addSpacing(12)
        card.column.addLayout(row)
        self._relay = _Relay(self)
        self._bind()
        self.look()

    def _bind(self) -> None:
        self._relay.moved.connect(self._moved)
        self._back.clicked.connect(self.backward)
        self._next.clicked.connect(self.forward)
        self._choose.again.clicked.connect(self.look)
        self._choose.file.clicked.connect(self._ask_file)
        self._choose.list.chosen.connect(self._show_buttons)
        for field in (self._open.secret, self._open.code, self._confirm.new, self._confirm.again, self._confirm.head):
            field.returnPressed.connect(self.forward)

    def look(self) -> None:
        """Find the copies again, off this thread: a stick may be slow."""
        self._choose.said.setText(_("Đang tìm bản sao lưu…"))
        self._show(self._choose)
        folder, files, now = self._folder, list(self._files), self._now()

        def op() -> list[Found]:
            return find_copies(folder, [*((one.name, one.folder) for one in plugged_in()), *files], now)

        self._tasks.background(self, op, self._found, self._not_found)

    def _found(self, found: list[Found]) -> None:
        words = _("Chọn bản mới nhất còn nguyên, trừ khi huyện dặn khác.")
        none = _("Chưa thấy bản sao lưu nào. Cắm USB có bản sao rồi bấm “Tìm lại trên USB”.")
        self._choose.said.setText(words if found else none)
        self._choose.list.setVisible(bool(found))
        self._choose.list.show_copies(found, self._now().date())
        self._show_buttons()

    def _not_found(self, trouble: UserError) -> None:
        self._choose.said.setText(sentence(trouble))
        self._show_buttons()

    def _ask_file(self) -> None:
        words = _("Bản sao lưu (*.csk)")
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Chọn bản sao lưu"), "", words)
        if chosen:
            self.add_file(Path(chosen))

    def add_file(self, path: Path) -> None:
        """A copy that lies somewhere else."""
        self._files.append((path.parent.name, path))
        self.look()

    def page(self) -> QWidget | None:
        """The step in sight."""
        return self._stack.currentWidget()

    def forward(self) -> None:
        """The next step."""
        if self._working or not self._next.isEnabled():
            return
        page = self.page()
        found = self._choose.list.found()
        if page is self._choose and found is not None:
            self._show(self._open)
            self._open.start(found, self._now())
        elif page is self._open and found is not None:
            self._unlock(found)
        elif page is self._confirm:
            self._restore()
        elif page is self._done:
            self.restored.emit()

    def backward(self) -> None:
        """The step before; from the first one out."""
        if self._working:
            return
        if self.page() in (self._open, self._confirm):
            self._show(self._choose)
        elif self.page() is self._choose:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is the next step wherever the keyboard is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.forward()
            return
        super().keyPressEvent(event)

    def _unlock(self, found: Found) -> None:
        if not self._open.text():
            return
        secret, user = self._open.text(), self._open.user()
        self._work(_("Đang mở và đọc lại bản sao…"))
        op = partial(choose_copy, self._folder, found, secret, now=self._now(), user=user, step=self._relay.moved.emit)
        self._tasks.background(self, op, self._unlocked, self._refused)

    def _refused(self, trouble: UserError) -> None:
        self._working = False
        self._show(self._open)
        self._open.said.say(sentence(trouble))
        (self._open.secret if self._open.user() else self._open.code).setFocus()

    def _unlocked(self, chosen: Chosen) -> None:
        self._working = False
        self._chosen = chosen
        self._show(self._confirm)
        self._confirm.start(chosen, self._now())
        if not (chosen.need_passphrase or chosen.need_head):
            self._next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _restore(self) -> None:
        chosen, page = self._chosen, self._confirm
        if chosen is None:
            return
        person, passphrase = "", ""
        if chosen.need_passphrase:
            person, passphrase = page.who.value() or "", page.new.value()
            if not passphrase or passphrase != page.again.value():  # door: typed twice by the same hand
                page.said.say(_("Gõ mật khẩu mới hai lần giống nhau."))
                (page.again if passphrase else page.new).setFocus()
                return
        head = page.head.value() if chosen.need_head else ""
        if chosen.need_head and not head:
            page.said.say(_("Gõ mật khẩu hiện nay của người đứng đầu trạm, hoặc mã khôi phục của sổ đang có."))
            page.head.setFocus()
            return
        self._work(_("Đang lấy lại sổ…"))
        op = partial(restore, chosen, now=self._now(), person=person, passphrase=passphrase, head=head)
        self._tasks.background(self, op, self._restored, self._not_restored)

    def _not_restored(self, trouble: UserError) -> None:
        self._working = False
        self._show(self._confirm)
        self._confirm.said.say(sentence(trouble))

    def _restored(self, back: Restored) -> None:
        self._working = False
        self._done.show_restored(back, self._now())
        self._show(self._done)

    def _work(self, words: str) -> None:
        self._working = True
        self._progress.doing.setText(words)
        self._progress.bar.setRange(0, 0)
        self._show(self._progress)

    def _moved(self, done: int, of: int) -> None:
        self._progress.bar.setRange(0, 1000)
        self._progress.bar.setValue(done * 1000 // max(of, 1))

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        self._show_buttons()

    def _show_buttons(self) -> None:
        page = self.page()
        texts: dict[QWidget | None, str] = {self._confirm: _("Lấy lại sổ này"), self._done: _("Mở sổ")}
        self._next.set_text(texts.get(page, _("Tiếp tục")))
        self._next.setEnabled(page is not self._choose or self._choose.list.found() is not None)
        self._next.setVisible(page is not self._progress)
        self._back.setVisible(page not in (self._progress, self._done))
        if page is self._done:
            self._next.setFocus(Qt.FocusReason.OtherFocusReason)
