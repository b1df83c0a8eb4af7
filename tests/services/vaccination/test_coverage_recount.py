"""Coverage counted a second time by plain Python: from what is exported, and from a book that the test itself keeps of
who came, went, died, was born, moved with a hamlet, and had which dose when."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.rows import PersonRow, VaccineDoseRow
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.coverage import LEVELS
from covidstation.services.households.coming import ArrivalDraft, BirthDraft, record_arrival, record_birth
from covidstation.services.households.ending import end_hamlet
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.vaccination.coverage import Part, Within, look_at_coverage
from covidstation.services.vaccination.coverage_papers import coverage_csv, coverage_xlsx
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.test_tables import cells
from tests.services.vaccination.test_coverage import ABDALA, BASIC, JANSSEN, PFIZER, commune

PLAIN = {"catalog": catalog(), "now": NOW}
WHO = {"by": None, "by_name": USER, "now": NOW}
EVER = date(1900, 1, 1)
SINCE = ("mui_1_tu", "co_ban_tu", "bo_sung_tu", "nhac_lai_1_tu", "nhac_lai_2_tu")
__all__ = ["ABDALA", "JANSSEN", "commune"]


@dataclass
class Life:
    """What the test knows of somebody: where they lived from which day on (None: not here), and each dose's first
    possible day with its vaccine."""

    born: date
    homes: list[tuple[date, UUID | None]]
    doses: list[tuple[date, str]] = field(default_factory=list)

    def home(self, day: date) -> UUID | None:
        return [where for since, where in self.homes if since <= day][-1:][0] if self.born <= day else None

    def since(self, day: date) -> list[date | None]:
        """First dose, basic course, additional dose, boosters, by the end of that day."""
        had = sorted(one for one in self.doses if one[0] <= day)
        needed = BASIC[had[0][1]] if had else 9
        days = [one[0] for one in had]
        return [*((days[at - 1] if len(days) >= at else None) for at in (1, needed)), None,
                *((days[at - 1] if len(days) >= at else None) for at in (needed + 1, needed + 2))]  # fmt: skip


def had(row, day, product, at, **more):
    dose = VaccineDoseRow(id=new_id(), person_id=row, product=product, source="CARD", **more)
    dose.dose_class, basic = ("PRIMARY" if at < BASIC[product] else "BOOSTER"), BASIC[product]
    dose.number = at + 1 if at < basic else at + 1 - basic
    dose.given_year, dose.given_month, dose.given_day = day.year, day.month, day.day
    return dose


def doses_read(session, luck, book):
    """Into the book; some are taken back first, of others the month alone is known: it may have been its first day."""
    doses = list(session.scalars(select(VaccineDoseRow)))
    whole = Counter(one.person_id for one in doses)
    last = {
        one.person_id: one for one in sorted(doses, key=lambda one: (one.given_year, one.given_month, one.given_day))
    }
    voided = {one.id for who, one in last.items() if whole[who] > 1 and luck.random() < 0.1}
    vague = {one.id for one in last.values() if one.id not in voided and luck.random() < 0.2}
    for one in doses:
        day = date(one.given_year, one.given_month, one.given_day)
        if one.id in voided:
            gone = VaccineDoseRow(id=new_id(), person_id=one.person_id, given_year=day.year, source="VOIDED")
            gone.voids = one.id
            session.add(gone)
            continue
        if one.id in vague:
            one.given_day, day = None, day.replace(day=1)
        book[one.person_id].doses.append((day, one.product))


def some_go(db, people, book):
    left, died = TODAY - timedelta(50), TODAY - timedelta(20)
    for who in (one for one in people[:12] if book[one].born < left):
        record_departure(db, DepartureDraft(people=(who,), day=left, place="Hà Nội"), **WHO)
        book[who].homes.append((left, None))
    for who in people[12:]:
        record_death(db, DeathDraft(person_id=who, day=died), **WHO)
        book[who].homes.append((died, None))


def some_come(db, hamlets, book):
    """With what they had abroad before; to three of them a child is born."""
    came = TODAY - timedelta(30)
    for number in range(8):
        born, hamlet = date(1970 + number, 5, 6), hamlets[number % 3]
        who = PersonDraft(full_name=f"Lò Văn Đến {number}", birth=PartialDate.of(born))
        draft = ArrivalDraft(hamlet_id=hamlet, person=who, day=came, place="Lào")
        arrived = record_arrival(db, draft, catalog=catalog(), **WHO).value
        life = book[arrived.person_id] = Life(born, [(EVER, None), (came, hamlet)])
        with db.write(None, NOW) as session:
            for at in range(number % 4):
                day = TODAY - timedelta(300 - 60 * at)
                session.add(had(arrived.person_id, day, PFIZER, at, country="LA"))
                life.doses.append((day, PFIZER))
        if number < 3:
            birth = TODAY - timedelta(5 + number)
            baby = PersonDraft(full_name=f"Lò Văn Bé {number}", birth=PartialDate.of(birth))
            made = record_birth(
                db, BirthDraft(household_id=arrived.household_id, person=baby), catalog=catalog(), **WHO
            ).value
            book[getattr(made, "person_id", made)] = Life(birth, [(EVER, hamlet)])


@pytest.fixture
def lived(db, commune):
    """The commune with everything that a year brings; the test's own book of it."""
    luck, book = Random(3), {}
    with db.write(None, NOW) as session:
        for row in session.scalars(select(PersonRow)):
            book[row.id] = Life(date(row.birth_year, row.birth_month, row.birth_day), [(EVER, row.hamlet_id)])
        doses_read(session, luck, book)
    hamlets = sorted({one.homes[0][1] for one in book.values()}, key=str)
    some_go(db, luck.sample(commune, 20), book)
    some_come(db, hamlets, book)
    ended = TODAY - timedelta(4)
    end_hamlet(db, hamlets[0], hamlets[1], day=ended, **WHO)
    for life in book.values():
        if life.home(TODAY) == hamlets[0]:
            life.homes.append((ended, hamlets[1]))
    return book


