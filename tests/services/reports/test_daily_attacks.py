"""The daily report under attack: what is corrected after it was sent, and days on which nobody did what was planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from covidstation.domain.care import FoundIn
from covidstation.domain.episodes import CaseClassification, CaseOutcome, EpisodeDraft, TestKind, TestResult
from covidstation.domain.hospitalization import TransferDraft
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome, reopen_case
from covidstation.services.care.transfers import transfer_out, void_transfer
from covidstation.services.episodes import add_test
from covidstation.services.papers.issuing import issue_paper, void_paper
from covidstation.services.papers.missing import missing_list
from covidstation.services.people import edit_person
from covidstation.services.places import add_hamlet
from covidstation.services.record import change_setting
from covidstation.services.reports.daily import Typed, daily_report, freeze_report, frozen_report, people_behind
from covidstation.services.reports.sheet import lines_of
from covidstation.services.reports.why import why_changed
from tests.services.reports.test_daily import at, ended, freeze, ill
from tests.services.samples import edit_episode, f0, neighbour, positive_on, register

FLOWS = {"new": 1, "in": 1, "out": -1, "recovered": -1, "died": -1, "lost": -1}


def on(db, catalog, day, hour=6, minute=45):
    """That day's report counted at that hour, its identity checked."""
    found = daily_report(db, catalog, date(2022, 3, day), at(day, hour, minute))
    assert found.today("under") == found.today("before") + found.today("adjusted") + flow(found)
    assert len(found.cases("under")) == found.today("under")
    return found


def flow(report):
    """What came in less what went out, by the entries themselves."""
    moved = sum(entry.delta for name in ("entries", "late") for entry in report.groups[name])
    return moved - sum(entry.delta for entry in report.groups["withdrawn"])


def why(db, report, day, hour=8):
    """(figure, change, reason) of each line, and who it names."""
    found = why_changed(db, report, at(day, hour))
    names = {found.people[line.case_id].full_name for line in found.lines}
    return {(line.name, line.change, line.reason) for line in found.lines}, names


def away(db, episode, day, hour):
    draft = TransferDraft(left_at=datetime(2022, 3, day, hour), facility="BV tỉnh", reason="SpO2 giảm", state="Khó thở")
    return transfer_out(db, episode.id, draft, by=None, by_name="", now=at(day, hour, 5)).value


def edited(db, catalog, episode, day, hour, **changes):
    draft = replace(episode, **changes)
    return edit_episode(db, episode.id, draft, catalog=catalog, by=None, now=at(day, hour)).value


def test_a_date_corrected_across_the_cut_off_moves_the_case_once(db, catalog):
    one = ill(db, 1, 10, 9)
    frozen = freeze(db, catalog, 11)
    edited(db, catalog, one, 11, 9, report_date=date(2022, 3, 8))
    told, names = why(db, frozen, 11, 10)
    assert ("new", "removed", "dates") in told
    assert names == {neighbour(1).full_name}
    found = on(db, catalog, 12)
    assert (found.today("new"), found.today("late.new"), found.today("under")) == (0, 0, 1)
    assert found.figures["new"].total == 1


def test_a_case_moved_to_another_hamlet_changes_the_hamlets_and_nothing_else(db, catalog):
    near, far = (add_hamlet(db, name, by=None, now=at(8, 8)).value for name in ("Bản Nậm Ngá", "Bản Pa Khoá"))
    person = {"hamlet_id": near}
    one = ill(db, 1, 10, 9, person=person)
    frozen = freeze(db, catalog, 11)
    moved = replace(neighbour(1), hamlet_id=far)
    edit_person(db, one.person_id, moved, catalog=catalog, by=None, now=at(11, 9))
    told, names = why(db, frozen, 11, 10)
    assert {change for _name, change, _reason in told} == {"added", "removed"}
    assert {reason for _name, _change, reason in told} == {"details"}
    assert {name.rsplit(".", 1)[0] for name, _change, _reason in told} == {"new.hamlet", "under.hamlet"}
    assert names == {neighbour(1).full_name}
    found = on(db, catalog, 12)
    (key,) = (key for key, words in found.hamlets.items() if "Pa Khoá" in words)
    assert found.today(f"under.hamlet.{key}") == found.today("under") == 1


