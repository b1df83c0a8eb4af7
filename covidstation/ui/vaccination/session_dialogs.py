"""Small acts of a vaccination session: what it takes along, what was lost, its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.vaccine_sessions import SessionSheet
from covidstation.domain.problems import Problem, Sure, errors
from covidstation.domain.text import TEXT_LIMIT
from covidstation.domain.vaccination.sessions import (
    Take,
    Vial,
    WasteReason,
)
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.messages.vaccine_session import WASTES
from covidstation.services.changes import Done
from covidstation.services.vaccination.closing import Counted, close_session
from covidstation.services.vaccination.takes import LotOffer, TakeDraft, lots_to_take, take_out
from covidstation.services.vaccination.vials import WasteDraft, waste_doses
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog

WIDE: Final = 360
DIALOG: Final = 760
_LOT: Final = 460  # the name, the lot and its last day


class SessionAct(ActDialog):
    """Who writes it and when; what is only doubtful is asked back once."""

    def who(self) -> dict[str, Any]:
        """For a service's keywords."""
        register = self._desk.register
        return {"by": register.user_id, "by_name": register.user_name or "", "now": self._desk.now()}

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """What Lưu does."""
        raise AssertionError("each dialog has its act")

    def failed(self, trouble: UserError) -> None:
        """What is doubtful is asked back, with its sentences; what cannot be stays in the form."""
        super().failed(trouble)
        if isinstance(trouble, Refused) and not errors(trouble.problems):
            words = "\n".join(dict.fromkeys(map(sentence, trouble.problems)))
            if confirm(self, _("Xem lại trước khi lưu"), words, act=_("Đúng, lưu"), back=_("Sửa lại")):
                self.do(self.act(sure=trouble.problems))


def _lot_words(lot: LotOffer) -> str:
    words, expiry = _("{name}, lô {lot}, hạn {expiry}: {n} liều"), date_text(lot.expiry) or "—"
    return words.format(name=lot.product_name, lot=lot.number or "—", expiry=expiry, n=lot.free)


class TakeDialog(SessionAct):
    """Vials of a lot to take along, or another number of those that the session has of it: the number is that of all.
    With `known` that take is set anew."""

    def __init__(self, desk: Desk, parent: QWidget, sheet: SessionSheet, known: Take | None = None) -> None:
        self._line, self._first = sheet.line, known
        self._takes = {take.lot_id: take for take in reversed(sheet.takes)} | ({known.lot_id: known} if known else {})
        self._offers: dict[UUID, LotOffer] = {}
        self._proposed: Any = None  # a number that nobody typed
        self.lot = Combo("lot_id", _("Lô vắc xin"), width=_LOT)
        self.vials = NumberEdit("vials", _("Số lọ"), low=0, high=9999, width=72)
        self.per_vial = NumberEdit("per_vial", _("Liều mỗi lọ"), low=0, high=999, width=72)
        rows = (
            Field(_("&Lô vắc xin"), self.lot, required=True),
            Field(_("&Số lọ"), self.vials, required=True).beside(self.per_vial, _("liều mỗi lọ")),
        )
        super().__init__(desk, parent, _("Lấy vắc xin cho buổi tiêm"), rows, self.vials)
        self.setMinimumWidth(DIALOG)
        self.lot.picked.connect(lambda _key: self._follow())
        self._number = rows[1]
        keep, today = known.lot_id if known else None, desk.now().date()
        op = partial(lots_to_take, desk.register.db, catalog=desk.catalog, day=self._line.day, today=today, keep=keep)
        desk.ask(self, op, self._show_lots, self.failed)

    def about(self) -> str:
        """The session."""
        return self._line.id.hex

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Take them along."""
        vials, per_vial, lot = self.vials.number(), self.per_vial.number(), self.lot.value()
        known = self._takes.get(lot) if lot is not None else None
        draft = TakeDraft(
            lot_id=lot,
            vials=int(vials) if vials is not None else None,
            per_vial=int(per_vial) if per_vial is not None else None,
            product=known.product if known else "",
            take_id=known.id if known else None,
            was=known.vials if known else None,
        )
        desk = self._desk
        return partial(take_out, desk.register.db, self._line.id, draft, catalog=desk.catalog, sure=sure, **self.who())

    def _show_lots(self, found: Sequence[LotOffer]) -> None:
        self._offers = {one.lot_id: one for one in found}
        choices: list[tuple[Any, str]] = [(one.lot_id, _lot_words(one)) for one in found]
        self.lot.set_choices(choices or [(None, _("kho không có lô vắc xin nào dùng được ngày này"))])
        if self._first is not None:
            self.lot.set_value(self._first.lot_id)
        self._follow()
        self.vials.setFocus()

    def _follow(self) -> None:
        """What the session has of that lot already is said, and stands there to be changed."""
        lot = self.lot.value()
        offer, known = self._offers.get(lot), self._takes.get(lot) if lot is not None else None
        per_vial = known.per_vial if known is not None else offer.per_vial if offer is not None else None
        if per_vial is not None:
            self.per_vial.set_number(per_vial)
        if known is not None or self._proposed == self.vials.number():
            self._proposed = known.vials if known is not None else None
            self.vials.set_number(self._proposed)
            self.vials.selectAll()
        words = _("buổi này đã có {n} lọ, ghi số lọ của cả buổi")
        self._number.set_hint(words.format(n=known.vials) if known is not None else "")


class WasteDialog(SessionAct):
    """Doses that went into nobody."""

    def __init__(self, desk: Desk, parent: QWidget, sheet: SessionSheet, take: Take, vial: Vial | None) -> None:
        self._sheet, self._take = sheet, take
        choices: list[tuple[Any, str]] = [
            (one.id, _("lọ {number}, còn {n} liều").format(number=one.label, n=one.left))
            for one in take.opened
            if one.left
        ]
        if take.unopened:
            choices.append((None, _("lọ chưa mở, mỗi lọ {n} liều").format(n=take.per_vial)))
        self.vial = Combo("vial_id", _("Lọ"), choices, width=240)
        if vial is not None:
            self.vial.set_value(vial.id)
        self.doses = NumberEdit("doses", _("Số liều huỷ"), low=0, high=999, width=72)
        self.vials = NumberEdit("vials", _("Số lọ huỷ"), low=0, high=9999, width=72)
        reasons = [(one, _(words)) for one, words in WASTES.items() if one is not WasteReason.DRAWN_OVER]
        self.reason = Combo("reason", _("Lý do"), reasons, width=240)
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        rows = (
            Field(_("&Lọ"), self.vial),
            Field(_("&Số liều"), self.doses),
            Field(_("&Số lọ"), self.vials),
            Field(_("Lý &do"), self.reason),
            Field(_("&Ghi chú"), self.note),
        )
        title = _("Huỷ liều: {name}, lô {lot}").format(name=take.product_name, lot=take.lot_number or "—")
        super().__init__(desk, parent, title, rows, self.doses)
        self.setMinimumWidth(DIALOG)
        self.vials.set_number(1)
        self.vial.picked.connect(lambda _key: self._follow())
        self._follow()

    def about(self) -> str:
        """The take."""
        return self._take.id.hex

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Write them off."""
        doses, vials = self.doses.number(), self.vials.number()
        draft = WasteDraft(
            take_id=self._take.id,
            vial_id=self.vial.value(),
            doses=int(doses) if doses is not None else 0,
            vials=int(vials) if vials is not None else None,
            reason=self.reason.value(),
            note=self.note.value(),
        )
        return partial(waste_doses, self._desk.register.db, draft, **self.who())

    def _follow(self) -> None:
        vial = next((one for one in self._take.opened if one.id == self.vial.value()), None)
        for row in self._rows[1:3]:
            row.setVisible((row is self._rows[1]) == (vial is not None))
        self.reason.set_value(WasteReason.BROKEN if vial is None else WasteReason.LEFTOVER)
        if vial is not None:
            self.doses.set_number(vial.left)


