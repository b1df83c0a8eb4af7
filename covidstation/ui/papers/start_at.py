"""Going on from a book of numbers that was kept on paper."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.papers import Series
from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot, save_buttons
from covidstation.ui.parts.edits import NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Line, label


class StartAtDialog(Dialog):
    """Which series, and its next number. `chosen()` after it was accepted."""

    def __init__(self, parent: QWidget, series: Sequence[Series]) -> None:
        super().__init__(parent, _("Bắt đầu từ số…"), "start_at_dialog")
        self.setMinimumWidth(560)
        self._series = tuple(series)
        names = [(at, f"{one.symbol} {one.year}") for at, one in enumerate(self._series)]
        self.which = Combo("series_to_start", _("Sổ"), names, width=200)
        self.number = NumberEdit("first_number", _("Số tiếp theo"), high=999_999, width=112)
        self._row = Field(_("&Số tiếp theo"), self.number)
        self.which.picked.connect(lambda _at: self._suggest())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 16)
        inner.addWidget(label(_("Trạm đã có sổ giấy thì ghi số tiếp theo của sổ ấy."), "section", wrap=True))
        inner.addWidget(label(_("Số đã cấp trên máy không dùng lại, nên chỉ tăng được."), "body", "muted", wrap=True))
        inner.addSpacing(8)
        inner.addWidget(Field(_("S&ổ"), self.which))
        inner.addWidget(self._row)
        column.addLayout(inner)
        column.addWidget(Line())
        column.addLayout(foot(*save_buttons(self.reject, self._try, act=_("Bắt đầu từ số này"))))
        FormKeys(self, save=self._try)
        self._suggest()

    def chosen(self) -> tuple[Series, int]:
        """The series and the number it goes on with."""
        number = self.number.number()
        return self._series[self.which.value()], int(number) if number is not None else 0

    def _suggest(self) -> None:
        one = self._series[self.which.value()]
        self.number.set_number(one.next_number)
        self._row.set_hint(_("từ {n} trở lên").format(n=one.next_number))
        self.number.setFocus()
        self.number.selectAll()

    def _try(self) -> None:
        one, number = self.chosen()
        if number >= one.next_number:
            self.accept()
        else:
            self._row.set_hint(_("Ghi số từ {n} trở lên.").format(n=one.next_number), "danger")
            self.number.setFocus()