def test_a_wrong_entry_after_the_report_is_withdrawn_once(db, catalog):
    one = ill(db, 1, 10, 9)
    frozen = freeze(db, catalog, 11)
    draft = OutcomeDraft(ending=Ending.NO_CASE, on=date(2022, 3, 11), reason="Nhập nhầm người")
    record_outcome(db, one.id, draft, catalog=catalog, by=None, by_name="", now=at(11, 9))
    assert ("new", "removed", "no_case") in why(db, frozen, 11, 10)[0]
    freeze(db, catalog, 12)
    assert frozen_report(db, date(2022, 3, 12)).today("withdrawn.new") == 1
    found = on(db, catalog, 13)
    assert (found.today("withdrawn.new"), found.today("under"), found.figures["new"].total) == (0, 0, 0)


def test_an_ending_taken_back_after_the_report_brings_the_person_back(db, catalog):
    one = ill(db, 1, 3, 9)
    paper = {"catalog": catalog, "by": None}
    issue_paper(db, PaperKind.ISOLATION_ORDER, [one.id], issued_on=date(2022, 3, 3), now=at(3, 10), **paper)
    end = issue_paper(db, PaperKind.ISOLATION_END, [one.id], issued_on=date(2022, 3, 10), now=at(10, 10), **paper)
    frozen = freeze(db, catalog, 11)
    assert (frozen.today("recovered"), frozen.today("under")) == (1, 0)
    void_paper(db, end.value.id, "In nhầm người", by=None, now=at(11, 9))
    found = on(db, catalog, 12)
    assert (found.today("withdrawn.recovered"), found.today("under"), found.figures["recovered"].total) == (1, 1, 0)
    told, names = why(db, frozen, 11, 10)
    assert ("recovered", "removed", "outcome") in told
    assert names == {neighbour(1).full_name}


def test_a_case_opened_again_is_under_care_again(db, catalog):
    one = ill(db, 1, 9, 9)
    ended(db, catalog, one, CaseOutcome.RECOVERED, 10, 15)
    freeze(db, catalog, 11)
    reopen_case(db, one.id, by=None, by_name="", now=at(11, 9))
    found = on(db, catalog, 12)
    assert (found.today("withdrawn.recovered"), found.today("under")) == (1, 1)


def test_a_transfer_taken_back_after_the_report(db, catalog):
    one = ill(db, 1, 9, 9)
    stay = away(db, one, 10, 20)
    frozen = freeze(db, catalog, 11)
    assert frozen.figures["out.to.BV tỉnh"].today == frozen.figures["out.to.BV tỉnh"].total == 1
    void_transfer(db, stay.id, by=None, by_name="", now=at(11, 9))
    assert ("out", "removed", "transfer") in why(db, frozen, 11, 10)[0]
    found = on(db, catalog, 12)
    assert (found.today("withdrawn.out"), found.today("under"), found.figures["out"].total) == (1, 1, 0)


def test_two_days_without_a_report_come_with_the_third(db, catalog):
    freeze(db, catalog, 9)
    for number, day in enumerate((9, 10, 11)):
        ill(db, number, day, 12)
    found = on(db, catalog, 12)
    assert [found.today(name) for name in ("before", "late.new", "new", "under")] == [0, 2, 1, 3]
    assert found.previous == date(2022, 3, 9)
    freeze(db, catalog, 12)
    assert on(db, catalog, 13).today("late.new") == 0


