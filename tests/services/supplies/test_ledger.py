"""The ledger of a month against a paper book; what the list says; the sheet and the spreadsheet."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pypdf
import pytest

from covidstation.db.queries.supplies import SupplyState, SupplyView, list_supplies, match_supplies
from covidstation.db.queries.supply_ledger import ledger_between
from covidstation.domain.supplies import ItemDraft, MovementKind
from covidstation.domain.supply_rules import supply_rule_on
from covidstation.errors import UserError
from covidstation.services.reports.supply_ledger import ledger_pdf, ledger_xlsx, look_at_ledger
from covidstation.services.supplies.acts import take_back_movements
from covidstation.services.supplies.look import look_at_item, store_work
from tests.services.samples import TODAY, catalog, f0, neighbour, register
from tests.services.supplies.store import LATER, MASKS, WHO, bring, counted, hand, keep, movement, one

FIRST = TODAY.replace(day=1)


def days_ago(days):
    return TODAY - timedelta(days=days)


@pytest.fixture
def store(db):
    """Two months of two items."""
    pills, masks = keep(db), keep(db, MASKS)
    old = bring(db, pills, 100, day=date(2022, 2, 3), number="A", expiry=date(2022, 12, 1))
    hand(db, pills, 30, day=date(2022, 2, 20))
    new = bring(db, pills, 200, day=date(2022, 3, 2), number="B")
    hand(db, pills, 90, day=date(2022, 3, 4))  # 70 of A, 20 of B
    one(db, new, MovementKind.LOSS, 5, day=date(2022, 3, 5))
    one(db, new, MovementKind.RETURN, 3, day=date(2022, 3, 6))
    counted(db, new, 170, day=date(2022, 3, 7))  # the book says 178
    box = bring(db, masks, 50, day=date(2022, 3, 8), number="", expiry=None)
    one(db, box, MovementKind.SENT_BACK, 10, day=date(2022, 3, 9))
    one(db, box, MovementKind.LOSS, 40, day=TODAY)
    take_back_movements(db, [movement(db, box, MovementKind.LOSS)], "nhầm", **WHO)
    return pills, masks, old, new, box


def figures(line):
    names = "opening received returned issued sent_back lost more less closing"
    return tuple(getattr(line, name) for name in names.split())


def test_the_ledger_of_a_month_is_the_paper_book_s(db, store):
    march = ledger_between(db, FIRST, TODAY)
    assert [(line.title, figures(line)) for line in march] == [
        ("Paracetamol 500 mg", (70, 200, 3, 90, 0, 5, 0, 8, 170)),
        ("Khẩu trang N95", (0, 50, 0, 0, 10, 0, 0, 0, 40)),
    ]
    lots = ledger_between(db, FIRST, TODAY, by_lot=True)
    assert [(line.number, line.opening, line.issued, line.closing) for line in lots] == [
        ("A", 70, 70, 0),
        ("B", 0, 20, 170),
        ("", 0, 0, 40),
    ]
    february = ledger_between(db, date(2022, 2, 1), date(2022, 2, 28))
    assert [figures(line) for line in february] == [(0, 100, 0, 30, 0, 0, 0, 0, 70)]
    assert ledger_between(db, date(2022, 1, 1), date(2022, 1, 31)) == ()
    for line in (*march, *lots, *february):
        assert line.opening + line.came - line.went == line.closing
    with pytest.raises(UserError):
        look_at_ledger(db, TODAY, FIRST, today=TODAY)


def test_a_count_of_an_empty_box_is_no_line(db):
    pills = keep(db)
    box = bring(db, pills, 10, day=date(2022, 2, 3))
    hand(db, pills, 10, day=date(2022, 2, 20))
    counted(db, box, 0, day=date(2022, 3, 7))
    assert ledger_between(db, FIRST, TODAY, by_lot=True) == ledger_between(db, FIRST, TODAY) == ()


def test_the_sheet_and_the_spreadsheet_hold_the_same(db, store, tmp_path):
    pdf = ledger_pdf(db, FIRST, TODAY, catalog=catalog(), today=TODAY, by_lot=True)
    text = " ".join(pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    for words in (
        "SỔ KHO THUỐC, VẬT TƯ",
        "Từ 01/03/2022 đến hết 10/03/2022",
        "Paracetamol 500 mg",
        "170",
        "Người giữ kho",
    ):
        assert words in text, words
    path = ledger_xlsx(db, FIRST, TODAY, tmp_path / "so-kho.xlsx", catalog=catalog(), today=TODAY)
    with ZipFile(path) as book:
        assert {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"} <= set(book.namelist())
        assert "Kiểm kê thiếu" in book.read("xl/sharedStrings.xml").decode()


def test_what_an_item_asks_for_and_how_long_it_lasts(db):
    rule = supply_rule_on(catalog().supply_rules, TODAY)
    assert (rule.expiring_days, rule.use_days, rule.short_days) == (90, 28, 14)

    def item(name, **changes):
        return keep(db, ItemDraft(name=name, unit="viên", kept_from=days_ago(60), **changes))

    well, low, fast = item("Đủ"), item("Ít", low_level=10), item("Nhanh")
    soon, over, none = item("Sắp"), item("Quá"), item("Hết")
    bring(db, well, 100), bring(db, low, 10), bring(db, fast, 160, day=days_ago(30))
    hand(db, fast, 28, day=days_ago(28))  # a day too early to count
    hand(db, fast, 28, day=days_ago(27))
    hand(db, fast, 56)
    bring(db, soon, 5, expiry=TODAY + timedelta(days=90))
    bring(db, over, 5, day=days_ago(30), expiry=days_ago(1))
    lines = {line.title: line for line in list_supplies(db, rule, TODAY)}
    assert {title: line.states for title, line in lines.items()} == {
        "Đủ": (SupplyState.WELL,),
        "Ít": (SupplyState.SHORT,),
        "Nhanh": (SupplyState.WELL,),  # 48 left, 3 a day: 16 days
        "Sắp": (SupplyState.EXPIRING,),
        "Quá": (SupplyState.EXPIRED, SupplyState.OUT),
        "Hết": (SupplyState.OUT,),
    }
    assert (lines["Nhanh"].use, lines["Nhanh"].lasts) == (3.0, 16)
    short = match_supplies(lines.values(), SupplyView.SHORT)
    assert {line.title for line in short} == {"Ít", "Quá", "Hết"}
    assert [line.title for line in match_supplies(lines.values(), SupplyView.KEPT, typed="nhan")] == ["Nhanh"]
    work = store_work(db, catalog=catalog(), today=TODAY)
    assert work.counts == {SupplyState.SHORT: 1, SupplyState.EXPIRING: 1, SupplyState.EXPIRED: 1}
    assert work.names[0] == "Quá"
    page = look_at_item(db, fast, catalog=catalog(), today=TODAY)
    assert [(one.quantity, one.left) for one in page.movements] == [(-56, 48), (-28, 104), (-28, 132), (160, 160)]
    assert none and LATER


def test_medicines_of_f0_last_less_when_there_are_more_of_them(db):
    rule = supply_rule_on(catalog().supply_rules, TODAY)
    item = keep(db)
    bring(db, item, 128, day=days_ago(30))
    hand(db, item, 28, day=days_ago(2))
    assert list_supplies(db, rule, TODAY)[0].lasts == 100
    for number in range(4):  # four since today: on the mean of 28 days a seventh of one
        register(db, f0(neighbour(number), TODAY))
    assert list_supplies(db, rule, TODAY)[0].lasts == 100 // 28
