"""Cài đặt: each section saves through its service, refuses with a sentence, and never drops what was typed."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.places import hamlets, sub_points
from covidstation.db.queries.staff import all_duties, staff_on
from covidstation.db.queries.station import get_setting, get_station
from covidstation.services.access.opening import open_register
from covidstation.services.changes import Kind
from covidstation.services.papers.packs import pack_items
from covidstation.services.station import setup
from covidstation.ui.look.theme import Theme
from covidstation.ui.settings import page as page_module
from covidstation.ui.settings import staff as staff_module
from covidstation.ui.settings.check import FindingRow
from covidstation.ui.settings.page import SettingsPage
from covidstation.ui.settings.places import PlaceDialog
from covidstation.ui.settings.staff import DutyDialog
from tests.ui.village import CHEAP, NOW, PASSPHRASE, catalog


@pytest.fixture
def said(desk) -> list[str]:
    found: list[str] = []
    desk.said.connect(found.append)
    return found


@pytest.fixture
def page(desk, shown):
    made = SettingsPage(desk)
    made.resize(1166, 560)
    desk.changed.connect(made.refresh)
    shown(made)
    made.load()
    return made


def section(page, key: str):
    page.show_section(key)
    return page.section()


def test_the_station_is_saved_with_ctrl_enter(page, desk, said):
    station = section(page, "station")
    edit = station.edits["chairman_name"]
    edit.setFocus()
    edit.setText("Chẻo Lở Mẩy")
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    station.save()
    assert get_station(desk.register.db).chairman_name == "Chẻo Lở Mẩy"
    assert said and not station.unsaved()


def test_a_station_without_its_name_is_refused_beside_the_field(page, desk):
    station = section(page, "station")
    station.edits["name"].setText("")
    station.save()
    assert get_station(desk.register.db).name == "Trạm Y tế xã Nậm Tăm"
    assert station.edits["name"].property("state") == "error"
    assert page.banner.text()


def test_leaving_asks_when_something_is_not_saved(page, monkeypatch):
    section(page, "station").edits["phone"].setText("0365118200")
    monkeypatch.setattr(page_module, "confirm", lambda *_a, **_k: False)
    page.show_section("looks")
    assert page.section().key == "station" and page.tabs.value() == "station"
    monkeypatch.setattr(page_module, "confirm", lambda *_a, **_k: True)
    page.show_section("looks")
    assert page.section().key == "looks"


def test_arrows_move_between_sections(page):
    assert page.tabs.hasFocus()
    QTest.keyClick(page.tabs, Qt.Key.Key_Down)
    assert page.section().key == "places"


def test_hamlets_are_added_and_renamed(page, desk, monkeypatch):
    places = section(page, "places")
    typed = iter(["Bản Pu Sam Cáp", "Thôn Nậm Ngá Mới"])

    def fill(dialog) -> int:
        dialog.name.setText(next(typed))
        dialog._try()
        return dialog.result()

    monkeypatch.setattr(PlaceDialog, "exec", fill)
    places._hamlet(None)
    assert "Bản Pu Sam Cáp" in [one.title for one in hamlets(desk.register.db)]
    places._hamlet(next(one for one in hamlets(desk.register.db) if one.name == "Nậm Ngá"))
    assert "Thôn Nậm Ngá Mới" in [one.title for one in hamlets(desk.register.db)]


def test_the_same_hamlet_twice_is_said(page, desk, monkeypatch):
    places = section(page, "places")

    def fill(dialog) -> int:
        dialog.name.setText("bản nậm ngá")
        dialog._try()
        return dialog.result()

    monkeypatch.setattr(PlaceDialog, "exec", fill)
    places._hamlet(None)
    assert page.banner.text()
    assert len(hamlets(desk.register.db)) == 2


def test_sub_points_are_added_and_corrected(page, desk, monkeypatch):
    places = section(page, "places")
    typed = iter([("Điểm trạm Nậm Kinh", "bản Nậm Kinh"), ("Điểm trạm Pa Khoá", "bản Pa Khoá")])

    def fill(dialog) -> int:
        name, address = next(typed)
        dialog.name.setText(name)
        dialog.address.setText(address)
        dialog._try()
        return dialog.result()

    monkeypatch.setattr(PlaceDialog, "exec", fill)
    places._point(None)
    places._point(sub_points(desk.register.db)[0])
    assert [(one.name, one.address) for one in sub_points(desk.register.db)] == [("Điểm trạm Pa Khoá", "bản Pa Khoá")]


def texts(desk) -> dict[str, tuple[str, bool]]:
    _pack, items = pack_items(desk.register.db, catalog(), NOW.date())
    return {item.path: (item.text, item.confirmed) for item in items}


def choose(law, path: str) -> None:
    at = next(row for row in range(law._model.rowCount()) if law._model.record(row).path == path)
    law.table.setCurrentIndex(law._model.index(at, 0))


def test_a_text_is_edited_confirmed_and_given_back(page, desk):
    law = section(page, "law")
    path = "isolation_completion.symbol.symbol"
    shipped = texts(desk)[path]
    choose(law, path)
    law.editor.text.setPlainText("XN-TYT")
    law.editor.confirmed.setChecked(True)
    law.editor.save()
    assert texts(desk)[path] == ("XN-TYT", True)
    assert law.editor.item.path == path and not law.unsaved()
    law.editor.restore()
    assert texts(desk)[path] == shipped


def test_a_wrong_text_is_said_while_typing_and_not_saved(page, desk):
    law = section(page, "law")
    choose(law, "isolation_order.title.title")
    law.editor.text.setPlainText("QUYẾT ĐỊNH {khong_co}")
    assert "Không có ô điền tên" in law.editor._wrong.text()
    assert not law.editor._save.isEnabled()
    law.editor.save()
    assert texts(desk)["isolation_order.title.title"][0] == "QUYẾT ĐỊNH"


def test_moving_on_saves_what_was_changed(page, desk):
    law = section(page, "law")
    choose(law, "isolation_order.decides.decides")
    law.editor.text.setPlainText("QUYẾT ĐỊNH NHƯ SAU:")
    choose(law, "isolation_order.title.title")
    assert texts(desk)["isolation_order.decides.decides"][0] == "QUYẾT ĐỊNH NHƯ SAU:"
    assert law.editor.item.path == "isolation_order.title.title"


def test_a_line_of_the_stations_own(page, desk):
    law = section(page, "law")
    choose(law, "isolation_order.legal_bases.law-2025")
    assert law.editor._more in page.bar_actions()
    law.editor.add_line()
    law.editor.text.setPlainText("Căn cứ Kế hoạch số 12 của {commune}")
    law.editor.save()
    assert texts(desk)["isolation_order.legal_bases.tram-01"] == ("Căn cứ Kế hoạch số 12 của {commune}", False)


def test_only_the_unconfirmed_can_be_shown(page):
    law = section(page, "law")
    law._doubtful.set_value("doubt")
    law._fill()
    assert law._model.rowCount() > 0
    assert not any(law._model.record(row).confirmed for row in range(law._model.rowCount()))


def test_the_answer_about_home_isolation_is_kept(page, desk):
    law = section(page, "law")
    law._views.chosen.emit("home")
    law._home.answer.picked.emit("no")
    assert get_setting(desk.register.db, "home_isolation") == "no"
    assert page.bar_actions() == () or law.buttons() != ()


def test_the_theme_changes_at_once(page, desk, theme):
    looks = section(page, "looks")
    looks.theme.picked.emit("dark")
    assert get_setting(desk.register.db, "theme") == "dark"
    worn = QApplication.instance().findChild(Theme)
    assert worn is theme and theme.choice == "dark"


def test_the_language_waits_for_the_next_start(page, desk, said):
    section(page, "looks").language.picked.emit("en")
    assert get_setting(desk.register.db, "language") == "en"
    assert said == ["Lần mở sau dùng English."]


def test_the_passphrase_is_changed(page, desk, said, monkeypatch):
    users = section(page, "users")
    monkeypatch.setattr(setup.keys, "calibrated_cost", lambda: CHEAP)
    users.old.setText("sai mật khẩu")
    users.new.setText("một câu mới dễ nhớ")
    users.again.setText("một câu mới")
    users.save()
    assert "không giống nhau" in page.banner.text()
    users.again.setText("một câu mới dễ nhớ")
    users.save()
    assert "Mật khẩu không đúng" in page.banner.text()
    users.old.setText(PASSPHRASE)
    users.save()
    assert said and users.new.text() == ""
    opened = open_register(desk.register.folder, "một câu mới dễ nhớ")
    opened.db.engine.dispose()


def test_the_status_line_hears_of_a_backup_at_once(page, desk):
    heard = []
    desk.changed.connect(heard.append)
    section(page, "backup")._back_up()
    assert [set(one) for one in heard] == [{Kind.COPIES}]


def test_a_backup_is_made_and_the_register_looked_over(page, desk, said):
    backup = section(page, "backup")
    assert backup.last.text() == "Chưa sao lưu lần nào"
    backup._make.click()
    assert "đọc lại khớp" in said[0] and backup.last.text() == "07:15 hôm nay"
    check = section(page, "check")
    check._look.click()
    rows = [check._list.itemAt(at).widget() for at in range(check._list.count())]
    marks = [row.accessibleName().partition(".")[0] for row in rows if isinstance(row, FindingRow)]
    assert len(marks) >= 15 and "Hỏng" not in marks and marks.count("Tốt") >= 10
    assert "cần xem" in check.summary.text()


def test_every_section_opens_and_fits(page):
    for key in page.sections:
        page.show_section(key)
        assert page.section().key == key
        assert page.minimumSizeHint().height() <= 560


def test_who_is_in_charge_of_a_hamlet(page, desk, village, monkeypatch):
    staff = section(page, "staff")
    assert staff._none.isVisible()

    def fill(dialog):
        dialog.name.set_value("Lò Văn <b>Đôi")
        dialog.phone.set_value("0912 345 678")
        dialog.hamlet.set_value(village.pa_khoa)
        dialog.save()
        return dialog.result()

    monkeypatch.setattr(DutyDialog, "exec", fill)
    staff.add.click()
    model = staff.table.model()
    assert [model.index(0, at).data() for at in (0, 2, 3, 5)] == [
        "Lò Văn <b>Đôi",
        "0912 345 678",
        "Pa Khoá",
        "10/07/2026",
    ]
    assert staff_on(desk.register.db, NOW.date()) == 1
    monkeypatch.setattr(staff_module, "confirm", lambda *_a, **_k: True)
    staff.end.click()
    assert staff_on(desk.register.db, NOW.date() + timedelta(days=1)) == 0


def test_two_in_charge_of_one_hamlet(page, desk, village, monkeypatch):
    staff = section(page, "staff")
    wanted = iter([("Lò Văn Đôi", "Khe suối", 1, 40), ("Lò Thị Hai", "", 41, None), ("Lò Ba", "", 9, 3)])

    def fill(dialog):
        name, trip, first, last = next(wanted)
        dialog.name.set_value(name)
        dialog.hamlet.set_value(village.pa_khoa)
        dialog.trip.set_value(trip)
        dialog.low.set_number(first)
        dialog.high.set_number(last)
        dialog.save()
        return dialog.result()

    monkeypatch.setattr(DutyDialog, "exec", fill)
    for _time in range(3):
        staff.add.click()
    kept = {one.name: one for one in all_duties(desk.register.db)}
    assert {name: (one.part.trip, one.part.first, one.part.last) for name, one in kept.items()} == {
        "Lò Văn Đôi": ("Khe suối", 1, 40), "Lò Thị Hai": ("", 41, None),
    }  # fmt: skip
    cells = [staff._model.cell(row, 3).small for row in range(staff._model.rowCount())]
    assert sorted(cells) == ["nhà từ số 41", "đường Khe suối, nhà số 1–40"]
    again = DutyDialog(desk, page, staff._places, kept["Lò Văn Đôi"])
    assert (again.trip.value(), again.low.number(), again.high.number()) == ("Khe suối", 1, 40)
    again.deleteLater()


def test_a_duty_without_a_name_stays_open_with_its_sentence(page, desk, monkeypatch):
    staff = section(page, "staff")
    dialog = DutyDialog(desk, page, (), None)
    dialog.save()
    assert not dialog.result()
    assert dialog.name.property("state") == "error"
    dialog.deleteLater()
    assert staff.table.model().rowCount() == 0


def test_every_section_fits_beside_the_list_on_a_small_screen(page):
    """At 1366 × 697, with the training line and a banner: 56 + 44 + 56 + 44 above, 56 + 32 below, two hairlines."""
    room = 1366 - 200 - page.tabs.sizeHint().width() - 1
    for key, section in page.sections.items():
        assert section.minimumSizeHint().width() <= room, key
    assert page.tabs.minimumSizeHint().height() <= 697 - 290
    page.tabs.resize(page.tabs.minimumSizeHint())
    assert page.tabs.boxes()[-1][2].bottom() <= page.tabs.height()


def test_enter_goes_from_the_list_into_the_section(page):
    page.show_section("station")
    page.tabs.setFocus()
    QTest.keyClick(page.tabs, Qt.Key.Key_Return)
    inside = QApplication.focusWidget()
    assert inside is not page.tabs and page.sections["station"].isAncestorOf(inside)
