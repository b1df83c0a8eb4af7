"""Two small windows about a danger sign: what was done, and which rule speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.rounds import AlertLine
from covidstation.domain.care import AlertAnswer
from covidstation.domain.citizen import grouped
from covidstation.domain.rights import Right
from covidstation.i18n import _, date_text
from covidstation.services.care.alerts import Answering, WhyAlert, answer_alerts, why_alert
from covidstation.services.changes import Done
from covidstation.ui.case_words import CALL_RESULTS
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.rounds.words import ANSWERS, sign_words

_CHOICES = (AlertAnswer.PHONED, AlertAnswer.VISITED, AlertAnswer.MEASURED_AGAIN, AlertAnswer.WRONG_ENTRY)


class AnswerDialog(ActDialog):
    """What was done about the open danger signs of one person; a call goes into the log of calls.

    A call that reached nobody is kept too, and leaves the danger signs open.
    """

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, alerts: Sequence[AlertLine]) -> None:
        phone = alerts[0].phone
        choices = [(key, _(ANSWERS[key])) for key in _CHOICES if phone or key is not AlertAnswer.PHONED]
        done = Combo("alert_answer", _("Đã làm gì"), choices, width=260)
        call = Combo("call_result", _("Cuộc gọi"), [(key, _(words)) for key, words in CALL_RESULTS.items()], width=260)
        note = LineEdit("note", _("Ghi chú"), width=340, limit=500)
        self._number = Field(_("Điện thoại"), label(grouped(phone), "section"))
        self._call_row = Field(_("&Cuộc gọi"), call)
        rows = (self._number, Field(_("&Đã làm gì"), done), self._call_row, Field(_("&Ghi chú"), note))
        title = _("{name}: {values}").format(
            name=alerts[0].full_name, values=", ".join(sign_words(one.measure, one.value) for one in alerts)
        )
        super().__init__(desk, parent, title, rows, note)
        self._alerts = tuple(alerts)
        self.done_, self.call, self.note = done, call, note
        done.currentIndexChanged.connect(lambda _row: self._follow())
        self._number.setVisible(bool(phone))
        self._follow()

    def about(self) -> str:
        """Those danger signs."""
        return "-".join(sorted(alert.id.hex for alert in self._alerts))

    def act(self) -> Callable[[], Done[Any]]:
        """Answer them all."""
        desk, answer = self._desk, self.done_.value()
        phoned = answer is AlertAnswer.PHONED
        said = Answering(answer=answer, note=self.note.value(), call=self.call.value() if phoned else None)
        ids = [alert.id for alert in self._alerts]
        return partial(
            answer_alerts,
            desk.register.db,
            ids,
            said,
            by=desk.register.user_id,
            by_name=desk.register.user_name,
            now=desk.now(),
        )

    def _follow(self) -> None:
        self._call_row.setVisible(self.done_.value() is AlertAnswer.PHONED)


def tell_why(desk: Desk, parent: QWidget, alert: AlertLine) -> None:
    """Which document, from which day, with which threshold."""
    op = partial(why_alert, desk.register.db, alert.id, catalog=desk.catalog)
    owner: QObject = parent
    desk.ask(owner, op, lambda why: tell(parent, _("Vì sao là dấu hiệu nặng?"), why_words(why), bad=False))


def why_words(why: WhyAlert) -> str:
    """The rule in plain words, line by line."""
    lines = [why.sentence]
    if why.limit:
        lines.append(_("Ngưỡng: {limit}.").format(limit=why.limit))
    if why.valid_from:
        words = _("Hướng dẫn: {title}, áp dụng từ {day}.")
        lines.append(words.format(title=why.document, day=date_text(why.valid_from)))
    if why.source:
        lines.append(_("Nguồn: {source}.").format(source=why.source))
    if not why.confirmed:
        lines.append(_("Quy định này chưa xác nhận: người đứng đầu trạm đối chiếu với văn bản gốc."))
    return "\n".join(lines)
