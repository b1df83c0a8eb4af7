"""The plan of a vaccination session: where and when, who does what; or that it is not held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.db.queries.vaccine_sessions import SessionLine
from covidstation.domain.problems import Problem, Sure, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPart, SessionPlace
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.vaccination.closing import cancel_session
from covidstation.services.vaccination.sessions import edit_session, plan_session
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.vaccination.session_dialogs import DIALOG, WIDE, SessionAct
from covidstation.ui.vaccination.session_words import PARTS, SESSION_PLACES, session_title


class PlanDialog(SessionAct):
    """A new session, `planned` with its id once it is there; or with `known` the plan of one."""

    planned = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget, known: SessionLine | None = None) -> None:
        today = desk.now().date()
        self._known = known
        self.day = DateEdit("day", _("Ngày tiêm"), today=today)
        self.part = Combo("part", _("Buổi"), [(one, _(words)) for one, words in PARTS.items()], width=130)
        places = [(one, _(words)) for one, words in SESSION_PLACES.items()]
        self.place = Combo("place", _("Nơi tiêm"), places, width=130)
        self.hamlet = Combo("hamlet_id", _("Bản"), [(None, _("chọn bản"))], width=200)
        self.address = LineEdit("address", _("Địa điểm cụ thể"), width=WIDE, limit=NAME_LIMIT)
        self.campaign = LineEdit("campaign", _("Đợt tiêm"), width=WIDE, limit=NAME_LIMIT)
        self.team = LineEdit(
            "team", _("Phân công"), width=WIDE, limit=TEXT_LIMIT, hint=_("ai khám, ai tiêm, ai theo dõi")
        )
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        rows = (
            Field(_("&Ngày tiêm"), self.day, required=True).beside(self.part, _("b&uổi")),
            Field(_("N&ơi tiêm"), self.place).beside(self.hamlet),
            Field(_("Địa điể&m"), self.address),
            Field(_("Đợ&t tiêm"), self.campaign),
            Field(_("&Phân công"), self.team),
            Field(_("&Ghi chú"), self.note),
        )
        title = _("Sửa buổi tiêm") if known else _("Lập buổi tiêm")
        super().__init__(desk, parent, title, rows, self.day)
        self.setMinimumWidth(DIALOG)
        draft = known.draft if known else SessionDraft(day=today, part=SessionPart.MORNING)
        self._fill(draft)
        self.place.picked.connect(lambda _key: self._follow())
        self.give_up = Button(_("&Bỏ buổi này…"), "link", name="cancel_session", flush=True)
        self.give_up.clicked.connect(lambda: self.cancel())
        desk.guard(Right.ENTER, self.give_up)
        self.give_up.setVisible(known is not None)
        self.rows_column.addWidget(self.give_up, 0, Qt.AlignmentFlag.AlignLeft)
        desk.ask(self, partial(hamlets, desk.register.db), partial(self._show_hamlets, draft.hamlet_id))
        self._follow()

    def about(self) -> str:
        """The session, or one that is not there yet."""
        return self._known.id.hex if self._known else "new"

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("day", "forms.bad_date")] if self.day.bad() else []

    def draft(self) -> SessionDraft:
        """What stands there."""
        return SessionDraft(
            day=self.day.day(),
            part=self.part.value(),
            place=self.place.value(),
            hamlet_id=self.hamlet.value(),
            address=self.address.value(),
            campaign=self.campaign.value(),
            team=self.team.value(),
            note=self.note.value(),
        )

    def act(self, *, sure: Sure = False) -> Callable[[], Done[Any]]:
        """Plan it, or change the plan."""
        db, draft = self._desk.register.db, self.draft()
        if self._known is None:
            return partial(plan_session, db, draft, sure=sure, **self.who())
        by, now, catalog = self._desk.register.user_id, self._desk.now(), self._desk.catalog
        return partial(edit_session, db, self._known.id, draft, catalog=catalog, by=by, now=now, sure=sure)

    def done_with(self, value: object) -> None:
        """It stands."""
        if self._known is None:
            self.planned.emit(value)
        super().done_with(value)

    def cancel(self) -> None:
        """The session is not held; who was told something in it is named before."""
        if self._known is None:
            return
        title = _("Bỏ buổi tiêm {title}?").format(title=session_title(self._known))
        text = _("Người được mời vẫn đến hạn như trước; lô vắc xin đã lấy lại dùng được cho buổi khác.")
        if confirm(self, title, text, act=_("Bỏ buổi"), back=_("Giữ lại"), heavy=True):
            self._cancel(self._known.id)

    def _cancel(self, session_id: UUID, *, sure: Sure = False) -> None:
        desk = self._desk
        op = partial(cancel_session, desk.register.db, session_id, by=desk.register.user_id, now=desk.now(), sure=sure)
        desk.act(self, op, self._cancelled, partial(self._not_cancelled, session_id))

    def _cancelled(self, _id: UUID) -> None:
        self._desk.said.emit(_("Đã bỏ buổi tiêm"))
        self.accept()

    def _not_cancelled(self, session_id: UUID, trouble: UserError) -> None:
        if not isinstance(trouble, Refused) or errors(trouble.problems):
            super().failed(trouble)
            return
        words = "\n".join(map(sentence, trouble.problems))
        if confirm(self, _("Vẫn bỏ buổi này?"), words, act=_("Vẫn bỏ"), back=_("Giữ lại"), heavy=True):
            self._cancel(session_id, sure=trouble.problems)

    def _fill(self, draft: SessionDraft) -> None:
        self.day.set_day(draft.day)
        self.part.set_value(draft.part)
        self.place.set_value(draft.place)
        for name in ("address", "campaign", "team", "note"):
            getattr(self, name).set_value(getattr(draft, name))

    def _show_hamlets(self, chosen: UUID | None, found: Sequence[Hamlet]) -> None:
        self.hamlet.set_choices([(None, _("chọn bản")), *((one.id, one.title) for one in found)])
        if chosen is not None:
            self.hamlet.set_value(chosen)

    def _follow(self) -> None:
        self.hamlet.setVisible(self.place.value() is SessionPlace.HAMLET)
