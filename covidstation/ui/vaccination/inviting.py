"""Whom a session expects: somebody by name, everybody who is due then, or people chosen in the list of who is due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.queries.vaccine_sessions import SessionLine
from covidstation.domain.problems import Problem, Sure
from covidstation.domain.vaccination.fitting import Brought
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPart, SessionPlace
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, ngettext
from covidstation.services.changes import Done
from covidstation.services.vaccination.due import due_on_day
from covidstation.services.vaccination.inviting import Fitting, OpenSession, invite_to_new, open_sessions, who_fits
from covidstation.services.vaccination.sessions import invite_people
from covidstation.services.vaccination.takes import products_of
from covidstation.ui.contacts.choosers import PersonCombo
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.vaccination.session_dialogs import DIALOG, WIDE, SessionAct
from covidstation.ui.vaccination.session_words import PARTS

_LABEL: Final = 200
_NARROW: Final = 120


class InviteDialog(SessionAct):
    """Somebody by name, or everybody of a hamlet who is due on the day of the session and may have its vaccines: one of
    the two, never both."""

    def __init__(self, desk: Desk, parent: QWidget, line: SessionLine) -> None:
        self._line = line
        self._due: tuple[UUID, ...] = ()
        self._products: frozenset[Brought] = frozenset()
        self.person = PersonCombo(desk, "person", _("Người"), width=WIDE, hint=_("gõ tên, số căn cước, số máy"))
        self.hamlet = Combo("hamlet", _("Bản"), [("", _("không thêm theo danh sách"))], width=WIDE)
        self._found = Field(_("Hoặc mọi người đến hạn &của"), self.hamlet, label_width=_LABEL)
        rows = (Field(_("&Một người"), self.person, label_width=_LABEL), self._found)
        super().__init__(desk, parent, _("Thêm người vào buổi tiêm"), rows, self.person)
        self.setMinimumWidth(DIALOG)
        self.hamlet.picked.connect(lambda _key: self._by_list())
        self.person.textEdited.connect(lambda _text: self._by_name())
        self.person.picked.connect(lambda _key: self._by_name())
        db = desk.register.db

        def known() -> tuple[list[Hamlet], frozenset[Brought]]:
            return hamlets(db), products_of(db, line.id)

        desk.ask(self, known, self._show_known)

    def about(self) -> str:
        """No draft: the choice is made in a moment."""
        return ""

    def wrong(self) -> list[Problem]:
        """Nobody is chosen."""
        return [] if self._people() else [Problem("person", "vaccine_session.nobody_chosen")]

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Expect them."""
        return partial(invite_people, self._desk.register.db, self._line.id, self._people(), **self.who())

    def _people(self) -> tuple[UUID, ...]:
        if self.person.value_text():
            one = self.person.person_id()
            return (one,) if one is not None else ()
        return self._due

    def _by_name(self) -> None:
        """Whoever types a name means that one alone."""
        if self.person.value_text() and self.hamlet.value() != "":
            self.hamlet.set_value("")
            self._count()

    def _by_list(self) -> None:
        """Whoever chooses a list means that list."""
        if self.hamlet.value() != "":
            self.person.put_text("")
        self._count()

    def _show_known(self, found: tuple[Sequence[Hamlet], frozenset[Brought]]) -> None:
        places, self._products = found
        every: list[tuple[Any, str]] = [("", _("không thêm theo danh sách")), ("all", _("cả xã"))]
        self.hamlet.set_choices([*every, *((one.id, one.title) for one in places)])
        if self._line.draft.hamlet_id is not None and not self.person.value_text():
            self.hamlet.set_value(self._line.draft.hamlet_id)
            self._count()

    def _count(self) -> None:
        chosen, desk = self.hamlet.value(), self._desk
        self._due = ()
        self.wait_for(chosen != "")
        if chosen == "":
            self._found.set_hint("")
            return
        self._found.set_hint(_("đang đếm…"))
        wanted = DueFilter(hamlet_id=None if chosen == "all" else chosen)
        found = partial(
            due_on_day, desk.register.db, wanted, catalog=desk.catalog, now=desk.now(), day=self._line.day,
            products=self._products,
        )  # fmt: skip
        desk.ask(self, found, partial(self._counted, chosen), self._not_counted)

    def _counted(self, chosen: object, found: tuple[UUID, ...]) -> None:
        if chosen == self.hamlet.value():
            self._due = found
            words = _("{n} người đến hạn vào ngày {day}")
            if self._products:
                words = _("{n} người đến hạn ngày {day}, tiêm được vắc xin của buổi")
            day = max(self._line.day, self._desk.now().date())  # nobody knows any more who was due before
            self._found.set_hint(words.format(n=len(found), day=date_text(day)))
            self.wait_for(False)

    def _not_counted(self, trouble: UserError) -> None:
        self._found.set_hint("")
        self.wait_for(False)
        self.failed(trouble)


