"""Theo dõi sáng, chiều: everybody who is at home with COVID-19, checked row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from covidstation.domain.care import round_of
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, long_date
from covidstation.messages import sentence
from covidstation.services.care.rounds import Recorded, RoundList, record_visit, round_list
from covidstation.services.changes import Changes, Kind
from covidstation.ui.code_choices import sign_choices
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.popup import Choice
from covidstation.ui.rounds.answering import AnswerDialog, tell_why
from covidstation.ui.rounds.bar import Keys, Progress, RoundBar
from covidstation.ui.rounds.entry import MEASURED, Col, Entry, Slot
from covidstation.ui.rounds.grid import Leaving, RoundGrid
from covidstation.ui.rounds.keeper import RoundKeeper, Rows, kept_rows
from covidstation.ui.rounds.paper import print_round
from covidstation.ui.rounds.words import STATUSES, TITLES, signs_words, strip_words, symptom_label

_KINDS = frozenset((Kind.EPISODES, Kind.PEOPLE, Kind.PLACES, Kind.CARE, Kind.RULES))
MINUTE_MS = 60_000


class RoundsPage(Page):
    """The grid with its bar; a row is saved when it is left, a half-typed one survives a power cut."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("rounds", _(TITLES[round_of(desk.now())]), entry="f0")
        self._desk = desk
        self._found: RoundList | None = None
        self._mine = 0  # own saves whose change comes back as a message
        self.progress = Progress()
        self.print_button = Button(_("In phiếu"), icon="printer", keys="Ctrl+P", name="print_round")
        self.set_head_actions(self.progress, self.print_button)
        self.bar = RoundBar(desk.now().date())
        self.bar.show_slot(desk.now().date(), round_of(desk.now()), desk.now().date())
        self.grid = RoundGrid(self._words, self._signs(), desk.now)
        self._keeper = RoundKeeper(desk, self.grid.half_typed, self)
        self._empty = EmptyPage(
            "people", _("Không có F0 nào ở nhà trong ngày này"), _("Mỗi F0 đang cách ly tại nhà là một dòng ở đây.")
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._empty)
        for part in (self.bar, Line()):
            self.add(part)
        self.add(self._stack, 1)
        self._keys = Keys()
        self._saved = label(_("Lưu từng người khi rời dòng"), "hint", "muted")
        self._done = Button(_("Xong lượt"), "primary", keys="Ctrl+Return", name="round_done")
        self._minute = QTimer(self, interval=MINUTE_MS)
        self._may_write = desk.may(Right.ENTER)
        self._connect()
        if not self._may_write:
            self._close()

    def load(self) -> None:
        """Begin with the round that is on, unless a row is half typed in another one."""
        now = self._desk.now()
        if not self.grid.half_typed():
            slot = self.bar.slot()
            if self._found is None or slot.day != now.date():
                self.bar.show_slot(now.date(), round_of(now), now.date())
        self._ask()
        self._minute.start()
        QTimer.singleShot(0, self, self._take_keyboard)

    def refresh(self, changes: Changes) -> None:
        """Ask again for what others changed; an own save is in its row already."""
        if self._mine and changes == {Kind.CARE}:
            self._mine -= 1
        elif changes & _KINDS:
            self._ask()

    def may_leave(self) -> bool:
        """Save the row in hand; what cannot be saved is kept as a draft."""
        left = self.grid.leave_row()
        self._keeper.keep_now()
        if left:
            self._minute.stop()
            return True
        act = _("Để sau")
        text = _("Dòng đang ghi chưa lưu được. Nó được giữ làm bản nháp và hiện lại khi mở lượt này.")
        return confirm(self, _("Rời trang theo dõi?"), text, act=act, back=_("Sửa tiếp"))

    def put_aside(self) -> None:
        """Keep half-typed rows."""
        self._keeper.keep_now()

    def bar_note(self) -> QWidget | None:
        """The keys, for whoever may type."""
        return self._keys if self._may_write else None

    def bar_actions(self) -> tuple[QWidget, ...]:
        """When something was saved last, and the end of the round."""
        return self._saved, self._done

    def _close(self) -> None:
        """Whoever may only look sees the round and how it goes on; why nothing can be typed is said once."""
        self.grid.only_read()
        self.bar.means.setEnabled(False)
        self._saved.setText("")
        self.banner.show_message("info", sentence(UserError("rights.enter")))

    def _connect(self) -> None:
        self.bar.changed.connect(self._another)
        self.bar.means_changed.connect(lambda: self._show(self._found) if self._found else None)
        grid = self.grid
        grid.left.connect(self._save)
        grid.typed.connect(self._keeper.touch)
        grid.finished.connect(self._finish)
        grid.escaped.connect(self.bar.rounds.setFocus)
        grid.why.connect(self._why)
        grid.answer.connect(self._answer)
        grid.transfer.connect(self._transfer)
        self.print_button.clicked.connect(self._print)
        self._done.clicked.connect(self._finish)
        self._minute.timeout.connect(self._tick)
        for keys, act in (("F3", self._why), ("F4", self._transfer), ("F6", self._answer)):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self._on_current, act))

    def _signs(self) -> list[Choice]:
        """All symptoms, the severe ones first, each with its first letters."""
        catalog = self._desk.catalog
        return sign_choices(catalog, self._desk.now().date(), partial(symptom_label, catalog))

    def _words(self, entry: Entry, column: Col) -> str:
        """What a cell says."""
        if column is Col.PERSON:
            return entry.line.person.full_name
        if column is Col.STRIP:
            return strip_words(entry.line.strip, self.bar.slot().day, self.bar.slot().round)
        if column is Col.SIGNS:
            if entry.missed is not None:
                return _(STATUSES[entry.missed])
            return signs_words(self._desk.catalog, entry.symptoms, asked=entry.asked)
        if entry.missed is not None and column in MEASURED:
            return ""
        return entry.texts.get(column, "")

    def _another(self) -> None:
        """Another round: the row in hand is saved first, or kept as a draft."""
        self.grid.leave_row()
        self._keeper.keep_now()
        self._ask()

    def _ask(self) -> None:
        desk, slot = self._desk, self.bar.slot()

        def look() -> tuple[RoundList, Rows]:
            db = desk.register.db
            return round_list(db, catalog=desk.catalog, day=slot.day, round_=slot.round), kept_rows(desk, slot)

        held = self.grid.half_typed() if self._same(slot) else {}
        desk.ask(self, look, lambda found: self._take(found[0], {**found[1], **held}))

    def _same(self, slot: Slot) -> bool:
        found = self._found
        return found is not None and (found.day, found.round) == (slot.day, slot.round)

    def _take(self, found: RoundList, drafts: Rows) -> None:
        slot = self.bar.slot()
        if (found.day, found.round) != (slot.day, slot.round):
            return  # another one was asked for meanwhile
        again = self._same(slot)
        self._found = found
        drafts = drafts if self._may_write else {}
        self._keeper.begin(slot, there=bool(drafts))
        self.grid.show_round(found, slot, drafts)
        self._show(found)
        if drafts and not again:
            self.banner.show_message("info", _("Có dòng ghi dở từ lần trước, đã hiện lại. Rời dòng để lưu."))
        self._take_keyboard()

    def _take_keyboard(self) -> None:
        """The hand stands in a cell as soon as the rows are there and in sight."""
        if self._found is None or not self._found.lines or not self.isVisible():
            return
        self.grid.begin()
        held = self.window().focusWidget()
        if not self._may_write and (held is None or not self.isAncestorOf(held)):
            self.grid.setFocus()

    def _show(self, found: RoundList) -> None:
        slot = self.bar.slot()
        self.grid.set_slot(slot)
        words = _("{day} · xếp theo bản, theo nhà").format(day=long_date(found.day))
        self.set_title(_(TITLES[found.round]), words)
        self._stack.setCurrentWidget(self.grid if found.lines else self._empty)
        self._count()

    def _count(self) -> None:
        entries = list(self.grid.model_.entries.values())
        done = sum(entry.line.check is not None for entry in entries)
        wanted = sum(entry.line.due or entry.line.check is not None for entry in entries)
        self.progress.show_count(done, wanted)

    def _save(self, leaving: Leaving, *, again: bool = False) -> None:
        desk, entry = self._desk, leaving.entry
        now = desk.now()
        op = partial(
            record_visit,
            desk.register.db,
            leaving.draft,
            catalog=desk.catalog,
            by=desk.register.user_id,
            by_name=desk.register.user_name,
            now=now,
            sure=leaving.sure,
            again=again,
        )
        rest = self._keeper.settled(entry.episode_id)
        ok, fail = partial(self._settled, entry, now), partial(self._failed, leaving)
        desk.act(self, op, ok, fail, draft=rest)

    def _settled(self, entry: Entry, now: datetime, saved: Recorded) -> None:
        self._mine += 1
        line = replace(entry.line, check=saved.visit, signs=saved.signs, alerts=saved.alerts)
        self.grid.settle(entry, line)
        self._keeper.touch()
        self._count()
        self._saved.setText(_("Lưu từng người khi rời dòng · đã lưu {clock}").format(clock=f"{now:%H:%M}"))

    def _failed(self, leaving: Leaving, trouble: UserError) -> None:
        entry = leaving.entry
        if isinstance(trouble, Refused):
            self.grid.refuse(entry, trouble.problems)
            self._keeper.touch()
            return
        self.grid.refuse(entry, ())
        self._keeper.touch()
        if trouble.code == "rounds.already_checked":
            title, act = _("Đã có người ghi lượt này"), _("Ghi thêm lần nữa")
            if confirm(self, title, sentence(trouble), act=act, back=_("Xem bảng trước")):
                self._save(leaving, again=True)
                return
        else:
            self.banner.show_message("danger", sentence(trouble))
        entry.dirty = False
        self._keeper.keep_now()
        self._ask()

    def _on_current(self, act: object) -> None:
        entry = self.grid.entry()
        if entry is not None and callable(act):
            act(entry)

    def _why(self, entry: Entry) -> None:
        alerts = entry.line.open_alerts or entry.line.alerts
        if alerts:
            tell_why(self._desk, self, alerts[0])

    def _answer(self, entry: Entry) -> None:
        if entry.line.open_alerts:
            AnswerDialog(self._desk, self, entry.line.open_alerts).open()

    def _transfer(self, entry: Entry) -> None:
        if self.grid.leave_row():
            self._desk.want_transfer.emit(entry.episode_id)

    def _tick(self) -> None:
        """The minutes that an alert has waited."""
        self.grid.renew_lines()

    def _finish(self) -> None:
        """All seen: back to the day's work. Some are not: say how many, and let choose."""
        if not self.grid.leave_row():
            return
        left = [entry for entry in self.grid.model_.people() if entry.line.due and not self._has(entry)]
        if left:
            text = _("Còn {n} người chưa đo trong lượt này, đầu tiên là {name}.")
            words = text.format(n=len(left), name=left[0].line.person.full_name)
            title = _("Kết thúc lượt?")
            if not confirm(self, title, words, act=_("Để sau, về Hôm nay"), back=_("Đo tiếp")):
                self.grid.go_to(left[0])
                return
        self._desk.want_page.emit("today")

    def _has(self, entry: Entry) -> bool:
        return entry.line.check is not None or entry.saving

    def _print(self) -> None:
        if self.grid.leave_row():
            print_round(self._desk, self, self.bar.slot())
