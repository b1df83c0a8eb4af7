"""Whom a session of a coming day can invite: those who are due then, not those who are due today."""

from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.services.places import add_hamlet
from covidstation.services.vaccination.due import TO_GIVE, due_list, due_on_day
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.stances import add_stance
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.test_due_book import WHO, Village, book, from_nothing, person
from tests.services.vaccination.test_history import PFIZER, told

BY = {"by": None, "by_name": "Lò Thị Nhung", "sure": True}


def invited(db: Database, days: int, hamlet: UUID | None = None) -> tuple[UUID, ...]:
    return due_on_day(db, DueFilter(hamlet_id=hamlet), catalog=catalog(), now=NOW, day=TODAY + timedelta(days))


def villager(db: Database, **more: Any) -> UUID:
    place = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
    return person(db, 1, hamlet_id=place, **more)


def test_whose_day_comes_before_the_session_is_invited_to_it(db: Database) -> None:
    one = villager(db)
    first = TODAY - timedelta(days=10)
    record_dose(db, told(one, first.year, first.month, first.day, product=PFIZER), catalog=catalog(), now=NOW, **BY)
    due = next(days for days in range(30) if one in invited(db, days))
    assert due == 21 - 10  # days after the first dose of Comirnaty (its product information), less those that have gone
    assert invited(db, 0) == ()
    assert invited(db, due + 3) == (one,)


def test_who_is_put_off_beyond_the_session_is_not_invited(db: Database) -> None:
    one = villager(db)
    assert invited(db, 0) == (one,)
    until = TODAY + timedelta(days=7)
    draft = StanceDraft(person_id=one, kind=StanceKind.DEFERRED, reason="Đang sốt", since=TODAY, until=until)
    add_stance(db, draft, **WHO)
    assert invited(db, 0) == invited(db, 3) == ()
    assert invited(db, 8) == (one,)


def test_who_is_known_by_the_year_is_in_the_list_when_all_of_it_is_of_age(db: Database) -> None:
    """Born in 1972: for a second booster from 50 years on. Nobody writes anything of her again."""
    one = villager(db, birth=PartialDate(1972))
    for given in ((2021, 6, 15), (2021, 7, 15), (2022, 1, 10)):
        one_more = told(one, *given, product=PFIZER, dose_class=DoseClass.UNKNOWN, number=None)
        record_dose(db, one_more, catalog=catalog(), now=NOW, **BY)
    for day in (date(2022, 9, 15), date(2023, 1, 30), date(2023, 1, 31), date(2023, 3, 1)):
        assert book(db, day) == from_nothing(db, day), day
    assert due_list(db, DueFilter(kinds=TO_GIVE), catalog=catalog(), now=NOW + (day - TODAY)).all()[0].person_id == one


@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_the_schedule_says_of_everybody_on_that_day(db: Database, seed: int) -> None:
    luck = Random(seed)
    village = Village(db, luck)
    for _ in range(60):
        village.step()
    for days in (0, 1, 20, 100, 400):
        everybody = from_nothing(db, TODAY + timedelta(days))
        expected = {person for person, found in everybody.items() if found[0].kind in TO_GIVE}
        assert set(invited(db, days)) == expected
        assert len(invited(db, days)) == len(expected)
        for hamlet in village.hamlets:
            assert set(invited(db, days, hamlet)) == {one for one in expected if everybody[one][1] == hamlet}
    today = due_list(db, DueFilter(kinds=TO_GIVE), catalog=catalog(), now=NOW).all()
    assert invited(db, 0) == invited(db, -30) == tuple(one.person_id for one in today)
