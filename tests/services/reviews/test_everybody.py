"""Nobody whom the station manages is left out of a round: each is behind one door, in window, grid, paper and sums."""

from contextlib import suppress
from io import BytesIO
from random import Random

import pypdfium2
import pytest
from sqlalchemy import select

from covidstation.db.queries.door_sheets import door_sheet, door_sheets, sheet_of_one
from covidstation.db.queries.review_counts import running_reviews
from covidstation.db.queries.reviews import DoorFilter, doors, review_progress
from covidstation.db.rows import HouseholdRow, PersonRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.reviews import DoorResult, Progress
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Kind
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.people import register_person
from covidstation.services.reviews.doors import DoorDraft, record_door
from covidstation.services.reviews.papers import review_sheets_pdf
from tests.services.chronic.test_chronic import ACT as WITH_CATALOG
from tests.services.chronic.test_chronic import I10
from tests.services.reviews.test_reviews import ACT, PACK, Commune
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, register


@pytest.fixture
def commune(db):
    return Commune(db)


def alone(db, hamlet, name="Lý A Pho", year=1948, **more):
    """Somebody with a hamlet and no household, as a form or a sheet of tests leaves them."""
    draft = PersonDraft(full_name=name, birth=PartialDate(year), sex=Sex.MALE, hamlet_id=hamlet, **more)
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


def of(commune, person):
    return next(one for one in doors(commune.db, commune.review) if one.person_id == person)


def test_who_has_no_household_is_a_door_at_the_end_of_the_hamlet(commune):
    pho = alone(commune.db, commune.near, address_detail="cạnh trường học")
    found = doors(commune.db, commune.review)
    assert [one.key for one in found if one.hamlet_id == commune.near][-1] == pho
    door = of(commune, pho)
    assert (door.household_id, door.head, door.people, door.address) == (None, "Lý A Pho", 1, "cạnh trường học")
    assert [one.progress.left for one in review_progress(commune.db, commune.review)] == [3, 1]
    sheet = sheet_of_one(commune.db, commune.review, pho, questions=PACK.questions, day=TODAY)
    assert [one.id for one in sheet.members] == [pho] and sheet.members[0].ticked == {"ELDER"}  # nobody knows "alone"


def test_the_round_makes_the_household_with_the_first_word(commune):
    db, pho = commune.db, alone(commune.db, commune.near, address_detail="cạnh trường học")
    draft = DoorDraft(review_id=commune.review, person_id=pho, day=TODAY, answers={pho: frozenset({"ALONE"})})
    done = record_door(db, draft, catalog=catalog(), **ACT)
    assert done.changes >= {Kind.REVIEWS, Kind.PEOPLE, Kind.PLACES}
    with db.read() as session:
        home = session.scalars(select(HouseholdRow).where(HouseholdRow.id == done.value.household_id)).one()
        person = session.scalars(select(PersonRow).where(PersonRow.id == pho)).one()
        assert (home.head_id, home.hamlet_id, home.address) == (pho, commune.near, "cạnh trường học")
        assert person.household_id == home.id
    assert [one.result for one in doors(db, commune.review) if one.household_id == done.value.household_id] == [
        DoorResult.DONE
    ]
    again = record_door(db, draft, catalog=catalog(), **ACT).value  # a second desk with the same list
    assert again.household_id == done.value.household_id
    sheet = sheet_of_one(db, commune.review, pho, questions=PACK.questions, day=TODAY)
    assert sheet.door.household_id == done.value.household_id


def test_who_has_left_since_is_said(commune):
    db, pho = commune.db, alone(commune.db, commune.near)
    record_departure(db, DepartureDraft(people=(pho,), day=TODAY), **ACT)
    assert sheet_of_one(db, commune.review, pho, questions=PACK.questions, day=TODAY) is None
    with pytest.raises(UserError, match="not_here"):
        record_door(db, DoorDraft(review_id=commune.review, person_id=pho, day=TODAY), catalog=catalog(), **ACT)


def test_a_nobody_at_home_makes_a_door_too(commune):
    pho = alone(commune.db, commune.far)
    draft = DoorDraft(review_id=commune.review, person_id=pho, day=TODAY, result=DoorResult.AWAY)
    record_door(commune.db, draft, catalog=catalog(), **ACT)
    far = next(one for one in review_progress(commune.db, commune.review) if one.hamlet_id == commune.far)
    assert (far.progress.left, far.progress.away) == (1, 1)


