"""The queue of the national system: deadlines, what is lacking, marked, unmarked, the case report's fields."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pypdf
import pytest

from covidstation.domain.care import FoundIn
from covidstation.domain.episodes import CaseClassification, CaseOutcome, EpisodeDraft
from covidstation.domain.notifiable import NoticeEvent
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Kind
from covidstation.services.reports.case_report import as_text, case_report, case_reports_pdf
from covidstation.services.reports.notices import mark_entered, notices_due, notices_waiting, unmark_entered
from tests.services.samples import HANOI, PAO, edit_episode, f0, neighbour, positive_on, register

NOW = datetime(2022, 3, 10, 14, tzinfo=HANOI)


def mark(db, catalog, lines, now=NOW, **more):
    wanted = [(line.episode_id, line.event) for line in lines]
    return mark_entered(db, wanted, catalog=catalog, by=None, by_name="Lò Thị Mai", now=now, **more)


def test_a_case_of_2022_is_due_24_hours_after_it_was_written_down(db, catalog):
    register(db)  # at 08:30
    (line,) = notices_due(db, catalog, NOW)
    assert line.event is NoticeEvent.CASE
    assert line.due_at == datetime(2022, 3, 11, 8, 30)
    assert line.left(NOW) == timedelta(hours=18, minutes=30)
    assert line.rule.id == "covid-2020"


def test_a_case_of_today_is_due_after_48_hours_and_its_death_after_24(db, catalog):
    day = date(2026, 7, 6)
    now = datetime(2026, 7, 6, 9, tzinfo=HANOI)
    first = register(db, f0(day=day), now=now)
    died = replace(first, outcome=CaseOutcome.DECEASED, outcome_on=date(2026, 7, 8))
    edit_episode(db, first.id, died, catalog=catalog, by=None, now=datetime(2026, 7, 8, 10, tzinfo=HANOI))
    lines = {line.event: line for line in notices_due(db, catalog, datetime(2026, 7, 8, 11, tzinfo=HANOI))}
    assert lines[NoticeEvent.CASE].due_at == datetime(2026, 7, 8, 9)
    assert lines[NoticeEvent.DEATH].due_at == datetime(2026, 7, 9, 10)
    assert lines[NoticeEvent.CASE].left(datetime(2026, 7, 8, 11, tzinfo=HANOI)) == timedelta(hours=-2)


def test_what_such_reports_lack_is_named(db, catalog):
    register(db, f0(replace(PAO, phone="")))
    (line,) = notices_due(db, catalog, NOW)
    assert {"phone", "onset"} <= set(line.lacking)
    assert "citizen_number" not in line.lacking


def test_marked_it_leaves_the_queue_and_unmarked_it_comes_back(db, catalog):
    register(db)
    lines = notices_due(db, catalog, NOW)
    done = mark(db, catalog, lines, system_number="LCU-0001")
    assert done.changes == {Kind.REPORTS}
    assert notices_due(db, catalog, NOW) == ()
    (entered,) = notices_due(db, catalog, NOW, entered=True)
    assert (entered.system_number, entered.entered_by) == ("LCU-0001", "Lò Thị Mai")
    with pytest.raises(UserError) as refused:
        mark(db, catalog, lines)
    assert refused.value.code == "notices.already"
    unmark_entered(db, [(entered.episode_id, entered.event)], by=None, now=NOW)
    assert len(notices_due(db, catalog, NOW)) == 1
    with pytest.raises(UserError):
        unmark_entered(db, [(entered.episode_id, entered.event)], by=None, now=NOW)
    mark(db, catalog, lines)
    assert notices_due(db, catalog, NOW) == ()


def test_many_are_marked_together_or_not_at_all(db, catalog):
    for number in range(3):
        register(db, f0(neighbour(number)))
    lines = notices_due(db, catalog, NOW)
    mark(db, catalog, lines[:1])
    with pytest.raises(UserError):
        mark(db, catalog, lines)
    assert len(notices_due(db, catalog, NOW)) == 2
    assert mark(db, catalog, lines[1:]).value == 2
    with pytest.raises(Refused):
        mark(db, catalog, lines, system_number="9" * 61)


def test_the_count_and_the_first_are_those_of_the_queue(db, catalog):
    assert (notices_waiting(db, catalog, NOW).count, notices_waiting(db, catalog, NOW).first) == (0, None)
    cases = [
        register(db, f0(neighbour(number), day=NOW.date() - timedelta(days=back)), now=NOW - timedelta(days=back))
        for number, back in enumerate((0, 1, 1, 70))
    ]
    died = replace(cases[3], outcome=CaseOutcome.DECEASED, outcome_on=NOW.date())  # itself older than the queue
    edit_episode(db, cases[3].id, died, catalog=catalog, by=None, now=NOW)
    for left in (4, 3, 2, 1):
        queue, waiting = notices_due(db, catalog, NOW), notices_waiting(db, catalog, NOW)
        assert (waiting.count, waiting.first) == (left, queue[0])
        mark(db, catalog, queue[:1])
    assert notices_waiting(db, catalog, NOW).count == 0
    (one, *_others) = notices_due(db, catalog, NOW, entered=True)
    unmark_entered(db, [(one.episode_id, one.event)], by=None, now=NOW)
    assert notices_waiting(db, catalog, NOW).first == notices_due(db, catalog, NOW)[0]


def test_a_wrong_entry_and_an_old_case_are_not_in_the_queue(db, catalog):
    first = register(db)
    wrong = replace(first, classification=CaseClassification.NO_CASE)
    edit_episode(db, first.id, wrong, catalog=catalog, by=None, now=NOW)
    register(db, f0(neighbour(1)))
    assert len(notices_due(db, catalog, NOW)) == 1
    assert notices_due(db, catalog, NOW + timedelta(days=61)) == ()


def test_the_case_report_has_the_fields_of_the_form(db, catalog):
    draft = EpisodeDraft(report_date=NOW.date(), onset_date=date(2022, 3, 8), doses_known=2, found_in=FoundIn.COMMUNITY)
    first = register(db, f0(episode=draft, tests=(positive_on(NOW.date()),)))
    fields = {one.key: one.value for one in case_report(db, catalog, first.id, NOW)}
    told = {
        "name": "Giàng A Páo",
        "citizen_number": "012055000001",
        "birth": "03/02/1955",
        "sex": "Nam",
        "phone": "0912000111",
        "vaccinated": "Có, 2 mũi",
        "onset": "08/03/2022",
        "sampled_on": "10/03/2022",
        "test": "Test nhanh",
        "result": "Dương tính",
        "treatment": "Ngoại trú",
        "outcome": "Đang điều trị",
        "history": "Cộng đồng",
        "unit": "Trạm Y tế xã Nậm Tăm",
    }
    assert {key: fields[key] for key in told} == told
    assert "U07.1" in fields["disease"]
    text = as_text(case_report(db, catalog, first.id, NOW))
    assert "Họ và tên: Giàng A Páo" in text.splitlines()
    with pytest.raises(UserError):
        case_report(db, catalog, first.person_id, NOW)


def test_the_printed_reports_hold_each_case_on_a_sheet(db, catalog):
    """Every field's name and what is known; a name with marks stays as it is."""
    first = register(db)
    second = register(db, f0(replace(PAO, full_name="Vàng <b>Thị</b> Dế", citizen_number="", old_citizen_number="")))
    reader = pypdf.PdfReader(io.BytesIO(case_reports_pdf(db, catalog, [first.id, second.id], NOW)))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) == 2
    assert "Giàng A Páo" in pages[0] and "012055000001" in pages[0]
    assert "Vàng <b>Thị</b> Dế" in pages[1]
    for field in case_report(db, catalog, first.id, NOW):
        assert field.title in pages[0]
