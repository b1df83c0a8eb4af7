"""A window of three pages for the tests of the frame and of the scanner, and keys as they come from the system."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from covidstation.ui.frame.page import Page
from covidstation.ui.frame.sidebar import Entry
from covidstation.ui.frame.status import StatusPart
from covidstation.ui.frame.window import MainFrame
from covidstation.ui.parts.buttons import Button

ENTRIES = [
    Entry("today", "Hôm nay", "today"),
    Entry("f0", "F0", "person"),
    Entry("sync", "Đồng bộ", "arrows", apart=True),
]
PARTS = [
    StatusPart("12 thay đổi chưa gửi, cũ nhất 2 ngày", "warn", lambda: None),
    StatusPart("Biên nhận gần nhất 05:40 hôm nay", "good", None, "Biên nhận 05:40"),
    StatusPart("Sao lưu tốt 2 giờ trước", "good", None, "Sao lưu tốt"),
    StatusPart("Báo cáo 07:00 chưa chốt", "wait"),
]


def now() -> datetime:
    return datetime(2022, 3, 10, 7, 12)


class Form(Page):
    """A page with two fields, an action bar, and a say in being left."""

    def __init__(self, name: str = "f0") -> None:
        super().__init__(name, "F0 mới")
        self.loads, self.changes, self.free, self.saved = 0, [], True, 0
        self.name, self.phone = QLineEdit(), QLineEdit()
        self.add(self.name)
        self.add(self.phone)
        self.body.addStretch(1)
        self.save = Button("&Lưu", "primary", keys="Ctrl+Return", name="save")
        self.save.clicked.connect(self._save)

    def _save(self) -> None:
        self.saved += 1

    def load(self) -> None:
        self.loads += 1

    def refresh(self, changes) -> None:
        self.changes.append(changes)

    def may_leave(self) -> bool:
        return self.free

    def bar_actions(self):
        return (self.save,)


def three_pages(shown) -> MainFrame:
    """On the smallest screen, the first page in sight."""
    made = MainFrame(ENTRIES, now=now)
    for page in (Page("today", "Hôm nay"), Form(), Page("sync", "Đồng bộ")):
        made.add_page(page)
    made.set_status(PARTS)
    made.set_user("Lò Thị Mai", [("Đổi mật khẩu", lambda: None)])
    made.resize(1366, 697)
    shown(made)
    made.go("today")
    return made


def send(target, key: int, text: str = "", modifiers=Qt.KeyboardModifier.NoModifier, repeat: bool = False) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text, repeat))


def commit(target, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(target, event)
