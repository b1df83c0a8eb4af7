"""The book of numbers: whatever is issued, voided and set, a number is used once and none is left out."""

import itertools
import shutil
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from covidstation.db.queries.papers import number_book, series
from covidstation.db.rows import NumberBookRow, PaperRow
from covidstation.domain.care import ContactRelation
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PackEdit, PaperKind
from covidstation.domain.people import PersonDraft
from covidstation.domain.sick_leave import SickLeave
from covidstation.errors import UserError
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.papers import files as paper_files
from covidstation.services.papers import issuing as papers
from covidstation.services.papers.issuing import issue_paper, start_book_at, void_paper
from covidstation.services.papers.packs import edit_pack
from tests.depth import examples
from tests.services.samples import NOW, catalog, f0, neighbour, opened, register

DAYS = [NOW.date().replace(year=2022), NOW.date().replace(year=2023, month=1, day=2)]
SYMBOLS = ["QĐ-UBND", "QĐ-BCĐ"]
KINDS = {
    PaperKind.ISOLATION_ORDER: "QĐ-UBND",
    PaperKind.CONTACT_ORDER: "QĐ-UBND",  # another kind of the same series
    PaperKind.COMPLETION_CERTIFICATE: "GXN-BCĐ",
    PaperKind.SICK_LEAVE: "KCB",
}
ALL = sorted({*SYMBOLS, *KINDS.values()})
PATH = "isolation_order.symbol.symbol"


def add_contact(db, episode_id, number, now):
    """Someone of that person's house."""
    draft = ContactDraft(
        source_episode_id=episode_id,
        last_contact_on=now.date(),
        relation=ContactRelation.SAME_HOUSEHOLD,
        quarantine_address="bản Nậm Ngá",
    )
    person = PersonDraft(full_name=f"Tẩn Thứ {number}", birth=PartialDate(1990 + number % 9))
    return add_contacts(db, [NewContact(contact=draft, person=person)], catalog=catalog(), by=None, now=now).value[0]


class Book(RuleBasedStateMachine):
    """A station over two years that changes its symbol now and then; bytes of papers are not of interest here."""

    fresh = None  # opens a new register

    def __init__(self):
        super().__init__()
        self.register = self.fresh()
        self.db = self.register.db
        self.symbol = SYMBOLS[0]
        self.people = 0
        self.next = {}
        self.issued = {}
        self.voided = set()

    def teardown(self):
        self.db.engine.dispose()

    @rule(day=st.sampled_from(DAYS), kind=st.sampled_from(list(KINDS)))
    def issue(self, day, kind):
        now = NOW.replace(year=day.year, month=day.month, day=day.day)
        person = replace(neighbour(self.people), workplace="Công ty Chè", insurance_number="DN4120119900001")
        episode = register(self.db, f0(person, day), now=now)
        self.people += 1
        if kind is PaperKind.CONTACT_ORDER:
            self.one(kind, add_contact(self.db, episode.id, self.people, now), now)
        elif kind is PaperKind.COMPLETION_CERTIFICATE:
            self.one(PaperKind.ISOLATION_ORDER, episode.id, now)
            self.one(kind, episode.id, now + timedelta(days=6))
        else:
            self.one(kind, episode.id, now)

    def one(self, kind, whom, now):
        """One paper: its number is the next of its symbol and year, whichever kinds share that symbol."""
        leave = SickLeave(practitioner="Vàng Thị Dợ") if kind is PaperKind.SICK_LEAVE else None
        paper = issue_paper(
            self.db, kind, [whom], catalog=catalog(), issued_on=now.date(), by=None, now=now, leave=leave
        ).value
        symbol = self.symbol if kind is PaperKind.ISOLATION_ORDER else KINDS[kind]
        key = (symbol, now.year)
        assert (paper.symbol, paper.number) == (symbol, self.next.get(key, 1))
        self.next[key] = paper.number + 1
        self.issued[(*key, paper.number)] = paper.id

    @precondition(lambda self: self.issued)
    @rule(data=st.data())
    def void(self, data):
        key = data.draw(st.sampled_from(sorted(self.issued)))
        try:
            void_paper(self.db, self.issued[key], "In nhầm", by=None, now=NOW + timedelta(days=1))
            assert key not in self.voided
        except UserError as trouble:
            assert trouble.code == "paper.already_void" and key in self.voided
        self.voided.add(key)

    @rule(day=st.sampled_from(DAYS), number=st.integers(-5, 60), symbol=st.sampled_from(ALL))
    def start_at(self, day, number, symbol):
        key = (symbol, day.year)
        try:
            start_book_at(self.db, *key, number, by=None, now=NOW)
            assert number >= self.next.get(key, 1)
            self.next[key] = number
        except UserError as trouble:
            assert trouble.code == "paper.book_number" and number < self.next.get(key, 1)

    @rule(symbol=st.sampled_from(SYMBOLS))
    def rename(self, symbol):
        edit_pack(self.db, catalog().packs[0].id, PATH, PackEdit(symbol), catalog=catalog(), by=None, now=NOW)
        self.symbol = symbol

    @invariant()
    def the_book_holds_every_number_once(self):
        with self.db.read() as session:
            rows = session.execute(select(PaperRow.symbol, PaperRow.year, PaperRow.number, PaperRow.id)).all()
            listed = {
                (row.symbol, row.year, row.number): row.paper_id for row in session.scalars(select(NumberBookRow)).all()
            }
        assert len(rows) == len(self.issued) == len({row[:3] for row in rows})
        assert {tuple(row[:3]): row.id for row in rows} == self.issued == listed

    @invariant()
    def voided_papers_keep_their_line(self):
        for symbol in ALL:
            for day in DAYS:
                lines = number_book(self.db, symbol, day.year)
                numbers = [line.number for line in lines]
                assert numbers == sorted(numbers, reverse=True)
                gone = {line.number for line in lines if line.voided_at}
                assert gone == {number for one, year, number in self.voided if (one, year) == (symbol, day.year)}

    @invariant()
    def the_series_know_their_next_numbers(self):
        with_papers = {key[:2] for key in self.issued}
        for one in series(self.db):
            assert (one.symbol, one.year) in with_papers
            assert one.count == len([key for key in self.issued if key[:2] == (one.symbol, one.year)])


def test_the_book_of_numbers(tmp_path, template, monkeypatch):
    monkeypatch.setattr(papers, "render", lambda view: view.to_json().encode())
    monkeypatch.setattr(paper_files, "split", lambda pdf: (pdf, {}))
    folders = itertools.count()
    Book.fresh = staticmethod(lambda: opened(shutil.copytree(template, tmp_path / str(next(folders)))))
    Book.TestCase.settings = settings(
        max_examples=examples(6, 30),
        stateful_step_count=16,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    Book.TestCase("runTest").runTest()
