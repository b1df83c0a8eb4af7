"""A case under two laws, and a case under none: which papers, which length, which clock, what the nurse is told."""

from datetime import date, datetime, timedelta

import pytest

from covidstation.db.queries.episodes import get_episode
from covidstation.domain.care import Round, Vitals
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.episodes import CaseOutcome, EpisodeDraft, QuarantineType, TestResult
from covidstation.domain.missing import MissingKind
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.notifiable import NoticeEvent
from covidstation.domain.packs import PaperKind
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.care.isolation import running_hours
from covidstation.services.care.outcomes import Ending, OutcomeDraft
from covidstation.services.care.rounds import record_visit
from covidstation.services.care.triage import look_at_triage
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.episodes import add_test
from covidstation.services.papers.issuing import issue_paper, prepare_paper
from covidstation.services.papers.missing import missing_list
from covidstation.services.people import register_person
from covidstation.services.record import change_setting
from covidstation.services.reports.notices import notices_due
from tests.services.care_acts import end
from tests.services.samples import HANOI, catalog, f0, neighbour, positive_on, register

JUNE = datetime(2026, 6, 30, 16, tzinfo=HANOI)
JULY = datetime(2026, 7, 1, 9, tzinfo=HANOI)


def case(db, now, **more):
    draft = EpisodeDraft(report_date=now.date(), found_at=now.replace(tzinfo=None), **more)
    return register(db, f0(day=now.date(), episode=draft), now=now)


def issue(db, kind, episode, now):
    return issue_paper(db, kind, [episode.id], catalog=catalog(), issued_on=now.date(), by=None, now=now).value


def lines(db, day):
    return [(line.kind, line.paper) for line in missing_list(db, catalog(), day)]


@pytest.fixture
def asked(db):
    """The head has said that COVID-19 is isolated at home; the law of July leaves it open."""
    change_setting(db, "home_isolation", "yes", by=None, now=JUNE)
    return db


def test_found_in_june_and_ended_in_july(asked):
    db = asked
    episode = case(db, JUNE)
    order = issue(db, PaperKind.ISOLATION_ORDER, episode, JUNE)
    assert episode.isolation_rule == "vn-isolation-2023-10-20"
    last = date(2026, 7, 6)  # the seventh day, 30/6 being the first
    negative = positive_on(last, result=TestResult.NEGATIVE)
    add_test(db, episode.id, negative, by=None, now=JUNE + timedelta(days=6))
    over = JUNE + timedelta(days=7)
    assert lines(db, last) == [(MissingKind.ORDER_DELIVERY, PaperKind.ISOLATION_ORDER)]
    assert (MissingKind.ENDING, PaperKind.ISOLATION_COMPLETION) in lines(db, over.date())
    with pytest.raises(UserError) as trouble:
        issue(db, PaperKind.ISOLATION_END, episode, over)
    assert trouble.value.code == "paper.no_kind"
    certificate = issue(db, PaperKind.ISOLATION_COMPLETION, episode, over)
    assert (order.number, certificate.number) == (1, 1)  # two books: the commune's and the station's
    kept = get_episode(db, episode.id)
    assert (kept.outcome, kept.outcome_on) == (CaseOutcome.RECOVERED, date(2026, 7, 7))


@pytest.mark.parametrize(("found", "runs"), [(JUNE, 0), (JULY, 1)])
def test_the_hours_run_for_cases_found_since_july(db, found, runs):
    case(db, found)
    assert len(running_hours(db, catalog(), datetime(2026, 7, 1, 10))) == runs


def test_an_order_signed_in_july_for_a_case_of_june_is_under_the_new_law(asked):
    episode = case(asked, JUNE)
    assert issue(asked, PaperKind.ISOLATION_ORDER, episode, JULY).number == 1
    assert running_hours(asked, catalog(), datetime(2026, 7, 1, 10)) == ()


def test_the_clock_of_a_case_and_of_a_death_that_lie_on_two_sides(db):
    episode = case(db, JUNE)
    late = JULY + timedelta(hours=1)
    end(db, episode, OutcomeDraft(ending=Ending.DIED, on=date(2026, 7, 1), place="Tại nhà"), now=late)
    due = {line.event: (line.rule.id, line.due_at - line.known_at) for line in notices_due(db, catalog(), late)}
    assert due == {
        NoticeEvent.CASE: ("covid-2023", timedelta(hours=48)),
        NoticeEvent.DEATH: ("covid-2026", timedelta(hours=24)),
    }


BEFORE = datetime(2019, 12, 20, 9, tzinfo=HANOI)


class Test_no_rule_stands:
    def test_an_isolation_at_home_is_refused_in_a_sentence(self, db):
        with pytest.raises(Refused) as trouble:
            register(db, f0(day=BEFORE.date()))
        assert [problem.code for problem in trouble.value.problems] == ["episodes.no_rule"]
        assert "20/12/2019" in sentences(trouble.value)[0]

    def test_one_in_hospital_is_kept_and_its_checks_too(self, db):
        draft = EpisodeDraft(report_date=BEFORE.date(), isolation_type=QuarantineType.HOSPITAL)
        episode = register(db, f0(day=BEFORE.date(), episode=draft))
        assert episode.risk_class is None
        check = VisitDraft(episode_id=episode.id, at=datetime(2019, 12, 21, 8), round=Round.MORNING,
                           vitals=Vitals(spo2=80))  # fmt: skip
        now = BEFORE + timedelta(days=2)
        found = record_visit(db, check, catalog=catalog(), by=None, by_name="Mai", now=now).value
        assert (found.visit.level, found.alerts) == (None, ())
        with pytest.raises(UserError) as trouble:
            look_at_triage(db, catalog(), episode.id)
        assert "20/12/2019" in sentences(trouble.value)[0]

    def test_a_contact_is_refused_in_a_sentence(self, db):
        person = register_person(db, neighbour(2), catalog=catalog(), by=None, now=JUNE).value
        draft = ContactDraft(source_words="F0", report_date=BEFORE.date(), last_contact_on=BEFORE.date())
        with pytest.raises(Refused) as trouble:
            new = NewContact(person_id=person.id, contact=draft)
            add_contacts(db, [new], catalog=catalog(), by=None, now=JUNE)
        assert [problem.code for problem in trouble.value.problems] == ["contacts.no_rule"]


@pytest.mark.parametrize(
    ("day", "tested", "early"), [(1, False, True), (7, True, True), (8, True, False), (8, False, True)]
)
def test_letting_somebody_go_before_the_rule_does_is_asked_back(asked, day, tested, early):
    episode = case(asked, JULY)
    issue(asked, PaperKind.ISOLATION_ORDER, episode, JULY)
    now = JULY + timedelta(days=day - 1)
    if tested:
        negative = positive_on(date(2026, 7, 7), result=TestResult.NEGATIVE)
        add_test(asked, episode.id, negative, by=None, now=now)
    look = prepare_paper(
        asked, PaperKind.ISOLATION_COMPLETION, [episode.id], catalog=catalog(), issued_on=now.date(), now=now
    )
    assert ("paper.ends_early" in [problem.code for problem in look.problems]) is early
    assert not [problem for problem in look.problems if problem.level == "error"]
