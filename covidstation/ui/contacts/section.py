"""The contacts on a person's page: those of their case, and whose contact they are or were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.care import ChangeLine
from covidstation.db.queries.contacts import ContactLine, changes_by_contact, contacts_of_case, contacts_of_person
from covidstation.i18n import _
from covidstation.services.contacts.register import quarantine_rules
from covidstation.services.contacts.work import household_waits
from covidstation.ui.contacts.desk_acts import ContactActs
from covidstation.ui.contacts.words import line_words
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import inset
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.person.sections import change_row

Changes = Mapping[UUID, Sequence[ChangeLine]]
Found = tuple[Sequence[ContactLine], Sequence[ContactLine], int, Changes]


class ContactsSection(QWidget):
    """`show_case(person_id, episode_id)` fills it; without an illness it tells only whose contact the person is."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("contacts_section")
        self.setAccessibleName(_("F1"))
        self._desk = desk
        self._acts = ContactActs(desk, self)
        self._wanted: tuple[UUID, UUID | None] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_case(self, person_id: UUID, episode_id: UUID | None) -> None:
        """Ask for the contacts of that illness, and of whom the person is one."""
        self._wanted = (person_id, episode_id)
        desk, today = self._desk, self._desk.now().date()
        db = desk.register.db

        def both() -> Found:
            rules = quarantine_rules(db, desk.catalog)
            mine = contacts_of_case(db, episode_id, rules, today=today) if episode_id else ()
            waits = household_waits(db, episode_id) if episode_id else 0
            others = contacts_of_person(db, person_id, rules, today=today)
            return mine, others, waits, changes_by_contact(db, [line.id for line in (*mine, *others)])

        desk.ask(self, both, partial(self._show, self._wanted))

    def _show(self, asked: tuple[UUID, UUID | None], found: Found) -> None:
        if asked != self._wanted:
            return
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        mine, others, waits, changes = found
        if asked[1] is not None:
            self._show_mine(asked[1], mine, waits, changes)
        if others:
            self._column.addWidget(inset(SectionHead(_("Là F1 của"), "")))
            for line in others:
                self._add(self._row(line, line.source, line.source_person_id), changes.get(line.id, ()))

    def _show_mine(self, episode_id: UUID, lines: Sequence[ContactLine], waits: int, changes: Changes) -> None:
        house = Button(_("Từ hộ"), "quiet", icon="home", name="section_household")
        house.clicked.connect(lambda: self._acts.add_household(episode_id))
        one = Button(_("Thêm F1"), "quiet", icon="plus", name="section_add_contact")
        one.clicked.connect(lambda: self._acts.add_one(episode_id=episode_id))
        second = _("{count} người").format(count=len(lines)) if lines else ""
        self._column.addWidget(inset(SectionHead(_("F1 của ca này"), second, house, one)))
        if not lines:
            words = _("Chưa ghi F1 nào. Trong hộ còn {count} người.").format(count=waits)
            nobody = label(words if waits else _("Chưa ghi F1 nào."), "body", "muted")
            nobody.setFixedHeight(metrics.FORM_ROW)
            self._column.addWidget(inset(nobody))
        for line in lines:
            self._add(self._row(line, line.full_name, line.person_id), changes.get(line.id, ()))

    def _add(self, row: QWidget, changes: Sequence[ChangeLine]) -> None:
        """A contact, and under it how its days were changed."""
        self._column.addWidget(row)
        for change in changes:
            self._column.addWidget(change_row(change, self._desk.now().date()))

    def _row(self, line: ContactLine, name: str, person_id: UUID | None) -> QWidget:
        parts: list[QWidget] = []
        can = self._acts.possible([line])
        if line.source_denied:
            end = Button(_("Kết thúc"), "quiet", name="section_end")
            end.setAccessibleName(_("Kết thúc theo dõi {name}").format(name=line.full_name))
            end.clicked.connect(lambda: self._acts.end_or_reopen([line]))
            parts.append(end)
        if "test" in can:
            test = Button(_("Xét nghiệm"), "quiet", name="section_test")
            test.setAccessibleName(_("Thêm xét nghiệm cho {name}").format(name=line.full_name))
            test.clicked.connect(lambda: self._acts.add_test([line]))
            parts.append(test)
        if person_id is not None:
            see = Button(_("Mở"), "quiet", name="section_open")
            see.setAccessibleName(_("Mở {name}").format(name=name))
            see.clicked.connect(partial(self._desk.want_person.emit, person_id))
            parts.append(see)
        return ListRow(name, line_words(line, self._desk.now().date()), *parts, icon="people")
