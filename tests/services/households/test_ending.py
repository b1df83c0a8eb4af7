"""A hamlet that ends: everybody in one act, those in charge along, old papers unchanged, and all of it taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.db.queries.households import household_page
from covidstation.db.queries.places import hamlets
from covidstation.db.queries.population import population_on
from covidstation.db.queries.staff import all_duties
from covidstation.db.rows import PaperRow, PersonRow
from covidstation.domain.packs import PaperKind
from covidstation.errors import Refused, UserError
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.households.ending import end_hamlet
from covidstation.services.households.leaving import undo_change
from covidstation.services.households.moving import Way, edit_household
from covidstation.services.places import add_hamlet
from covidstation.services.staff import DutyDraft, add_duty
from tests.services.outbreak import WHO, came, issue
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, register

ACT = {**WHO, "now": NOW}
YESTERDAY = TODAY - timedelta(1)


@pytest.fixture
def places(db):
    return [add_hamlet(db, f"Bản {name}", by=None, now=NOW).value for name in ("Nậm Ngá", "Pa Khoá")]


def people(db, day, hamlet):
    return population_on(db, day).by_hamlet().get(hamlet, 0)


def duties(db):
    return sorted((one.name, one.hamlet, one.valid_from, one.valid_until) for one in all_duties(db))


def test_all_of_it_goes_in_one_act_and_comes_back(db, places):
    old, new = places
    home = came(db, old, 1)
    edit = {"address": "Nhóm 2", "head_id": None, "by": None, "now": NOW}
    edit_household(db, home.household_id, way=Way(7, "Khe"), **edit)
    record_arrival(db, ArrivalDraft(household_id=home.household_id, person=neighbour(2)), catalog=catalog(), **ACT)
    came(db, new, 3)
    for name, hamlet in (("Sử", old), ("Mai", old), ("Mai", new)):
        add_duty(db, DutyDraft(name=name, hamlet_id=hamlet, valid_from=YESTERDAY), catalog=catalog(), by=None, now=NOW)
    done = end_hamlet(db, old, new, day=TODAY, **ACT).value
    assert (done.people, done.homes, done.duties) == (2, 1, 1)
    assert [one.name for one in hamlets(db)] == ["Pa Khoá"]
    assert (people(db, TODAY, old), people(db, TODAY, new)) == (0, 3)
    assert (people(db, YESTERDAY, old), people(db, YESTERDAY, new)) == (2, 1)
    page = household_page(db, home.household_id, day=TODAY)
    assert (page.hamlet, page.address, page.walk_order, page.trip) == ("Pa Khoá", "Nhóm 2", None, "Khe")
    assert [one.name for one in page.in_charge] == ["Mai", "Sử"]
    assert duties(db) == [
        ("Mai", "Nậm Ngá", YESTERDAY, YESTERDAY),
        ("Mai", "Pa Khoá", YESTERDAY, None),
        ("Sử", "Nậm Ngá", YESTERDAY, YESTERDAY),
        ("Sử", "Pa Khoá", TODAY, None),
    ]
    undo_change(db, done.act_id, **ACT)
    assert [one.name for one in hamlets(db)] == ["Nậm Ngá", "Pa Khoá"]
    assert (people(db, TODAY, old), people(db, TODAY, new)) == (2, 1)
    assert household_page(db, home.household_id, day=TODAY).address == "Nhóm 2"


def test_old_papers_keep_their_words(db, places):
    old, new = places
    case = register(db, f0(replace(neighbour(5), hamlet_id=old, address_detail="", address_printed="")))
    issue(db, PaperKind.ISOLATION_ORDER, case.id)
    with db.read() as session:
        before = [(row.content_hash, row.view) for row in session.scalars(select(PaperRow))]
    end_hamlet(db, old, new, day=TODAY, **ACT)
    with db.read() as session:
        assert [(row.content_hash, row.view) for row in session.scalars(select(PaperRow))] == before
        assert session.scalars(select(PersonRow.hamlet_id).where(PersonRow.id == case.person_id)).one() == new


def test_what_is_refused(db, places):
    old, new = places
    came(db, old, 1)
    for into, day, code in (
        (None, TODAY, "hamlet_target"),
        (old, TODAY, "hamlet_same"),
        (new, None, "day_missing"),
        (new, TODAY + timedelta(1), "day_future"),
    ):
        with pytest.raises(Refused) as refused:
            end_hamlet(db, old, into, day=day, **ACT)
        assert [one.code for one in refused.value.problems] == [f"households.{code}"]
    end_hamlet(db, new, None, day=TODAY, **ACT)
    with pytest.raises(UserError, match="hamlet_ended"):
        end_hamlet(db, new, old, day=TODAY, **ACT)
    with pytest.raises(Refused):
        end_hamlet(db, old, new, day=TODAY, **ACT)  # an ended one takes nobody
    assert people(db, TODAY, old) == 1
