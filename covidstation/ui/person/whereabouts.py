"""Under a person's head: that another station looks after them now or was asked to, and what the district asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.district import DistrictItem
from covidstation.i18n import _, moment_text, ngettext
from covidstation.services.about_person import AboutPerson
from covidstation.services.exchange.conflicts import Conflict
from covidstation.ui.district.words import due_words, kind_icon, kind_words
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import ElidedLabel, Glyph, Ground, set_ink


class _Strip(Ground):
    """Icon, one sentence, one button."""

    def __init__(self, name: str, title: str, button: str = "", button_name: str = "") -> None:
        super().__init__(QPalette.ColorRole.AlternateBase)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFixedHeight(metrics.FORM_ROW)
        self.glyph, self.words = Glyph("home", 18, "accent"), ElidedLabel("", "strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP)
        row.addWidget(self.glyph)
        row.addWidget(self.words, 1)
        self.button = Button(button, name=button_name) if button else None
        if self.button is not None:
            row.addWidget(self.button)
        self.hide()

    def say(self, text: str, icon: str, ink: Ink) -> None:
        """Show this; an empty text hides the strip."""
        self.words.set_text(text)
        set_ink(self.words, ink)
        self.glyph.show_icon(icon, ink)
        self.setVisible(bool(text))


class PlaceStrip(QWidget):
    """`show_found` after each look; `item_wanted(id)` for what the district asks, `conflict_wanted(conflict)` for what
    somebody must choose. Without anything it takes no room."""

    item_wanted = Signal(object)
    conflict_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.moved = False
        self._item: DistrictItem | None = None
        self.place = _Strip("moved_strip", _("Trạm quản lý"))
        self.asked = _Strip("asked_strip", _("Huyện hỏi"), _("&Xem, trả lời"), "open_district_item")
        self._conflict: Conflict | None = None
        self.differ = _Strip("conflict_strip", _("Hai bản ghi khác nhau"), _("&Chọn giá trị"), "choose_conflict")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.place)
        column.addWidget(self.asked)
        column.addWidget(self.differ)
        if self.differ.button is not None:
            self.differ.button.clicked.connect(self._choose)
        if self.asked.button is not None:
            self.asked.button.clicked.connect(self._open)

    def show_found(self, found: AboutPerson, today: date) -> None:
        """Say what is to be said."""
        where, items = found.where, found.items
        self.moved = bool(where.moved_to)
        if where.moved_to:
            words = _("Nay do {place} quản lý. Hồ sơ ở đây chỉ để xem; điều mới biết thì gọi {place}.")
            self.place.say(words.format(place=where.moved_to), "home", "warn")
        elif where.asked_at is not None:
            moment = moment_text(where.asked_at, today)
            words = _("Đã xin chuyển sang {place} lúc {moment}, đang chờ trả lời.")
            self.place.say(words.format(place=where.asked_place, moment=moment), "clock", "accent")
        else:
            self.place.say("", "home", "muted")
        self._show_conflicts(found.conflicts)
        waiting = [item for item in items if item.wants is not None or item.unread]
        self._item = waiting[0] if waiting else None
        if self._item is None:
            self.asked.say("", "help", "muted")
            return
        item = self._item
        words = _("Huyện – {kind}: {title}").format(kind=kind_words(item), title=item.title)
        late: Ink = "warn" if item.late(today) else "accent"
        self.asked.say(" · ".join(filter(None, (words, due_words(item, today)))), kind_icon(item), late)

    def _show_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        self._conflict = conflicts[0] if conflicts else None
        if self._conflict is None:
            self.differ.say("", "alert", "muted")
            return
        words = ngettext(
            "Trạm và huyện ghi khác nhau {n} chỗ; cả hai giá trị đều được giữ",
            "Trạm và huyện ghi khác nhau {n} chỗ; cả hai giá trị đều được giữ",
            len(conflicts),
        )
        self.differ.say(words.format(n=len(conflicts)), "alert", "warn")

    def _choose(self) -> None:
        if self._conflict is not None:
            self.conflict_wanted.emit(self._conflict)

    def _open(self) -> None:
        if self._item is not None:
            self.item_wanted.emit(self._item.id)
