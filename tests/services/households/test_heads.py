"""One head a household, one household a person, by whatever form they were written."""

from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import select

from covidstation.db.queries.people import get_person
from covidstation.db.rows import HouseholdRow, PersonRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.errors import Refused, UserError
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.people import edit_person, make_head
from covidstation.services.places import add_hamlet
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY, catalog, f0

PLAIN = {"by": None, "now": NOW, "catalog": catalog()}
ACT = {**WHO, "now": NOW}


def come(db, name, hamlet=None, home=None):
    draft = PersonDraft(full_name=name, birth=PartialDate(1960), sex=Sex.MALE)
    made = record_arrival(db, ArrivalDraft(hamlet_id=hamlet, household_id=home, person=draft), catalog=catalog(), **ACT)
    return made.value.person_id, made.value.household_id


def strangers(db):
    """Households in which somebody lives and whose head is not among them."""
    with db.read() as session:
        homes = {row.id: row.head_id for row in session.scalars(select(HouseholdRow))}
        people = {row.id: row for row in session.scalars(select(PersonRow))}
    lived_in = {row.household_id for row in people.values() if row.living not in ("LEFT", "DIED", "NEVER")}
    return [
        (home, people[head].full_name)
        for home, head in homes.items()
        if head is not None and home in lived_in and people[head].household_id != home
    ]


@pytest.fixture
def hamlet(db):
    return add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value


def test_a_head_who_is_written_into_another_house_leaves_none_behind(db, hamlet):
    head, first = come(db, "Giàng A Sử", hamlet)
    come(db, "Giàng Thị Mỷ", home=first)
    _other, second = come(db, "Lò Văn Đôi", hamlet)
    edit_person(db, head, replace(get_person(db, head), household_id=second), **PLAIN)
    assert strangers(db) == []
    with db.read() as session:
        homes = {row.id: row for row in session.scalars(select(HouseholdRow))}
        assert homes[first].head_id is None and homes[second].head_id != head
        assert session.scalars(select(PersonRow.relation).where(PersonRow.id == head)).one() == ""


def test_an_empty_house_keeps_its_last_heads_name(db, hamlet):
    head, first = come(db, "Giàng A Sử", hamlet)
    _other, second = come(db, "Lò Văn Đôi", hamlet)
    edit_person(db, head, replace(get_person(db, head), household_id=second), **PLAIN)
    with db.read() as session:
        assert session.scalars(select(HouseholdRow.head_id).where(HouseholdRow.id == first)).one() == head
    assert strangers(db) == []


@pytest.mark.parametrize("seed", range(6))
def test_no_form_leaves_two_heads_or_somebody_in_two_houses(db, hamlet, seed):
    luck, people, homes = Random(seed), [], []
    for number in range(40):
        who = luck.choice(people) if people else None
        with_refusal = luck.randrange(7)
        try:
            match with_refusal:
                case 0 | 1:
                    person, home = come(db, f"Người {number}", hamlet, luck.choice([None, *homes]) if homes else None)
                    people.append(person)
                    homes.append(home)
                case 2 if who:
                    edit_person(db, who, replace(get_person(db, who), household_id=luck.choice(homes)), **PLAIN)
                case 3 if who:
                    make_head(db, who, by=None, now=NOW)
                case 4 if who:
                    known = get_person(db, who)
                    draft = replace(f0(known, TODAY), person_id=who, new_household_head=known.full_name)
                    register_f0(db, F0Draft(person=known, episode=draft.episode, tests=draft.tests, person_id=who,
                                            new_household_head=known.full_name), **PLAIN)  # fmt: skip
                case 5 if who:
                    record_departure(db, DepartureDraft(people=(who,), day=TODAY), **ACT)
                case 6 if who:
                    record_death(db, DeathDraft(person_id=who, day=TODAY), **ACT)
        except (Refused, UserError):
            continue
        assert strangers(db) == [], f"after act {with_refusal} of {number}"
