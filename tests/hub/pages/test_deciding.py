"""Conflicts, what the district says to stations, and people who are handed over, by browser."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.domain.district import ItemKind
from covidstation.domain.ops import decode_op
from covidstation.hub.down.stream import Change, say
from covidstation.hub.rows import ConflictRow, DownLineRow, ItemRow, MoveRow, RecordRow, StationRow
from covidstation.hub.staff.audit import HubAction, entries
from covidstation.hub.staff.rights import HubRole
from tests.hub.conftest import BOTH
from tests.hub.pages.browser import words
from tests.hub.pages.town import NOW, TODAY, Commune, send, split

DATABASES = BOTH
PERSON, CASE = 9001, 9002
EPI, DATA, ADMIN = HubRole.EPIDEMIOLOGY, HubRole.DATA, HubRole.ADMIN


@pytest.fixture
def commune(hub) -> Commune:
    station = Commune("Trạm Y tế xã Pu Sam Cáp", "03499").join(hub)
    station.rows = 9000
    station.ill(station.person("Lý A Dơ", 1950, "MALE", phone="0912000111"), TODAY)
    send(hub, station)
    return station


def one(hub, kind):
    with hub.db.read() as session:
        return session.scalars(select(kind)).one()


def number_of(hub, station) -> int:
    with hub.db.read() as session:
        return session.scalars(select(StationRow.n).where(StationRow.id == station.id)).one()


class Test_Conflicts:
    @pytest.fixture
    def conflict(self, hub, commune) -> UUID:
        split(hub, commune, PERSON)
        return one(hub, ConflictRow).id

    def test_both_values_stand_beside_each_other_with_who_and_when(self, browse, hub, conflict):
        browser = browse(EPI)
        listed = words(browser.get("/conflicts"))
        assert "Lý A Dơ" in listed and "0912000222" in listed and "0912000333" in listed
        text = words(browser.get(f"/conflicts/{conflict.hex}"))
        assert "Điện thoại 0912000222" in text and "Điện thoại 0912000333" in text
        assert "huyện" in text and "Trạm Y tế xã Pu Sam Cáp" in text
        with hub.db.read() as session:
            assert entries(session, action=HubAction.SEE.value)[0].subject == f"{PERSON:032x}"

    def test_a_choice_travels_and_closes_it(self, browse, hub, conflict, commune):
        browser = browse(EPI)
        path = f"/conflicts/{conflict.hex}"
        assert browser.post(path, {"choice": "losing"}, page=path).status_code == 422
        assert browser.post(path, {"choice": "", "reason": "x"}, page=path).status_code == 422
        assert one(hub, ConflictRow).decided_at is None
        reason = "đã gọi điện hỏi"
        assert browser.post(path, {"choice": "losing", "reason": reason}, page=path).status_code == 303
        kept = one(hub, ConflictRow)
        assert kept.decided_at is not None
        with hub.db.read() as session:
            lines = session.scalars(select(DownLineRow).where(DownLineRow.tbl == "conflict_decision")).all()
            note = entries(session, action=HubAction.DECIDE.value)[0]
        assert len(lines) == 1 and reason.encode() in lines[0].line
        assert note.detail == {"choice": "losing", "reason": reason} and note.subject == f"{PERSON:032x}"
        assert "Không có bản ghi nào khác nhau" in words(browser.get("/conflicts"))
        assert "Đã chọn lúc" in words(browser.get(path))
        assert browser.post(path, {"choice": "standing", "reason": "nghĩ lại"}, page=path).status_code == 303

    def test_a_third_value_is_written_when_neither_is_right(self, browse, hub, conflict, commune):
        browser = browse(EPI)
        path = f"/conflicts/{conflict.hex}"
        assert "ghi giá trị khác" in words(browser.get(path))
        standing = browser.get(path).text.split('id="phone" name="phone" type="text" value="')[1].split('"')[0]
        why = {"choice": "other", "reason": "đọc lại trên giấy"}
        same = browser.post(path, why | {"phone": standing}, page=path)
        assert same.status_code == 422 and "khác với giá trị đang đứng" in words(same)
        assert one(hub, ConflictRow).decided_at is None
        assert browser.post(path, why | {"phone": "0987000111"}, page=path).status_code == 303
        kept = one(hub, ConflictRow)
        assert kept.decided_at is not None and kept.decision["choice"] == "other"
        with hub.db.read() as session:
            held = session.get_one(RecordRow, (number_of(hub, commune), "person", f"{PERSON:032x}"))
            assert held.fields["phone"] == "0987000111"
            told = session.scalars(select(DownLineRow.line).where(DownLineRow.row == f"{PERSON:032x}")).all()
        assert any(b'"phone":"0987000111"' in line for line in told)

    def test_a_third_birthday_must_be_one(self, browse, hub, commune):
        n = number_of(hub, commune)
        with hub.db.write(None, NOW) as session:
            change = Change("person", UUID(int=PERSON), "u", {"birth_year": 1951, "birth_month": 2, "birth_day": 3})
            say(session, hub, n, [change], by=None, now=NOW)
        sent, made = len(commune.lines), decode_op(commune.lines[0]).stamp
        commune.op("u", PERSON, {"birth_year": 1952, "birth_month": 5, "birth_day": 6}, base=made)
        send(hub, commune, sent + 1)
        path = f"/conflicts/{one(hub, ConflictRow).id.hex}"
        browser = browse(EPI)
        why = {"choice": "other", "reason": "xem khai sinh", "birth_year": "1953"}
        bad = browser.post(path, why | {"birth_month": "2", "birth_day": "31"}, page=path)
        assert bad.status_code == 422 and "Ngày sinh" in words(bad) and 'value="1953"' in bad.text
        assert browser.post(path, why | {"birth_month": "2", "birth_day": "28"}, page=path).status_code == 303
        with hub.db.read() as session:
            held = session.get_one(RecordRow, (n, "person", f"{PERSON:032x}")).fields
        assert [held[f"birth_{name}"] for name in ("year", "month", "day")] == [1953, 2, 28]

    def test_the_overview_counts_it(self, browse, conflict):
        assert "1 hai bản ghi khác nhau" in words(browse(DATA).get("/"))

    def test_a_data_clerk_sees_no_value(self, browse, conflict):
        assert browse(DATA).get(f"/conflicts/{conflict.hex}").status_code == 403


class Test_Telling:
    def test_an_announcement_reaches_every_station(self, browse, hub):
        browser = browse(EPI)
        fields = {"kind": "announcement", "title": "Họp giao ban", "body": "8 giờ sáng thứ Hai.\nMang sổ.", "due": ""}
        assert browser.post("/items", fields, page="/items").status_code == 303
        item = one(hub, ItemRow)
        assert (item.kind, item.author, item.station) == ("announcement", "BS. Lò Thị Hoa", None)
        with hub.db.read() as session:
            assert len(session.scalars(select(DownLineRow).where(DownLineRow.tbl == "district_item")).all()) == 5
        shown = words(browser.get(f"/items/{item.id.hex}"))
        assert "Họp giao ban" in shown and "8 giờ sáng thứ Hai." in shown and "xã Nậm Tăm" in shown
        assert browser.post(f"/items/{item.id.hex}/withdraw", page="/items").status_code == 303
        assert one(hub, ItemRow).withdrawn_at is not None

    def test_a_question_is_about_one_person_and_its_answer_comes_back(self, browse, hub, commune):
        browser = browse(EPI)
        person = f"/people/{commune.id.hex}/{PERSON:032x}"
        answer = browser.post(f"{person}/ask", {"title": "Ngày sinh?", "body": "Xin xem lại."}, page=person)
        item = one(hub, ItemRow)
        assert answer.headers["location"] == f"/items/{item.id.hex}?done=told"
        assert (item.kind, item.about_tbl, item.about_row) == (ItemKind.QUESTION.value, "person", f"{PERSON:032x}")
        assert "đang đợi" in words(browser.get(f"/items/{item.id.hex}"))
        sent = len(commune.lines)
        fields = {"item": item.id.hex, "kind": "answer", "text": "Sinh <b>1951</b>", "by_name": "Mai"}
        commune.row("district_message", 500, {**fields, "made_at": "2022-03-10T08:00:00"})
        send(hub, commune, sent + 1)
        answer = browser.get(f"/items/{item.id.hex}")
        assert "Sinh <b>1951</b>" in words(answer) or "Sinh &lt;b&gt;1951" in answer.text
        assert "đang đợi" not in words(answer) and "<b>1951" not in answer.text

    def test_a_target_has_its_days_and_its_number(self, browse, hub):
        browser = browse(EPI)
        fields = {"measure": "tests", "value": "120", "first": "2022-03-11", "until": "2022-03-31"}
        for wrong in ({"value": "x"}, {"first": ""}, {"until": "2022-03-01"}, {"value": "0"}):
            assert browser.post("/items/targets", {**fields, **wrong}, page="/items").status_code == 422
        assert browser.post("/items/targets", fields, page="/items").status_code == 303
        assert one(hub, ItemRow).data["value"] == 120

    @pytest.mark.parametrize("wrong", [{"title": ""}, {"body": ""}, {"due": "mai"}, {"station": "0" * 32}])
    def test_what_is_not_whole_is_not_said(self, browse, hub, wrong):
        fields = {"kind": "finding", "title": "Sổ", "body": "Thiếu chữ ký", **wrong}
        assert browse(EPI).post("/items", fields, page="/items").status_code in (404, 422)
        with hub.db.read() as session:
            assert session.scalars(select(ItemRow)).all() == []


class Test_Moves:
    def test_the_district_proposes_and_answers(self, browse, hub, commune):
        browser = browse(EPI)
        with hub.db.read() as session:
            target = session.scalars(select(StationRow).where(StationRow.name.endswith("Nậm Tăm"))).one()
        person = f"/people/{commune.id.hex}/{PERSON:032x}"
        fields = {"target": target.id.hex, "reason": ""}
        assert browser.post(f"{person}/move", fields, page=person).status_code == 422
        answer = browser.post(f"{person}/move", {**fields, "reason": "về quê"}, page=person)
        assert answer.status_code == 303
        move = one(hub, MoveRow)
        text = words(browser.get("/moves"))
        assert "Lý A Dơ" in text and "đợi trạm mới trả lời" in text
        assert browser.post(f"/moves/{move.id.hex}", {"choice": "accept"}, page="/moves").status_code == 303
        assert one(hub, MoveRow).state == "accepted"
        assert browser.post(f"/moves/{move.id.hex}", {"choice": "accept"}, page="/moves").status_code == 422
        there = browser.get(f"/people/{target.id.hex}/{PERSON:032x}")
        assert there.status_code == 200 and "Lý A Dơ" in words(there)

    def test_a_person_who_moved_counts_once(self, browse, hub, commune):
        self.test_the_district_proposes_and_answers(browse, hub, commune)
        browser = browse(DATA)
        assert "0 F0 mới hôm nay" in words(browser.get("/?q=Pu Sam"))
        assert "2 F0 mới hôm nay" in words(browser.get("/?q=Nậm Tăm")) or "1 F0 mới hôm nay" in words(
            browser.get("/?q=Nậm Tăm")
        )

    def test_a_request_of_a_station_is_put_to_the_other(self, browse, hub, commune):
        sent = len(commune.lines)
        fields = {
            "item": None, "kind": "move_request", "about_tbl": "person",
            "about_row": f"{PERSON:032x}", "text": "chuyển nhà",
            "by_name": "Mai", "made_at": "2022-03-10T08:00:00", "data": {"name": "Lý A Dơ"},
        }  # fmt: skip
        request = commune.row("district_message", 501, fields)
        send(hub, commune, sent + 1)
        browser = browse(EPI)
        assert "chuyển nhà" in words(browser.get("/moves"))
        with hub.db.read() as session:
            target = session.scalars(select(StationRow).where(StationRow.name.endswith("Nậm Tăm"))).one()
        done = browser.post(f"/moves/requests/{request}", {"choice": "ask", "other": target.id.hex}, page="/moves")
        assert done.status_code == 303
        move = one(hub, MoveRow)
        assert (move.target, move.person) == (target.n, f"{PERSON:032x}")


def test_a_correction_of_the_district_is_counted(browse, hub, commune):
    browser = browse(DATA)
    assert "1 F0 mới hôm nay" in words(browser.get("/?q=Pu Sam"))
    with hub.db.write(None, NOW) as session:
        change = Change("episode", UUID(int=CASE), "u", {"classification": "NO_CASE"})
        say(session, hub, number_of(hub, commune), [change], by=None, now=NOW)
    assert "0 F0 mới hôm nay" in words(browser.get("/?q=Pu Sam"))
