"""Light, dark, or as the system says; may change while the program runs."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import palette
from covidstation.ui.look.style import style_sheet
from covidstation.ui.look.tokens import DARK, LIGHT, Tokens

Choice = Literal["system", "light", "dark"]
_SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}


class Theme(QObject):
    """Dresses the application: `Theme(app)` once at the start, before the first widget; `choose()` later.

    Widgets need no signal: they ask `tokens_of(self)` when they paint. `changed` is for what keeps pictures.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: Choice = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice = choice
        self._worn: Tokens | None = None
        app.setStyle("Fusion")
        app.setFont(font("body"))
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self.choose(choice)

    @property
    def choice(self) -> Choice:
        """What the user chose."""
        return self._choice

    @property
    def tokens(self) -> Tokens:
        """The colours worn now."""
        if self._choice != "system":
            return DARK if self._choice == "dark" else LIGHT
        return DARK if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def choose(self, choice: Choice) -> None:
        """Wear that scheme from now on; the window frame drawn by the system follows where it can."""
        self._choice = choice
        self._app.styleHints().setColorScheme(_SCHEMES[choice])
        self._follow()

    def _follow(self) -> None:
        tokens = self.tokens
        if tokens is self._worn:
            return
        self._worn = tokens
        self._app.setPalette(palette(tokens))
        self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit()
