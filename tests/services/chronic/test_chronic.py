"""Diseases, visits and calls through the services: kept, refused, corrected; the lists that follow from them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select, text

from covidstation.db.ids import new_id
from covidstation.db.queries.care_due import calls_due
from covidstation.db.queries.chronic import (
    ChronicFilter,
    ChronicLine,
    ChronicSort,
    ChronicView,
    count_chronic,
    list_chronic,
)
from covidstation.db.queries.people import get_person
from covidstation.db.rows import ChronicBookRow, ChronicConditionRow, ChronicVisitRow, JournalRow, PhoneCallRow
from covidstation.db.session import Database
from covidstation.domain.chronic import ConditionDraft, OwnTargets, RemovedReason
from covidstation.domain.chronic_visits import ChronicVisitDraft, ElderCheck
from covidstation.domain.dates import PartialDate
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit
from covidstation.domain.targets import Result
from covidstation.errors import Refused, UserError
from covidstation.services.chronic.calls import ChronicCall, Reply, log_chronic_call
from covidstation.services.chronic.conditions import (
    add_condition,
    edit_condition,
    follow_again,
    remove_condition,
)
from covidstation.services.chronic.visits import (
    look_at_chronic,
    preview_result,
    record_chronic_visit,
    void_chronic_visit,
)
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.merging import merge_people, undo_merge
from covidstation.services.people import edit_person
from covidstation.services.places import add_hamlet
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, register

ACT = {**WHO, "now": NOW, "catalog": catalog()}
PLAIN = {"by": None, "now": NOW, "catalog": catalog()}
OLD = PartialDate(1950, 1, 1)
YOUNG = replace(neighbour(1), birth=PartialDate(1990, 5, 1), citizen_number="")
I10 = ConditionDraft(code="I10", diagnosed=PartialDate(2015), registered_on=date(2020, 1, 6))


def come(db: Database, number: int, birth: PartialDate = OLD) -> UUID:
    """A neighbour who lives here."""
    hamlet = add_hamlet(db, f"Bản số {number}", by=None, now=NOW).value
    person = replace(neighbour(number), household_id=None, birth=birth, citizen_number="")
    come = ArrivalDraft(hamlet_id=hamlet, person=person, day=TODAY - timedelta(900))
    return record_arrival(db, come, catalog=catalog(), now=NOW, **WHO).value.person_id


def visit(person_id: UUID, day: date = TODAY, **changes: object) -> ChronicVisitDraft:
    draft = ChronicVisitDraft(
        person_id=person_id, day=day, systolic=150, diastolic=95, next_on=day + timedelta(days=30)
    )
    return replace(draft, **changes)  # type: ignore[arg-type]


def lines(db: Database, view: ChronicView, today: date = TODAY, **wanted: object) -> list[ChronicLine]:
    found = list_chronic(db, ChronicFilter(view, **wanted), today=today, elder_from=60)  # type: ignore[arg-type]
    return found.lines(0, len(found))


def problems(trouble: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in trouble.value.problems]


def test_a_disease_is_an_underlying_disease_without_typing(db: Database) -> None:
    episode = register(db, f0(YOUNG, TODAY, new_household_head=YOUNG.full_name))
    before = look_at_class(db, episode.id)
    done = add_condition(db, episode.person_id, replace(I10, code="e11.9"), **ACT)
    person = get_person(db, episode.person_id)
    assert person is not None and person.conditions == {"diabetes"}
    assert (done.value.code, done.value.group, done.value.active) == ("E11.9", "diabetes", True)
    assert look_at_class(db, episode.id) != before  # the risk group of the open illness follows
    edit_person(db, episode.person_id, replace(YOUNG, conditions=frozenset()), **PLAIN)
    person = get_person(db, episode.person_id)
    assert person is not None and person.conditions == {"diabetes"}  # a form does not take off what is followed
    remove_condition(db, done.value.id, RemovedReason.REFUSED, "", **PLAIN)
    person = get_person(db, episode.person_id)
    assert person is not None and person.conditions == {"diabetes"}  # still ill with it
    follow_again(db, done.value.id, **ACT)
    remove_condition(db, done.value.id, RemovedReason.WRONG, "xét nghiệm lại bình thường", **PLAIN)
    person = get_person(db, episode.person_id)
    assert person is not None and person.conditions == frozenset()
    assert look_at_class(db, episode.id) == before


def look_at_class(db: Database, episode_id: UUID) -> str:
    with db.read() as session:
        return str(
            session.execute(text("SELECT risk_class FROM episode WHERE id = :id"), {"id": episode_id.hex}).scalar()
        )


def test_one_of_a_code_at_a_time_and_two_codes_of_a_group(db: Database) -> None:
    who = come(db, 1)
    first = add_condition(db, who, replace(I10, code="E11"), **ACT).value
    with pytest.raises(Refused) as trouble:
        add_condition(db, who, replace(I10, code="e11 "), **ACT)
    assert problems(trouble) == ["chronic.code_again"]
    second = add_condition(db, who, replace(I10, code="E10"), **ACT).value
    remove_condition(db, second.id, RemovedReason.WRONG, "nhầm típ", **PLAIN)
    person = get_person(db, who)
    assert person is not None and person.conditions == {"diabetes"}  # the other one still says it
    edited = edit_condition(db, first.id, replace(I10, code="I11", label="Tim do tăng huyết áp"), **PLAIN).value
    person = get_person(db, who)
    assert person is not None and person.conditions == {"hypertension"} and edited.label == "Tim do tăng huyết áp"
    add_condition(db, who, replace(I10, code="E10"), **ACT)
    with pytest.raises(UserError, match=r"chronic\.followed_already"):
        follow_again(db, second.id, **ACT)
    with pytest.raises(UserError, match=r"chronic\.unknown"):
        remove_condition(db, new_id(), RemovedReason.OTHER, "x", **PLAIN)
    with pytest.raises(Refused) as trouble:
        remove_condition(db, first.id, RemovedReason.OTHER, " ", **PLAIN)
    assert problems(trouble) == ["chronic.removed_why"]


def test_a_visit_is_judged_and_keeps_its_rule(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, I10, **ACT)
    kept = record_chronic_visit(db, visit(who), **ACT).value
    assert (kept.result, kept.rule) == (Result.NOT, "vn-targets-2020")
    assert kept.sentence == "Huyết áp 150/95, đích dưới 140/90: chưa đạt"
    own = replace(I10, targets=OwnTargets(systolic=155, diastolic=96))
    look = look_at_chronic(db, who, catalog=catalog(), now=NOW)
    edit_condition(db, look.record.active[0].id, own, **PLAIN)
    look = look_at_chronic(db, who, catalog=catalog(), now=NOW)
    assert preview_result(look, visit(who)).result is Result.CONTROLLED
    assert look.last == kept  # what was judged stays as it was judged


def test_a_glucose_of_last_month_still_tells(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, replace(I10, code="E11"), **ACT)
    early = visit(who, TODAY - timedelta(25), glucose=650, glucose_unit=GlucoseUnit.MG)
    record_chronic_visit(db, early, **ACT)
    now = record_chronic_visit(db, visit(who), **ACT).value
    assert now.result is Result.CONTROLLED and now.sentence.startswith("Đường huyết lúc đói 117 (ngày 13/02/2022)")
    random = visit(who, TODAY, glucose=900, glucose_kind=GlucoseKind.RANDOM)
    after = record_chronic_visit(db, random, sure=True, **ACT).value  # it tells nothing, and hides nothing
    assert (after.result, after.sentence) == (now.result, now.sentence)
    late = record_chronic_visit(db, visit(who, TODAY - timedelta(26) + timedelta(60) - timedelta(60)), **ACT)
    assert late.value.result is Result.UNKNOWN  # a day before the glucose was known


def test_bad_visits_are_refused_or_asked_back(db: Database) -> None:
    who = come(db, 1, PartialDate(1980, 5, 1))
    add_condition(db, who, replace(I10, diagnosed=None), **ACT)
    for draft, code in (
        (visit(who, systolic=1200, diastolic=80), "rounds.systolic_impossible"),
        (visit(who, systolic=80, diastolic=80), "rounds.pressure_turned"),
        (visit(who, date(1979, 1, 1)), "chronic.visit_before_birth"),
        (visit(who, TODAY + timedelta(1)), "chronic.visit_future"),
        (visit(who, glucose=12600), "chronic.glucose_unit"),
        (visit(who, next_on=None), "chronic.next_missing"),
        (visit(who, yearly=True), "chronic.too_young"),
    ):
        with pytest.raises(Refused) as trouble:
            record_chronic_visit(db, draft, **ACT)
        assert problems(trouble) == [code]
    with pytest.raises(Refused):
        record_chronic_visit(db, visit(who, glucose=12600), sure=True, **ACT)  # an error is no question
    record_chronic_visit(db, visit(who, next_on=None), sure=True, **ACT)
    with pytest.raises(UserError, match=r"people\.unknown_person"):
        record_chronic_visit(db, visit(new_id()), **ACT)
    record_death(db, DeathDraft(person_id=who, day=TODAY - timedelta(3), place="Tại nhà"), now=NOW, **WHO)
    with pytest.raises(Refused) as trouble:
        record_chronic_visit(db, visit(who, TODAY - timedelta(1)), **ACT)
    assert problems(trouble) == ["chronic.visit_after_death"]


def test_corrected_and_taken_back(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, I10, **ACT)
    first = record_chronic_visit(db, visit(who), **ACT).value
    second = record_chronic_visit(db, visit(who, systolic=130, diastolic=80, voids=first.id), **ACT).value
    record = look_at_chronic(db, who, catalog=catalog(), now=NOW).record
    assert [one.id for one in record.visits] == [second.id]
    with pytest.raises(UserError, match=r"chronic\.visit_voided"):
        void_chronic_visit(db, first.id, "x", now=NOW, **WHO)
    with pytest.raises(UserError, match=r"chronic\.visit_unknown"):
        record_chronic_visit(db, visit(come(db, 2), voids=second.id), sure=True, **ACT)
    with pytest.raises(Refused):
        void_chronic_visit(db, second.id, "  ", now=NOW, **WHO)
    void_chronic_visit(db, second.id, "Ghi nhầm người", now=NOW, **WHO)
    assert look_at_chronic(db, who, catalog=catalog(), now=NOW).record.visits == ()
    with db.read() as session:
        assert len(session.scalars(select(ChronicVisitRow.n)).all()) == 3  # nothing was rewritten
        ops = session.scalars(select(JournalRow.op).where(JournalRow.tbl == "chronic_visit")).all()
    assert set(ops) == {"i"}


def test_who_is_due_overdue_and_most_grave_first(db: Database) -> None:
    calm, grave, early, never, new = (come(db, number) for number in range(1, 6))
    for who in (calm, grave, early, never, new):
        add_condition(db, who, I10, **ACT)
    good = {"systolic": 120, "diastolic": 80}
    record_chronic_visit(db, visit(calm, TODAY - timedelta(90), **good), **ACT)
    record_chronic_visit(db, visit(grave, TODAY - timedelta(40)), **ACT)
    record_chronic_visit(db, visit(early, TODAY - timedelta(25), **good), **ACT)
    record_chronic_visit(db, visit(never, TODAY - timedelta(25), next_on=None, **good), sure=True, **ACT)
    overdue = lines(db, ChronicView.OVERDUE)
    assert [one.person_id for one in overdue][:2] == [grave, calm]
    assert {one.person_id for one in overdue[2:]} == {never, new}  # nobody is forgotten for want of a day
    assert [one.late for one in overdue] == [10, 60, None, None]
    assert [one.person_id for one in lines(db, ChronicView.DUE)] == [early]
    counts = count_chronic(db, today=TODAY, elder_from=60)
    assert counts == {ChronicView.OVERDUE: 4, ChronicView.DUE: 1, ChronicView.ALL: 5, ChronicView.ELDERS: 5}
    assert [one.codes for one in lines(db, ChronicView.ALL, code="I1")] == [("I10",)] * 5
    assert lines(db, ChronicView.ALL, code="E1") == []
    assert [one.person_id for one in lines(db, ChronicView.ALL, typed=neighbour(2).full_name)] == [grave]
    for sort in ChronicSort:
        for down in (False, True):
            wanted = ChronicFilter(ChronicView.ALL)
            found = list_chronic(db, wanted, today=TODAY, elder_from=60, sort=sort, descending=down)
            assert len(found.lines(0, 10)) == 5


def test_calls_and_what_follows(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, I10, **ACT)
    add_condition(db, who, replace(I10, code="E11"), **ACT)
    record_chronic_visit(db, visit(who, TODAY - timedelta(40)), **ACT)
    call = ChronicCall(person_id=who, reply=Reply.AGREED, on=TODAY + timedelta(2))
    log_chronic_call(db, call, **ACT)
    assert lines(db, ChronicView.OVERDUE) == []
    (line,) = lines(db, ChronicView.DUE)
    assert (line.due_on, line.next_on, line.late) == (TODAY + timedelta(2), TODAY - timedelta(10), 10)
    assert [one.late for one in lines(db, ChronicView.OVERDUE, TODAY + timedelta(3))] == [13]
    log_chronic_call(db, replace(call, reply=Reply.LATER, on=TODAY), **{**ACT, "now": NOW + timedelta(hours=1)})
    assert [one.person_id for one in calls_due(db, datetime(2022, 3, 10, 23))] == [who]
    log_chronic_call(db, replace(call, reply=Reply.WRONG_NUMBER, on=None), **{**ACT, "now": NOW + timedelta(hours=2)})
    (line,) = lines(db, ChronicView.OVERDUE)
    assert line.call_result == "WRONG_NUMBER"  # still followed: somebody has to go there
    for wrong in (
        replace(call, on=None), replace(call, on=TODAY - timedelta(1)), replace(call, on=TODAY + timedelta(800)),
        replace(call, reply=Reply.OTHER),
    ):  # fmt: skip
        with pytest.raises(Refused):
            log_chronic_call(db, wrong, **ACT)
    log_chronic_call(db, replace(call, reply=Reply.PRIVATE, on=None), **{**ACT, "now": NOW + timedelta(hours=3)})
    assert lines(db, ChronicView.ALL) == []
    removed = look_at_chronic(db, who, catalog=catalog(), now=NOW).record.conditions
    assert {one.removed_reason for one in removed} == {RemovedReason.PRIVATE} and len(removed) == 2


def test_a_referral_is_open_until_something_comes_back(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, I10, **ACT)
    gone = visit(who, TODAY - timedelta(9), referred_to="Bệnh viện huyện", referred_reason="HA không giảm")
    record_chronic_visit(db, gone, **ACT)
    assert [one.away_on for one in lines(db, ChronicView.ALL)] == [TODAY - timedelta(9)]
    record_chronic_visit(db, visit(who, back="Đổi thuốc, về trạm theo dõi"), **ACT)
    assert [one.away_on for one in lines(db, ChronicView.ALL)] == [None]


def test_elders_without_their_yearly_check(db: Database) -> None:
    old, young, edge = come(db, 1), come(db, 2, PartialDate(1990)), come(db, 3, PartialDate(1962, 3, 10))
    assert {one.person_id for one in lines(db, ChronicView.ELDERS)} == {old, edge}
    check = visit(old, yearly=True, next_on=None, elder=ElderCheck(home_on=TODAY + timedelta(3)))
    kept = record_chronic_visit(db, check, **ACT).value
    assert [one.person_id for one in lines(db, ChronicView.ELDERS)] == [edge]
    assert [one.person_id for one in lines(db, ChronicView.DUE)] == [old]  # the visit at home that was planned
    assert lines(db, ChronicView.ALL) == []
    next_year = date(2023, 1, 1)
    assert {one.person_id for one in lines(db, ChronicView.ELDERS, next_year)} == {old, edge}
    void_chronic_visit(db, kept.id, "Nhầm", now=NOW, **WHO)
    assert {one.person_id for one in lines(db, ChronicView.ELDERS)} == {old, edge}
    assert young not in {one.person_id for one in lines(db, ChronicView.ELDERS)}


def test_who_left_or_died_is_in_no_list(db: Database) -> None:
    gone, dead = come(db, 1), come(db, 2)
    for who in (gone, dead):
        add_condition(db, who, I10, **ACT)
    assert len(lines(db, ChronicView.ALL)) == 2
    record_departure(db, DepartureDraft(people=(gone,), day=TODAY), now=NOW, **WHO)
    record_death(db, DeathDraft(person_id=dead, day=TODAY), now=NOW, **WHO)
    assert [lines(db, view) for view in ChronicView] == [[], [], [], []]
    assert count_chronic(db, today=TODAY, elder_from=60) == dict.fromkeys(ChronicView, 0)


def test_two_records_of_one_person(db: Database) -> None:
    stays, goes = come(db, 1), come(db, 2)
    add_condition(db, goes, I10, **ACT)
    record_chronic_visit(db, visit(goes), **ACT)
    merge_people(db, stays, goes, take=(), reason="một người", **PLAIN)
    assert [one.person_id for one in lines(db, ChronicView.ALL)] == [stays]
    assert books(db) == recomputed(db)
    undo_merge(db, goes, **PLAIN)
    assert [one.person_id for one in lines(db, ChronicView.ALL)] == [goes]
    assert books(db) == recomputed(db)


Book = dict[UUID, tuple[object, ...]]


def books(db: Database) -> Book:
    """The lines that triggers have kept."""
    with db.read() as session:
        return {
            row.person_id: (
                row.conditions, row.registered_on, row.visit_id, row.last_on, row.result, row.next_on, row.due_on,
                row.called_on, row.call_result, row.away_on, row.yearly_on,
            )
            for row in session.scalars(select(ChronicBookRow).where(ChronicBookRow.listed == 1))
        }  # fmt: skip


def recomputed(db: Database) -> Book:
    """The same from the rows themselves, in another language."""
    with db.read() as session:
        conditions = session.scalars(select(ChronicConditionRow)).all()
        visits = session.scalars(select(ChronicVisitRow)).all()
        calls = session.scalars(select(PhoneCallRow).where(PhoneCallRow.topic == "chronic")).all()
        undone = {one.voids for one in (*visits, *calls)}
    standing = [one for one in visits if one.id not in undone and one.place != "VOIDED"]
    spoken = [one for one in calls if one.id not in undone and one.voids is None]
    found: Book = {}
    for who in {one.person_id for one in conditions} | {one.person_id for one in standing}:
        mine = sorted((one for one in standing if one.person_id == who), key=lambda one: (one.day, one.made))
        active = [one.registered_on for one in conditions if one.person_id == who and one.status == "ACTIVE"]
        last = mine[-1] if mine else None
        told = sorted((one for one in spoken if one.person_id == who), key=lambda one: (one.at, one.made))
        call = told[-1] if told else None
        if call and last and (call.at.date(), call.made) < (last.day, last.made):
            call = None
        if not active and not (last and last.home_on and not (call and call.ended_why)):
            continue
        days = sorted(day for day in (last.next_on, last.home_on) if day) if last else []
        planned = days[0] if days else None
        again = (call.agreed_on or (call.next_at.date() if call.next_at else None)) if call else None
        sent = [one for one in mine if one.referred_to]
        back = [one for one in mine if one.back]
        away = sent[-1] if sent and not any((b.day, b.made) > (sent[-1].day, sent[-1].made) for b in back) else None
        found[who] = (
            len(active), min(active, default=None), last.id if last else None, last.day if last else None,
            last.result if last else None, planned, again or (planned if active else last.home_on if last else None),
            call.at.date() if call else None, call.result if call else None, away.day if away else None,
            max((one.day for one in mine if one.yearly), default=None),
        )  # fmt: skip
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_book_is_what_the_rows_say_after_any_story(db: Database, seed: int) -> None:
    """A year of random acts on six people; after each the kept lines are those that a slow count finds."""
    luck = Random(seed)
    people = [come(db, number) for number in range(1, 7)]
    for step in range(60):
        who, day = luck.choice(people), TODAY - timedelta(days=luck.randrange(300))
        act = {**ACT, "now": NOW + timedelta(minutes=step)}
        record = look_at_chronic(db, who, catalog=catalog(), now=NOW).record
        match luck.randrange(7):
            case 0 if not record.active:
                add_condition(db, who, replace(I10, code=luck.choice(["I10", "E11", "J44"])), **act)
            case 1 if record.active:
                reason = luck.choice([one for one in RemovedReason if one is not RemovedReason.JOINED])
                remove_condition(db, record.active[0].id, reason, "x", by=None, now=NOW, catalog=catalog())
            case 2 if record.visits:
                void_chronic_visit(db, luck.choice(record.visits).id, "x", now=NOW, **WHO)
            case 3:
                reply = luck.choice([Reply.AGREED, Reply.LATER, Reply.NO_ANSWER, Reply.REFUSED])
                log_chronic_call(db, ChronicCall(person_id=who, reply=reply, on=TODAY + timedelta(5)), **act)
            case 4 if record.visits:
                old = luck.choice(record.visits)
                draft = visit(who, day, voids=old.id, referred_to="BV", referred_reason="x")
                record_chronic_visit(db, draft, sure=True, **act)
            case _:
                yearly = luck.random() < 0.3
                home = ElderCheck(home_on=day + timedelta(9)) if yearly else ElderCheck()
                draft = visit(who, day, yearly=yearly, elder=home, back=luck.choice(["", "về"]))
                record_chronic_visit(db, draft, sure=True, **act)
    assert books(db) == recomputed(db)
    assert len(recomputed(db)) >= 2
    counts = count_chronic(db, today=TODAY, elder_from=60)
    for view, sort, down in product(ChronicView, ChronicSort, (False, True)):
        shown = list_chronic(db, ChronicFilter(view), today=TODAY, elder_from=60, sort=sort, descending=down)
        whole = shown.lines(0, 9)
        assert len(shown) == counts[view] == len(whole)
        assert [*shown.lines(0, 2), *shown.lines(2, 7)] == whole  # page by page nobody is left out or twice there
