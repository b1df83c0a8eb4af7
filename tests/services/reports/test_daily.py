"""The daily report over a real register: figures told by hand, frozen, corrected afterwards, explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from covidstation.domain.care import FoundIn
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.episodes import CaseClassification, CaseOutcome, EpisodeDraft, TestKind, TestResult
from covidstation.domain.hospitalization import ReturnDraft, TransferDraft
from covidstation.errors import Refused, UserError
from covidstation.services.care.transfers import return_home, transfer_out
from covidstation.services.contacts.care import end_quarantines
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.episodes import add_test
from covidstation.services.places import add_hamlet
from covidstation.services.record import change_setting
from covidstation.services.reports import daily
from covidstation.services.reports.daily import (
    Typed,
    daily_report,
    freeze_report,
    frozen_report,
    frozen_reports,
    people_behind,
    report_state,
)
from covidstation.services.reports.why import why_changed
from tests.services.samples import HANOI, edit_episode, f0, neighbour, positive_on, register

DAY = date(2022, 3, 11)
TYPED = Typed(oxygen=0, difficulties="Không")


def at(day, hour, minute=0):
    return datetime(2022, 3, day, hour, minute, tzinfo=HANOI)


def ill(db, number, day, hour, found=None, kind=TestKind.RAPID_ANTIGEN, **changes):
    """One F0 written down at that hour, found on that day."""
    reported = found or date(2022, 3, day)
    draft = f0(
        replace(neighbour(number), **changes.pop("person", {})),
        reported,
        episode=EpisodeDraft(report_date=reported, **changes),
        tests=(positive_on(reported, kind=kind),),
    )
    return register(db, draft, now=at(day, hour))


def ended(db, catalog, episode, outcome, day, hour, on=None):
    draft = replace(episode, outcome=outcome, outcome_on=on or date(2022, 3, day))
    edit_episode(db, episode.id, draft, catalog=catalog, by=None, now=at(day, hour))


def report(db, catalog, day=DAY, hour=8, typed=None):
    return daily_report(db, catalog, day, at(day.day, hour), typed)


def freeze(db, catalog, day, hour=6, minute=40, **more):
    return freeze_report(
        db, date(2022, 3, day), TYPED, catalog=catalog, by=None, now=at(day, hour, minute), by_name="Lò Thị Mai", **more
    ).value


def test_an_empty_station_reports_zero_and_can_freeze_it(db, catalog):
    found = report(db, catalog)
    assert found.today("new") == found.today("under") == found.today("before") == 0
    frozen = freeze(db, catalog, 11)
    assert frozen.figures["new"].today == 0
    assert frozen.figures["new"].total == 0
    assert report_state(db, at(11, 8)).frozen_at == datetime(2022, 3, 11, 6, 40)


def test_the_figures_of_a_day(db, catalog):
    """Before the period: two under care. In it: three new, one recovered, one transferred. After it: one new."""
    hamlet = add_hamlet(db, "Bản Nậm Ngá", by=None, now=at(8, 8)).value
    first = ill(db, 1, 9, 10, person={"hamlet_id": hamlet})
    second = ill(db, 2, 9, 11)
    ill(db, 3, 10, 9, found_in=FoundIn.COMMUNITY, person={"hamlet_id": hamlet})
    ill(db, 4, 10, 10, found_in=FoundIn.QUARANTINE, kind=TestKind.PCR_RT_PCR)
    ill(db, 5, 11, 6)
    ill(db, 6, 11, 7)  # after the cut-off of 06:30
    ended(db, catalog, first, CaseOutcome.RECOVERED, 10, 15)
    transfer = TransferDraft(
        left_at=datetime(2022, 3, 10, 20), facility="Bệnh viện đa khoa tỉnh", reason="SpO2 giảm", state="Khó thở"
    )
    transfer_out(db, second.id, transfer, by=None, by_name="Lò Thị Mai", now=at(10, 20, 5))
    found = report(db, catalog)
    numbers = {name: found.today(name) for name in ("before", "new", "recovered", "out", "in", "died", "lost", "under")}
    assert numbers == {"before": 2, "new": 3, "recovered": 1, "out": 1, "in": 0, "died": 0, "lost": 0, "under": 3}
    assert found.today("new.found.COMMUNITY") == found.today("new.found.QUARANTINE") == 1
    assert found.today("new.found.UNKNOWN") == 1
    assert found.today("new.test.RAPID_ANTIGEN") == 2
    assert found.today("new.test.PCR_RT_PCR") == 1
    assert found.today("out.to.Bệnh viện đa khoa tỉnh") == 1
    assert {name: found.figures[name].total for name in ("new", "recovered", "out")} == {
        "new": 5,
        "recovered": 1,
        "out": 1,
    }
    key = next(key for key, name in found.hamlets.items() if "Nậm Ngá" in name)
    assert found.figures[f"new.hamlet.{key}"].today == 1
    assert found.figures[f"new.hamlet.{key}"].total == 2
    assert (found.today("tests.rapid"), found.today("tests.pcr"), found.today("tests.positive")) == (2, 1, 3)
    assert found.figures["tests.rapid"].total == 4
    assert {one.person_id for one in people_behind(db, found, "recovered")} == {first.person_id}
    assert len(people_behind(db, found, "under")) == 3
    assert dict(found.series)[DAY] == 3
    assert found.today("mean") == round(10 * 5 / 7)


def test_a_death_in_hospital_leaves_who_is_under_care_alone(db, catalog):
    second = ill(db, 2, 9, 11)
    transfer = TransferDraft(left_at=datetime(2022, 3, 9, 20), facility="BV tỉnh", reason="SpO2 giảm", state="Khó thở")
    transfer_out(db, second.id, transfer, by=None, by_name="", now=at(9, 20, 5))
    ended(db, catalog, second, CaseOutcome.DECEASED, 10, 15)
    found = report(db, catalog)
    assert [found.today(name) for name in ("before", "died", "died.away", "under")] == [0, 1, 1, 0]
    assert found.figures["died.away"].total == 1


def test_who_comes_back_from_hospital_is_under_care_again(db, catalog):
    second = ill(db, 2, 9, 11)
    transfer = TransferDraft(left_at=datetime(2022, 3, 9, 20), facility="BV tỉnh", reason="SpO2 giảm", state="Khó thở")
    left = transfer_out(db, second.id, transfer, by=None, by_name="", now=at(9, 20, 5)).value
    back = ReturnDraft(returned_at=datetime(2022, 3, 10, 16))
    return_home(db, left.id, back, catalog=catalog, by=None, by_name="", now=at(10, 16, 5))
    found = report(db, catalog)
    assert [found.today(name) for name in ("before", "in", "under")] == [0, 1, 1]


def test_late_and_wrong_entries_stand_apart_on_the_next_day_and_are_explained(db, catalog):
    first = ill(db, 1, 10, 9)
    ill(db, 2, 10, 10)
    frozen = freeze(db, catalog, 11)
    assert (frozen.today("new"), frozen.today("under")) == (2, 2)
    late = ill(db, 3, 11, 9, found=date(2022, 3, 10))  # written after the report
    wrong = replace(first, classification=CaseClassification.NO_CASE)
    edit_episode(db, first.id, wrong, catalog=catalog, by=None, now=at(11, 10))
    found = daily_report(db, catalog, date(2022, 3, 12), at(12, 6, 40))
    assert found.previous == DAY
    figures = {name: found.today(name) for name in ("before", "new", "late.new", "withdrawn.new", "under")}
    assert figures == {"before": 2, "new": 0, "late.new": 1, "withdrawn.new": 1, "under": 2}
    assert found.cases("late.new") == (late.id,)
    assert found.cases("withdrawn.new") == (first.id,)
    why = why_changed(db, frozen, at(12, 6, 45))
    told = {(line.name, line.case_id, line.change) for line in why.lines if line.name == "new"}
    assert told == {("new", late.id, "added"), ("new", first.id, "removed")}
    reasons = {line.case_id: line for line in why.lines if line.name == "new"}
    assert reasons[late.id].reason == "late"
    assert reasons[late.id].when == datetime(2022, 3, 11, 9)
    assert reasons[first.id].reason == "no_case"
    assert reasons[first.id].when == datetime(2022, 3, 11, 10)


def test_contacts_are_counted_until_somebody_ends_their_quarantine(db, catalog):
    source = ill(db, 1, 9, 10)
    new = NewContact(
        contact=ContactDraft(
            source_episode_id=source.id, report_date=date(2022, 3, 10), last_contact_on=date(2022, 3, 9)
        ),
        person=neighbour(7),
    )
    (contact_id,) = add_contacts(db, [new], catalog=catalog, by=None, now=at(10, 11)).value
    found = report(db, catalog)
    assert (found.today("contacts.new"), found.today("contacts.under")) == (1, 1)
    assert found.figures["contacts.new"].total == 1
    assert found.cases("contacts.new") == (contact_id,)
    assert [one.full_name for one in people_behind(db, found, "contacts.under")] == [neighbour(7).full_name]
    end_quarantines(db, [contact_id], day=date(2022, 3, 11), note="Âm tính", by=None, now=at(11, 9))
    found = daily_report(db, catalog, date(2022, 3, 12), at(12, 8))
    assert (found.today("contacts.new"), found.today("contacts.under")) == (0, 0)
    assert found.figures["contacts.new"].total == 1


def test_what_was_frozen_stays_as_it_was_sent(db, catalog):
    first = ill(db, 1, 10, 9)
    sent = freeze(db, catalog, 11)
    edit_episode(
        db, first.id, replace(first, classification=CaseClassification.NO_CASE), catalog=catalog, by=None, now=at(11, 9)
    )
    kept = frozen_report(db, DAY)
    assert kept == sent
    assert kept.typed == TYPED


def test_a_second_version_needs_its_reason_and_the_first_stays(db, catalog):
    freeze(db, catalog, 11)
    ill(db, 1, 11, 7, found=date(2022, 3, 10))
    with pytest.raises(Refused) as refused:
        freeze(db, catalog, 11, 8)
    assert [problem.code for problem in refused.value.problems] == ["reports.reason_missing"]
    second = freeze(db, catalog, 11, 8, reason="Bổ sung một ca của bản Nậm Ngá")
    assert (second.frozen.version, second.today("new")) == (2, 1)
    assert [one.frozen.version for one in frozen_reports(db)] == [2, 1]
    found = daily_report(db, catalog, date(2022, 3, 12), at(12, 7))
    assert (found.today("before"), found.today("late.new")) == (1, 0)


def test_an_earlier_day_cannot_be_frozen_under_a_later_one(db, catalog):
    freeze(db, catalog, 12)
    with pytest.raises(UserError) as refused:
        freeze_report(db, DAY, TYPED, catalog=catalog, by=None, now=at(12, 8))
    assert refused.value.code == "reports.later_frozen"
    with pytest.raises(UserError) as refused:
        daily_report(db, catalog, date(2022, 3, 13), at(12, 8))
    assert refused.value.code == "reports.future"


def test_a_day_that_was_not_frozen_comes_into_the_next_report_as_late(db, catalog):
    freeze(db, catalog, 10)
    ill(db, 1, 10, 12)
    ill(db, 2, 11, 12)
    found = daily_report(db, catalog, date(2022, 3, 12), at(12, 7))
    assert [found.today(name) for name in ("before", "late.new", "new", "under")] == [0, 1, 1, 2]


def test_sums_begin_at_the_start_of_the_outbreak(db, catalog):
    ill(db, 1, 1, 9)
    ill(db, 2, 10, 9)
    change_setting(db, "outbreak_start", "2022-03-05", by=None, now=at(11, 5))
    assert report(db, catalog).figures["new"].total == 1


def test_tests_that_were_taken_back_are_not_counted(db, catalog):
    first = ill(db, 1, 10, 9)
    wrong = replace(first.tests[0], id=None, result=TestResult.NEGATIVE, voids=first.tests[0].id)
    add_test(db, first.id, wrong, by=None, now=at(10, 10))
    found = report(db, catalog)
    assert (found.today("tests.rapid"), found.today("tests.positive")) == (1, 0)


def test_the_state_says_what_is_still_to_be_written_and_how_late_it_is(db, catalog):
    early = report_state(db, at(11, 6, 0))
    assert early.late_by == timedelta(hours=-1)
    assert set(early.missing) == {"oxygen", "difficulties", "staff"}
    assert report_state(db, at(11, 7, 20)).late_by == timedelta(minutes=20)
    freeze(db, catalog, 11)
    assert report_state(db, at(11, 8)).missing == ()
    assert report_state(db, at(11, 8)).late_by == timedelta(minutes=-20)


def test_too_long_words_are_refused(db, catalog):
    with pytest.raises(Refused) as refused:
        freeze_report(db, DAY, Typed(difficulties="a" * 2001, oxygen=-1), catalog=catalog, by=None, now=at(11, 7))
    assert {problem.field for problem in refused.value.problems} == {"difficulties", "oxygen"}


def test_a_report_of_very_many_keeps_its_numbers_and_can_still_be_frozen(db, catalog, monkeypatch):
    monkeypatch.setattr(daily, "MOST_LISTED", 300)
    for number in range(5):
        ill(db, number, 9, 10)
    frozen = freeze(db, catalog, 11)
    assert frozen.today("under") == 5
    assert frozen.cases("under") == ()
    assert why_changed(db, frozen, at(11, 8)).lines == ()
    found = daily_report(db, catalog, date(2022, 3, 12), at(12, 7))
    assert (found.today("before"), found.today("adjusted"), found.today("under")) == (5, 0, 5)
