"""What can be done on the page of a session: each act opens its dialog, runs its service or prints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from covidstation.domain.people import PersonDraft
from covidstation.domain.problems import Sure
from covidstation.domain.vaccination.sessions import SessionStatus
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, ngettext
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.people import register_person
from covidstation.services.vaccination.closing import reopen_session
from covidstation.services.vaccination.day import keep_sitting, let_go
from covidstation.services.vaccination.sessions import open_session, uninvite_people
from covidstation.services.vaccination.takes import leave_out
from covidstation.services.vaccination.vials import draw_over, void_waste
from covidstation.services.vaccination.without import call_back
from covidstation.ui.desk import Desk
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.vaccination.confirming import Confirming
from covidstation.ui.vaccination.inviting import InviteDialog
from covidstation.ui.vaccination.paper_dialog import PaperDialog
from covidstation.ui.vaccination.reaction_dialogs import EventDialog, WithoutDialog
from covidstation.ui.vaccination.session_back import TakeBackDialog
from covidstation.ui.vaccination.session_dialogs import CloseDialog, TakeDialog, WasteDialog
from covidstation.ui.vaccination.session_frame import SessionFrame
from covidstation.ui.vaccination.session_plan import PlanDialog
from covidstation.ui.vaccination.session_print import SessionPrinting


class SessionActs:
    """The acts of a `SessionFrame`."""

    def __init__(self, desk: Desk, page: SessionFrame) -> None:
        self._desk, self._page = desk, page
        self.confirming = Confirming(desk, page)
        self.papers = SessionPrinting(desk, page).show

    def plan(self) -> None:
        """A new session; it is shown once it is there."""
        dialog = PlanDialog(self._desk, self._page)
        dialog.planned.connect(self._page.session_wanted)
        run_dialog(self._desk, dialog, _("Đã lập buổi tiêm"))

    def edit(self) -> None:
        """Another plan."""
        if self._page.sheet is not None:
            run_dialog(self._desk, PlanDialog(self._desk, self._page, self._page.sheet.line), _("Đã sửa buổi tiêm"))

    def start(self) -> None:
        """Begin it."""
        sheet = self._page.sheet
        if sheet is not None:
            self._do(
                partial(open_session, self._db, sheet.line.id, by=self._by, now=self._desk.now()), _("Đã mở buổi tiêm")
            )

    def close_or_reopen(self) -> None:
        """End it, or open one that was ended too early."""
        sheet = self._page.sheet
        if sheet is None:
            return
        if sheet.line.status is SessionStatus.OPEN:
            run_dialog(self._desk, CloseDialog(self._desk, self._page, sheet), _("Đã kết thúc buổi tiêm"))
            return
        text = _("Số liều đã đếm được lấy lại; đếm lại khi kết thúc lần nữa.")
        if confirm(self._page, _("Mở lại buổi tiêm?"), text, act=_("Mở lại")):
            self._do(partial(reopen_session, self._db, sheet.line.id, **self._who()), _("Đã mở lại buổi tiêm"))

    def invite(self) -> None:
        """More people."""
        if self._page.sheet is not None:
            run_dialog(self._desk, InviteDialog(self._desk, self._page, self._page.sheet.line), _("Đã thêm người"))

    def uninvite(self) -> None:
        """The chosen ones are not expected."""
        sheet, people = self._page.sheet, [one.person_id for one in self._page.chosen()]
        if sheet is not None and people:
            op = partial(uninvite_people, self._db, sheet.line.id, people, by=self._by, now=self._desk.now())
            self._do(op, _("Đã bỏ khỏi danh sách"))

    def add_new(self, draft: PersonDraft) -> None:
        """Somebody whom the register does not know shows a card."""
        text = _("Người này chưa có trong sổ. Thêm theo thẻ vừa quét rồi mở phiếu tiêm.")
        if not confirm(self._page, _("Thêm {name}?").format(name=draft.full_name), text, act=_("Thêm")):
            return
        op = partial(register_person, self._db, draft, catalog=self._desk.catalog, by=self._by, now=self._desk.now())
        self._desk.act(self._page, op, lambda one: self._page.person_wanted.emit(one.id), self._page.failed)

    def let_rested_go(self) -> None:
        """Everybody who has sat out their time, without a reaction."""
        people = [one.person_id for one in self._page.rested()]
        if people:
            words = ngettext("Đã cho {n} người về", "Đã cho {n} người về", len(people)).format(n=len(people))
            self._let_go(people, words)

    def by_paper(self) -> None:
        """The printed list as a grid."""
        page = self._page
        if page.sheet is not None and page.rule is not None and page.running():
            dialog = PaperDialog(self._desk, page, page.sheet.line, page.lines, page.rule)
            dialog.exec()
            dialog.deleteLater()

    def take(self) -> None:
        """Vials of a lot, or another number of those of the chosen one."""
        if self._page.sheet is None:
            return
        one = self._page.vial_table.current_record()
        known = one.take if one is not None and one.vial is None and one.waste is None else None
        run_dialog(self._desk, TakeDialog(self._desk, self._page, self._page.sheet, known), _("Đã lấy vắc xin"))

    def leave(self) -> None:
        """Not that lot."""
        one = self._page.vial_table.current_record()
        if one is not None:
            self._do(partial(leave_out, self._db, one.take.id, by=self._by, now=self._desk.now()), _("Đã bỏ lô"))

    def waste(self) -> None:
        """Doses of the chosen take or vial are lost."""
        sheet, one = self._page.sheet, self._page.vial_table.current_record()
        if sheet is not None and one is not None and one.may_waste and self._page.running():
            run_dialog(self._desk, WasteDialog(self._desk, self._page, sheet, one.take, one.vial), _("Đã ghi huỷ"))

    def over(self) -> None:
        """One more dose came out of the chosen vial."""
        one = self._page.vial_table.current_record()
        if one is not None and one.vial is not None:
            self._do(partial(draw_over, self._db, one.vial.id, **self._who()), _("Đã ghi một liều rút thêm"))

    def not_lost(self) -> None:
        """The chosen loss was none."""
        one = self._page.vial_table.current_record()
        if one is not None and one.waste is not None:
            self._do(partial(void_waste, self._db, one.waste.id, **self._who()), _("Đã lấy lại"))

    def of_person(self, act: str) -> None:
        """An act on whoever stands at the desk."""
        found = self._page.card.arrival
        if found is None:
            return
        acts: dict[str, Callable[[], object]] = {
            "without": self._without, "go": self._let_one_go,
            "reaction": self._reaction, "take_back": self._take_back, "back": self._call_back, "stay": self._stay,
            "person": lambda: self._desk.want_person.emit(found.person_id),
        }  # fmt: skip
        acts[act]()

    @property
    def _db(self) -> Any:
        return self._desk.register.db

    @property
    def _by(self) -> UUID | None:
        return self._desk.register.user_id

    def _who(self) -> dict[str, Any]:
        return {"by": self._by, "by_name": self._desk.register.user_name or "", "now": self._desk.now()}

    def _gone(self, name: str) -> str:
        return _("{name} đã về").format(name=name)

    def _do(self, service: Callable[[], Done[Any]], words: str) -> None:
        self._desk.act(self._page, service, lambda _value: self._desk.said.emit(words), self._page.failed)

    def _without(self) -> None:
        card = self._page.card
        if card.arrival is None:
            return
        sheet = card.sheet.screening()
        stands = None if sheet.is_empty else sheet
        hour, consent = card.hour(), card.sheet.consent()
        dialog = WithoutDialog(self._desk, self._page, card.arrival, stands, hour, consent)
        person, name, visit = card.arrival.person_id, card.arrival.full_name, card.visit
        words = _("{name}: không tiêm, đã ghi lý do").format(name=name)
        dialog.saved.connect(lambda: self._sent(visit, words, person))
        dialog.rejected.connect(lambda: card.stale.emit(person))  # refused, perhaps, since another desk wrote the sheet
        dialog.exec()
        dialog.deleteLater()

    def _sent(self, visit: object, words: str, person_id: UUID) -> None:
        """They went without; whoever stands there since stays."""
        card = self._page.card
        if card.visit is visit:
            card.clear()
            card.wrote.emit(words, person_id)
        else:
            self._desk.said.emit(words)

    def _let_one_go(self) -> None:
        found = self._page.card.arrival
        if found is not None:
            self._let_go([found.person_id], self._gone(found.full_name), at=self._page.card.hour())

    def _let_go(self, people: list[UUID], words: str, *, at: datetime | None = None, sure: Sure = False) -> None:
        """The hour that stands on a card is of nobody else: without one each goes when their time is over."""
        sheet, card = self._page.sheet, self._page.card
        if sheet is None:
            return
        op = partial(
            let_go,
            self._db,
            sheet.line.id,
            people,
            catalog=self._desk.catalog,
            at=at,
            sure=sure,
            **self._who(),
        )

        def gone(_count: int) -> None:
            if card.arrival is not None and card.arrival.person_id in people:
                card.clear()
            self._page.table.setFocus()
            self._desk.said.emit(words)

        def not_yet(trouble: UserError) -> None:
            early = isinstance(trouble, Refused) and all(one.level == "warning" for one in trouble.problems)
            if early and isinstance(trouble, Refused):
                text = "\n".join(map(sentence, trouble.problems))
                if confirm(self._page, _("Cho về sớm?"), text, act=_("Vẫn cho về"), back=_("Ngồi tiếp")):
                    self._let_go(people, words, at=at, sure=trouble.problems)
            else:
                self._page.failed(trouble)

        self._desk.act(self._page, op, gone, not_yet)

    def _reaction(self) -> None:
        found = self._page.card.arrival
        if found is None:
            return
        seat = found.seat
        doses = (seat.dose,) if seat is not None and seat.dose is not None else ()
        dialog = EventDialog(
            self._desk, self._page, found.rule, found.person_id, found.full_name, doses=doses, day=found.day
        )
        run_dialog(self._desk, dialog, _("Đã ghi phản ứng"))

    def _take_back(self) -> None:
        found = self._page.card.arrival
        if found is None:
            return
        dialog = TakeBackDialog(self._desk, self._page, found, self._page.sheet)
        dialog.saved.connect(partial(self._clear, self._page.card.visit))
        run_dialog(self._desk, dialog, _("Đã lấy lại mũi tiêm"))

    def _call_back(self) -> None:
        found = self._page.card.arrival
        if found is not None:
            op = partial(call_back, self._db, found.session_id, found.person_id, by=self._by, now=self._desk.now())
            self._desk.act(self._page, op, self._anew(found.person_id), self._page.failed)

    def _stay(self) -> None:
        """They have not gone after all."""
        found = self._page.card.arrival
        if found is not None:
            op = partial(keep_sitting, self._db, found.session_id, found.person_id, by=self._by, now=self._desk.now())
            self._desk.act(self._page, op, self._anew(found.person_id), self._page.failed)

    def _clear(self, visit: object) -> None:
        """Nobody stands there any more; whoever has come since stays."""
        if self._page.card.visit is visit:
            self._page.card.clear()

    def _anew(self, person_id: UUID) -> Callable[[None], None]:
        """Show them as they are now, unless somebody else stands there by then."""
        visit = self._page.card.visit

        def show(_none: None) -> None:
            if self._page.card.visit is visit:
                self._page.person_wanted.emit(person_id)

        return show