class InviteListDialog(SessionAct):
    """The people chosen in the list of who is due, or all whom it shows, into a session that is planned or a new one.

    Only who is due on its day and may have its vaccines comes along, unless somebody says everybody; `invited` holds
    the session and the people afterwards, for their papers.
    """

    def __init__(self, desk: Desk, parent: QWidget, chosen: Sequence[UUID], shown: DueFilter, count: int) -> None:
        self._chosen, self._shown = tuple(chosen), shown
        self._fitting: Fitting | None = None
        self._sessions: dict[UUID, OpenSession] = {}
        self.invited: tuple[UUID, tuple[UUID, ...]] | None = None
        self._make(desk, count)
        self._found = Field(_("&Mời"), self.only, label_width=_NARROW)
        self._new = Field(_("&Ngày tiêm"), self.day, label_width=_NARROW).beside(self.part, _("b&uổi"))
        self._place = Field(_("&Tiêm ở"), self.hamlet, label_width=_NARROW)
        rows = (
            Field(_("&Ai"), self.people, label_width=_NARROW),
            Field(_("Buổi t&iêm"), self.session, label_width=_NARROW, required=True),
            self._new,
            self._place,
            self._found,
            Field(_("&Giấy mời"), self.papers, label_width=_NARROW),
        )
        super().__init__(desk, parent, _("Mời vào buổi tiêm"), rows, self.session)
        self.setObjectName("invite_list_dialog")
        self.setMinimumWidth(DIALOG)
        for combo in (self.people, self.session):
            combo.picked.connect(lambda _key: self._count())
        self.only.picked.connect(lambda _key: self._say())
        self.day.value_changed.connect(lambda _day: self._count())
        self.wait_for(True)
        self._follow()
        db, now = desk.register.db, desk.now()

        def known() -> tuple[tuple[OpenSession, ...], list[Hamlet]]:
            return open_sessions(db, now=now), hamlets(db)

        desk.ask(self, known, self._show_known, self.failed)

    def about(self) -> str:
        """No draft: the choice is made in a moment."""
        return ""

    def wrong(self) -> list[Problem]:
        """A day that is none; nobody is left."""
        if self.session.value() is None and (self.day.bad() or self.day.day() is None):
            return [Problem("day", "forms.bad_date")]
        return [] if self._people() else [Problem("only", "vaccine_session.nobody_chosen")]

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Expect them there."""
        db, people = self._desk.register.db, self._people()
        session = self.session.value()
        if session is not None:
            return partial(invite_people, db, session, people, **self.who())
        where = self.hamlet.value()
        place = SessionPlace.STATION if where is None else SessionPlace.HAMLET
        draft = SessionDraft(day=self.day.day(), part=self.part.value(), place=place, hamlet_id=where)
        return partial(invite_to_new, db, draft, people, sure=sure, **self.who())

    def done_with(self, value: object) -> None:
        """The session, new or not, with those who were invited."""
        session = self.session.value() or value
        assert isinstance(session, UUID)
        self.invited = (session, self._people())
        super().done_with(value)

    @property
    def prints(self) -> bool:
        """Whether the invitations are wanted on paper now."""
        return bool(self.papers.value())

    def _make(self, desk: Desk, count: int) -> None:
        chosen = ngettext("{n} người đã chọn", "{n} người đã chọn", len(self._chosen)).format(n=len(self._chosen))
        every = _("cả danh sách đang xem, {n} người").format(n=count)
        self.people = Combo("people", _("Mời ai"), [("chosen", chosen), ("shown", every)], width=WIDE)
        self.session = Combo("session", _("Buổi tiêm"), [(None, _("buổi mới"))], width=WIDE)
        self.day = DateEdit("day", _("Ngày tiêm"), today=desk.now().date())
        self.day.set_day(desk.now().date())
        self.part = Combo("part", _("Buổi"), [(one, _(words)) for one, words in PARTS.items()], width=130)
        self.part.set_value(SessionPart.MORNING)
        self.hamlet = Combo("hamlet_id", _("Tiêm ở"), [(None, _("trạm"))], width=WIDE)
        self.only = Combo("only", _("Chỉ mời ai"), _only_choices(None), width=WIDE)
        printing = [(True, _("in ngay")), (False, _("chưa in"))]
        self.papers = Combo("papers", _("Giấy mời"), printing, width=130)

    def _show_known(self, found: tuple[tuple[OpenSession, ...], Sequence[Hamlet]]) -> None:
        sessions, places = found
        self._sessions = {one.line.id: one for one in sessions}
        choices = [(one.line.id, _session_words(one)) for one in sessions]
        self.session.set_choices([*choices, (None, _("buổi mới"))])
        self.session.set_value(choices[0][0] if choices else None)
        self.hamlet.set_choices([(None, _("trạm")), *((one.id, one.title) for one in places)])
        if self._shown.hamlet_id is not None:
            self.hamlet.set_value(self._shown.hamlet_id)
        self._count()

    def _follow(self) -> None:
        """A new session says its day and place."""
        for field in (self._new, self._place):
            field.setVisible(self.session.value() is None)

    def _asked(self) -> tuple[object, ...]:
        return self.people.value(), self.session.value(), self.day.day()

    def _count(self) -> None:
        self._follow()
        desk, held = self._desk, self._sessions.get(self.session.value() or UUID(int=0))
        day = held.line.day if held is not None else self.day.day()
        self._fitting = None
        self.wait_for(True)
        self.only.set_choices(_only_choices(None))
        if day is None:
            return
        who = self._chosen if self.people.value() == "chosen" else self._shown
        op = partial(
            who_fits, desk.register.db, who, catalog=desk.catalog, now=desk.now(), day=day,
            products=held.products if held is not None else (),
        )  # fmt: skip
        desk.ask(self, op, partial(self._counted, self._asked()), self._not_counted)

    def _counted(self, asked: tuple[object, ...], found: Fitting) -> None:
        if asked == self._asked():
            self._fitting = found
            kept = self.only.value()
            self.only.set_choices(_only_choices(found))
            self.only.set_value(kept)
            self.wait_for(False)
            self._say()

    def _not_counted(self, trouble: UserError) -> None:
        self.wait_for(False)
        self.failed(trouble)

    def _people(self) -> tuple[UUID, ...]:
        if self._fitting is None:
            return ()
        return self._fitting.people if self.only.value() else self._fitting.all

    def _say(self) -> None:
        """Who stays behind, and why."""
        found = self._fitting
        if found is None:
            return
        told = []
        if found.not_due:
            told.append(_("{n} người chưa đến hạn").format(n=len(found.not_due)))
        if found.other_vaccine:
            told.append(_("{n} cần vắc xin khác").format(n=len(found.other_vaccine)))
        self._found.set_hint(", ".join(told))


def _only_choices(found: Fitting | None) -> list[tuple[bool, str]]:
    if found is None:
        return [(True, _("đang đếm…"))]
    fits = _("{n} người tiêm được hôm đó").format(n=len(found.people))
    return [(True, fits), (False, _("tất cả {n} người").format(n=len(found.all)))]


def _session_words(one: OpenSession) -> str:
    line = one.line
    names = ", ".join(name for _code, name in one.products)
    place = line.hamlet or _("trạm")
    words = _("{part} {day}, {place}, {n} người").format(
        part=_(PARTS[line.draft.part]), day=date_text(line.day), place=place, n=line.expected
    )
    return f"{words}, {names}" if names else words
