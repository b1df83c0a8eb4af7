"""What stands between somebody and the next dose: written, changed, closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.domain.problems import Problem
from covidstation.domain.text import TEXT_LIMIT
from covidstation.domain.vaccination.stances import ClosedReason, Stance, StanceDraft, StanceKind
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.vaccination.history import VaccineLook
from covidstation.services.vaccination.stances import add_stance, close_stance, edit_stance
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.vaccination.words import CLOSED, STANCES, stance_words

_AHEAD = timedelta(days=366)  # a day without its year is the next such one
_WIDE = 430


class StanceDialog(ActDialog):
    """One, new or `known`."""

    def __init__(self, desk: Desk, parent: QWidget, look: VaccineLook, known: Stance | None = None) -> None:
        self._look, self._known = look, known
        self._make_fields(desk)
        rows = self._rows_of()
        title = _("Chưa tiêm được: {name}").format(name=look.full_name)
        super().__init__(desk, parent, title, rows, self.kind)
        self.setObjectName("stance_dialog")
        self.setMinimumWidth(760)
        self._fill(known)
        self.kind.currentIndexChanged.connect(lambda _row: self._follow())
        self._follow()

    def about(self) -> str:
        """The person, and the line that is changed."""
        return f"{self._look.person_id.hex}-{self._known.id.hex if self._known else ''}"

    def wrong(self) -> list[Problem]:
        """Days that are none."""
        fields = (self.since, self.until, self.due_on)
        found = [Problem(one.objectName(), "forms.bad_date") for one in fields if one.bad()]
        if self.since.day() is None and not found:
            found.append(Problem("since", "forms.bad_date"))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk, register, draft = self._desk, self._desk.register, self._draft()
        if self._known is not None:
            known, by = self._known, register.user_id
            return partial(edit_stance, register.db, known.id, draft, by=by, now=desk.now(), seen=known)
        return partial(
            add_stance, register.db, draft, by=register.user_id, by_name=register.user_name or "", now=desk.now()
        )

    def _draft(self) -> StanceDraft:
        since = self.since.day()
        assert since is not None
        kind: StanceKind = self.kind.value()
        return StanceDraft(
            person_id=self._look.person_id,
            kind=kind,
            reason=self.reason.value(),
            since=since,
            until=self.until.day(),
            product=str(self.product.value() or "") if kind is StanceKind.CONTRAINDICATED else "",
            next_step=self.next_step.value(),
            due_on=self.due_on.day(),
            note=self.note.value(),
        )

    def _make_fields(self, desk: Desk) -> None:
        today = desk.now().date()
        kinds = [(key, _(words)) for key, words in STANCES.items()]
        self.kind = Combo("kind", _("Vì sao chưa tiêm được"), kinds, width=240)
        self.reason = LineEdit("reason", _("Lý do"), width=_WIDE, limit=TEXT_LIMIT)
        self.since = DateEdit("since", _("Từ ngày"), today=today)
        self.until = DateEdit("until", _("Xem lại ngày"), today=today + _AHEAD)
        products = self._look.products
        vaccines = {"": _("mọi vắc xin")} | {one.code: one.name for one in products.here}
        if self._known is not None:  # of a vaccine that was given elsewhere
            vaccines.setdefault(self._known.product, products.name(self._known.product))
        self.product = Combo("product", _("Vắc xin"), list(vaccines.items()), width=240)
        self.next_step = LineEdit(
            "next_step", _("Việc tiếp theo"), width=260, limit=TEXT_LIMIT, hint=_("đến nhà giải thích, tiêm tại nhà")
        )
        self.due_on = DateEdit("due_on", _("Làm trước ngày"), today=today + _AHEAD)
        self.note = LineEdit("note", _("Ghi chú"), width=_WIDE, limit=TEXT_LIMIT)

    def _rows_of(self) -> tuple[Field, ...]:
        self._product_row = Field(_("Vắc &xin"), self.product)
        return (
            Field(_("&Vì sao"), self.kind, required=True),
            self._product_row,
            Field(_("&Lý do"), self.reason, required=True),
            Field(_("Từ &ngày"), self.since, required=True).beside(self.until, _("xem lạ&i")),
            Field(_("Việc &tiếp theo"), self.next_step).beside(self.due_on, _("t&rước ngày")),
            Field(_("&Ghi chú"), self.note),
        )

    def _fill(self, known: Stance | None) -> None:
        if known is None:
            self.since.set_day(self._desk.now().date())
            return
        self.kind.set_value(known.kind)
        self.kind.setEnabled(known.kind is not StanceKind.CONTRAINDICATED)  # it is closed, and nothing milder
        self.product.set_value(known.product)
        for field, day in ((self.since, known.since), (self.until, known.until), (self.due_on, known.due_on)):
            field.set_day(day)
        for edit, text in ((self.reason, known.reason), (self.next_step, known.next_step), (self.note, known.note)):
            edit.set_value(text)

    def _follow(self) -> None:
        """Only a contraindication is against one vaccine."""
        self._product_row.setVisible(self.kind.value() is StanceKind.CONTRAINDICATED)
        self.adjustSize()


class CloseStanceDialog(ActDialog):
    """It no longer stands."""

    def __init__(self, desk: Desk, parent: QWidget, look: VaccineLook, stance: Stance) -> None:
        self._stance = stance
        said = [(key, _(words)) for key, words in CLOSED.items() if key is not ClosedReason.REPLACED]
        self.reason = Combo("reason", _("Vì sao"), said, width=240)
        title = _("Không còn: {what}").format(what=stance_words(stance, look.products))
        super().__init__(desk, parent, title, (Field(_("&Vì sao"), self.reason),), self.reason)

    def about(self) -> str:
        """The line."""
        return self._stance.id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Close it."""
        desk, reason = self._desk, ClosedReason(self.reason.value())
        by, now = desk.register.user_id, desk.now()
        return partial(close_stance, desk.register.db, self._stance.id, reason, by=by, now=now, seen=self._stance)
