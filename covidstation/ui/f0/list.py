"""F0: the register of illnesses, filtered, sorted, and the way to each person and paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation.db.queries.episodes import (
    EpisodeFilter,
    EpisodeLine,
    EpisodeList,
    EpisodeSort,
    EpisodeState,
    count_states,
    list_episodes,
)
from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.domain.care import Round, round_of
from covidstation.i18n import _
from covidstation.services.care.f0_table import F0Selection
from covidstation.services.changes import Changes, Kind
from covidstation.ui.case_words import RISKS
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.f0.acts import ListActs
from covidstation.ui.f0.columns import f0_columns
from covidstation.ui.frame.page import Page
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table

_TYPING_MS = 150
_MOST_ON_PAPER = 30
_KINDS = frozenset((Kind.EPISODES, Kind.PEOPLE, Kind.PAPERS, Kind.PLACES, Kind.CARE))


class _Fetch:
    """The list behind the table: the keys are read once, by `count`, on the database thread."""

    def __init__(self, desk: Desk, wanted: EpisodeFilter, sort: EpisodeSort, *, descending: bool, today: date) -> None:
        self._db, self._wanted, self._sort = desk.register.db, wanted, sort
        self._descending, self._today = descending, today
        self._found: EpisodeList | None = None

    def count(self) -> int:
        """How many lines there are now."""
        self._found = list_episodes(
            self._db, self._wanted, today=self._today, sort=self._sort, descending=self._descending
        )
        return len(self._found)

    def lines(self, offset: int, limit: int) -> Sequence[EpisodeLine]:
        """Those from there on."""
        return self._found.lines(offset, limit) if self._found is not None else ()


class F0List(Page):
    """The register. Enter opens the person, Ctrl+P shows the decision of who is chosen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("f0_list", _("F0"), entry="f0")
        self._desk = desk
        self._sort, self._descending = EpisodeSort.NAME, False
        self.model: RecordModel[EpisodeLine] = RecordModel(desk.tasks, f0_columns(desk.now().date()), self)
        self.table = Table("f0_table", _("Danh sách F0"), self.model)
        self.table.show_sorted(self._sort.value)
        self._make_filters()
        self._make_actions()
        self._lay_out()
        self._connect()

    def show_state(self, state: EpisodeState) -> None:
        """Look at that filter the next time the page loads."""
        self.states.set_value(state.value)

    def show_part(self, part: str) -> None:
        """One filter of the list: `f0_list:needs_test`."""
        self.show_state(EpisodeState(part))
        self._reload()

    def load(self) -> None:
        """Ask for everything anew."""
        desk = self._desk
        desk.ask(self, partial(hamlets, desk.register.db), self._show_hamlets)
        self._reload()
        QTimer.singleShot(0, self, self._focus_table)

    def refresh(self, changes: Changes) -> None:
        """Ask again when something in sight may have changed."""
        if changes & _KINDS:
            self._reload()

    def bar_actions(self) -> Sequence[QWidget]:
        """What can be done with the list, or with those chosen of it."""
        return self.acts.buttons() if self.model.rowCount() else ()

    def _selection(self) -> F0Selection:
        """The list as it is shown; `chosen` when several rows are."""
        chosen = tuple(line.id for line in self._chosen(most=None))
        words = ", ".join(self._filter_words())
        return F0Selection(self._wanted(), self._sort, self._descending, chosen if len(chosen) > 1 else (), words)

    def _filter_words(self) -> list[str]:
        """The filters in words, for the list on paper."""
        found = [self.states.title()]
        found += [one.currentText() for one in (self.hamlet, self.risk) if one.value() is not None]
        return [*found, self.typed.value()] if self.typed.value() else found

    def _make_filters(self) -> None:
        titles = (
            (EpisodeState.ACTIVE, _("Đang theo dõi")),
            (EpisodeState.NEEDS_ORDER, _("Thiếu quyết định")),
            (EpisodeState.NEEDS_TEST, _("Cần xét nghiệm")),
            (EpisodeState.READY_TO_END, _("Đủ ngày")),
            (EpisodeState.OVERDUE, _("Quá hạn")),
            (EpisodeState.ENDED, _("Đã kết thúc")),
            (EpisodeState.ALL, _("Tất cả")),
        )
        self.states = Segments("state_filter", _("Lọc theo tình trạng"), [(key.value, words) for key, words in titles])
        self.hamlet = Combo("hamlet_filter", _("Lọc theo bản"), [(None, _("Mọi bản"))], width=148)
        risks = [(key, _("Nguy cơ {risk}").format(risk=_(words).lower())) for key, words in RISKS.items()]
        self.risk = Combo("risk_filter", _("Lọc theo nguy cơ"), [(None, _("Mọi nguy cơ")), *risks], width=172)
        self.typed = LineEdit("text_filter", _("Lọc trong bảng"), width=200, hint=_("Lọc trong bảng"), limit=100)
        self._count = label("", "hint", "muted")
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)

    def _make_actions(self) -> None:
        self.print_end = Button(_("In kết thúc"), name="print_ending")
        self.print_order = Button(_("In quyết định"), icon="printer", name="print_order")
        self.acts = ListActs(self._desk, self, self._selection)
        self.acts.troubled.connect(lambda words: self.banner.show_message("danger", words))
        morning = round_of(self._desk.now()) is Round.MORNING
        self.to_rounds = Button(
            _("Theo dõi sáng") if morning else _("Theo dõi chiều"), icon="pulse", keys="Ctrl+T", name="to_rounds"
        )
        self.to_rounds.clicked.connect(lambda: self._desk.want_page.emit("rounds"))
        self.to_line_list = Button(_("Nhập danh sách"), keys="Ctrl+Shift+N", name="to_line_list")
        self.to_line_list.clicked.connect(lambda: self._desk.want_page.emit("line_list"))
        new = Button(_("F0 mới"), icon="plus", name="first_f0")
        new.clicked.connect(lambda: self._desk.want_f0.emit(NewF0()))
        self._none_yet = EmptyPage("person", _("Chưa có F0 nào trong sổ"), _("Mỗi lần mắc sẽ là một dòng ở đây."), new)
        self._none_found = EmptyPage("filter", _("Không có ai khớp"), _("Đổi bộ lọc, hoặc xoá chữ đang lọc."))

    def _lay_out(self) -> None:
        first, second = _bar(self.states), _bar(self.hamlet, self.risk, self.typed, at_end=self._count)
        self._stack = QStackedWidget()
        for part in (self.table, self._none_yet, self._none_found):
            self._stack.addWidget(part)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(first)
        column.addWidget(second)
        column.addWidget(Line())
        column.addWidget(self._stack, 1)
        self.body.addLayout(column, 1)
        self.set_head_actions(self.to_line_list, self.to_rounds, self.print_end, self.print_order)

    def _connect(self) -> None:
        self.states.chosen.connect(lambda _key: self._reload())
        self.hamlet.picked.connect(lambda _key: self._reload())
        self.risk.picked.connect(lambda _key: self._reload())
        self.typed.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self._reload)
        self.table.sort_asked.connect(self._sort_by)
        self.table.opened.connect(lambda line: self._desk.want_person.emit(line.person_id))
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._say_actions())
        self.model.loaded.connect(self._loaded)
        self.print_order.clicked.connect(lambda: self._open_paper(ending=False))
        self.print_end.clicked.connect(lambda: self._open_paper(ending=True))
        QShortcut(QKeySequence("Ctrl+F"), self).activated.connect(self.typed.setFocus)

    def _focus_table(self) -> None:
        if self.isVisible():
            self.table.setFocus()

    def _wanted(self) -> EpisodeFilter:
        state, hamlet = EpisodeState(self.states.value()), self.hamlet.value()
        return EpisodeFilter(
            state, hamlet, self.typed.value(), risk=self.risk.value(), test_days_before_end=self._test_days()
        )

    def _test_days(self) -> int:
        """From how many days before the last one a negative test counts today; 0 where no rule stands."""
        today = self._desk.now().date()
        rules = (rule for rule in self._desk.catalog.isolation_rules if rule.on(today))
        return next((rule.test_days_before_end for rule in rules), 0)

    def _reload(self) -> None:
        self._typing.stop()
        desk, today = self._desk, self._desk.now().date()
        fetch = _Fetch(desk, self._wanted(), self._sort, descending=self._descending, today=today)
        self.model.load(fetch.count, fetch.lines)
        days = self._test_days()
        counts = partial(count_states, desk.register.db, today=today, test_days_before_end=days)
        desk.ask(self, counts, self._show_counts)

    def _show_counts(self, counts: dict[EpisodeState, int]) -> None:
        for state, count in counts.items():
            self.states.set_count(state.value, count)
        words = _("{all} lần mắc trong sổ · {active} đang theo dõi")
        self.set_title(_("F0"), words.format(all=counts[EpisodeState.ALL], active=counts[EpisodeState.ACTIVE]))
        self._show_part(counts[EpisodeState.ALL])

    def _show_part(self, every: int) -> None:
        shown = self.table if self.model.rowCount() else self._none_found if every else self._none_yet
        self._stack.setCurrentWidget(shown)

    def _loaded(self, count: int) -> None:
        self._count.setText(_("{count} người").format(count=count))
        self._say_actions()

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        self.hamlet.set_choices([(None, _("Mọi bản")), *((one.id, one.title) for one in found)])

    def _sort_by(self, key: str, descending: bool) -> None:
        self._sort, self._descending = EpisodeSort(key), descending
        self._reload()

    def _chosen(self, most: int | None = _MOST_ON_PAPER) -> list[EpisodeLine]:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        found = (self.model.record(row) for row in rows[:most])
        return [line for line in found if line is not None]

    def _say_actions(self) -> None:
        """The verbs carry how many are chosen."""
        count = len(self.table.selectionModel().selectedRows())
        self.print_order.set_text(
            _("In quyết định") if count < 2 else _("In quyết định cho {count} người").format(count=count)
        )
        self.print_order.setEnabled(count > 0)
        self.print_end.setEnabled(count > 0)
        self.acts.say(count if count > 1 else 0, self.model.rowCount())
        self.actions_changed.emit()

    def _open_paper(self, *, ending: bool) -> None:
        lines = self._chosen()
        houses = {line.household_id for line in lines}
        if len(lines) > 1 and (len(houses) > 1 or None in houses):
            self.banner.show_message(
                "warn", _("Một quyết định chỉ ghi những người cùng một hộ. Chọn lại, hoặc in từng người.")
            )
            return
        self.banner.clear()
        if lines:
            self._desk.open_paper([line.id for line in lines], ending=ending)


def _bar(*widgets: QWidget, at_end: QWidget | None = None) -> QWidget:
    holder = QWidget()
    holder.setFixedHeight(metrics.FORM_ROW + 4)
    row = QHBoxLayout(holder)
    row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
    row.setSpacing(metrics.GAP)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    if at_end is not None:
        row.addWidget(at_end)
    return holder
