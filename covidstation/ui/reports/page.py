"""Báo cáo: three tabs over one page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from covidstation.i18n import _, long_date
from covidstation.services.changes import Changes, Kind
from covidstation.services.district.targets import Reached, targets_on
from covidstation.services.reports.notices import notices_due
from covidstation.ui.desk import Desk
from covidstation.ui.district.words import short_target
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.segments import Segments
from covidstation.ui.reports.day_tab import DayTab
from covidstation.ui.reports.frozen_tab import FrozenTab
from covidstation.ui.reports.notices_tab import NoticesTab

_KINDS = frozenset((Kind.EPISODES, Kind.PEOPLE, Kind.PAPERS, Kind.CARE, Kind.CONTACTS, Kind.REPORTS, Kind.STATION))


class ReportsPage(Page):
    """Tabs `day`, `frozen`, `notices`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("reports", _("Báo cáo"))
        self._desk = desk
        names = [("day", _("Báo cáo ngày")), ("frozen", _("Đã chốt")), ("notices", _("Chưa nhập hệ thống"))]
        self.tabs = Segments("report_tabs", _("Xem"), names)
        self.day, self.frozen, self.notices = DayTab(desk), FrozenTab(desk), NoticesTab(desk)
        self._parts: dict[str, DayTab | FrozenTab | NoticesTab] = {
            "day": self.day,
            "frozen": self.frozen,
            "notices": self.notices,
        }
        self._stack = QStackedWidget()
        for part in self._parts.values():
            self._stack.addWidget(part)
            part.buttons_changed.connect(self.actions_changed)
            part.told.connect(self._tell)
        self.add(self._stack, 1)
        self.set_head_actions(self.tabs)
        self.tabs.chosen.connect(self._choose)
        self.frozen.opened.connect(self._look_at)
        self.notices.counted.connect(partial(self.tabs.set_count, "notices"))

    def load(self) -> None:
        """The day's report first; the queue's count beside it."""
        self.set_title(_("Báo cáo"), long_date(self._desk.now().date()))
        self._part().load()
        desk = self._desk
        desk.ask(self, partial(targets_on, desk.register.db, desk.now().date()), self._show_targets)
        if self.tabs.value() != "notices":
            op = partial(notices_due, desk.register.db, desk.catalog, desk.now())
            desk.ask(self, op, lambda lines: self.tabs.set_count("notices", len(lines)))
        QTimer.singleShot(0, self, self._focus)

    def _show_targets(self, found: Sequence[tuple[UUID, Reached]]) -> None:
        """What the district wants done in these days, and how far it is."""
        parts = [long_date(self._desk.now().date()), *(short_target(reached) for _item, reached in found)]
        self.set_title(_("Báo cáo"), " · ".join(parts))

    def refresh(self, changes: Changes) -> None:
        """Count again when something of it changed."""
        if changes & _KINDS:
            self._part().load()

    def may_leave(self) -> bool:
        """What was just written is kept first."""
        self._part().leave()
        return True

    def put_aside(self) -> None:
        """The same when the window locks."""
        self._part().leave()

    def place(self) -> object:
        """The tab in sight."""
        return self.tabs.value()

    def go_back(self, place: object) -> None:
        """That tab again."""
        self.show_tab(str(place))

    def bar_actions(self) -> Sequence[QWidget]:
        """Of the tab in sight."""
        return self._part().buttons()

    def show_tab(self, key: str) -> None:
        """`day`, `frozen` or `notices`."""
        self.tabs.set_value(key)
        self._choose(key)

    def _part(self) -> DayTab | FrozenTab | NoticesTab:
        return self._parts[self.tabs.value()]

    def _choose(self, key: str) -> None:
        self.banner.clear()
        self._stack.setCurrentWidget(self._parts[key])
        self._part().load()
        self.actions_changed.emit()

    def _look_at(self, day: object) -> None:
        self.day.panel.day.set_day(day)  # type: ignore[arg-type]
        self.show_tab("day")

    def _tell(self, level: str, text: str) -> None:
        if text:
            self.banner.show_message(level, text)  # type: ignore[arg-type]
        else:
            self.banner.clear()

    def _focus(self) -> None:
        if self.isVisible():
            tables = {"day": self.day.table, "frozen": self.frozen.table, "notices": self.notices.current_table()}
            tables[self.tabs.value()].setFocus()
