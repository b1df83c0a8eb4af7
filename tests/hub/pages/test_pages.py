"""What the pages show and do, on a district of invented communes."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.domain.ops import decode_op
from covidstation.hub.figures.counts import figures_of
from covidstation.hub.rows import EnrolmentRow, StationRow, StreamRow
from covidstation.hub.staff.audit import HubAction, entries
from covidstation.hub.staff.rights import HubRole
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import FakeStation
from tests.hub.pages.browser import words
from tests.hub.pages.town import NOW, TODAY, Commune, send

DATABASES = BOTH
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
