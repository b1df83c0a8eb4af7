"""What papers lack: after any sequence of acts the list is what a slow look at the rows, one by one, says."""

import itertools
import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.rows import (
    ContactRow,
    EpisodeRow,
    HospitalizationRow,
    PaperDeliveryRow,
    PaperRow,
    PaperSubjectRow,
    PathogenTestRow,
    PersonRow,
)
from covidstation.domain.care import ContactStatus
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, QuarantineType, TestKind, TestResult
from covidstation.domain.missing import MissingKind, errands
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.services.episodes import add_test
from covidstation.services.papers import files as paper_files
from covidstation.services.papers import issuing as papers
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered, unmark_delivered
from covidstation.services.papers.issuing import Issued, Skipped, issue_paper, void_paper
from covidstation.services.papers.missing import issue_errand, lacks, missing_list, missing_now
from tests.depth import examples
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, opened, register

ORDER, END = PaperKind.ISOLATION_ORDER, PaperKind.ISOLATION_END


def at(days):
    """NOW so many days later."""
    return NOW + timedelta(days=days)


def kinds(db, day=TODAY):
    return [(line.kind, line.full_name) for line in missing_list(db, catalog(), day)]


def issue(db, kind, *ids, now=NOW):
    return issue_paper(db, kind, list(ids), catalog=catalog(), issued_on=now.date(), by=None, now=now).value


def deliver(db, *ids, day=TODAY):
    draft = DeliveryDraft(delivered_on=day, by_name="Lò Văn Đôi", to_name="Giàng Thị Mỷ")
    return mark_delivered(db, ids, draft, by=None, now=at(40)).value


def test_one_illness_from_its_finding_to_the_last_delivery(db):
    name, one = "Giàng A Páo", register(db).id
    assert kinds(db) == [(MissingKind.ORDER, name)]
    order = issue(db, ORDER, one)
    assert kinds(db) == [(MissingKind.ORDER_DELIVERY, name)]
    deliver(db, order.id)
    assert kinds(db) == []
    # 7 days with the day of the finding as the first, and a negative test (QĐ 250/QĐ-BYT): 10/3 to 16/3.
    assert kinds(db, date(2022, 3, 17)) == []
    add_test(
        db,
        one,
        PathogenTest(kind=TestKind.RAPID_ANTIGEN, result=TestResult.NEGATIVE, sampled_on=date(2022, 3, 16)),
        by=None,
        now=at(6),
    )
    assert kinds(db, date(2022, 3, 16)) == []
    assert kinds(db, date(2022, 3, 17)) == [(MissingKind.ENDING, name)]
    line = missing_list(db, catalog(), date(2022, 3, 18))[0]
    assert (line.since, line.paper, line.opening_id) == (date(2022, 3, 17), END, order.id)
    end = issue(db, END, one, now=at(7))
    assert kinds(db, date(2022, 3, 17)) == [(MissingKind.ENDING_DELIVERY, name)]
    assert kinds(db, date(2022, 4, 16)) == [(MissingKind.ENDING_DELIVERY, name)]
    assert kinds(db, date(2022, 4, 17)) == [], "recovered more than 30 days ago"
    deliver(db, end.id, day=date(2022, 3, 17))
    assert kinds(db, date(2022, 3, 17)) == []
    void_paper(db, end.id, "Ghi nhầm ngày", by=None, now=at(7))
    assert kinds(db, date(2022, 3, 17)) == [(MissingKind.ENDING, name)]


def test_a_household_on_one_paper(db):
    person = f0(neighbour(0), new_household_head="Giàng A Páo")
    first = register(db, person)
    with db.read() as session:
        home = session.scalars(select(PersonRow.household_id)).one()
    second = register(db, f0(replace(neighbour(1), household_id=home)))
    lines = missing_list(db, catalog(), TODAY)
    assert len(errands(lines)) == 2
    (errand,) = errands(lines, together=True)
    assert set(errand.subject_ids) == {first.id, second.id}
    issued = issue_errand(db, errand, catalog=catalog(), by=None, now=NOW)
    assert isinstance(issued, Issued) and len(issued.subjects) == 2
    assert [line.paper_id for line in missing_list(db, catalog(), TODAY)] == [issued.id, issued.id]
    deliver(db, issued.id)
    assert kinds(db) == []


def test_what_stands_in_the_way_is_named(db):
    register(db, f0(replace(neighbour(0), birth=None)))
    (line,) = missing_list(db, catalog(), TODAY)
    assert [problem.code for problem in lacks(db, line, catalog=catalog(), now=NOW)] == ["paper.missing.birth"]
    (errand,) = errands([line])
    skipped = issue_errand(db, errand, catalog=catalog(), by=None, now=NOW)
    assert isinstance(skipped, Skipped) and skipped.episode_id == line.subject_id


