"""The fields of the F0 form as one widget: filling them, reading them, and saying what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from covidstation.db.queries.people import household_members
from covidstation.db.queries.places import Hamlet, Household, hamlets, households
from covidstation.db.queries.triage import Assessment
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, check_episode
from covidstation.domain.people import PersonDraft
from covidstation.domain.problems import Problem, errors
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.services.care.triage import preview_risk
from covidstation.services.episodes import F0Draft
from covidstation.services.people import problems_of
from covidstation.services.places import add_hamlet
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.f0.illness_section import IllnessSection
from covidstation.ui.f0.isolation_panel import IsolationPanel
from covidstation.ui.f0.lookups import Found, known_words, similar_words
from covidstation.ui.f0.opening import Opening
from covidstation.ui.f0.person_section import PersonSection
from covidstation.ui.kits import ask_stored
from covidstation.ui.look import metrics
from covidstation.ui.parts.fields import ShowsProblems, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Line
from covidstation.ui.present import present

_LEAST_ROW: Final = 35  # a field of 32 and a hairline of room
_CARD_FIELDS: Final = frozenset(("full_name", "citizen_number", "birth", "sex"))


class FormBody(QWidget):
    """Person and illness at the left, isolation at the right. `edited(name)` fires when a person changed a field,
    `left()` when one was left."""

    edited = Signal(str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._wish = NewF0()
        self._known_tests: tuple[PathogenTest, ...] | None = None
        self._found = Found()
        self._touched: set[str] = set()
        self._attempted = False
        self._refused: tuple[Problem, ...] = ()
        self._chosen: Assessment | None = None
        today = desk.now().date()
        self.person = PersonSection(desk.catalog, today)
        self.illness = IllnessSection(desk.catalog, today)
        self.panel = IsolationPanel(lambda: desk.catalog.isolation_rules, today, self.illness.found.day)
        self._lay_out()
        for section in (self.person, self.illness, self.panel):
            section.edited.connect(self._edited)
        self.person.hamlet_picked.connect(self._ask_households)
        self.person.hamlet_founded.connect(self._found_hamlet)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    def begin(self, wish: NewF0) -> None:
        """Another form is about to open."""
        self._wish = wish
        self._touched, self._refused, self._attempted = set(), (), False
        self.show_found(Found())

    def fill(self, answer: Opening, *, card: str) -> None:
        """Show the person and the illness that are meant; `card` says when a card was read."""
        draft: PersonDraft = answer.person or self._wish.draft or PersonDraft()
        self._touched = set(self.person.widgets) if answer.person else set(_CARD_FIELDS) if card else set()
        self.person.set_hamlets(answer.hamlets)
        self.person.show_person(draft, card=card, new=answer.person is None)
        self.person.show_more(False)
        self.illness.setVisible(not self._wish.person_only)
        self._panel_area.setVisible(not self._wish.person_only)
        self.illness.set_places(answer.test_places)
        ask_stored(self._desk, self, self.illness.kit)
        self.illness.show_more(False)
        self._known_tests = answer.episode.tests if answer.episode else None
        self._chosen = answer.chosen_class
        if answer.episode is not None:
            self.illness.show_episode(answer.episode)
            self.panel.show_episode(answer.episode, asks_hours=answer.asks_hours)
        else:
            self.illness.show_new(answer.test_place, answer.doses)
            self.panel.show_new(hour=answer.isolation_hour, now=self._desk.now(), asks_hours=answer.asks_hours)

    def focus_first(self, *, known: bool) -> None:
        """Begin at the first empty field of the person, or at the illness of a known one."""
        target = self.illness.found if known else self.person.first_empty()
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def f0(self) -> F0Draft:
        """What stands in the fields."""
        return F0Draft(
            person=self.person.draft(),
            episode=self._episode(),
            tests=self.illness.tests(),
            person_id=self._wish.person_id,
            new_household_head=self.person.new_head(),
        )

    def settle(self) -> None:
        """A field that is being typed in takes what it would take when it is left."""
        here = QApplication.focusWidget()
        if here is not None and self.isAncestorOf(here):
            here.clearFocus()
            here.setFocus(Qt.FocusReason.MouseFocusReason)

    def show_found(self, found: Found) -> None:
        """Hints beside the fields about who in the register may be meant."""
        self._found = found
        new, person = self._wish.person_id is None, self.person
        similar = next(iter(found.similar), None)
        person.name_row.set_hint(similar_words(similar) if similar else "", "warn")
        person.use_similar.setVisible(similar is not None and new)
        person.number_row.set_hint(_("Chưa có trong sổ của trạm – người mới") if found.fresh and new else "")
        person.use_known.setVisible(found.known is not None and new)
        words = _("Số này đang là của {person}. Giữ nếu dùng chung.")
        person.phone_row.set_hint(words.format(person=known_words(found.phone)) if found.phone else "", "warn")
        self.show_problems()

    def problems(self) -> list[Problem]:
        """All that is wrong or odd now, whether it shows already or not."""
        desk, person = self._desk, self.person.draft()
        found = [*self.person.unreadable(), *problems_of(person, desk.catalog, desk.now())]
        if self._found.known is not None:
            known = {"name": known_words(self._found.known)}
            found.insert(0, Problem("citizen_number", "people.number_known", known))
        if not self._wish.person_only:
            found += [*self.illness.unreadable(), *self.panel.unreadable()]
            episode = self._episode()
            if episode.report_date is None and not self.illness.found.bad():
                found.append(Problem("report_date", "episodes.report_missing"))
            tests = self.illness.tests() if self._known_tests is None else self._known_tests
            checked = check_episode(episode, tests, birth=person.birth, today=desk.now().date())
            found += map(self.illness.named, checked)
        return found

    def show_problems(self) -> list[Problem]:
        """Show those of fields that were touched, or all after an attempt to save; returns errors without a field."""
        self._say_risk()
        every = (*self._refused, *self.problems())
        shown = [problem for problem in every if self._attempted or problem.field in self._touched]
        rows: tuple[ShowsProblems, ...] = (*self.person.rows, *self.illness.rows, self.panel)
        return errors(show_problems(rows, shown))

    def go_to(self, problems: Sequence[Problem], *, refused: bool = False) -> list[Problem]:
        """Show what stops the save and go to the first such field; returns what has no field."""
        self._attempted = True
        if refused:
            self._refused = tuple(map(self.illness.named, problems))
            problems = self._refused
        unnamed = self.show_problems()
        for problem in problems:
            widget = self._widgets().get(problem.field)
            if widget is not None:
                if problem.field in self.person.rows_of_more():
                    self.person.show_more(True)
                elif problem.field in self.illness.rows_of_more():
                    self.illness.show_more(True)
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                break
        return unnamed

    def raw(self) -> dict[str, Any]:
        """What stands in the fields, readable or not; kept as a draft."""
        return {"person": self.person.raw(), "illness": self.illness.raw(), "panel": self.panel.raw()}

    def put_raw(self, raw: Mapping[str, Any]) -> None:
        """Put a draft back, or the parts of it that are there."""
        puts: dict[str, Callable[[dict[str, Any]], None]] = {
            "person": self.person.put_raw,
            "illness": self.illness.put_raw,
            "panel": self.panel.put_raw,
        }
        for name, put in puts.items():
            part = raw.get(name)
            if isinstance(part, dict):
                put(part)
        if raw.get("person"):
            self._touched |= set(self.person.widgets)

    def _episode(self) -> EpisodeDraft:
        return self.panel.put_into(self.illness.draft())

    def _say_risk(self) -> None:
        """The risk group that these facts give; a class that a person chose stays."""
        person = self.person.draft()
        if person.birth is None:  # the table would take the oldest age: no alarm before anything is known
            self.panel.risk.show_why(None, waits=_("Nhóm nguy cơ: điền năm sinh để phân nhóm"))
            return
        why = preview_risk(self._desk.catalog, person, self._episode())
        if why is not None and self._chosen is not None:
            held = self._chosen
            why = replace(why, cls=held.chosen, own_reason=held.reason, computed_then=held.computed)
        self.panel.risk.show_why(why)

    def _widgets(self) -> dict[str, QWidget]:
        return {**self.person.widgets, **self.illness.widgets, **self.panel.widgets}

    def _lay_out(self) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        column.setSpacing(0)
        column.addWidget(self.person)
        column.addWidget(self.illness)
        column.addStretch(1)
        self._panel_area = _scrolled(self.panel)
        self._panel_area.setFixedWidth(self.panel.width())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(_scrolled(holder), 1)
        row.addWidget(Line(vertical=True))
        row.addWidget(self._panel_area)
        for before, after in pairwise(self._widgets().values()):
            QWidget.setTabOrder(before, after)
        FormKeys(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With a banner or an old draft above it on a low screen, the rows stand closer before anything scrolls."""
        super().resizeEvent(event)
        heads = (self.person.head, self.illness.head)
        usual = [row for row in (*self.person.rows, *self.illness.rows) if not self._in_more(row)]
        height = max(_LEAST_ROW, min(metrics.FORM_ROW, self.height() // (len(usual) + len(heads))))
        for row in (*heads, *self.person.rows, *self.illness.rows):
            row.setFixedHeight(height)

    def _in_more(self, row: QWidget) -> bool:
        return row.parentWidget() not in (self.person, self.illness)

    def _edited(self, name: str) -> None:
        self._touched.add(name)
        self._refused = ()
        if name == "report_date":
            self.panel.follow()
        if name in ("full_name", "household_id", "hamlet_id"):
            self._say_household()
        self.show_problems()
        self.edited.emit(name)

    def _focus_moved(self, old: QWidget | None, _new: QWidget | None) -> None:
        if old is not None and self.isAncestorOf(old):
            self._touched.add(old.objectName())
            self.show_problems()
            self.left.emit()

    def _ask_households(self, hamlet_id: UUID | None) -> None:
        if hamlet_id is None:
            self.person.set_households(())
            self._say_household()
            return

        def show(found: Sequence[Household]) -> None:
            if hamlet_id == self.person.hamlet_id():
                self.person.set_households(found)
                self._say_household()

        self._desk.ask(self, partial(households, self._desk.register.db, hamlet_id), show)

    def _found_hamlet(self, name: str) -> None:
        """A hamlet that nobody has written down yet is made at once: it is a light act."""
        desk = self._desk
        op = partial(add_hamlet, desk.register.db, name, by=desk.register.user_id, now=desk.now())

        def founded(hamlet_id: UUID) -> None:
            desk.ask(self, partial(hamlets, desk.register.db), lambda found: choose(found, hamlet_id))

        def choose(found: Sequence[Hamlet], hamlet_id: UUID) -> None:
            self.person.set_hamlets(found)
            self.person.choose_hamlet(hamlet_id)

        def failed(trouble: UserError) -> None:
            self.person.choose_hamlet(None)
            present(self, trouble)

        desk.act(self, op, founded, failed)

    def _say_household(self) -> None:
        household, head = self.person.draft().household_id, self.person.new_head()
        if household is None:
            self.panel.show_household((), founded=head)
            return
        op = partial(household_members, self._desk.register.db, household, self._wish.person_id)
        self._desk.ask(self, op, lambda members: self.panel.show_household(members, founded=""))


def _scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(widget.autoFillBackground())
    return area
