"""The page of those who may have been entered twice: found, looked at, merged, parted, or told to be two."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from sqlalchemy import select

from covidstation.hub.rows import DownLineRow, HubAuditRow, ItemRow, MergedRow, RecordRow
from covidstation.hub.staff.rights import HubRole
from tests.hub.pages.browser import words
from tests.hub.pages.town import NOW, Commune, send

EPI = HubRole.EPIDEMIOLOGY
CARD = "012068000111"


@pytest.fixture
def commune(hub) -> Commune:
    """One person twice, the first of them ill; and somebody with the same card at another station."""
    made = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
    made.rows = 9_000
    made.one = made.person("Giàng A Lử", 1968, "MALE", phone="0912000111", occupation="<i>làm nương</i>")
    made.ill(made.one, NOW.date())
    made.two = made.person("Giàng A Lu", 1968, "MALE", citizen_number=CARD, phone="0912000222")
    send(hub, made)
    other = Commune("Trạm Y tế xã Nậm Mạ", "03498").join(hub)
    other.rows = 8_000
    made.away = other.person("Giàng Lử", 1969, "MALE", citizen_number=CARD)
    send(hub, other)
    return made


@pytest.fixture
def address(commune: Commune) -> str:
    return f"/twins/{commune.id.hex}/{commune.one}/{commune.two}"


def fields_of(hub, row: str) -> dict:
    with hub.db.read() as session:
        return dict(
            session.scalars(select(RecordRow.fields).where(RecordRow.tbl == "person", RecordRow.row == row)).one()
        )


def merged(hub) -> set[tuple[str, str]]:
    with hub.db.read() as session:
        return {(one.row, one.stays) for one in session.scalars(select(MergedRow))}


def test_the_list_says_why_and_masks_numbers(browse, commune, address):
    browser = browse(EPI)
    page = browser.get("/twins")
    text = words(page)
    assert "Giàng A Lử" in text and "cùng họ tên, năm sinh" in text and "cùng số căn cước" in text
    assert CARD not in page.text and "<i>" not in page.text
    assert f'href="{address}"' in page.text
    assert "hai trạm" in text and "Chuyển về một trạm" in text
    station = re.search(r'<option value="(\d+)">xã Pu Sam Cáp', page.text)[1]
    assert "Giàng A Lử" in words(browser.get(f"/twins?station={station}"))
    nobody = re.search(r'<option value="(\d+)">xã Nậm Tăm', page.text)[1]
    assert "Chưa thấy hai hồ sơ nào" in words(browser.get(f"/twins?station={nobody}"))
    with zipfile.ZipFile(io.BytesIO(browser.get("/twins.xlsx").content)) as book:
        cells = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "Giàng A Lử" in cells and CARD not in cells


def test_two_are_merged_with_the_values_that_were_chosen(browse, hub, commune, address):
    browser = browse(EPI)
    page = browser.get(address)
    assert CARD not in page.text and "<i>" not in page.text
    chosen = {
        name: value
        for name, value in re.findall(r'name="(\w+)" value="(\w+)" aria-label="[^"]*"(?: required)? checked', page.text)
    }
    assert chosen["stays"] == commune.one, "the record with the illness"
    assert chosen["take_citizen_number"] == "1" and chosen["take_full_name"] == "0"
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    sent = {**chosen, "take_phone": "1", "seen": seen, "reason": "Cùng một thẻ BHYT."}
    answer = browser.post(address, sent, page=address)
    assert answer.headers["location"] == f"/people/{commune.id.hex}/{commune.one}?done=merged", answer.text
    assert merged(hub) == {(commune.two, commune.one)}
    stays = fields_of(hub, commune.one)
    assert (stays["citizen_number"], stays["phone"], stays["full_name"]) == (CARD, "0912000222", "Giàng A Lử")
    with hub.db.read() as session:
        item = session.scalars(select(ItemRow).where(ItemRow.about_row == commune.one)).one()
        tables = [row.tbl for row in session.scalars(select(DownLineRow).order_by(DownLineRow.seq))]
        noted = session.scalars(select(HubAuditRow).where(HubAuditRow.action == "decide")).one()
    assert (item.body, item.author) == ("Cùng một thẻ BHYT.", "BS. Lò Thị Hoa") and "Giàng A Lử" in item.title
    assert tables == ["person", "person", "district_item"]
    assert (noted.subject, noted.detail["what"]) == (commune.one, "merge")
    assert address not in browser.get("/twins").text
    shown = words(browser.get(f"/people/{commune.id.hex}/{commune.two}"))
    assert "Đã gộp với hồ sơ: Giàng A Lu" in shown and "Tách ra" in shown


def test_parted_again_each_has_what_it_had(browse, hub, commune, address):
    browser = browse(EPI)
    before = fields_of(hub, commune.one), fields_of(hub, commune.two)
    page = browser.get(address)
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    sent = {"stays": commune.two, "take_full_name": "0", "seen": seen, "reason": "Cùng nhà."}
    browser.post(address, sent, page=address)
    assert fields_of(hub, commune.two)["full_name"] == "Giàng A Lử" and merged(hub) == {(commune.one, commune.two)}
    person = f"/people/{commune.id.hex}/{commune.two}"
    again = browser.post(f"{person}/part", {"goes": commune.one, "reason": " "}, page=person)
    assert again.status_code == 422 and "Ghi lý do" in words(again)
    answer = browser.post(f"{person}/part", {"goes": commune.one, "reason": "Hai anh em."}, page=person)
    assert answer.headers["location"] == f"/people/{commune.id.hex}/{commune.one}?done=parted", answer.text
    assert (fields_of(hub, commune.one), fields_of(hub, commune.two)) == before and merged(hub) == set()
    twice = browser.post(f"{person}/part", {"goes": commune.one, "reason": "Hai anh em."}, page=person)
    assert twice.status_code == 422 and "không còn ở trạng thái đã gộp" in words(twice)


def test_what_changed_meanwhile_is_not_merged_unseen(browse, hub, commune, address):
    browser = browse(EPI)
    seen = re.search(r'name="seen" value="([^"]+)"', browser.get(address).text)[1]
    sent = len(commune.lines)
    commune.op("u", int(commune.two, 16), {"phone": "0912000333"}, base=1)
    send(hub, commune, sent + 1)
    with hub.db.write(None, NOW) as session:
        row = session.scalars(select(RecordRow).where(RecordRow.tbl == "person", RecordRow.row == commune.two)).one()
        row.rev += 1
    body = {"stays": commune.one, "seen": seen, "reason": "Một người, cùng thẻ.", "take_phone": "1"}
    answer = browser.post(address, body, page=address)
    assert answer.status_code == 422 and "đã đổi từ lúc mở trang" in words(answer)
    assert "Một người, cùng thẻ." in answer.text and re.search(
        r'name="take_phone" value="1" aria-label="[^"]*" checked', answer.text
    )
    assert merged(hub) == set()
    answer = browser.post(address, {"seen": seen, "reason": "Một người"}, page=address)
    assert answer.status_code == 422 and "Chọn hồ sơ ở lại" in words(answer)


def test_two_people_are_not_asked_about_again(browse, hub, commune, address):
    browser = browse(EPI)
    found = re.search(rf'name="pair" value="(\d+)\.{commune.one}\.\1\.{commune.two}"', browser.get("/twins").text)
    n = found[1]
    answer = browser.post("/twins/apart", {"pair": f"{n}.{commune.two}.{n}.{commune.one}"}, page="/twins")
    assert answer.headers["location"] == "/twins?done=apart", answer.text
    listed = browser.get("/twins")
    assert address not in listed.text and "cùng số căn cước" in words(listed)
    for wrong in ("", "x", f"{n}.{commune.one}.{n}.{commune.one}", f"99.{commune.one}.{n}.{commune.two}", "1.2.3.4.5"):
        assert browser.post("/twins/apart", {"pair": wrong}, page="/twins").status_code == 404, wrong
    assert "có thể cũng của người này" not in words(browser.get(f"/people/{commune.id.hex}/{commune.one}"))


def test_candidates_by_sign_and_by_name(browse, hub, commune, address):
    browser = browse(EPI)
    browser.get("/twins")
    start = f"/twins/{commune.id.hex}/{commune.two}"
    assert start in browser.get(f"/people/{commune.id.hex}/{commune.two}").text
    text = words(browser.get(start))
    assert "Giàng A Lử" in text and "Hai trạm thì không gộp được" in text
    found = browser.post(start, {"q": "giang a lu"}, page=start)
    assert f'href="{start}/{commune.one}"' in found.text and f'{start}/{commune.two}"' not in found.text
    assert "Không thấy ai khác" in words(browser.post(start, {"q": "nguyễn văn"}, page=start))


def test_why_they_cannot_be_one_stands_there_instead_of_the_form(browse, hub, commune, address):
    sent = len(commune.lines)
    commune.ill(commune.two, NOW.date())
    send(hub, commune, sent + 1)
    text = words(browse(EPI).get(address))
    assert "Cả hai hồ sơ đều có lần mắc đang theo dõi" in text and "Gộp và báo trạm" not in text


@pytest.mark.parametrize("tail", ["x/y", f"{1:032x}", f"{9_999:032x}/{9_998:032x}", f"{9_001:032x}/%2e%2e"])
def test_nobody_there(browse, commune, tail):
    assert browse(EPI).get(f"/twins/{commune.id.hex}/{tail}").status_code == 404
