"""Hôm nay says who has waited too long for a visit, and how far a round from door to door has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from covidstation.db.queries.review_counts import RunningReview
from covidstation.domain.chronic import ConditionDraft
from covidstation.domain.chronic_visits import ChronicVisitDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.reviews import DoorResult, Progress
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.visits import record_chronic_visit
from covidstation.services.households.coming import ArrivalDraft, record_arrival
from covidstation.services.people import register_person
from covidstation.services.reports.today import todays_work
from covidstation.services.reviews.doors import DoorDraft, record_door
from covidstation.services.reviews.rounds import ReviewDraft, end_review, start_review
from covidstation.ui.today.lines import Key, lines_of
from covidstation.ui.today.page import TodayPage
from tests.ui.village import NOW, catalog

TODAY = NOW.date()
ACT = {"catalog": catalog(), "by": None, "by_name": "Lò Thị Nhung", "now": NOW}
ELDERS = ("Giàng A Páo", "Tẩn U Mẩy", "Vàng Thị Dợ", "Lò Văn Ính")


@pytest.fixture
def db(desk):
    return desk.register.db


@pytest.fixture
def page(desk, shown):
    found = TodayPage(desk)
    found.resize(1166, 700)
    shown(found)
    return found


def line(desk, key, now=NOW):
    work = todays_work(desk.register, catalog(), now)
    return next((one for one in lines_of(work, now) if one.key is key), None)


def followed(db, name, days, systolic, hamlet):
    """Somebody with hypertension whose last visit was so long ago, and whose next one was due 30 days after."""
    draft = PersonDraft(full_name=name, birth=PartialDate(1950), sex=Sex.MALE, hamlet_id=hamlet)
    person = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
    add_condition(db, person, ConditionDraft(code="I10", registered_on=date(2024, 1, 8)), **ACT)
    day = TODAY - timedelta(days=days)
    seen = ChronicVisitDraft(
        person_id=person, day=day, systolic=systolic, diastolic=80, next_on=day + timedelta(days=30)
    )
    record_chronic_visit(db, seen, sure=True, **ACT)
    return person


def test_who_is_overdue_is_counted_the_gravest_first(desk, db, village, page):
    assert line(desk, Key.CHRONIC) is None
    for name, days, systolic in zip(ELDERS, (90, 40, 25, 50), (120, 165, 165, 120), strict=True):
        followed(db, name, days, systolic, village.nam_nga)
    found = line(desk, Key.CHRONIC)
    assert (found.count, found.what, found.lead) == (3, "3 người quá hẹn khám", "")
    assert found.why == "Tẩn U Mẩy (chưa đạt, 10 ngày), Giàng A Páo (60 ngày), Lò Văn Ính (20 ngày)"
    followed(db, "Sùng Thị Mỷ", 100, 120, village.pa_khoa)
    assert line(desk, Key.CHRONIC).why.endswith("Sùng Thị Mỷ (70 ngày), Giàng A Páo (60 ngày) và 1 người nữa")
    page.load()
    wanted = []
    desk.want_page.connect(wanted.append)
    page._acts[Key.CHRONIC][-1].click()
    assert wanted == ["chronic:overdue"]


def test_who_chose_their_own_hamlets_sees_those_alone(desk, db, village, monkeypatch):
    for at, hamlet in enumerate((village.nam_nga, village.nam_nga, village.pa_khoa)):
        followed(db, ELDERS[at], 60, 120, hamlet)
    assert line(desk, Key.CHRONIC).count == 3
    area = todays_work(desk.register, catalog(), NOW).area
    mine = replace(area, hamlets=frozenset({village.pa_khoa}), chosen=True)
    monkeypatch.setattr("covidstation.services.reports.today.my_area", lambda _db, _day: mine)
    assert line(desk, Key.CHRONIC).count == 1


def test_a_round_that_runs_says_how_far_it_is_and_how_long_it_has(desk, db, village, page):
    assert line(desk, Key.REVIEW) is None
    homes = [arrive(db, village.nam_nga, name) for name in ELDERS]
    everywhere = start(db, "Rà người cao tuổi đợt 7", TODAY, TODAY + timedelta(days=4))
    all_homes = todays_work(desk.register, catalog(), NOW).reviews[0].progress.households
    found = line(desk, Key.REVIEW)
    assert found.what == f"0 trên {all_homes} hộ đã rà · còn 4 ngày"
    assert (found.count, found.progress, found.why) == (all_homes, (0, all_homes), "Rà người cao tuổi đợt 7")
    knock(db, everywhere, homes[0])
    knock(db, everywhere, homes[1], DoorResult.AWAY)
    knock(db, everywhere, homes[2], DoorResult.REFUSED)
    found = line(desk, Key.REVIEW)
    assert found.why == "Rà người cao tuổi đợt 7 · 1 hộ vắng nhà · 1 hộ từ chối"
    assert (found.count, found.progress) == (all_homes - 2, (1, all_homes))
    assert line(desk, Key.REVIEW, NOW + timedelta(days=4)).what.endswith("hôm nay là ngày cuối")
    late = line(desk, Key.REVIEW, NOW + timedelta(days=6))
    assert (late.lead, late.what) == ("Quá hạn 2 ngày –", f"1 trên {all_homes} hộ đã rà")
    page.load()
    assert not page.rows[Key.REVIEW].isHidden()
    wanted = []
    desk.want_page.connect(wanted.append)
    page._acts[Key.REVIEW][-1].click()
    assert wanted == ["reviews"]
    end_review(db, everywhere, by=None, now=NOW)
    assert line(desk, Key.REVIEW) is None


def test_a_round_that_is_done_waits_to_be_ended(desk):
    work = todays_work(desk.register, catalog(), NOW)
    done = RunningReview(desk.register.user_id, "Đợt 7", TODAY - timedelta(days=1), Progress(done=12, refused=1))
    other = replace(done, last_day=TODAY + timedelta(days=9), progress=Progress(left=13))
    (found,) = [one for one in lines_of(replace(work, reviews=(done, other)), NOW) if one.key is Key.REVIEW]
    assert (found.count, found.lead, found.progress) == (1, "", (12, 13))
    assert found.why == "Đợt 7 · 1 hộ từ chối · đã gõ hết các hộ, kết thúc đợt được rồi · 1 đợt khác đang mở"


def arrive(db, hamlet, name):
    who = PersonDraft(full_name=name, birth=PartialDate(1950), sex=Sex.MALE)
    done = record_arrival(db, ArrivalDraft(hamlet_id=hamlet, person=who), **ACT)
    return done.value.household_id


def start(db, title, first, last):
    draft = ReviewDraft(title=title, first_day=first, last_day=last)
    return start_review(db, draft, **ACT).value


def knock(db, review, home, result=DoorResult.DONE):
    record_door(db, DoorDraft(review_id=review, household_id=home, day=TODAY, result=result, answers={}), **ACT)
