"""Rows and frozen values say the same, whatever the value."""

from datetime import date, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.db.mapping import episode_of, fill_episode, fill_person, person_of
from covidstation.db.mapping import test_of as value_of_test
from covidstation.db.rows import EpisodeRow, PathogenTestRow, PersonRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import (
    CaseClassification,
    CaseOutcome,
    EndOfIsolationReason,
    EpisodeDraft,
    PathogenTest,
    QuarantineType,
    TestKind,
    TestResult,
)
from covidstation.domain.people import Answer, PersonDraft, Sex
from covidstation.domain.text import name_sort_key

ID, PERSON = UUID(int=1), UUID(int=2)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
MAYBE_ID = st.none() | st.uuids()
CODES = st.frozensets(st.text("abcdef_", min_size=1, max_size=5), max_size=4)
FULL = DAYS.map(PartialDate.of)
BIRTHS = st.none() | FULL | FULL.map(lambda b: PartialDate(b.year)) | FULL.map(lambda b: PartialDate(b.year, b.month))

PEOPLE = st.builds(
    PersonDraft, full_name=st.text(), birth=BIRTHS, sex=st.sampled_from(Sex), citizen_number=st.text(),
    old_citizen_number=st.text(), insurance_number=st.text(), phone=st.text(), ethnic_group=st.text(),
    hamlet_id=MAYBE_ID, household_id=MAYBE_ID, address_printed=st.text(), address_unit=st.text(),
    address_detail=st.text(), pregnancy=st.sampled_from(Answer), conditions=CODES, card_extras=st.text(),
)  # fmt: skip
EPISODES = st.builds(
    EpisodeDraft, report_date=DAYS, onset_date=st.none() | DAYS, symptoms=CODES,
    doses_known=st.none() | st.integers(0, 9), last_dose_on=st.none() | DAYS,
    classification=st.sampled_from(CaseClassification), outcome=st.sampled_from(CaseOutcome),
    outcome_on=st.none() | DAYS, isolation_type=st.sampled_from(QuarantineType), isolation_address=st.text(),
    isolation_start=st.none() | MOMENTS, isolation_days=st.none() | st.integers(1, 60), isolation_rule=st.text(),
    isolation_end_reason=st.none() | st.sampled_from(EndOfIsolationReason), found_at=st.none() | MOMENTS,
    proposed_at=st.none() | MOMENTS, decided_at=st.none() | MOMENTS, told_at=st.none() | MOMENTS, note=st.text(),
)  # fmt: skip
TESTS = st.builds(
    PathogenTest, id=st.uuids(), kind=st.sampled_from(TestKind), result=st.sampled_from(TestResult),
    sampled_on=st.none() | DAYS, place=st.text(),
)  # fmt: skip


def draft_of(value, draft):
    return draft(**{name: getattr(value, name) for name in draft.__dataclass_fields__})


@given(draft=PEOPLE)
@settings(max_examples=150, deadline=None)
def test_a_person_comes_back_as_given(draft):
    row = PersonRow(id=ID)
    fill_person(row, draft)
    person = person_of(row)
    assert person.id == ID
    assert draft_of(person, PersonDraft) == draft
    assert row.sort_key == name_sort_key(draft.full_name)


@given(before=PEOPLE, after=PEOPLE)
@settings(max_examples=80, deadline=None)
def test_nothing_of_an_older_draft_stays(before, after):
    row = PersonRow(id=ID)
    fill_person(row, before)
    fill_person(row, after)
    assert draft_of(person_of(row), PersonDraft) == after


@given(before=EPISODES, draft=EPISODES, until=st.none() | DAYS)
@settings(max_examples=150, deadline=None)
def test_an_illness_comes_back_as_given(before, draft, until):
    row = EpisodeRow(id=ID, person_id=PERSON)
    fill_episode(row, before, None)
    fill_episode(row, draft, until)
    episode = episode_of(row, [])
    assert (episode.id, episode.person_id, row.isolation_until) == (ID, PERSON, until)
    assert draft_of(episode, EpisodeDraft) == draft


@given(tests=st.lists(TESTS, max_size=5, unique_by=lambda test: test.id), data=st.data())
@settings(max_examples=100, deadline=None)
def test_tests_stand_oldest_first_without_the_voided(tests, data):
    voided = data.draw(st.sampled_from(tests)) if tests else None
    rows = [
        PathogenTestRow(
            id=test.id,
            kind=test.kind.value,
            result=test.result.value,
            sampled_on=test.sampled_on,
            place=test.place,
            voids=voided.id if voided and test is tests[-1] and test is not voided else None,
        )
        for test in tests
    ]
    row = EpisodeRow(id=ID, person_id=PERSON)
    fill_episode(row, EpisodeDraft(report_date=date(2022, 3, 10)), None)
    shown = episode_of(row, rows).tests
    gone = {one.voids for one in rows if one.voids}
    assert {test.id for test in shown} == {test.id for test in tests} - gone
    days = [test.sampled_on or date.min for test in shown]
    assert days == sorted(days)
    assert {value_of_test(one) for one in rows if one.id not in gone} == set(shown)
