"""Two in charge of one hamlet: each sees their houses, together they see all, and nobody is left out."""

from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import select

from covidstation.db.queries.households import HouseholdFilter, list_households
from covidstation.db.queries.places import people_within, within
from covidstation.db.queries.review_counts import running_reviews
from covidstation.db.queries.reviews import DoorFilter, doors, review_progress
from covidstation.db.rows import HouseholdRow, PersonRow
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.areas import WHOLE, Part, Places, narrowed, part_words
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.errors import Refused
from covidstation.services.area import my_area
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.people import register_person
from covidstation.services.places import add_hamlet
from covidstation.services.reviews.rounds import ReviewDraft, start_review
from covidstation.services.staff import DutyDraft, add_duty
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY, catalog

PLAIN = {"by": None, "now": NOW, "catalog": catalog()}
ACT = {**WHO, "now": NOW}


@pytest.mark.parametrize(
    ("part", "trip", "number", "held"),
    [
        (WHOLE, "", None, True), (Part("Khe suối"), "khe suối", None, True), (Part("Khe suối"), "Đỉnh đồi", 3, False),
        (Part(first=1, last=40), "", 40, True), (Part(first=1, last=40), "", 41, False),
        (Part(first=41), "", 500, True), (Part(last=40), "", 1, True), (Part(first=1), "", None, False),
        (Part("Khe suối", 1, 9), "Khe suối", 10, False), (Part("Khe suối", 1, 9), "Khe suối", 9, True),
    ],
)  # fmt: skip
def test_what_a_part_holds(part, trip, number, held):
    assert part.holds(trip, number) is held


def test_a_part_in_words():
    assert part_words(Part("Khe suối", 1, 40)) == "đường Khe suối, nhà số 1–40"
    assert [part_words(one) for one in (WHOLE, Part(first=3), Part(last=9))] == ["", "nhà từ số 3", "nhà đến số 9"]


class Split:
    """A hamlet of twelve houses, some with a way and a number; two people without a household; another hamlet."""

    def __init__(self, db, luck):
        self.db = db
        self.near = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
        self.far = add_hamlet(db, "Bản Pa Khoá", by=None, now=NOW).value
        self.homes = []
        for number in range(12):
            person = PersonDraft(full_name=f"Giàng A {number}", birth=PartialDate(1950 + number), sex=Sex.MALE)
            draft = ArrivalDraft(hamlet_id=self.near, person=person)
            self.homes.append(record_arrival(db, draft, catalog=catalog(), **ACT).value.household_id)
        with db.write(None, NOW) as session:
            for row in session.scalars(select(HouseholdRow)):
                row.trip = luck.choice(["", "Khe suối", "Đỉnh đồi"])
                row.walk_order = luck.choice([None, *range(1, 13)])
        for name in ("Lý A Pho", "Lý Thị Sen"):
            alone = PersonDraft(full_name=name, birth=PartialDate(1948), sex=Sex.MALE, hamlet_id=self.near)
            register_person(db, alone, **PLAIN)
        away = ArrivalDraft(hamlet_id=self.far, person=PersonDraft(full_name="Sùng Thị Mỷ", sex=Sex.FEMALE))
        self.away = record_arrival(db, away, catalog=catalog(), **ACT).value.household_id
        draft = ReviewDraft(title="Đợt tháng 3", first_day=TODAY, last_day=TODAY)
        self.review = start_review(db, draft, catalog=catalog(), **ACT).value

    def charge(self, name, part, hamlet=None):
        add_duty(self.db, DutyDraft(name=name, hamlet_id=hamlet or self.near, part=part), **PLAIN)

    def area(self, name):
        """What somebody of that name sees who unlocks the register."""
        actor, self.db.actor = self.db.actor, replace(self.db.actor, name=name)
        try:
            return my_area(self.db, TODAY)
        finally:
            self.db.actor = actor


@pytest.fixture
def split(db):
    return Split(db, Random(1))


def seen(split, area):
    return {one.key for one in doors(split.db, split.review, DoorFilter(area.hamlets))}


