"""What a paper still misses, each with the field in which it can be typed at once, or the way to where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.episodes import Episode, EpisodeDraft
from covidstation.domain.hospitalization import Transfer, TransferDraft
from covidstation.domain.papers import PaperItem, date_words
from covidstation.domain.people import Person, PersonDraft
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.papers.look import PaperLook
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit, set_state
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel, Glyph, label
from covidstation.ui.parts.moments import MomentEdit

MOMENTS: Final = {
    "from_date": "isolation_start",
    "from_time": "isolation_start",
    "found_at": "found_at",
    "proposed_at": "proposed_at",
    "decided_at": "decided_at",
    "told_at": "told_at",
}
_ORDERED: Final = ("opening_number", "opening_date")
_DERIVED: Final = ("end_date", "end_time", "until_date")
OF_LEAVE: Final = ("exam_date", "leave_days", "diagnosis", "treatment", "practitioner")  # typed in the section above
_PARENTS: Final = ("father_name", "mother_name")
_DIGITS: Final = ("citizen_number", "phone")  # may be typed in groups
PERSON_TEXTS: Final = ("workplace", "occupation", "insurance_number", *_DIGITS, *_PARENTS)

TRANSFER_TEXTS: Final = {
    "facility": "facility",
    "transfer_reason": "reason",
    "state": "state",
    "course": "course",
    "treatment": "treatment",
    "transport": "transport",
    "escort": "escort",
}
"""What a referral says of its transfer, by the transfer's own names."""

EpisodeChange = Callable[[Episode], EpisodeDraft]
PersonChange = Callable[[Person], PersonDraft]
TransferChange = Callable[[Transfer], TransferDraft]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed beside a missing thing: of the illnesses, the paper's nth person, its transfer, or a signer."""

    change: EpisodeChange | None = None
    signer: str = ""
    person: PersonChange | None = None
    at: int = 0
    transfer: TransferChange | None = None


def _person_change(name: str, value: object) -> PersonChange:
    changed = {name: value}
    return lambda person: replace(person, **changed)  # type: ignore[arg-type]  # texts, and the card's day


def _transfer_change(name: str, words: str) -> TransferChange:
    changed = {TRANSFER_TEXTS[name]: words}
    return lambda transfer: replace(transfer, **changed)  # type: ignore[arg-type]  # all are texts


def _moment_change(name: str, moment: datetime | None) -> EpisodeChange:
    changed = {MOMENTS[name]: moment}
    return lambda episode: replace(episode, **changed)  # type: ignore[arg-type]  # the six names are moments