def test_a_later_cut_off_counts_nobody_twice_and_forgets_nobody(db, catalog):
    ill(db, 1, 10, 9)
    freeze(db, catalog, 11)
    ill(db, 2, 11, 7)
    change_setting(db, "report_cutoff", "17:00", by=None, now=at(11, 12))
    ill(db, 3, 11, 18)
    found = on(db, catalog, 12, 18)
    assert found.today("new") + found.today("late.new") == 2
    assert (found.today("before"), found.today("under")) == (1, 3)


def test_an_earlier_cut_off_leaves_the_rest_to_the_next_day(db, catalog):
    change_setting(db, "report_cutoff", "17:00", by=None, now=at(9, 12))
    ill(db, 1, 10, 9)
    frozen = freeze(db, catalog, 10, 17, 10)
    assert frozen.today("new") == 1
    change_setting(db, "report_cutoff", "06:30", by=None, now=at(10, 18))
    found = on(db, catalog, 11)
    assert (found.today("before"), found.today("new"), found.today("late.new"), found.today("under")) == (1, 0, 0, 1)


def test_frozen_late_in_the_evening_it_still_ends_at_its_cut_off(db, catalog):
    ill(db, 1, 11, 5)
    ill(db, 2, 11, 14)
    frozen = freeze(db, catalog, 11, 23, 0)
    assert frozen.today("new") == 1
    found = on(db, catalog, 12)
    assert (found.today("before"), found.today("new"), found.today("late.new"), found.today("under")) == (1, 1, 0, 2)


def test_yesterdays_report_may_still_be_frozen_and_counts_yesterday(db, catalog):
    ill(db, 1, 10, 9)
    ill(db, 2, 11, 9)
    frozen = freeze_report(db, date(2022, 3, 11), Typed(), catalog=catalog, by=None, now=at(12, 8)).value
    assert (frozen.today("new"), frozen.today("under")) == (1, 1)
    found = on(db, catalog, 12)
    assert (found.today("before"), found.today("new"), found.today("late.new"), found.today("under")) == (1, 1, 0, 2)


def test_a_clock_set_back_loses_nobody(db, catalog):
    ill(db, 1, 10, 9)
    freeze(db, catalog, 11)
    with pytest.raises(UserError) as refused:
        daily_report(db, catalog, date(2022, 3, 11), at(10, 8))
    assert refused.value.code == "reports.future"
    ill(db, 2, 10, 12)  # the clock shows yesterday noon
    found = on(db, catalog, 12)
    assert found.today("new") + found.today("late.new") == 1
    assert found.today("under") == 2


def test_a_report_is_zero_when_nothing_happened(db, catalog):
    ill(db, 1, 9, 9)
    freeze(db, catalog, 11)
    found = on(db, catalog, 12)
    assert [found.today(name) for name in ("new", "recovered", "out", "in", "died", "late.new", "under")] == [0] * 6 + [
        1
    ]
    assert next(line.today for line in lines_of(found) if line.name == "new") == "0"


@pytest.mark.parametrize("doubtful", [CaseClassification.SUSPECT, CaseClassification.NOT_CLASSIFIED])
def test_a_suspicion_stands_apart_until_it_is_a_case(db, catalog, doubtful):
    one = ill(db, 1, 10, 9, classification=doubtful)
    frozen = freeze(db, catalog, 11)
    assert [frozen.today(name) for name in ("new", "under", "suspect")] == [0, 0, 1]
    assert [person.person_id for person in people_behind(db, frozen, "suspect")] == [one.person_id]
    edited(db, catalog, one, 11, 9, classification=CaseClassification.CONFIRMED)
    assert ("new", "added", "class") in why(db, frozen, 11, 10)[0]
    found = on(db, catalog, 12)
    assert [found.today(name) for name in ("late.new", "under", "suspect")] == [1, 1, 0]


