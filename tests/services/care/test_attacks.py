"""Acts in the wrong order: what a death, a hospital, a wrong entry and a mistaken click may never do."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.queries.care_due import due_follow_ups
from covidstation.db.queries.contacts import get_contact
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.rounds import open_alerts
from covidstation.db.rows import AlertRow
from covidstation.domain.care import ContactStatus, RiskClass, Round, Vitals
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import (
    CaseClassification,
    CaseOutcome,
    EpisodeDraft,
    QuarantineType,
    TestResult,
)
from covidstation.domain.hospitalization import ReturnDraft
from covidstation.domain.hours import Step
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.packs import PaperKind
from covidstation.errors import Refused, UserError
from covidstation.services.care.isolation import mark_step
from covidstation.services.care.outcomes import Ending, OutcomeDraft, reopen_case
from covidstation.services.care.rounds import record_visit, void_visit
from covidstation.services.care.transfers import edit_transfer, return_home, void_transfer
from covidstation.services.care.triage import TriageAnswers, TriageDraft, save_triage
from covidstation.services.contacts.care import add_contact_test, end_quarantines, reopen_contact
from covidstation.services.contacts.register import NewContact, add_contacts, quarantine_rules
from covidstation.services.episodes import F0Draft, add_test, edit_f0
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.people import edit_person, register_person
from tests.services.care_acts import AWAY, WHO, alert, alerts, codes, end, go
from tests.services.samples import NOW, PAO, TODAY, catalog, f0, neighbour, positive_on, register

DAY = timedelta(days=1)
DEATH = OutcomeDraft(ending=Ending.DIED, on=TODAY, place="Trung tâm Y tế Sìn Hồ")
WELL = OutcomeDraft(ending=Ending.RECOVERED, on=TODAY)
NO_CASE = OutcomeDraft(ending=Ending.NO_CASE, reason="Nhập nhầm người")


def check(db, episode, at=datetime(2022, 3, 10, 8, 0), *, now=NOW, sure=False, **values):
    """One check, of 97 % unless said otherwise."""
    draft = VisitDraft(episode_id=episode.id, at=at, round=Round.EXTRA, vitals=Vitals(**(values or {"spo2": 97})))
    return record_visit(db, draft, catalog=catalog(), by=None, by_name="Mai", now=now, sure=sure).value


def f1(db, person_id, case=None, *, now=NOW, **more):
    """That person as a contact."""
    draft = ContactDraft(
        source_episode_id=case.id if case else None,
        source_words="" if case else "F0 ở xã bên",
        last_contact_on=now.date(),
        **more,
    )
    new = NewContact(contact=draft, person_id=person_id)
    return add_contacts(db, [new], catalog=catalog(), by=None, now=now).value[0]


def contact(db, contact_id):
    return get_contact(db, contact_id, quarantine_rules(db, catalog()), today=TODAY).contact


class Test_after_a_death:
    def test_nobody_comes_home_from_it(self, db):
        episode = register(db)
        gone = go(db, episode)
        end(db, episode, DEATH)
        back = ReturnDraft(returned_at=datetime(2022, 3, 11, 9))
        with pytest.raises(Refused) as trouble:
            return_home(db, gone.id, back, catalog=catalog(), now=NOW + 2 * DAY, **WHO)
        assert codes(trouble) == [("returned_at", "care.return_after_death")]
        assert get_episode(db, episode.id).isolation_type is QuarantineType.HOSPITAL

    def test_a_return_that_was_forgotten_may_be_written_up_to_the_day(self, db):
        episode = register(db)
        gone = go(db, episode)
        end(db, episode, replace(DEATH, on=TODAY + DAY, place="Tại nhà"), now=NOW + DAY)
        back = ReturnDraft(returned_at=datetime(2022, 3, 11, 7))
        return_home(db, gone.id, back, catalog=catalog(), now=NOW + 2 * DAY, **WHO)
        assert get_episode(db, episode.id).isolation_type is QuarantineType.HOME

    def test_a_transfer_is_not_moved_behind_it(self, db):
        episode = register(db)
        gone = go(db, episode)
        end(db, episode, DEATH)
        with pytest.raises(Refused) as trouble:
            edit_transfer(db, gone.id, replace(AWAY, left_at=datetime(2022, 3, 11, 9)), now=NOW + 2 * DAY, **WHO)
        assert codes(trouble) == [("left_at", "care.left_after_death")]

    def test_a_transfer_taken_back_opens_no_alert(self, db):
        episode = register(db)
        alert(db, episode)
        gone = go(db, episode)
        end(db, episode, DEATH)
        void_transfer(db, gone.id, now=NOW, **WHO)
        assert open_alerts(db) == ()
        assert [answer for _at, answer in alerts(db)] == ["CASE_ENDED"]

    def test_a_check_written_late_opens_no_alert(self, db):
        episode = register(db)
        end(db, episode, DEATH)
        check(db, episode, spo2=82)
        assert open_alerts(db) == ()
        assert [answer for _at, answer in alerts(db)] == ["CASE_ENDED"]

    def test_a_death_that_was_none_gives_the_danger_back(self, db):
        """Entered for the wrong person: the sign that nobody had answered waits again."""
        episode = register(db)
        check(db, episode, spo2=90)
        end(db, episode, DEATH)
        assert open_alerts(db) == ()
        reopen_case(db, episode.id, now=NOW, **WHO)
        assert [line.value for line in open_alerts(db)] == ["90 %"]

    def test_no_test_is_taken(self, db):
        episode = register(db)
        end(db, episode, DEATH)
        with pytest.raises(Refused) as trouble:
            add_test(db, episode.id, positive_on(TODAY + DAY), by=None, now=NOW + 2 * DAY)
        assert codes(trouble) == [("tests.1.sampled_on", "episodes.test_after_death")]

    def test_nobody_falls_ill_or_is_a_contact(self, db):
        episode = register(db)
        end(db, episode, DEATH)
        with pytest.raises(UserError) as trouble:
            register(db, f0(person_id=episode.person_id, day=TODAY + DAY), now=NOW + DAY)
        assert trouble.value.code == "episodes.died"
        with pytest.raises(UserError) as trouble:
            f1(db, episode.person_id, now=NOW + DAY)
        assert trouble.value.code == "contacts.died"

    def test_an_illness_before_it_may_still_be_written(self, db):
        episode = register(db)
        end(db, episode, DEATH)
        before = EpisodeDraft(
            report_date=date(2021, 12, 1), outcome=CaseOutcome.RECOVERED, outcome_on=date(2021, 12, 20)
        )
        old = f0(person_id=episode.person_id, episode=before, tests=(positive_on(date(2021, 12, 1)),))
        assert register(db, old, now=NOW + DAY).outcome is CaseOutcome.RECOVERED

    def test_no_quarantine_runs_on(self, db):
        """A suspect without a positive test stays a contact until the end."""
        person = register_person(db, neighbour(3), catalog=catalog(), by=None, now=NOW).value
        one = f1(db, person.id)
        suspect = EpisodeDraft(report_date=TODAY, classification=CaseClassification.SUSPECT)
        episode = register(db, F0Draft(person=neighbour(3), person_id=person.id, episode=suspect))
        assert contact(db, one).status is ContactStatus.ACTIVE
        end(db, episode, DEATH)
        assert contact(db, one).status is ContactStatus.DROPPED

    @pytest.mark.parametrize("kind", [PaperKind.ISOLATION_ORDER, PaperKind.ISOLATION_END])
    def test_no_isolation_is_ordered_or_ended(self, db, kind):
        episode = register(db)
        end(db, episode, DEATH)
        with pytest.raises(UserError) as trouble:
            issue_paper(db, kind, [episode.id], catalog=catalog(), issued_on=TODAY, by=None, now=NOW)
        assert trouble.value.code == "paper.died"


class Test_in_hospital:
    def test_a_check_at_home_is_asked_back(self, db):
        episode = register(db)
        go(db, episode)
        with pytest.raises(Refused) as trouble:
            check(db, episode, datetime(2022, 3, 10, 8, 20))
        assert codes(trouble) == [("at", "rounds.in_hospital")]
        check(db, episode, datetime(2022, 3, 10, 8, 20), sure=True)

    def test_before_leaving_and_after_returning_are_as_usual(self, db):
        episode = register(db)
        gone = go(db, episode)
        check(db, episode, datetime(2022, 3, 10, 7, 30))
        back = ReturnDraft(returned_at=datetime(2022, 3, 10, 8, 10))
        return_home(db, gone.id, back, catalog=catalog(), now=NOW, **WHO)
        check(db, episode, datetime(2022, 3, 10, 8, 20))

    def test_one_that_was_taken_back_was_none(self, db):
        episode = register(db)
        void_transfer(db, go(db, episode).id, now=NOW, **WHO)
        check(db, episode, datetime(2022, 3, 10, 8, 20))


class Test_wrong_entries:
    def test_two_open_illnesses_never(self, db):
        first = register(db)
        with pytest.raises(UserError) as trouble:
            register(db, f0(person_id=first.person_id))
        assert trouble.value.code == "episodes.already_open"

    def test_the_plan_of_the_months_after_comes_back(self, db):
        """Recovered, entered as ill again by mistake: the twelve months go on."""
        first = register(db, f0(day=date(2022, 1, 10)), now=NOW - 59 * DAY)
        end(db, first, replace(WELL, on=date(2022, 1, 20)), now=NOW - 49 * DAY)
        assert len(due_follow_ups(db, date(2023, 1, 20))) == 4
        wrong = register(db, f0(person_id=first.person_id))
        assert due_follow_ups(db, date(2023, 1, 20)) == ()
        end(db, wrong, NO_CASE)
        due = due_follow_ups(db, date(2023, 1, 20))
        assert [line.due_on for line in due] == [
            date(2022, 2, 20), date(2022, 4, 20), date(2022, 7, 20), date(2023, 1, 20),
        ]  # fmt: skip
        assert {line.episode_id for line in due} == {first.id}

    def test_a_true_second_illness_has_its_own_plan(self, db):
        first = register(db, f0(day=date(2022, 1, 10)), now=NOW - 59 * DAY)
        end(db, first, replace(WELL, on=date(2022, 1, 20)), now=NOW - 49 * DAY)
        second = register(db, f0(person_id=first.person_id))
        end(db, second, replace(WELL, on=date(2022, 3, 20)), now=NOW + 10 * DAY)
        assert {line.episode_id for line in due_follow_ups(db, date(2023, 3, 20))} == {second.id}

    def test_a_test_is_corrected_once_and_only_ones_own(self, db):
        one, other = register(db), register(db, f0(neighbour(1)))
        wrong = one.tests[0]
        right = replace(positive_on(TODAY), result=TestResult.NEGATIVE, voids=wrong.id)
        add_test(db, one.id, right, by=None, now=NOW)
        for episode in (one, other):
            with pytest.raises(UserError) as trouble:
                add_test(db, episode.id, right, by=None, now=NOW)
            assert trouble.value.code == "episodes.test_gone"
        assert len(get_episode(db, one.id).tests) == 1

    def test_a_contacts_test_too(self, db):
        person = register_person(db, neighbour(3), catalog=catalog(), by=None, now=NOW).value
        one = f1(db, person.id)
        (test,) = add_contact_test(db, [one], positive_on(TODAY), by=None, now=NOW).value
        right = replace(positive_on(TODAY), result=TestResult.NEGATIVE, voids=test)
        add_contact_test(db, [one], right, by=None, now=NOW)
        with pytest.raises(UserError) as trouble:
            add_contact_test(db, [one], right, by=None, now=NOW)
        assert trouble.value.code == "episodes.test_gone"

    def test_a_wrong_year_of_a_corrected_test_lets_no_check_stand(self, db):
        episode = register(db, f0(tests=(positive_on(date(2021, 3, 10)),)))
        right = replace(positive_on(TODAY), voids=episode.tests[0].id)
        add_test(db, episode.id, right, by=None, now=NOW)
        with pytest.raises(Refused) as trouble:
            check(db, episode, datetime(2021, 6, 1, 8))
        assert codes(trouble) == [("at", "rounds.before_illness")]

    def test_a_step_is_not_written_behind_the_next_one(self, db):
        found = datetime(2026, 7, 10, 7)
        now = NOW.replace(year=2026, month=7, day=10, hour=12)
        episode = register(
            db, f0(day=now.date(), episode=EpisodeDraft(report_date=now.date(), found_at=found)), now=now
        )
        mark_step(db, episode.id, Step.DECIDED, at=datetime(2026, 7, 10, 9), by=None, now=now)
        with pytest.raises(Refused) as trouble:
            mark_step(db, episode.id, Step.PROPOSED, at=datetime(2026, 7, 10, 10), by=None, now=now)
        assert codes(trouble) == [("proposed_at", "episodes.steps_after")]
        mark_step(db, episode.id, Step.PROPOSED, at=datetime(2026, 7, 10, 9), by=None, now=now)

    def test_a_contact_who_is_ill_by_now_is_not_reopened(self, db):
        person = register_person(db, neighbour(3), catalog=catalog(), by=None, now=NOW).value
        one = f1(db, person.id)
        end_quarantines(db, [one], day=TODAY, by=None, now=NOW)
        register(db, F0Draft(person=neighbour(3), person_id=person.id, episode=EpisodeDraft(report_date=TODAY),
                             tests=(positive_on(TODAY),)))  # fmt: skip
        with pytest.raises(UserError) as trouble:
            reopen_contact(db, one, "Kết thúc nhầm", by=None, now=NOW)
        assert trouble.value.code == "contacts.is_case"
        assert contact(db, one).status is ContactStatus.DROPPED

    def test_nobody_is_born_after_their_illness(self, db):
        episode = register(db)
        late = replace(PAO, birth=PartialDate(2022, 3, 11))
        with pytest.raises(Refused) as trouble:
            edit_person(db, episode.person_id, late, catalog=catalog(), by=None, now=NOW + 2 * DAY)
        assert codes(trouble) == [("birth", "people.born_after_illness")]
        with pytest.raises(Refused):
            draft = F0Draft(person=late, person_id=episode.person_id, episode=EpisodeDraft())
            edit_f0(db, None, draft, catalog=catalog(), by=None, now=NOW + 2 * DAY)

    def test_a_wrong_entry_has_no_isolation_to_order_or_end(self, db):
        episode = register(db)
        end(db, episode, NO_CASE)
        for kind in (PaperKind.ISOLATION_ORDER, PaperKind.ISOLATION_END):
            with pytest.raises(UserError) as trouble:
                issue_paper(db, kind, [episode.id], catalog=catalog(), issued_on=TODAY, by=None, now=NOW)
            assert trouble.value.code == "paper.no_case"


def test_a_class_that_a_nurse_chose_stays_over_an_edit_of_doses(db):
    episode = register(db)
    answers = TriageAnswers(items={})
    draft = TriageDraft(episode_id=episode.id, answers=answers, chosen=RiskClass.MEDIUM, reason="Khoẻ, con ở cạnh")
    save_triage(db, draft, catalog=catalog(), by=None, by_name="Mai", now=NOW)
    held = get_episode(db, episode.id)
    fields = {name: getattr(held, name) for name in EpisodeDraft.__dataclass_fields__}
    more = EpisodeDraft(**{**fields, "doses_known": 3, "last_dose_on": date(2022, 1, 1)})
    edit_f0(db, episode.id, F0Draft(person=PAO, person_id=episode.person_id, episode=more), catalog=catalog(),
            by=None, now=NOW)  # fmt: skip
    assert get_episode(db, episode.id).risk_class is RiskClass.MEDIUM


def test_a_voided_check_leaves_no_alert(db):
    episode = register(db)
    found = check(db, episode, spo2=90)
    void_visit(db, found.visit.id, "Nhầm người", catalog=catalog(), by=None, by_name="Mai", now=NOW)
    assert open_alerts(db) == ()
    with db.read() as session:
        assert session.scalars(select(AlertRow.answer)).all() == ["WRONG_ENTRY"]
