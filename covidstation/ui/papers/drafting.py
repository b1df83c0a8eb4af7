"""A paper that has no number yet: looking at it, mending it, issuing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.people import get_person
from covidstation.domain.packs import OF_CONTACTS, PaperKind
from covidstation.domain.papers import PaperItem
from covidstation.domain.people import Person
from covidstation.domain.problems import errors
from covidstation.domain.rights import Right
from covidstation.domain.sick_leave import SickLeave
from covidstation.domain.station import Role
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence, sentences
from covidstation.services.care.transfers import change_transfer
from covidstation.services.changes import Done
from covidstation.services.drafts import Settled
from covidstation.services.episodes import edit_episodes
from covidstation.services.papers.issuing import Issued, issue_paper, preview_pdf
from covidstation.services.papers.look import PaperLook, PaperWanted, look_at_paper
from covidstation.services.people import edit_person
from covidstation.services.record import change_setting, edit_station
from covidstation.ui.desk import Desk, NewF0, PaperWish
from covidstation.ui.drafts import kept_as
from covidstation.ui.papers.draft import HOME_ASKS, DraftPanel
from covidstation.ui.papers.missing import OF_LEAVE, PersonChange, Typed
from covidstation.ui.papers.panel_draft import PanelDraft
from covidstation.ui.parts.dialogs import held_back

_SAID_BEFORE: Final = ("paper.after_restore", "paper.ends_early", "paper.doses_told", "paper.doses_beyond")
_ON_PERSON_PAGE: Final = frozenset(
    {"facility", "left_at", "state", "signs", "vitals", "course", "treatment", "transfer_reason", "transport",
     "escort"}
)  # fmt: skip
"""What a referral lacks stands with the transfer, on the person's page."""


def _change_person(desk: Desk, person_id: UUID, change: PersonChange) -> Done[Person]:
    """On the database thread: what the register has of the person, with the one thing that was typed."""
    db, user = desk.register.db, desk.register.user_id
    person = get_person(db, person_id)
    if person is None:
        raise UserError("people.unknown_person")
    return edit_person(db, person_id, change(person), catalog=desk.catalog, by=user, now=desk.now())


