"""Keys that change, at the district's pages: brought by browser, seen in the list, a revoked station enrolled anew."""

from __future__ import annotations

import html
import re

from sqlalchemy import select

from covidstation.hub.rows import EnrolmentRow
from covidstation.hub.staff.audit import HubAction
from covidstation.sync.enrolment import open_certificate
from covidstation.sync.identity import Identity
from tests.hub.fake_stations import FakeStation
from tests.hub.pages.browser import words
from tests.hub.pages.test_pages import ADMIN, DATA, acts, upload
from tests.hub.pages.town import Commune

NAME, CODE = "Trạm Y tế xã Pu Sam Cáp", "03499"


def certificate_of(hub, keys: Identity) -> bytes:
    with hub.db.read() as session:
        row = session.scalars(select(EnrolmentRow).where(EnrolmentRow.key_id == keys.sign.id)).one()
        return row.certificate


def test_a_request_for_new_keys_by_browser(browse, hub):
    station, new = Commune(NAME, CODE).join(hub), Identity.generate()
    browser, admin = browse(DATA), browse(ADMIN)
    data = station.rekey(new)
    assert "đã nhận khoá mới của trạm" in words(upload(browser, ("K.csb", data)))
    assert acts(hub, HubAction.ENROL)[0].detail == {"serial": 7, "how": "rekey"}
    assert "đã nhận trước đây" in words(upload(browser, ("K.csb", data)))
    assert "khoá cũ, hết hiệu lực khi trạm dùng khoá mới" in words(admin.get("/stations"))
    assert open_certificate(certificate_of(hub, new), ours=new.public).follows == station.keys.sign.id
    stranger = FakeStation()
    stranger.certificate = station.certificate
    said = words(upload(browser, ("K.csb", stranger.rekey(Identity.generate()))))
    assert "máy lạ ký" in said


def test_a_revoked_station_is_enrolled_anew_by_words(browse, hub):
    station = Commune(NAME, CODE).join(hub)
    station.people(2)
    admin = browse(ADMIN)
    upload(browse(DATA), ("U.csb", station.up()))
    admin.post(f"/stations/{station.id.hex}/revoke", {"reason": "mất máy"}, page="/stations")
    assert "khoá bảo lãnh đã hết hiệu lực" in words(upload(browse(DATA), ("K.csb", station.rekey(Identity.generate()))))
    computer = FakeStation(NAME, CODE)
    files = {"file": ("E.csb", computer.request(), "application/octet-stream")}
    shown = admin.post("/stations/look", page="/stations", files=files)
    kept = html.unescape(re.search(r'name="kept" value="([^"]*)"', shown.text)[1])
    fields = {"kept": kept, "compared": "yes", "same_commune": "replace"}
    assert "Đã ghép nối" in words(admin.post("/stations/enrol", fields, page="/stations"))
    computer.take(certificate_of(hub, computer.keys))
    assert computer.id == station.id and computer.epoch != station.epoch
    computer.people(3)
    assert "nhận 3 thay đổi" in words(upload(browse(DATA), ("U.csb", computer.up())))
