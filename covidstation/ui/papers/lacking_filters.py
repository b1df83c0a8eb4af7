"""The bar over Thiếu giấy tờ: which kind, which hamlet, whom alone, and whether a household shares a paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.domain.missing import MissingKind, MissingLine
from covidstation.domain.text import sort_key
from covidstation.i18n import _
from covidstation.messages.delivery import MISSING
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.labels import label

ISSUE: Final = "issue"
DELIVER: Final = "deliver"


class LackingFilters(QWidget):
    """Which lines are in sight. The kind is a MissingKind, ISSUE, DELIVER, or None for everything."""

    changed = Signal()
    regrouped = Signal()  # the same lines on other papers
    every_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._only: frozenset[UUID] = frozenset()  # none: everybody
        self.setFixedHeight(48)
        self.kind = Combo("missing_kind", _("Thiếu gì"), width=264)
        self.hamlet = Combo("missing_hamlet", _("Bản"), [(None, _("Mọi bản"))], width=168)
        self.together = CheckBox("together", _("Cùng &hộ chung một giấy"))
        self.every = Button(_("Chọn &tất cả"), "quiet", name="select_all")
        self.whole = Button(_("Xem tất &cả mọi người"), "quiet", icon="x", name="show_everybody")
        self.whole.hide()
        self._count = label("", "hint", "muted")
        self._lay_out()
        self.kind.picked.connect(lambda _key: self.changed.emit())
        self.hamlet.picked.connect(lambda _key: self.changed.emit())
        self.together.toggled.connect(lambda _on: self.regrouped.emit())
        self.every.clicked.connect(lambda: self.every_wanted.emit())
        self.whole.clicked.connect(lambda: self.show_kind(None))
        self.show_choices(())  # so that a kind can be asked for before the list is there

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 8)
        row.setSpacing(metrics.GAP)
        for widget in (self.kind, self.hamlet, self.together, self.every, self.whole):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._count)

    def show_kind(self, kind: MissingKind | str | None) -> None:
        """That kind alone, of everybody."""
        self._only = frozenset()
        self.kind.set_value(kind)
        self.changed.emit()

    def show_only(self, subject_ids: Sequence[UUID]) -> None:
        """These illnesses (or contacts) alone, until "Xem tất cả"."""
        self._only = frozenset(subject_ids)
        self.kind.set_value(None)
        self.hamlet.set_value(None)
        self.changed.emit()

    def show_choices(self, lines: Sequence[MissingLine]) -> None:
        """What there is to choose from; what was chosen stays."""
        counts: dict[Any, int] = {None: len(lines)}
        for line in lines:
            for key in _keys_of(line):
                counts[key] = counts.get(key, 0) + 1
        names: list[tuple[Any, str]] = [(None, _("Mọi thứ")), (ISSUE, _("Phải in")), (DELIVER, _("Phải giao"))]
        names += [(kind, _(MISSING[kind])) for kind in MissingKind]
        chosen = self.kind.value()
        titled = _("{title} ({n})")
        self.kind.set_choices([(key, titled.format(title=title, n=counts.get(key, 0))) for key, title in names])
        self.kind.set_value(chosen)
        places = {line.hamlet_id: line.hamlet for line in lines if line.hamlet_id is not None}
        where = self.hamlet.value()
        found = sorted(places.items(), key=lambda item: sort_key(item[1]))
        self.hamlet.set_choices([(None, _("Mọi bản")), *found])
        self.hamlet.set_value(where if where in places else None)

    def kept(self, lines: Sequence[MissingLine]) -> list[MissingLine]:
        """Those to be shown; the bar says how many."""
        kind, hamlet = self.kind.value(), self.hamlet.value()
        found = [
            line
            for line in lines
            if (hamlet is None or line.hamlet_id == hamlet)
            and (kind is None or kind in _keys_of(line))
            and (not self._only or line.subject_id in self._only)
        ]
        self.whole.setVisible(bool(self._only))
        self._count.setText(_("{n} dòng").format(n=len(found)))
        return found


def _keys_of(line: MissingLine) -> tuple[MissingKind | str, str]:
    return line.kind, DELIVER if line.delivers else ISSUE