class ItemRow(QWidget):
    """One thing: mark, name, and its field, its value, or the way to it."""

    typed = Signal(object)  # Typed
    mend = Signal(object)  # PaperItem

    def __init__(self, item: PaperItem, look: PaperLook) -> None:
        super().__init__()
        self.item = item
        self._look = look
        self.setObjectName(f"item_{item.field.replace('.', '_')}")
        self.setFixedHeight(metrics.FORM_ROW)
        self._title = sentence(item.problem())
        self._glyph = Glyph("alert", 18, "warn")
        self._name = ElidedLabel(self._title, "strong")
        self._value = ElidedLabel("", "body", "muted")
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._glyph)
        row.addWidget(self._name, 1)
        self.field = self._made_field()
        if self.field is not None:
            self._name.setBuddy(self.field)
            self.field.editingFinished.connect(self.commit)
            row.addWidget(self.field)
        else:
            row.addWidget(self._value)
            self._link = Button(self._link_text(), "link", name=f"mend_{item.name}")
            self._link.clicked.connect(lambda: self.mend.emit(self.item))
            row.addWidget(self._link)
        self.show_item(item, look)

    def show_item(self, item: PaperItem, look: PaperLook) -> None:
        """What is known of it now; a field being typed in keeps its words."""
        self.item, self._look = item, look
        known = bool(item.value)
        self._glyph.show_icon("check" if known else "alert", "ok" if known else "danger" if item.needed else "warn")
        if self.field is None:
            self._value.set_text(item.value)
            self._link.setVisible(item.name not in _DERIVED and not known)
            return
        if not self.field.hasFocus():
            self._fill(self.field)
        set_state(self.field, "" if known or self.field.hasFocus() else "error" if item.needed else "warn")

    def commit(self) -> bool:
        """Send what was typed, when it differs; False when it cannot be read."""
        field = self.field
        if field is None:
            return True
        if isinstance(field, MomentEdit | NumberEdit | DateEdit) and field.bad():
            set_state(field, "error")
            return False
        typed = self._changed(field)
        if typed is not None:
            self.typed.emit(typed)
        return True

    def _changed(self, field: LineEdit) -> Typed | None:
        if self.item.name in PERSON_TEXTS or isinstance(field, DateEdit):
            return self._changed_person(field)
        if self.item.name == "signer":
            words = field.value()
            return Typed(signer=words) if words and words != self._signer() else None
        if self._of_transfer():
            words = field.value()
            changed = words and words != self.item.value
            return Typed(transfer=_transfer_change(self.item.name, words)) if changed else None
        episode = self._look.episodes[0]
        if isinstance(field, MomentEdit):
            held = getattr(episode, MOMENTS[self.item.name])
            moment = field.moment()
            changed = moment != held and not (moment is None and self.item.name.startswith("from_"))
            return Typed(_moment_change(self.item.name, moment)) if changed else None
        if isinstance(field, NumberEdit):
            number = field.number()
            if number is None or int(number) == episode.isolation_days:
                return None
            days = int(number)
            return Typed(lambda held: replace(held, isolation_days=days))
        words = field.value()
        if not words or words == self.item.value:
            return None
        return Typed(lambda held: replace(held, isolation_address=words))

    def _changed_person(self, field: LineEdit) -> Typed | None:
        at = int(self.item.field.split(".")[1])
        if isinstance(field, DateEdit):
            day = field.day()
            if day is None or date_words(day) == self.item.value:
                return None
            return Typed(person=_person_change("citizen_issued_on", day), at=at)
        words = field.value()
        if self.item.name in _DIGITS:
            words = "".join(sign for sign in words if sign not in " .-")
        changed = words and words != self.item.value
        return Typed(person=_person_change(self.item.name, words), at=at) if changed else None

    def _made_field(self) -> LineEdit | None:
        name = self.item.name
        if name == "signer" or name in PERSON_TEXTS:
            width = 190 if name == "signer" else 112 if name in _DIGITS else 160
            return LineEdit(name, self._title, width=width)
        if self._of_transfer():
            return LineEdit(name, self._title, width=160, limit=500)
        if name == "citizen_issued":
            return DateEdit(name, self._title, today=self._look.prepared.view.issued_on)
        if not self._look.episodes:
            return None  # a contact's quarantine is mended on the person's page
        if name in MOMENTS:
            today = self._look.prepared.view.issued_on
            return MomentEdit(name, self._title, today=today, day=lambda: today, width=148)
        if name == "days":
            return NumberEdit(name, self._title, low=1, high=60, width=64)
        if name == "isolation_place":
            return LineEdit(name, self._title, width=190)
        return None

    def _fill(self, field: LineEdit) -> None:
        if isinstance(field, DateEdit):
            if not self.item.value:
                field.set_day(None)
            return
        if self._of_transfer():
            field.set_value(self.item.value)
            return
        if self.item.name == "signer" or self.item.name in PERSON_TEXTS:
            field.set_value(self._signer() if self.item.name == "signer" else self.item.value)
            return
        episode = self._look.episodes[0]
        if isinstance(field, MomentEdit):
            held = getattr(episode, MOMENTS[self.item.name])
            field.set_moment(held)
        elif isinstance(field, NumberEdit):
            field.set_number(episode.isolation_days)
        else:
            field.set_value(self.item.value)

    def _of_transfer(self) -> bool:
        return self._look.transfer is not None and self.item.name in TRANSFER_TEXTS

    def _signer(self) -> str:
        station = self._look.station
        return station.head_name if self._look.by_head else station.chairman_name

    def _link_text(self) -> str:
        if self.item.name in _ORDERED:
            return _("Ra quyết định")
        if self._look.prepared.leave is not None and self.item.name in OF_LEAVE:
            return _("Ghi ở trên")
        return _("Ghi thêm")


