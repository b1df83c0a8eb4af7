"""Nhật ký truy cập: who saw this person, what did this user do, what did an act change, in plain words."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from covidstation.db.ids import new_id
from covidstation.db.queries.audit import AuditLine
from covidstation.db.queries.people import get_person
from covidstation.db.rows import UserRow
from covidstation.domain.audit import AuditAction
from covidstation.domain.people import PersonDraft
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.services.access.audit import note_report, saw_person
from covidstation.services.people import edit_person
from covidstation.ui.settings import audit as audit_module
from covidstation.ui.settings.audit_words import phrase, sentence_of
from covidstation.ui.settings.page import SettingsPage
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def page(desk, shown):
    made = SettingsPage(desk)
    made.resize(1166, 620)
    shown(made)
    return made


@pytest.fixture
def section(page):
    page.show_section("audit")
    return page.section()


def lines(section):
    model = section.model
    return [model.record(row) for row in range(model.rowCount())]


def phrases(section):
    return [phrase(line) for line in lines(section)]


def another_nurse(desk):
    """A second user, in whose hands the register is from now on."""
    row = UserRow(id=new_id(), name="Vàng Thị Dế", role=Role.DATA_ENTRY.value)
    with desk.register.db.write(None, NOW) as session:
        session.add(row)
    desk.register.db.actor = Actor(row.id, row.name, Role.DATA_ENTRY)
    return row.id


def test_who_saw_this_person(page, desk, village):
    saw_person(desk.register.db, village.my, "person", now=NOW)
    saw_person(desk.register.db, village.mai, "form", now=NOW)
    page.show_part(f"audit:{village.my.hex}")
    section = page.section()
    assert phrases(section)[0] == "xem trang của Giàng Thị Mỷ"
    assert all("Giàng Thị Mỷ" in words for words in phrases(section))
    section._about.click()
    assert "mở phiếu F0 của Lò Thị Mai" in phrases(section)


def test_what_this_user_did_and_of_which_kind(section, desk, village):
    head = desk.register.db.actor
    nurse = another_nurse(desk)
    saw_person(desk.register.db, village.my, "person", now=NOW)
    desk.register.db.actor = head
    section.load()
    section.user.set_value(nurse)
    section.user.picked.emit(nurse)
    assert [(line.who, phrase(line)) for line in lines(section)] == [("Vàng Thị Dế", "xem trang của Giàng Thị Mỷ")]
    section.kind.set_value("change")
    section.kind.picked.emit("change")
    assert not lines(section) and section._none.isVisible()


def test_by_name_and_by_day(section, desk, village):
    saw_person(desk.register.db, village.my, "person", now=NOW)
    saw_person(desk.register.db, village.mai, "person", now=NOW - timedelta(days=40))
    section.typed.setText("giang thi my")
    section._ask()
    assert lines(section) and all(line.subject == "Giàng Thị Mỷ" for line in lines(section))
    section.typed.setText("")
    section.first.set_day(date(2026, 5, 1))
    section.last.set_day(date(2026, 6, 30))
    section._ask()
    assert phrases(section) == ["xem trang của Lò Thị Mai"]


def test_a_change_says_from_which_value_to_which(section, desk, village):
    before = edited(desk.register.db, village.my, phone="0912345678")
    section.load()
    row = next(n for n, one in enumerate(lines(section)) if one.action == "change" and one.subject_id == village.my)
    section.table.selectRow(row)
    found = [section.changes.record(n) for n in range(section.changes.rowCount())]
    assert ("phone", before, "0912345678") in [(one.field, one.old or "", one.new) for one in found]
    assert "đã ghi, sửa thông tin của Giàng Thị Mỷ" in section._said.text()


def edited(db, person_id, **changed):
    """Change a person as the form does; the phone that stood there before."""
    person = get_person(db, person_id)
    values = {one.name: getattr(person, one.name) for one in fields(PersonDraft)}
    edit_person(db, person_id, PersonDraft(**values | changed), catalog=catalog(), by=None, now=NOW)
    return person.phone


def test_a_nurse_sees_what_she_did_herself_and_nothing_else(page, desk, village):
    saw_person(desk.register.db, village.my, "person", now=NOW)
    nurse = another_nurse(desk)
    saw_person(desk.register.db, village.mai, "person", now=NOW)
    page.show_section("audit")
    section = page.section()
    assert {line.actor for line in lines(section)} == {nurse}
    assert not section.user.isEnabled()


def test_looking_is_noted_once_in_a_while(section, desk):
    section.load()
    section.load()
    read = [line for line in lines(section) if line.action == "audit"]
    assert len(read) == 1


def test_the_list_goes_on_paper(section, desk, monkeypatch):
    handed = []
    monkeypatch.setattr(audit_module, "hand_out", lambda *what: handed.append(what))
    note_report(desk.register.db, "2026-07-10", "print", now=NOW)
    section.load()
    section._print.click()
    pdf, name = handed[0][2], handed[0][4]
    assert pdf.startswith(b"%PDF") and name == "nhat-ky-truy-cap-2026-07-10.pdf"
    section.load()
    assert "in nhật ký truy cập" in phrases(section)
    assert "in báo cáo ngày 10/07/2026" in phrases(section)


def line(action, subject="", **detail):
    at = datetime(2026, 7, 10, 0, 15, tzinfo=UTC)
    return AuditLine(7, at, UUID(int=1), "Lò Thị Mai", action, UUID(int=2) if subject else None, subject, detail)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (line("issue", "12/QĐ-TYT", what="isolation_order"), "cấp quyết định"),
        (line("issue", "12/QĐ-TYT", what="void", kind="isolation_order"), "huỷ văn bản số 12/QĐ-TYT"),
        (line("print", "12/QĐ-TYT", what="paper", n=2), "in văn bản số 12/QĐ-TYT, 2 bản"),
        (line("send", what="bundle", n=31), "ghi gói gửi huyện, 31 thay đổi"),
        (line("change", "Giàng A Páo", seq=3, what="visit alert"), "ghi, sửa lần đo, dấu hiệu nặng của Giàng A Páo"),
        (line("change", seq=3, what="hamlet"), "ghi, sửa thôn bản"),
        (line("login_failed", count=3), "vào được sau khi có 3 lần gõ sai mật khẩu"),
        (line("see"), "xem hồ sơ không còn trong sổ"),
        (line("from_a_newer_program"), "from_a_newer_program"),
        (line("print", what="of_a_newer_program"), "in giấy tờ"),
    ],
)
def test_entries_read_as_sentences(entry, words):
    assert phrase(entry).startswith(words)
    assert "{" not in phrase(entry)


def test_who_what_when(monkeypatch):
    entry = line("print", "12/QĐ-TYT", what="paper", n=2)
    clock = f"{entry.at.astimezone():%H:%M}"
    assert sentence_of(entry) == f"Lò Thị Mai đã in văn bản số 12/QĐ-TYT, 2 bản lúc {clock} ngày 10/07/2026."


def test_every_kind_of_entry_has_a_phrase():
    for action in AuditAction:
        assert phrase(line(action.value, "Giàng A Páo")) != action.value
