"""A pile of papers: fifty of sixty chosen, stopped half way, brought; and all that a voided one leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.queries.deliveries import deliveries_of
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.papers import BookFilter, BookState, book_lines, resting_on
from covidstation.db.rows import ContactRow, FollowUpRow, HospitalizationRow
from covidstation.domain.care import ContactRelation
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.hospitalization import TransferDraft
from covidstation.domain.missing import MissingKind, errands
from covidstation.domain.packs import PaperKind
from covidstation.services.care.transfers import transfer_out
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.papers.book import read_kept
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered, unmark_delivered
from covidstation.services.papers.dossier import dossiers
from covidstation.services.papers.issuing import Issued, issue_paper, paper_pdf, void_paper
from covidstation.services.papers.missing import issue_errand, missing_list
from tests.services.samples import NOW, PAO, TODAY, catalog, f0, neighbour, register

K = PaperKind
HANDED = DeliveryDraft(delivered_on=TODAY, by_name="Lò Văn Đôi", to_name="người nhà")


def issue(db, kind, one, day=TODAY, **more):
    now = NOW + (day - TODAY)
    return issue_paper(db, kind, [one], catalog=catalog(), issued_on=day, by=None, now=now, **more).value


def void(db, paper, day=TODAY):
    void_paper(db, paper.id, "Ghi sai", by=None, now=NOW + (day - TODAY))


def lacking(db, day=TODAY):
    return [line.kind for line in missing_list(db, catalog(), day)]


def issued(db, errand):
    return issue_errand(db, errand, catalog=catalog(), by=None, now=NOW)


def contents(db, episode_id):
    (found,) = dossiers(db, [episode_id], catalog=catalog(), now=NOW)
    return [part.number for part in found.contents if part.number]


@pytest.mark.timeout(120)
def test_fifty_of_sixty_printed_stopped_and_brought(db):
    for number in range(60):
        register(db, f0(neighbour(number)))
    lines = missing_list(db, catalog(), TODAY)
    assert len(lines) == 60
    run = errands(lines[:50])
    first = [issued(db, errand) for errand in run[:20]]  # then the nurse pressed "Dừng"
    assert [paper.number for paper in first] == list(range(1, 21))
    left = missing_list(db, catalog(), TODAY)
    assert [line.kind for line in left].count(MissingKind.ORDER) == 40
    rest = [line for line in left if line.subject_id in {one.subject_id for one in lines[:50]}]
    second = [issued(db, errand) for errand in errands(rest)]
    assert [paper.number for paper in second] == list(range(21, 51))
    papers = [paper.id for paper in (*first, *second) if isinstance(paper, Issued)]
    assert all(paper_pdf(db, paper.id) == paper.pdf for paper in (*first, *second))
    assert mark_delivered(db, papers, HANDED, by=None, now=NOW).value == 50
    assert lacking(db) == [MissingKind.ORDER] * 10
    wrong = deliveries_of(db, papers)[papers[7]].id
    unmark_delivered(db, wrong, "Giao nhầm nhà", by=None, now=NOW)
    assert sorted(lacking(db)) == [MissingKind.ORDER] * 10 + [MissingKind.ORDER_DELIVERY]
    series = BookFilter("QĐ-UBND", TODAY.year)
    assert len(book_lines(db, series)) == 50
    assert [line.id for line in book_lines(db, replace(series, state=BookState.NOT_DELIVERED))] == [papers[7]]


def test_a_voided_order_leaves_dossier_and_list_right(db):
    one = register(db).id
    order = issue(db, K.ISOLATION_ORDER, one)
    mark_delivered(db, [order.id], HANDED, by=None, now=NOW)
    assert (contents(db, one), lacking(db)) == (["01/QĐ-UBND"], [])
    void(db, order)
    assert (contents(db, one), lacking(db)) == ([], [MissingKind.ORDER]), "a voided paper was brought to nobody"
    assert get_episode(db, one).decided_at is None
    again = issue(db, K.ISOLATION_ORDER, one)
    assert (contents(db, one), lacking(db)) == (["02/QĐ-UBND"], [MissingKind.ORDER_DELIVERY])
    assert paper_pdf(db, order.id) == order.pdf, "the book keeps what was issued"
    assert read_kept(db, again.id).resting == ()


def test_a_voided_end_opens_the_illness_and_takes_the_plan_back(db):
    one, last = register(db).id, TODAY + timedelta(days=7)
    order = issue(db, K.ISOLATION_ORDER, one)
    end = issue(db, K.ISOLATION_END, one, last)
    assert resting_on(db, order.id) == ("02/QĐ-UBND",)
    assert get_episode(db, one).outcome is CaseOutcome.RECOVERED
    void(db, end, last)
    assert resting_on(db, order.id) == ()
    assert get_episode(db, one).outcome is CaseOutcome.NO_OUTCOME
    assert contents(db, one) == ["01/QĐ-UBND"]
    with db.read() as session:
        assert {row.status for row in session.scalars(select(FollowUpRow))} == {"REMOVED"}
    third = issue(db, K.ISOLATION_END, one, last)
    assert third.number == 3
    assert get_episode(db, one).outcome is CaseOutcome.RECOVERED


def test_an_end_that_names_a_voided_order_is_seen(db):
    one, last = register(db).id, TODAY + timedelta(days=7)
    order = issue(db, K.ISOLATION_ORDER, one)
    issue(db, K.ISOLATION_END, one, last)
    assert read_kept(db, order.id).resting == ("02/QĐ-UBND",)
    void(db, order, last)
    assert MissingKind.ORDER in lacking(db, last)
    assert get_episode(db, one).outcome is CaseOutcome.RECOVERED, "the other paper still ends it"


def test_a_voided_referral_leaves_the_transfer(db):
    one = register(db, f0(replace(PAO, workplace="Chè"))).id
    order = issue(db, K.ISOLATION_ORDER, one)
    mark_delivered(db, [order.id], HANDED, by=None, now=NOW)
    draft = TransferDraft(left_at=datetime(2022, 3, 10, 8), facility="Trung tâm Y tế", reason="SpO2 92 %", state="tỉnh")
    left = transfer_out(db, one, draft, by=None, by_name="Vàng Thị Dợ", now=NOW).value
    assert lacking(db) == [MissingKind.REFERRAL]
    paper = issue(db, K.REFERRAL, one, about_id=left.id)
    assert lacking(db) == []
    void(db, paper)
    assert lacking(db) == [MissingKind.REFERRAL]
    with db.read() as session:
        assert session.scalars(select(HospitalizationRow.voided_at)).all() == [None]


def test_a_voided_release_lets_the_quarantine_go_on(db):
    source, last = register(db).id, date(2022, 3, 18)
    draft = ContactDraft(
        source_episode_id=source, last_contact_on=TODAY, relation=ContactRelation.SAME_HOUSEHOLD,
        quarantine_address="bản Nậm Ngá",
    )  # fmt: skip
    new = NewContact(contact=draft, person=replace(neighbour(1), citizen_number="", phone=""))
    one = add_contacts(db, [new], catalog=catalog(), by=None, now=NOW).value[0]
    order = issue(db, K.CONTACT_ORDER, one)
    release = issue(db, K.CONTACT_RELEASE, one, last)
    assert resting_on(db, order.id) == (f"{release.number:02d}/QĐ-UBND",)
    void(db, release, last)
    with db.read() as session:
        row = session.scalars(select(ContactRow)).one()
        assert (row.status, row.ended_on) == ("ACTIVE", None)
    assert MissingKind.CONTACT_RELEASE_DELIVERY not in lacking(db, last)