def test_a_transfer_lacks_its_referral(db):
    one = register(db)
    issue_and_deliver(db, one.id)
    with db.write(None, NOW) as session:
        session.add(
            HospitalizationRow(
                id=new_id(),
                person_id=one.person_id,
                episode_id=one.id,
                left_at=datetime(2022, 3, 10, 9),
                facility="Bệnh viện huyện",
            )
        )
    (line,) = missing_list(db, catalog(), TODAY)
    assert (line.kind, line.paper, line.since) == (MissingKind.REFERRAL, PaperKind.REFERRAL, TODAY)
    assert MissingKind.REFERRAL in dict(kinds(db, TODAY + timedelta(days=30)))
    assert MissingKind.REFERRAL not in dict(kinds(db, TODAY + timedelta(days=31)))


def issue_and_deliver(db, episode_id):
    deliver(db, issue(db, ORDER, episode_id).id)


def add_contact(db, person_id, **changes):
    values = {
        "status": ContactStatus.ACTIVE.value,
        "report_date": TODAY,
        "last_contact_on": TODAY,
        "doses_known": 3,
        "last_dose_on": date(2022, 1, 1),
        "quarantine_start": datetime(2022, 3, 10),
        "quarantine_days": 5,
        "quarantine_until": date(2022, 3, 15),
        **changes,
    }
    contact_id = new_id()
    with db.write(None, NOW) as session:
        session.add(ContactRow(id=contact_id, person_id=person_id, **values))
    return contact_id


def test_an_f1_lacks_the_same(db):
    one = register(db)
    issue_and_deliver(db, one.id)
    add_contact(db, one.person_id, quarantine_type=QuarantineType.NONE.value)
    assert kinds(db) == [], "who watches themselves has no decision"
    contact = add_contact(db, one.person_id)
    name = "Giàng A Páo"
    assert kinds(db) == [(MissingKind.CONTACT_ORDER, name)]
    paper = add_paper(db, PaperKind.CONTACT_ORDER, contact_id=contact, person_id=one.person_id)
    assert kinds(db) == [(MissingKind.CONTACT_ORDER_DELIVERY, name)]
    deliver(db, paper)
    # CV 762/BYT-DP: 5 days from the last contact and a negative test on the fifth day.
    assert kinds(db, date(2022, 3, 16)) == []
    with db.write(None, NOW) as session:
        session.add(negative_row(contact, one.person_id, date(2022, 3, 15)))
    assert kinds(db, date(2022, 3, 15)) == []
    assert kinds(db, date(2022, 3, 16)) == [(MissingKind.CONTACT_RELEASE, name)]
    release = add_paper(db, PaperKind.CONTACT_RELEASE, contact_id=contact, person_id=one.person_id, number=2)
    assert kinds(db, date(2022, 3, 16)) == [(MissingKind.CONTACT_RELEASE_DELIVERY, name)]
    deliver(db, release)
    assert kinds(db, date(2022, 3, 16)) == []


def negative_row(contact, person, day):
    return PathogenTestRow(
        id=new_id(),
        person_id=person,
        contact_id=contact,
        kind=TestKind.RAPID_ANTIGEN.value,
        result=TestResult.NEGATIVE.value,
        sampled_on=day,
    )


def add_paper(db, kind, *, contact_id, person_id, number=1):
    """A paper's rows without its bytes."""
    paper_id = new_id()
    with db.write(None, NOW) as session:
        session.add(
            PaperRow(
                id=paper_id,
                kind=kind.value,
                pack_id="x",
                symbol="QĐ-UBND",
                year=2022,
                number=900 + number,
                issued_on=TODAY,
                issued_at=NOW.replace(tzinfo=None),
                signer_name="",
                signer_title="",
                view={},
                content_hash="",
                file_hash="",
            )
        )
        session.add(PaperSubjectRow(id=new_id(), paper_id=paper_id, person_id=person_id, contact_id=contact_id))
    return paper_id


def slow_list(db, day):
    """The same list by hand: every row looked at by itself, no join, the rules of QĐ 250 written out."""
    with db.read() as session:
        tests = session.scalars(select(PathogenTestRow)).all()
        subjects = session.scalars(select(PaperSubjectRow)).all()
        valid = {row.id: row for row in session.scalars(select(PaperRow)) if row.voided_at is None}
        marks = session.scalars(select(PaperDeliveryRow)).all()
        taken_back = {mark.voids for mark in marks}
        brought = {mark.paper_id for mark in marks if mark.voids is None and mark.id not in taken_back}
        found = []
        for row in session.scalars(select(EpisodeRow)):
            late = row.outcome == "RECOVERED" and row.outcome_on >= day - timedelta(days=30)
            if row.outcome != "NO_OUTCOME" and not late:
                continue
            held = [valid[one.paper_id] for one in subjects if one.episode_id == row.id and one.paper_id in valid]
            orders = [paper for paper in held if paper.kind == "isolation_order"]
            ends = [paper for paper in held if paper.kind == "isolation_end"]
            home = row.isolation_type == "HOME"
            if home and not orders:
                found.append(("order", row.id, None))
            found += [("order_delivery", row.id, paper.id) for paper in orders if paper.id not in brought]
            found += [("ending_delivery", row.id, paper.id) for paper in ends if paper.id not in brought]
            if not ends and ((late and (home or orders)) or (home and orders and free(row, tests, day))):
                found.append(("ending", row.id, None))
        return sorted(found, key=str)


