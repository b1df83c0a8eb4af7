"""The palette made from the tokens, and the way back: which tokens a widget stands in."""

from __future__ import annotations

from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

from covidstation.ui.look.tokens import DARK, LIGHT, Ink, Tokens

_ROLES = {
    QPalette.ColorRole.Base: "base",
    QPalette.ColorRole.Light: "base",
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.AlternateBase: "alt",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Shadow: "line",
    QPalette.ColorRole.Dark: "border",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Highlight: "accent_soft",
    QPalette.ColorRole.BrightText: "danger",
}
_TEXTS = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.HighlightedText,
)


def palette(tokens: Tokens) -> QPalette:
    """The Qt palette of that scheme; disabled words are muted."""
    result = QPalette()
    for role, name in _ROLES.items():
        result.setColor(role, QColor(getattr(tokens, name)))
    for role in _TEXTS:
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.muted))
    return result


def tokens_of(widget: QWidget | None = None) -> Tokens:
    """The tokens in force for that widget (for the program when None): asked at each paint, so no cache ages."""
    used = widget.palette() if widget is not None else QGuiApplication.palette()
    return DARK if used.color(QPalette.ColorRole.WindowText).lightness() > 127 else LIGHT


def ink(widget: QWidget, name: Ink) -> QColor:
    """A token's colour as this widget shows it now."""
    return QColor(tokens_of(widget).ink(name))
