"""How far the commune is vaccinated, on any day, parted and narrowed down; for the weekly epidemic level, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from covidstation.domain.people import Sex
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.vaccination.coverage import (
    Coverage,
    CoverageCell,
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
from covidstation.i18n import N_
from covidstation.messages.vaccine_coverage import span_words
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import schedule_in
from covidstation.services.rules.versions import rules_in
from covidstation.services.vaccination.due import priority_list


class Part(StrEnum):
    """By what the table is parted."""

    HAMLET = "hamlet"
    AGE = "age"
    SEX = "sex"
    GROUP = "group"
    MONTH = "month"


_EVERYBODY: Final = "Toàn bộ nhân khẩu quản lý, đủ mũi cơ bản"
_AT_RISK: Final = "Người nguy cơ, đủ mũi cơ bản"
PART_WORDS: Final = {
    Part.HAMLET: "Thôn, bản", Part.AGE: "Tuổi", Part.SEX: "Giới", Part.GROUP: "Nhóm ưu tiên", Part.MONTH: "Tháng",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Within:
    """Of whom a look is narrowed down to: a hamlet, full years, a group; nothing named means everybody."""

    hamlet_id: UUID | None = None
    ages: AgeSpan | None = None
    group: str = ""

    def takes(self, cell: CoverageCell) -> bool:
        """Whether these people are."""
        return self.takes_person(cell.hamlet_id, cell.age, cell.group)

    def takes_person(self, hamlet_id: UUID | None, age: int | None, group: str) -> bool:
        """The same of somebody of that hamlet, age and group."""
        ages = self.ages is None or span_of(age, (self.ages,)) is not None
        return ages and self.hamlet_id in (None, hamlet_id) and self.group in ("", group)

    def meant(self, meant: Meant) -> Meant:
        """Of the people that a line means those who are."""
        first, end = self.ages or (None, None)
        found = meant
        if self.ages is not None and (meant.first_age, meant.end_age) == (None, None):
            found = replace(found, first_age=first, end_age=end)
        if self.hamlet_id is not None and meant.hamlet_id is None:
            found = replace(found, hamlet_id=self.hamlet_id)
        if self.group and not meant.group:
            found = replace(found, group=self.group)
        return found


EVERYBODY: Final = Within()


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
    total: str = N_("Cả xã")

    @property
    def whole(self) -> Share:
        """Everybody."""
        return self.coverage.share()

    def of(self, within: Within) -> CoverageLook:
        """Of some of them alone."""
        some = self.coverage.of(within.takes)
        total = self.total if within == EVERYBODY else N_("Tổng")
        return replace(self, coverage=some, at_risk=some.share(self.rule.at_risk), total=total)

    def figures(self) -> tuple[tuple[str, Share, Level], ...]:
        """What is told with the weekly epidemic level: words, of whom, which level."""
        rule = self.rule
        found = [(one.label, self.coverage.share(one.takes), one.level) for one in rule.figures]
        asked = ((_EVERYBODY, self.whole, rule.level), (_AT_RISK, self.at_risk, rule.level))
        return (*found, *asked)

    def lines(self, part: Part) -> tuple[CoverageLine, ...]:
        """The table, the whole at its end; months count doses, not people."""
        found = {
            Part.HAMLET: self._hamlets, Part.AGE: self._ages, Part.SEX: self._sexes, Part.GROUP: self._groups,
            Part.MONTH: self._months,
        }[part]()  # fmt: skip
        return (*found, CoverageLine(self.total, self.whole, whole=True))

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
    names = tuple((one.id, one.title) for one in hamlets(db, day))
    return CoverageLook(found, rule, found.share(rule.at_risk), spans, groups, names)
