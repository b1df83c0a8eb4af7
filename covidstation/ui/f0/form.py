"""F0 mới: one form registers a new illness of a new or known person, and corrects either later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.people import PersonHit
from covidstation.db.queries.places import hamlets
from covidstation.db.queries.record_sync import RecordSync
from covidstation.domain.episodes import Episode
from covidstation.domain.problems import Problem, errors
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Kind
from covidstation.services.drafts import Draft, draft_of
from covidstation.services.episodes import edit_f0, register_f0
from covidstation.services.record import change_setting
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.f0.form_body import FormBody
from covidstation.ui.f0.keeper import FORM, DraftKeeper, DraftOffer
from covidstation.ui.f0.lookups import Found, Lookups
from covidstation.ui.f0.opening import Opening, mode_of, opening, subject_of, wish_of
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.labels import ElidedLabel
from covidstation.ui.sync.record import short_words

_MOMENT_MS = 30


class F0Form(Page):
    """The form. `show_wish` fills it; nothing that was typed is lost by leaving, by a refusal or by a power cut."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("f0_form", _("F0 mới"), entry="f0")
        self._desk = desk
        self._wish = NewF0()
        self._seen: Episode | None = None  # the illness as it was when the form opened on it
        self._known_name = ""
        self._sync: RecordSync | None = None
        self._open_episode: UUID | None = None
        self._found = Found()
        self._saving = self._filled = False
        self._usual_place = ""
        self.fields = FormBody(desk)
        self.offer = DraftOffer(desk)
        self._keeper = DraftKeeper(desk, self._raw, self)
        self._lookups = Lookups(desk, self)
        self._make_actions()
        self.add(self.offer)
        self.add(self.fields, 1)
        self._connect()

    def show_wish(self, wish: NewF0) -> None:
        """Open for that: an empty form, a card's person, a known person, or a correction."""
        self._keeper.keep_now()
        self._open(wish, subject_of(wish), None)

    def load(self) -> None:
        """Opened from nowhere it is an empty new form."""
        if not self._keeper.subject:
            self.show_wish(NewF0())
        QTimer.singleShot(0, self, self._focus_first)

    def refresh(self, changes: Changes) -> None:
        """Hamlets may have changed."""
        if Kind.PLACES in changes and not self._saving:
            self._desk.ask(self, partial(hamlets, self._desk.register.db), self.fields.person.set_hamlets)

    def may_leave(self) -> bool:
        """Always: what was typed is kept and offered again."""
        self._keeper.keep_now()
        return True

    def put_aside(self) -> None:
        """The register is about to close: keep what was typed."""
        self._keeper.keep_now()

    def place(self) -> object:
        """The form in hand."""
        return (self._wish, self._keeper.subject) if self._keeper.subject else None

    def go_back(self, place: object) -> None:
        """The same form, with what was typed into it."""
        wish, subject = cast("tuple[NewF0, str]", place)
        self._open(wish, subject, None)
        desk = self._desk

        def reopen(draft: Draft | None) -> None:
            if draft is not None:
                self._reopen(draft)

        desk.ask(self, partial(draft_of, desk.register.db, FORM, subject), reopen)

    def needs_room(self) -> bool:
        """It is the tallest page there is."""
        return True

    def bar_actions(self) -> Sequence[QWidget]:
        """Give up, save, save and print; a correction has nothing to print."""
        return (self._drop, self._keep) if self._correcting() else (self._drop, self._save, self._print)

    def bar_note(self) -> QWidget | None:
        """When the draft was kept."""
        return self._note

    def _correcting(self) -> bool:
        return self._wish.episode_id is not None or self._wish.person_only

    def _make_actions(self) -> None:
        self._note = ElidedLabel("", "hint", "muted")
        picture = Button(_("Đọc thẻ từ ảnh…"), "quiet", icon="card", name="picture_button")
        picture.clicked.connect(self._desk.want_picture.emit)
        self.set_head_actions(picture)
        self._drop = Button(_("Bỏ"), "quiet", keys="Esc", name="drop_button")
        self._save = Button(_("Lưu"), keys="Ctrl+Return", name="save_button")
        self._keep = Button(_("Lưu"), "primary", keys="Ctrl+Return", name="save_button")
        self._print = Button(
            _("Lưu và in quyết định"), "primary", icon="printer", keys="Ctrl+P", name="save_print_button"
        )
        self._drop.clicked.connect(self._give_up)
        self._save.clicked.connect(lambda: self._try_save(then_print=False))
        self._keep.clicked.connect(lambda: self._try_save(then_print=False))
        self._print.clicked.connect(lambda: self._try_save(then_print=True))

    def _connect(self) -> None:
        self.fields.edited.connect(self._edited)
        self.fields.left.connect(self._keeper.keep_now)
        person = self.fields.person
        person.use_known.clicked.connect(lambda: self._become(self._found.known))
        person.use_similar.clicked.connect(lambda: self._become(next(iter(self._found.similar), None)))
        self.offer.reopened.connect(self._reopen)
        self.offer.dropped.connect(lambda draft: self._keeper.forget(draft.subject))
        self._keeper.kept.connect(self._say_kept)
        self._lookups.found.connect(self._show_found)

    # opening

    def _open(self, wish: NewF0, subject: str, raw: Mapping[str, Any] | None) -> None:
        self._wish = wish
        self._saving = self._filled = False
        self._lookups.stop()
        self._found = Found()
        self.fields.begin(wish)
        self._note.set_text("")
        self.banner.clear()
        self._keeper.begin(subject, dirty=raw is not None)
        desk = self._desk
        op = partial(opening, desk.register, desk.catalog, wish, desk.now().date())
        desk.ask(self, op, lambda answer: self._opened(wish, answer, raw))

    def _opened(self, wish: NewF0, answer: Opening, raw: Mapping[str, Any] | None) -> None:
        if wish is not self._wish:
            return
        self._filled = True
        self._known_name = answer.person.full_name if answer.person else ""
        self._open_episode, self._usual_place = answer.open_episode, answer.test_place
        self._seen = answer.episode
        card = _("Đọc từ thẻ lúc {clock}").format(clock=f"{self._desk.now():%H:%M:%S}") if wish.from_card else ""
        self._sync = answer.sync if self._correcting() else None
        self.fields.fill(answer, card=card)
        if raw is not None:
            self.fields.put_raw(raw)
        if card:
            self._keeper.touch()
        self.offer.show_drafts(answer.drafts if raw is None else ())
        self._say_open()
        self._say_title()
        self.fields.show_problems()
        self._lookups.look_now(self.fields.person.draft(), wish.person_id)
        QTimer.singleShot(0, self, self._focus_first)

    def _say_open(self) -> None:
        """Somebody who is an F0 already: say so before anything is typed."""
        if self._open_episode is None or self._correcting():
            return
        words = _("{name} đang là F0, chưa kết thúc. Ghi kết quả lần đó trước, rồi mới ghi lần mắc mới.")
        self._show_open(words.format(name=self._known_name))

    def _show_open(self, words: str) -> None:
        person_id = self._wish.person_id
        act = None if person_id is None else partial(self._desk.want_person.emit, person_id)
        self.banner.show_message("warn", words, icon="info", button=_("Mở lần mắc đó") if act else "", act=act)

    def _say_title(self) -> None:
        name = self.fields.person.name.value()
        title = _("F0 mới")
        if self._correcting():
            title = _("Sửa thông tin") if self._wish.person_only else _("Sửa lần mắc")
        second = _("{name} · chưa lưu").format(name=name) if name else _("chưa lưu")
        if self._sync is not None:
            second += _(" · bản đã lưu: {state}").format(state=short_words(self._sync))
        self.set_title(title, second)

    def _focus_first(self) -> None:
        if self.isVisible() and self._filled and not self._saving:
            self.fields.focus_first(known=bool(self._known_name) and not self._correcting())

    # while typing

    def _edited(self, name: str) -> None:
        self._keeper.touch()
        if name in self.fields.person.widgets:
            self._lookups.look(self.fields.person.draft(), self._wish.person_id)
        if name == "full_name":
            self._say_title()

    def _say_kept(self, now: datetime) -> None:
        words = _("Bản nháp đã giữ lúc {clock}, không mất khi cúp điện")
        self._note.set_text(words.format(clock=now.strftime("%H:%M:%S")))

    def _show_found(self, found: Found) -> None:
        self._found = found
        self.fields.show_found(found)

    def _become(self, hit: PersonHit | None) -> None:
        """The person is known after all: take the register's word for them, keep what was typed of the illness."""
        if hit is None:
            return
        raw = {name: part for name, part in self._raw().items() if name in ("illness", "panel")}
        self._keeper.drop()
        wish = NewF0(person_id=hit.id)
        self._open(wish, subject_of(wish), raw)
        self._keeper.touch()

    def _raw(self) -> dict[str, Any]:
        return {"mode": mode_of(self._wish), **self.fields.raw()}

    def _reopen(self, draft: Draft) -> None:
        mode = draft.value.get("mode", {})
        self._open(wish_of(mode if isinstance(mode, dict) else {}), draft.subject, draft.value)

    # saving

    def _try_save(self, *, then_print: bool) -> None:
        if self._saving:
            return
        self.fields.settle()
        if self.fields.person.pending():
            QTimer.singleShot(_MOMENT_MS, self, lambda: self._try_save(then_print=then_print))
            return
        found = errors(self.fields.problems())
        if found:
            self._stop_at(found)
            return
        desk, draft = self._desk, self.fields.f0()
        self._saving = True
        by, now, db = desk.register.user_id, desk.now(), desk.register.db
        if self._correcting():
            edit = partial(
                edit_f0, db, self._wish.episode_id, draft, catalog=desk.catalog, by=by, now=now, seen=self._seen
            )
            desk.act(self, edit, self._corrected, self._not_saved, draft=self._keeper.settled())
            return
        new = partial(register_f0, db, draft, catalog=desk.catalog, by=by, now=now)
        draft_row = self._keeper.settled()
        desk.act(self, new, lambda one: self._saved(one, then_print=then_print), self._not_saved, draft=draft_row)

    def _saved(self, episode: Episode, *, then_print: bool) -> None:
        self._finish()
        self._remember_place()
        if then_print:
            self._desk.open_paper([episode.id])
        else:
            self._desk.want_person.emit(episode.person_id)

    def _corrected(self, person_id: UUID) -> None:
        self._finish()
        self._desk.want_person.emit(person_id)

    def _finish(self) -> None:
        self._saving = False
        self._keeper.begin("")
        self._desk.said.emit(_("Đã lưu {name}").format(name=self.fields.person.name.value()))

    def _not_saved(self, trouble: UserError) -> None:
        self._saving = False
        self._keeper.resume()
        if isinstance(trouble, Refused):
            self._stop_at(trouble.problems, refused=True)
        elif trouble.code == "episodes.already_open":
            self._show_open(sentence(trouble))
        else:
            self.banner.show_message("danger", sentence(trouble))

    def _stop_at(self, problems: Sequence[Problem], *, refused: bool = False) -> None:
        unnamed = self.fields.go_to(problems, refused=refused)
        if unnamed:
            self.banner.show_message("danger", sentence(unnamed[0]))

    def _remember_place(self) -> None:
        """Where tests are made is where they were made last."""
        place, desk = self.fields.illness.place.value_text(), self._desk
        if place and place != self._usual_place:
            by, now = desk.register.user_id, desk.now()
            op = partial(change_setting, desk.register.db, "test_place", place, by=by, now=now)
            desk.act(self, op, lambda _none: None)

    def _give_up(self) -> None:
        name = self.fields.person.name.value() or _("chưa có tên")
        if self._keeper.dirty and not confirm(
            self,
            _("Bỏ những gì đã gõ?"),
            _("Phiếu của {name} chưa lưu. Bỏ thì bản nháp cũng mất.").format(name=name),
            act=_("Bỏ phiếu"),
            back=_("Gõ tiếp"),
            heavy=True,
        ):
            return
        person_id = self._wish.person_id
        self._keeper.drop()
        self._keeper.begin("")
        if person_id is not None:
            self._desk.want_person.emit(person_id)
        else:
            self._desk.want_page.emit("f0")
