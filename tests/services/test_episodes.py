"""Registering an F0 and correcting the illness: one transaction each, and only what changed travels."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import person_page
from covidstation.db.rows import EpisodeRow, HouseholdRow, JournalRow, PathogenTestRow, PersonRow, SearchRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import (
    CaseOutcome,
    EpisodeDraft,
    PathogenTest,
    QuarantineType,
    TestKind,
    TestResult,
)
from covidstation.domain.people import PersonDraft, Sex
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.changes import Kind
from covidstation.services.episodes import add_test, register_f0
from covidstation.services.people import edit_person, make_head, register_person
from covidstation.services.record import change_setting
from tests.services.samples import NOW, PAO, TODAY, catalog, edit_episode, f0, positive_on, register

BY = UUID(int=9)


def lines(db, after=2):
    with db.read() as session:
        rows = session.scalars(select(JournalRow).where(JournalRow.seq > after).order_by(JournalRow.seq))
        return [json.loads(row.line) for row in rows]


def counts(db):
    with db.read() as session:
        rows = (PersonRow, EpisodeRow, PathogenTestRow, HouseholdRow, SearchRow, JournalRow)
        return [session.scalar(select(func.count()).select_from(row)) for row in rows]


def draft_of(episode):
    return EpisodeDraft(**{name: getattr(episode, name) for name in EpisodeDraft.__dataclass_fields__})


def test_a_new_f0_is_one_act(db):
    result = register_f0(db, f0(), catalog=catalog(), by=BY, now=NOW)
    assert result.changes >= {Kind.PEOPLE, Kind.EPISODES}
    assert counts(db)[:5] == [1, 1, 1, 0, 1]
    made = lines(db)
    assert [line["t"] for line in made] == ["person", "episode", "pathogen_test", "risk_assessment"]
    assert {line.get("x", line["s"]) for line in made} == {3} and {line["a"] for line in made} == {BY.hex}
    assert get_episode(db, result.value.id) == result.value


def test_the_rule_in_force_gives_the_days(db):
    episode = register(db)
    assert (episode.isolation_start, episode.isolation_days) == (datetime(2022, 3, 10), 7)
    assert episode.isolation_rule == "vn-isolation-2022-01-28"
    earlier = register(db, f0(replace(PAO, full_name="Sùng", citizen_number=""), date(2021, 12, 30)), now=NOW)
    assert earlier.isolation_days == 10
    with db.read() as session:
        untils = session.scalars(select(EpisodeRow.isolation_until).order_by(EpisodeRow.n)).all()
    assert untils == [date(2022, 3, 16), date(2022, 1, 8)]


def test_isolation_begins_with_the_finding_else_at_the_hour_of_the_setting(db):
    change_setting(db, "isolation_hour", "7", by=None, now=NOW)
    found = datetime(2022, 3, 10, 8, 20)
    assert register(db, f0(episode=EpisodeDraft(report_date=TODAY, found_at=found))).isolation_start == found
    other = f0(replace(PAO, full_name="Sùng", citizen_number=""), episode=EpisodeDraft(report_date=TODAY))
    assert register(db, other).isolation_start == datetime(2022, 3, 10, 7)


def test_what_the_form_says_stands_before_the_rule(db):
    said = EpisodeDraft(report_date=TODAY, isolation_start=datetime(2022, 3, 11, 7), isolation_days=14)
    episode = register(db, f0(episode=said))
    assert (episode.isolation_start, episode.isolation_days, episode.isolation_rule) == (
        datetime(2022, 3, 11, 7),
        14,
        "",
    )


def test_a_hospital_needs_no_days(db):
    episode = register(db, f0(episode=EpisodeDraft(report_date=TODAY, isolation_type=QuarantineType.HOSPITAL)))
    assert (episode.isolation_start, episode.isolation_days) == (None, None)


def test_the_day_of_the_test_is_the_day_of_the_finding(db):
    assert register(db, f0(episode=EpisodeDraft())).report_date == TODAY


def test_a_known_person_is_not_doubled(db):
    person = register_person(db, PAO, catalog=catalog(), by=None, now=NOW).value
    episode = register(db, f0(replace(PAO, phone="0913000222"), person_id=person.id))
    assert episode.person_id == person.id
    assert counts(db)[:2] == [1, 1]
    edit = lines(db, after=3)[0]
    assert (edit["t"], edit["o"], edit["f"]) == ("person", "u", {"phone": "0913000222"})


def test_who_is_ill_already_is_not_registered_again_unawares(db):
    first = register(db)
    before = counts(db)
    draft = f0(person_id=first.person_id)
    with pytest.raises(UserError) as caught:
        register(db, draft)
    assert caught.value.code == "episodes.already_open"
    assert "Giàng A Páo" in sentences(caught.value)[0]
    assert counts(db) == before


def test_a_second_illness_is_an_illness_of_its_own(db):
    first = register(db)
    over = replace(draft_of(first), outcome=CaseOutcome.RECOVERED, outcome_on=TODAY)
    edit_episode(db, first.id, over, catalog=catalog(), by=None, now=NOW)
    second = register(db, f0(person_id=first.person_id))
    page = person_page(db, first.person_id)
    assert {episode.id for episode in page.episodes} == {first.id, second.id}


def test_after_recovery_an_illness_is_simply_new(db):
    first = register(db, f0(day=date(2022, 1, 30)))
    over = replace(draft_of(first), outcome=CaseOutcome.RECOVERED, outcome_on=date(2022, 2, 10))
    edit_episode(db, first.id, over, catalog=catalog(), by=None, now=NOW)
    assert register(db, f0(person_id=first.person_id)).id != first.id


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (f0(PersonDraft()), "people.name_missing"),
        (f0(replace(PAO, citizen_number="123")), None),
        (f0(replace(PAO, birth=PartialDate(2030))), "people.birth_future"),
        (f0(day=date(2030, 1, 1)), "episodes.future"),
        (f0(episode=EpisodeDraft(report_date=TODAY, isolation_days=99)), "episodes.isolation_days"),
        (f0(episode=EpisodeDraft(report_date=TODAY, outcome=CaseOutcome.DECEASED)), "episodes.outcome_day_missing"),
        (f0(tests=(positive_on(date(1950, 1, 1)),)), "episodes.before_birth"),
    ],
)
def test_a_refused_form_keeps_nothing(db, draft, code):
    before = counts(db)
    with pytest.raises(Refused) as caught:
        register(db, replace(draft, new_household_head="Giàng A Chư"))
    assert caught.value.problems and all(problem.level == "error" for problem in caught.value.problems)
    assert code is None or code in {problem.code for problem in caught.value.problems}
    assert all(sentences(caught.value))
    assert counts(db) == before


def test_a_form_without_any_day_is_refused(db):
    with pytest.raises(Refused) as caught:
        register(db, f0(episode=EpisodeDraft(), tests=()))
    assert [problem.field for problem in caught.value.problems] == ["report_date"]
    assert counts(db)[0] == 0


def test_a_new_household_has_its_head(db):
    head = register(db, f0(new_household_head="Giàng A Páo"))
    page = person_page(db, head.person_id)
    wife = replace(
        PAO, full_name="Chẻo Lở Mẩy", sex=Sex.FEMALE, citizen_number="", household_id=page.person.household_id
    )
    other = register(db, f0(wife))
    assert person_page(db, other.person_id).household_head == "Giàng A Páo"
    assert [member.is_head for member in person_page(db, other.person_id).members] == [True]


def test_a_head_may_be_a_name_until_registered(db):
    episode = register(db, f0(new_household_head="  Giàng   A Chư "))
    assert person_page(db, episode.person_id).household_head == "Giàng A Chư"
    make_head(db, episode.person_id, by=None, now=NOW)
    assert person_page(db, episode.person_id).household_head == "Giàng A Páo"


def test_texts_are_kept_tidy_and_nfc(db):
    typed = replace(
        PAO, full_name="  Gia\u0300ng  A\u200b Pa\u0301o ", phone="0912 000 111", citizen_number="012 055 000 001"
    )
    said = EpisodeDraft(report_date=TODAY, note=" ho\u0300n ", isolation_address=" Ba\u0309n  Na\u0323m ")
    episode = register(db, f0(typed, episode=said))
    person = person_page(db, episode.person_id).person
    assert (person.full_name, person.phone, person.citizen_number) == ("Giàng A Páo", "0912000111", "012055000001")
    assert (episode.note, episode.isolation_address) == ("hòn", "Bản Nạm")
    edited = edit_episode(db, episode.id, said, catalog=catalog(), by=None, now=NOW).value
    assert (edited.note, edited.isolation_address) == ("hòn", "Bản Nạm")


def test_an_edit_travels_with_the_changed_values_alone(db):
    episode = register(db)
    before = len(lines(db))
    draft = replace(draft_of(episode), note="Ho, sốt", doses_known=2)
    edited = edit_episode(db, episode.id, draft, catalog=catalog(), by=BY, now=NOW + timedelta(hours=1)).value
    assert (edited.note, edited.doses_known) == ("Ho, sốt", 2)
    (line,) = lines(db)[before:]
    doses = {"doses_known": 2, "last_dose_on": None}  # two fields that are one value (docs/adr/0026)
    assert (line["o"], line["t"], line["f"]) == ("u", "episode", {"note": "Ho, sốt"} | doses)


def test_an_edit_that_changes_nothing_makes_no_line(db):
    episode = register(db)
    before = counts(db)
    edit_episode(db, episode.id, draft_of(episode), catalog=catalog(), by=BY, now=NOW + timedelta(hours=1))
    person = person_page(db, episode.person_id).person
    same = PersonDraft(**{name: getattr(person, name) for name in PersonDraft.__dataclass_fields__})
    edit_person(db, person.id, same, catalog=catalog(), by=BY, now=NOW)
    assert counts(db) == before


def test_other_days_move_the_last_day(db):
    episode = register(db)
    edit_episode(db, episode.id, replace(draft_of(episode), isolation_days=10), catalog=catalog(), by=None, now=NOW)
    with db.read() as session:
        assert session.scalars(select(EpisodeRow.isolation_until)).one() == date(2022, 3, 19)
    moved = lines(db)[-1]["f"]
    assert (moved["isolation_days"], moved["isolation_until"]) == (10, "2022-03-19")
    assert all(name.startswith("isolation_") for name in moved)


def test_a_refused_edit_changes_nothing(db):
    episode = register(db)
    before = counts(db)
    with pytest.raises(Refused):
        wrong = replace(draft_of(episode), isolation_days=0)
        edit_episode(db, episode.id, wrong, catalog=catalog(), by=None, now=NOW)
    assert counts(db) == before and get_episode(db, episode.id) == episode


def test_a_test_is_added_and_corrected_by_another_one(db):
    episode = register(db)
    later = NOW + timedelta(days=6)
    negative = PathogenTest(result=TestResult.NEGATIVE, sampled_on=later.date(), kind=TestKind.PCR_RT_PCR)
    episode = add_test(db, episode.id, negative, by=None, now=later).value
    assert [test.result for test in episode.tests] == [TestResult.POSITIVE, TestResult.NEGATIVE]
    wrong = episode.tests[1]
    corrected = replace(negative, result=TestResult.POSITIVE, voids=wrong.id)
    episode = add_test(db, episode.id, corrected, by=None, now=later).value
    assert [test.result for test in episode.tests] == [TestResult.POSITIVE, TestResult.POSITIVE]
    assert counts(db)[2] == 3, "the voided test stays in the register"
    assert lines(db)[-1]["o"] == "i"


def test_what_is_not_there_is_a_sentence(db):
    nobody = UUID(int=1)
    for act in (
        lambda: edit_episode(db, nobody, EpisodeDraft(), catalog=catalog(), by=None, now=NOW),
        lambda: add_test(db, nobody, positive_on(TODAY), by=None, now=NOW),
        lambda: register(db, f0(person_id=nobody)),
        lambda: edit_person(db, nobody, PAO, catalog=catalog(), by=None, now=NOW),
    ):
        with pytest.raises(UserError) as caught:
            act()
        assert all(sentences(caught.value))
    assert counts(db)[0] == 0
