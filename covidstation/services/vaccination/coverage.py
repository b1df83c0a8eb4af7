"""How far the commune is vaccinated, on the page, on paper and as a spreadsheet; for the weekly epidemic level, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.places import hamlets
from covidstation.db.queries.vaccine_coverage import coverage_in
from covidstation.db.session import Database
from covidstation.db.vaccine_book import refresh_book
from covidstation.domain.age_groups import AgeSpan, age_groups_on
from covidstation.domain.audit import AuditAction
from covidstation.domain.people import Sex
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.vaccination.coverage import (
    LEVELS,
    Coverage,
    CoverageRule,
    Level,
    Share,
    coverage_rule_on,
    read_coverage_rule,
    span_of,
)
from covidstation.domain.vaccination.goals import Meant
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.messages.vaccine_coverage import LEVEL_WORDS, percent_text, span_words
from covidstation.printing.bars import ShareBar, ShareBars
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in
from covidstation.services.tables import SheetTable, Value, xlsx_bytes
from covidstation.services.vaccination.due import priority_list
from covidstation.services.vaccination.history import schedule_in

TITLE: Final = "ĐỘ BAO PHỦ VẮC XIN PHÒNG COVID-19"


class Part(StrEnum):
    """By what the table is parted."""

    HAMLET = "hamlet"
    AGE = "age"
    SEX = "sex"
    GROUP = "group"
    MONTH = "month"


PART_WORDS: Final = {
    Part.HAMLET: "Thôn, bản", Part.AGE: "Tuổi", Part.SEX: "Giới", Part.GROUP: "Nhóm ưu tiên", Part.MONTH: "Tháng",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One line: its words, its share, and whose they are (a hamlet, full years, a group) where a list can name them one
    by one (`listed`); `whole` is everybody."""

    words: str
    share: Share
    hamlet_id: UUID | None = None
    ages: AgeSpan | None = None
    group: str = ""
    whole: bool = False

    @property
    def listed(self) -> bool:
        """Whether its people have something in common that a list can be asked for."""
        return self.whole or self.hamlet_id is not None or self.ages is not None or bool(self.group)

    def meant(self, level: Level) -> Meant:
        """Its people, to reach that."""
        first, end = self.ages or (None, None)
        return Meant(level=level, first_age=first, end_age=end, group=self.group, hamlet_id=self.hamlet_id)


@dataclass(frozen=True, slots=True)
class CoverageLook:
    """All that the page shows of one day. `asked`: the share that an epidemic level asks for, `at_risk` of those at
    risk, and the rule that says so."""

    coverage: Coverage
    rule: CoverageRule
    at_risk: Share
    spans: tuple[AgeSpan, ...]
    groups: PriorityList
    names: tuple[tuple[UUID, str], ...]

    @property
    def whole(self) -> Share:
        """Everybody."""
        return self.coverage.share()

    def lines(self, part: Part) -> tuple[CoverageLine, ...]:
        """The table, the whole at its end; months count doses, not people."""
        found = {
            Part.HAMLET: self._hamlets, Part.AGE: self._ages, Part.SEX: self._sexes, Part.GROUP: self._groups,
            Part.MONTH: self._months,
        }[part]()  # fmt: skip
        return (*found, CoverageLine("Cả xã", self.whole, whole=True))

    def _hamlets(self) -> Iterator[CoverageLine]:
        found = dict(self.coverage.by(lambda cell: cell.hamlet_id))
        for hamlet, name in self.names:
            if hamlet in found:
                yield CoverageLine(name, found.pop(hamlet), hamlet)
        for share in found.values():  # of none, or of one that is in no list
            yield CoverageLine("Chưa rõ thôn, bản", share)

    def _ages(self) -> Iterator[CoverageLine]:
        found = self.coverage.by(lambda cell: span_of(cell.age, self.spans))
        for span in (*self.spans, None):
            if span in found:
                yield CoverageLine(span_words(span) if span else "Chưa rõ tuổi", found[span], ages=span)

    def _sexes(self) -> Iterator[CoverageLine]:
        found = self.coverage.by(lambda cell: cell.sex)
        for sex, words in ((Sex.MALE, "Nam"), (Sex.FEMALE, "Nữ")):
            if sex in found:
                yield CoverageLine(words, found[sex])
        for sex, share in found.items():
            if sex not in (Sex.MALE, Sex.FEMALE):
                yield CoverageLine("Chưa rõ giới", share)

    def _groups(self) -> Iterator[CoverageLine]:
        found = dict(self.coverage.by(lambda cell: cell.group))
        for one in self.groups.groups:
            if one.code in found:
                yield CoverageLine(one.label, found.pop(one.code), group=one.code)
        for code, share in found.items():
            yield CoverageLine(code or "Không thuộc nhóm nào", share)

    def _months(self) -> Iterator[CoverageLine]:
        for month, counts in self.coverage.months:
            yield CoverageLine(f"{month:%m/%Y}", Share(0, counts))


