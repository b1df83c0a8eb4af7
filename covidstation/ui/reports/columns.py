"""The columns of the page's tables, and the words of its codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from covidstation.db.queries.daily_people import ReportPerson
from covidstation.domain.dates import age_on
from covidstation.domain.notifiable import NoticeEvent
from covidstation.i18n import N_, _, date_text, moment_text
from covidstation.services.reports.daily import DailyReport
from covidstation.services.reports.notices import NoticeLine
from covidstation.services.reports.sheet import TO_TYPE, WORDS, FigureLine, lines_of
from covidstation.services.reports.why import Why, WhyLine
from covidstation.ui.parts.records import Cell, Column

LACKING: Final[Mapping[str, str]] = {
    "oxygen": N_("số người thở ô xy"),
    "difficulties": N_("khó khăn (ghi “không” nếu không có)"),
    "staff": N_("người trực (Cài đặt, Nhân lực)"),
    "source": N_("nguồn phát hiện của vài F0 mới"),
    "risk": N_("nhóm nguy cơ của vài F0"),
    "phone": N_("điện thoại"),
    "severity": N_("mức độ"),
    "onset": N_("ngày khởi phát"),
    "citizen_number": N_("số định danh"),
    "address": N_("địa chỉ"),
}
REASONS: Final[Mapping[str, str]] = {
    "late": N_("ghi muộn"),
    "no_case": N_("đánh dấu ghi nhầm, không phải ca bệnh"),
    "class": N_("đổi phân loại giữa nghi ngờ và ca bệnh"),
    "removed": N_("đã xoá"),
    "dates": N_("sửa ngày"),
    "transfer": N_("ghi chuyển tuyến hoặc về"),
    "outcome": N_("ghi kết quả"),
    "details": N_("sửa nguồn, nguy cơ, bản hoặc xét nghiệm"),
}
EVENTS: Final[Mapping[NoticeEvent, str]] = {NoticeEvent.CASE: N_("Ca bệnh"), NoticeEvent.DEATH: N_("Tử vong")}


def figure_columns() -> tuple[Column[FigureLine], ...]:
    """Words, in the period, since the start."""
    return (
        Column("words", _("Nội dung"), _words),
        Column("today", _("Trong ngày"), _today, 104, "right"),
        Column("total", _("Luỹ kế"), lambda line: Cell(line.total, ink="muted"), 96, "right"),
    )


def _words(line: FigureLine) -> Cell:
    if line.apart:
        return Cell(f"     {line.words}", ink="warn", icon="clock")
    return Cell(line.words, "name") if not line.level else Cell(f"     {line.words}")


def _today(line: FigureLine) -> Cell:
    if line.today == TO_TYPE:
        return Cell(_("chưa ghi"), "hint_strong", "warn")
    return Cell(line.today, "name" if not line.level else "body", "muted" if line.today == "0" else "text")


def people_columns(today: date) -> tuple[Column[ReportPerson], ...]:
    """Who stands behind a figure."""
    return (
        Column("name", _("Họ và tên"), lambda one: Cell(one.full_name, "name")),
        Column("age", _("Tuổi"), lambda one: Cell(f"{age_on(one.birth, today)}" if one.birth else ""), 56, "right"),
        Column("hamlet", _("Bản"), lambda one: Cell(one.hamlet), 140),
        Column("reported", _("Ngày"), lambda one: Cell(date_text(one.report_date) if one.report_date else ""), 112),
    )


def frozen_columns(today: date) -> tuple[Column[DailyReport], ...]:
    """The reports that were sent."""
    return (
        Column("day", _("Báo cáo ngày"), lambda one: Cell(date_text(one.period.day), "name")),
        Column("version", _("Bản"), lambda one: Cell(f"{one.frozen.version}" if one.frozen else ""), 56, "right"),
        Column("at", _("Chốt lúc"), lambda one: Cell(moment_text(one.frozen.at, today) if one.frozen else ""), 148),
        Column("by", _("Người chốt"), lambda one: Cell(one.frozen.by_name if one.frozen else ""), 150),
        Column("new", _("F0 mới"), lambda one: Cell(f"{one.today('new')}"), 80, "right"),
        Column("late", _("Bổ sung"), lambda one: _count(one.today("late.new")), 84, "right"),
        Column("back", _("Rút lại"), lambda one: _count(one.today("withdrawn.new")), 80, "right"),
        Column("under", _("Đang quản lý"), lambda one: Cell(f"{one.today('under')}"), 112, "right"),
        Column("reason", _("Lý do chốt lại"), lambda one: Cell(one.frozen.reason if one.frozen else "", "hint"), 200),
    )


def _count(count: int) -> Cell:
    return Cell(f"{count}" if count else "", ink="warn")


def why_columns(why: Why, report: DailyReport, today: date) -> tuple[Column[WhyLine], ...]:
    """Which figure, one more or one less, who, why, when, by whom."""
    words = {line.name: line.words for line in lines_of(report, _)}

    def person(line: WhyLine) -> Cell:
        known = why.people.get(line.case_id)
        return (
            Cell(known.full_name, "name", small=known.hamlet) if known else Cell(_("đã xoá khỏi sổ"), "hint", "muted")
        )

    return (
        Column("figure", _("Số liệu"), lambda line: Cell(figure_words(line.name, words, report)), 228),
        Column("change", _("Đổi"), lambda line: Cell("+1" if line.change == "added" else "−1", "name"), 56, "right"),
        Column("who", _("Người"), person),
        Column("reason", _("Vì sao"), lambda line: Cell(_(REASONS[line.reason])), 280),
        Column("when", _("Lúc"), lambda line: Cell(moment_text(line.when, today) if line.when else ""), 128),
        Column("by", _("Ai ghi"), lambda line: Cell(line.who), 130),
    )


def figure_words(name: str, words: Mapping[str, str], report: DailyReport) -> str:
    """The line's words; of a figure that the report had none of, its head's."""
    if name in words or name in WORDS:
        return words.get(name) or _(WORDS[name])
    hamlet = report.hamlets.get(name.rpartition(".")[2])
    return hamlet or words.get(name.split(".")[0], name)


def notice_columns(now: datetime, *, entered: bool) -> tuple[Column[NoticeLine], ...]:
    """The queue: the deadline first."""
    first: tuple[Column[NoticeLine], ...] = (
        Column("left", _("Hạn"), lambda line: left_cell(line.left(now)), 148),
        Column("due", _("Phải nhập trước"), lambda line: Cell(moment_text(line.due_at, now.date())), 148),
    )
    if entered:
        first = (
            Column("at", _("Đã nhập lúc"), lambda line: _entered(line, now), 148),
            Column("number", _("Mã hệ thống"), lambda line: Cell(line.system_number), 148),
        )
    return (
        Column("name", _("Họ và tên"), lambda line: Cell(line.full_name, "name")),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 120),
        Column("event", _("Báo cáo"), lambda line: Cell(_(EVENTS[line.event]), chip="plain"), 104),
        *first,
        Column("lacking", _("Còn thiếu"), lambda line: _lacking(line), 264),
    )


def _entered(line: NoticeLine, now: datetime) -> Cell:
    return Cell(moment_text(line.entered_at, now.date()) if line.entered_at else "")


def _lacking(line: NoticeLine) -> Cell:
    if not line.lacking:
        return Cell(_("đủ"), "hint", "muted")
    return Cell(", ".join(_(LACKING[name]) for name in line.lacking), "hint", "warn", icon="alert")


def left_cell(left: timedelta) -> Cell:
    """`còn 5 giờ`, `trễ 3 ngày`, in whole units rounded towards the danger."""
    minutes = int(abs(left).total_seconds()) // 60
    late = left < timedelta(0)
    if minutes >= 48 * 60:
        words = _("trễ {n} ngày") if late else _("còn {n} ngày")
        count = minutes // (24 * 60)
    elif minutes >= 60:
        words = _("trễ {n} giờ") if late else _("còn {n} giờ")
        count = minutes // 60
    else:
        words, count = (_("trễ {n} phút") if late else _("còn {n} phút")), minutes
    if late:
        return Cell(words.format(n=count), "hint_strong", "danger", icon="alert")
    soon = left < timedelta(hours=12)
    return Cell(words.format(n=count), "hint_strong" if soon else "body", "warn" if soon else "text")
