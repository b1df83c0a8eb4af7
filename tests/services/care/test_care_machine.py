"""A commune over weeks: people fall ill, are checked, leave, return, end, are mistaken for each other; clerks undo it.

After every act the register must hold what no sequence of acts may break; each is looked up by itself, row by row.
"""

import itertools
import shutil
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from covidstation.db.queries.daily import cases_of_report
from covidstation.db.queries.rounds import open_alerts
from covidstation.db.rows import (
    AlertRow,
    ContactRow,
    EpisodeRow,
    FollowUpRow,
    HospitalizationRow,
    PaperDeliveryRow,
    PaperRow,
    PaperSubjectRow,
    PathogenTestRow,
    VisitRow,
)
from covidstation.domain.care import Round, Vitals
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.daily import Period
from covidstation.domain.episodes import EpisodeDraft, TestResult
from covidstation.domain.flow import events_of, under_care
from covidstation.domain.hospitalization import ReturnDraft, TransferDraft
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome, reopen_case
from covidstation.services.care.rounds import record_visit, void_visit
from covidstation.services.care.transfers import return_home, transfer_out, void_transfer
from covidstation.services.contacts.care import (
    add_contact_test,
    contact_becomes_case,
    drop_contacts,
    end_quarantines,
    reopen_contact,
)
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.episodes import F0Draft, add_test, register_f0
from covidstation.services.papers import files as paper_files
from covidstation.services.papers import issuing as papers
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered
from covidstation.services.papers.issuing import issue_paper, void_paper
from covidstation.services.papers.missing import missing_list
from covidstation.services.people import register_person
from covidstation.services.reports.today import todays_work
from covidstation.services.upkeep.check import check_register
from tests.depth import THOROUGH, examples
from tests.services.papers.test_missing import slow_list
from tests.services.samples import HANOI, NOW, catalog, neighbour, opened, positive_on

PEOPLE = 3
WHO = {"by": None, "by_name": "Mai"}
KINDS = [
    PaperKind.ISOLATION_ORDER, PaperKind.ISOLATION_END, PaperKind.REFERRAL, PaperKind.CONTACT_ORDER,
    PaperKind.CONTACT_RELEASE,
]  # fmt: skip