@needs(Right.SEE)
def look_at_coverage(db: Database, day: date, *, catalog: Catalog, now: datetime) -> CoverageLook:
    """The coverage at the end of that day; the book is brought up to today first. Raises UserError
    households.day_future."""
    if day > now.date():
        raise UserError("households.day_future")
    groups = priority_list(db, catalog=catalog, day=day)
    with db.read() as session:
        schedule = schedule_in(session, catalog)
    refresh_book(db, schedule, today=now.date(), now=now)
    with db.read() as session:
        rules = rules_in(session, Family.COVERAGE, catalog.coverage_rules, read_coverage_rule)
        found = coverage_in(session, day, schedule=schedule, groups=groups)
    rule, spans = coverage_rule_on(rules, day), age_groups_on(catalog.age_groups, day).spans
    names = tuple((one.id, one.title) for one in hamlets(db))
    return CoverageLook(found, rule, found.share(rule.at_risk), spans, groups, names)


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """What the weekly epidemic level asks of vaccination: tenths of a percent of everybody and of those at risk (None
    of nobody), and whether both are reached."""

    share: int | None
    risk_share: int | None
    reached: bool
    rule: str


@needs(Right.SEE)
def level_figures(db: Database, day: date, *, catalog: Catalog, now: datetime) -> LevelFigures:
    """Of the end of that day. Raises as `look_at_coverage`."""
    look = look_at_coverage(db, day, catalog=catalog, now=now)
    rule = look.rule
    reached = not look.whole.lacks(rule.level, rule.percent) and not look.at_risk.lacks(rule.level, rule.risk_percent)
    return LevelFigures(look.whole.tenths(rule.level), look.at_risk.tenths(rule.level), reached, rule.id)


@needs(Right.PRINT)
@prints("vaccine_coverage")
def coverage_pdf(db: Database, day: date, *, catalog: Catalog, now: datetime) -> bytes:
    """A4 across: everybody by hamlet, age, sex and group, one table under the other's last line."""
    look = look_at_coverage(db, day, catalog=catalog, now=now)
    head = letterhead(db, catalog, day)
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title=TITLE,
            second=f"Hết ngày {date_text(day)}. {asked_words(look)}",
            columns=(
                ListColumn("Theo", 30),
                ListColumn("Nhân khẩu quản lý", 10, "centre"),
                *(ListColumn(LEVEL_WORDS[level], 14, "centre") for level in LEVELS),
            ),
            rows=tuple(row for part in _TABLES for row in _printed(look, part)),
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
def coverage_xlsx(db: Database, day: date, *, catalog: Catalog, now: datetime) -> bytes:
    """The same as a spreadsheet, a sheet for each parting; numbers are numbers."""
    look = look_at_coverage(db, day, catalog=catalog, now=now)
    head = letterhead(db, catalog, day)
    notes = [head.station, f"Hết ngày {date_text(day)}. {asked_words(look)}"]
    return xlsx_bytes([_sheet(look, part, notes) for part in Part])


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
