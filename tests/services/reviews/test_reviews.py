"""Rounds from door to door: each door once in the sums, and nobody falls off the list but by a closing row."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.db.queries.door_sheets import door_sheet, door_sheets
from covidstation.db.queries.reviews import DoorFilter, doors, review_progress, reviews, trips
from covidstation.db.queries.vulnerable import (
    Gone,
    VulnerableFilter,
    VulnerableSort,
    count_vulnerable,
    list_vulnerable,
    vulnerable_people,
)
from covidstation.db.rows import HouseholdRow, ReviewVisitRow, VulnerabilityRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.reviews import CloseReason, DoorResult, Progress, review_pack_on
from covidstation.errors import Refused, UserError
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.households.leaving import (
    DeathDraft,
    DepartureDraft,
    record_death,
    record_departure,
    undo_change,
)
from covidstation.services.households.moving import Way, edit_household
from covidstation.services.places import add_hamlet
from covidstation.services.privacy.words import plain_fields
from covidstation.services.reviews.doors import DoorDraft, record_door, set_walk, void_door
from covidstation.services.reviews.findings import StepDraft, add_finding, close_findings, set_next_step
from covidstation.services.reviews.rounds import ReviewDraft, end_review, reopen_review, start_review
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY, catalog

ACT = {**WHO, "now": NOW}
PACK = review_pack_on(catalog().review_packs, TODAY)
LISTED = frozenset(one.code for one in PACK.questions if one.listed)


class Commune:
    """Two hamlets: in the first Sử (1950) and Dợ (1985), and Páo alone; in the second Mỷ alone (1990)."""

    def __init__(self, db) -> None:
        self.db = db
        self.near = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
        self.far = add_hamlet(db, "Bản Pa Khoá", by=None, now=NOW).value
        self.su, self.first = self.arrive(self.near, "Giàng A Sử", 1950)
        self.do, _home = self.arrive(None, "Vàng Thị Dợ", 1985, home=self.first)
        self.pao, self.second = self.arrive(self.near, "Giàng A Páo", 1971)
        self.my, self.third = self.arrive(self.far, "Sùng Thị Mỷ", 1990)
        draft = ReviewDraft(title="Đợt rà tháng 3", first_day=TODAY - timedelta(3), last_day=TODAY + timedelta(3))
        self.review = start_review(db, draft, catalog=catalog(), **ACT).value

    def arrive(self, hamlet, name, year, home=None, **more):
        who = PersonDraft(full_name=name, birth=PartialDate(year, 5, 1), sex=Sex.MALE, **more)
        draft = ArrivalDraft(hamlet_id=hamlet, household_id=home, person=who)
        done = record_arrival(self.db, draft, catalog=catalog(), **ACT).value
        return done.person_id, done.household_id

    def knock(self, home, answers=None, **fields):
        draft = DoorDraft(
            review_id=self.review,
            household_id=home,
            day=fields.pop("day", TODAY),
            answers={one: frozenset(codes) for one, codes in (answers or {}).items()},
            **fields,
        )
        return record_door(self.db, draft, catalog=catalog(), **ACT).value

    def sheet(self, home):
        return door_sheet(self.db, self.review, home, questions=PACK.questions, day=TODAY)

    def listed(self, **fields):
        return list_vulnerable(self.db, VulnerableFilter(**fields), day=TODAY, listed=LISTED).all()


@pytest.fixture
def commune(db):
    return Commune(db)


def test_a_sheet_says_what_is_known_before_anybody_knocks(commune) -> None:
    sheet = commune.sheet(commune.first)
    assert [(one.full_name, one.is_head, one.ticked) for one in sheet.members] == [
        ("Giàng A Sử", True, {"ELDER"}),
        ("Vàng Thị Dợ", False, frozenset()),
    ]
    assert commune.sheet(commune.second).members[0].ticked == {"ALONE"}
    assert commune.sheet(commune.first).door.result is DoorResult.NONE
    both = door_sheets(
        commune.db, commune.review, DoorFilter(frozenset({commune.near})), questions=PACK.questions, day=TODAY
    )
    assert [one.door.household_id for one in both] == [commune.second, commune.first]


def test_what_the_family_says_stands_with_its_next_step(commune) -> None:
    done = commune.knock(commune.first, {commune.su: {"ELDER", "NO_TRAVEL", "MINORITY"}, commune.do: set()})
    assert (done.opened, done.closed) == (3, 0)
    (line,) = commune.listed()
    assert (line.full_name, line.house, line.hamlet) == ("Giàng A Sử", "Giàng A Sử", "Nậm Ngá")
    steps = {one.reason: (one.next_step, one.due_on) for one in line.findings}
    assert steps["NO_TRAVEL"] == ("Hẹn đến nhà khám, đưa thuốc", TODAY + timedelta(14))
    assert steps["MINORITY"] == ("", None)
    assert line.due_on == TODAY + timedelta(14)
    assert commune.sheet(commune.first).members[0].ticked == {"ELDER", "NO_TRAVEL", "MINORITY"}


def test_a_reason_that_is_not_listed_shows_when_asked_for(commune) -> None:
    commune.knock(commune.third, {commune.my: {"MINORITY"}})
    assert commune.listed() == ()
    assert [one.full_name for one in commune.listed(reason="MINORITY")] == ["Sùng Thị Mỷ"]
    counts = count_vulnerable(commune.db, day=TODAY, listed=LISTED)
    assert (counts.people, counts.by_reason["MINORITY"]) == (0, 1)


def test_a_second_sheet_closes_what_is_no_longer_so(commune) -> None:
    commune.knock(commune.second, {commune.pao: {"ALONE", "DISABLED"}}, day=TODAY - timedelta(1))
    done = commune.knock(commune.second, {commune.pao: {"DISABLED", "CHRONIC"}})
    assert (done.opened, done.closed) == (1, 1)
    assert {one.reason for one in commune.listed()[0].findings} == {"DISABLED", "CHRONIC"}
    with commune.db.read() as session:
        row = session.scalars(select(VulnerabilityRow).where(VulnerabilityRow.reason == "ALONE")).one()
        assert (row.closed_on, row.closed_reason, row.closed_by) == (TODAY, "SOLVED", WHO["by_name"])
    assert commune.knock(commune.second, {commune.pao: {"DISABLED"}}).closed == 1
    with commune.db.read() as session:
        slip = session.scalars(select(VulnerabilityRow).where(VulnerabilityRow.reason == "CHRONIC")).one()
        assert slip.closed_reason == CloseReason.MISTAKE


def test_away_and_refused_ask_nobody(commune) -> None:
    commune.knock(commune.second, {commune.pao: {"ALONE"}}, result=DoorResult.AWAY, note="đi nương")
    assert commune.listed() == ()
    door = next(one for one in doors(commune.db, commune.review) if one.household_id == commune.second)
    assert (door.result, door.note, door.day) == (DoorResult.AWAY, "đi nương", TODAY)
    visit = commune.knock(commune.second, result=DoorResult.REFUSED)
    near = next(one for one in review_progress(commune.db, commune.review) if one.hamlet_id == commune.near)
    assert near.progress == Progress(refused=1, left=1)
    void_door(commune.db, visit.visit_id, **ACT)
    near = next(one for one in review_progress(commune.db, commune.review) if one.hamlet_id == commune.near)
    assert near.progress == Progress(away=1, left=1)
    with pytest.raises(UserError, match="unknown_visit"):
        void_door(commune.db, visit.visit_id, **ACT)


def test_the_way_from_door_to_door(commune) -> None:
    assert set_walk(commune.db, [commune.first, commune.second], by=None, now=NOW).value == 2
    assert set_walk(commune.db, [commune.first, commune.second], by=None, now=NOW).value == 0
    edit = {"address": "", "head_id": None, "by": None, "now": NOW}
    edit_household(commune.db, commune.third, way=Way(None, " Khe   suối "), **edit)
    found = doors(commune.db, commune.review)
    assert [(one.household_id, one.walk_order) for one in found] == [
        (commune.first, 1), (commune.second, 2), (commune.third, None)
    ]  # fmt: skip
    assert trips(commune.db) == ("Khe suối",)
    assert [one.household_id for one in doors(commune.db, commune.review, DoorFilter(trip="Khe suối"))] == [
        commune.third
    ]
    with pytest.raises(Refused) as refused:
        edit_household(commune.db, commune.third, way=Way(0, "x" * 3000), **edit)
    assert {one.field for one in refused.value.problems} == {"walk_order", "trip"}


def test_what_is_refused(commune) -> None:
    for fields, code in (
        ({"day": None}, "day_missing"),
        ({"day": TODAY + timedelta(1)}, "day_future"),
        ({"day": TODAY - timedelta(4)}, "day_before"),
        ({"result": DoorResult.NONE}, "result_missing"),
    ):
        with pytest.raises(Refused) as refused:
            commune.knock(commune.first, **fields)
        assert [one.code for one in refused.value.problems] == [f"reviews.{code}"]
    for answers, code in (({commune.my: {"ALONE"}}, "not_member"), ({commune.su: {"MARS"}}, "unknown_answer")):
        with pytest.raises(UserError, match=code):
            commune.knock(commune.first, answers)
    with commune.db.read() as session:
        assert session.scalars(select(ReviewVisitRow)).first() is None


def test_a_round_is_named_dated_and_ended_once(commune) -> None:
    db = commune.db
    for draft, codes in (
        (ReviewDraft(), {"title_missing", "day_missing"}),
        (ReviewDraft(title="A", first_day=TODAY, last_day=TODAY - timedelta(1)), {"ends_first"}),
        (ReviewDraft(title="A", first_day=TODAY, last_day=TODAY + timedelta(366)), {"too_long"}),
    ):
        with pytest.raises(Refused) as refused:
            start_review(db, draft, catalog=catalog(), **ACT)
        assert {one.code.removeprefix("reviews.") for one in refused.value.problems} == codes
    with pytest.raises(UserError, match="one_runs"):
        same = ReviewDraft(title="đợt rà THÁNG 3", first_day=TODAY, last_day=TODAY)
        start_review(db, same, catalog=catalog(), **ACT)
    end_review(db, commune.review, by=None, now=NOW)
    with pytest.raises(UserError, match="ended"):
        commune.knock(commune.first)
    reopen_review(db, commune.review, by=None, now=NOW)
    commune.knock(commune.first)
    assert [one.runs for one in reviews(db)] == [True]


def test_steps_and_closings_by_hand(commune) -> None:
    db = commune.db
    step = StepDraft(next_step="Đến thăm", due_on=TODAY + timedelta(2), note="con đi làm xa")
    with pytest.raises(Refused) as refused:
        add_finding(db, commune.my, "ALONE", replace(step, due_on=TODAY - timedelta(1)), catalog=catalog(), **ACT)
    assert [problem.code for problem in refused.value.problems] == ["reviews.due_past"]
    one = add_finding(db, commune.my, "ALONE", step, catalog=catalog(), **ACT).value
    with pytest.raises(UserError, match="on_list"):
        add_finding(db, commune.my, "ALONE", step, catalog=catalog(), **ACT)
    (line,) = commune.listed()
    assert (line.findings[0].next_step, line.due_on) == ("Đến thăm", TODAY + timedelta(2))
    with pytest.raises(Refused) as refused:
        set_next_step(db, [one], replace(step, due_on=TODAY - timedelta(1)), **ACT)
    assert [problem.code for problem in refused.value.problems] == ["reviews.due_past"]
    set_next_step(db, [one], replace(step, due_on=TODAY), **ACT)
    assert not commune.listed(overdue=True)
    late = list_vulnerable(db, VulnerableFilter(overdue=True), day=TODAY + timedelta(1), listed=LISTED).all()
    assert [one.person_id for one in late] == [commune.my]
    close_findings(db, [one], CloseReason.SOLVED, note="có cháu về ở cùng", **ACT)
    assert vulnerable_people(db, [commune.my]) == ()
    with pytest.raises(UserError, match="closed"):
        close_findings(db, [one], CloseReason.SOLVED, **ACT)


def test_who_died_or_left_stays_until_closed(commune) -> None:
    db = commune.db
    commune.knock(commune.first, {commune.su: {"ELDER"}, commune.do: {"DISABLED"}})
    act = record_departure(db, DepartureDraft(people=(commune.do,), day=TODAY), **ACT).value
    record_death(db, DeathDraft(person_id=commune.su, day=TODAY), **ACT)
    assert {one.full_name: one.gone for one in commune.listed()} == {
        "Giàng A Sử": Gone.DIED, "Vàng Thị Dợ": Gone.LEFT
    }  # fmt: skip
    undo_change(db, act, **ACT)
    assert [one.full_name for one in commune.listed(gone=True)] == ["Giàng A Sử"]
    assert {one.household_id for one in doors(db, commune.review)} == {commune.first, commune.second, commune.third}


@pytest.mark.parametrize("seed", range(6))
def test_a_walk_of_many_days(commune, seed) -> None:
    """A paper book beside the register: doors by their last result, people by the reasons that nobody has closed."""
    rng, db = random.Random(seed), commune.db
    people = {commune.first: [commune.su, commune.do], commune.second: [commune.pao], commune.third: [commune.my]}
    last: dict = {}
    book: dict = {one: set() for members in people.values() for one in members}
    codes = [one.code for one in PACK.questions]
    for _step in range(40):
        home = rng.choice(list(people))
        if rng.random() < 0.75:
            result = rng.choice([DoorResult.DONE, DoorResult.DONE, DoorResult.AWAY, DoorResult.REFUSED])
            answers = {one: set(rng.sample(codes, rng.randrange(4))) for one in people[home]}
            commune.knock(home, answers, result=result)
            last[home] = result
            if result is DoorResult.DONE:
                book |= answers
        else:
            lines = vulnerable_people(db, book)
            if lines:
                line = rng.choice(lines)
                finding = rng.choice(line.findings)
                close_findings(db, [finding.id], CloseReason.OTHER, **ACT)
                book[line.person_id].discard(finding.reason)
        found = {one.person_id: {f.reason for f in one.findings} for one in vulnerable_people(db, book)}
        assert found == {one: codes_ for one, codes_ in book.items() if codes_}
        total = sum((one.progress for one in review_progress(db, commune.review)), Progress())
        assert total.households == len(people)
        assert total.done == sum(one is DoorResult.DONE for one in last.values())
        assert total.left == len(people) - len(last)
    with db.read() as session:
        rows = session.scalars(select(VulnerabilityRow)).all()
        assert all((row.closed_on is None) == (row.closed_reason == "") for row in rows)
        assert session.scalars(select(HouseholdRow)).all()


def test_a_persons_own_file_says_it_in_words(commune) -> None:
    commune.knock(commune.second, {commune.pao: {"ALONE"}}, day=TODAY - timedelta(1))
    commune.knock(commune.second, {commune.pao: set()})
    with commune.db.read() as session:
        row = session.scalars(select(VulnerabilityRow)).one()
        words = dict(plain_fields(row, catalog()))
    assert words["Lý do"] == "Sống một mình, không có người chăm"
    assert (words["Vì sao đóng"], words["Người đóng"]) == ("Đã lo xong", WHO["by_name"])
    assert words["Việc tiếp theo"] == "Hẹn người qua thăm, ghi số người thân"


def test_filters_of_the_list(commune) -> None:
    commune.knock(commune.first, {commune.su: {"ELDER", "ALONE"}, commune.do: {"PREGNANT"}})
    commune.knock(commune.third, {commune.my: {"DISABLED"}})
    assert [one.full_name for one in commune.listed(hamlets=frozenset({commune.far}))] == ["Sùng Thị Mỷ"]
    assert [one.full_name for one in commune.listed(hamlet_id=commune.near, reason="PREGNANT")] == ["Vàng Thị Dợ"]
    assert [one.full_name for one in commune.listed(typed="my")] == ["Sùng Thị Mỷ"]
    by_name = list_vulnerable(
        commune.db, VulnerableFilter(), day=TODAY, listed=LISTED, sort=VulnerableSort.NAME, descending=True
    )
    assert [one.full_name for one in by_name.all()] == ["Giàng A Sử", "Sùng Thị Mỷ", "Vàng Thị Dợ"]
    counts = count_vulnerable(commune.db, day=TODAY, listed=LISTED)
    assert (counts.people, counts.overdue, counts.gone) == (3, 0, 0)
    assert counts.by_reason == {"ELDER": 1, "ALONE": 1, "PREGNANT": 1, "DISABLED": 1}