class Commune(RuleBasedStateMachine):
    """Three people, so that everything happens to somebody to whom much has happened."""

    fresh = None

    def __init__(self):
        super().__init__()
        self.register = self.fresh()
        self.db, self.hours, self.acts = self.register.db, 0, 0
        made = [register_person(self.db, neighbour(one), catalog=catalog(), by=None, now=NOW) for one in range(PEOPLE)]
        self.people = [done.value for done in made]

    @property
    def now(self):
        return NOW + timedelta(hours=self.hours)

    @property
    def clock(self):
        return self.now.replace(tzinfo=None)

    def rows(self, table, *conditions):
        with self.db.read() as session:
            return session.scalars(select(table).where(*conditions).order_by(table.n)).all()

    def one_of(self, data, table, *conditions):
        found = self.rows(table, *conditions)
        return data.draw(st.sampled_from(found)) if found else None

    def tried(self, act):
        """Whatever is refused is refused with a sentence, and leaves the register as it was."""
        try:
            act()
        except UserError as trouble:
            assert trouble.code

    @rule(hours=st.sampled_from([1, 12, 24, 100, 200]))
    def time_passes(self, hours):
        self.hours += hours

    @rule(who=st.integers(0, PEOPLE - 1), back=st.sampled_from([0, 0, 2, 30]), positive=st.booleans())
    def falls_ill(self, who, back, positive):
        day = (self.now - timedelta(days=back)).date()
        person = self.people[who]
        tests = (positive_on(day),) if positive else ()
        draft = F0Draft(person=person, person_id=person.id, episode=EpisodeDraft(report_date=day), tests=tests)
        self.tried(lambda: register_f0(self.db, draft, catalog=catalog(), by=None, now=self.now))

    @rule(data=st.data(), spo2=st.sampled_from([98, 96, 85]), back=st.sampled_from([0, 0, 1, 20]))
    def is_checked(self, data, spo2, back):
        episode = self.one_of(data, EpisodeRow)
        if episode is None:
            return
        at = self.clock - timedelta(hours=back)
        draft = VisitDraft(episode_id=episode.id, at=at, round=Round.EXTRA, vitals=Vitals(spo2=spo2))
        self.tried(lambda: record_visit(self.db, draft, catalog=catalog(), now=self.now, sure=True, **WHO))

    @rule(data=st.data())
    def a_check_is_taken_back(self, data):
        visit = self.one_of(data, VisitRow)
        if visit is not None:
            self.tried(lambda: void_visit(self.db, visit.id, "Nhầm", catalog=catalog(), now=self.now, **WHO))

    @rule(data=st.data(), result=st.sampled_from([TestResult.NEGATIVE, TestResult.NEGATIVE, TestResult.POSITIVE]))
    def is_tested(self, data, result):
        episode = self.one_of(data, EpisodeRow)
        test = positive_on(self.now.date(), result=result)
        if episode is not None:
            self.tried(lambda: add_test(self.db, episode.id, test, by=None, now=self.now))

    @rule(data=st.data(), back=st.sampled_from([0, 0, 30]))
    def leaves(self, data, back):
        episode = self.one_of(data, EpisodeRow)
        draft = TransferDraft(left_at=self.clock - timedelta(hours=back), facility="BV tỉnh", reason="Nặng")
        if episode is not None:
            self.tried(lambda: transfer_out(self.db, episode.id, draft, now=self.now, **WHO))

    @rule(data=st.data(), recovered=st.booleans(), back=st.sampled_from([0, 0, 30]))
    def returns(self, data, recovered, back):
        stay = self.one_of(data, HospitalizationRow)
        draft = ReturnDraft(returned_at=self.clock - timedelta(hours=back), recovered=recovered)
        if stay is not None:
            self.tried(lambda: return_home(self.db, stay.id, draft, catalog=catalog(), now=self.now, **WHO))

    @rule(data=st.data())
    def a_transfer_is_taken_back(self, data):
        stay = self.one_of(data, HospitalizationRow)
        if stay is not None:
            self.tried(lambda: void_transfer(self.db, stay.id, now=self.now, **WHO))

    @rule(data=st.data(), ending=st.sampled_from(list(Ending)), back=st.sampled_from([0, 0, 0, 2]))
    def ends(self, data, ending, back):
        episode = self.one_of(data, EpisodeRow)
        day = (self.now - timedelta(days=back)).date()
        draft = OutcomeDraft(ending=ending, on=day, place="Tại nhà", reason="Nhập nhầm")
        if episode is not None:
            self.tried(lambda: record_outcome(self.db, episode.id, draft, catalog=catalog(), now=self.now, **WHO))

    @rule(data=st.data())
    def an_end_is_taken_back(self, data):
        episode = self.one_of(data, EpisodeRow, EpisodeRow.outcome != "NO_OUTCOME")
        if episode is not None:
            self.tried(lambda: reopen_case(self.db, episode.id, now=self.now, **WHO))

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def a_paper_is_issued(self, data, kind):
        of_contact = kind in (PaperKind.CONTACT_ORDER, PaperKind.CONTACT_RELEASE)
        subject = self.one_of(data, ContactRow if of_contact else EpisodeRow)
        if subject is not None:
            day = self.now.date()
            self.tried(
                lambda: issue_paper(
                    self.db, kind, [subject.id], catalog=catalog(), issued_on=day, by=None, now=self.now
                )
            )

    @rule(data=st.data())
    def a_paper_is_voided(self, data):
        paper = self.one_of(data, PaperRow, PaperRow.voided_at.is_(None))
        if paper is not None:
            self.tried(lambda: void_paper(self.db, paper.id, "In nhầm", by=None, now=self.now))

    @rule(data=st.data())
    def a_paper_is_brought(self, data):
        paper = self.one_of(data, PaperRow)
        draft = DeliveryDraft(delivered_on=self.now.date(), by_name="Đôi")
        if paper is not None:
            self.tried(lambda: mark_delivered(self.db, [paper.id], draft, by=None, now=self.now))

    @rule(who=st.integers(0, PEOPLE - 1), back=st.sampled_from([0, 3]))
    def meets_a_case(self, who, back):
        day = (self.now - timedelta(days=back)).date()
        contact = ContactDraft(source_words=f"F0 ở chợ {self.hours}", last_contact_on=day)
        new = NewContact(person_id=self.people[who].id, contact=contact)
        self.tried(lambda: add_contacts(self.db, [new], catalog=catalog(), by=None, now=self.now))

    @rule(data=st.data(), result=st.sampled_from([TestResult.NEGATIVE, TestResult.POSITIVE]))
    def a_contact_is_tested(self, data, result):
        contact = self.one_of(data, ContactRow)
        test = positive_on(self.now.date(), result=result)
        if contact is not None:
            self.tried(lambda: add_contact_test(self.db, [contact.id], test, by=None, now=self.now))

    @rule(data=st.data())
    def a_contact_becomes_a_case(self, data):
        contact, test = self.one_of(data, ContactRow), positive_on(self.now.date())
        if contact is not None:
            act = {"catalog": catalog(), "by": None, "now": self.now}
            self.tried(lambda: contact_becomes_case(self.db, contact.id, test, **act))

    @rule(data=st.data(), how=st.sampled_from(["end", "drop", "reopen"]))
    def a_contact_ends(self, data, how):
        contact = self.one_of(data, ContactRow)
        if contact is None:
            return
        last = {"by": None, "now": self.now}
        acts = {
            "end": lambda: end_quarantines(self.db, [contact.id], day=self.now.date(), **last),
            "drop": lambda: drop_contacts(self.db, [contact.id], "Không tiếp xúc", **last),
            "reopen": lambda: reopen_contact(self.db, contact.id, "Kết thúc nhầm", **last),
        }
        self.tried(acts[how])

    @invariant()
    def one_open_illness_a_person_and_none_of_the_dead(self):
        for person in self.people:
            mine = self.rows(EpisodeRow, EpisodeRow.person_id == person.id)
            running = [row for row in mine if row.outcome == "NO_OUTCOME"]
            died = [row for row in mine if row.outcome == "DECEASED"]
            assert len(running) + len(died) <= 1

    @invariant()
    def no_alert_waits_for_the_dead_or_the_mistaken(self):
        ended = {row.id for row in self.rows(EpisodeRow, EpisodeRow.outcome == "DECEASED")}
        ended |= {row.id for row in self.rows(EpisodeRow, EpisodeRow.classification == "NO_CASE")}
        assert not [alert for alert in open_alerts(self.db) if alert.episode_id in ended]
        for alert in self.rows(AlertRow):
            assert (alert.answered_at is None) == (alert.answer == "")

    @invariant()
    def no_contact_runs_beside_a_confirmed_illness(self):
        tests = self.rows(PathogenTestRow)
        ill = {row.person_id for row in self.rows(EpisodeRow, EpisodeRow.outcome == "NO_OUTCOME")}
        dead = {row.person_id for row in self.rows(EpisodeRow, EpisodeRow.outcome == "DECEASED")}
        confirmed = {one.person_id for one in tests if one.episode_id and one.result == "POSITIVE"}
        for contact in self.rows(ContactRow, ContactRow.status == "ACTIVE"):
            assert contact.person_id not in dead
            assert contact.person_id not in ill & confirmed or self._suspect(contact.person_id)

    def _suspect(self, person_id):
        """The open illness has no positive test of its own."""
        (row,) = self.rows(EpisodeRow, EpisodeRow.person_id == person_id, EpisodeRow.outcome == "NO_OUTCOME")
        mine = self.rows(PathogenTestRow, PathogenTestRow.episode_id == row.id)
        return not [test for test in mine if test.result == "POSITIVE"]

    @invariant()
    def plans_are_of_the_recovered_who_are_well(self):
        for plan in self.rows(FollowUpRow, FollowUpRow.status == "PENDING"):
            mine = self.rows(EpisodeRow, EpisodeRow.person_id == plan.person_id)
            owner = next(row for row in mine if row.id == plan.episode_id)
            assert owner.outcome == "RECOVERED"
            assert not [row for row in mine if row.outcome in ("NO_OUTCOME", "DECEASED")]

    @invariant()
    def each_case_is_here_once_or_not_at_all(self):
        period = Period(day=self.now.date(), from_at=datetime(2020, 1, 1), cutoff_at=self.clock + timedelta(days=1))
        with self.db.read() as session:
            cases = cases_of_report(session, period, after=None, since=None, zone=HANOI)
        here = 0
        for case in cases:
            events = events_of(case.history)
            for event in events:
                assert under_care(events, event.at) in (0, 1)
            here += under_care(events, datetime.max)
        away = {row.episode_id for row in self.rows(HospitalizationRow, HospitalizationRow.voided_at.is_(None))
                if row.returned_at is None}  # fmt: skip
        at_home = [row for row in self.rows(EpisodeRow, EpisodeRow.outcome == "NO_OUTCOME") if row.id not in away]
        assert here == len(at_home)

    @invariant()
    def away_is_in_hospital(self):
        stays = self.rows(HospitalizationRow, HospitalizationRow.voided_at.is_(None))
        away = [row.episode_id for row in stays if row.returned_at is None]
        assert len(away) == len(set(away))
        for row in self.rows(EpisodeRow, EpisodeRow.outcome == "NO_OUTCOME"):
            assert (row.id in away) == (row.isolation_type == "HOSPITAL")

    @invariant()
    def the_missing_list_is_the_slow_one(self):
        day = self.now.date()
        quick = [(line.kind.value, line.subject_id, line.paper_id) for line in missing_list(self.db, catalog(), day)]
        slow = slow_list(self.db, day) + self._slow_contacts(day) + self._slow_referrals(day)
        assert sorted(quick, key=str) == sorted(slow, key=str)

    @invariant()
    def the_day_is_the_same_as_asked_from_nothing(self):
        """What Hôm nay kept from before is what it would read now."""
        work = todays_work(self.register, catalog(), self.now)
        self.db.answers.clear()
        again = todays_work(self.register, catalog(), self.now)
        assert replace(again, status=replace(again.status, free=work.status.free)) == work  # others fill the disk too

    def _slow_referrals(self, day):
        papers = self.rows(PaperRow, PaperRow.voided_at.is_(None), PaperRow.kind == "referral")
        wrong = {row.id for row in self.rows(EpisodeRow, EpisodeRow.classification == "NO_CASE")}
        return [
            ("referral", stay.episode_id, None)
            for stay in self.rows(HospitalizationRow, HospitalizationRow.voided_at.is_(None))
            if stay.left_at.date() >= day - timedelta(days=30)
            and stay.id not in {paper.about_id for paper in papers}
            and stay.episode_id not in wrong
        ]

    def _slow_contacts(self, day):
        """CV 762/BYT-DP: seven days (nobody told doses; five when newly recovered), a negative test on the last one."""
        valid = {row.id: row for row in self.rows(PaperRow, PaperRow.voided_at.is_(None))}
        brought = {mark.paper_id for mark in self.rows(PaperDeliveryRow)}
        found = []
        for row in self.rows(ContactRow):
            released = row.status == "DROPPED" and row.end_reason == "ASYMPTOMATIC"
            if not (row.status == "ACTIVE" or (released and row.ended_on >= day - timedelta(days=30))):
                continue
            mine = [one.paper_id for one in self.rows(PaperSubjectRow, PaperSubjectRow.contact_id == row.id)]
            held = [valid[paper] for paper in mine if paper in valid]
            orders = [paper for paper in held if paper.kind == "contact_order"]
            ends = [paper for paper in held if paper.kind == "contact_release"]
            found += [] if orders else [("contact_order", row.id, None)]
            found += [("contact_order_delivery", row.id, one.id) for one in orders if one.id not in brought]
            found += [("contact_release_delivery", row.id, one.id) for one in ends if one.id not in brought]
            if not ends and (released or (orders and self._may_go(row, day))):
                found.append(("contact_release", row.id, None))
        return found

    def _may_go(self, row, day):
        last = row.last_contact_on + timedelta(days=5 if self._recovered(row) else 7)
        tests = self.rows(PathogenTestRow, PathogenTestRow.contact_id == row.id)
        if any(test.result == "POSITIVE" for test in tests):
            return False
        return day > last and any(test.result == "NEGATIVE" and test.sampled_on >= last for test in tests)

    def _recovered(self, row):
        return row.recovered_on is not None and row.recovered_on >= row.last_contact_on - timedelta(days=90)

    def teardown(self):
        try:
            found = {finding.code.partition(".")[0]: finding.good for finding in check_register(self.db, self.folder)}
            assert found["pages"] and found["journal"] and found["book"], found  # papers have no real bytes here
        finally:
            self.db.engine.dispose()


@pytest.mark.timeout(300)
def test_nothing_breaks_the_register(tmp_path, template, monkeypatch):
    monkeypatch.setattr(papers, "render", lambda view: view.to_json().encode())
    monkeypatch.setattr(paper_files, "split", lambda pdf: (pdf, {}))
    folders = itertools.count()
    Commune.folder = tmp_path
    Commune.fresh = staticmethod(lambda: opened(shutil.copytree(template, tmp_path / str(next(folders)))))
    Commune.TestCase.settings = settings(
        max_examples=examples(3, 30),
        derandomize=not THOROUGH,  # the short form plays the same weeks each time
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
    )
    Commune.TestCase("runTest").runTest()