class MissingSection(QWidget):
    """The items as rows: those missing when the page was opened stay in sight, the rest opens with "Xem"."""

    typed = Signal(object)  # Typed
    mend = Signal(object)  # PaperItem

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, ItemRow] = {}
        self._asked: list[str] = []
        self._open = False
        self._look: PaperLook | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._title = label(_("Còn thiếu"), "section")
        self._column.addLayout(self._head())
        self._list = QVBoxLayout()
        self._column.addLayout(self._list)
        self._hint = label("", "hint", "muted", wrap=True)
        self._column.addWidget(self._hint)
        self._column.addSpacing(6)
        FormKeys(self)

    def restart(self) -> None:
        """Another paper: nothing was asked for yet."""
        self._asked, self._open = [], False

    def show_look(self, look: PaperLook) -> None:
        """The items of that paper."""
        self._look = look
        items = {item.field: item for item in self._shown(look.prepared.items)}
        missing = [field for field, item in items.items() if not item.value]
        self._asked = [*self._asked, *(field for field in missing if field not in self._asked)]
        wanted = [field for field in items if self._open or field in self._asked]
        if wanted != list(self._rows):
            self._rebuild([items[field] for field in wanted], look)
        for field in wanted:
            self._rows[field].show_item(items[field], look)
        known = len(items) - len(missing)
        self._say(known=known, wanted=len(wanted), missing=[items[field] for field in missing])

    def commit(self) -> bool:
        """Send what stands typed in any field; False (with the focus there) when one cannot be read."""
        for row in self._rows.values():
            if not row.commit() and row.field is not None:
                row.field.setFocus()
                return False
        return True

    def focus_first(self, *, needed_only: bool) -> bool:
        """Go to the first field that is missing."""
        for row in self._rows.values():
            if not row.item.value and (row.item.needed or not needed_only):
                target = row.field or row.findChild(Button)
                if target is not None and target.isVisibleTo(self):
                    target.setFocus(Qt.FocusReason.OtherFocusReason)
                    return True
        return False

    @staticmethod
    def _shown(items: Sequence[PaperItem]) -> list[PaperItem]:
        """The hour stands in the same field as the day; one of a small child's parents is enough."""
        parents = next((item for item in items if item.name == "parents"), None)
        if parents is not None:
            lacking = not parents.value
            items = [
                replace(item, needed=lacking) if item.name in _PARENTS else item
                for item in items
                if item.name != "parents"
            ]
        start = next((item for item in items if item.name == "from_date"), None)
        hidden = "from_date" if start is not None and start.value else "from_time"
        return [item for item in items if item.name != hidden]

    def _head(self) -> QHBoxLayout:
        """What is missing at the left, how many are there at the right."""
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addStrut(metrics.FORM_ROW)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(Glyph("check", 16, "ok"))
        self._rest = label("", "hint", "muted")
        row.addWidget(self._rest)
        self._more = Button(_("Xem"), "link", name="show_all")
        self._more.clicked.connect(self._turn)
        row.addWidget(self._more)
        return row

    def _say(self, *, known: int, wanted: int, missing: Sequence[PaperItem]) -> None:
        self._title.setText(_("Còn thiếu") if missing else _("Đã đủ để cấp số"))
        self._hint.setVisible(bool(missing))
        by_hand = _("Ghi như 7:15 hoặc 7:15 10/3, hoặc in rồi viết tay vào tờ.")
        first = _("Ghi đủ chỗ có dấu đỏ rồi mới cấp số được.")
        self._hint.setText(first if any(item.needed for item in missing) else by_hand)
        words = _("{n} mục khác đã đủ") if wanted and not self._open else _("{n} mục đã đủ")
        shown = sum(1 for row in self._rows.values() if row.item.value)
        self._rest.setText(words.format(n=known if self._open else known - shown))
        self._more.set_text(_("Thu gọn") if self._open else _("Xem"))

    def _rebuild(self, items: Sequence[PaperItem], look: PaperLook) -> None:
        focused = QApplication.focusWidget()
        held = next((row.item.field for row in self._rows.values() if focused and row.isAncestorOf(focused)), "")
        for row in self._rows.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = {}
        for item in items:
            row = ItemRow(item, look)
            row.typed.connect(self.typed)
            row.mend.connect(self.mend)
            self._rows[item.field] = row
            self._list.addWidget(row)
            row.show()  # at once: it may get the focus before the event loop turns
        again = self._rows.get(held)
        if again is not None and again.field is not None:
            again.field.setFocus()

    def _turn(self) -> None:
        self._open = not self._open
        if self._look is not None:
            self.show_look(self._look)
