"""Forms of a fridge: what it is, and a reading with what was done when it was outside the bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.problems import Problem, Sure
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.cold_rules import LEAST, MOST, ColdChainRule, FridgeKind, cold_rule_on
from covidstation.domain.vaccination.fridge import (
    Fridge,
    FridgeDraft,
    LotInside,
    Reading,
    ReadingDraft,
    degrees,
    temperature_span,
)
from covidstation.i18n import _
from covidstation.messages.cold_chain import FRIDGE_KINDS
from covidstation.services.changes import Done
from covidstation.services.vaccination.fridge import add_fridge, correct_reading, edit_fridge, record_reading
from covidstation.services.vaccination.fridge_look import lots_then
from covidstation.services.vaccination.fridge_lots import keep_lots
from covidstation.ui.desk import Desk
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.moments import MomentEdit
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice
from covidstation.ui.supplies.words import lot_title
from covidstation.ui.vaccination.session_dialogs import WIDE, SessionAct

_DIALOG: Final = 800
_LOTS: Final = 600
Span = tuple[datetime | None, datetime | None]  # when it was read, since when it is outside


def temperature_edit(name: str, title: str) -> NumberEdit:
    """A field that takes `5,2`, `5.2` and `52`, and `-0,5`."""
    return NumberEdit(name, title, places=1, low=Decimal(LEAST) / 10, high=Decimal(MOST) / 10, width=88)


def tenths(edit: NumberEdit) -> int | None:
    """What stands in such a field."""
    number = edit.number()
    return None if number is None else int(number * 10)


def bounds_words(rule: ColdChainRule) -> str:
    """`2–8 °C`; `-25 đến -15 °C`."""
    low, high = (degrees(one).removesuffix(",0") for one in (rule.low, rule.high))
    return f"{low}–{high} °C" if rule.low >= 0 else _("{low} đến {high} °C").format(low=low, high=high)


class FridgeDialog(SessionAct):
    """A fridge that is taken into use, or with `known` other words for one."""

    def __init__(self, desk: Desk, parent: QWidget, known: Fridge | None = None) -> None:
        today = desk.now().date()
        self._known = known
        self.name = LineEdit("name", _("Tên tủ"), width=WIDE, limit=NAME_LIMIT, hint=_("ví dụ Tủ TCW 3000"))
        self.place = LineEdit("place", _("Đặt ở"), width=WIDE, limit=NAME_LIMIT)
        kinds = [(kind, _(words)) for kind, words in FRIDGE_KINDS.items()]
        self.kind = Combo("kind", _("Loại"), kinds, width=220)
        self.kept_from = DateEdit("kept_from", _("Theo dõi từ ngày"), today=today)
        self.ended_on = DateEdit("ended_on", _("Ngừng dùng sau ngày"), today=today)
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        ended = Field(_("N&gừng dùng sau"), self.ended_on)
        rows = (
            Field(_("&Tên tủ"), self.name, required=True),
            Field(_("&Loại"), self.kind),
            Field(_("Đặt &ở"), self.place),
            Field(_("Theo dõi từ n&gày") if known is None else _("Theo &dõi từ"), self.kept_from, required=True),
            ended,
            Field(_("Ghi &chú"), self.note),
        )
        super().__init__(desk, parent, _("Sửa tủ") if known else _("Thêm tủ"), rows, self.name)
        ended.setVisible(known is not None)
        draft = known or FridgeDraft(kept_from=today)
        for name in ("name", "place", "note"):
            getattr(self, name).set_value(getattr(draft, name))
        self.kind.set_value(draft.kind)
        self.kept_from.set_day(draft.kept_from)
        self.ended_on.set_day(draft.ended_on)

    def about(self) -> str:
        """The fridge, or one that is not there yet."""
        return self._known.id.hex if self._known else "new"

    def wrong(self) -> list[Problem]:
        """Dates that are none."""
        edits = (self.kept_from, self.ended_on)
        return [Problem(edit.objectName(), "forms.bad_date") for edit in edits if edit.bad()]

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        draft = FridgeDraft(
            name=self.name.value(),
            place=self.place.value(),
            kind=FridgeKind(self.kind.value()),
            kept_from=self.kept_from.day(),
            ended_on=self.ended_on.day(),
            note=self.note.value(),
        )
        db = self._desk.register.db
        if self._known is None:
            return partial(add_fridge, db, draft, **self.who())
        by, now = self._desk.register.user_id, self._desk.now()
        return partial(edit_fridge, db, self._known.id, draft, by=by, now=now, sure=sure, seen=self._known)


class ReadingDialog(SessionAct):
    """A reading of another hour, one outside the bounds, or with `known` the right words for one.

    Outside the bounds the rows of the alarm come: since when, what was done, which lots were inside at that hour.
    """

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        fridge: Fridge,
        rules: Sequence[ColdChainRule],
        *,
        temperature: int | None = None,
        known: Reading | None = None,
    ) -> None:
        today = desk.now().date()
        self._fridge, self._rules, self._known = fridge, rules, known
        self._inside = known.lots if known is not None else ()
        self.temperature = temperature_edit("temperature", _("Nhiệt độ"))
        self.at = MomentEdit("at", _("Đo lúc"), today=today, day=lambda: today)
        self.power_cut = CheckBox("power_cut", _("&Mất điện"))
        self.since = MomentEdit("since", _("Ngoài khoảng từ"), today=today, day=lambda: today)
        self.action = LineEdit("action", _("Đã làm gì"), width=WIDE, limit=TEXT_LIMIT)
        choices = list(map(_lot_choice, self._inside))
        self.lots = MultiChoice("lots", _("Lô bên trong"), choices, width=_LOTS, hint=_("gõ để tìm"))
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        self._row = Field(_("&Nhiệt độ"), self.temperature, required=True).beside(self.at, _("°C, l&úc"))
        since = Field(_("Ngoài khoảng &từ"), self.since)
        since.set_hint(_("bỏ trống nếu không rõ"), "muted")
        self._alarm = (since, Field(_("Đã &làm gì"), self.action, required=True), Field(_("Lô &bên trong"), self.lots))
        rows = (self._row, Field(_("Nguồn điện"), self.power_cut), *self._alarm, Field(_("&Ghi chú"), self.note))
        title = _("Sửa lần đo: {name}") if known else _("Ghi nhiệt độ: {name}")
        first = self.temperature if temperature is None else self.action
        super().__init__(desk, parent, title.format(name=fridge.name), rows, first)
        self.setMinimumWidth(_DIALOG)
        self._fill(temperature)
        self.temperature.textChanged.connect(lambda _text: self._follow())
        self._said_for = self._span() if known is not None and known.outside else None
        self._lots_for = self._said_for
        for edit in (self.at, self.since):
            edit.editingFinished.connect(self._other_hour)
        self._ask_lots()
        self._follow()
        first.setFocus()

    def about(self) -> str:
        """The reading, or a new one of that fridge."""
        return (self._known.id if self._known else self._fridge.id).hex

    def wrong(self) -> list[Problem]:
        """Hours and numbers that are none."""
        found = [Problem(e.objectName(), "forms.bad_date") for e in (self.at, self.since) if e.bad()]
        if self.temperature.bad():
            found.append(Problem("temperature", "cold_chain.temperature", temperature_span()))
        return found

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Keep it."""
        desk, outside = self._desk, self._outside()
        draft = ReadingDraft(
            fridge_id=self._fridge.id,
            at=self.at.moment(),
            temperature=tenths(self.temperature),
            since=self.since.moment() if outside else None,
            action=self.action.value() if outside else "",
            lots=self._chosen_lots() if outside and self._lots_for == self._span() else None,
            power_cut=self.power_cut.isChecked(),
            note=self.note.value(),
        )
        said: dict[str, Any] = {"catalog": desk.catalog, "sure": sure, **self.who()}
        if self._known is None:
            return partial(record_reading, desk.register.db, draft, **said)
        return partial(correct_reading, desk.register.db, self._known.id, draft, **said)

    def _chosen_lots(self) -> tuple[UUID, ...]:
        keys = set(self.lots.chosen())
        return tuple(one.lot_id for one in self._inside if one.lot_id in keys)

    def _span(self) -> Span:
        return self.at.moment(), self.since.moment()

    def _other_hour(self) -> None:
        if self._span() != self._lots_for:
            self._ask_lots()
        self._follow()

    def _ask_lots(self) -> None:
        """What was inside at that hour. Until that is known the register finds it itself."""
        span, desk = self._span(), self._desk
        at, since = span
        if at is not None:
            but = self._known.id if self._known is not None else None
            op = partial(lots_then, desk.register.db, self._fridge.id, at, since, now=desk.now(), but=but)
            desk.ask(self, op, lambda found: self._show_lots(found, span), self.failed)

    def _show_lots(self, found: Sequence[LotInside], span: Span) -> None:
        """What was taken out of the list by hand stays out, also by whoever wrote the reading that is put right."""
        before = self._inside if span != self._said_for else (*self._inside, *found)
        left_out = {one.lot_id for one in before} - set(self.lots.chosen())
        kept = self._known.lots if self._known is not None else ()
        self._inside = tuple({one.lot_id: one for one in (*found, *kept)}.values())
        self._lots_for = span
        self.lots.set_choices(list(map(_lot_choice, self._inside)))
        self.lots.set_chosen([one.lot_id for one in self._inside if one.lot_id not in left_out])

    def _fill(self, temperature: int | None) -> None:
        known = self._known
        value = known.temperature if known is not None else temperature
        self.temperature.set_number(None if value is None else Decimal(value) / 10)
        now = self._desk.now().replace(tzinfo=None, second=0, microsecond=0)
        self.at.set_moment(known.at if known is not None else now)
        self.lots.set_chosen([one.lot_id for one in self._inside])
        if known is not None:
            self.since.set_moment(known.since)
            self.power_cut.setChecked(known.power_cut)
            self.action.set_value(known.action)
            self.note.set_value(known.note)

    def _rule(self) -> ColdChainRule:
        """That of the day on which it was read."""
        at = self.at.moment() or self._desk.now()
        return cold_rule_on(self._rules, at.date())

    def _outside(self) -> bool:
        value = tenths(self.temperature)
        return value is not None and self._rule().outside(value)

    def _follow(self) -> None:
        outside, rule = self._outside(), self._rule()
        for row in self._alarm:
            row.setVisible(outside)
        words = _("ngoài khoảng {bounds}").format(bounds=bounds_words(rule))
        value = tenths(self.temperature)
        if value is not None and rule.slipped(value):
            meant = _("quên dấu phẩy thì gõ {meant}").format(meant=degrees(value // 10))
            words = f"{words}; {meant}"
        self._row.set_hint(words if outside else "", "danger")


def _lot_choice(lot: LotInside) -> Choice:
    return Choice(lot.lot_id, f"{lot.item}, {lot_title(lot.number, lot.expiry)}")


class KeepDialog(SessionAct):
    """Why lots that were outside are still good."""

    def __init__(self, desk: Desk, parent: QWidget, reading: Reading, lots: tuple[LotInside, ...]) -> None:
        self._reading, self._lots = reading, lots
        hint = _("ví dụ: chỉ thị VVM chưa đổi màu, đã hỏi huyện")
        self.reason = LineEdit("reason", _("Vì sao vẫn dùng được"), width=WIDE + 80, limit=TEXT_LIMIT, hint=hint)
        named = ", ".join(f"{one.item}, {lot_title(one.number, one.expiry)}" for one in lots)
        rows = (Field(_("&Vì sao vẫn dùng"), self.reason, required=True),)
        super().__init__(desk, parent, _("Giữ lại: {lots}").format(lots=named), rows, self.reason)

    def about(self) -> str:
        """The reading with its lots."""
        return "-".join(one.hex for one in (self._reading.id, *(lot.lot_id for lot in self._lots)))

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Keep them."""
        ids = [one.lot_id for one in self._lots]
        return partial(keep_lots, self._desk.register.db, self._reading.id, ids, self.reason.value(), **self.who())
