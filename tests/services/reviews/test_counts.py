"""Rounds that run, counted: always the sums of what their own page shows door by door."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from covidstation.db.queries.review_counts import running_reviews
from covidstation.db.queries.reviews import doors, review_progress, reviews
from covidstation.db.rows import EpisodeRow, HouseholdRow, PersonRow
from covidstation.domain.reviews import DoorResult, Progress
from covidstation.errors import UserError
from covidstation.services.reviews.doors import void_door
from covidstation.services.reviews.rounds import ReviewDraft, end_review, start_review
from tests.services.reviews.test_reviews import ACT, Commune
from tests.services.samples import NOW, TODAY, catalog


@pytest.fixture
def commune(db):
    return Commune(db)


def summed(db, review, hamlets=None):
    """What stands at the doors; whoever is behind none of them has none."""
    found = review_progress(db, review, hamlets)
    return sum((one.progress for one in found), Progress())


def test_a_round_that_runs_is_counted_until_it_is_ended(commune) -> None:
    db = commune.db
    (one,) = running_reviews(db)
    assert (one.title, one.last_day) == ("Đợt rà tháng 3", TODAY + timedelta(3))
    assert one.progress == Progress(left=3)
    commune.knock(commune.first)
    commune.knock(commune.second, result=DoorResult.AWAY)
    assert running_reviews(db)[0].progress == Progress(done=1, away=1, left=1)
    assert running_reviews(db, hamlets=frozenset({commune.far}))[0].progress == Progress(left=1)
    assert running_reviews(db, hamlets=frozenset({None}))[0].progress == Progress()
    commune.knock(commune.second, result=DoorResult.REFUSED)
    assert running_reviews(db)[0].progress == Progress(done=1, refused=1, left=1)
    draft = ReviewDraft(title="Rà thuốc", first_day=TODAY, last_day=TODAY + timedelta(1))
    sooner = start_review(db, draft, catalog=catalog(), **ACT).value
    assert [one.title for one in running_reviews(db)] == ["Rà thuốc", "Đợt rà tháng 3"]
    end_review(db, sooner, by=None, now=NOW)
    assert [one.title for one in running_reviews(db)] == ["Đợt rà tháng 3"]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_sums_are_those_of_the_doors(commune, seed) -> None:
    db, luck = commune.db, Random(seed)
    places = [commune.near, commune.far, None]
    homes = [commune.first, commune.second, commune.third]
    for step in range(45):
        match luck.randrange(6):
            case 0:
                homes.append(commune.arrive(luck.choice([commune.near, commune.far]), f"Người {step}", 1960)[1])
            case 1:
                move(db, luck, places)
            case 2:
                die(db, luck)
            case 3:
                take_back(commune, luck)
            case _:
                knock(commune, luck.choice(homes), luck)
        for hamlets in (None, frozenset(luck.sample(places, 2))):
            assert [one.progress for one in running_reviews(db, hamlets=hamlets)] == [
                summed(db, one.id, hamlets) for one in reviews(db) if one.runs
            ]


def move(db, luck, places) -> None:
    """Somebody goes from the record, a household to another hamlet."""
    with db.write(None, NOW) as session:
        if luck.random() < 0.5:
            luck.choice(session.scalars(select(HouseholdRow)).all()).hamlet_id = luck.choice(places)
        else:
            person = luck.choice(session.scalars(select(PersonRow)).all())
            person.living = luck.choice(["LEFT", "", "DIED"])


def die(db, luck) -> None:
    """Of the illness: it stands in the case alone."""
    with db.write(None, NOW) as session:
        person = luck.choice(session.scalars(select(PersonRow)).all())
        row = EpisodeRow(id=person.id, person_id=person.id, report_date=TODAY, classification="CONFIRMED")
        if session.scalars(select(EpisodeRow.id).where(EpisodeRow.id == person.id)).first() is None:
            row.outcome, row.outcome_on, row.isolation_type = "DECEASED", TODAY, "NONE"
            session.add(row)


def knock(commune, home, luck) -> None:
    result = luck.choice([DoorResult.DONE, DoorResult.AWAY, DoorResult.REFUSED])
    try:
        commune.knock(home, result=result, day=TODAY - timedelta(days=luck.randrange(3)))
    except UserError as trouble:  # nobody is behind that door any more
        assert trouble.code


def take_back(commune, luck) -> None:
    known = [one.visit_id for one in doors(commune.db, commune.review) if one.visit_id is not None]
    if known:
        void_door(commune.db, luck.choice(known), **{**ACT, "now": some_hour(luck)})


def some_hour(luck):
    return NOW.replace(hour=luck.randrange(9, 20))
