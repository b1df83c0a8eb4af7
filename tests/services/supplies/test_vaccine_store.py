"""Vaccine in the store: told in doses and vials, held back while it waits for a decision."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from covidstation.db.queries.supplies import SupplyState
from covidstation.domain.supplies import MovementKind
from covidstation.errors import Refused
from covidstation.messages import sentences
from covidstation.messages.supplies import vials_text
from covidstation.services.reports.supply_ledger import ledger_pdf, ledger_xlsx, look_at_ledger
from covidstation.services.supplies.items import edit_lot
from covidstation.services.supplies.look import look_at_item, look_at_store
from covidstation.services.vaccination.fridge_lots import keep_lots
from covidstation.services.vaccination.injecting import InjectionDraft
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import SOON, bring, hand, keep, left, one
from tests.services.vaccination.fridges import at, fridge, read
from tests.services.vaccination.rooms import PFIZER, WHO, code, jab, person, refused, running, sheet, vaccine


def lines(db, item):
    known = {"catalog": catalog(), "today": TODAY}
    page = look_at_item(db, item, **known)
    (line,) = [each for each in look_at_store(db, **known).lines if each.id == item]
    assert page.line == line  # the list and the page say the same
    return line, {each.number: each.waits for each in page.lots}


def codes(act):
    with pytest.raises(Refused) as error:
        act()
    assert all(sentences(error.value))
    return {problem.code for problem in error.value.problems}


def test_a_lot_that_waits_is_marked_and_not_handed_out(db):
    item = keep(db, PFIZER)
    first, other = bring(db, item, 60, number="A", expiry=SOON), bring(db, item, 12, number="B")
    line, waits = lines(db, item)
    assert (line.usable, line.vial, SupplyState.WAITING in line.states) == (72, 6, False) and not any(waits.values())
    alarm = read(db, fridge(db), at(8), 95, lots=(first,))
    line, waits = lines(db, item)
    assert (line.balance, line.usable, line.states[0]) == (72, 12, SupplyState.WAITING)
    assert waits == {"A": True, "B": False}
    assert hand(db, item, 6) == 1 and (left(db, first), left(db, other)) == (60, 6)  # A would go first
    assert codes(lambda: hand(db, item, 7)) == {"supplies.not_enough"}
    assert codes(lambda: one(db, first, MovementKind.ISSUE, 6)) == {"supplies.lot_waits"}
    one(db, first, MovementKind.SENT_BACK, 6)  # back to the district it may go
    keep_lots(db, alarm.id, [first], "Chỉ thị chưa đổi màu", now=NOW, **WHO)
    line, waits = lines(db, item)
    assert line.usable == 60 and SupplyState.WAITING not in line.states and not any(waits.values())
    one(db, first, MovementKind.ISSUE, 6)


@pytest.mark.parametrize(
    ("doses", "told"),
    [(60, "10 lọ"), (54, "9 lọ"), (58, "9 lọ 4 liều"), (4, "4 liều lẻ"), (0, "0 lọ"), (7200, "1.200 lọ")],
)
def test_doses_are_told_in_vials(doses, told):
    assert vials_text(doses, 6) == told


def test_the_month_is_told_in_doses_and_vials(db, tmp_path):
    """60 came, 12 back to the district, 5 broken, 31 handed out: 12 are left, two vials."""
    item = keep(db, PFIZER)
    lot = bring(db, item, 60, number="FK0112")
    for kind, units in ((MovementKind.SENT_BACK, 12), (MovementKind.LOSS, 5), (MovementKind.ISSUE, 31)):
        one(db, lot, kind, units)
    first = TODAY - timedelta(days=9)
    for by_lot in (False, True):
        (line,) = look_at_ledger(db, first, TODAY, today=TODAY, by_lot=by_lot).lines
        assert (line.received, line.sent_back, line.lost, line.issued, line.closing, line.vial) == (
            60,
            12,
            5,
            31,
            12,
            6,
        )
        paper = ledger_pdf(db, first, TODAY, catalog=catalog(), today=TODAY, by_lot=by_lot)
        text = " ".join(PdfReader(BytesIO(paper)).pages[0].extract_text().split())
        for words in ("Comirnaty (lọ 6 liều)", "60 (10 lọ)", "12 (2 lọ)", "5 (5 liều lẻ)", "31 (5 lọ 1 liều)"):
            assert words in text, words
    path = ledger_xlsx(db, first, TODAY, tmp_path / "so-kho.xlsx", catalog=catalog(), today=TODAY)
    with ZipFile(path) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        words = "".join(sheets) + book.read("xl/sharedStrings.xml").decode()
    assert "Liều mỗi lọ" in words and "Tồn cuối (lọ)" in words
    assert all("<v>6</v></c>" in sheet and "<v>2</v></c></row>" in sheet for sheet in sheets)


def test_a_label_that_is_put_right_holds_at_the_desk(db):
    """A lot that expires on the session's day is given on it; one that turns out to be over is not."""
    lot = vaccine(db, 12, expiry=TODAY)
    session = running(db, lot)
    assert jab(db, session, person(db, 86)).dose.expiry == TODAY
    vial = sheet(db, session).takes[0].opened[0].id
    edit_lot(db, lot, "FK0113", TODAY - timedelta(days=1), by=None, now=NOW)
    assert [(each.lot_number, each.expiry) for each in sheet(db, session).takes] == [
        ("FK0113", TODAY - timedelta(days=1))
    ]
    who = person(db, 87)
    assert code(lambda: jab(db, session, who)) == "vaccine_session.nothing_left"
    assert refused(lambda: jab(db, session, who, draft=InjectionDraft(vial_id=vial))) == {"vaccination.expired"}
