"""Corrections from the page: what stands, what is changed, what the station is told; nothing is written over unseen."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from covidstation.domain.ops import decode_op
from covidstation.hub.rows import DownLineRow, HubAuditRow, ItemRow, RecordRow, SaidRow
from covidstation.hub.staff.rights import HubRole
from tests.hub.pages.browser import Browser, words
from tests.hub.pages.test_pages import station_id
from tests.hub.pages.town import NOW, Commune, send

EPI = HubRole.EPIDEMIOLOGY
_INPUT = re.compile(r'<input[^>]* name="([^"]+)"[^>]*?(?: value="([^"]*)")?[^>]*>')
_SELECT = re.compile(r'<select[^>]* name="([^"]+)">(.*?)</select>', re.S)
PERSON, ILLNESS = f"{1:032x}", f"{2:032x}"


@pytest.fixture
def commune(hub) -> str:
    return station_id(hub, "Nậm Tăm").hex


def form(browser: Browser, path: str) -> dict[str, str]:
    """Everything that the browser would send back unchanged."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", answer.text):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        left_out = 'type="checkbox"' in tag and " checked" not in tag
        if name and name[1] != "csrf" and not left_out:
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in _SELECT.findall(answer.text):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    return found


def corrected(hub) -> list[ItemRow]:
    with hub.db.read() as session:
        return [row for row in session.scalars(select(ItemRow)) if "correction" in (row.data or {})]


def fields_of(hub, table: str, row: str) -> dict[str, Any]:
    with hub.db.read() as session:
        return dict(
            session.scalars(select(RecordRow.fields).where(RecordRow.tbl == table, RecordRow.row == row)).first()
        )


def test_only_what_was_changed_goes_with_its_reason(browse, hub, commune):
    browser, path = browse(EPI), f"/corrections/{commune}/person/{PERSON}"
    assert f'href="{path}"' in browser.get(f"/people/{commune}/{PERSON}").text
    sent = form(browser, path) | {"full_name": "Giàng A Pao", "birth_year": "1969", "reason": "Theo thẻ căn cước."}
    answer = browser.post(path, sent, page=path)
    assert answer.headers["location"] == "/corrections?done=corrected", answer.text
    (row,) = corrected(hub)
    assert row.data["correction"] == {
        "old": {"full_name": "Giàng A Páo", "birth_year": 1968},
        "new": {"full_name": "Giàng A Pao", "birth_year": 1969},
    }
    assert row.body == "Theo thẻ căn cước." and row.author == "BS. Lò Thị Hoa"
    assert fields_of(hub, "person", PERSON)["full_name"] == "Giàng A Pao"
    with hub.db.read() as session:
        lines = [decode_op(one.line) for one in session.scalars(select(DownLineRow).order_by(DownLineRow.seq))]
        noted = session.scalars(select(HubAuditRow).where(HubAuditRow.action == "decide")).one()
    assert [one.table for one in lines] == ["person", "district_item"]
    assert set(lines[0].fields) == {"full_name", "birth_year", "birth_month", "birth_day"}
    assert noted.subject == PERSON
    text = words(browser.get("/corrections"))
    assert "Giàng A Páo → Giàng A Pao" in text and "Theo thẻ căn cước." in text and "chưa đọc" in text


def test_a_number_of_a_card_is_masked_and_stays_unless_a_new_one_is_typed(browse, hub, commune):
    browser, path = browse(EPI), f"/corrections/{commune}/person/{PERSON}"
    whole = fields_of(hub, "person", PERSON)["citizen_number"]
    assert whole not in browser.get(path).text
    sent = form(browser, path) | {"phone": "0912000999", "reason": "Số mới."}
    browser.post(path, sent, page=path)
    assert fields_of(hub, "person", PERSON)["citizen_number"] == whole
    sent = form(browser, path) | {"citizen_number": "012088004217", "reason": "Theo thẻ."}
    browser.post(path, sent, page=path)
    assert fields_of(hub, "person", PERSON)["citizen_number"] == "012088004217"
    listed = browser.get("/corrections").text
    assert whole not in listed and "012088004217" not in listed


