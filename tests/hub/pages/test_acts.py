"""What people do with the pages: bundles, enrolment, users, and the record of it all."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import timedelta

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from sqlalchemy import select, update

from covidstation.hub.rows import EnrolmentRow, HubAuditRow
from covidstation.hub.staff import users
from covidstation.hub.staff.audit import HubAction, check_chain
from covidstation.sync.enrolment import station_words
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import FakeStation
from tests.hub.pages.browser import words
from tests.hub.pages.test_pages import ADMIN, DATA, EPI, acts, station_id, upload
from tests.hub.pages.town import NOW, PEOPLE, Commune

DATABASES = BOTH


class Test_Bundles:
    def test_each_file_has_its_own_sentence(self, browse, hub):
        station = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
        station.people(4)
        stranger = Commune("Trạm lạ", "09999")
        answer = upload(
            browse(DATA),
            ("U-1.csb", station.up()),
            ("U-2.csb", station.up()),
            ("hong.csb", station.up()[:-9]),
            ("anh.jpg", b"\xff\xd8\xff"),
            ("E-1.csb", stranger.request()),
        )
        text = words(answer)
        assert "nhận 4 thay đổi; có đến số 4" in text
        assert "đã nhận trước đây" in text
        assert "U-1.csb" in text and "giấy xin ghép nối" in text
        assert "không phải gói dữ liệu" in text
        assert acts(hub, HubAction.IMPORT)[0].detail == {"files": 5, "taken": 4}

    def test_a_file_name_is_never_a_path_nor_markup(self, browse):
        text = upload(browse(DATA), ("../../<b>x</b>\u202e.csb", b"nichts")).text
        assert "../" not in text and "<b>x" not in text and "\u202e" not in text

    def test_nothing_chosen_is_said(self, browse):
        assert "Chưa chọn tệp nào" in words(browse(DATA).post("/bundles", page="/bundles"))

    def test_more_than_may_come_is_refused_while_it_comes(self, browse, monkeypatch):
        browser = browse(DATA)
        secret = browser.secret()
        assert browser.client.post("/own/sessions", data={"csrf": secret, "x": "y" * 70_000}).status_code == 413
        lying = browser.client.post(
            "/own/sessions",
            content=(b"x" * 10_000 for _part in range(9)),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert lying.status_code == 413

    def test_a_torn_form_is_one_sentence(self, browse):
        browser = browse(DATA)
        headers = {"content-type": "multipart/form-data; boundary=x"}
        answer = browser.client.post("/bundles", content=b"--x\r\nContent-Dis", headers=headers)
        assert answer.status_code in (400, 403)
        answer = browser.client.post("/bundles", content=b"abc", headers={"content-type": "multipart/form-data"})
        assert answer.status_code in (400, 403)

    def test_the_answers_are_the_tree_of_a_stick(self, browse, hub, tmp_path):
        answer = browse(DATA).post("/bundles/answers", page="/bundles")
        assert answer.headers["content-disposition"] == 'attachment; filename="tra-loi-2022-03-10.zip"'
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            names = packed.namelist()
        place = station_id(hub, "Nậm Tăm").hex
        assert any(name.startswith(f"CSB/{place}/down/C-") for name in names)
        assert any(name.startswith(f"CSB/{place}/down/R-") for name in names)
        assert len({name.split("/")[1] for name in names}) == 5

    def test_one_stations_answers_hold_nothing_of_another(self, browse, hub):
        place = station_id(hub, "Nậm Tăm").hex
        answer = browse(DATA).post("/bundles/answers", {"station": place}, page="/bundles")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            assert {name.split("/")[1] for name in packed.namelist()} == {place}


class Test_Enrolment:
    def look(self, browser, station):
        files = {"file": ("E.csb", station.request(), "application/octet-stream")}
        return browser.post("/stations/look", page="/stations", files=files)

    def kept(self, answer) -> dict[str, str]:
        return {"kept": html.unescape(re.search(r'name="kept" value="([^"]*)"', answer.text)[1])}

    def test_the_words_are_compared_before_anything_is_certified(self, browse, hub):
        browser, station = browse(ADMIN), FakeStation("Trạm Y tế xã Pu Sam Cáp", "03499")
        shown = self.look(browser, station)
        assert all(word in words(shown) for word in station_words(station.keys.public))
        refused = browser.post("/stations/enrol", self.kept(shown), page="/stations")
        assert refused.status_code == 422 and "đã so đủ tám từ" in refused.text
        with hub.db.read() as session:
            assert len(list(session.scalars(select(EnrolmentRow)))) == 5
        done = browser.post("/stations/enrol", {**self.kept(refused), "compared": "yes"}, page="/stations")
        assert "Đã ghép nối, giấy chứng nhận số 6" in words(done)
        assert acts(hub, HubAction.ENROL)[0].detail == {"serial": 6}
        assert "đã ghép nối bằng chính khoá này" in words(self.look(browser, station))

    def test_a_new_computer_of_a_commune_needs_a_word(self, browse, hub):
        browser, station = browse(ADMIN), FakeStation("Trạm Y tế xã Nậm Tăm", "03450")
        shown = self.look(browser, station)
        assert "đã có Trạm Y tế xã Nậm Tăm với khoá khác" in words(shown)
        fields = {**self.kept(shown), "compared": "yes"}
        assert browser.post("/stations/enrol", fields, page="/stations").status_code == 422
        done = browser.post("/stations/enrol", {**fields, "same_commune": "replace"}, page="/stations")
        assert "Đã ghép nối" in words(done)

    @pytest.mark.parametrize("data", [b"", b"nonsense", b"CSB1" + bytes(200)])
    def test_a_file_that_is_none_is_one_sentence(self, browse, data):
        files = {"file": ("E.csb", data, "application/octet-stream")}
        answer = browse(ADMIN).post("/stations/look", page="/stations", files=files)
        assert answer.status_code == 422 and 'role="alert"' in answer.text

    def test_a_revoked_station_speaks_no_more(self, browse, hub):
        station = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
        station.people(2)
        browser = browse(ADMIN)
        path = f"/stations/{station.id.hex}/revoke"
        assert browser.post(path, page="/stations").status_code == 422
        assert browser.post(path, {"reason": "mất máy"}, page="/stations").status_code == 303
        assert "khoá của máy cũ" in words(upload(browser, ("U.csb", station.up())))
        assert acts(hub, HubAction.REVOKE)[0].detail == {"reason": "mất máy", "serials": "6"}
        assert browser.post(path, {"reason": "lại"}, page="/stations").status_code == 422


class Test_Users:
    def add(self, browser, **fields):
        return browser.post("/users", {"login": "mai", "name": "Lò Thị Mai", "role": "data", **fields}, page="/users")

    def one_time(self, answer) -> str:
        return re.search(r'class="code">([a-z-]+)<', answer.text)[1]

    def test_a_new_one_must_choose_a_passphrase_first(self, browse, hub):
        once = self.one_time(self.add(browse(ADMIN)))
        browser = browse(address="10.0.0.9")
        assert browser.sign_in("mai", once.upper().replace("-", " ")).status_code == 303
        assert browser.get("/").headers["location"] == "/own"
        assert browser.get("/bundles").headers["location"] == "/own"
        fields = {"old": once, "new": "cầu treo bản Pa Khoá", "again": "cầu treo bản Pa Khoá"}
        assert browser.post("/own/passphrase", {**fields, "again": "khác"}).status_code == 422
        assert browser.post("/own/passphrase", {**fields, "new": once, "again": once}).status_code == 422
        assert browser.post("/own/passphrase", fields).status_code == 303
        assert browser.get("/").status_code == 200
        assert browse(address="10.0.0.9").sign_in("mai", once).status_code == 422

    def test_a_one_time_passphrase_grows_old(self, browse, clock):
        once = self.one_time(self.add(browse(ADMIN)))
        clock.wait(hours=73)
        assert "đã quá hạn" in browse().sign_in("mai", once).text

    @pytest.mark.parametrize(
        "fields", [{"login": "Lò"}, {"login": "admin"}, {"name": ""}, {"role": "king"}, {"role": ""}]
    )
    def test_a_bad_one_is_refused_beside_the_form(self, browse, hub, fields):
        answer = self.add(browse(ADMIN), **fields)
        assert answer.status_code == 422
        with hub.db.read() as session:
            assert len(users.users(session)) == 4

    def test_the_last_administrator_stays_one(self, browse, hub):
        browser = browse(ADMIN)
        with hub.db.read() as session:
            admin = next(one for one in users.users(session) if one.role is ADMIN)
        for what in ("role", "disable", "reset"):
            answer = browser.post(f"/users/{admin.id.hex}/{what}", {"role": "data"}, page="/users")
            assert answer.status_code == 422, what
        with pytest.raises(Exception, match="last_admin"):
            users.disable_user(hub, admin.id, by="program", now=NOW)

    def test_a_disabled_one_is_out_at_once_and_may_come_back(self, browse, hub):
        admin, clerk = browse(ADMIN), browse(DATA)
        with hub.db.read() as session:
            data = next(one for one in users.users(session) if one.role is DATA)
        assert admin.post(f"/users/{data.id.hex}/disable", page="/users").status_code == 303
        assert clerk.get("/").status_code == 303
        once = self.one_time(admin.post(f"/users/{data.id.hex}/enable", page="/users"))
        assert browse(address="10.0.0.9").sign_in("data", once).status_code == 303

    def test_passphrases_are_argon2id(self, monkeypatch):
        monkeypatch.undo()
        found = extract_parameters(users._NOBODY)
        assert found.type is Type.ID and found.memory_cost >= 19_456 and found.time_cost >= 2


class Test_Audit:
    def test_it_says_who_saw_whom(self, browse, hub):
        place = station_id(hub, "Nậm Tăm")
        browse(EPI).get(f"/people/{place.hex}/{1:032x}")
        text = words(browse(ADMIN).get(f"/audit?subject={1:032x}"))
        assert "BS. Lò Thị Hoa" in text and "Xem người bệnh" in text and "Nậm Tăm" in text
        assert not [name for name, _year, _sex in PEOPLE if name in text]

    @pytest.mark.parametrize("column", ["at", "user", "action", "subject", "detail", "station"])
    def test_a_changed_entry_shows(self, browse, hub, column):
        browser = browse(ADMIN)
        values = {
            "at": NOW.replace(tzinfo=None) + timedelta(seconds=1), "user": "f" * 32, "action": "see",
            "subject": "a" * 32, "detail": {"what": "nichts"}, "station": 3,
        }  # fmt: skip
        with hub.db.write(None, NOW) as session:
            session.execute(update(HubAuditRow).where(HubAuditRow.seq == 2).values({column: values[column]}))
        assert "Dòng số 2 không còn như lúc ghi" in words(browser.get("/audit"))

    def test_an_entry_that_was_taken_out_shows(self, browse, hub):
        browser = browse(ADMIN)
        with hub.db.write(None, NOW) as session:
            session.delete(session.get_one(HubAuditRow, 3))
        with hub.db.read() as session:
            assert check_chain(session).fault == 3 and check_chain(session, 2).fault == 3
        assert "Dòng số 3" in words(browser.get("/audit?check=all"))

    def test_an_untouched_record_is_whole(self, browse, hub):
        browse(ADMIN).get("/audit.xlsx")
        with hub.db.read() as session:
            found = check_chain(session)
        assert found.fault is None and found.entries > 4
        assert acts(hub, HubAction.EXPORT)[0].detail["list"] == "nhat-ky"
