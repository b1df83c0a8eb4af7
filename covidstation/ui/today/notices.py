"""What the person at the desk should know of the place, the disk and the clock: one sentence, and a way to go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.upkeep.notices import Notice, trust_clock
from covidstation.ui.desk import Desk
from covidstation.ui.parts.banner import Banner


class NoticeBar(Banner):
    """The gravest notice that was not answered: after an answer it is silent until the next day or the next start."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("notices")
        self._desk = desk
        self._notices: tuple[Notice, ...] = ()
        self._answered: dict[str, date] = {}

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """What is to be said now; nothing when all was answered today."""
        self._notices, today = tuple(notices), self._desk.now().date()
        for notice in self._notices:
            if self._answered.get(notice.code) != today:
                words = _("Đ&úng giờ rồi") if notice.clock else _("Đã &biết")
                text = sentence(notice.problem)
                if text != self.text():
                    self.show_message(notice.level, text, button=words, act=partial(self._answer, notice))
                return
        if self.text():
            self.clear()

    def _answer(self, notice: Notice) -> None:
        desk = self._desk
        self._answered[notice.code] = desk.now().date()
        if notice.clock:
            op = partial(trust_clock, desk.register.db, by=desk.register.user_id, now=desk.now())
            desk.act(self, op, lambda _none: None)
        self.show_notices(self._notices)
