"""What the district sends to stores, at its pages: written, looked at, sent, counted there, printed, taken back."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from covidstation.catalog import load_catalog
from covidstation.domain.supplies import SupplyKind
from covidstation.errors import UserError
from covidstation.hub.down.allotment_text import read_lines
from covidstation.hub.down.allotments import State, allotments
from covidstation.hub.rows import ItemRow, StationRow
from covidstation.hub.staff.audit import HubAction
from covidstation.paths import resources
from tests.hub.conftest import BOTH
from tests.hub.pages.browser import words
from tests.hub.pages.test_pages import EPI, acts
from tests.hub.pages.town import NOW, TODAY, Commune, send

DATABASES = BOTH
LINES = "Paracetamol 500 mg; A12; 31/12/2027; 1.500\nGăng tay y tế;;;đôi;;12/2027;200;Phòng hộ"


@pytest.fixture
def station(hub):
    """A station of its own, enrolled."""
    return Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)


def number(hub, station) -> str:
    with hub.db.read() as session:
        return str(session.scalars(select(StationRow.n).where(StationRow.id == station.id)).one())


def draft(hub, *stations, **changes):
    """A form as it is typed."""
    typed = {"document": "PX-31", "day": TODAY.isoformat(), "due": "", "note": "Đợt tháng 3", "lines": LINES}
    return {**typed, "to": [number(hub, one) for one in stations], **changes}


def there(hub, today=TODAY):
    with hub.db.read() as session:
        return allotments(session, today)


def counted(hub, station, *units, reason="", **more):
    """The station counts its paper, and sends it."""
    with hub.db.read() as session:
        item = session.scalars(select(ItemRow).where(ItemRow.kind == "allotment")).first()
    lines = [
        {"line": at, "counted": n, "lot": line.get("lot", ""), "expiry": line.get("expiry")}
        for at, (n, line) in enumerate(zip(units, item.data["lines"], strict=True), start=1)
    ]
    fields = {
        "item": item.id.hex, "kind": "received", "text": reason, "by_name": "Lò Thị Mai",
        "made_at": "2022-03-10T07:30:00", "data": {"day": "2022-03-10", "lines": lines, **more},
    }  # fmt: skip
    station.rows += 1
    sent = len(station.lines)
    row = station.row("district_message", 7_000 + station.rows, fields)
    send(hub, station, sent + 1)
    return row


def test_a_paper_is_looked_at_and_sent_and_its_way_is_seen(browse, hub, station):
    browser = browse(EPI)
    look = browser.post("/allotments/look", draft(hub, station), page="/allotments/new")
    text = words(look)
    assert look.status_code == 200 and "Chưa trạm nào nhận gì" in text and station.name in text
    assert "1.500 viên" in text and "N02BE01" in text and "31/12/2027" in text and "200 đôi" in text
    assert there(hub) == []
    assert browser.post("/allotments", draft(hub, station), page="/allotments/new").headers["location"] == (
        "/allotments?done=told"
    )
    (one,) = there(hub)
    assert (one.station_name, one.state, one.author) == (station.name, State.SENT, "BS. Lò Thị Hoa")
    assert acts(hub, HubAction.TELL)[0].detail["what"] == "allotment"
    assert "đã gửi" in words(browser.get("/allotments"))
    counted(hub, station, 1480, 200, reason="Vỡ một hộp")
    text = words(browser.get(f"/allotments/{one.id.hex}"))
    assert (
        "nhận có lệch" in text and "-20" in text and "Vỡ một hộp" in text and "Lò Thị Mai đếm ngày 10/03/2022" in text
    )
    assert "PX-31" in words(browser.get("/allotments?view=differs"))
    assert "Không có phiếu nào" in words(browser.get("/allotments?view=waiting"))
    assert "Rút phiếu" not in browser.get(f"/allotments/{one.id.hex}").text


def test_what_was_counted_cannot_be_taken_back_from_either_page(browse, hub, station):
    browser = browse(EPI)
    browser.post("/allotments", draft(hub, station), page="/allotments/new")
    (one,) = there(hub)
    counted(hub, station, 1500, 200)
    for path in (f"/allotments/{one.id.hex}", f"/items/{one.id.hex}"):
        refused = browser.post(f"{path}/withdraw", page="/allotments/new")
        assert refused.status_code == 422 and "đã đếm và nhập kho phiếu này" in words(refused)
    assert there(hub)[0].state is State.COUNTED


def test_what_nobody_counted_is_taken_back_and_another_may_have_its_number(browse, hub, station):
    browser = browse(EPI)
    browser.post("/allotments", draft(hub, station), page="/allotments/new")
    again = browser.post("/allotments", draft(hub, station), page="/allotments/new")
    assert again.status_code == 422 and "đã có phiếu số PX-31" in words(again) and "Găng tay y tế" in again.text
    browser.post(f"/allotments/{there(hub)[0].id.hex}/withdraw", page="/allotments/new")
    assert there(hub)[0].state is State.WITHDRAWN
    assert browser.post("/allotments", draft(hub, station), page="/allotments/new").status_code == 303


def test_the_same_to_several_is_a_paper_for_each(browse, hub, station):
    other = Commune("Trạm Y tế xã Pa Tần", "03498").join(hub)
    browse(EPI).post("/allotments", draft(hub, station, other), page="/allotments/new")
    assert {one.station_name for one in there(hub)} == {station.name, other.name}


def test_who_is_late_stands_in_a_list_of_its_own(browse, hub, station, clock):
    browser = browse(EPI)
    due = TODAY + timedelta(days=1)
    browser.post("/allotments", draft(hub, station, due=due.isoformat()), page="/allotments/new")
    assert "PX-31" not in words(browser.get("/allotments?view=late"))
    assert [one.late for one in there(hub, due + timedelta(days=1))] == [True]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"to": []}, "Chọn ít nhất một trạm"),
        ({"document": " "}, "Ghi số phiếu"),
        ({"day": "2022-13-01"}, "ngày"),
        ({"lines": ""}, "Chưa có dòng nào"),
        ({"lines": "Paracetamol 500 mg; A12"}, "Dòng 1 có 2 cột"),
        ({"lines": "Thuốc lạ; A12; 31/12/2027; 5"}, "chưa có trong danh mục thường dùng"),
        ({"lines": "Oresol; A1; 31/02/2027; 5"}, "hạn dùng “31/02/2027” chưa đúng"),
        ({"lines": "Oresol; A1; 31/12/2027; năm"}, "số lượng “năm” chưa đúng"),
        ({"lines": "Oresol; A1; 31/12/2021; 5"}, "không cấp cho trạm được"),
        ({"lines": "Oresol; A1; 31/12/2027; 5\n" * 41}, "nhiều nhất 40 dòng"),
        ({"due": "2022-03-01"}, "Hạn đếm đã qua"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_of_the_form_is_lost(browse, hub, station, change, sentence):
    answer = browse(EPI).post("/allotments", draft(hub, station, **change), page="/allotments/new")
    assert answer.status_code == 422 and sentence in words(answer)
    assert "Đợt tháng 3" in answer.text and there(hub) == []


def test_what_people_type_is_never_markup(browse, hub, station):
    evil = "<script>x</script>"
    changes = {"document": evil, "note": evil, "lines": f"{evil};;;viên;{evil};12/2027;5"}
    browser = browse(EPI)
    for path in ("/allotments/look", "/allotments"):
        assert "<script" not in browser.post(path, draft(hub, station, **changes), page="/allotments/new").text
    (one,) = there(hub)
    counted(hub, station, 5, reason=evil)
    for path in ("/allotments", f"/allotments/{one.id.hex}", "/items"):
        assert "<script" not in browser.get(path).text


def test_the_paper_is_printed_with_room_for_what_was_counted(browse, hub, station):
    browser = browse(EPI)
    browser.post("/allotments", draft(hub, station), page="/allotments/new")
    answer = browser.get(f"/allotments/{there(hub)[0].id.hex}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    text = document[0].get_textpage().get_text_range()
    for said in (
        "PHIẾU XUẤT KHO",
        "PX-31",
        "Paracetamol 500 mg",
        "A12",
        "31/12/2027",
        "1500",
        "Thực nhận",
        "Người nhận",
    ):
        assert said in text
    assert acts(hub, HubAction.EXPORT)[0].detail["list"] == "allotment"
    document.close()


def test_the_spreadsheet_has_each_line(browse, hub, station):
    browser = browse(EPI)
    browser.post("/allotments", draft(hub, station), page="/allotments/new")
    assert browser.get("/allotments.xlsx").status_code == 200
    assert acts(hub, HubAction.EXPORT)[0].detail == {"list": "cap-phat", "rows": 2}


COMMON = load_catalog(resources()).supply_rules[0].items


@pytest.mark.parametrize(
    ("text", "expiry", "units"),
    [
        ("Oresol\tOR5\t31/12/2027\t1.200", date(2027, 12, 31), 1200),
        ("Oresol\tOR5\t2027-12-31 00:00:00\t1 200", date(2027, 12, 31), 1200),
        ("\ufeffOresol;OR5;02/2028;7", date(2028, 2, 29), 7),
        ("Tên;Số lô;Hạn;Số lượng\nOresol;OR5;;12", None, 12),
    ],
)
def test_lines_are_read_as_a_spreadsheet_gives_them(text, expiry, units):
    (line,) = read_lines(text, COMMON)
    assert (line.item.name, line.lot, line.expiry, line.quantity, line.number) == ("Oresol", "OR5", expiry, units, 1)
    assert line.item.unit and line.item.kind is SupplyKind.MEDICINE


def test_a_first_line_that_is_no_head_is_not_passed_over():
    with pytest.raises(UserError, match=r"allotment\.bad_units"):
        read_lines("Oresol;OR5;12/2027;nhiều", COMMON)


def test_who_counted_it_twice_around_a_restore_is_told(browse, hub, station):
    browser = browse(EPI)
    browser.post("/allotments", draft(hub, station), page="/allotments/new")
    first = counted(hub, station, 1500, 200)
    counted(hub, station, 1400, 200, reason="thiếu")
    (one,) = there(hub)
    assert one.twice and "đếm hai lần" in words(browser.get("/allotments"))
    assert "nhờ trạm đếm lại" in words(browser.get(f"/allotments/{one.id.hex}"))
    counted(hub, station, 1450, 200, reason="đếm lại", replaces=[first, one.stands.id.hex])
    (one,) = there(hub)
    assert not one.twice and one.lines[0].found.counted == 1450
    assert NOW.date() == TODAY
