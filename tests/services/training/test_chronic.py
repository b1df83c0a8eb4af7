"""The training register's elders, chronic diseases, medicines, review and vaccination: something on every page."""

from contextlib import closing
from datetime import timedelta

import pytest

from covidstation.db.queries.chronic import ChronicFilter, ChronicView, count_chronic, list_chronic
from covidstation.db.queries.chronic_figures import cohort_figures
from covidstation.db.queries.cold_chain import readings_in
from covidstation.db.queries.reviews import review_progress, reviews
from covidstation.db.queries.supplies import SupplyState
from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.queries.vaccine_sessions import session_sheet, sessions
from covidstation.db.queries.vulnerable import count_vulnerable
from covidstation.domain.reviews import review_pack_on
from covidstation.domain.targets import Result
from covidstation.domain.vaccination.sessions import SessionStatus
from covidstation.services.chronic.tracks import pressure_picture
from covidstation.services.chronic.visits import look_at_chronic
from covidstation.services.dispensing.round import count_due, medicine_round_pdf, medicines_waiting
from covidstation.services.station.founding import FoundingDraft, found_station
from covidstation.services.supplies.look import look_at_store
from covidstation.services.upkeep.check import check_register
from tests.services.samples import CHEAP, NOW, PASSPHRASE, STATION, TODAY, catalog, opened
from tests.services.supplies.store import kept_sums


def trained(folder, people, seed=1, now=NOW):
    draft = FoundingDraft(station=STATION, training_people=people, seed=seed)
    found_station(folder, draft, passphrase=PASSPHRASE, catalog=catalog(), now=now, cost=CHEAP)
    return opened(folder)


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    register = trained(tmp_path_factory.mktemp("training") / "data", 600)
    with closing(register.db):
        yield register


def lines(db, view):
    found = list_chronic(db, ChronicFilter(view=view), today=TODAY, elder_from=60)
    return found.lines(0, len(found))


def test_every_list_has_somebody(station):
    counts = count_chronic(station.db, today=TODAY, elder_from=60)
    assert all(counts[view] for view in ChronicView) and counts[ChronicView.ALL] >= 10
    overdue = lines(station.db, ChronicView.OVERDUE)
    assert {Result.NOT, Result.CONTROLLED} <= {one.result for one in lines(station.db, ChronicView.ALL)}
    assert max(one.late for one in overdue) > 100  # not seen for long
    assert any(one.called_on for one in lines(station.db, ChronicView.ALL))
    whole = cohort_figures(station.db, TODAY, today=TODAY, lost_days=183).whole
    assert whole.controlled and whole.uncontrolled and whole.lost
    assert any(one.away_on for one in lines(station.db, ChronicView.ALL))  # sent on, not back yet


def test_some_have_no_medicines_any_more_some_end_this_week(station):
    out, soon, later = count_due(station.db, catalog(), TODAY, ahead=60)
    assert 0 < out < soon < later
    waiting = medicines_waiting(station.db, catalog(), TODAY)
    assert waiting.count == soon
    pdf = medicine_round_pdf(station.db, waiting.first, days=60, until=TODAY, catalog=catalog(), today=TODAY)
    assert pdf.startswith(b"%PDF")
    assert all(left >= 0 for left in kept_sums(station.db).values())
    states = {state for one in look_at_store(station.db, catalog=catalog(), today=TODAY).lines for state in one.states}
    assert {SupplyState.EXPIRED, SupplyState.EXPIRING, SupplyState.WELL} <= states


def test_a_review_runs_and_somebody_needs_looking_after(station):
    (review,) = reviews(station.db)
    assert review.runs
    progress = [one.progress for one in review_progress(station.db, review.id)]
    assert sum(one.done for one in progress) and sum(one.away for one in progress) and sum(one.left for one in progress)
    pack = review_pack_on(catalog().review_packs, TODAY)
    listed = [one.code for one in pack.questions if one.listed]
    assert count_vulnerable(station.db, day=TODAY, listed=listed).people


def test_a_picture_is_drawn_and_the_register_is_sound(station):
    drawn = max(lines(station.db, ChronicView.ALL), key=lambda one: len(visits(station.db, one.person_id)))
    assert len(visits(station.db, drawn.person_id)) == 4
    picture = pressure_picture(look_at_chronic(station.db, drawn.person_id, catalog=catalog(), now=NOW))
    assert picture is not None
    assert all(finding.good for finding in check_register(station.db, station.folder))


def visits(db, person_id):
    return look_at_chronic(db, person_id, catalog=catalog(), now=NOW).record.visits


@pytest.mark.parametrize("people", [10, 60])
def test_a_small_commune_has_what_its_people_have(tmp_path, people):
    with closing(trained(tmp_path / "data", people, seed=3).db) as db:
        assert len(reviews(db)) == 1
        assert count_chronic(db, today=TODAY, elder_from=60)[ChronicView.ALL] <= people


@pytest.mark.parametrize("day", ["2021-09-03", "2024-02-29", "2026-11-22"])
def test_it_is_founded_on_any_day(tmp_path, day):
    """Under each rule of dispensing: 30 days, 60 days, 90 days for some diseases."""
    year, month, number = map(int, day.split("-"))
    now = NOW.replace(year=year, month=month, day=number)
    with closing(trained(tmp_path / "data", 300, now=now).db) as db:
        out, soon, later = count_due(db, catalog(), now.date(), ahead=60)
        assert 0 < out <= soon <= later


def test_a_session_was_held_and_one_is_planned(station):
    held, planned = sorted(sessions(station.db), key=lambda one: one.day)
    assert held.status is SessionStatus.CLOSED and planned.status is SessionStatus.PLANNED
    sheet = session_sheet(station.db, held.id)
    assert sheet is not None and all(one.settled and not one.difference(one.left) for one in sheet.takes)
    given = [one for one in seats(station.db, held.id) if one.seat.injected_at is not None]
    assert len(given) == sum(one.given for one in sheet.takes) >= 8
    assert len(seats(station.db, planned.id)) >= 20
    with station.db.read() as session:
        readings = readings_in(session, TODAY - timedelta(days=30), TODAY)
    assert len(readings) == 27 and all(20 <= one.temperature <= 80 for one in readings)
