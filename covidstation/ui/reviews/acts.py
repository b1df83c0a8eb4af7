"""What is done with the doors of a round that are in sight: knocks without a sheet, their order, what is printed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from covidstation.db.queries.reviews import DoorFilter, DoorLine, ReviewLine
from covidstation.db.queries.station import get_setting
from covidstation.domain.areas import narrowed
from covidstation.domain.reviews import DoorResult
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.reviews.doors import DoorDraft, record_door, set_walk, void_door
from covidstation.services.reviews.papers import review_progress_pdf, review_sheets_pdf
from covidstation.services.reviews.rounds import end_review, reopen_review
from covidstation.ui.area import AreaBox
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.table import Table


class RoundSight(Page):
    """What the acts ask of their page: the round, the hamlet and the doors in sight, and the filters over them."""

    progress: Table
    table: Table
    mine: AreaBox
    trip: Combo
    result: Combo
    shown: tuple[DoorLine, ...] = ()
    kept: UUID | None = None  # the door that is current again when the list was asked for anew

    def current_round(self) -> ReviewLine | None:
        """The round that is chosen."""
        raise AssertionError("the page knows its round")

    def failed(self, trouble: UserError) -> None:
        """Say why not, over the list."""
        self.banner.show_message("danger", sentence(trouble))


class RoundActs:
    """The acts behind the page's buttons; the page is asked what is chosen, and keeps the place for the next look."""

    def __init__(self, desk: Desk, page: RoundSight) -> None:
        self._desk, self._page = desk, page

    def knock(self, result: DoorResult, _checked: bool = False) -> None:
        """Nobody opened, or they would not: one key, no sheet."""
        one, door, desk = self._page.current_round(), self._page.table.current_record(), self._desk
        if one is None or door is None:
            return
        row = self._page.table.currentIndex().row()
        self._page.kept = self._page.shown[min(row + 1, len(self._page.shown) - 1)].key
        draft = DoorDraft(
            review_id=one.id,
            household_id=door.household_id,
            person_id=door.person_id,
            day=desk.now().date(),
            result=result,
            note=door.note,
        )
        self._act(partial(record_door, catalog=desk.catalog), draft)

    def void(self) -> None:
        """Take the last knock back."""
        door = self._page.table.current_record()
        if door is None or door.visit_id is None:
            return
        self._page.kept = door.key
        text = _("Hộ {head} sẽ trở lại như trước lần ghi này. Muốn đổi ai cần quan tâm thì nhập lại phiếu.")
        if confirm(self._page, _("Bỏ kết quả này?"), text.format(head=door.head), act=_("Bỏ kết quả")):
            self._act(void_door, door.visit_id)

    def _act(self, service: Callable[..., Done[Any]], what: Any) -> None:
        register, desk = self._desk.register, self._desk
        op = partial(service, register.db, what, by=register.user_id, by_name=register.user_name, now=desk.now())
        desk.act(self._page, op, lambda _value: desk.said.emit(_("Đã lưu")), self._page.failed)

    def move(self, step: int, _checked: bool = False) -> None:
        """The door goes before or after its neighbour; the hamlet's doors are numbered anew."""
        row = self._page.table.currentIndex().row()
        ids = [one.household_id for one in self._page.shown if one.household_id is not None]  # the others stand last
        if row >= len(ids) or not 0 <= row + step < len(ids):
            return
        ids[row], ids[row + step] = ids[row + step], ids[row]
        self._page.kept = ids[row + step]
        desk = self._desk
        op = partial(set_walk, desk.register.db, ids, by=desk.register.user_id, now=desk.now())
        desk.act(self._page, op, lambda _n: None, self._page.failed)

    def end(self) -> None:
        """End the round, or open it again."""
        one, desk = self._page.current_round(), self._desk
        if one is None:
            return
        text = _("Kết quả và danh sách người cần quan tâm vẫn còn. Mở lại được bất cứ lúc nào.")
        if one.runs and not confirm(self._page, _("Kết thúc đợt rà này?"), text, act=_("Kết thúc đợt")):
            return
        service = end_review if one.runs else reopen_review
        op = partial(service, desk.register.db, one.id, by=desk.register.user_id, now=desk.now())
        desk.act(self._page, op, lambda _id: None, self._page.failed)

    def print_sheets(self) -> None:
        """The sheets of the doors in sight."""
        one, chosen, desk = self._page.current_round(), self._page.progress.current_record(), self._desk
        if one is None or chosen is None:
            return
        whole = self._page.progress.currentIndex().row() == 0
        area = self._page.mine.area.filter
        hamlets = area if whole else narrowed(area, chosen.hamlet_id)
        wanted = DoorFilter(hamlets, self._page.trip.value(), self._page.result.value())
        made = partial(
            review_sheets_pdf, desk.register.db, one.id, wanted, catalog=desk.catalog, today=desk.now().date()
        )
        self._hand(made, "phieu-ra-tung-nha.pdf")

    def print_progress(self) -> None:
        """How far it has come, by hamlet."""
        one, desk = self._page.current_round(), self._desk
        if one is not None:
            made = partial(review_progress_pdf, desk.register.db, one.id, catalog=desk.catalog, today=desk.now().date())
            self._hand(made, "tien-do-ra.pdf")

    def _hand(self, made: Callable[[], bytes], name: str) -> None:
        desk, page = self._desk, self._page

        def both() -> tuple[bytes, str]:
            return made(), get_setting(desk.register.db, "printer")

        def handed(one: tuple[bytes, str]) -> None:
            hand_out(desk, page, one[0], one[1], name, page.failed)

        desk.ask(page, both, handed, page.failed)
