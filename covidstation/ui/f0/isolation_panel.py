"""The right side of the F0 form: what will be ordered when it is saved, and who lives in the house."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.people import Member
from covidstation.domain.episodes import EpisodeDraft, QuarantineType
from covidstation.domain.problems import Problem
from covidstation.domain.rules import IsolationRule, RuleError, isolation_end, isolation_rule_on
from covidstation.domain.text import TEXT_LIMIT
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.episodes import isolation_from
from covidstation.ui.case_words import PLACES, span
from covidstation.ui.f0.inputs import at_clock, on_edit, put_all, read_all
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import tell
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit, set_state
from covidstation.ui.parts.labels import Ground, Line, TwoLineLabel, label, set_ink
from covidstation.ui.parts.moments import ClockEdit, MomentEdit
from covidstation.ui.triage.why import RiskVerdict

_HOURS = ("found_at", "proposed_at", "decided_at", "told_at")
_LABEL = 76


class IsolationPanel(Ground):
    """Place, days and hours of the isolation. `edited(name)` fires when a person changed one.

    `rules()` are the station's rules as they are now; `report_day()` is the day on which the illness was found, and
    what was not touched by hand follows it (`follow`).
    """

    edited = Signal(str)

    def __init__(
        self, rules: Callable[[], Sequence[IsolationRule]], today: date, report_day: Callable[[], date | None]
    ) -> None:
        super().__init__(QPalette.ColorRole.AlternateBase)
        self._rules, self._today, self._report_day = rules, today, report_day
        self._hour = 0
        self._touched: set[str] = set()
        self._rule: IsolationRule | None = None
        self._household = ""
        self._worst: Problem | None = None
        self._base = EpisodeDraft()
        self._make_fields()
        self._make_words()
        self.setFixedWidth(360)
        self._lay_out()
        self.widgets: dict[str, QWidget] = {widget.objectName(): widget for widget in self._in_order()}
        for name, widget in self.widgets.items():
            on_edit(widget, partial(self._hear, name))

    def show_new(self, *, hour: int, now: datetime, asks_hours: bool) -> None:
        """A new isolation at home by the rule; found and proposed now when it was found today."""
        self._base, self._hour = EpisodeDraft(), hour
        self._touched.clear()
        minute = now.replace(second=0, microsecond=0, tzinfo=None)
        hours = dict.fromkeys(("found_at", "proposed_at"), minute) if asks_hours else {}
        self._fill(EpisodeDraft(found_at=hours.get("found_at"), proposed_at=hours.get("proposed_at")))
        self._hours.setVisible(asks_hours)
        self.follow()

    def show_episode(self, episode: EpisodeDraft, *, asks_hours: bool) -> None:
        """A known isolation: nothing in it follows by itself."""
        self._base = episode
        self._touched = {"isolation_start", "isolation_hour", "isolation_days", *_HOURS}
        self._fill(episode)
        known = any(getattr(episode, name) is not None for name in _HOURS)
        self._hours.setVisible(asks_hours or known)
        self.follow()

    def put_into(self, draft: EpisodeDraft) -> EpisodeDraft:
        """That draft with the isolation that stands here."""
        kind = self.kind.value()
        days = self.days.number()
        isolated = kind is not QuarantineType.NONE
        return replace(
            draft,
            isolation_type=kind,
            isolation_address=self.address.value(),
            isolation_start=self._start() if isolated else None,
            isolation_days=int(days) if days is not None and isolated else None,
            isolation_rule=self._rule_id(draft) if isolated else "",
            found_at=self.moments["found_at"].moment(),
            proposed_at=self.moments["proposed_at"].moment(),
            decided_at=self.moments["decided_at"].moment(),
            told_at=self.moments["told_at"].moment(),
        )

    def _start(self) -> datetime | None:
        """Day and hour; the seconds of a known start stay while the rest does."""
        start, known = at_clock(self.start.day(), self.hour.clock()), self._base.isolation_start
        same = start is not None and known is not None and known.replace(second=0, microsecond=0) == start
        return known if same else start

    def _rule_id(self, draft: EpisodeDraft) -> str:
        """The rule that the days come from, empty for days of one's own; a known one stays with its days."""
        days, base = self.days.number(), self._base
        if days is not None and days == base.isolation_days and draft.report_date == base.report_date:
            return base.isolation_rule
        return self._rule.id if self._rule is not None and days == self._rule.days else ""

    def follow(self) -> None:
        """Bring what was not touched by hand up to the day on which it was found."""
        day = self._report_day()
        self._rule = self._rule_of(day)
        if "isolation_start" not in self._touched:
            self.start.set_day(day)
        if "isolation_days" not in self._touched:
            self.days.set_number(self._rule.days if self._rule else None)
        if day is not None and day != self._today:
            for name in ("found_at", "proposed_at"):
                if name not in self._touched:
                    self.moments[name].set_moment(None)
        self._follow_hour()
        self._say()

    def _follow_hour(self) -> None:
        """Begin with the finding, or at the station's hour."""
        day = self.start.day()
        if day is not None and "isolation_hour" not in self._touched:
            self.hour.set_clock(isolation_from(day, self.moments["found_at"].moment(), self._hour).time())

    def show_household(self, members: Sequence[Member], *, founded: str) -> None:
        """Who lives in the house that is chosen."""
        names = ", ".join(member.full_name for member in members)
        if founded:
            words = _("Hộ mới, chủ hộ {name}").format(name=founded)
        elif members:
            words = _("Cùng hộ {count} người: {names}").format(count=len(members), names=names)
        else:
            words = ""
        self._household = words
        self._say_last()

    def unreadable(self) -> list[Problem]:
        """What stands in a field and means nothing."""
        found = [Problem("isolation_start", "forms.bad_date")] if self.start.bad() else []
        found += [Problem("isolation_hour", "forms.bad_hour")] if self.hour.bad() else []
        found += [Problem("isolation_days", "forms.bad_number")] if self.days.bad() else []
        found += [Problem(name, "forms.bad_moment") for name in _HOURS if self.moments[name].bad()]
        if self._report_day() is not None and self._rule is None:
            found.append(Problem("report_date", "episodes.no_rule", {"day": f"{self._report_day():%d/%m/%Y}"}))
        return found

    def show_problems(self, problems: Iterable[Problem]) -> set[str]:
        """Colour the fields; the worst sentence stands under them, in room that is always there."""
        mine = [problem for problem in problems if problem.field in self.widgets]
        levels = {problem.field: problem.level for problem in sorted(mine, key=lambda one: one.level != "warning")}
        for name, widget in self.widgets.items():
            level = levels.get(name)
            set_state(widget, "error" if level == "error" else "warn" if level else "")
        worst = next((one for one in mine if one.level == "error"), mine[0] if mine else None)
        self._worst = worst
        self._say_last()
        return set(self.widgets)

    def _say_last(self) -> None:
        """What is wrong covers who lives in the house: the room for one of them is always there."""
        worst = self._worst
        ink: Ink = "muted" if worst is None else "danger" if worst.level == "error" else "warn"
        set_ink(self._last, ink)
        self._last.set_text(sentence(worst) if worst else self._household)

    def raw(self) -> dict[str, Any]:
        """What stands in the fields; kept as a draft."""
        return {**read_all(self.widgets), "touched": sorted(self._touched)}

    def put_raw(self, raw: dict[str, Any]) -> None:
        """Put a draft back."""
        put_all(self.widgets, raw)
        self._touched = set(map(str, raw.get("touched", ())))
        self.follow()

    def _make_fields(self) -> None:
        kinds = [(kind, _(words)) for kind, words in PLACES.items()]
        self.kind = Combo("isolation_type", _("Nơi cách ly"), kinds, width=220)
        self.address = LineEdit(
            "isolation_address", _("Địa chỉ nơi cách ly"), width=220, hint=_("như nơi ở"), limit=TEXT_LIMIT + 100
        )
        self.start = DateEdit("isolation_start", _("Cách ly từ ngày"), today=self._today)
        self.hour = ClockEdit("isolation_hour", _("Giờ bắt đầu"))
        self.days = NumberEdit("isolation_days", _("Số ngày cách ly"), high=999, width=48)
        titles = (_("Phát hiện lúc"), _("Đề nghị lúc"), _("Quyết định lúc"), _("Báo người bệnh lúc"))
        self.moments = {
            name: MomentEdit(name, title, today=self._today, day=self._report_day)
            for name, title in zip(_HOURS, titles, strict=True)
        }

    def _make_words(self) -> None:
        self._summary = label("", "section")
        self._sentence = label("", "hint", "muted", wrap=True)
        self._confirmed = label("", "hint", "warn")
        self._source = Button(_("Xem nguồn"), "quiet", name="rule_source")
        self._source.setProperty("aside", True)
        self._source.clicked.connect(self._tell_source)
        self._last = TwoLineLabel("", "hint", "muted")
        self.risk = RiskVerdict()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.MARGIN, 8, metrics.MARGIN, 4)
        column.setSpacing(0)
        column.addWidget(self.risk)
        column.addWidget(Line())
        column.addSpacing(6)
        column.addWidget(self._summary)
        column.addWidget(self._sentence)
        column.addLayout(_row(_("Cách &ly"), self.kind))
        column.addLayout(_row(_("Địa chỉ"), self.address))
        column.addLayout(_row(_("Từ ngày"), self.start, _("lúc"), self.hour))
        column.addLayout(_row(_("Số ngày"), self.days, self._confirmed, self._source))
        self._hours = self._made_hours()
        column.addWidget(self._hours)
        column.addWidget(self._last)
        column.addStretch(1)

    def _made_hours(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        for at, name in enumerate(_HOURS):
            edit = self.moments[name]
            title = label(edit.accessibleName(), "hint", "muted")
            title.setBuddy(edit)
            grid.addWidget(title, at // 2 * 2, at % 2)
            grid.addWidget(edit, at // 2 * 2 + 1, at % 2)
        return holder

    def _in_order(self) -> tuple[QWidget, ...]:
        return (self.kind, self.address, self.start, self.hour, self.days, *self.moments.values())

    def _fill(self, draft: EpisodeDraft) -> None:
        self.kind.set_value(draft.isolation_type)
        self.address.set_value(draft.isolation_address)
        start = draft.isolation_start
        self.start.set_day(start.date() if start else None)
        self.hour.set_clock(start.time() if start else None)
        self.days.set_number(draft.isolation_days)
        for name in _HOURS:
            self.moments[name].set_moment(getattr(draft, name))

    def _hear(self, name: str) -> None:
        self._touched.add(name)
        if name in ("found_at", "isolation_start"):
            self._follow_hour()
        self._say()
        self.edited.emit(name)

    def _rule_of(self, day: date | None) -> IsolationRule | None:
        if day is None:
            return None
        try:
            return isolation_rule_on(self._rules(), day)
        except RuleError:
            return None

    def _say(self) -> None:
        """The dates in large words, the rule under them."""
        kind, start, days, rule = self.kind.value(), self.start.day(), self.days.number(), self._rule
        isolated = kind is not QuarantineType.NONE
        for widget in (self.address, self.start, self.hour, self.days):
            widget.setEnabled(isolated)
        words = _(PLACES[kind])
        if isolated and start and days and rule:
            last = isolation_end(rule, start, int(days))
            words = (
                _("Cách ly tại nhà {span}").format(span=span(start, last))
                if kind is QuarantineType.HOME
                else _("{place} {span}").format(place=words, span=span(start, last))
            )
        self._summary.setText(words)
        self._sentence.setText(rule.sentence if rule and isolated else "")
        self._confirmed.setText("" if rule is None or rule.confirmed else _("chưa xác nhận"))
        self._source.setVisible(rule is not None)

    def _tell_source(self) -> None:
        if self._rule is not None:
            text = _("{sentence}\n\nNguồn: {source}.").format(sentence=self._rule.sentence, source=self._rule.source)
            tell(self, _("Số ngày cách ly"), text, bad=False)


def _row(text: str, widget: QWidget, *more: QWidget | str) -> QHBoxLayout:
    """A 36-px row of the panel: label, field, what follows it."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 2, 0, 2)
    row.setSpacing(metrics.GAP)
    title = label(text, "body", "muted")
    title.setFixedWidth(_LABEL)
    title.setBuddy(widget)
    row.addWidget(title)
    row.addWidget(widget)
    for part in more:
        row.addWidget(label(part, "body", "muted") if isinstance(part, str) else part)
    row.addStretch(1)
    return row
