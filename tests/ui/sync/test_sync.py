"""Đồng bộ: enrolling with compared words, writing in one click, receipts, questions, troubles."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QDialog, QLabel

from covidstation.db.queries.people import get_person
from covidstation.db.queries.station import get_setting
from covidstation.db.queries.sync import sync_state
from covidstation.db.rows import Base, Synced
from covidstation.errors import UserError
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.services.people import edit_person
from covidstation.services.status import Status, station_status
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request
from covidstation.sync.receipts import ReceiptException
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.status_parts import status_parts
from covidstation.ui.sync import page as page_module
from covidstation.ui.sync import sticks, writing
from covidstation.ui.sync.page import SyncPage
from covidstation.ui.sync.panels import WordsDialog
from covidstation.ui.sync.sticks import Stick
from covidstation.ui.sync.words import kind_word, seconds_text
from tests.services.district import WHEN, District, lay
from tests.ui.village import NOW, catalog


@pytest.fixture
def stick(tmp_path) -> Stick:
    folder = tmp_path / "KINGSTON"
    folder.mkdir()
    return Stick("KINGSTON (E:)", folder)


@pytest.fixture
def page(desk, shown, monkeypatch, stick):
    monkeypatch.setattr(page_module, "plugged_in", lambda: (stick,))
    made = SyncPage(desk)
    made.resize(1166, 560)
    desk.changed.connect(made.refresh)
    shown(made)
    made.load()
    return made


@pytest.fixture
def district() -> District:
    return District()


def names(page) -> list[str]:
    """The rows of what was read."""
    rows = [page.taken._list.itemAt(at).widget() for at in range(page.taken._list.count())]
    return [row.lines.first.text_in_full() for row in rows]


def answer(monkeypatch, code: int) -> list[str]:
    """A person answers the dialog of words; what it showed."""
    seen: list[str] = []

    def shown(dialog) -> int:
        seen.extend(one.accessibleName() for one in dialog.findChildren(object) if _spoken(one).startswith("Từ "))
        return code

    monkeypatch.setattr(WordsDialog, "exec", shown)
    return seen


def _spoken(widget) -> str:
    return widget.accessibleName() if hasattr(widget, "accessibleName") else ""


def test_before_enrolment_the_page_explains_two_steps(page, stick):
    assert page._right.currentWidget() is page.enrol_panel
    assert page.enrol_panel.words() == ""
    first = page.enrol_panel.sticks.buttons[0]
    assert first.plain_text() == "Ghi yêu cầu vào KINGSTON (E:)"
    first.click()
    assert [path.name[:7] for path in stick.folder.rglob("*.csb")] == ["E-03517"]
    assert page.steps.accessibleName().startswith("Rút được. KINGSTON (E:)")
    page._put_result_away()
    assert len(page.enrol_panel.words().split(" · ")) == 8
    assert page.enrol_panel.words().split(" · ")[0] in page.steps._note.text()


def certificate(desk, district, stick) -> District:
    request = open_request(write_enrolment(desk.register.db, stick.folder, by=None, now=NOW).path)
    for path in stick.folder.rglob("*.csb"):
        path.unlink()
    certificate = district.certificate(request)
    lay(stick.folder, usb.certificate_name(certificate.station, certificate.serial), district.certified(request))
    district.request = request
    return district


def test_the_words_are_compared_before_a_certificate_counts(page, desk, district, stick, monkeypatch):
    certificate(desk, district, stick)
    seen = answer(monkeypatch, QDialog.DialogCode.Rejected)
    page._take.click()
    assert len(seen) == 8
    assert get_certificate(desk.register.db) is None
    assert "chưa nhận gì" in page.banner.text()

    answer(monkeypatch, QDialog.DialogCode.Accepted)
    page._take.click()
    assert get_certificate(desk.register.db) is not None
    assert names(page) == ["Đã ghép nối với Trung tâm Y tế huyện Sìn Hồ. Từ nay ghi USB là gửi được."]
    assert page._right.currentWidget() is page.write_panel


@pytest.fixture
def enrolled(page, desk, district, stick, monkeypatch):
    certificate(desk, district, stick)
    answer(monkeypatch, QDialog.DialogCode.Accepted)
    page._take.click()
    page.load()
    return district


def test_one_click_writes_and_the_changes_stay_unsent(page, desk, enrolled, stick):
    count = sync_state(desk.register.db).unsent
    assert page.unsent.count.text() == f"{count} thay đổi"
    page.write_panel.sticks.buttons[0].click()
    assert page.steps._title.text() == "Rút được"
    assert f"{count} thay đổi vẫn tính là chưa gửi" in page.steps._note.text()
    assert sync_state(desk.register.db).unsent == count
    assert page.unsent.age.text() == "đã ghi USB, chờ biên nhận"
    assert get_setting(desk.register.db, "usb_folder") == str(stick.folder)
    model = page.receipts.table.model()
    assert [model.index(0, column).data() for column in (0, 2, 3, 4, 5)] == [
        *("1", f"{count}", "USB KINGSTON", "Đã ghi USB, chờ biên nhận", "chưa có")
    ]


def test_a_receipt_settles_the_batch_and_the_old_result_goes(page, desk, enrolled, stick):
    page.write_panel.sticks.buttons[0].click()
    count = sync_state(desk.register.db).unsent
    data = enrolled.receipt(
        desk.register.db,
        enrolled.request,
        count,
        exceptions=(
            ReceiptException(2, "conflict", "hub.same_number", "Số căn cước trùng với <b>người</b> ở xã khác."),
        ),
    )
    lay(stick.folder, usb.receipt_name(enrolled.certificate(enrolled.request).station, "9f86d081884c7d65", count), data)
    page._take.click()
    assert sync_state(desk.register.db).unsent == 0
    assert page.unsent.age.text() == "Huyện đã nhận đủ"
    assert page._right.currentWidget() is page.write_panel, "what it said of unsent changes is no longer true"
    assert page.receipts.table.model().index(0, 4).data() == f"Huyện đã nhận đủ {count}"
    rows = [page.questions._list.itemAt(at).widget() for at in range(page.questions._list.count())]
    assert rows[0].lines.second.text_in_full() == "Số căn cước trùng với <b>người</b> ở xã khác."
    assert not page.questions.isHidden()


def test_damaged_files_are_refused_one_by_one(page, desk, enrolled, stick):
    bad = stick.folder / "CSB" / "hong.csb"
    bad.write_bytes(b"CSB1" + bytes(40))
    page._take.click()
    assert any("không phải gói dữ liệu" in name or "hỏng" in name or "cụt" in name for name in names(page))
    assert page.banner.text() == ""


def test_an_empty_stick_is_said(page, desk, enrolled, stick):
    for path in stick.folder.rglob("*.csb"):
        path.unlink()
    page._take.click()
    assert "Không có tệp nào của huyện" in page.banner.text()


def test_a_stick_pulled_out_loses_nothing(page, desk, enrolled, stick, monkeypatch):
    def pulled_out(*_args, **_named):
        raise UserError("stick.pulled_out")

    monkeypatch.setattr(writing, "export_changes", pulled_out)
    count = sync_state(desk.register.db).unsent
    page.write_panel.sticks.buttons[0].click()
    assert page.steps._title.text() == "Chưa ghi được"
    assert "USB bị rút ra" in page.steps._note.text()
    assert sync_state(desk.register.db).unsent == count
    assert not page.writer.running() and page.may_leave()


def test_stop_before_the_writing_leaves_the_stick_alone(page, desk, enrolled, stick):
    for path in stick.folder.rglob("*.csb"):
        path.unlink()
    page.writer._stepped.connect(lambda name: page.writer.stop() if name == "pack" else None)
    page.write_panel.sticks.buttons[0].click()
    assert page.steps._title.text() == "Đã dừng"
    assert not list(stick.folder.rglob("*.csb"))
    assert sync_state(desk.register.db).on_stick == 0


def test_the_age_of_what_waits(page, desk, enrolled):
    desk.now = lambda: NOW + timedelta(days=3)
    page.load()
    assert page.unsent.age.text() == "cũ nhất 3 ngày"
    assert page.unsent.age.property("ink") == "warn"


def test_the_remembered_folder_is_offered_without_a_stick(page, desk, enrolled, stick, monkeypatch):
    page.write_panel.sticks.buttons[0].click()
    monkeypatch.setattr(page_module, "plugged_in", lambda: ())
    page.load()
    page._put_result_away()
    assert page.write_panel.sticks.buttons[0].plain_text() == "Ghi vào KINGSTON"


def test_mounted_drives_can_be_listed():
    assert all(stick.folder.is_dir() for stick in sticks.plugged_in())


def test_it_fits_a_small_screen(page, enrolled):
    assert page.minimumSizeHint().height() <= 560 and WHEN.tzinfo is not None


def test_the_keyboard_begins_at_the_act_that_comes_next(page, desk, enrolled, stick, qtbot):
    elsewhere = LineEdit("other", "Khác")
    elsewhere.setParent(page)
    elsewhere.show()
    elsewhere.setFocus()
    page.load()
    assert page.write_panel.sticks.buttons[0].hasFocus()


def test_with_nothing_to_write_nothing_is_to_be_pressed(page, desk, enrolled, stick):
    page.write_panel.sticks.buttons[0].click()
    count = sync_state(desk.register.db).unsent
    station = enrolled.certificate(enrolled.request).station
    data = enrolled.receipt(desk.register.db, enrolled.request, count)
    lay(stick.folder, usb.receipt_name(station, "9f86d081884c7d65", count), data)
    page._take.click()
    first = page.write_panel.sticks.buttons[0]
    assert not first.isEnabled()
    assert first.property("kind") == "normal"
    assert "không còn gì phải ghi" in page.write_panel._note.text()
    page.load()
    assert page._take.hasFocus()


def test_receipts_come_first_and_a_certificate_known_for_long_is_no_news(page, desk, enrolled, stick):
    page._take.click()
    assert names(page) == ["Đã nhận từ trước, không có gì mới"]
    page.write_panel.sticks.buttons[0].click()
    count = sync_state(desk.register.db).unsent
    station = enrolled.certificate(enrolled.request).station
    (stick.folder / "CSB" / "a-hong.csb").write_bytes(b"CSB1" + bytes(40))
    data = enrolled.receipt(desk.register.db, enrolled.request, count)
    lay(stick.folder, usb.receipt_name(station, "9f86d081884c7d65", count), data)
    page._take.click()
    assert len(names(page)) == 2
    assert names(page)[0].startswith("Biên nhận của Trung tâm Y tế huyện Sìn Hồ")


def test_the_result_stays_until_something_changes(page, desk, enrolled, stick, village):
    page.write_panel.sticks.buttons[0].click()
    page.hide()
    page.load()
    page.show()
    assert page._right.currentWidget() is page.steps
    assert page.steps._title.text() == "Rút được"
    person = get_person(desk.register.db, village.my)
    edit_person(desk.register.db, village.my, replace(person, phone="0365118299"), catalog=catalog(), by=None, now=NOW)
    page.load()
    assert page._right.currentWidget() is page.write_panel


def test_the_steps_tell_size_and_time(page, desk, enrolled, stick):
    page.write_panel.sticks.buttons[0].click()
    figures = [label.text() for label in page.steps.findChildren(QLabel)]
    assert any(text.endswith(("kB · dưới 0,1 giây", "giây")) and "kB · " in text for text in figures)
    assert not any("0,0 giây" in text for text in figures)


@pytest.mark.parametrize(("seconds", "text"), [(0, "dưới 0,1 giây"), (0.09, "dưới 0,1 giây"), (0.94, "0,9 giây")])
def test_what_is_done_at_once_is_not_called_nothing(seconds, text):
    assert seconds_text(seconds) == text


def test_ages_read_as_in_the_status_line(page, desk, enrolled):
    now = NOW + timedelta(hours=30)
    desk.now = lambda: now
    page.load()
    part = next(one for one in status_parts(_status(desk), now, to_sync=None, to_backup=None) if "chưa gửi" in one.text)
    assert part.text.endswith(page.unsent.age.text()) and page.unsent.age.text() == "cũ nhất 30 giờ"
    assert "30 giờ" in [label.text() for label in page.unsent.findChildren(QLabel)]


def _status(desk) -> Status:
    return station_status(desk.register.db, desk.register.folder)


def test_every_kind_of_change_has_a_word_of_its_own():
    tables = {mapper.local_table.name for mapper in Base.registry.mappers if issubclass(mapper.class_, Synced)}
    assert {table for table in tables if kind_word(table) == "Khác"} == set()
