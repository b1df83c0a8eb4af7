"""The sections of the care tab: a head with its acts, and rows that are made anew for each person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.care import CallLine, CareRecord, ChangeLine, FollowUpLine
from covidstation.domain.care import FollowUpStatus
from covidstation.domain.episodes import Episode, KitFrom, PathogenTest
from covidstation.domain.hospitalization import Transfer
from covidstation.i18n import _, date_text, moment_text
from covidstation.ui.care.words import FOLLOW_UPS, LEVELS
from covidstation.ui.case_words import CALL_RESULTS, MEANS, test_words
from covidstation.ui.kits import SOURCES
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Tone
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.column import empty_column
from covidstation.ui.parts.rows import ListRow, SectionHead

Act = Callable[[str, Any], object]


class Section(QWidget):
    """A head and what stands under it; hidden while it holds nothing, unless it always shows."""

    def __init__(self, name: str, title: str, *actions: QWidget, always: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._always = always
        self.head = SectionHead(title, "", *actions)
        holder = QWidget()
        inset = QVBoxLayout(holder)
        inset.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        inset.addWidget(self.head)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(holder)
        column.addLayout(self._column)

    def hold(self, widget: QWidget) -> Section:
        """A widget of its own that stays."""
        self._column.addWidget(widget)
        return self

    def fill(self, rows: list[ListRow], second: str = "") -> None:
        """These rows in place of the old ones."""
        empty_column(self._column)
        for row in rows:
            self._column.addWidget(row)
        self.head.second.set_text(second)
        self.setVisible(bool(rows) or self._always)


def _link(text: str, name: str, spoken: str, press: Callable[[], object]) -> Button:
    button = Button(text, "quiet", name=name)
    button.setAccessibleName(spoken)
    button.clicked.connect(lambda: press())
    return button


def test_rows(episode: Episode, act: Act) -> list[ListRow]:
    """The newest test first, each with the way to correct it."""
    return [_test_row(episode, test, act) for test in reversed(episode.tests)]


def _test_row(episode: Episode, test: PathogenTest, act: Act) -> ListRow:
    kit = f"{test.kit} ({_(SOURCES[test.kit_from])})" if test.kit and test.kit_from is not KitFrom.STATION else test.kit
    second = " · ".join(filter(None, (date_text(test.sampled_on), test.place, kit)))
    spoken = _("Sửa {test} ngày {day}").format(test=test_words(test), day=date_text(test.sampled_on))
    mend = _link(_("Ghi sai"), "correct_test", spoken, lambda: act("correct_test", (episode, test)))
    return ListRow(test_words(test), second, mend, icon="flask")


def call_rows(record: CareRecord, episode: Episode, today: date, act: Act) -> list[ListRow]:
    """The calls of an illness."""
    return [_call_row(line, today, act) for line in record.calls if line.episode_id == episode.id]


def _call_row(line: CallLine, today: date, act: Act) -> ListRow:
    first = line.summary or _(CALL_RESULTS[line.result])
    parts = [
        moment_text(line.at, today),
        _(CALL_RESULTS[line.result]).lower() if line.summary else "",
        _("hẹn gọi lại {moment}").format(moment=moment_text(line.next_at, today)) if line.next_at else "",
        line.by_name,
    ]
    spoken = _("Bỏ cuộc gọi lúc {moment}").format(moment=moment_text(line.at, today))
    void = _link(_("Ghi nhầm"), "void_call", spoken, lambda: act("void_call", line))
    return ListRow(first, " · ".join(filter(None, parts)), void, icon="phone")


def transfer_rows(record: CareRecord, episode: Episode, today: date, act: Act) -> list[ListRow]:
    """The transfers of an illness; a voided one stays and says so."""
    return [_transfer_row(one, today, act) for one in record.transfers if one.episode_id == episode.id]


def _transfer_row(one: Transfer, today: date, act: Act) -> ListRow:
    parts = [
        _("đi {moment}").format(moment=moment_text(one.left_at, today)) if one.left_at else "",
        _("về {moment}").format(moment=moment_text(one.returned_at, today)) if one.returned_at else "",
        one.reason,
    ]
    widgets: list[QWidget] = []
    if one.voided_at is not None:
        widgets.append(Chip(_("đã xoá"), "plain"))
    else:
        if one.away:
            widgets.append(Chip(_("chưa về"), "orange"))
            widgets.append(_link(_("Ghi lúc về"), "return_home", _("Ghi lúc về"), lambda: act("return", one)))
        paper = _("Giấy chuyển tuyến")
        widgets.append(_link(paper, "referral", paper, lambda: act("referral", one)))
        widgets.append(_link(_("Sửa"), "edit_transfer", _("Sửa lần chuyển"), lambda: act("edit_transfer", one)))
        widgets.append(_link(_("Ghi nhầm"), "void_transfer", _("Xoá lần chuyển"), lambda: act("void_transfer", one)))
    level = _(LEVELS[one.level]).lower() if one.level else ""
    first = _("{place} ({level})").format(place=one.facility, level=level) if level else one.facility
    return ListRow(first, " · ".join(filter(None, parts)), *widgets, icon="truck", strong=one.voided_at is None)


def change_rows(record: CareRecord, episode: Episode, today: date) -> list[ListRow]:
    """How the isolation was made longer or shorter: the old end and the new one."""
    return [change_row(line, today) for line in record.changes if line.episode_id == episode.id]


def change_row(line: ChangeLine, today: date) -> ListRow:
    """One of them: the days before and after, then when, why and by whom."""
    first = _("{before} → {after} ngày, đến hết {until} (trước đó {old})").format(
        before=line.days_before or "?",
        after=line.days_after,
        until=date_text(line.until_after),
        old=date_text(line.until_before) or "?",
    )
    second = " · ".join(filter(None, (moment_text(line.changed_at, today), line.reason, line.by_name)))
    return ListRow(first, second, icon="calendar")


def follow_up_rows(record: CareRecord, today: date, act: Act) -> list[ListRow]:
    """The months after, the nearest first; what was taken away is left out."""
    kept = [line for line in record.follow_ups if line.status is not FollowUpStatus.REMOVED]
    return [_follow_up_row(line, today, act) for line in kept]


def _follow_up_row(line: FollowUpLine, today: date, act: Act) -> ListRow:
    first = _("{means} {day}").format(means=_(MEANS[line.means]), day=date_text(line.due_on))
    if line.status is not FollowUpStatus.PENDING:
        done = moment_text(line.done_at, today) if line.done_at else ""
        second = " · ".join(filter(None, (_(FOLLOW_UPS[line.status]), done, line.result, line.by_name)))
        return ListRow(first, second, icon="heart")
    late = line.due_on <= today
    tone: Tone = "orange" if late else "plain"
    widgets: list[QWidget] = [Chip(_("đến hạn"), tone)] if late else []
    spoken = _("Ghi kết quả hỏi thăm {day}").format(day=date_text(line.due_on))
    widgets.append(_link(_("Ghi kết quả"), "finish_follow_up", spoken, lambda: act("finish_follow_up", line)))
    spoken = _("Đổi ngày hỏi thăm {day}").format(day=date_text(line.due_on))
    widgets.append(_link(_("Đổi ngày"), "move_follow_up", spoken, lambda: act("move_follow_up", line)))
    spoken = _("Bỏ lần hỏi thăm {day}").format(day=date_text(line.due_on))
    widgets.append(_link(_("Bỏ"), "remove_follow_up", spoken, lambda: act("remove_follow_up", line)))
    waited = (today - line.due_on).days
    words = _("quá hạn {days} ngày") if waited > 0 else _("đến hạn hôm nay") if late else _("chưa đến hạn")
    return ListRow(first, words.format(days=waited), *widgets, icon="heart")
