"""Line edits that read what a nurse types: dates in five ways, numbers with comma or point, tidy text."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from covidstation.domain.dates import PartialDate, read_birth, read_date
from covidstation.i18n import _, date_text
from covidstation.ui.look.icons import icon
from covidstation.ui.parts.labels import plain_tip, restyle


class LineEdit(QLineEdit):
    """One line of text, kept NFC with its spaces squeezed, case as typed.

    `name` is the object name (English), `title` the accessible name (Vietnamese), `width` its pixels.
    `typed` fires on each change by hand and by `set_value`'s caller never.
    """

    def __init__(
        self,
        name: str,
        title: str,
        *,
        width: int = 0,
        hint: str = "",
        limit: int = 200,
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setPlaceholderText(hint)
        self.setMaxLength(limit)
        if large:
            self.setProperty("scale", "large")
        if width:
            self.setFixedWidth(width)
        self._mark: tuple[str, str] | None = None
        self._mark_action: QAction | None = None

    def value(self) -> str:
        """The text, NFC, spaces squeezed."""
        return " ".join(unicodedata.normalize("NFC", self.text()).split())

    def set_value(self, value: str) -> None:
        """Show that text."""
        self.setText(value)
        self.setCursorPosition(0)

    def set_mark(self, icon_name: str, title: str = "") -> None:
        """A small icon inside the field at the right (`card`: read from a card); empty name takes it away."""
        if self._mark_action is not None:
            self.removeAction(self._mark_action)
            self._mark_action = None
        self._mark = (icon_name, title) if icon_name else None
        if self._mark:
            shown = icon(icon_name, self, "muted")
            self._mark_action = self.addAction(shown, QLineEdit.ActionPosition.TrailingPosition)
            self._mark_action.setText(title)  # its name for those who hear the screen
            self._mark_action.setToolTip(plain_tip(title))

    def changeEvent(self, event: QEvent) -> None:
        """The mark's colour follows the scheme."""
        super().changeEvent(event)
        mark = self.__dict__.get("_mark")
        if event.type() == QEvent.Type.PaletteChange and mark and self._mark_action is not None:
            self._mark_action.setIcon(icon(mark[0], self, "muted"))  # a new action here would crash Qt's walk


class PasswordEdit(LineEdit):
    """A passphrase with an eye that shows it while pressed again."""

    def __init__(self, name: str, title: str, *, width: int = 0, large: bool = True) -> None:
        super().__init__(name, title, width=width, limit=1000, large=large)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.set_mark("eye", _("Hiện hoặc giấu mật khẩu"))

    def value(self) -> str:
        """The text exactly as typed, NFC: spaces count in a passphrase."""
        return unicodedata.normalize("NFC", self.text())

    def set_mark(self, icon_name: str, title: str = "") -> None:
        """The eye, which turns the dots into letters and back."""
        super().set_mark(icon_name, title)
        if self._mark_action is not None:
            self._mark_action.triggered.connect(self._turn)

    def _turn(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)


class DateEdit(LineEdit):
    """A date as a line: `5/3`, `0503`, `050322`, `5-3-2022`; shows dd/mm/yyyy once it is left.

    `value_changed(date | None)` fires when the date read from the text changes.
    """

    value_changed = Signal(object)

    def __init__(self, name: str, title: str, *, today: date, width: int = 112, hint: str = "") -> None:
        super().__init__(name, title, width=width, hint=hint, limit=10)
        self.today = today
        self._last: date | None = None
        self.textChanged.connect(self._changed)
        self.editingFinished.connect(self._tidy)

    def day(self) -> date | None:
        """The date, or None when empty or no date; `bad()` tells which."""
        try:
            return read_date(self.text(), self.today)
        except ValueError:
            return None

    def bad(self) -> bool:
        """Whether something stands there that is no date."""
        return bool(self.text().strip()) and self.day() is None

    def set_day(self, value: date | None) -> None:
        """Show that date; None empties."""
        self.setText(date_text(value))

    def _changed(self) -> None:
        value = self.day()
        if value != self._last:
            self._last = value
            self.value_changed.emit(value)

    def _tidy(self) -> None:
        value = self.day()
        if value is not None and self.text() != date_text(value):
            self.setText(date_text(value))


class BirthEdit(LineEdit):
    """A birth: a full date as DateEdit takes it, `3/1955`, or the year alone."""

    value_changed = Signal(object)

    def __init__(self, name: str, title: str, *, today: date, width: int = 136, hint: str = "") -> None:
        super().__init__(name, title, width=width, hint=hint, limit=10)
        self.today = today
        self._last: PartialDate | None = None
        self.textChanged.connect(self._changed)
        self.editingFinished.connect(self._tidy)

    def birth(self) -> PartialDate | None:
        """The birth, or None when empty or unreadable."""
        try:
            return read_birth(self.text(), self.today)
        except ValueError:
            return None

    def bad(self) -> bool:
        """Whether something stands there that is no birth."""
        return bool(self.text().strip()) and self.birth() is None

    def set_birth(self, value: PartialDate | None) -> None:
        """Show that birth; None empties."""
        self.setText(value.text() if value else "")

    def _changed(self) -> None:
        value = self.birth()
        if value != self._last:
            self._last = value
            self.value_changed.emit(value)

    def _tidy(self) -> None:
        value = self.birth()
        if value is not None and self.text() != value.text():
            self.setText(value.text())


_MINUS = str.maketrans("\u2212\u2013\u2010\u2011\uff0d", "-----")  # what stands for a minus


class NumberEdit(LineEdit):
    """A number with `places` decimals: `36,7` and `36.7` alike; with one place also `367` for 36,7 if `low`-`high`
    says so. Shows the decimal comma once it is left."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        places: int = 0,
        low: Decimal | int = 0,
        high: Decimal | int = 10**9,
        width: int = 88,
    ) -> None:
        super().__init__(name, title, width=width, limit=12)
        self._places, self._low, self._high = places, Decimal(low), Decimal(high)
        self.editingFinished.connect(self._tidy)

    def number(self) -> Decimal | None:
        """The number, or None when empty, unreadable or out of bounds."""
        text = self.text().strip().replace(",", ".").translate(_MINUS)
        try:
            value = Decimal(text)
        except InvalidOperation:
            return None
        if not value.is_finite():
            return None
        if self._places and "." not in text and value > self._high:
            value = value.scaleb(-self._places)
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self._places:
            return None
        return value if self._low <= value <= self._high else None

    def bad(self) -> bool:
        """Whether something stands there that is no such number."""
        return bool(self.text().strip()) and self.number() is None

    def set_number(self, value: Decimal | int | None) -> None:
        """Show that number; None empties."""
        self.setText("" if value is None else f"{Decimal(value):.{self._places}f}".replace(".", ","))

    def _tidy(self) -> None:
        value = self.number()
        if value is not None:
            self.set_number(value)


def set_state(widget: QWidget, state: str) -> None:
    """`warn`, `error` or empty: the field's ground and border."""
    if (widget.property("state") or "") != state:
        restyle(widget, "state", state)