def test_an_illness_has_its_codes_as_words(browse, hub, commune):
    browser, path = browse(EPI), f"/corrections/{commune}/episode/{ILLNESS}"
    page = browser.get(path)
    assert '<option value="SUSPECT"' in page.text and "SUSPECT<" not in page.text
    sent = form(browser, path) | {"outcome": "RECOVERED", "outcome_on": "2022-03-09", "reason": "Trạm quên ghi."}
    assert browser.post(path, sent, page=path).status_code == 303
    assert fields_of(hub, "episode", ILLNESS)["outcome"] == "RECOVERED"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Chưa đổi ô nào"),
        ({"full_name": ""}, "không đúng dạng"),
        ({"birth_year": "1700"}, "không đúng dạng"),
        ({"birth_day": "31", "birth_month": "2"}, "không đúng dạng"),
        ({"citizen_issued_on": "hôm qua"}, "không đúng dạng"),
        ({"sex": "X"}, "không đúng dạng"),
        ({"phone": "0912000999", "reason": " "}, "Ghi lý do"),
        ({"phone": "0912000999", "was_phone": "0911"}, "đã đổi từ lúc mở trang"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_what_was_typed_stays(browse, hub, commune, change, said):
    browser, path = browse(EPI), f"/corrections/{commune}/person/{PERSON}"
    answer = browser.post(path, form(browser, path) | {"reason": "Thử."} | change, page=path)
    assert answer.status_code == 422
    assert said in words(answer).partition("Sửa thông tin")[0]
    for name, value in change.items():
        assert name.startswith("was_") or not value.strip() or f'value="{value}"' in answer.text or name == "sex"
    assert corrected(hub) == []


def test_a_value_that_the_station_changed_meanwhile_is_not_written_over(browse, hub, commune):
    browser, path = browse(EPI), f"/corrections/{commune}/person/{PERSON}"
    sent = form(browser, path) | {"phone": "0912000999", "reason": "Số mới."}
    with hub.db.write(None, NOW) as session:
        row = session.scalars(select(RecordRow).where(RecordRow.tbl == "person", RecordRow.row == PERSON)).first()
        row.fields = {**row.fields, "phone": "0912000111"}
    answer = browser.post(path, sent, page=path)
    assert answer.status_code == 422 and "đã đổi từ lúc mở trang" in words(answer)
    assert corrected(hub) == []


@pytest.mark.parametrize("tail", [f"visit/{PERSON}", f"app_user/{PERSON}", f"person/{99:032x}", "person/x", "%2e%2e/x"])
def test_other_records_are_not_to_be_corrected(browse, commune, tail):
    assert browse(EPI).get(f"/corrections/{commune}/{tail}").status_code == 404


def test_what_the_station_says_stands_beside_it(browse, hub, commune):
    browser, path = browse(EPI), f"/corrections/{commune}/person/{PERSON}"
    browser.post(path, form(browser, path) | {"phone": "0912000999", "reason": "Số mới."}, page=path)
    (row,) = corrected(hub)
    with hub.db.write(None, NOW) as session:
        station = row.station
        session.add(
            RecordRow(
                station=station, tbl="district_message", row="a" * 32, made=1, rev=1, stamps=None, deleted=False,
                fields={"item": row.id.hex, "kind": "read", "by_name": "Lò Thị Mai", "made_at": "2022-03-10T08:05:00"},
            )
        )  # fmt: skip
        session.add(SaidRow(station=station, row="a" * 32, item=row.id.hex, kind="read"))
    assert "đã đọc 08:05 10/03/2022" in words(browser.get("/corrections"))
    with zipfile.ZipFile(io.BytesIO(browser.get("/corrections.xlsx").content)) as book:
        cells = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "0912000999" in cells and "08:05 10/03/2022" in cells


def test_hostile_values_stay_words(browse, hub):
    station = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
    station.rows = 9_000
    person = station.person('"><script>alert(1)</script>', 1990, "FEMALE", occupation="' onfocus=alert(1) x='")
    send(hub, station)
    browser, path = browse(EPI), f"/corrections/{station.id.hex}/person/{person}"
    page = browser.get(path).text
    assert "<script" not in page and form(browser, path)["occupation"] == "' onfocus=alert(1) x='"
    browser.post(path, form(browser, path) | {"phone": "0912000999", "reason": "<img src=x>"}, page=path)
    listed = browser.get("/corrections").text
    assert "<script" not in listed and "<img" not in listed


def test_a_number_of_a_card_is_emptied_when_somebody_says_so(browse, hub, commune):
    browser, path = browse(EPI), f"/corrections/{commune}/person/{PERSON}"
    whole = fields_of(hub, "person", PERSON)["citizen_number"]
    assert 'name="clear_citizen_number"' in browser.get(path).text
    assert 'name="clear_insurance_number"' not in browser.get(path).text, "which stands empty"
    sent = form(browser, path)
    both = sent | {"clear_citizen_number": "1", "citizen_number": "012088004217", "reason": "Thẻ của người khác."}
    answer = browser.post(path, both, page=path)
    assert answer.status_code == 422 and "gõ số mới, hoặc đánh dấu xoá" in words(answer)
    assert fields_of(hub, "person", PERSON)["citizen_number"] == whole
    assert re.search(r'name="clear_citizen_number" value="1" checked', answer.text)
    answer = browser.post(path, sent | {"clear_citizen_number": "1", "reason": "Thẻ của người khác."}, page=path)
    assert answer.status_code == 303, answer.text
    assert not fields_of(hub, "person", PERSON).get("citizen_number")
    listed = browser.get("/corrections").text
    assert whole not in listed and "(để trống)" in listed


@pytest.fixture
def placed(hub) -> str:
    """A station of a real commune, with somebody who lives in another one."""
    station = Commune("Trạm Y tế xã Nậm Tăm", "03517").join(hub)
    station.rows = 9_000
    person = station.person("Giàng A Lử", 1990, "MALE", address_unit="03493", address_printed="Bản Nậm Ngá")
    send(hub, station)
    return f"/corrections/{station.id.hex}/person/{person}"


def test_the_commune_is_typed_by_name(browse, hub, placed):
    browser, person = browse(EPI), placed.rpartition("/")[2]
    start = form(browser, placed)
    assert start["address_unit"] == "xã Pa Tần, huyện Sìn Hồ, tỉnh Lai Châu", "which is 03493 of the list of units"
    assert '<option value="xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu">' in browser.get(placed).text
    for typed in ("xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu", "03517", "nậm tăm"):
        sent = form(browser, placed) | {"address_unit": typed, "reason": "Về nhà chồng."}
        answer = browser.post(placed, sent, page=placed)
        assert answer.status_code == (303 if typed.startswith("xã") else 422), answer.text
        assert typed.startswith("xã") or "Chưa đổi ô nào" in words(answer), "the same commune in other words"
        assert fields_of(hub, "person", person)["address_unit"] == "03517"
    assert "Nậm Tăm" in words(browser.get("/corrections"))
    sent = form(browser, placed) | {"address_unit": "", "reason": "Không rõ xã."}
    assert browser.post(placed, sent, page=placed).status_code == 303
    assert not fields_of(hub, "person", person).get("address_unit")


@pytest.mark.parametrize(("typed", "said"), [("Tây Tạng", "Không có xã nào tên"), ("An Phú", "Có nhiều xã như")])
def test_a_commune_that_is_none_or_many_is_asked_again(browse, hub, placed, typed, said):
    browser = browse(EPI)
    answer = browser.post(placed, form(browser, placed) | {"address_unit": typed, "reason": "Thử."}, page=placed)
    assert answer.status_code == 422 and said in words(answer) and f'value="{typed}"' in answer.text
    assert corrected(hub) == []