class CloseDialog(SessionAct):
    """The end: what is left of each take is counted, a difference explained."""

    def __init__(self, desk: Desk, parent: QWidget, sheet: SessionSheet) -> None:
        self._sheet = sheet
        self._left: dict[UUID, NumberEdit] = {}
        self._why: dict[UUID, LineEdit] = {}
        rows = [self._row(at, take) for at, take in enumerate(sheet.takes)]
        first: QWidget = self._left[sheet.takes[0].id] if sheet.takes else parent
        super().__init__(desk, parent, _("Kết thúc buổi tiêm"), rows, first)
        self.setMinimumWidth(DIALOG + 120)
        for take in sheet.takes:
            self._left[take.id].textChanged.connect(partial(self._follow, take))
            self._follow(take)

    def about(self) -> str:
        """The session."""
        return self._sheet.line.id.hex

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Count and end it."""
        counted = {}
        for take in self._sheet.takes:
            left = self._left[take.id].number()
            if left is not None:
                counted[take.id] = Counted(int(left), self._why[take.id].value())
        desk, one = self._desk, self._sheet.line.id
        return partial(close_session, desk.register.db, one, counted, catalog=desk.catalog, sure=sure, **self.who())

    def field_of(self, problem: Problem) -> str:
        """The take that a sentence names by its lot."""
        lot = problem.params.get("lot")
        at = next((at for at, one in enumerate(self._sheet.takes) if (one.lot_number or "—") == lot), None)
        return problem.field if at is None else f"{'why' if problem.field == 'reason' else 'left'}_{at}"

    def _row(self, at: int, take: Take) -> Field:
        name = _("{name}, lô {lot}").format(name=take.product_name, lot=take.lot_number or "—")
        left = NumberEdit(f"left_{at}", _("Số liều còn lại của {name}").format(name=name), low=0, high=99999, width=72)
        why = LineEdit(f"why_{at}", _("Vì sao lệch, {name}").format(name=name), width=300, limit=TEXT_LIMIT)
        why.setPlaceholderText(_("vì sao lệch"))
        self._left[take.id], self._why[take.id] = left, why
        return Field(name, left, label_width=300).beside(why, _("liều còn, chưa mở"))

    def _follow(self, take: Take, _text: str = "") -> None:
        """What was opened and not used is written off, so that only closed vials are counted."""
        left = self._left[take.id].number()
        self._why[take.id].setVisible(left is not None and take.to_count != int(left))