def test_the_chronic_register_and_the_doses_are_known_before_anybody_knocks(commune):
    db = commune.db
    add_condition(db, commune.my, I10, **WITH_CATALOG)
    with db.write(None, NOW) as session:  # as a record that came from elsewhere without the group
        session.scalars(select(PersonRow).where(PersonRow.id == commune.my)).one().conditions = []
    sheet = door_sheet(db, commune.review, commune.third, questions=PACK.questions, day=TODAY)
    assert sheet.members[0].ticked == {"CHRONIC", "ALONE"}


@pytest.mark.parametrize(("doses", "ticked"), [(None, False), (0, True), (1, True), (2, False), (4, False)])
def test_who_said_that_they_had_no_dose_is_ticked(commune, doses, ticked):
    draft = f0(neighbour(1), TODAY, new_household_head="Nhà mới")
    person = register(commune.db, draft.__class__(
        person=draft.person, episode=draft.episode.__class__(report_date=TODAY, doses_known=doses), tests=draft.tests,
        new_household_head="Nhà mới",
    )).person_id  # fmt: skip
    found = door_sheets(commune.db, commune.review, DoorFilter(), questions=PACK.questions, day=TODAY)
    (member,) = [one for sheet in found for one in sheet.members if one.id == person]
    assert ("UNVACCINATED" in member.ticked) is ticked


@pytest.mark.parametrize("seed", range(5))
def test_everybody_who_is_managed_is_behind_exactly_one_door(commune, seed):
    luck, db = Random(seed), commune.db
    hamlets = (commune.near, commune.far, None)
    homes, people = [commune.first, commune.second, commune.third], []
    for number in range(25):
        match luck.randrange(3):
            case 0:
                people.append(alone(db, luck.choice(hamlets[:2]), f"Người {number}", 1940 + number))
            case 1:
                home = luck.choice(homes)
                people.append(commune.arrive(None, f"Người {number}", 1950 + number, home=home)[0])
            case _:
                person, home = commune.arrive(luck.choice(hamlets[:2]), f"Người {number}", 1930 + number)
                people.append(person)
                homes.append(home)
    for person in luck.sample(people, 6):
        with suppress(Refused):  # a head goes once another one is chosen
            record_departure(db, DepartureDraft(people=(person,), day=TODAY), **ACT)
    with suppress(Refused):
        record_death(db, DeathDraft(person_id=luck.choice(_managed(db)), day=TODAY), **ACT)
    for door in luck.sample(doors(db, commune.review), 5):
        result = luck.choice([DoorResult.DONE, DoorResult.AWAY, DoorResult.REFUSED])
        draft = DoorDraft(
            review_id=commune.review, household_id=door.household_id, person_id=door.person_id, day=TODAY, result=result
        )
        record_door(db, draft, catalog=catalog(), **ACT)
    managed = _managed(db)
    lines = doors(db, commune.review)
    sheets = door_sheets(db, commune.review, DoorFilter(), questions=PACK.questions, day=TODAY)
    behind = [one.id for sheet in sheets for one in sheet.members]
    assert sorted(behind) == sorted(managed)  # each once, nobody else
    assert [one.key for one in lines] == [one.door.key for one in sheets]
    assert sum(one.people for one in lines) == len(managed)
    by_hamlet = [doors(db, commune.review, DoorFilter(frozenset({hamlet}))) for hamlet in hamlets]
    assert sorted(str(one.key) for some in by_hamlet for one in some) == sorted(str(one.key) for one in lines)
    total = sum((one.progress for one in review_progress(db, commune.review)), Progress())
    assert total.households == len(lines) and [one.progress for one in running_reviews(db)] == [total]
    printed = _text(review_sheets_pdf(db, commune.review, DoorFilter(), catalog=catalog(), today=TODAY))
    for name in _names(db, managed):
        assert name in printed


def _managed(db):
    """Whom the station manages, by the record alone."""
    with db.read() as session:
        rows = session.scalars(select(PersonRow)).all()
        return [
            row.id for row in rows
            if row.living not in ("LEFT", "DIED", "NEVER") and row.moved_to is None and row.merged_into is None
            and (row.hamlet_id or row.household_id)
        ]  # fmt: skip


def _names(db, people):
    with db.read() as session:
        return list(session.scalars(select(PersonRow.full_name).where(PersonRow.id.in_(people))))


def _text(pdf):
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in document)
