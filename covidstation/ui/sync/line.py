"""The line to the district on Đồng bộ: when it last spoke, what is wrong with it, and "Gửi ngay"."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.pace import worth_a_word
from covidstation.i18n import _, moment_text
from covidstation.messages import sentence
from covidstation.services.exchange.line_look import LineLook
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import ElidedLabel, Glyph, Line, label
from covidstation.ui.status_parts import drift_text
from covidstation.ui.sync.words import size_text
from covidstation.ui.sync.worker import Sending


class LinePanel(QWidget):
    """One row: a picture, two lines of words, two buttons. Hidden for a station that is not enrolled."""

    send_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("line_panel")
        self._sending: Sending | None = None
        self._look, self._now = LineLook(), datetime.now().astimezone()
        self._glyph = Glyph("arrows", 20)
        self.first = ElidedLabel("", "name")
        self.second = label("", "hint", "muted", wrap=True)
        self.send = Button(_("Gửi nga&y qua mạng"), icon="arrows", name="send_now")
        self.send.clicked.connect(self.send_wanted)
        self.settings = Button(_("Đườn&g truyền…"), "quiet", name="line_settings")
        self.settings.clicked.connect(self.settings_wanted)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.first)
        words.addWidget(self.second)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.MARGIN, 10, metrics.MARGIN, 10)
        row.setSpacing(12)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.settings, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.send, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(Line())
        self.hide()

    def show_line(self, look: LineLook, now: datetime, *, enrolled: bool) -> None:
        """What is known of the line."""
        self._look, self._now = look, now
        self.setVisible(enrolled)
        self._show()

    def show_sending(self, sending: Sending) -> None:
        """How a sending goes, or ended."""
        self._sending = sending
        self._show()

    def _show(self) -> None:
        working = self._sending is not None and self._sending.working
        self.send.setVisible(bool(self._look.urls))
        self.send.setEnabled(not working)
        icon, ink, first, second = self._words()
        self._glyph.show_icon(icon, ink)
        self.first.set_text(first)
        self.second.setText(second)
        self.second.setVisible(bool(second))

    def _words(self) -> tuple[str, Ink, str, str]:
        look, sending = self._look, self._sending
        if sending is not None and sending.working:
            there = _("Vẫn làm việc bình thường trong lúc gửi.")
            if sending.size:
                there = _("Đã tới {there} trong {size}. Đứt mạng thì lần sau gửi tiếp từ đây.").format(
                    there=size_text(sending.there), size=size_text(sending.size)
                )
            return "arrows", "accent", _("Đang gửi huyện qua mạng…"), there
        if not look.urls:
            words = _("Khi huyện mở, giấy chứng nhận mới sẽ có địa chỉ và máy tự gửi. Nay vẫn ghi USB.")
            return "usb", "muted", _("Huyện chưa nhận qua mạng"), words
        trouble = sending.trouble if sending is not None and sending.trouble else look.state.error
        if trouble is not None:
            words = f"{sentence(trouble)} {self._again()}".strip()
            return "no-network", "warn", _("Chưa gửi được qua mạng. {contact}").format(contact=self._contact()), words
        drift = self._drift()
        if drift:
            return "clock", "warn", self._contact(), drift
        return "check" if look.state.contact_at else "arrows", "ok", self._contact(), self._next()

    def _contact(self) -> str:
        at = self._look.state.contact_at
        if at is None:
            return _("Chưa gặp máy của huyện qua mạng lần nào")
        return _("Gặp máy của huyện lần cuối {moment}").format(moment=self._moment(at))

    def _next(self) -> str:
        """When it goes by itself."""
        if not self._look.auto:
            return _("Máy này không tự gửi: bấm Gửi ngay qua mạng, hoặc ghi USB.")
        due = self._look.due_at(self._now)
        if due <= self._now + timedelta(minutes=1):
            return _("Máy sắp tự gửi.")
        return _("Máy tự gửi sau khi lưu; chậm nhất {moment} sẽ hỏi huyện lần nữa.").format(moment=self._moment(due))

    def _again(self) -> str:
        due = self._look.due_at(self._now)
        if not self._look.auto or due <= self._now:
            return ""
        return _("Máy tự thử lại lúc {moment}.").format(moment=self._moment(due))

    def _drift(self) -> str:
        drift = timedelta(seconds=self._look.state.drift)
        return drift_text(drift) if worth_a_word(drift) else ""

    def _moment(self, moment: datetime) -> str:
        return moment_text(moment.astimezone(self._now.tzinfo), self._now.date())
