"""When the register is behind what it was, or its record was changed: said once, with ways on, until one was chosen."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.audit import Walk
from covidstation.domain.rights import Right
from covidstation.i18n import _, date_text
from covidstation.services.access.tail import PIECE, Loss, LossKind, accept_loss, standing_loss, verify_record
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.labels import Glyph, Line, label

QUIET_MS: Final = 30_000
"""After the opening: the first page and the others come first."""
PIECE_MS: Final = 400
_WIDE: Final = 680


def loss_title(loss: Loss) -> str:
    """What happened, in one line."""
    if loss.kind is LossKind.RECORD:
        return _("Nhật ký truy cập đã bị sửa")
    if loss.kind is LossKind.OTHER:
        return _("Sổ này không phải sổ đã dùng lúc trước")
    return _("Các thay đổi sau {moment} không còn trong sổ").format(moment=moment(loss.since))


def loss_text(loss: Loss) -> str:
    """What is lost, what is safe, why it happens."""
    words = {
        LossKind.RECORD: _(
            "Từ dòng {seq}, ghi sau {since}, nhật ký không còn như lúc ghi: có người đã sửa hoặc xoá thẳng trong tệp "
            "của sổ. Người bệnh, văn bản: xem ở Cài đặt, mục Kiểm tra. Báo người đứng đầu trạm và huyện."
        ),
        LossKind.OTHER: _(
            "Lúc {until} máy này đã ghi vào một sổ khác với sổ đang mở, thường vì ai đó chép một tệp cũ đè lên. Lấy "
            "lại bản sao lưu mới nhất, hoặc dùng tiếp sổ này nếu biết chắc là đúng."
        ),
        LossKind.BEHIND: _(
            "{changes} thay đổi và {entries} dòng nhật ký, ghi cho đến {until}, đã mất khỏi ổ đĩa, thường vì mất điện "
            "hoặc ổ đĩa hỏng. Những gì ghi đến {since} còn nguyên. Ba cách đi tiếp; chưa chắc thì bấm Để sau, lần mở "
            "tới máy hỏi lại."
        ),
    }[loss.kind]
    return words.format(
        changes=loss.changes,
        entries=loss.entries,
        seq=loss.seq,
        since=moment(loss.since),
        until=moment(loss.until),
    )


def moment(at: datetime) -> str:
    """`10:42 ngày 10/07/2026`."""
    local = at.astimezone()
    return _("{clock} ngày {day}").format(clock=f"{local:%H:%M}", day=date_text(local.date()))


class LossDialog(Dialog):
    """Get it back from a copy, send what is there, go on, or later. Only the head of station goes on."""

    def __init__(self, desk: Desk, parent: QWidget, loss: Loss) -> None:
        super().__init__(parent, loss_title(loss), "loss_dialog")
        self._desk = desk
        self.setFixedWidth(_WIDE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.MARGIN, 20, metrics.MARGIN, 16)
        row.setSpacing(14)
        row.addWidget(Glyph("alert", 24, "danger"), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(label(loss_title(loss), "section", wrap=True))
        words.addWidget(label(loss_text(loss), wrap=True))
        row.addLayout(words, 1)
        column.addLayout(row)
        column.addWidget(Line())
        buttons = self._make_buttons(loss)
        column.addLayout(foot(*buttons))
        buttons[-1].setFocus()  # the way that is best stands ready for Enter

    def _make_buttons(self, loss: Loss) -> tuple[Button, ...]:
        self.later = Button(_("Để &sau"), "quiet", keys="Esc", bind=False, name="loss_later")
        self.later.clicked.connect(self.reject)
        self.go_on = Button(_("&Dùng tiếp sổ này"), name="loss_go_on")
        self.go_on.clicked.connect(self._accept_loss)
        self._desk.guard(Right.MANAGE, self.go_on)
        if loss.kind is LossKind.RECORD:
            self.look = Button(_("&Xem nhật ký"), "primary", name="loss_look")
            self.look.clicked.connect(partial(self._leave_for, "settings:audit"))
            return self.later, self.go_on, self.look
        self.send = Button(_("&Gửi huyện phần đang có"), name="loss_send")
        self.send.clicked.connect(partial(self._leave_for, "sync"))
        self.restore = Button(_("&Lấy lại từ bản sao lưu"), "primary", name="loss_restore")
        self.restore.clicked.connect(partial(self._leave_for, "settings:backup"))
        return self.later, self.go_on, self.send, self.restore

    def _leave_for(self, page: str) -> None:
        self.reject()
        self._desk.want_page.emit(page)

    def _accept_loss(self) -> None:
        desk = self._desk
        op = partial(accept_loss, desk.register.db, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, lambda _none: self._accepted())

    def _accepted(self) -> None:
        self._desk.said.emit(_("Đã ghi vào nhật ký: dùng tiếp sổ đang có."))
        self.accept()


class RecordWatch(QObject):
    """Says what the opening found, and later recomputes the whole record, piece by piece, while nobody waits."""

    def __init__(self, desk: Desk, window: QWidget, *ends: SignalInstance) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self._walked = Walk()
        self._over = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._next)
        for end in ends:
            end.connect(self.stop)

    def begin(self) -> None:
        """The first page stands."""
        self._timer.start(QUIET_MS)
        loss = self._desk.register.loss
        if loss is not None:
            QTimer.singleShot(0, self, partial(self._tell, loss))

    def stop(self) -> None:
        """The register closes."""
        self._over = True
        self._timer.stop()

    def _next(self) -> None:
        desk = self._desk
        op = partial(verify_record, desk.register.db, self._walked, now=desk.now())
        desk.ask(self, op, self._went_on, lambda _trouble: self.stop())

    def _went_on(self, walked: Walk) -> None:
        before, self._walked = self._walked, walked
        if walked.fault is not None:
            self._desk.ask(self, partial(standing_loss, self._desk.register.db), self._tell)
        elif walked.seq - before.seq == PIECE and not self._over:
            self._timer.start(PIECE_MS)

    def _tell(self, loss: Loss | None) -> None:
        if loss is not None and not self._over:
            LossDialog(self._desk, self._window, loss).open()
