"""The one style sheet: only where Fusion would paint gradients, or where a state changes a field's ground."""

from __future__ import annotations

from covidstation.ui.look.tokens import Tokens

_SHEET = """
QPushButton {{ background: {raised}; border: 1px solid {border}; border-radius: 4px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:pressed, QPushButton:open {{ background: {line}; }}
QPushButton:disabled {{ background: {raised}; border-color: {line}; }}
QPushButton[kind="primary"] {{ background: {accent_fill}; border-color: {accent_fill}; }}
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed {{ border-color: {text}; }}
QPushButton[kind="danger"] {{ background: {danger_fill}; border-color: {danger_fill}; }}
QPushButton[kind="danger"]:hover, QPushButton[kind="danger"]:pressed {{ border-color: {text}; }}
QPushButton[kind="primary"]:disabled, QPushButton[kind="danger"]:disabled
    {{ background: {raised}; border-color: {line}; }}
QPushButton[kind="quiet"], QPushButton[kind="flat"] {{ background: transparent; border-color: transparent; }}
QPushButton[kind="quiet"]:hover, QPushButton[kind="flat"]:hover {{ background: {hover}; }}
QLineEdit, QComboBox, QPlainTextEdit {{ background: {base}; color: {text}; border: 1px solid {border};
    border-radius: 4px; min-height: 30px; padding: 0 8px; placeholder-text-color: {muted};
    selection-background-color: {accent_fill}; selection-color: {on_fill}; }}
QPlainTextEdit {{ padding: 4px 6px; }}
QLineEdit[scale="large"], QComboBox[scale="large"] {{ min-height: 38px; }}
QLineEdit:disabled, QLineEdit:read-only, QComboBox:disabled, QPlainTextEdit:disabled
    {{ background: {alt}; color: {muted}; border-color: {line}; }}
QLineEdit[state="warn"], QComboBox[state="warn"] {{ background: {warn_soft}; border-color: {warn}; }}
QLineEdit[state="error"], QComboBox[state="error"] {{ background: {danger_soft}; border-color: {danger}; }}
QComboBox QLineEdit {{ border: none; padding: 0; min-height: 28px; background: transparent; }}
QComboBox::drop-down {{ border: none; width: 28px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {raised}; border: 1px solid {border}; outline: none; }}
QHeaderView, QHeaderView::section {{ background: {base}; border: none; }}
QScrollBar {{ background: transparent; border: none; width: 10px; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {border}; border-radius: 3px; margin: 2px; min-height: 32px; min-width: 32px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QProgressBar {{ background: {line}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QMenu {{ background: {raised}; border: 1px solid {border}; padding: 4px; }}
QMenu::item {{ padding: 7px 24px 7px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent_soft}; color: {text}; }}
QMenu::separator {{ background: {line}; height: 1px; margin: 4px 8px; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px 8px; }}
QLabel[ink="muted"] {{ color: {muted}; }}
QLabel[ink="accent"] {{ color: {accent}; }}
QLabel[ink="danger"] {{ color: {danger}; }}
QLabel[ink="warn"] {{ color: {warn}; }}
QLabel[ink="ok"] {{ color: {ok}; }}
"""


def style_sheet(tokens: Tokens) -> str:
    """The rules for that scheme. Variants by the dynamic properties `kind`, `state`, `scale`, `ink`."""
    names = (name for name in Tokens.__dataclass_fields__ if name not in ("dark", "chips"))
    return _SHEET.format(**{name: getattr(tokens, name) for name in names})