def free(row, tests, day):
    """Seven days and the last test after the first day negative, or 14 days still positive (two doses: 10)."""
    first = row.isolation_start.date()
    mine = sorted(
        (one for one in tests if one.episode_id == row.id and one.sampled_on and one.sampled_on > first),
        key=lambda one: one.sampled_on,
    )
    negative = bool(mine) and mine[-1].result == "NEGATIVE"
    longest = 10 if (row.doses_known or 0) >= 2 else 14
    over = (day - first).days >= 7
    return over and (negative or (day - first).days >= longest)


class Papers(RuleBasedStateMachine):
    """A station over three weeks: people fall ill, get papers, recover, and clerks make and mend mistakes."""

    fresh = None

    def __init__(self):
        super().__init__()
        self.register = self.fresh()
        self.db = self.register.db
        self.day = 0
        self.ill = []
        self.papers = []

    def teardown(self):
        self.db.engine.dispose()

    @rule(days=st.sampled_from([1, 3, 7, 12]))
    def time_passes(self, days):
        self.day += days

    @rule(doses=st.sampled_from([0, 2]), place=st.sampled_from([QuarantineType.HOME, QuarantineType.HOSPITAL]))
    def falls_ill(self, doses, place):
        now = at(self.day)
        draft = f0(
            neighbour(len(self.ill)),
            now.date(),
            episode=EpisodeDraft(report_date=now.date(), doses_known=doses, isolation_type=place),
        )
        self.ill.append(register(self.db, draft, now=now))

    @precondition(lambda self: self.ill)
    @rule(data=st.data())
    def tested_negative(self, data):
        one = data.draw(st.sampled_from(self.ill))
        test = PathogenTest(kind=TestKind.RAPID_ANTIGEN, result=TestResult.NEGATIVE, sampled_on=at(self.day).date())
        self.tried(lambda: add_test(self.db, one.id, test, by=None, now=at(self.day)))

    @precondition(lambda self: self.ill)
    @rule(data=st.data(), kind=st.sampled_from([ORDER, END]))
    def issued(self, data, kind):
        one = data.draw(st.sampled_from(self.ill))
        self.tried(lambda: self.papers.append(issue(self.db, kind, one.id, now=at(self.day)).id))

    @precondition(lambda self: self.papers)
    @rule(data=st.data())
    def voided(self, data):
        paper = data.draw(st.sampled_from(self.papers))
        self.tried(lambda: void_paper(self.db, paper, "In nhầm", by=None, now=at(self.day)))

    @precondition(lambda self: self.papers)
    @rule(data=st.data())
    def delivered(self, data):
        paper = data.draw(st.sampled_from(self.papers))
        self.tried(lambda: deliver(self.db, paper, day=at(self.day).date()))

    @rule(data=st.data())
    def mark_taken_back(self, data):
        with self.db.read() as session:
            marks = session.scalars(select(PaperDeliveryRow.id)).all()
        if marks:
            mark = data.draw(st.sampled_from(sorted(marks)))
            self.tried(lambda: unmark_delivered(self.db, mark, "Giao nhầm nhà", by=None, now=at(self.day)))

    @precondition(lambda self: self.ill)
    @rule(data=st.data(), ending=st.sampled_from(["RECOVERED", "DECEASED", "UNKNOWN", "NO_OUTCOME"]))
    def ends(self, data, ending):
        one = data.draw(st.sampled_from(self.ill))
        with self.db.write(None, at(self.day)) as session:
            row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == one.id)).one()
            row.outcome, row.outcome_on = ending, None if ending == "NO_OUTCOME" else at(self.day).date()

    @invariant()
    def the_list_is_right(self):
        day = at(self.day).date()
        quick = [(line.kind.value, line.subject_id, line.paper_id) for line in missing_list(self.db, catalog(), day)]
        assert sorted(quick, key=str) == slow_list(self.db, day)
        counted = [(lack.kind.value, lack.subject_id, lack.paper_id) for lack in missing_now(self.db, catalog(), day)]
        assert sorted(counted, key=str) == sorted(quick, key=str)

    @staticmethod
    def tried(act):
        """Whatever is refused leaves everything as it was, which the list then shows."""
        try:
            act()
        except UserError as trouble:
            assert trouble.code


def test_the_list_is_right_after_any_acts(tmp_path, template, monkeypatch):
    monkeypatch.setattr(papers, "render", lambda view: view.to_json().encode())
    monkeypatch.setattr(paper_files, "split", lambda pdf: (pdf, {}))
    folders = itertools.count()
    Papers.fresh = staticmethod(lambda: opened(shutil.copytree(template, tmp_path / str(next(folders)))))
    Papers.TestCase.settings = settings(
        max_examples=examples(6, 30),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    Papers.TestCase("runTest").runTest()
