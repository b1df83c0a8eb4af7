"""Nhật ký truy cập: who saw, changed, printed and carried away what; what an act changed, field by field."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.audit import AuditLine, AuditList
from covidstation.db.queries.history import HistoryLine
from covidstation.db.queries.station import get_setting
from covidstation.domain.rights import Right
from covidstation.i18n import _, count_text, date_text
from covidstation.services.access.audit_look import (
    MOST_ON_PAPER,
    AuditAsked,
    AuditHead,
    audit_head,
    audit_page,
    audit_pdf,
    look_at_audit,
    what_changed,
)
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table
from covidstation.ui.person.history import change_columns
from covidstation.ui.settings.audit_words import GROUPS, phrase, sentence_of, who_text
from covidstation.ui.settings.section import Section

_TYPING_MS = 300
_MOST_CHANGES = 5  # lines in sight


class AuditSection(Section):
    """The list with its filters, the newest first; under it what the chosen entry says and changed.

    `show_about(person's id in hex)` answers "who saw this person".
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "audit", _("Nhật ký truy cập"))
        self.column.setContentsMargins(0, 4, 0, 0)
        self._person: UUID | None = None
        self._asked = AuditAsked()
        self._found: AuditList | None = None
        self._turn = 0
        self._make_filters()
        self.model: RecordModel[AuditLine] = RecordModel(desk.tasks, _columns(), self)
        self.table = Table("audit_table", self.title, self.model)
        self.changes: RecordModel[HistoryLine] = RecordModel(desk.tasks, change_columns(desk.catalog), self)
        self.changes_table = Table("audit_changes", _("Việc này đã sửa gì"), self.changes)
        self.changes_table.hide()
        self._said = label("", "body", wrap=True)
        self._none = EmptyPage("search", _("Không có việc nào như vậy"), _("Thử bỏ bớt một điều kiện lọc."))
        self._print = Button(_("&In nhật ký"), icon="printer", name="print_audit")
        desk.guard(Right.PRINT, self._print)
        self._lay_out()
        self._connect()

    def fills(self) -> bool:
        """The table scrolls itself."""
        return True

    def buttons(self) -> tuple[QWidget, ...]:
        """On paper."""
        return (self._print,)

    def show_about(self, person: str) -> None:
        """Only what was done with that person; an empty text: with anybody."""
        self._person = UUID(hex=person) if person else None
        self.typed.clear()
        self.load()

    def load(self) -> None:
        """Who may be chosen, then the list."""
        op = partial(audit_head, self.desk.register.db, self._person)
        self.desk.ask(self, op, self._show_head, self.failed)

    def _make_filters(self) -> None:
        today = self.desk.now().date()
        self.typed = LineEdit("audit_person", _("Tên người bệnh"), width=168, hint=_("Tên người bệnh"), limit=100)
        self.user = Combo("audit_user", _("Ai làm"), [(None, _("Mọi người dùng"))], width=164)
        groups = [(key, _(words)) for key, (words, _actions) in GROUPS.items()]
        self.kind = Combo("audit_kind", _("Việc gì"), groups, width=164)
        self.first = DateEdit("audit_from", _("Từ ngày"), today=today, hint=_("từ ngày"))
        self.last = DateEdit("audit_until", _("Đến hết ngày"), today=today, hint=_("đến ngày"))
        self._about = Button("", "quiet", icon="x", name="audit_anybody")
        self._about.hide()
        self._count = label("", "hint", "muted")
        self._later = QTimer(self, interval=_TYPING_MS, singleShot=True)

    def _lay_out(self) -> None:
        filters = QWidget()
        row = QHBoxLayout(filters)
        row.setContentsMargins(metrics.MARGIN, 4, metrics.MARGIN, 8)
        row.setSpacing(metrics.GAP)
        for widget in (self._about, self.typed, self.user, self.kind, self.first, self.last):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._count)
        self.column.addWidget(filters)
        self.column.addWidget(Line())
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self._none, 1)
        self._none.hide()
        self.column.addWidget(Line())
        words = QVBoxLayout()
        words.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        words.addWidget(self._said)
        self.column.addLayout(words)
        self.column.addWidget(self.changes_table)

    def _connect(self) -> None:
        self.user.picked.connect(lambda _key: self._ask())
        self.kind.picked.connect(lambda _key: self._ask())
        for edit in (self.typed, self.first, self.last):
            edit.textEdited.connect(lambda _text: self._later.start())
        self._later.timeout.connect(self._ask)
        self._about.clicked.connect(lambda: self.show_about(""))
        self.model.loaded.connect(self._loaded)
        self.table.current_changed.connect(self._chosen)
        self._print.clicked.connect(self._on_paper)

    def _show_head(self, head: AuditHead) -> None:
        users = [(one.id, one.name) for one in head.users]
        self.user.set_choices([(None, _("Mọi người dùng")), *users] if head.everything else users)
        self.user.setEnabled(head.everything)
        self._about.set_text(head.person)
        self._about.setAccessibleName(_("Bỏ lọc theo {name}").format(name=head.person))
        self._about.setVisible(self._person is not None)
        self.typed.setVisible(self._person is None)
        self._ask()

    def _ask(self) -> None:
        if self.first.bad() or self.last.bad():
            return
        self._later.stop()
        desk, asked = self.desk, self._wanted()
        self._asked = asked
        self._turn += 1
        op = partial(look_at_audit, desk.register.db, asked, now=desk.now())
        desk.ask(self, op, partial(self._show, self._turn), self.failed)

    def _wanted(self) -> AuditAsked:
        return AuditAsked(
            person_id=self._person,
            typed=self.typed.value() if self._person is None else "",
            user=self.user.value(),
            actions=GROUPS[self.kind.value()][1],
            first_day=self.first.day(),
            last_day=self.last.day(),
        )

    def _show(self, turn: int, found: AuditList) -> None:
        """The answer to the newest question alone."""
        if turn != self._turn:
            return
        self._found = found
        db = self.desk.register.db
        self.model.load(lambda: found.total, lambda offset, limit: audit_page(db, found, offset, limit))

    def _loaded(self, count: int) -> None:
        self.table.setVisible(bool(count))
        self._none.setVisible(not count)
        self._count.setText(_("{n} việc").format(n=count_text(count)))
        self._print.setEnabled(bool(count))
        self._chosen(self.table.current_record())

    def _chosen(self, line: AuditLine | None) -> None:
        """What the entry says in one sentence, and the fields that it changed."""
        self._said.setText(sentence_of(line) if line is not None else "")
        if line is None:
            self.changes_table.hide()
        else:
            op = partial(what_changed, self.desk.register.db, line)
            self.desk.ask(self, op, partial(self._show_changes, line.seq), self.failed)

    def _show_changes(self, seq: int, lines: tuple[HistoryLine, ...]) -> None:
        line = self.table.current_record()
        if line is not None and line.seq == seq:
            self.changes.set_records(lines)
            self.changes_table.setFixedHeight(metrics.TABLE_ROW * (1 + min(len(lines), _MOST_CHANGES)) + 4)
            self.changes_table.setVisible(bool(lines))

    def _on_paper(self) -> None:
        found, desk = self._found, self.desk
        if found is None:
            return
        db, today = desk.register.db, desk.now().date()
        about = self._asked_words()

        def made() -> tuple[bytes, str]:
            lines = audit_page(db, found, 0, MOST_ON_PAPER)
            rows = [(f"{one.at.astimezone():%H:%M %d/%m/%Y}", who_text(one), phrase(one)) for one in lines]
            return audit_pdf(db, rows, about, today=today), get_setting(db, "printer")

        name = f"nhat-ky-truy-cap-{today.isoformat()}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self.failed), self.failed)

    def _asked_words(self) -> str:
        """What was asked for, for the head of the paper."""
        asked = self._asked
        found = [self._about.plain_text() if self._person else asked.typed, self.user.currentText()]
        found.append(self.kind.currentText())
        found += [_("từ {day}").format(day=date_text(asked.first_day))] if asked.first_day else []
        found += [_("đến {day}").format(day=date_text(asked.last_day))] if asked.last_day else []
        return ", ".join(words for words in found if words)


def _columns() -> tuple[Column[AuditLine], ...]:
    return (
        Column("at", _("Lúc"), lambda line: Cell(f"{line.at.astimezone():%H:%M %d/%m/%Y}", ink="muted"), 168),
        Column("who", _("Ai"), lambda line: Cell(who_text(line)), 190),
        Column("what", _("Việc"), lambda line: Cell(phrase(line))),
    )