class Drafting(QWidget):
    """Holds the wish and its look; never seen itself.

    `looked(PaperLook)` and `drawn(bytes)` follow each reading; `troubled(str)` is a sentence for the banner, empty
    when all is well; `issued(Issued)` comes once.
    """

    looked = Signal(object)
    drawn = Signal(bytes)
    troubled = Signal(str)
    issued = Signal(object)

    def __init__(self, desk: Desk, panel: DraftPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._desk, self._panel = desk, panel
        self._wanted = PaperWanted(())
        self._day = desk.now().date()
        self._turn = self._saving = 0
        self._issuing = self._issue_waits = False
        self.look: PaperLook | None = None
        panel.question.answered.connect(self._answer)
        panel.missing.typed.connect(self._typed)
        panel.missing.mend.connect(self._mend)
        panel.family.changed.connect(self._take)
        panel.law.date_chosen.connect(self._date)
        panel.printing.chosen.connect(self._remember)
        panel.leave.typed.connect(self._leave)
        panel.leave.keep = asking = kept_as(desk, "signers", "")
        panel.leave.signers_changed.connect(
            lambda text: self._remember("insurance_signers", text, draft=asking.settled)
        )
        self._kept = PanelDraft(desk, panel, self)
        if not desk.may(Right.ENTER):
            panel.close_fields(sentence(UserError("rights.enter")))

    def begin(self, wish: PaperWish) -> None:
        """Another paper, dated today."""
        self._wanted = PaperWanted(wish.ids, wish.kind, wish.ending, wish.about_id)
        self._day = self._desk.now().date()
        self.look, self._issuing, self._issue_waits = None, False, False
        self._panel.missing.restart()
        self._kept.begin(wish)
        self.reload()

    def reload(self) -> None:
        """Read everything again; an answer that comes late is passed over."""
        self._turn += 1
        turn, desk = self._turn, self._desk
        op = partial(
            look_at_paper,
            desk.register.db,
            self._wanted,
            catalog=desk.catalog,
            issued_on=self._day,
            now=desk.now(),
        )
        desk.ask(self, op, lambda look: self._looked(look) if turn == self._turn else None, self._failed)

    def put_aside(self) -> None:
        """Keep what is half typed beside the paper."""
        self._kept.keep_now()

    def issue(self) -> None:
        """Give the number, when nothing that must be known is missing; else say and show what."""
        if self.look is None or self._issuing or not self._panel.missing.commit():
            return
        if self._saving:
            self._issue_waits = True
            return
        prepared = self.look.prepared
        if prepared.refusal or errors(prepared.problems):
            self._say_why_not(self.look)
            return
        self._issuing = True
        desk = self._desk
        op = partial(
            issue_paper,
            desk.register.db,
            prepared.kind,
            self._wanted.ids,
            catalog=desk.catalog,
            issued_on=self._day,
            by=desk.register.user_id,
            now=desk.now(),
            about_id=self._wanted.about_id,
            leave=self._wanted.leave,
        )
        desk.act(self, op, self._done, self._refused, draft=self._kept.settled())

    def start_focus(self) -> bool:
        """The question or the first field that must be filled; False when nothing waits for typing."""
        if self.look is not None and self._panel.question.isVisibleTo(self._panel) and self._is_head():
            self._panel.question.yes.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return self._panel.missing.isEnabled() and self._panel.missing.focus_first(needed_only=True)

    def _looked(self, look: PaperLook) -> None:
        self.look = look
        self._panel.show_look(look, head=self._is_head(), today=self._desk.now().date())
        self.looked.emit(look)
        refusal = look.prepared.refusal
        asks = refusal in HOME_ASKS
        self.troubled.emit(self._refusal_words(look) if refusal and not asks else self._early_words(look))
        turn = self._turn
        view = look.prepared.view
        self._desk.tasks.background(
            self, lambda: preview_pdf(view), lambda pdf: self.drawn.emit(pdf) if turn == self._turn else None
        )
        self._kept.put_back(leave=look.prepared.leave is not None)
        if self._issue_waits and not self._saving:
            self._issue_waits = False
            self.issue()

    def _failed(self, trouble: UserError) -> None:
        self.look = None
        self.troubled.emit(" ".join(sentences(trouble)))

    def _is_head(self) -> bool:
        return self._desk.register.role == Role.HEAD.value

    def _refusal_words(self, look: PaperLook) -> str:
        name = look.prepared.view.subjects[0].name
        return sentence(UserError(look.prepared.refusal, name=name))

    def _early_words(self, look: PaperLook) -> str:
        """What is said before the number is given, and stops nothing."""
        found = {one.code: one for one in reversed(look.prepared.problems)}
        return " ".join(sentence(found[code]) for code in _SAID_BEFORE if code in found)

    def _say_why_not(self, look: PaperLook) -> None:
        if look.prepared.refusal:
            self.troubled.emit(self._refusal_words(look))
        else:
            lacking = errors(look.prepared.problems)
            wrong = [one for one in lacking if not one.code.startswith("paper.missing.")]
            words = _("Còn thiếu: {what}. Ghi ở bên phải rồi cấp số.")
            what = ", ".join(map(sentence, lacking[:3]))
            self.troubled.emit(sentence(wrong[0]) if wrong else words.format(what=what))
        self.start_focus()

    def _done(self, issued: Issued) -> None:
        self._issuing = False
        self.issued.emit(issued)

    def _refused(self, trouble: UserError) -> None:
        self._issuing = False
        self._kept.resume()
        self.troubled.emit(" ".join(sentences(trouble)[:3]))
        self.reload_quietly(trouble)

    def reload_quietly(self, trouble: UserError) -> None:
        """After a refusal the fields show what is missing; the sentence stays."""
        if isinstance(trouble, Refused) and self.look is not None:
            self._panel.missing.show_look(self.look)

    def _typed(self, typed: Typed) -> None:
        desk, look = self._desk, self.look
        if look is None or held_back(self):
            return
        op: Callable[[], Done[Any]]
        if typed.change is not None:
            op = partial(
                edit_episodes,
                desk.register.db,
                self._wanted.ids,
                typed.change,
                catalog=desk.catalog,
                by=desk.register.user_id,
                now=desk.now(),
            )
        elif typed.person is not None:
            op = partial(_change_person, desk, look.people[typed.at], typed.person)
        elif typed.transfer is not None and look.transfer is not None:
            op = partial(
                change_transfer,
                desk.register.db,
                look.transfer.id,
                typed.transfer,
                by=desk.register.user_id,
                by_name=desk.register.user_name or "",
                now=desk.now(),
            )
        else:
            named = {"head_name" if look.by_head else "chairman_name": typed.signer}
            station = replace(look.station, **named)  # type: ignore[arg-type]  # both are names
            op = partial(edit_station, desk.register.db, station, by=desk.register.user_id, now=desk.now())
        self._save(op)

    def _save(self, op: Callable[[], Done[Any]], draft: Settled | None = None) -> None:
        self._saving += 1

        def saved(_value: object) -> None:
            self._saving -= 1

        def failed(trouble: UserError) -> None:
            self._saving -= 1
            self._issue_waits = False
            self.troubled.emit(" ".join(sentences(trouble)[:2]))

        self._desk.act(self, op, saved, failed, draft=draft)

    def _answer(self, allowed: bool) -> None:
        of_contact = self.look is not None and self.look.prepared.kind in OF_CONTACTS
        self._remember("contact_isolation" if of_contact else "home_isolation", "yes" if allowed else "no")

    def _remember(self, key: str, value: str, *, draft: Settled | None = None) -> None:
        desk = self._desk
        op = partial(change_setting, desk.register.db, key, value, by=desk.register.user_id, now=desk.now())
        self._save(op, draft)

    def _take(self, ids: Sequence[UUID]) -> None:
        first = self._wanted.ids[0]
        self._wanted = replace(self._wanted, ids=(first, *(one for one in ids if one != first)))
        self.reload()

    def _leave(self, leave: SickLeave) -> None:
        if leave != self._wanted.leave and not held_back(self):
            self._wanted = replace(self._wanted, leave=leave)
            self.reload()

    def _date(self, day: date) -> None:
        if day != self._day:
            self._day = day
            self.reload()

    def _mend(self, item: PaperItem) -> None:
        look = self.look
        if look is None:
            return
        if item.name in ("opening_number", "opening_date"):
            if look.episodes:
                self._desk.open_paper(self._wanted.ids)
            else:
                self._desk.open_contact_paper(self._wanted.ids, PaperKind.CONTACT_ORDER)
            return
        if look.prepared.leave is not None and item.name in OF_LEAVE:
            self._panel.leave.focus_field(item.name)
            return
        parts = item.field.split(".")
        at = int(parts[1]) if parts[0] == "subjects" and len(parts) == 3 else 0
        if look.episodes and item.name not in _ON_PERSON_PAGE:
            episode = look.episodes[min(at, len(look.episodes) - 1)]
            self._desk.want_f0.emit(NewF0(person_id=episode.person_id, episode_id=episode.id))
        else:
            self._desk.want_person.emit(look.people[min(at, len(look.people) - 1)])
