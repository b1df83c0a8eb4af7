"""The main window: side bar, top bar, one page at a time, its action bar, the status line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.frame.page import Page
from covidstation.ui.frame.sidebar import Entry, SideBar
from covidstation.ui.frame.status import StatusLine, StatusPart
from covidstation.ui.look import metrics
from covidstation.ui.parts.banner import Banner
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.search import SearchField
from covidstation.ui.parts.shelf import Shelf

PROGRAM = "CovidStation"
_LOW = 740  # a maximised window at 1366 × 768 on Windows 10 has about 697


class MainFrame(QWidget):
    """The window around the pages; it knows no data.

    Give it the side bar's `entries`, then `add_page(page)` for each, then `go(name)`. It tells what was asked for:
    `new_f0_asked`, `lock_asked`, `help_asked`, `page_shown(name)`, `closing`; `search` is the field with its own
    signals. `broadcast(changes)` refreshes the page in sight; the others `load()` when they are shown.
    """

    new_f0_asked = Signal()
    lock_asked = Signal()
    help_asked = Signal()
    page_shown = Signal(str)
    closing = Signal()

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        foot: Sequence[Entry] = (),
        now: Callable[[], datetime] = datetime.now,
        program: str = PROGRAM,
    ) -> None:
        super().__init__()
        self.setObjectName("main_frame")
        self.setWindowTitle(program)
        self._program = program
        self._pages: dict[str, Page] = {}
        self._held: tuple[QWidget, ...] = ()
        self._note: QWidget | None = None
        self._shelf = Shelf(self)
        self.side = SideBar(entries, program=program, foot=foot)
        self.side.chosen.connect(self.go)
        self.status = StatusLine(now)
        self.training = Banner()
        self.search = SearchField("search", _("Tìm người"), hint=_("Tìm người, số CCCD, hộ, số quyết định…"))
        self.new_f0 = Button(_("F0 mới"), icon="plus", keys="F2", name="new_f0")
        self.new_f0.clicked.connect(self.new_f0_asked)
        self.user = Button("", "flat", arrow=True, name="user_menu")
        self.lock = Button(_("Khoá"), "flat", icon="lock", name="lock")
        self.lock.clicked.connect(self.lock_asked)
        self._menu = QMenu(self)
        self._menu.setObjectName("user_menu_list")
        self.user.clicked.connect(self._open_menu)
        self._stack = QStackedWidget()
        self._action_bar = QWidget()
        self._action_row = QHBoxLayout()
        self._lay_out()
        self._bind()

    def add_page(self, page: Page) -> None:
        """Take the page into the stack under its object name (a page of the same name is replaced)."""
        old = self._pages.get(page.objectName())
        self._pages[page.objectName()] = page
        self._stack.addWidget(page)
        self._shelf.lay_all(page)
        page.actions_changed.connect(self.refresh_actions)
        page.title_changed.connect(self._retitle)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()

    def page(self, name: str) -> Page:
        """The page of that name. Raises KeyError."""
        return self._pages[name]

    def current(self) -> Page | None:
        """The page in sight."""
        found = self._stack.currentWidget()
        return found if isinstance(found, Page) else None

    def go(self, name: str, *, force: bool = False) -> bool:
        """Show that page, when the one in sight may be left. Returns whether it shows now."""
        page, here = self._pages[name], self.current()
        if here is not None and here is not page and not force and not here.may_leave():
            self.side.set_current(here.entry)
            return False
        self.side.set_current(page.entry)
        self._fit_banner(page)
        self._free_focus(page)
        page.load()
        self._stack.setCurrentWidget(page)
        self._put_actions(page)
        self._retitle()
        self.page_shown.emit(name)
        return True

    def _free_focus(self, page: Page) -> None:
        """The keyboard waits on the page's entry until the page takes it: from a hidden page Qt would let it run into
        the status line."""
        here, focus = self.current(), QApplication.focusWidget()
        if here is not None and here is not page and focus is not None and here.isAncestorOf(focus):
            self.side.take_focus(page.entry)

    def _retitle(self) -> None:
        """The kind of the page alone: the task bar and other programs read a window's title."""
        here = self.current()
        if here is not None:
            self.setWindowTitle(f"{here.kind} – {self._program}")

    def broadcast(self, changes: Any) -> None:
        """Something changed: the page in sight refreshes now; the others `load` when they are shown anyway."""
        here = self.current()
        if here is not None:
            here.refresh(changes)

    def set_user(self, name: str, actions: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        """Who is working, and what stands in the menu under the name."""
        self.user.set_text(name.replace("&", "&&"))
        self.user.setAccessibleName(_("Người dùng {name}").format(name=name))
        self._menu.clear()
        for text, act in actions:
            entry = QAction(text, self._menu)
            entry.triggered.connect(lambda _checked=False, act=act: act())
            self._menu.addAction(entry)

    def set_status(self, parts: Sequence[StatusPart]) -> None:
        """The status line's parts, the most pressing first."""
        self.status.set_parts(parts)

    def set_training(self, on: bool) -> None:
        """The grey banner that training data always carries."""
        if on:
            words = _("DỮ LIỆU TẬP HUẤN. Không có người thật; văn bản in ra có chữ “TẬP HUẤN”.")
            self.training.show_message("training", words)
        else:
            self.training.clear()

    def refresh_actions(self) -> None:
        """Ask the page in sight again for its buttons."""
        here = self.current()
        if here is not None:
            self._put_actions(here)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the page in sight first."""
        here = self.current()
        if here is not None and not here.may_leave():
            event.ignore()
            return
        self.closing.emit()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low window has less room for the banner."""
        super().resizeEvent(event)
        self._fit_banner(self.current())

    def _fit_banner(self, page: Page | None) -> None:
        self.training.set_slim(page is not None and page.needs_room() and self.height() < _LOW)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._top_bar())
        right.addWidget(Line())
        right.addWidget(self.training)
        right.addWidget(self._stack, 1)
        right.addWidget(self._made_action_bar())
        right.addWidget(self.status)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.side)
        whole.addWidget(Line(vertical=True))
        whole.addLayout(right, 1)

    def _top_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("top_bar")
        bar.setFixedHeight(metrics.TOP_BAR - 1)  # the hairline under it is the 56th
        bar.setAutoFillBackground(True)
        bar.setBackgroundRole(QPalette.ColorRole.Base)
        row = QHBoxLayout(bar)
        row.setContentsMargins(metrics.MARGIN, 1, 20, 0)
        row.setSpacing(0)
        row.addWidget(self.search)
        row.addStretch(1)
        row.addWidget(self.new_f0)
        row.addSpacing(16)
        row.addWidget(self.user)
        row.addSpacing(4)
        row.addWidget(self.lock)
        return bar

    def _made_action_bar(self) -> QWidget:
        bar = self._action_bar
        bar.setObjectName("action_bar")
        bar.setFixedHeight(metrics.ACTION_BAR)
        bar.setAutoFillBackground(True)
        bar.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(bar)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line())
        self._action_row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        self._action_row.setSpacing(metrics.GAP)
        column.addLayout(self._action_row, 1)
        bar.hide()
        return bar

    def _put_actions(self, page: Page) -> None:
        """The page keeps its buttons; the bar only holds them while it shows."""
        note, buttons = page.bar_note(), tuple(page.bar_actions())
        if note is not self._note or buttons != self._held:
            while (item := self._action_row.takeAt(0)) is not None:
                old = item.widget()
                if old is not None:
                    self._shelf.lay(old)
            self._action_row.addStrut(metrics.ACTION_BAR - 1)
            if note is not None:
                self._action_row.addWidget(note)
                note.show()
            self._action_row.addStretch(1)
            for button in buttons:
                self._action_row.addWidget(button)
                button.show()
            self._note, self._held = note, buttons
        self._action_bar.setVisible(bool(buttons))

    def _bind(self) -> None:
        for keys, act in (
            ("Ctrl+K", self._to_search),
            ("F1", self.help_asked.emit),
            ("Ctrl+L", self.lock_asked.emit),
        ):
            QShortcut(QKeySequence(keys), self, act)

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _open_menu(self) -> None:
        if not self._menu.isEmpty():
            self._menu.popup(self.user.mapToGlobal(QPoint(0, self.user.height() + 4)))
