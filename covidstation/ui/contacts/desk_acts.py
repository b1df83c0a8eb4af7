"""The acts on contacts (F1) as any page offers them: which are possible, their dialogs, what is said afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.contacts import ContactLine
from covidstation.db.queries.station import get_setting
from covidstation.domain.care import ContactStatus
from covidstation.domain.contacts import ContactState
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.contacts.sheets import contact_sheets_pdf
from covidstation.services.scans import ScanLook
from covidstation.ui.contacts.acts import BecomesCaseDialog, ContactTestDialog, DaysDialog, EndDialog, ReopenDialog
from covidstation.ui.contacts.check_dialog import ContactCheckDialog
from covidstation.ui.contacts.dialog import ContactDialog
from covidstation.ui.contacts.household_dialog import HouseholdContactsDialog
from covidstation.ui.contacts.printing import print_or_keep
from covidstation.ui.desk import Desk
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.person.dialogs import ActDialog


class ContactActs:
    """One for each page that shows contacts."""

    def __init__(self, desk: Desk, place: QWidget) -> None:
        self._desk, self._place = desk, place

    def possible(self, lines: Sequence[ContactLine]) -> frozenset[str]:
        """Which acts these lines allow: sheet, edit, days, becomes, order, release, end, check, test."""
        if not lines:
            return frozenset()
        running = all(line.contact.status is ContactStatus.ACTIVE for line in lines)
        found = {"sheet"}
        if running:
            found |= {"test", "end", "check"}
            if all(line.isolated for line in lines):
                found.add("order")
        if self.would_reopen(lines):
            found.add("end")
        ended = (ContactState.MAY_END, ContactState.ENDED)
        if all(line.isolated and line.standing.state in ended for line in lines):
            found.add("release")
        if len(lines) == 1:
            found |= {"edit"} | ({"days", "becomes"} if running else set())
        return frozenset(found)

    def would_reopen(self, lines: Sequence[ContactLine]) -> bool:
        """Whether the one chosen has ended and may run again."""
        states = (ContactState.ENDED, ContactState.DROPPED)
        return len(lines) == 1 and lines[0].standing.state in states

    def add_one(self, *, episode_id: UUID | None = None, look: ScanLook | None = None) -> None:
        """Anybody, by typing or by a card."""
        self._run(ContactDialog(self._desk, self._place, episode_id=episode_id, look=look), _("Đã thêm F1"))

    def add_household(self, episode_id: UUID | None) -> None:
        """The others of a case's household."""
        self._run(HouseholdContactsDialog(self._desk, self._place, episode_id), _("Đã thêm F1 của hộ"))

    def edit(self, line: ContactLine) -> None:
        """Correct what was entered."""
        self._run(ContactDialog(self._desk, self._place, line=line), _("Đã sửa"))

    def change_days(self, line: ContactLine) -> None:
        """More or fewer days."""
        self._run(DaysDialog(self._desk, self._place, line), _("Đã đổi số ngày"))

    def add_test(self, lines: Sequence[ContactLine]) -> None:
        """The same test of all of them."""
        self._run(ContactTestDialog(self._desk, self._place, lines), _("Đã thêm xét nghiệm"))

    def check(self, lines: Sequence[ContactLine]) -> None:
        """How they are today."""
        self._run(ContactCheckDialog(self._desk, self._place, lines), _("Đã ghi sức khoẻ"))

    def become_case(self, line: ContactLine) -> None:
        """The F1 is an F0 now; their page shows what comes next."""
        dialog = BecomesCaseDialog(self._desk, self._place, line)
        dialog.saved.connect(partial(self._desk.want_person.emit, line.person_id))
        self._run(dialog, _("{name} đã thành F0").format(name=line.full_name))

    def end_or_reopen(self, lines: Sequence[ContactLine]) -> None:
        """End all of them, or take back the end of one."""
        if self.would_reopen(lines):
            self._run(ReopenDialog(self._desk, self._place, lines[0]), _("Đã theo dõi lại"))
        else:
            self._run(EndDialog(self._desk, self._place, lines), _("Đã kết thúc theo dõi"))

    def open_paper(self, lines: Sequence[ContactLine], *, release: bool) -> None:
        """The order or the release; several people of one household may stand on one paper."""
        houses = {line.household_id for line in lines}
        if len(lines) > 1 and (len(houses) > 1 or None in houses):
            words = _("Một văn bản chỉ ghi những người cùng một hộ. Chọn lại, hoặc in từng người.")
            tell(self._place, _("Chưa in được"), words)
            return
        kind = PaperKind.CONTACT_RELEASE if release else PaperKind.CONTACT_ORDER
        self._desk.open_contact_paper([line.id for line in lines], kind)

    def print_sheets(self, lines: Sequence[ContactLine]) -> None:
        """The sheet for watching one's health, a page each."""
        desk = self._desk
        ids = [line.id for line in lines]
        db, today = desk.register.db, desk.now().date()

        def made() -> tuple[bytes, str]:
            return contact_sheets_pdf(db, ids, desk.catalog, today=today), get_setting(db, "printer")

        desk.ask(self._place, made, self._print, self._trouble)

    def _print(self, made: tuple[bytes, str]) -> None:
        pdf, printer = made
        print_or_keep(self._desk, self._place, pdf, "phieu-theo-doi-f1.pdf", printer, self._trouble)

    def _trouble(self, trouble: UserError) -> None:
        tell(self._place, _("Chưa in được"), sentence(trouble))

    def _run(self, dialog: ActDialog, words: str) -> None:
        dialog.saved.connect(lambda: self._desk.said.emit(words))
        dialog.exec()
        dialog.deleteLater()
