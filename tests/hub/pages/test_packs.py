"""Dated rules from the page: draft, preview, sending, what was sent; nothing goes that a station could not read."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from covidstation.catalog import load_catalog
from covidstation.domain.district import DistrictPack, ItemKind, Measure, Target
from covidstation.hub.down.items import Author, set_target
from covidstation.hub.down.packs import law_on, look_at_pack, template_of
from covidstation.hub.rows import DownLineRow, HubAuditRow, ItemRow
from covidstation.hub.staff.rights import HubRole
from covidstation.paths import resources
from covidstation.services.district.packs import FAMILIES, check_pack
from tests.hub.pages.browser import Browser, words
from tests.hub.pages.town import NOW, TODAY

EPI = HubRole.EPIDEMIOLOGY
SOON = TODAY + timedelta(days=3)
CATALOG = load_catalog(resources())


def drafted(browser: Browser, family: str = "isolation", first: date = SOON) -> str:
    """What stands in the form."""
    answer = browser.get(f"/packs/new?family={family}&first={first}")
    assert answer.status_code == 200
    return html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.text, re.S)[1])


def fields(toml: str, family: str = "isolation", first: date | str = SOON, station: str = "") -> dict[str, str]:
    return {"family": family, "first": str(first), "station": station, "toml": toml}


def packs(hub) -> list[ItemRow]:
    with hub.db.read() as session:
        return list(session.scalars(select(ItemRow).where(ItemRow.kind == ItemKind.PACK.value)))


def test_the_draft_is_the_rule_of_that_day_and_the_preview_names_what_changes(browse, hub):
    browser = browse(EPI)
    toml = drafted(browser)
    assert "days = 7" in toml and "vn-isolation" not in toml and "valid_from" not in toml
    changed = toml.replace("days = 7", "days = 5", 1)
    answer = browser.post("/packs/look", fields(changed), page="/packs/new")
    text = words(answer)
    assert answer.status_code == 200
    assert "Số ngày 7 5" in text and "Thay “" in text and "7 giá trị giữ nguyên" in text
    assert packs(hub) == [], "a preview tells nobody"
    done = browser.post("/packs", fields(changed), page="/packs/new")
    assert done.headers["location"] == "/packs?done=told"
    (row,) = packs(hub)
    assert row.data["id"] == "huyen-isolation-20220313" and row.data["valid_from"] == "2022-03-13"
    assert row.data["toml"] == changed and row.author == "BS. Lò Thị Hoa"
    with hub.db.read() as session:
        lines = session.scalars(select(DownLineRow).where(DownLineRow.row == row.id.hex)).all()
        noted = session.scalars(select(HubAuditRow).where(HubAuditRow.action == "tell")).one()
    assert len(lines) == 5, "one for each station"
    assert noted.detail["what"] == "pack"
    assert "chưa tới ngày" in words(browser.get("/packs"))


def test_the_next_draft_goes_on_from_what_was_sent(browse, hub):
    browser = browse(EPI)
    toml = drafted(browser).replace("days = 7", "days = 5", 1)
    browser.post("/packs", fields(toml), page="/packs/new")
    assert "days = 5" in drafted(browser, first=SOON + timedelta(days=1))
    assert "days = 7" in drafted(browser, first=SOON - timedelta(days=1))
    browser.post("/packs", fields(toml.replace("days = 5", "days = 4", 1)), page="/packs/new")
    assert [row.data["id"] for row in packs(hub)] == ["huyen-isolation-20220313", "huyen-isolation-20220313-2"]


def test_one_station_alone_and_taking_it_back(browse, hub):
    browser = browse(EPI)
    browser.post("/packs", fields(drafted(browser), station="2"), page="/packs/new")
    (row,) = packs(hub)
    assert row.station == 2
    assert "Pa Khoá" in words(browser.get("/packs"))
    page = browser.get(f"/items/{row.id.hex}")
    assert "days = 7" in page.text and "dùng từ 13/03/2022" in words(page)
    browser.post(f"/items/{row.id.hex}/withdraw", page=f"/items/{row.id.hex}")
    assert "đã rút" in words(browser.get("/packs"))


@pytest.mark.parametrize(
    ("change", "words_"),
    [
        ({"toml": "days = "}, "Chưa đọc được quy định này"),
        ({"toml": ""}, "Chưa đọc được quy định này"),
        ({"toml": "days = 5"}, "Chưa đọc được quy định này"),
        ({"toml": "x = 1\n" * 9_000}, "dài quá"),
        ({"family": "retention"}, "Không có nhóm quy định"),
        ({"family": "../etc"}, "Không có nhóm quy định"),
        ({"first": "2022-03-09"}, "chỉ có hiệu lực từ hôm nay"),
        ({"first": "mai"}, "Ngày ghi chưa đúng"),
        ({"station": "999"}, "không còn"),
    ],
)
@pytest.mark.parametrize("path", ["/packs", "/packs/look"])
def test_what_a_station_could_not_read_goes_nowhere_and_stays_typed(browse, hub, path, change, words_):
    browser = browse(EPI)
    sent = fields(drafted(browser)) | change
    answer = browser.post(path, sent, page="/packs/new")
    assert answer.status_code in (404, 422)
    assert words_ in words(answer)
    assert packs(hub) == []
    if answer.status_code == 422 and len(sent["toml"]) < 1_000:
        assert html.escape(sent["toml"].strip(), quote=False)[:20] in answer.text.replace("&#34;", '"')


def test_a_file_may_stand_for_the_text(browse, hub):
    browser = browse(EPI)
    toml = drafted(browser).replace("days = 7", "days = 6", 1)
    data = {name: value for name, value in fields("").items() if name != "toml"}
    ours = {"file": ("q.toml", b"\xef\xbb\xbf" + toml.replace("\n", "\r\n").encode(), "text/plain")}
    answer = browser.post("/packs/look", data, page="/packs/new", files=ours)
    assert "Số ngày 7 6" in words(answer)
    bad = {"file": ("q.toml", b"\xff\xfe\x00", "text/plain")}
    assert browser.post("/packs/look", data, page="/packs/new", files=bad).status_code == 422


def test_texts_of_papers(browse, hub):
    browser = browse(EPI)
    law = law_on(CATALOG, SOON)
    assert law is not None and law.id == "vn-until-2026-06-30"
    toml = '"terms.head_title.before-2026" = "Trạm trưởng"'
    seen = browser.post("/packs/look", fields(toml, "wording"), page="/packs/new")
    assert "terms.head_title.before-2026 Trưởng trạm Trạm trưởng" in words(seen)
    assert browser.post("/packs", fields(toml, "wording"), page="/packs/new").status_code == 303
    assert packs(hub)[0].data["id"] == law.id
    bad = browser.post("/packs/look", fields('"nobody.knows.1" = "x"', "wording"), page="/packs/new")
    assert bad.status_code == 422 and len(packs(hub)) == 1


def test_hostile_text_stays_text(browse):
    browser = browse(EPI)
    evil = drafted(browser) + "\n# </textarea><script>alert(1)</script>\n"
    answer = browser.post("/packs/look", fields(evil), page="/packs/new")
    assert answer.status_code == 200 and "<script>" not in answer.text


def test_the_list_is_a_spreadsheet_too_with_targets(browse, hub):
    browser = browse(EPI)
    browser.post("/packs", fields(drafted(browser)), page="/packs/new")
    with hub.db.write(None, NOW) as session:
        target = Target(Measure.TESTS, TODAY, TODAY + timedelta(days=6), 300)
        set_target(session, hub, target, Author("BS. Hoa"), station=None, now=NOW)
    text = words(browser.get("/packs"))
    assert "Chỉ tiêu: mẫu xét nghiệm, 300" in text and "đang dùng" in text and "chưa tới ngày" in text
    with zipfile.ZipFile(io.BytesIO(browser.get("/packs.xlsx").content)) as book:
        cells = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "Chỉ tiêu: mẫu xét nghiệm, 300" in cells and "chưa tới ngày" in cells and "0/5" in cells


def test_a_schedule_with_a_code_that_no_list_has_is_not_sent(browse, hub):
    browser = browse(EPI)
    toml = drafted(browser, "vaccine_schedule")
    wrong = toml.replace('not_pregnant = ["Sputnik-V"]', 'not_pregnant = ["Nanocovax"]')
    answer = browser.post("/packs/look", fields(wrong, "vaccine_schedule"), page="/packs/new")
    assert "Nanocovax" in words(answer) and "Chưa đọc được quy định này" in words(answer)
    browser.post("/packs", fields(wrong, "vaccine_schedule"), page="/packs/new")
    assert packs(hub) == []
    new = '\n[[products]]\ncode = "Nanocovax"\nname = "Nanocovax"\nfirst_day = 2021-06-01\n'
    browser.post("/packs", fields(drafted(browser, "vaccine_products") + new, "vaccine_products"), page="/packs/new")
    browser.post("/packs", fields(wrong, "vaccine_schedule"), page="/packs/new")
    assert [row.data["family"] for row in packs(hub)] == ["vaccine_products", "vaccine_schedule"]


@pytest.mark.parametrize("family", [one for one in FAMILIES if one != "wording"])
def test_every_draft_can_be_sent_as_it_stands_and_changes_nothing(hub, family):
    with hub.db.read() as session:
        toml = template_of(session, CATALOG, family, SOON)
        assert toml, family
        pack = DistrictPack(family, "huyen-x", SOON, toml)
        check_pack(pack, CATALOG)
        found = look_at_pack(session, pack, CATALOG)
    assert found.changed == () and found.same > 2
