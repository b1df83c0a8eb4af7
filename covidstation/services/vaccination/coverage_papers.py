"""Coverage on paper and as a spreadsheet, parted in every way; and person by person, to be counted again by anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_coverage import coverage_people_in
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.paper_words import SEX_WORDS
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.coverage import LEVELS, Share, span_of
from covidstation.i18n import date_text
from covidstation.messages.vaccination_due import as_written
from covidstation.messages.vaccine_coverage import LEVEL_WORDS, percent_text, risk_words, span_words
from covidstation.printing.bars import ShareBar, ShareBars
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import schedule_in
from covidstation.services.tables import SheetTable, Value, csv_bytes, xlsx_bytes
from covidstation.services.vaccination.coverage import (
    EVERYBODY,
    PART_WORDS,
    CoverageLook,
    Part,
    Within,
    look_at_coverage,
)

TITLE: Final = "ĐỘ BAO PHỦ VẮC XIN PHÒNG COVID-19"
_SINCE: Final = ("mui_1_tu", "co_ban_tu", "bo_sung_tu", "nhac_lai_1_tu", "nhac_lai_2_tu")


@needs(Right.PRINT)
@prints("vaccine_coverage")
def coverage_pdf(
    db: Database, day: date, *, catalog: Catalog, now: datetime, within: Within = EVERYBODY, words: str = ""
) -> bytes:
    """A4 across: by hamlet, age, sex and group, one table under the other's last line; with what is told beside the
    epidemic level, of the whole commune. `words` say to whom it is narrowed down."""
    everybody = look_at_coverage(db, day, catalog=catalog, now=now)
    look = everybody.of(within)
    head = letterhead(db, catalog, day)
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title=TITLE,
            second=_second(everybody, words),
            columns=(
                ListColumn("Theo", 30),
                ListColumn("Nhân khẩu quản lý", 10, "centre"),
                *(ListColumn(LEVEL_WORDS[level], 14, "centre") for level in LEVELS),
            ),
            rows=(*(row for part in _TABLES for row in _printed(look, part)), *_figures(everybody)),
            across=True,
            size=10.0,
            bars=_bars(look),
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


def _bars(look: CoverageLook) -> ShareBars:
    """Hamlets beside the whole, of what an epidemic level asks for."""
    level = look.rule.level
    found = ((line.words, line.share.tenths(level)) for line in look.lines(Part.HAMLET))
    bars = tuple(ShareBar(words, tenths, percent_text(tenths)) for words, tenths in found)
    return ShareBars(f"{LEVEL_WORDS[level]} theo thôn, bản", bars, look.rule.percent)


_TABLES: Final = (Part.HAMLET, Part.AGE, Part.SEX, Part.GROUP)


def asked_words(look: CoverageLook) -> str:
    """How far what an epidemic level asks for is reached, in one sentence for paper."""
    rule = look.rule
    return (
        f"{LEVEL_WORDS[rule.level]}: {percent_text(look.whole.tenths(rule.level))} nhân khẩu (cần {rule.percent} %), "
        f"{percent_text(look.at_risk.tenths(rule.level))} người nguy cơ (cần {rule.risk_percent} %)"
    )


def _printed(look: CoverageLook, part: Part) -> Iterator[tuple[str, ...]]:
    yield (PART_WORDS[part].upper(), *([""] * (len(LEVELS) + 1)))
    for line in look.lines(part)[: None if part is Part.HAMLET else -1]:
        shares = (f"{line.share.count(level)} ({percent_text(line.share.tenths(level))})" for level in LEVELS)
        yield (line.words, str(line.share.people), *shares)


@needs(Right.EXPORT)
@prints("vaccine_coverage", AuditAction.EXPORT)
def coverage_xlsx(
    db: Database, day: date, *, catalog: Catalog, now: datetime, within: Within = EVERYBODY, words: str = ""
) -> bytes:
    """The same as a spreadsheet, a sheet for each parting, one for what is told beside the epidemic level, and two with
    all of it crossed; numbers are numbers."""
    everybody = look_at_coverage(db, day, catalog=catalog, now=now)
    look, risk = everybody.of(within), _risk(everybody)
    notes = [letterhead(db, catalog, day).station, _second(everybody, words), risk]
    level = SheetTable(
        title=TITLE, columns=("Số liệu cho cấp độ dịch", "Số người", "Đã đạt", "Tỷ lệ (%)"), notes=notes,
        rows=[(words, share.people, share.count(one), _percent(share, LEVELS.index(one)))
              for words, share, one in everybody.figures()],
        name="Cấp độ dịch",
    )  # fmt: skip
    crossed = [_crossed(look, notes), _crossed_months(look, notes)]
    return xlsx_bytes([*(_sheet(look, part, notes) for part in Part), level, *crossed])


def _second(look: CoverageLook, words: str) -> str:
    return ". ".join(filter(None, (f"Hết ngày {date_text(look.coverage.day)}", words, asked_words(look))))


def _risk(look: CoverageLook) -> str:
    return risk_words(look.rule, look.rule.source, as_written)


def _figures(look: CoverageLook) -> Iterator[tuple[str, ...]]:
    """What is told beside the epidemic level, each in the column of its level, and who is at risk."""
    yield ("SỐ LIỆU CHO CẤP ĐỘ DỊCH (CẢ XÃ)", *([""] * (len(LEVELS) + 1)))
    for words, share, level in look.figures():
        told = f"{share.count(level)} ({percent_text(share.tenths(level))})"
        yield (words, str(share.people), *(told if one is level else "" for one in LEVELS))
    yield (_risk(look),)


Key = tuple[str, str, str, str]


def _keys(look: CoverageLook) -> Iterator[tuple[Key, int, tuple[int, ...], tuple[tuple[date, tuple[int, ...]], ...]]]:
    """Each cell with its hamlet, ages, sex and group in words."""
    names = dict(look.names)
    for cell in look.coverage.cells:
        span, group = span_of(cell.age, look.spans), look.groups.group(cell.group)
        key = (
            names.get(cell.hamlet_id, "Chưa rõ thôn, bản") if cell.hamlet_id else "Chưa rõ thôn, bản",
            span_words(span) if span else "Chưa rõ tuổi", SEX_WORDS[cell.sex] or "Chưa rõ",
            group.label if group else cell.group or "Không thuộc nhóm nào",
        )  # fmt: skip
        yield key, cell.people, cell.reached, cell.months


_CROSSED: Final = ("Thôn, bản", "Tuổi", "Giới", "Nhóm ưu tiên")


def _crossed(look: CoverageLook, notes: Sequence[str]) -> SheetTable:
    """Doses by hamlet, age, sex and group at once."""
    sums: dict[Key, list[int]] = {}
    for key, people, reached, _months in _keys(look):
        held = sums.setdefault(key, [0] * (len(LEVELS) + 1))
        for at, count in enumerate((people, *reached)):
            held[at] += count
    columns = (*_CROSSED, "Nhân khẩu quản lý", *(LEVEL_WORDS[level] for level in LEVELS))
    rows: list[tuple[Value, ...]] = [(*key, *sums[key]) for key in sorted(sums)]
    return SheetTable(title=TITLE, columns=columns, rows=rows, notes=notes, name="Chi tiết")


def _crossed_months(look: CoverageLook, notes: Sequence[str]) -> SheetTable:
    """The same by the month in which a level was reached."""
    sums: dict[tuple[date, Key], list[int]] = {}
    for key, _people, _reached, months in _keys(look):
        for month, counts in months:
            held = sums.setdefault((month, key), [0] * len(LEVELS))
            for at, count in enumerate(counts):
                held[at] += count
    columns = ("Tháng", *_CROSSED, *(LEVEL_WORDS[level] for level in LEVELS))
    rows: list[tuple[Value, ...]] = [(f"{month:%m/%Y}", *key, *sums[month, key]) for month, key in sorted(sums)]
    return SheetTable(title=TITLE, columns=columns, rows=rows, notes=notes, name="Chi tiết theo tháng")


@needs(Right.EXPORT)
@prints("coverage_people", AuditAction.EXPORT)
def coverage_csv(db: Database, day: date, *, catalog: Catalog, now: datetime, within: Within = EVERYBODY) -> bytes:
    """A line for everybody who is counted, without names: hamlet, sex, age, group, and since when they have each dose
    by the end of that day. Counted again it gives every figure of the page. Raises as `look_at_coverage`."""
    look = look_at_coverage(db, day, catalog=catalog, now=now)
    names = dict(look.names)
    rows: list[Sequence[str | int]] = []
    with db.read() as session:
        people = coverage_people_in(session, day, schedule=schedule_in(session, catalog), groups=look.groups)
        for one in people:
            if within.takes_person(one.hamlet_id, one.age, one.group):
                where = names.get(one.hamlet_id, "") if one.hamlet_id else ""
                days = ("" if since is None else since.isoformat() for since in one.since)
                age = "" if one.age is None else one.age
                rows.append((one.code, where, one.sex.value, age, one.group, int(one.diseased), *days))
    return csv_bytes(("ma", "thon_ban", "gioi", "tuoi", "nhom_uu_tien", "benh_nen", *_SINCE), rows)


def _sheet(look: CoverageLook, part: Part, notes: Sequence[str]) -> SheetTable:
    levels = [LEVEL_WORDS[level] for level in LEVELS]
    if part is Part.MONTH:
        rows: list[tuple[Value, ...]] = [(line.words, *line.share.reached) for line in look.lines(part)]
        columns = [PART_WORDS[part], *levels]
    else:
        rows = [
            (
                line.words,
                line.share.people,
                *line.share.reached,
                *(_percent(line.share, at) for at in range(len(LEVELS))),
            )
            for line in look.lines(part)
        ]
        columns = [PART_WORDS[part], "Nhân khẩu quản lý", *levels, *(f"{one} (%)" for one in levels)]
    return SheetTable(title=TITLE, columns=columns, rows=rows, notes=notes, name=PART_WORDS[part])


def _percent(share: Share, at: int) -> float | None:
    tenths = share.tenths(LEVELS[at])
    return None if tenths is None else tenths / 10
