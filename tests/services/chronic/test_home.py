"""Whom a list still shows, and whom to see at home: on the screen and on paper."""

from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from covidstation.db.queries.chronic import ChronicFilter, ChronicView, count_chronic
from covidstation.db.rows import ResidenceRow
from covidstation.db.session import Database
from covidstation.domain.chronic_visits import ElderCheck
from covidstation.domain.terms import Answer
from covidstation.errors import UserError
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.list_paper import ChronicSelection, chronic_list_pdf
from covidstation.services.chronic.visits import record_chronic_visit
from covidstation.services.dispensing.prescribing import prescribe
from covidstation.services.households.leaving import DepartureDraft, record_departure, undo_change
from tests.services.chronic.test_chronic import ACT, I10, come, lines, visit
from tests.services.dispensing.test_dispensing import METFORMIN, hand, handing, own
from tests.services.outbreak import WHO
from tests.services.samples import NOW, TODAY, catalog


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_an_arrival_that_is_taken_back_leaves_no_list_with_them(db: Database) -> None:
    who = come(db, 1)
    add_condition(db, who, I10, **ACT)
    taken = prescribe(db, who, METFORMIN, now=NOW, **WHO).value
    hand(db, who, handing(own(taken)))
    with db.read() as session:
        act = session.scalars(select(ResidenceRow.act).where(ResidenceRow.person_id == who)).one()
    assert len(lines(db, ChronicView.ALL)) == 1
    undo_change(db, act, now=NOW, **WHO)
    assert [lines(db, view) for view in ChronicView] == [[], [], [], []]
    assert count_chronic(db, today=TODAY, elder_from=60) == dict.fromkeys(ChronicView, 0)


def test_whom_to_see_at_home_on_screen_and_on_paper(db: Database) -> None:
    frail, ill, both, away = (come(db, number) for number in (1, 2, 3, 4))
    for who in (ill, both):
        add_condition(db, who, I10, **ACT)
    record_chronic_visit(db, visit(ill), **ACT)
    days = {frail: TODAY + timedelta(20), both: TODAY + timedelta(3), away: TODAY + timedelta(9)}
    for who, day in days.items():
        check = visit(who, next_on=None, yearly=True, elder=ElderCheck(frail=Answer.YES, home_on=day))
        record_chronic_visit(db, check, sure=True, **ACT)
    record_departure(db, DepartureDraft(people=(away,), day=TODAY), now=NOW, **WHO)
    planned = [(one.person_id, one.home_on) for one in lines(db, ChronicView.ALL, home=True)]
    assert planned == [(both, days[both]), (frail, days[frail])]  # the sooner first; the plan of who left is void
    assert [one.person_id for one in lines(db, ChronicView.DUE, home=True)] == [both]
    assert lines(db, ChronicView.OVERDUE, home=True) == []
    ahead = TODAY + timedelta(21)
    assert {one.person_id for one in lines(db, ChronicView.OVERDUE, ahead, home=True)} == {frail, both}
    assert {one.person_id: one.home_on for one in lines(db, ChronicView.ALL)} == {ill: None, both: days[both]}
    paper = ChronicSelection(ChronicFilter(ChronicView.ALL, home=True), words="Tất cả")
    text_of = words(chronic_list_pdf(db, paper, catalog=catalog(), today=TODAY))
    assert "THĂM KHÁM TẠI NHÀ" in text_of and "2 người" in text_of
    assert all(f"{days[who]:%d/%m/%Y}" in text_of for who in (frail, both))
    with pytest.raises(UserError, match=r"chronic\.nobody"):
        none = ChronicSelection(ChronicFilter(ChronicView.OVERDUE, home=True))
        chronic_list_pdf(db, none, catalog=catalog(), today=TODAY)
