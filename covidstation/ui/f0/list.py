"""F0: the register of illnesses, filtered, sorted, and the way to each person and paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.episodes import (
    EpisodeFilter,
    EpisodeLine,
    EpisodeList,
    EpisodeSort,
    EpisodeState,
    count_states,
    list_episodes,
)
from covidstation.domain.care import Round, round_of
from covidstation.i18n import _
from covidstation.services.changes import Kind
from covidstation.services.papers.f0_table import F0Selection
from covidstation.ui.case_words import RISKS
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.f0.acts import ListActs
from covidstation.ui.f0.columns import f0_columns
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.records import RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.register_page import RegisterPage, filter_bar

_MOST_ON_PAPER = 30


class F0List(RegisterPage[EpisodeLine]):
    """The register. Enter opens the person, Ctrl+P shows the decision of who is chosen."""

    kinds = frozenset((Kind.EPISODES, Kind.PEOPLE, Kind.PAPERS, Kind.PLACES, Kind.CARE))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "f0_list", _("F0"), EpisodeSort.NAME, entry="f0")
        self.model = RecordModel(desk.tasks, f0_columns(lambda: desk.now().date()), self)
        self.table = Table("f0_table", _("Danh sách F0"), self.model)
        self._make_filters()
        self._make_actions()
        bars = filter_bar(self.states), filter_bar(self.hamlet, self.risk, self.typed, at_end=self._count)
        new = Button(_("F0 mới"), icon="plus", name="first_f0")
        new.clicked.connect(lambda: self._desk.want_f0.emit(NewF0()))
        none_yet = EmptyPage("person", _("Chưa có F0 nào trong sổ"), _("Mỗi lần mắc sẽ là một dòng ở đây."), new)
        self.put_together(*bars, none_yet=none_yet)
        self.set_head_actions(self.to_line_list, self.to_rounds, self.print_end, self.print_order)
        self._connect()

    def show_state(self, state: EpisodeState) -> None:
        """Look at that filter the next time the page loads."""
        self.states.set_value(state.value)

    def show_part(self, part: str) -> None:
        """One filter of the list: `f0_list:needs_test`."""
        self.show_state(EpisodeState(part))
        self.reload()

    def bar_actions(self) -> Sequence[QWidget]:
        """What can be done with the list, or with those chosen of it."""
        return self.acts.buttons() if self.model.rowCount() else ()

    def _selection(self) -> F0Selection:
        """The list as it is shown; `chosen` when several rows are."""
        chosen = tuple(line.id for line in self.chosen())
        words = ", ".join(self._filter_words())
        sort = EpisodeSort(self._sort)
        return F0Selection(self._wanted(), sort, self._descending, chosen if len(chosen) > 1 else (), words)

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

    def _connect(self) -> None:
        self.states.chosen.connect(lambda _key: self.reload())
        self.risk.picked.connect(lambda _key: self.reload())
        self.model.loaded.connect(self._loaded)
        self.print_order.clicked.connect(lambda: self._open_paper(ending=False))
        self.print_end.clicked.connect(lambda: self._open_paper(ending=True))

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

    def listing(self) -> Callable[[], EpisodeList]:
        """The illnesses that are wanted now."""
        return partial(
            list_episodes,
            self._desk.register.db,
            self._wanted(),
            today=self._desk.now().date(),
            sort=EpisodeSort(self._sort),
            descending=self._descending,
        )

    def counts(self) -> Callable[[], dict[EpisodeState, int]]:
        """How many are in which state."""
        today = self._desk.now().date()
        return partial(count_states, self._desk.register.db, today=today, test_days_before_end=self._test_days())

    def show_counts(self, counts: dict[EpisodeState, int]) -> None:
        """Into the states and the title."""
        for state, count in counts.items():
            self.states.set_count(state.value, count)
        words = _("{all} lần mắc trong sổ · {active} đang theo dõi")
        self.set_title(_("F0"), words.format(all=counts[EpisodeState.ALL], active=counts[EpisodeState.ACTIVE]))
        self.settle(counts[EpisodeState.ALL])

    def _loaded(self, count: int) -> None:
        self._count.setText(_("{count} người").format(count=count))
        self.say_actions()

    def say_actions(self) -> None:
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
        lines = self.chosen(_MOST_ON_PAPER)
        houses = {line.household_id for line in lines}
        if len(lines) > 1 and (len(houses) > 1 or None in houses):
            self.banner.show_message(
                "warn", _("Một quyết định chỉ ghi những người cùng một hộ. Chọn lại, hoặc in từng người.")
            )
            return
        self.banner.clear()
        if lines:
            self._desk.open_paper([line.id for line in lines], ending=ending)
