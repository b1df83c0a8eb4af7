"""The line under a person: the danger with its ways on, or what is asked back about what was typed."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.db.queries.rounds import AlertLine
from covidstation.domain.citizen import grouped
from covidstation.i18n import _, ngettext
from covidstation.messages import sentence
from covidstation.ui.look import metrics
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import ElidedLabel, Glyph, label
from covidstation.ui.rounds.delegate import alarming
from covidstation.ui.rounds.entry import Entry
from covidstation.ui.rounds.words import ANSWERS, sign_words

HEIGHT = 36
HOUR = 60


class BelowLine(QWidget):
    """Sentence left, ways on right. `why`, `answer`, `transfer` and `passed` are asked for its person."""

    why = Signal(object)  # Entry
    answer = Signal(object)
    transfer = Signal(object)

    def __init__(self, entry: Entry, now: datetime, *, first: bool) -> None:
        super().__init__()
        self.entry = entry
        self._danger = alarming(entry)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 4)
        self._row.setSpacing(metrics.GAP)
        if entry.problems:
            problem = entry.problems[0]
            bad = problem.level == "error"
            self._say(sentence(problem), "danger" if bad else "warn")
        else:
            self._show_alerts(now, first=first)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, bar and hairline of the row that it belongs to."""
        tokens, box = tokens_of(self), self.rect()
        painter = QPainter(self)
        painter.fillRect(box, QColor(tokens.danger_soft if self._danger else tokens.accent_soft))
        painter.fillRect(QRect(0, box.bottom(), box.width(), 1), QColor(tokens.line))
        bar = QColor(tokens.danger_line if self._danger else tokens.accent)
        painter.fillRect(QRect(0, 0, metrics.BAR, box.height()), bar)

    def _say(self, text: str, ink: Ink, icon: str = "alert") -> None:
        self._row.addWidget(Glyph(icon, 16, ink))
        self._row.addWidget(ElidedLabel(text, "strong" if ink == "danger" else "hint_strong", ink), 1)
        self.setAccessibleName(text)

    def _show_alerts(self, now: datetime, *, first: bool) -> None:
        waiting = self.entry.line.open_alerts
        if not waiting and not self.entry.line.alerts:  # a danger of which no guideline raised an alert any more
            self._say(_("Dấu hiệu nặng. Đo lại hoặc chuyển tuyến."), "danger")
            return
        if not waiting:
            self._say(answered_words(self.entry.line.alerts), "muted", "check")
            return
        self._say(alert_words(waiting), "danger")
        self._row.addWidget(label(waiting_words(waiting[0], now), "hint_strong", "warn"))
        person = self.entry.line.person
        phone = _("Gọi {phone}").format(phone=grouped(person.phone)) if person.phone else _("Ghi đã xử lý")
        why = Button(_("Vì sao?"), "link", name="why_alert")
        call = Button(phone, icon="phone" if person.phone else "check", keys="F6", bind=False, name="answer_alert")
        away = Button(
            _("Chuyển tuyến"),
            "danger" if first else "normal",
            icon="truck",
            keys="F4",
            bind=False,
            name="transfer_person",
        )
        why.clicked.connect(lambda: self.why.emit(self.entry))
        call.clicked.connect(lambda: self.answer.emit(self.entry))
        away.clicked.connect(lambda: self.transfer.emit(self.entry))
        for button in (why, call, away):
            self._row.addWidget(button)


def alert_words(alerts: tuple[AlertLine, ...]) -> str:
    """The sentence of the rule; of several, what they are and what all of them ask for."""
    if len(alerts) == 1:
        return alerts[0].sentence
    values = ", ".join(sign_words(alert.measure, alert.value) for alert in alerts)
    return _("{values}: báo ngay tuyến trên.").format(values=values)


def waiting_words(alert: AlertLine, now: datetime) -> str:
    """`chưa trả lời 12 phút`."""
    minutes = alert.minutes_open(now)
    if minutes < 1:
        return _("vừa mới đo")
    if minutes < HOUR:
        return ngettext("chưa trả lời {n} phút", "chưa trả lời {n} phút", minutes).format(n=minutes)
    hours = minutes // HOUR
    return ngettext("chưa trả lời {n} giờ", "chưa trả lời {n} giờ", hours).format(n=hours)


def answered_words(alerts: tuple[AlertLine, ...]) -> str:
    """What was done about them last, when, by whom."""
    last = alerts[-1]
    values = ", ".join(sign_words(alert.measure, alert.value) for alert in alerts)
    done = _(ANSWERS[last.answer]).lower() if last.answer else ""
    when = f"{last.answered_at:%H:%M %d/%m}" if last.answered_at else ""
    words = _("{values}: {done} lúc {when}, {who}. {note}")
    return words.format(values=values, done=done, when=when, who=last.answered_by, note=last.note).strip()
