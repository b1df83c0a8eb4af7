"""The window around the pages: scans in each state, the ways between pages, the truth of the status line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from covidstation.db.queries.audit import AuditWanted, audit_lines, audit_list
from covidstation.db.queries.station import counts
from covidstation.db.queries.sync import Receipt, SyncState, sync_state
from covidstation.services.changes import Kind
from covidstation.services.drafts import drafts
from covidstation.services.preferences import Preferences
from covidstation.services.status import Status
from covidstation.ui.main import MainWindow
from covidstation.ui.pages import SHORTCUTS, entries
from covidstation.ui.parts.toast import Toast
from covidstation.ui.settings.audit_words import phrase
from covidstation.ui.status_parts import age_text, status_parts
from tests.ui.village import NOW, SCAN

MY = "012168000119||Giàng Thị Mỷ|05041968|Nữ|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021"


@pytest.fixture
def kept():
    return []


@pytest.fixture
def window(desk, theme, shown, kept):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), kept.append)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


def toasts(window):
    return [toast.accessibleName() for toast in window.window().findChildren(Toast) if toast.isVisible()]


def size(window):
    return counts(window._desk.register.db)


@pytest.mark.parametrize("start", ["today", "f0_list", "book", "sync"])
def test_a_known_card_opens_its_person_from_any_page(window, start):
    window.go(start)
    before = size(window)
    window.look_at(MY)
    assert window.current().objectName() == "person"
    assert "Giàng Thị Mỷ" in window.current().title
    assert size(window) == before


def test_a_new_card_opens_the_form_filled_and_saves_nothing(window):
    before = size(window)
    window.look_at(SCAN)
    page = window.current()
    assert page.objectName() == "f0_form"
    assert page.fields.person.name.value() == "Giàng A Páo"
    assert size(window) == before


def test_the_form_fits_a_low_window_with_the_training_banner_and_an_old_draft(window):
    window.set_training(True)
    window.look_at(SCAN)
    form = window.current()
    form.fields.person.name.setText("Vàng A Chứ")
    form._keeper.touch()
    window.go("today")
    assert window.training.height() == 44
    window.new_f0.click()
    QApplication.processEvents()
    assert form.offer.isVisible()
    assert not form.fields._touched, "an empty form has nothing to complain of"
    assert window.training.height() == 28
    areas = [area for area in form.fields.findChildren(QScrollArea) if area.parent() is form.fields]
    assert [area.verticalScrollBar().maximum() for area in areas] == [0, 0]
    window.resize(1366, 900)
    assert window.training.height() == 44


@pytest.mark.parametrize("text", ["012055004127||Giangf A Paso|03021955|Nam|Banr|10052021", "http://a|b", "x" * 5000])
def test_other_text_is_refused_with_a_sentence_and_changes_nothing(window, text):
    window.go("f0_list")
    before = size(window)
    window.look_at(text)
    assert window.current().objectName() == "f0_list"
    assert len(toasts(window)) == 1
    assert size(window) == before


def test_a_scan_typed_into_the_search_field_is_heard(window, qtbot):
    window.search.setFocus()
    for char in SCAN:
        if char.isascii():
            QTest.keyClick(window.search, char)
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(toasts(window)) or window.current().objectName() == "f0_form", timeout=3000)


def test_the_entries_lead_to_their_pages_by_number_and_by_click(window):
    """By the order in which hands learned them: later entries took the keys that were free."""
    assert sorted(SHORTCUTS) == sorted(entry.key for entry in entries())
    for sign, key in zip("1234567890-=", SHORTCUTS, strict=True):
        QTest.keyClick(window, sign, Qt.KeyboardModifier.AltModifier)
        assert window.current().entry == key


def test_a_person_is_shown_under_the_list_where_one_was(window, village):
    for key in ("chronic", "f0", "households"):
        window.go(key)
        window._desk.want_person.emit(village.mai)
        assert (window.current().objectName(), window.current().entry) == ("person", key)
        window._desk.want_person.emit(village.my)  # from one person to the next
        assert window.current().entry == key


def test_f2_opens_an_empty_form(window):
    QTest.keyClick(window, Qt.Key.Key_F2)
    assert window.current().objectName() == "f0_form"


def test_counts_stand_beside_the_entries(window):
    assert window.side._buttons["f0"].accessibleDescription() == "2"
    assert window.side._buttons["sync"].accessibleDescription() == str(unsent(window))


def unsent(window):
    return sync_state(window._desk.register.db).unsent


def test_the_page_fits_a_small_screen(window):
    assert window.minimumSizeHint().height() <= 697
    assert window.minimumSizeHint().width() <= 1366


def test_a_changed_station_is_kept_for_the_next_unlocking(window, kept):
    window._desk.tell(frozenset({Kind.STATION}))
    assert kept[-1].station == "Trạm Y tế xã Nậm Tăm"
    assert kept[-1].place == "Xã Nậm Tăm, tỉnh Lai Châu"


def test_the_way_to_ones_own_passphrase_is_in_the_menu_and_ends_in_its_field(window, monkeypatch):
    menus = []
    monkeypatch.setattr(window, "set_user", lambda _name, actions: menus.append(dict(actions)))
    window._user_menu()
    menus[0]["Đổi mật khẩu của tôi…"]()
    assert window.current().objectName() == "settings"
    assert window.page("settings").section().old.hasFocus()


def test_closing_backs_up_what_changed_and_then_lets_go(window, qtbot):
    left = []
    window.left.connect(lambda: left.append(True))
    assert not window.close() or left
    assert left
    folder = window._desk.register.folder / "backups"
    assert len(list(folder.glob("register-*.db"))) == 1
    db = window._desk.register.db
    lines = audit_lines(db, audit_list(db, AuditWanted()), 0, 2)
    assert [phrase(one) for one in lines] == ["sao lưu sổ", "đóng chương trình"]
    assert lines[1].who == window._desk.register.user_name


def test_locking_keeps_what_was_half_typed(window, qtbot):
    window.look_at(SCAN)
    locked = []
    window.locked.connect(lambda: locked.append(True))
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert locked
    found = drafts(window._desk.register.db, "f0")
    assert found
    QApplication.processEvents()


def status(**changes):
    state = SyncState(unsent=0, oldest=None, on_stick=0, last_receipt=None)
    plain = Status("Trạm", "03517", False, 10, 2, True, state, NOW.replace(tzinfo=None) - timedelta(hours=2))
    sync = {
        name: changes.pop(name) for name in tuple(changes) if name in ("unsent", "oldest", "on_stick", "last_receipt")
    }
    return replace(plain, sync=replace(state, **sync), **changes)


def said(found):
    return [part.text for part in status_parts(found, NOW, to_sync=None, to_backup=None)]


def hours_ago(hours):
    return (NOW - timedelta(hours=hours)).astimezone(UTC)


def test_unsent_changes_are_calm_for_a_day_and_warn_after_it():
    fresh = status_parts(status(unsent=12, oldest=hours_ago(3)), NOW, to_sync=None, to_backup=None)
    assert "12 thay đổi chưa gửi, cũ nhất 3 giờ" in [part.text for part in fresh if part.state == "young"]
    on_stick = status_parts(status(unsent=12, oldest=hours_ago(3), on_stick=12), NOW, to_sync=None, to_backup=None)
    assert [part.state for part in on_stick if "chưa gửi" in part.text] == ["young"]
    sent = status_parts(status(), NOW, to_sync=None, to_backup=None)
    assert [part.state for part in sent if part.text == "Huyện đã nhận đủ"] == ["good"]
    old = status_parts(status(unsent=12, oldest=hours_ago(50)), NOW, to_sync=None, to_backup=None)
    assert (old[0].state, old[0].text) == ("warn", "12 thay đổi chưa gửi, cũ nhất 2 ngày")


def test_written_to_a_stick_is_never_called_sent():
    texts = said(status(unsent=12, oldest=hours_ago(1), on_stick=12))
    assert "12 thay đổi chưa gửi (đã ghi USB), cũ nhất 1 giờ" in texts
    some = said(status(unsent=12, oldest=hours_ago(1), on_stick=5))
    assert any("5 đã ghi USB" in text for text in some)


def test_a_receipt_and_its_questions_are_told():
    receipt = Receipt(9, datetime(2026, 7, 9, tzinfo=UTC), NOW.replace(tzinfo=None, hour=5, minute=40), ())
    assert "Biên nhận gần nhất 05:40 hôm nay" in [
        part.text for part in status_parts(status(last_receipt=receipt), NOW, to_sync=None, to_backup=None)
    ]
    asked = replace(receipt, exceptions=({"seq": 1},))
    first = status_parts(status(last_receipt=asked), NOW, to_sync=None, to_backup=None)[0]
    assert (first.state, "hỏi lại 1" in first.text) == ("warn", True)


def test_no_backup_and_no_district_are_said():
    texts = said(status(last_backup=None, enrolled=False))
    assert "Chưa sao lưu lần nào" in texts
    assert "Chưa ghép nối với huyện" in texts


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=20), "dưới 1 phút"),
        (timedelta(minutes=59, seconds=59), "59 phút"),
        (timedelta(hours=47), "47 giờ"),
        (timedelta(hours=48), "2 ngày"),
    ],
)
def test_ages_are_rounded_down(age, text):
    assert age_text(age) == text