@pytest.mark.parametrize("seed", range(8))
def test_together_they_see_everything_and_each_house_is_somebodys(db, seed):
    luck = Random(seed)
    split = Split(db, luck)
    parts = [
        (Part("Khe suối"), Part("Đỉnh đồi")), (Part(last=6), Part(first=7)), (Part("Khe suối", 1, 6), Part(first=7)),
        (Part(first=1, last=3), Part(first=9, last=12)),
    ][seed % 4]  # fmt: skip
    for name, part in zip(("Lò Văn Đôi", "Lò Thị Hai"), parts, strict=True):
        split.charge(name, part)
    one, other = split.area("Lò Văn Đôi"), split.area("Lò Thị Hai")
    whole = {door.key for door in doors(db, split.review, DoorFilter(frozenset({split.near})))}
    assert seen(split, one) | seen(split, other) == whole and len(whole) == 14
    with db.read() as session:
        rows = {row.id: (row.trip, row.walk_order) for row in session.scalars(select(HouseholdRow))}
    for home in split.homes:
        held = [part.holds(*rows[home]) for part in parts]
        assert [home in seen(split, area) for area in (one, other)] == [
            mine or not any(held) for mine in held
        ]  # whatever nobody's part holds is everybody's


def test_lists_sums_and_people_say_the_same(split):
    db = split.db
    split.charge("Lò Văn Đôi", Part("Khe suối"))
    split.charge("Lò Thị Hai", Part("Đỉnh đồi"))
    area = split.area("Lò Văn Đôi")
    assert area.assigned and area.names == ("Bản Nậm Ngá",)
    mine = seen(split, area)
    listed = list_households(
        db, HouseholdFilter(hamlets=area.hamlets), day=TODAY, ages=age_groups_on(catalog().age_groups, TODAY)
    )
    homes = {line.id for line in listed.lines(0, len(listed))}
    assert homes == {one for one in mine if one in split.homes}
    (progress,) = review_progress(db, split.review, area.hamlets)
    assert progress.progress.households == len(mine)
    assert running_reviews(db, hamlets=area.hamlets)[0].progress == progress.progress
    with db.read() as session:
        people = session.scalars(select(PersonRow)).all()
        there = people_within(session, [row.id for row in people], area.hamlets)
        asked = set(session.scalars(select(PersonRow.id).where(within(PersonRow.hamlet_id, area.hamlets))))
        assert there == asked == {
            row.id for row in people
            if row.household_id in homes or (row.household_id is None and row.hamlet_id == split.near)
        }  # fmt: skip


def test_a_whole_hamlet_beside_a_part_of_another(split):
    split.charge("Lò Văn Đôi", Part(first=1, last=6))
    split.charge("Lò Văn Đôi", WHOLE, split.far)
    area = split.area("Lò Văn Đôi")
    assert split.away in seen(split, area) and set(area.hamlets) == {split.far}
    near = narrowed(area.hamlets, split.near)
    assert isinstance(near, Places) and near != narrowed(area.hamlets, split.far) == frozenset({split.far})
    found = doors(split.db, split.review, DoorFilter(near))
    assert {one.hamlet_id for one in found} == {split.near}
    split.charge("Lò Văn Đôi", WHOLE, split.near)  # the whole of it counts more than a part
    assert seen(split, split.area("Lò Văn Đôi")) >= set(split.homes)


@pytest.mark.parametrize(
    ("part", "hamlet", "code"),
    [
        (Part("Khe suối"), False, "staff.part_of_what"), (Part(first=9, last=3), True, "staff.houses_turned"),
        (Part(first=0), True, "staff.house_number"), (Part(last=10_000), True, "staff.house_number"),
    ],
)  # fmt: skip
def test_parts_that_cannot_be(split, part, hamlet, code):
    draft = DutyDraft(name="Lò Văn Đôi", hamlet_id=split.near if hamlet else None, part=part)
    with pytest.raises(Refused) as refused:
        add_duty(split.db, draft, **PLAIN)
    assert [one.code for one in refused.value.problems] == [code]
