"""Who is due: after whatever is written, by whomever, on any day, the book says what the schedule says from nothing."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.population import population_on
from covidstation.db.queries.residence import lives_here
from covidstation.db.queries.vaccine_due import ANY_DISEASE, DueFilter, DueSort, count_lines
from covidstation.db.rows import (
    EpisodeRow,
    HamletRow,
    PersonRow,
    SearchRow,
    VaccineBasisRow,
    VaccineBookRow,
    VaccineDoseRow,
    VaccineStaleRow,
    VaccineStanceRow,
)
from covidstation.db.session import Database
from covidstation.db.vaccine_book import facts_of, refresh_book
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.canonical import decode
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.people import PersonDraft
from covidstation.domain.residence import Living
from covidstation.domain.rule_leaves import to_toml
from covidstation.domain.rule_sets import Family
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.priority import priority_on
from covidstation.domain.vaccination.schedule import state_of
from covidstation.domain.vaccination.schedule_rules import read_schedule_rule
from covidstation.domain.vaccination.stances import ClosedReason, StanceDraft, StanceKind
from covidstation.domain.vaccination.states import DueKind, Stage
from covidstation.errors import UserError
from covidstation.services.merging import merge_people, undo_merge
from covidstation.services.people import edit_person, register_person
from covidstation.services.places import add_hamlet
from covidstation.services.rules.vaccines import schedule_in
from covidstation.services.rules.versions import RuleEdit, edit_rule
from covidstation.services.vaccination.due import (
    DueWork,
    due_counts,
    due_list,
    due_work,
    set_priority_group,
    vaccine_state,
)
from covidstation.services.vaccination.history import record_dose, void_dose
from covidstation.services.vaccination.stances import add_stance, close_stance
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.vaccination.test_history import PFIZER, VERO, told

PLAIN: dict[str, Any] = {"by": None, "now": NOW, "catalog": catalog()}
WHO: dict[str, Any] = {"by": None, "by_name": USER, "now": NOW}
PRODUCTS = ("", PFIZER, VERO, "EU/1/21/1529", "Abdala", "Sputnik-V")


FIELDS = (
    "living", "hamlet_id", "household_id", "merged_into", "moved_to", "sort_key", "birth_year", "pregnancy",
    "conditions", "priority_group",
)  # fmt: skip


def at(day: date) -> datetime:
    return NOW + (day - TODAY)


def book(db: Database, day: date) -> dict[UUID, Any]:
    """Refreshed as a list does it; of each person the state and what lists are filtered by."""
    shown = due_list(db, DueFilter(), catalog=catalog(), now=at(day)).all()
    states = {one.person_id: one.state for one in shown}
    with db.read() as session:
        rows = session.scalars(select(VaccineBookRow)).all()
        assert session.scalars(select(VaccineStaleRow)).all() == []
        kept = session.scalars(select(VaccineBasisRow.counts)).one()
        assert sorted(decode(kept.encode())) == sorted(count_lines(session))
        return {row.person_id: (states[row.person_id], row.hamlet_id, row.sort_key, row.person_n) for row in rows}


def from_nothing(db: Database, day: date) -> dict[UUID, Any]:
    with db.read() as session:
        schedule = schedule_in(session, catalog())
        people = session.scalars(select(PersonRow).where(lives_here())).all()
        facts = facts_of(session, [one.id for one in people])
        return {one.id: (state_of(schedule, facts[one.id], day), one.hamlet_id, one.sort_key, one.n) for one in people}


class Village:
    """Rows that come, change and go in any order."""

    def __init__(self, db: Database, luck: Random) -> None:
        self.db, self.luck, self.made, self.fields = db, luck, 0, FIELDS
        self.hamlets = [new_id() for _ in range(3)]
        with db.write(None, NOW) as session:
            session.add_all(HamletRow(id=one, name=f"Bản {at}") for at, one in enumerate(self.hamlets))

    def step(self) -> None:
        with suppress(UserError), self.db.write(None, NOW) as session:  # who went is not written of
            luck = self.luck
            people = list(session.scalars(select(PersonRow)))
            acts = ("person", "person", "dose", "dose", "dose", "ill", "stance", "record", "row", "gone")
            act = luck.choice(acts)
            if act == "person" or not people:
                session.add(self.person(new_id()))
            elif act in ("dose", "ill", "stance"):
                whose = luck.choice(people).id if luck.random() < 0.9 else new_id()
                made = {"dose": self.dose, "ill": self.ill, "stance": self.stance}[act](whose)
                session.add(made)
                if luck.random() < 0.3:
                    session.flush()
                    if isinstance(made, VaccineDoseRow):
                        session.add(
                            VaccineDoseRow(
                                id=new_id(), person_id=whose, given_year=2022, source="VOIDED", voids=made.id
                            )
                        )
                    elif whose not in {one.id for one in people}:
                        session.add(self.person(whose))
            elif act == "record":
                self.change(luck.choice(people))
            elif act == "row":
                self.other(session, people)
            else:
                table = luck.choice((PersonRow, VaccineDoseRow, EpisodeRow, VaccineStanceRow))
                rows = list(session.scalars(select(table)))
                if rows:
                    session.delete(luck.choice(rows))

    def day(self, span: int = 500) -> date:
        return TODAY - timedelta(days=self.luck.randrange(span))

    def person(self, one: UUID) -> PersonRow:
        self.made += 1
        luck = self.luck
        born = TODAY - timedelta(days=luck.randrange(200, 25000))
        row = PersonRow(id=one, full_name=f"Người {self.made}", sort_key=f"{self.made:04}", sex="FEMALE")
        row.birth_year = luck.choice((None, born.year, born.year, born.year))
        if row.birth_year and luck.random() < 0.8:
            row.birth_month, row.birth_day = born.month, born.day
        row.hamlet_id = luck.choice((None, *self.hamlets, *self.hamlets))
        row.pregnancy = luck.choice(("UNKNOWN", "NO", "YES"))
        row.conditions = luck.choice(([], [], ["transplant"], ["asthma"]))
        return row

    def dose(self, whose: UUID) -> VaccineDoseRow:
        luck, day = self.luck, self.day()
        row = VaccineDoseRow(id=new_id(), person_id=whose, given_year=day.year, source="CARD")
        if luck.random() < 0.8:
            row.given_month, row.given_day = day.month, day.day
        row.product = luck.choice(PRODUCTS)
        row.dose_class = luck.choice(("", "PRIMARY", "PRIMARY", "ADDITIONAL", "BOOSTER"))
        row.number = luck.choice((None, 1, 2, 3))
        return row

    def ill(self, whose: UUID) -> EpisodeRow:
        luck, day = self.luck, self.day(200)
        row = EpisodeRow(id=new_id(), person_id=whose, report_date=day, isolation_type="NONE")
        row.onset_date = luck.choice((None, day - timedelta(2)))
        row.classification = luck.choice(list(CaseClassification)).value
        row.outcome = luck.choice((CaseOutcome.NO_OUTCOME, *CaseOutcome)).value
        died = row.outcome == CaseOutcome.DECEASED.value
        row.outcome_on = day if died else luck.choice((None, day + timedelta(9)))
        row.doses_known = luck.choice((None, 0, 2, 3))
        return row

    def stance(self, whose: UUID) -> VaccineStanceRow:
        luck, day = self.luck, self.day(90)
        row = VaccineStanceRow(id=new_id(), person_id=whose, kind=luck.choice(list(StanceKind)).value, since=day)
        row.reason, row.until = "vì thế", luck.choice((None, day + timedelta(luck.randrange(1, 150))))
        row.product = luck.choice(PRODUCTS) if row.kind == "CONTRAINDICATED" else ""
        return row

    def change(self, row: PersonRow) -> None:
        luck = self.luck
        changes = {
            "living": luck.choice((*Living, "")),
            "hamlet_id": luck.choice((None, *self.hamlets)),
            "household_id": luck.choice((None, new_id())),
            "merged_into": luck.choice((None, new_id())),
            "moved_to": luck.choice((None, "03520")),
            "sort_key": f"x{luck.randrange(99)}",
            "birth_year": luck.choice((None, 1980, 2010)),
            "pregnancy": luck.choice(("YES", "NO")),
            "conditions": luck.choice(([], ["hivAids"])),
            "priority_group": luck.choice(("", "teachers", "health")),
        }
        name = luck.choice(self.fields)
        if name == "birth_year":
            row.birth_month = row.birth_day = None
        setattr(row, name, changes[name])

    def other(self, session: Any, people: list[PersonRow]) -> None:
        luck = self.luck
        table = luck.choice((VaccineDoseRow, EpisodeRow, VaccineStanceRow))
        rows = list(session.scalars(select(table)))
        if not rows:
            return
        row = luck.choice(rows)
        changes: dict[str, Any] = {"person_id": luck.choice(people).id}
        if table is EpisodeRow:
            changes |= {"outcome": luck.choice(list(CaseOutcome)).value, "classification": "CONFIRMED"}
        if table is VaccineStanceRow:
            changes |= {"closed_on": luck.choice((None, TODAY)), "until": luck.choice((None, TODAY + timedelta(9)))}
        setattr(row, *luck.choice(list(changes.items())))
        if table is EpisodeRow and row.outcome == CaseOutcome.DECEASED.value:
            row.outcome_on = TODAY


@pytest.mark.parametrize("seed", range(4))
def test_the_book_says_what_the_schedule_says_whatever_is_written(db: Database, seed: int) -> None:
    luck = Random(seed)
    village = Village(db, luck)
    day = TODAY
    kinds: set[DueKind] = set()
    for _turn in range(30):
        for _step in range(luck.randrange(1, 6)):
            village.step()
        day += timedelta(days=luck.choice((0, 0, 1, 30, 90, -60, -400, 4000, -4000)))
        found = book(db, day)
        assert found == from_nothing(db, day)
        kinds |= {state.kind for state, *_rest in found.values()}
    assert len(kinds) > 3


def person(db: Database, number: int, **more: Any) -> UUID:
    draft = PersonDraft(**{"full_name": f"Lò Thị Số {number}", "birth": PartialDate(1950 + number, 2, 3), **more})
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


def test_every_act_of_a_window_is_in_the_next_list(db: Database) -> None:
    place = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    one, two = (person(db, number, hamlet_id=place) for number in (1, 2))

    def agree() -> dict[UUID, DueKind]:
        assert book(db, TODAY) == from_nothing(db, TODAY)
        return {who: state.kind for who, (state, *_rest) in book(db, TODAY).items()}

    assert agree() == {one: DueKind.OVERDUE, two: DueKind.OVERDUE}
    dose = record_dose(db, told(one, 2022, 3, 1, product=PFIZER), catalog=catalog(), **WHO).value
    assert agree()[one] is DueKind.NOT_YET
    void_dose(db, dose.id, "nhầm người", catalog=catalog(), **WHO)
    assert agree()[one] is DueKind.OVERDUE
    draft = StanceDraft(person_id=one, kind=StanceKind.DEFERRED, reason="sốt", since=TODAY, until=TODAY + timedelta(7))
    stance = add_stance(db, draft, **WHO).value
    assert agree()[one] is DueKind.DEFERRED
    assert book(db, TODAY + timedelta(6))[one][0].kind is DueKind.DEFERRED
    assert book(db, TODAY + timedelta(7))[one][0].kind is DueKind.OVERDUE
    close_stance(db, stance.id, ClosedReason.OVER, by=None, now=NOW)
    assert agree()[one] is DueKind.OVERDUE
    edit_person(db, two, PersonDraft(full_name="Lò Thị Số 2", hamlet_id=place), **PLAIN)
    assert agree()[two] is DueKind.UNKNOWN
    merge_people(db, one, two, take=(), reason="một người", **PLAIN)
    assert list(agree()) == [one]
    undo_merge(db, two, **PLAIN)
    assert set(agree()) == {one, two}
    with db.write(None, NOW) as session:
        row = session.scalars(select(PersonRow).where(PersonRow.id == two)).one()
        session.delete(session.get_one(SearchRow, row.n))
        session.flush()
        session.delete(row)
        session.flush()
        gone = session.scalars(select(VaccineBookRow).where(VaccineBookRow.person_id == two)).all()
    assert gone == [] and list(agree()) == [one]


def test_other_rules_write_the_whole_book_anew(db: Database) -> None:
    place = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    who = person(db, 1, hamlet_id=place)
    record_dose(db, told(who, 2022, 2, 18, product=PFIZER), catalog=catalog(), **WHO)
    assert book(db, TODAY)[who][0].kind is DueKind.NOT_YET
    rule = schedule_rule(db)
    table = next(one for one in catalog().rule_tables(Family.SCHEDULE) if one["id"] == rule)
    interval = next(one for one in table["intervals"] if PFIZER in one.get("vaccines", ()))
    interval |= {"after_days": 14, "counts_from_days": 14}
    edit = RuleEdit(rule_id=rule, body=to_toml(table), confirmed=False, reason="CV của Sở Y tế", by_name=USER)
    edit_rule(db, Family.SCHEDULE, edit, shipped=catalog().vaccine_schedules, make=read_schedule_rule, by=None, now=NOW)
    state = book(db, TODAY)[who][0]
    assert (state.kind, state.rule) == (DueKind.DUE, f"{rule}@1")
    assert book(db, TODAY) == from_nothing(db, TODAY)


def schedule_rule(db: Database) -> str:
    with db.read() as session:
        return schedule_in(session, catalog()).on(TODAY).id


@pytest.mark.parametrize("seed", range(2))
def test_nobody_is_in_a_list_twice_and_nobody_falls_out_of_all(db: Database, seed: int) -> None:
    luck = Random(seed + 50)
    village = Village(db, luck)
    village.fields = tuple(one for one in FIELDS if one != "moved_to")  # nobody handed anybody over on any day
    for _step in range(150):
        village.step()

    def shown(wanted: DueFilter, sort: DueSort = DueSort.DAY, *, descending: bool = False) -> list[UUID]:
        found = due_list(db, wanted, catalog=catalog(), now=NOW, sort=sort, descending=descending)
        whole = [one.person_id for one in found.lines(0, 999)]
        assert len(found) == len(whole) == len(set(whole))
        assert [one.person_id for at in range(0, len(found), 7) for one in found.lines(at, 7)] == whole
        return whole

    every = shown(DueFilter())
    counts = due_counts(db, catalog=catalog(), now=NOW)
    assert len(every) == counts.total == population_on(db, TODAY).total
    kinds = [shown(DueFilter(kinds=frozenset((kind,)))) for kind in DueKind]
    assert Counter(who for one in kinds for who in one) == Counter(every)
    stages = [shown(DueFilter(stages=frozenset((stage,)))) for stage in Stage]
    assert Counter(who for one in stages for who in one) == Counter(every)
    for kind, one in zip(DueKind, kinds, strict=True):
        assert counts.count(frozenset((kind,))) == len(one)
    for sort in DueSort:
        assert Counter(shown(DueFilter(), sort)) == Counter(shown(DueFilter(), sort, descending=True)) == Counter(every)
    assert len(shown(DueFilter(away=True))) == counts.away
    by_hamlet = [shown(DueFilter(hamlet_id=one)) for one in village.hamlets]
    assert all(set(one) <= set(every) for one in by_hamlet)
    oracle(db, shown)


def oracle(db: Database, shown: Any) -> None:
    """Ages, groups and diseases, one person at a time."""
    groups = priority_on(catalog().vaccine_priorities, TODAY)
    with db.read() as session:
        people = session.scalars(select(PersonRow).where(lives_here())).all()

    def age(one: PersonRow) -> int | None:
        if one.birth_year is None:
            return None
        born = (one.birth_year, one.birth_month or 1, one.birth_day or 1)
        return TODAY.year - born[0] - ((TODAY.month, TODAY.day) < born[1:])

    for span in age_groups_on(catalog().age_groups, TODAY).spans:
        first, end = span
        wanted = {one.id for one in people if (old := age(one)) is not None and first <= old < (end or 999)}
        assert set(shown(DueFilter(ages=span))) == wanted
    for group in groups.groups:
        wanted = {
            one.id for one in people if groups.group_of(one.priority_group, age(one), one.conditions) == group.code
        }
        assert set(shown(DueFilter(group=group.code))) == wanted
    assert set(shown(DueFilter(disease=ANY_DISEASE))) == {one.id for one in people if one.conditions}
    assert set(shown(DueFilter(disease="asthma"))) == {one.id for one in people if "asthma" in one.conditions}


def test_a_group_is_said_of_many_at_once_and_kept(db: Database) -> None:
    place = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    one, two = (person(db, number, hamlet_id=place) for number in (1, 40))
    assert [line.person_id for line in by_group(db, "chronic")] == [one]  # 71 years old
    assert set_priority_group(db, [one, two], "teachers", **PLAIN).value == 2
    assert by_group(db, "chronic") == [] and {line.group for line in by_group(db, "teachers")} == {"teachers"}
    assert set_priority_group(db, [one], "", **PLAIN).value == 1
    assert [line.person_id for line in by_group(db, "chronic")] == [one]
    with pytest.raises(UserError, match="group_unknown"):
        set_priority_group(db, [one], "nhóm lạ", **PLAIN)


def by_group(db: Database, code: str) -> list[Any]:
    return due_list(db, DueFilter(group=code), catalog=catalog(), now=NOW).all()


def test_one_person_is_asked_about_from_nothing_and_today_counts_them(db: Database) -> None:
    place = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    who = person(db, 1, hamlet_id=place)
    record_dose(db, told(who, 2022, 2, 17, product=PFIZER), catalog=catalog(), **WHO)
    state = vaccine_state(db, who, catalog=catalog(), now=NOW)
    assert (state.kind, state.due_on) == (DueKind.DUE, TODAY)
    assert due_work(db, catalog=catalog(), now=NOW) == DueWork()  # nobody has asked for the book yet
    book(db, TODAY)
    assert due_work(db, catalog=catalog(), now=NOW) == DueWork(due=1, where=(("Nậm Ngá", 1),))
    assert due_work(db, catalog=catalog(), now=NOW, hamlets=frozenset((new_id(),))) == DueWork()
    with pytest.raises(UserError, match="unknown_person"):
        vaccine_state(db, new_id(), catalog=catalog(), now=NOW)
    stranger = person(db, 2)  # comes from elsewhere: asked about all the same, and in no list
    assert vaccine_state(db, stranger, catalog=catalog(), now=NOW).kind is DueKind.OVERDUE
    assert stranger not in book(db, TODAY)


def test_a_full_disk_keeps_nobody_from_the_rest_of_today(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person(db, 1, hamlet_id=add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value)
    book(db, TODAY)
    who = person(db, 2, hamlet_id=add_hamlet(db, "Bản Pa Khoá", by=None, now=NOW).value)

    def full(*_args: object, **_more: object) -> None:
        raise UserError("station.disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(db, "write", full)
        assert due_work(db, catalog=catalog(), now=NOW) == DueWork()
        with pytest.raises(UserError, match="disk_full"):  # a list would leave somebody out
            due_list(db, DueFilter(), catalog=catalog(), now=NOW)
    assert who in book(db, TODAY)


def test_a_refresh_with_nothing_new_writes_nothing(db: Database) -> None:
    with db.read() as session:
        schedule = schedule_in(session, catalog())
    person(db, 1, hamlet_id=add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value)
    assert refresh_book(db, schedule, today=TODAY, now=NOW) == 1
    before = db.path.with_name(db.path.name + "-wal").stat().st_size
    assert refresh_book(db, schedule, today=TODAY, now=NOW) == 0
    assert db.path.with_name(db.path.name + "-wal").stat().st_size == before
    assert refresh_book(db, replace(schedule, rules=schedule.rules[:-1]), today=TODAY, now=NOW) == 1


def test_the_fourth_dose_opens_to_a_health_worker_once_somebody_says_so(db: Database) -> None:
    """Two people of 40 and 60 years with three doses: the older is due by age, the younger by the group alone."""
    place = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    young, old = (person(db, number, hamlet_id=place) for number in (32, 12))  # born in 1982 and 1962
    for who in (young, old):
        for day, kind, number in zip(
            ((2021, 8, 1), (2021, 8, 22), (2021, 12, 20)), ("PRIMARY", "PRIMARY", "BOOSTER"), (1, 2, 1), strict=True
        ):
            draft = replace(told(who, *day, product=PFIZER), dose_class=DoseClass(kind), number=number)
            record_dose(db, draft, catalog=catalog(), sure=True, **WHO)
    june = at(date(2022, 6, 1))
    said: dict[str, Any] = {"by": None, "now": june, "catalog": catalog()}

    def kinds() -> dict[UUID, DueKind]:
        lines = due_list(db, DueFilter(), catalog=catalog(), now=june).all()
        return {line.person_id: line.state.kind for line in lines}

    assert kinds() == {young: DueKind.COMPLETE, old: DueKind.DUE}
    set_priority_group(db, [young], "health", **said)
    assert kinds()[young] is DueKind.DUE
    set_priority_group(db, [young], "poor", **said)
    assert kinds()[young] is DueKind.COMPLETE
