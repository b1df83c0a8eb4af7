"""The tab “Thuốc” of a person's page: what is taken and until when it lasts, what was taken, each handing-out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.dispensing import HandedOut, Prescribed, taken_over
from covidstation.domain.dispensing import Place, Receiver, cover
from covidstation.domain.prescriptions import EndReason
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentences
from covidstation.services.dispensing.handing import TakenLook, look_at_taken, take_back_handing
from covidstation.services.dispensing.prescribing import take_again
from covidstation.ui.desk import Desk
from covidstation.ui.dispensing.back import BringBackDialog
from covidstation.ui.dispensing.hand import HandDialog
from covidstation.ui.dispensing.prescribe import EndDialog, PrescribeDialog
from covidstation.ui.dispensing.words import END_REASONS, ORIGINS, PLACES, days_text, dose_text, until_text
from covidstation.ui.drafts import kept_as
from covidstation.ui.look.tokens import Ink, Tone
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.column import empty_column, inset
from covidstation.ui.parts.dialogs import SavingDialog, ask_reason, confirm
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.person.tabs import ActRows


class TakenTab(ActRows):
    """It asks for itself: `show_person` when it comes into sight or something changed."""

    def __init__(self, desk: Desk, failed: Callable[[UserError], object]) -> None:
        super().__init__("taken_tab", _("Thuốc"), desk)
        self._failed = failed
        self._look: TakenLook | None = None

    def show_person(self, person_id: UUID, *, closed: bool = False) -> None:
        """Ask for that person; `closed` is somebody whom another station looks after."""
        desk, self._closed = self._desk, closed
        op = partial(look_at_taken, desk.register.db, person_id, catalog=desk.catalog, day=desk.now().date())
        desk.ask(self, op, self.show_look, self._failed)

    def show_look(self, look: TakenLook) -> None:
        """All of it anew."""
        self._look = look
        empty_column(self.rows)
        now = [one for one in look.prescribed if one.ended_on is None]
        before = [one for one in look.prescribed if one.ended_on is not None]
        self.rows.addWidget(inset(SectionHead(_("Thuốc đang dùng"), "", *self._acts(bool(now)))))
        if not look.prescribed:
            later = _("Thuốc uống hằng ngày của người này sẽ ở đây: liều, ngày hết thuốc, các lần cấp.")
            self.rows.addWidget(EmptyPage("pill", _("Chưa ghi thuốc nào"), later), 1)
            return
        for one in now:
            self.rows.addWidget(self._taken_row(look, one))
        self._show_handed(look)
        if before:
            self.rows.addWidget(inset(SectionHead(_("Thuốc đã ngừng"), "")))
        for one in before:
            self.rows.addWidget(self._ended_row(one))
        self.rows.addStretch(1)

    def _show_handed(self, look: TakenLook) -> None:
        names = {one.id: one for one in look.prescribed}
        handed = [item for one in look.prescribed for item in one.handed if item.units]  # no doses taken over
        handed.sort(key=lambda item: (item.day, item.handing), reverse=True)
        if handed:
            self.rows.addWidget(inset(SectionHead(_("Các lần cấp thuốc"), "")))
        for _key, items in groupby(handed, key=lambda item: item.handing):
            self.rows.addWidget(self._handed_row(tuple(items), names))

    def _acts(self, some: bool) -> list[QWidget]:
        add = self._button(_("Thêm &thuốc"), "add_prescription", self._add, icon="plus", right=Right.TREAT)
        hand = self._button(_("&Cấp thuốc"), "hand_out", self._hand, kind="primary", icon="pill")
        if not some:
            hand.setEnabled(False)
        return [add, hand]

    def _taken_row(self, look: TakenLook, one: Prescribed) -> ListRow:
        today = look.day
        disease = look.labels.get(one.condition) or one.condition
        parts = [dose_text(one.regimen, one.unit), one.instruction, disease, one.prescriber, one.facility]
        found = cover(one.regimen, [supply for supply in one.supplies if supply.day <= today])
        if found is not None and found.missed:
            parts.append(_("từ lần cấp đầu đã thiếu thuốc {n} ngày").format(n=found.missed))
        left = (one.runs_out_on - today).days
        tone: Tone = "red" if left <= 0 else "orange" if left <= look.rule.warn_days else "plain"
        acts: list[QWidget] = [
            Chip(until_text(one, today), tone),
            self._button(
                _("Đổi liều"), "change_prescription", partial(self._change, one), kind="quiet", right=Right.TREAT
            ),
            self._button(_("Ngừng"), "end_prescription", partial(self._end, one), kind="quiet", right=Right.TREAT),
        ]
        acts += self._returns(one)
        return ListRow(one.name, " · ".join(filter(None, parts)), *acts, icon="pill", strong=True)

    def _returns(self, one: Prescribed) -> list[QWidget]:
        """Of what was handed out something may come back, most often when the medicine was ended."""
        if one.at_home <= 0 or (self._look is not None and one.id in taken_over(self._look.prescribed)):
            return []
        act = partial(self._bring_back, one)
        return [self._button(_("Trả lại"), "bring_back", act, kind="quiet")]

    def _ended_row(self, one: Prescribed) -> ListRow:
        known = one.end_reason in set(EndReason)
        why = _(END_REASONS[EndReason(one.end_reason)]) if known else one.end_reason
        day = date_text(one.ended_on)
        parts = [dose_text(one.regimen, one.unit), _("ngừng {day}: {why}").format(day=day, why=why)]
        again = self._button(_("Dùng lại"), "take_again", partial(self._again, one), kind="quiet", right=Right.TREAT)
        ink: Ink = "muted"
        acts = self._returns(one)
        if one.end_reason != EndReason.CHANGED.value:
            acts.append(again)
        return ListRow(one.name, " · ".join(parts), *acts, icon="pill", ink=ink)

    def _handed_row(self, items: tuple[HandedOut, ...], names: dict[UUID, Prescribed]) -> ListRow:
        first = items[0]
        what = ", ".join(_what(item, names[item.prescription_id]) for item in items)
        place = _(PLACES[Place(first.place)]) if first.place in set(Place) else first.place
        proxy = _("{name} nhận thay").format(name=first.receiver_name) if first.receiver == Receiver.PROXY.value else ""
        source = first.facility or _(ORIGINS[first.origin])
        parts = [place, days_text(items), proxy, source, first.reason, first.by_name]
        acts: list[QWidget] = [Chip(_("đã lấy lại"), "plain")] if first.void else []
        if not first.void:
            back = partial(self._take_back, first)
            acts.append(self._button(_("Ghi nhầm"), "take_back", back, kind="quiet"))
        words = " · ".join(filter(None, parts))
        return ListRow(f"{date_text(first.day)} · {what}", words, *acts, icon="box", strong=not first.void)

    def _hand(self) -> None:
        if self._look is not None:
            self._run(HandDialog(self._desk, self, self._look.person_id), _("Đã ghi lần cấp thuốc"))

    def _add(self) -> None:
        look = self._look
        if look is not None:
            conditions = tuple(look.labels.items())
            dialog = PrescribeDialog(self._desk, self, look.person_id, look.full_name, conditions=conditions)
            self._run(dialog, _("Đã thêm thuốc"))

    def _change(self, one: Prescribed) -> None:
        look = self._look
        if look is not None:
            conditions = tuple(look.labels.items())
            dialog = PrescribeDialog(self._desk, self, look.person_id, look.full_name, conditions=conditions, old=one)
            self._run(dialog, _("Đã đổi liều"))

    def _end(self, one: Prescribed) -> None:
        self._run(EndDialog(self._desk, self, one), _("Đã ngừng thuốc"))

    def _bring_back(self, one: Prescribed) -> None:
        self._run(BringBackDialog(self._desk, self, one), _("Đã ghi thuốc trả lại"))

    def _again(self, one: Prescribed) -> None:
        desk = self._desk
        op = partial(take_again, desk.register.db, one.id, by=desk.register.user_id, now=desk.now())

        def said(_none: object) -> None:
            desk.said.emit(_("Đã ghi dùng lại"))

        def refused(trouble: UserError) -> None:
            if not isinstance(trouble, Refused):
                self._failed(trouble)
            elif confirm(self, _("Xem lại một chút"), "\n".join(sentences(trouble)), act=_("Vẫn ghi")):
                desk.act(self, partial(op, sure=True), said, self._failed)

        desk.act(self, op, said, refused)

    def _take_back(self, item: HandedOut) -> None:
        desk = self._desk
        words = _("Lần cấp này vẫn còn trong sổ, ghi là đã lấy lại. Thuốc của kho trở lại như chưa xuất.")
        title = _("Lần cấp thuốc ngày {day} ghi nhầm").format(day=date_text(item.day))
        keep = kept_as(desk, "take_back_handing", item.handing.hex)
        reason = ask_reason(self, title, words, act=_("Lấy lại lần cấp"), reason=_("Vì sao"), keep=keep, heavy=True)
        if reason:
            op = partial(
                take_back_handing, desk.register.db, item.handing, reason, by=desk.register.user_id,
                by_name=desk.register.user_name or "", now=desk.now(),
            )  # fmt: skip
            desk.act(self, op, lambda _none: desk.said.emit(_("Đã lấy lại lần cấp")), self._failed)

    def _run(self, dialog: SavingDialog, words: str) -> None:
        run_dialog(self._desk, dialog, words)


def _what(item: HandedOut, one: Prescribed) -> str:
    if item.units < 0:
        return _("trả lại {name} × {count} {unit}").format(name=one.name, count=-item.units, unit=one.unit)
    return _("{name} × {count} {unit}").format(name=one.name, count=item.units, unit=one.unit)
