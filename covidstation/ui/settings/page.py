"""Cài đặt: the sections listed at the left; leaving never drops what was typed without asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from covidstation.i18n import _
from covidstation.services.changes import Kind
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.banner import Level
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.labels import Line
from covidstation.ui.parts.segments import SideTabs
from covidstation.ui.settings.audit import AuditSection
from covidstation.ui.settings.backup import BackupSection
from covidstation.ui.settings.check import CheckSection
from covidstation.ui.settings.law import LawSection
from covidstation.ui.settings.line import LineSection
from covidstation.ui.settings.places import PlacesSection
from covidstation.ui.settings.retention import RetentionSection
from covidstation.ui.settings.rules import RulesSection
from covidstation.ui.settings.section import Section, framed
from covidstation.ui.settings.simple import AboutSection, LooksSection
from covidstation.ui.settings.staff import StaffSection
from covidstation.ui.settings.station import StationSection
from covidstation.ui.settings.trust import TrustSection
from covidstation.ui.settings.update import UpdateSection
from covidstation.ui.settings.users import UsersSection

GROUPS: Final[tuple[tuple[Callable[[Desk], Section], ...], ...]] = (
    (StationSection, PlacesSection, StaffSection),
    (LawSection, RulesSection, TrustSection),
    (UsersSection, AuditSection, BackupSection, RetentionSection),
    (LooksSection, LineSection, CheckSection, UpdateSection, AboutSection),
)
"""The station, what it goes by, who sees and keeps it, the program."""


class SettingsPage(Page):
    """`show_section(key)`: station, places, staff, law, rules, trust, users, audit, backup, retention, looks, line,
    check, update, about."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("settings", _("Cài đặt"))
        self._desk = desk
        self.sections: dict[str, Section] = {}
        self._stack = QStackedWidget()
        names: list[tuple[str, str] | None] = []
        for group in GROUPS:
            for make in group:
                section = make(desk)
                names.append((section.key, section.title))
                self._take_in(section)
            names.append(None)
        self.tabs = SideTabs("settings_tabs", _("Mục cài đặt"), names[:-1])
        self.tabs.chosen.connect(self._chosen)
        self.tabs.entered.connect(self._go_in)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Line(vertical=True))
        row.addWidget(self._stack, 1)
        self.add(holder, 1)
        self._current = next(iter(self.sections))

    def _take_in(self, section: Section) -> None:
        self.sections[section.key] = section
        self._stack.addWidget(framed(section))
        section.told.connect(self._say)
        section.buttons_changed.connect(self.actions_changed)

    def load(self) -> None:
        """Read the section in sight."""
        self.banner.clear()
        if not self.section().unsaved():
            self.section().load()

    def refresh(self, changes: Any) -> None:
        """A change made elsewhere; what stands typed here stays."""
        if {Kind.STATION, Kind.PLACES} & set(changes) and not self.section().unsaved():
            self.section().load()

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard starts on the list of sections."""
        super().showEvent(event)
        self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def section(self) -> Section:
        """The one in sight."""
        return self.sections[self._current]

    def show_section(self, key: str) -> None:
        """Go to that section, when the one in sight may be left."""
        if key != self._current and not self.may_leave():
            self.tabs.set_value(self._current)
            return
        self._current = key
        self.tabs.set_value(key)
        self._stack.setCurrentIndex(list(self.sections).index(key))
        self.banner.clear()
        self.section().load()
        self.actions_changed.emit()

    def place(self) -> object:
        """The section in sight."""
        return self._current

    def go_back(self, place: object) -> None:
        """That section again."""
        self.show_section(str(place))

    def show_part(self, part: str) -> None:
        """A section, or what in it is asked for: `audit:<a person's id>`, `users:passphrase`."""
        key, _colon, about = part.partition(":")
        self.show_section(key)
        if self.section().key == key and about:
            self.section().show_about(about)

    def may_leave(self) -> bool:
        """Ask when something typed would be lost."""
        if not self.section().unsaved():
            return True
        left = confirm(
            self,
            _("Chưa lưu"),
            _("Những gì vừa gõ ở mục này chưa lưu."),
            act=_("Bỏ, không lưu"),
            back=_("Ở lại"),
            heavy=True,
        )
        if left:
            self.section().forget()
            self.section().load()
        return left

    def put_aside(self) -> None:
        """Whatever is half typed in a section is kept."""
        for section in self.sections.values():
            section.put_aside()

    def bar_actions(self) -> Sequence[QWidget]:
        """Of the section in sight."""
        return self.section().buttons()

    def _go_in(self) -> None:
        """To the first field or table of the section, else to what comes next."""
        section, chain = self.section(), list[QWidget]()
        one = self.tabs.nextInFocusChain()
        while one is not None and one is not self.tabs:
            chain.append(one)
            one = one.nextInFocusChain()
        inside = (
            one
            for one in chain
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus
            and one.isEnabled()
            and one.isVisible()
            and section.isAncestorOf(one)
        )
        target = next(inside, next(iter(chain), None))
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _chosen(self, key: str) -> None:
        self.show_section(key)

    def _say(self, level: Level, text: str) -> None:
        if text:
            self.banner.show_message(level, text)
        else:
            self.banner.clear()
