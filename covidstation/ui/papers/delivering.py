"""Marking papers as brought to the home, and taking a wrong mark back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.deliveries import Delivery
from covidstation.domain.problems import Problem
from covidstation.i18n import _, date_text
from covidstation.messages.delivery import MEANS
from covidstation.services.changes import Done
from covidstation.services.papers.delivery import (
    LONGEST_NAME,
    LONGEST_NOTE,
    DeliveryDraft,
    mark_delivered,
    unmark_delivered,
)
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import ask_reason
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog


class DeliveryDialog(ActDialog):
    """One mark for one paper or for many; `saved` fires when it is written."""

    def __init__(self, desk: Desk, parent: QWidget, paper_ids: Sequence[UUID]) -> None:
        today = desk.now().date()
        day = DateEdit("delivered_on", _("Ngày giao"), today=today)
        day.set_day(today)
        bringer = LineEdit("by_name", _("Người giao"), width=260, limit=LONGEST_NAME)
        bringer.set_value(desk.register.user_name)
        receiver = LineEdit(
            "to_name", _("Người nhận"), width=260, limit=LONGEST_NAME, hint=_("để trống: chính họ nhận")
        )
        means = Combo("means", _("Cách giao"), [(key, _(words)) for key, words in MEANS.items()], width=260)
        note = LineEdit("note", _("Ghi chú"), width=260, limit=LONGEST_NOTE)
        rows = (
            Field(_("&Ngày giao"), day, required=True),
            Field(_("Người &giao"), bringer, required=True),
            Field(_("Người n&hận"), receiver),
            Field(_("&Cách giao"), means),
            Field(_("Ghi ch&ú"), note),
        )
        title = _("Đánh dấu đã giao {n} văn bản").format(n=len(paper_ids))
        super().__init__(desk, parent, title, rows, day)
        self._paper_ids = tuple(paper_ids)
        self.day, self.bringer, self.receiver, self.means, self.note = day, bringer, receiver, means, note

    def about(self) -> str:
        """Those papers."""
        return "-".join(sorted(one.hex for one in self._paper_ids))

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("delivered_on", "forms.bad_date")] if self.day.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Mark them."""
        desk = self._desk
        draft = DeliveryDraft(
            delivered_on=self.day.day(),
            by_name=self.bringer.value(),
            to_name=self.receiver.value(),
            means=self.means.value(),
            note=self.note.value(),
        )
        by, now = desk.register.user_id, desk.now()
        return partial(mark_delivered, desk.register.db, self._paper_ids, draft, by=by, now=now)


def delivery_words(delivery: Delivery) -> str:
    """`Đã giao 10/03/2022, Lò Văn Đôi giao, Giàng Thị Mỷ nhận`."""
    words = _("Đã giao {day}, {by} giao, {to} nhận") if delivery.to_name else _("Đã giao {day}, {by} giao")
    return words.format(day=date_text(delivery.delivered_on), by=delivery.by_name, to=delivery.to_name)


def ask_delivery(desk: Desk, parent: QWidget, paper_ids: Sequence[UUID]) -> bool:
    """Ask and mark; whether it was done."""
    dialog = DeliveryDialog(desk, parent, paper_ids)
    words = _("Đã đánh dấu giao {n} văn bản.").format(n=len(paper_ids))
    dialog.saved.connect(lambda: desk.said.emit(words))
    done = dialog.exec() == DeliveryDialog.DialogCode.Accepted
    dialog.deleteLater()
    return done


def ask_unmark(desk: Desk, parent: QWidget, delivery: Delivery, failed: Callable[[Any], object]) -> None:
    """Ask for the reason, then take the mark back; the mark stays in the register with the reason."""
    asking = kept_as(desk, "unmark_delivered", delivery.id)
    reason = ask_reason(
        parent.window(),
        _("Bỏ dấu đã giao?"),
        _("Văn bản lại thành chưa giao. Dấu cũ ở lại trong sổ với lý do."),
        act=_("Bỏ dấu đã giao"),
        reason=_("Lý do"),
        keep=asking,
    )
    if reason:
        op = partial(unmark_delivered, desk.register.db, delivery.id, reason, by=desk.register.user_id, now=desk.now())
        said = _("Đã bỏ dấu đã giao.")
        desk.act(parent, op, lambda _none: desk.said.emit(said), failed, draft=asking.settled)
