"""Triage: a class at once, kept up to date until a person decides, by the rules in force at the case's date."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import get_person
from covidstation.db.queries.triage import assessments_of
from covidstation.db.rows import RiskAssessmentRow, VisitRow
from covidstation.domain.care import RiskClass, Round, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.people import Sex
from covidstation.domain.terms import Answer
from covidstation.errors import Refused, UserError
from covidstation.messages import sentence, sentences
from covidstation.services.care.rounds import record_visit, void_visit
from covidstation.services.care.triage import (
    TriageAnswers,
    TriageDraft,
    look_at_triage,
    preview_risk,
    save_triage,
    why_risk,
)
from covidstation.services.changes import Kind
from covidstation.services.people import edit_person
from tests.services.samples import NOW, PAO, TODAY, catalog, edit_episode, f0, register

BY = UUID(int=9)
YOUNG = replace(PAO, full_name="Lò Thị Hoa", birth=PartialDate(1994, 5, 6), sex=Sex.FEMALE, citizen_number="")
FULL = {"doses_known": 2, "last_dose_on": date(2022, 1, 1)}


def registered(db, person=PAO, **episode):
    draft = f0(person)
    return register(db, replace(draft, episode=replace(draft.episode, **episode)))


def save(db, episode_id, *, chosen=None, reason="", now=NOW, postpartum=Answer.UNKNOWN, **said):
    look = look_at_triage(db, catalog(), episode_id)
    answers = TriageAnswers(items={**look.prefilled.items, **said}, postpartum=postpartum)
    draft = TriageDraft(episode_id=episode_id, answers=answers, chosen=chosen, reason=reason)
    return save_triage(db, draft, catalog=catalog(), by=BY, by_name="Lò Thị Mai", now=now).value


def check(db, episode, at=NOW, **measured):
    """One check of a round, as the register keeps it."""
    fields = {"status": "COOPERATIVE", "means": "VISIT", "round": "MORNING", "symptoms": [], **measured}
    with db.write(BY, at) as session:
        session.add(
            VisitRow(
                id=new_id(), person_id=episode.person_id, episode_id=episode.id, day=at.date(),
                at=at.replace(tzinfo=None), **fields,
            )
        )  # fmt: skip


def test_a_new_f0_has_its_class_at_once(db):
    old = registered(db, doses_known=1)
    assert old.risk_class is RiskClass.VERY_HIGH  # 67 years, one dose: 5525
    made = assessments_of(db, old.id)
    assert [(one.table_id, one.rule_id, one.computed) for one in made] == [
        ("vn-risk-5525", "elder-not-full", RiskClass.VERY_HIGH)
    ]


def test_it_follows_the_facts(db):
    episode = registered(db, YOUNG, **FULL)
    assert episode.risk_class is RiskClass.LOW
    person = get_person(db, episode.person_id)
    edit_person(db, person.id, replace(person, conditions=frozenset({"diabetes"})), catalog=catalog(), by=BY, now=NOW)
    assert get_episode(db, episode.id).risk_class is RiskClass.HIGH
    draft = EpisodeDraft(**{name: getattr(episode, name) for name in EpisodeDraft.__dataclass_fields__})
    edit_episode(db, episode.id, replace(draft, doses_known=1), catalog=catalog(), by=BY, now=NOW)
    assert get_episode(db, episode.id).risk_class is RiskClass.VERY_HIGH
    assert len(assessments_of(db, episode.id)) == 3


def test_the_same_facts_make_no_new_row(db):
    episode = registered(db, YOUNG, **FULL)
    draft = EpisodeDraft(**{name: getattr(episode, name) for name in EpisodeDraft.__dataclass_fields__})
    edit_episode(db, episode.id, replace(draft, note="ở cuối bản"), catalog=catalog(), by=BY, now=NOW)
    assert len(assessments_of(db, episode.id)) == 1


def test_the_table_of_the_cases_date_speaks(db):
    draft = f0(YOUNG, date(2021, 9, 1))
    before = register(db, replace(draft, episode=replace(draft.episode, **{**FULL, "last_dose_on": date(2021, 8, 20)})))
    assert assessments_of(db, before.id)[0].table_id == "vn-risk-3646"
    assert look_at_triage(db, catalog(), before.id).guideline.id == "vn-home-4038"


def test_another_class_needs_a_reason_and_stays(db):
    episode = registered(db, YOUNG, **FULL)
    with pytest.raises(Refused) as refused:
        save(db, episode.id, chosen=RiskClass.HIGH)
    assert [problem.code for problem in refused.value.problems] == ["triage.reason_missing"]
    assert sentences(refused.value)
    assert get_episode(db, episode.id).risk_class is RiskClass.LOW
    kept = save(db, episode.id, chosen=RiskClass.HIGH, reason="  sống một mình ở nương ", now=NOW + timedelta(hours=1))
    assert (kept.computed, kept.chosen, kept.reason) == (RiskClass.LOW, RiskClass.HIGH, "sống một mình ở nương")
    person = get_person(db, episode.person_id)
    edit_person(db, person.id, replace(person, conditions=frozenset({"asthma"})), catalog=catalog(), by=BY, now=NOW)
    assert get_episode(db, episode.id).risk_class is RiskClass.HIGH
    assert why_risk(db, catalog(), episode.id).own_reason == "sống một mình ở nương"


def aged(db, episode, birth):
    """The same person, born then."""
    person = get_person(db, episode.person_id)
    edit_person(db, person.id, replace(person, birth=birth), catalog=catalog(), by=BY, now=NOW)


def test_a_chosen_class_says_when_the_table_has_grown_graver(db):
    episode = registered(db, YOUNG, **FULL)
    assert not why_risk(db, catalog(), episode.id).graver
    save(db, episode.id, chosen=RiskClass.MEDIUM, reason="ở xa trạm")
    assert not why_risk(db, catalog(), episode.id).graver
    aged(db, episode, PartialDate(1950))  # 72, two doses, no disease: HIGH under 5525
    why = why_risk(db, catalog(), episode.id)
    assert (why.cls, why.risk.cls, why.computed_then) == (RiskClass.MEDIUM, RiskClass.HIGH, RiskClass.LOW)
    assert why.graver
    save(db, episode.id, chosen=RiskClass.MEDIUM, reason="đã xem lại, khoẻ", now=NOW + timedelta(hours=1))
    assert not why_risk(db, catalog(), episode.id).graver  # decided with that known


def test_a_class_chosen_below_the_table_is_graver_only_by_news(db):
    episode = registered(db, replace(YOUNG, birth=PartialDate(1950)), **FULL)
    save(db, episode.id, chosen=RiskClass.LOW, reason="bác sĩ Trung tâm xem")
    assert not why_risk(db, catalog(), episode.id).graver
    aged(db, episode, PartialDate(1970))  # 52: MEDIUM, above the chosen class but below what was known
    assert not why_risk(db, catalog(), episode.id).graver


AUGUST = date(2021, 8, 20)
MEASURED = datetime(2021, 8, 21, 7)


def in_august(db):
    """A young woman, fully vaccinated, found under QĐ 3646."""
    draft = f0(YOUNG, AUGUST)
    doses = {"doses_known": 2, "last_dose_on": date(2021, 7, 1)}
    return register(db, replace(draft, episode=replace(draft.episode, symptoms=frozenset(), **doses)))


def measure(db, episode, at=MEASURED, **given):
    values = {"round": Round.MORNING, "vitals": Vitals(temperature=368, spo2=98), "signs_asked": True, **given}
    draft = VisitDraft(episode_id=episode.id, at=at, **values)
    return record_visit(db, draft, catalog=catalog(), by=BY, by_name="Lò Thị Mai", now=NOW, sure=True)


@pytest.mark.parametrize(
    ("spo2", "cls"),
    [
        (97, RiskClass.LOW),
        (96, RiskClass.MEDIUM),  # 3646: 95 to 96 %
        (95, RiskClass.MEDIUM),
        (94, RiskClass.HIGH),  # 93 to 94 %
        (93, RiskClass.HIGH),
        (92, RiskClass.VERY_HIGH),  # 92 % and less
    ],
)
def test_a_new_spo2_gives_the_class_where_the_table_asks_for_it(db, spo2, cls):
    episode = in_august(db)
    assert episode.risk_class is RiskClass.LOW
    result = measure(db, episode, vitals=Vitals(temperature=368, spo2=spo2))
    assert get_episode(db, episode.id).risk_class is cls
    assert result.changes == {Kind.CARE} | (set() if cls is RiskClass.LOW else {Kind.EPISODES})
    assert why_risk(db, catalog(), episode.id).cls is cls


def test_a_check_without_spo2_leaves_it_a_later_one_a_correction_and_a_void_follow(db):
    episode = in_august(db)
    low = measure(db, episode, vitals=Vitals(temperature=368, spo2=92)).value.visit
    measure(db, episode, MEASURED + timedelta(hours=3), round=Round.EXTRA, vitals=Vitals(temperature=368))
    assert get_episode(db, episode.id).risk_class is RiskClass.VERY_HIGH
    person = get_person(db, episode.person_id)
    edit_person(db, person.id, replace(person, phone="0912345678"), catalog=catalog(), by=BY, now=NOW)
    assert get_episode(db, episode.id).risk_class is RiskClass.VERY_HIGH
    right = measure(db, episode, vitals=Vitals(temperature=368, spo2=94), voids=low.id).value.visit
    assert get_episode(db, episode.id).risk_class is RiskClass.HIGH
    gone = void_visit(db, right.id, "ghi nhầm người", catalog=catalog(), by=BY, by_name="Mai", now=NOW)
    assert get_episode(db, episode.id).risk_class is RiskClass.LOW
    assert gone.changes == {Kind.CARE, Kind.EPISODES}


def test_an_spo2_does_not_move_a_class_that_a_person_chose_but_it_is_said(db):
    episode = in_august(db)
    save(db, episode.id, chosen=RiskClass.MEDIUM, reason="ở xa trạm")
    measure(db, episode, vitals=Vitals(temperature=368, spo2=92))
    assert get_episode(db, episode.id).risk_class is RiskClass.MEDIUM
    assert why_risk(db, catalog(), episode.id).graver


def test_under_a_table_without_spo2_a_check_makes_no_triage(db):
    episode = registered(db, YOUNG, **FULL)
    measure(db, episode, datetime(2022, 3, 10, 6), vitals=Vitals(temperature=368, spo2=90))
    assert get_episode(db, episode.id).risk_class is RiskClass.LOW
    assert len(assessments_of(db, episode.id)) == 1


def test_a_later_triage_is_a_new_row_and_takes_the_class_back(db):
    episode = registered(db, YOUNG, **FULL)
    save(db, episode.id, chosen=RiskClass.HIGH, reason="ở xa trạm")
    save(db, episode.id, now=NOW + timedelta(hours=2))
    assert get_episode(db, episode.id).risk_class is RiskClass.LOW
    with db.read() as session:
        rows = session.scalars(select(RiskAssessmentRow).order_by(RiskAssessmentRow.n)).all()
        assert [row.chosen for row in rows] == ["LOW", "HIGH", "LOW"]
        assert [row.voids for row in rows] == [None, None, None]


def test_the_checklist_knows_the_newest_check(db):
    episode = registered(db, YOUNG, **FULL)
    look = look_at_triage(db, catalog(), episode.id)
    assert look.guideline.id == "vn-home-261"
    assert look.prefilled.items["positive-test"] is Answer.YES
    assert look.prefilled.items["spo2"] is Answer.UNKNOWN
    check(db, episode, spo2=98, breaths=18)
    check(db, episode, NOW + timedelta(hours=5), spo2=96, breaths=18, symptoms=["cough"])
    look = look_at_triage(db, catalog(), episode.id)
    assert look.prefilled.items["spo2"] is Answer.NO  # 261 wants more than 96 %
    assert look.prefilled.items["breaths"] is Answer.YES
    assert look.prefilled.items["mild"] is Answer.YES
    assert [sign.rule for sign in look.judgement.signs] == ["spo2"]
    assert look.home(look.prefilled).answer is Answer.NO


def test_what_was_answered_before_comes_back(db):
    episode = registered(db, YOUNG, **FULL)
    said = {"self-care": Answer.YES, "contact": Answer.NO}
    kept = save(db, episode.id, postpartum=Answer.YES, **said)
    assert (kept.chosen, kept.eligible) == (RiskClass.HIGH, Answer.NO)
    look = look_at_triage(db, catalog(), episode.id)
    assert {item: look.prefilled.items[item] for item in said} == said
    assert look.prefilled.postpartum is Answer.YES
    person = get_person(db, episode.person_id)
    edit_person(db, person.id, replace(person, conditions=frozenset({"asthma"})), catalog=catalog(), by=BY, now=NOW)
    assert look_at_triage(db, catalog(), episode.id).prefilled.postpartum is Answer.YES
    assert get_episode(db, episode.id).risk_class is RiskClass.HIGH


def test_the_form_says_what_saving_gives(db):
    draft = f0(YOUNG)
    episode = replace(draft.episode, doses_known=1)
    why = preview_risk(catalog(), draft.person, episode)
    assert why.cls is registered(db, YOUNG, doses_known=1).risk_class
    assert [sentence(problem) for problem in why.risk.facts] == ["Mới tiêm 1 mũi, đủ liều là 2"]
    assert preview_risk(catalog(), draft.person, replace(episode, report_date=None)) is None
    assert preview_risk(catalog(), draft.person, replace(episode, report_date=date(2019, 1, 1))) is None


def test_an_illness_that_is_gone(db):
    with pytest.raises(UserError) as trouble:
        look_at_triage(db, catalog(), uuid4())
    assert trouble.value.code == "triage.unknown_episode"
    assert why_risk(db, catalog(), uuid4()) is None


def test_a_name_with_signs_prints_as_it_is(db):
    episode = registered(db, replace(YOUNG, full_name="Lò <b>Hoa</b>"), **FULL)
    assert look_at_triage(db, catalog(), episode.id).full_name == "Lò <b>Hoa</b>"
    assert isinstance(assessments_of(db, episode.id)[0].at, datetime)
    assert assessments_of(db, episode.id)[0].at.date() == TODAY
