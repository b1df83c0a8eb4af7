"""What the pages show and do, on a district of invented communes."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from covidstation.hub import users
from covidstation.hub.audit import HubAction, check_chain, entries
from covidstation.hub.rights import HubRole
from covidstation.hub.rows import EnrolmentRow, HubAuditRow, StationRow, StreamRow
from tests.hub.pages.browser import words
from tests.hub.pages.town import NOW, PEOPLE, TODAY, Commune, send
from tests.hub.stations import FakeStation

ADMIN, EPI, DATA, READ = HubRole.ADMIN, HubRole.EPIDEMIOLOGY, HubRole.DATA, HubRole.READ_ONLY
HOSTILE = "<script>alert(1)</script>\u202e\"'&=cmd|' /C calc'!A0"


def station_id(hub, name: str) -> UUID:
    with hub.db.read() as session:
        return session.scalars(select(StationRow.id).where(StationRow.name.endswith(name))).one()


def acts(hub, action: HubAction):
    with hub.db.read() as session:
        return entries(session, action=action.value)


def upload(browser, *files: tuple[str, bytes]):
    parts = [("files", (name, data, "application/octet-stream")) for name, data in files]
    return browser.post("/bundles", page="/bundles", files=parts)


class Test_Overview:
    def test_who_needs_attention_stands_first(self, browse):
        text = words(browse(READ).get("/"))
        order = [text.index(f"xã {name}") for name in ("Nậm Cuổi", "Pa Khoá", "Noong Hẻo", "Nậm Tăm")]
        assert order == sorted(order)
        assert "chưa gửi lần nào" in text and "thiếu gói" in text and "có thay đổi giữ riêng" in text

    def test_counts_are_those_of_what_was_sent(self, browse):
        # Of the first station all 4 were ill and none is old enough to have recovered at its turn of three: by hand.
        text = words(browse(READ).get("/"))
        assert "5 trạm" in text and "2/5 đã báo cáo hôm nay" in text

    def test_before_seven_nobody_is_late(self, browse, clock):
        clock.now = NOW.replace(hour=6, minute=50)
        text = words(browse(READ).get("/"))
        assert "chưa đến giờ" in text and "chưa có báo cáo" not in text

    def test_two_days_of_silence_are_told(self, browse, clock):
        clock.now = NOW + timedelta(days=3)
        assert "lâu không liên lạc" in words(browse(READ).get("/"))

    def test_a_fork_is_grave(self, browse, hub):
        station = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
        station.people(3)
        send(hub, station)
        station.lines.pop()
        station.op("i", 77, {"full_name": "Người khác", "sex": "MALE", "birth_year": 1990})
        browser = browse(DATA)
        assert "trái với những gì huyện đã nhận" in words(upload(browser, ("U.csb", station.up())))
        assert 'class="grave"' in browser.get("/").text
        assert "gói trái nhau" in words(browser.get("/"))
        assert "Pu Sam Cáp" in words(browser.get("/aside"))

    def test_a_search_finds_a_commune(self, browse):
        text = words(browse(READ).get("/?q=tăm"))
        assert "xã Nậm Tăm" in text and "xã Pa Khoá" not in text

    def test_a_commune_says_what_is_missing(self, browse, hub):
        text = words(browse(READ).get(f"/communes/{station_id(hub, 'Pa Khoá').hex}"))
        assert "thay đổi số 7 đến 9" in text

    @pytest.mark.parametrize("path", ["/communes/xyz", f"/communes/{'0' * 32}"])
    def test_an_unknown_commune_is_one_sentence(self, browse, path):
        answer = browse(READ).get(path)
        assert answer.status_code == 404 and "Không có trang này" in answer.text


class Test_Figures:
    def test_days_communes_and_ages_have_one_sum(self, browse, hub):
        from covidstation.hub.counts import figures_of  # noqa: PLC0415

        browse(READ).get("/figures")
        with hub.db.read() as session:
            found = figures_of(session, TODAY - timedelta(days=40), TODAY)
        assert found.new == sum(one.new for one in found.places) == sum(one.new for one in found.ages) > 0
        assert found.died == sum(one.died for one in found.ages)

    @pytest.mark.parametrize("query", ["first=2022-04-01&to=2022-03-01", "first=2001-01-01&to=2022-03-01"])
    def test_an_impossible_period_is_said_and_another_shown(self, browse, query):
        answer = browse(READ).get(f"/figures?{query}")
        assert answer.status_code == 422 and "Chọn ngày đầu không sau ngày cuối" in answer.text

    @pytest.mark.parametrize("query", ["first=x&to=y", "station=zzz", "first=9999-12-31", "from=-1", "to=0001-01-01"])
    def test_nonsense_in_the_address_harms_nothing(self, browse, query):
        assert browse(READ).get(f"/figures?{query}").status_code in (200, 422)
        assert browse(READ).get(f"/reports?day={query}").status_code == 200

    def test_a_chart_has_its_table_beside_it(self, browse):
        text = browse(READ).get("/figures").text
        assert text.count('role="img"') == 3 and text.count("<table") == 3

    def test_a_second_report_of_a_day_replaces_the_first(self, browse, hub):
        station = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
        station.report(TODAY, new=1, under=5)
        station.report(TODAY, new=41, under=45, at="06:55", version=2)
        send(hub, station)
        text = words(browse(READ).get("/reports"))
        assert "06:55" in text and "lần 2" in text and "41" in text

    def test_reports_name_who_is_missing(self, browse):
        text = words(browse(READ).get("/reports"))
        assert "3 trạm chưa có báo cáo" in text and "xã Căn Co" in text

    def test_a_correction_of_the_birth_moves_a_case_to_its_age(self, browse, hub):
        from covidstation.hub.counts import figures_of  # noqa: PLC0415

        station = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
        person = station.person("Lý A Dơ", 1950, "MALE")
        station.ill(person, TODAY)
        send(hub, station)
        browser = browse(READ)
        browser.get("/figures")
        station.op("u", 1, {"birth_year": 2020}, base=station_stamp(station, 1))
        send(hub, station, 3)
        browser.get("/figures")
        with hub.db.read() as session:
            n = session.scalars(select(StationRow.n).where(StationRow.commune == "03499")).one()
            ages = {one.first: one.new for one in figures_of(session, TODAY, TODAY, n).ages}
        assert ages[0] == 1 and ages[65] == 0

    def test_a_wrong_entry_no_longer_counts(self, browse, hub):
        station = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
        station.ill(station.person("Lý A Dơ", 1950, "MALE"), TODAY)
        send(hub, station)
        browser = browse(READ)
        assert "F0 mới: 1" in words(browser.get("/?q=Pu Sam")) or "1" in words(browser.get("/?q=Pu Sam"))
        before = words(browser.get("/?q=Pu Sam"))
        station.op("u", 2, {"classification": "NO_CASE"}, table="episode", base=station_stamp(station, 2))
        send(hub, station, 3)
        assert "1 F0 mới hôm nay" in before
        assert "0 F0 mới hôm nay" in words(browser.get("/?q=Pu Sam"))


def station_stamp(station: FakeStation, seq: int) -> int:
    from covidstation.domain.ops import decode_op  # noqa: PLC0415

    return decode_op(station.lines[seq - 1]).stamp


class Test_People:
    def test_a_search_is_by_commune_and_noted(self, browse, hub):
        browser = browse(EPI)
        place = station_id(hub, "Nậm Tăm")
        text = words(browser.post("/people", {"station": place.hex, "q": "giang pao"}, page="/people"))
        assert "Giàng A Páo" in text and "Lò Thị Mai" not in text
        assert "•••• 0000" in text and "012000000000" not in text
        assert acts(hub, HubAction.SEE)[0].detail == {"what": "search", "people": 1}

    def test_a_person_is_shown_masked_and_noted(self, browse, hub):
        browser, place = browse(EPI), station_id(hub, "Nậm Tăm")
        answer = browser.get(f"/people/{place.hex}/{1:032x}")
        text = words(answer)
        assert "Giàng A Páo" in text and "012000000000" not in text and "Ngày dương tính" in text
        seen = acts(hub, HubAction.SEE)[0]
        assert seen.subject == f"{1:032x}" and seen.station is not None

    def test_a_number_is_shown_whole_to_who_says_why(self, browse, hub):
        browser, place = browse(EPI), station_id(hub, "Nậm Tăm")
        path = f"/people/{place.hex}/{1:032x}"
        answer = browser.post(path, {"number": "citizen_number", "reason": "paper"}, page=path)
        assert "012 000 000 000" in words(answer)
        note = acts(hub, HubAction.REVEAL)[0]
        assert note.detail == {"field": "citizen_number", "reason": "paper"} and note.subject == f"{1:032x}"

    @pytest.mark.parametrize(
        "fields", [{"reason": "other"}, {"reason": ""}, {"number": "full_name", "reason": "paper"}]
    )
    def test_without_a_reason_it_stays_hidden(self, browse, hub, fields):
        browser, place = browse(EPI), station_id(hub, "Nậm Tăm")
        path = f"/people/{place.hex}/{1:032x}"
        answer = browser.post(path, {"number": "citizen_number", **fields}, page=path)
        assert answer.status_code == 422 and "012 000" not in answer.text
        assert acts(hub, HubAction.REVEAL) == []

    def test_a_person_of_one_commune_is_not_found_through_another(self, browse, hub):
        browser = browse(EPI)
        row = f"{1:032x}"
        unsent = station_id(hub, "Nậm Cuổi")
        assert browser.get(f"/people/{unsent.hex}/{row}").status_code == 404

    @pytest.mark.parametrize("typed", ["", "a", "12", "   "])
    def test_too_little_is_not_searched(self, browse, hub, typed):
        place = station_id(hub, "Nậm Tăm")
        answer = browse(EPI).post("/people", {"station": place.hex, "q": typed}, page="/people")
        assert answer.status_code == 422

    def test_hostile_names_stay_words(self, browse, hub):
        station = Commune(f"Trạm {HOSTILE}", "03498").join(hub)
        station.ill(station.person(HOSTILE, 1990, "MALE", phone="=1+1"), TODAY)
        send(hub, station, program=HOSTILE, waiting="many", clock="x", backup_at=7)
        browser = browse(EPI)
        for path in ("/", "/figures", "/reports", "/people", f"/communes/{station.id.hex}", "/bundles"):
            text = browser.get(path).text
            assert "<script" not in text and "\u202e" not in text, path
        found = browser.post("/people", {"station": station.id.hex, "q": "script"}, page="/people")
        assert "&lt;script&gt;" in found.text and "<script" not in found.text
        person = browser.get(f"/people/{station.id.hex}/{1:032x}")
        assert person.status_code == 200 and "<script" not in person.text

    def test_a_hostile_name_is_text_in_a_spreadsheet(self, browse, hub):
        Commune("=cmd|' /C calc'!A0", "03498").join(hub)
        data = browse(DATA).get("/communes.xlsx").content
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
            assert "=cmd|" in book.read("xl/sharedStrings.xml").decode()


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
        from covidstation.hub.web import pages  # noqa: PLC0415

        browser = browse(DATA)
        secret = browser.secret()
        assert browser.client.post("/own/sessions", data={"csrf": secret, "x": "y" * 70_000}).status_code == 413
        lying = browser.client.post(
            "/own/sessions",
            content=(b"x" * 10_000 for _part in range(9)),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert lying.status_code == 413 and pages.THREADS < 40

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
        import html  # noqa: PLC0415
        import re  # noqa: PLC0415

        return {"kept": html.unescape(re.search(r'name="kept" value="([^"]*)"', answer.text)[1])}

    def test_the_words_are_compared_before_anything_is_certified(self, browse, hub):
        browser, station = browse(ADMIN), FakeStation("Trạm Y tế xã Pu Sam Cáp", "03499")
        shown = self.look(browser, station)
        from covidstation.sync.enrolment import station_words  # noqa: PLC0415

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
        import re  # noqa: PLC0415

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
        from argon2 import extract_parameters  # noqa: PLC0415
        from argon2.low_level import Type  # noqa: PLC0415

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


class Test_Size:
    def test_a_page_of_two_hundred_communes_stays_small(self, browse, hub):
        with hub.db.write(None, NOW) as session:
            for number in range(200):
                lay_station(session, number)
        browser = browse(READ)
        for path in ("/", "/?from=40", "/reports", f"/figures?first={TODAY - timedelta(days=365)}&to={TODAY}"):
            assert len(browser.get(path).content) <= 30_000, path
        assert "1–40 trong 205" in words(browser.get("/"))

    def test_a_long_period_has_its_weeks(self, browse):
        answer = browse(READ).get(f"/figures?first={TODAY - timedelta(days=69)}&to={TODAY}")
        assert answer.text.count("đến") >= 10 and "04/03/2022 đến 10/03/2022" in words(answer)


def lay_station(session, number: int) -> None:
    station = StationRow(id=UUID(int=number + 1), name=f"Trạm Y tế xã số {number}", commune=f"9{number:04d}", place="")
    session.add(station)
    session.flush()
    keyed = {"sign": bytes(32), "age": "age1", "epoch": "", "certificate": b""}
    session.add(StreamRow(station=station.n, epoch=f"{number:016x}", upto=0, chain=bytes(32), last_stamp=0))
    key = f"{number:016x}"
    session.add(EnrolmentRow(serial=1000 + number, station=station.n, key_id=key, enrolled_at=station_day(), **keyed))
    session.flush()


def station_day():
    return NOW.replace(tzinfo=None)