DAYS = [TODAY - timedelta(ago) for ago in (0, 8, 15, 25, 40, 60, 200)]


def page_is_the_book(db, lived, day):
    look = look_at_coverage(db, day, **PLAIN)
    here = [life for life in lived.values() if life.home(day) is not None]
    assert look.whole.people == len(here)
    reached = [[one is not None for one in life.since(day)] for life in here]
    assert look.whole.reached == tuple(map(sum, zip(*reached, strict=True)))
    by_hamlet = Counter(life.home(day) for life in here)
    assert {line.hamlet_id: line.share.people for line in look.lines(Part.HAMLET)[:-1]} == by_hamlet
    months = Counter()
    for life in here:
        for at, one in enumerate(life.since(day)):
            if one is not None:
                months[one.replace(day=1), at] += 1
    assert {(month, at): n for month, counts in look.coverage.months for at, n in enumerate(counts) if n} == months


def people_of(data: bytes):
    """The CSV as it is read anywhere."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return [row | {"reached": [bool(row[name]) for name in SINCE]} for row in rows]


def sheet_rows(data, sheet):
    """The lines of a sheet under its heads, each by head."""
    found = {}
    for ref, (kind, text) in cells(data, sheet).items():
        column, row = ref.rstrip("0123456789"), int(ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        found.setdefault(row, {})[column] = int(text) if kind == "n" else text
    head = next(row for row in sorted(found) if found[row].get("A") in ("Thôn, bản", "Tháng"))
    return [
        {name: found[row].get(column) for column, name in found[head].items()} for row in sorted(found) if row > head
    ]


def summed(people):
    return (len(people), tuple(sum(one["reached"][at] for one in people) for at in range(len(LEVELS))))


def csv_is_the_page(db, day):
    look, people = look_at_coverage(db, day, **PLAIN), people_of(coverage_csv(db, day, **PLAIN))
    spans = age_groups_on(catalog().age_groups, day).spans
    assert summed(people) == (look.whole.people, look.whole.reached)
    for line in look.lines(Part.HAMLET)[:-1]:
        assert summed([one for one in people if one["thon_ban"] == line.words]) == (
            line.share.people,
            line.share.reached,
        )
    for line in look.lines(Part.AGE)[:-1]:
        assert line.ages in spans
        first, end = line.ages
        mine = [one for one in people if first <= int(one["tuoi"]) < (end or 999)]
        assert summed(mine) == (line.share.people, line.share.reached)
    for sex, share in look.coverage.by(lambda cell: cell.sex.value).items():
        assert summed([one for one in people if one["gioi"] == sex]) == (share.people, share.reached)
    for group, share in look.coverage.by(lambda cell: cell.group).items():
        assert summed([one for one in people if one["nhom_uu_tien"] == group]) == (share.people, share.reached)
    for month, counts in look.coverage.months:
        told = [sum(one[name].startswith(f"{month:%Y-%m}") for one in people) for name in SINCE]
        assert tuple(told) == counts
    old = [one for one in people if one["benh_nen"] == "1" or int(one["tuoi"]) >= look.rule.risk_age]
    assert summed(old) == (look.at_risk.people, look.at_risk.reached)


def crossed_sheets_are_the_page(db):
    look = look_at_coverage(db, TODAY, **PLAIN)
    data = coverage_xlsx(db, TODAY, **PLAIN)
    crossed, monthly = sheet_rows(data, 7), sheet_rows(data, 8)
    assert sum(one["Nhân khẩu quản lý"] for one in crossed) == look.whole.people
    for part, name in ((Part.HAMLET, "Thôn, bản"), (Part.AGE, "Tuổi"), (Part.GROUP, "Nhóm ưu tiên")):
        for line in look.lines(part)[:-1]:
            mine = [one for one in crossed if one[name] == line.words]
            assert sum(one["Nhân khẩu quản lý"] for one in mine) == line.share.people
            assert sum(one["Đủ mũi cơ bản"] for one in mine) == line.share.reached[1]
    for line in look.lines(Part.MONTH)[:-1]:
        assert sum(one["Nhắc lại 1"] for one in monthly if one["Tháng"] == line.words) == line.share.reached[3]
    hamlet, name = look.names[-1]
    for span in look.spans:
        some = look.of(Within(hamlet_id=hamlet, ages=span))
        words = next((one.words for one in look.lines(Part.AGE) if one.ages == span), "")
        mine = [one for one in crossed if one["Thôn, bản"] == name and one["Tuổi"] == words]
        assert some.whole.people == sum(one["Nhân khẩu quản lý"] for one in mine)
        for line in some.lines(Part.MONTH)[:-1]:
            told = [
                one for one in monthly if (one["Thôn, bản"], one["Tuổi"], one["Tháng"]) == (name, words, line.words)
            ]
            assert sum(one["Ít nhất 1 mũi"] for one in told) == line.share.reached[0]


def test_the_page_is_the_tests_own_book_and_what_is_exported(db, lived):
    for day in DAYS:
        page_is_the_book(db, lived, day)
    for day in DAYS[::3]:
        csv_is_the_page(db, day)
    crossed_sheets_are_the_page(db)
