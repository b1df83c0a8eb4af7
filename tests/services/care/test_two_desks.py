"""Two programs on one register do the same thing in the same moment: it is done once, and who comes second is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from covidstation.db.rows import (
    AlertRow,
    ContactRow,
    DailyReportRow,
    EpisodeRow,
    FollowUpRow,
    HospitalizationRow,
    NumberBookRow,
    PaperDeliveryRow,
    PaperRow,
    PathogenTestRow,
    PersonRow,
    RiskAssessmentRow,
    RuleVersionRow,
    TreatmentRow,
    VisitRow,
)
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer, RiskClass
from covidstation.domain.hospitalization import ReturnDraft
from covidstation.domain.notifiable import NoticeEvent
from covidstation.domain.packs import PaperKind
from covidstation.errors import Refused, UserError
from covidstation.services.care.alerts import answer_alert
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.care.transfers import return_home
from covidstation.services.care.triage import TriageAnswers, TriageDraft, look_at_triage, save_triage
from covidstation.services.contacts.care import add_contact_test, end_quarantines
from covidstation.services.contacts.checks import ContactCheck, record_contact_checks
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.contacts.work import propose_household
from covidstation.services.episodes import add_test
from covidstation.services.people import register_person
from covidstation.services.reports.daily import Typed, freeze_report
from covidstation.services.reports.notices import mark_entered
from covidstation.services.rules.shelf import keep_rule, rule_shelf
from covidstation.services.upkeep.check import check_register
from tests.services import outbreak
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, opened, positive_on, register

pytestmark = pytest.mark.timeout(60)
WHO = outbreak.WHO


@pytest.fixture
def desks(folder):
    """Two programs that have the register open."""
    with ExitStack() as held:
        yield [held.enter_context(closing(opened(folder).db)) for _desk in range(2)]


def at_once(desks: list[Database], act: Callable[[Database], Any]) -> list[str]:
    """Both do it in one moment; what each was told, '' for whom it worked, sorted."""
    gate, told = threading.Barrier(2), ["", ""]

    def work(place: int) -> None:
        gate.wait()
        try:
            act(desks[place])
        except Refused as refused:
            told[place] = refused.problems[0].code
        except UserError as trouble:
            told[place] = trouble.code
        except Exception as bug:  # a thread would swallow it
            told[place] = repr(bug)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(told)


def count(db: Database, row: type[Any], **where: Any) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(row).filter_by(**where)) or 0


def sound(folder, db: Database) -> bool:
    return all(finding.good for finding in check_register(db, folder))


def test_one_check_of_a_round(desks, folder):
    episode = outbreak.case(desks[0], 1)
    assert at_once(desks, lambda db: outbreak.check(db, episode, outbreak.ILL)) == ["", "rounds.already_checked"]
    assert count(desks[0], VisitRow) == 1
    with desks[0].read() as session:
        rules = session.scalars(select(AlertRow.rule)).all()
    assert len(rules) == len(set(rules)) > 0
    assert sound(folder, desks[1])


def test_one_correction_of_a_check(desks):
    episode = outbreak.case(desks[0], 1)
    wrong = outbreak.check(desks[0], episode, outbreak.ILL).visit.id
    told = at_once(desks, lambda db: outbreak.check(db, episode, outbreak.WELL, voids=wrong))
    assert told == ["", "rounds.already_voided"]
    assert count(desks[0], VisitRow) == 2


def test_one_answer_to_an_alert(desks):
    alert = outbreak.check(desks[0], outbreak.case(desks[0], 1), outbreak.ILL).alerts[0].id
    told = at_once(desks, lambda db: answer_alert(db, alert, AlertAnswer.PHONED, now=NOW, **WHO))
    assert told == ["", "alerts.already_answered"]


@pytest.mark.parametrize(
    ("kind", "code"), [(PaperKind.ISOLATION_ORDER, "paper.has_order"), (PaperKind.ISOLATION_END, "paper.has_ending")]
)
def test_one_decision_of_an_illness(desks, folder, kind, code):
    episode = outbreak.case(desks[0], 1)
    if kind is PaperKind.ISOLATION_END:
        outbreak.issue(desks[0], PaperKind.ISOLATION_ORDER, episode.id)
    assert at_once(desks, lambda db: outbreak.issue(db, kind, episode.id)) == ["", code]
    assert count(desks[0], PaperRow, kind=kind.value) == 1
    assert count(desks[0], NumberBookRow) == count(desks[0], PaperRow)
    with desks[0].read() as session:
        days = session.scalars(select(FollowUpRow.due_on)).all()
    assert len(days) == len(set(days))
    assert sound(folder, desks[1])


def test_decisions_of_two_people_have_two_numbers(desks):
    ids = {id(db): outbreak.case(desks[0], number).id for number, db in enumerate(desks)}
    assert at_once(desks, lambda db: outbreak.issue(db, PaperKind.ISOLATION_ORDER, ids[id(db)])) == ["", ""]
    with desks[0].read() as session:
        assert sorted(session.scalars(select(PaperRow.number))) == [1, 2]


def test_one_transfer_and_one_return(desks):
    episode = outbreak.case(desks[0], 1)
    assert at_once(desks, lambda db: outbreak.send_away(db, episode)) == ["", "care.already_away"]
    assert count(desks[0], HospitalizationRow) == 1
    with desks[0].read() as session:
        left = session.scalars(select(HospitalizationRow.id)).one()
    back = ReturnDraft(returned_at=outbreak.LOCAL, recovered=True)
    told = at_once(desks, lambda db: return_home(db, left, back, catalog=catalog(), now=NOW, **WHO))
    assert told == ["", "care.not_away"]


def test_one_outcome(desks):
    episode = outbreak.case(desks[0], 1)
    died = OutcomeDraft(ending=Ending.DIED, on=TODAY, place="Tại nhà")
    told = at_once(desks, lambda db: record_outcome(db, episode.id, died, catalog=catalog(), now=NOW, **WHO))
    assert told == ["", "care.already_ended"]


def test_a_transfer_against_a_death_by_what_each_has_seen(desks):
    """Whoever comes second is told, whichever that is."""
    episode = outbreak.case(desks[0], 1)
    died = OutcomeDraft(ending=Ending.DIED, on=TODAY, place="Tại nhà")

    def act(db: Database) -> None:
        if db is desks[0]:
            outbreak.send_away(db, episode)
        else:
            record_outcome(db, episode.id, died, catalog=catalog(), now=NOW, seen=episode, **WHO)

    assert at_once(desks, act) in (["", "care.already_ended"], ["", "care.changed_meanwhile"])


@pytest.mark.parametrize("frozen_before", [False, True])
def test_one_freezing_of_a_report(desks, frozen_before):
    outbreak.case(desks[0], 1)
    if frozen_before:
        outbreak.freeze(desks[0])
    seen, reason = int(frozen_before), "Thêm ca muộn" if frozen_before else ""

    def act(db: Database) -> None:
        words = {"by_name": outbreak.USER, "reason": reason}
        freeze_report(db, TODAY, Typed(oxygen=0), catalog=catalog(), by=None, now=NOW, seen=seen, **words)

    assert at_once(desks, act) == ["", "reports.frozen_meanwhile"]
    assert count(desks[0], DailyReportRow) == seen + 1


def test_one_new_patient(desks):
    """Two nurses enter the same new person: by the citizen number the second one sees it."""
    told = at_once(desks, lambda db: register(db, f0(neighbour(1))))
    assert told == ["", "people.number_known"]
    assert (count(desks[0], PersonRow), count(desks[0], EpisodeRow), count(desks[0], PathogenTestRow)) == (1, 1, 1)


def test_one_illness_of_a_known_person(desks):
    person = register_person(desks[0], neighbour(1), catalog=catalog(), by=None, now=NOW).value.id
    draft = replace(f0(neighbour(1)), person_id=person)
    assert at_once(desks, lambda db: register(db, draft)) == ["", "episodes.already_open"]
    assert (count(desks[0], EpisodeRow), count(desks[0], RiskAssessmentRow)) == (1, 1)


def test_one_test(desks):
    episode = outbreak.case(desks[0], 1)
    test = positive_on(TODAY)
    told = at_once(desks, lambda db: add_test(db, episode.id, test, by=None, now=NOW))
    assert told == ["", "episodes.same_test"]
    assert count(desks[0], PathogenTestRow, sampled_on=TODAY) == 1


def test_one_household_and_one_case_of_it(desks):
    source = outbreak.case(desks[0], 1, TODAY)
    (contact,) = outbreak.enter_household(desks[0], source, (2,))
    told = at_once(desks, lambda db: outbreak.fall_ill(db, contact))
    assert told[0] == "" and told[1] in ("episodes.already_open", "contacts.became_case")
    assert count(desks[0], EpisodeRow) == 2
    with desks[0].read() as session:
        row = session.scalars(select(ContactRow)).one()
        case = session.scalars(select(EpisodeRow).where(EpisodeRow.id == row.became_episode_id)).one()
    assert (row.status, case.from_contact_id) == ("CONVERTED", row.id)


def test_one_entry_of_a_household(desks):
    source = outbreak.case(desks[0], 1, TODAY)
    outbreak.enter_household(desks[0], source, (2,))
    person = replace(neighbour(3), household_id=None)
    register_person(desks[0], person, catalog=catalog(), by=None, now=NOW)
    with desks[0].write(None, NOW) as session:
        ill, other = (session.scalars(select(PersonRow).order_by(PersonRow.n)).all()[place] for place in (0, 2))
        other.household_id = ill.household_id
    drafts = [
        NewContact(person_id=one.person_id, contact=one.contact)
        for one in propose_household(desks[0], source.id, catalog(), TODAY)
    ]
    assert len(drafts) == 1
    told = at_once(desks, lambda db: add_contacts(db, drafts, catalog=catalog(), by=None, now=NOW))
    assert told == ["", "contacts.twice"]
    assert count(desks[0], ContactRow) == 2


def test_one_check_one_test_and_one_end_of_a_contact(desks):
    (contact,) = outbreak.enter_household(desks[0], outbreak.case(desks[0], 1, TODAY), (2,))
    seen = ContactCheck(temperature=368, by_name="Lò Thị Mai")
    told = at_once(desks, lambda db: record_contact_checks(db, [contact], seen, by=None, now=NOW))
    assert told == ["", "contacts.already_checked"]
    record_contact_checks(desks[0], [contact], seen, by=None, now=NOW, again=True)
    assert count(desks[0], VisitRow) == 2
    test = positive_on(TODAY, result=outbreak.TestResult.NEGATIVE)
    told = at_once(desks, lambda db: add_contact_test(db, [contact], test, by=None, now=NOW))
    assert told == ["", "episodes.same_test"]
    told = at_once(desks, lambda db: end_quarantines(db, [contact], day=TODAY, by=None, now=NOW))
    assert told == ["", "contacts.closed"]


def test_one_package(desks):
    episode = outbreak.case(desks[0], 1)
    assert at_once(desks, lambda db: outbreak.hand_out(db, episode)) == ["", "medicines.again"]
    assert count(desks[0], TreatmentRow) == 2


def test_one_delivery_and_one_notice(desks):
    episode = outbreak.case(desks[0], 1)
    paper = outbreak.issue(desks[0], PaperKind.ISOLATION_ORDER, episode.id).id
    assert at_once(desks, lambda db: outbreak.deliver(db, (paper,))) == ["", "delivery.already"]
    assert count(desks[0], PaperDeliveryRow) == 1
    wanted = [(episode.id, NoticeEvent.CASE)]
    told = at_once(desks, lambda db: mark_entered(db, wanted, catalog=catalog(), now=NOW, **WHO))
    assert told == ["", "notices.already"]


def test_one_sheet(desks):
    told = at_once(desks, lambda db: outbreak.mass_test(db, 10, 8))
    assert told == ["", "line_list.nothing"]
    assert (count(desks[0], PersonRow), count(desks[0], PathogenTestRow)) == (8, 8)


def test_one_version_of_a_rule(desks):
    rule = next(one for one in rule_shelf(desks[0], catalog()) if one.version == 0)
    table = {**rule.table, "title": "Bản của trạm"}
    words = {"confirmed": True, "reason": "Công văn mới", "catalog": catalog(), "now": NOW, **WHO}
    told = at_once(desks, lambda db: keep_rule(db, rule, table, **words))
    assert told == ["", "rules.changed_meanwhile"]
    assert count(desks[0], RuleVersionRow) == 1


def test_one_choice_of_a_class(desks):
    episode = outbreak.case(desks[0], 1)
    look = look_at_triage(desks[0], catalog(), episode.id)

    def act(db: Database) -> None:
        answers = TriageAnswers(items=look.prefilled.items)
        chosen = RiskClass.LOW if db is desks[0] else RiskClass.MEDIUM
        draft = TriageDraft(episode_id=episode.id, answers=answers, chosen=chosen, reason="Đã khám")
        save_triage(db, draft, catalog=catalog(), now=NOW, seen=look, **WHO)

    assert at_once(desks, act) == ["", "triage.changed_meanwhile"]
    assert count(desks[0], RiskAssessmentRow) == 2