@pytest.mark.parametrize("sure", [CaseClassification.PROBABLE, CaseClassification.CONFIRMED_NO_SYMPTOMS])
def test_probable_and_symptomless_cases_count(db, catalog, sure):
    ill(db, 1, 10, 9, classification=sure)
    found = on(db, catalog, 11)
    assert [found.today(name) for name in ("new", "under", "suspect")] == [1, 1, 0]


def test_the_tests_of_a_day_open_their_people_and_are_explained(db, catalog):
    one = ill(db, 1, 10, 9)
    ill(db, 2, 10, 10, kind=TestKind.PCR_RT_PCR)
    frozen = freeze(db, catalog, 11)
    assert [len(people_behind(db, frozen, f"tests.{name}")) for name in ("rapid", "pcr", "positive")] == [1, 1, 2]
    wrong = replace(one.tests[0], id=None, result=TestResult.NEGATIVE, voids=one.tests[0].id)
    add_test(db, one.id, wrong, by=None, now=at(11, 9))
    told, names = why(db, frozen, 11, 10)
    assert {("tests.positive", "removed", "removed"), ("tests.rapid", "added", "late")} <= told
    assert neighbour(1).full_name in names
    shown = {line.name: line.people for line in lines_of(frozen)}
    assert shown["tests.rapid"] and shown["tests.positive"]


def test_the_papers_are_those_of_the_list(db, catalog):
    one = ill(db, 1, 1, 9)
    two = ill(db, 2, 10, 9)
    paper = {"catalog": catalog, "by": None}
    issue_paper(db, PaperKind.ISOLATION_ORDER, [one.id], issued_on=date(2022, 3, 1), now=at(1, 10), **paper)
    found = on(db, catalog, 11)
    lines = missing_list(db, catalog, date(2022, 3, 11))
    for name in ("order", "ending", "referral"):
        wanted = {line.person_id for line in lines if line.kind.value == name}
        assert {person.person_id for person in people_behind(db, found, f"papers.{name}")} == wanted, name
        assert found.today(f"papers.{name}") == len(wanted)
    waiting = {line.person_id for line in lines if line.delivers}
    assert {person.person_id for person in people_behind(db, found, "papers.delivery")} == waiting == {one.person_id}
    assert found.cases("papers.order") == (two.id,)


def test_sums_of_new_cases_by_test_add_up_to_all(db, catalog):
    ill(db, 1, 5, 9)
    ill(db, 2, 8, 9, kind=TestKind.PCR_RT_PCR)
    untested = f0(neighbour(3), date(2022, 3, 9), episode=EpisodeDraft(report_date=date(2022, 3, 9)), tests=())
    register(db, untested, now=at(9, 9))
    both = f0(neighbour(4), date(2022, 3, 10), tests=(positive_on(date(2022, 3, 10)),))
    case = register(db, both, now=at(10, 9))
    later = positive_on(date(2022, 3, 10), kind=TestKind.PCR_RT_PCR)
    add_test(db, case.id, later, by=None, now=at(10, 15))
    found = on(db, catalog, 11)
    totals = {name: found.figures[f"new.test.{name}"].total for name in ("RAPID_ANTIGEN", "PCR_RT_PCR", "UNKNOWN")}
    assert totals == {"RAPID_ANTIGEN": 2, "PCR_RT_PCR": 1, "UNKNOWN": 1}
    assert sum(totals.values()) == found.figures["new"].total
    assert found.figures["new.test.RAPID_ANTIGEN"].today == 1


def test_a_late_case_is_told_once_even_when_its_day_is_frozen_twice(db, catalog):
    freeze(db, catalog, 11)
    ill(db, 1, 11, 9, found=date(2022, 3, 10), found_in=FoundIn.COMMUNITY)
    again = freeze(db, catalog, 11, 10, reason="Bổ sung ca ghi muộn")
    assert again.frozen.version == 2
    found = on(db, catalog, 12)
    assert found.today("new") + found.today("late.new") + again.today("new") == 1
    assert found.today("under") == 1
    assert found.period.from_at - again.period.cutoff_at == timedelta(0)
