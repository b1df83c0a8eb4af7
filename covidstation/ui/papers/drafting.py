"""A paper that has no number yet: looking at it, mending it, issuing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from covidstation.domain.papers import PaperItem
from covidstation.domain.problems import errors
from covidstation.domain.station import Role
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence, sentences
from covidstation.services.book import PaperLook, look_at_paper
from covidstation.services.changes import Done
from covidstation.services.episodes import edit_episodes
from covidstation.services.papers import Issued, issue_paper, preview_pdf
from covidstation.services.station import change_setting, edit_station
from covidstation.ui.desk import Desk, NewF0, PaperWish
from covidstation.ui.papers.draft import DraftPanel
from covidstation.ui.papers.missing import Typed


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
        self._ids: tuple[UUID, ...] = ()
        self._ending = False
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

    def begin(self, wish: PaperWish) -> None:
        """Another paper, dated today."""
        self._ids, self._ending, self._day = wish.episode_ids, wish.ending, self._desk.now().date()
        self.look, self._issuing, self._issue_waits = None, False, False
        self._panel.missing.restart()
        self.reload()

    def reload(self) -> None:
        """Read everything again; an answer that comes late is passed over."""
        self._turn += 1
        turn, desk = self._turn, self._desk
        op = partial(
            look_at_paper,
            desk.register.db,
            self._ids,
            ending=self._ending,
            catalog=desk.catalog,
            issued_on=self._day,
            now=desk.now(),
        )
        desk.ask(self, op, lambda look: self._looked(look) if turn == self._turn else None, self._failed)

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
            self._ids,
            catalog=desk.catalog,
            issued_on=self._day,
            by=desk.register.user_id,
            now=desk.now(),
        )
        desk.act(self, op, self._done, self._refused)

    def start_focus(self) -> bool:
        """The question or the first field that must be filled; False when nothing waits for typing."""
        if self.look is not None and self._panel.question.isVisibleTo(self._panel) and self._is_head():
            self._panel.question.yes.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return self._panel.missing.focus_first(needed_only=True)

    def _looked(self, look: PaperLook) -> None:
        self.look = look
        self._panel.show_look(look, head=self._is_head(), today=self._desk.now().date())
        self.looked.emit(look)
        refusal = look.prepared.refusal
        asks = refusal == "paper.home_isolation_ask"
        self.troubled.emit(self._refusal_words(look) if refusal and not asks else "")
        turn = self._turn
        view = look.prepared.view
        self._desk.tasks.background(
            self, lambda: preview_pdf(view), lambda pdf: self.drawn.emit(pdf) if turn == self._turn else None
        )
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

    def _say_why_not(self, look: PaperLook) -> None:
        if look.prepared.refusal:
            self.troubled.emit(self._refusal_words(look))
        else:
            lacking = errors(look.prepared.problems)
            words = _("Còn thiếu: {what}. Ghi ở bên phải rồi cấp số.")
            self.troubled.emit(words.format(what=", ".join(map(sentence, lacking[:3]))))
        self.start_focus()

    def _done(self, issued: Issued) -> None:
        self._issuing = False
        self.issued.emit(issued)

    def _refused(self, trouble: UserError) -> None:
        self._issuing = False
        self.troubled.emit(" ".join(sentences(trouble)[:3]))
        self.reload_quietly(trouble)

    def reload_quietly(self, trouble: UserError) -> None:
        """After a refusal the fields show what is missing; the sentence stays."""
        if isinstance(trouble, Refused) and self.look is not None:
            self._panel.missing.show_look(self.look)

    def _typed(self, typed: Typed) -> None:
        desk, look = self._desk, self.look
        if look is None:
            return
        if typed.change is not None:
            op = partial(
                edit_episodes,
                desk.register.db,
                self._ids,
                typed.change,
                catalog=desk.catalog,
                by=desk.register.user_id,
                now=desk.now(),
            )
        else:
            named = {"head_name" if look.by_head else "chairman_name": typed.signer}
            station = replace(look.station, **named)  # type: ignore[arg-type]  # both are names
            op = partial(edit_station, desk.register.db, station, by=desk.register.user_id, now=desk.now())
        self._save(op)

    def _save(self, op: partial[Done[None]]) -> None:
        self._saving += 1

        def saved(_none: None) -> None:
            self._saving -= 1

        def failed(trouble: UserError) -> None:
            self._saving -= 1
            self._issue_waits = False
            self.troubled.emit(" ".join(sentences(trouble)[:2]))

        self._desk.act(self, op, saved, failed)

    def _answer(self, allowed: bool) -> None:
        self._remember("home_isolation", "yes" if allowed else "no")

    def _remember(self, key: str, value: str) -> None:
        desk = self._desk
        self._save(partial(change_setting, desk.register.db, key, value, by=desk.register.user_id, now=desk.now()))

    def _take(self, ids: Sequence[UUID]) -> None:
        first = self._ids[0]
        self._ids = (first, *(one for one in ids if one != first))
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
            self._desk.open_paper(self._ids)
            return
        parts = item.field.split(".")
        at = int(parts[1]) if parts[0] == "subjects" and len(parts) == 3 else 0
        episode = look.episodes[min(at, len(look.episodes) - 1)]
        self._desk.want_f0.emit(NewF0(person_id=episode.person_id, episode_id=episode.id))
