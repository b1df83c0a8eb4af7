"""A certificate in the window: scanned, pasted, from a picture; whose; its doses kept by keys alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import segno
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.vaccination.history import look_at_vaccination, record_dose
from covidstation.services.vaccination.trust import take_list
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.toast import Toast
from covidstation.ui.vaccination.certificate import CertificateDialog, open_certificate
from tests.dcc_signing import certificate, content, issuer, vaccination
from tests.ui.hands import write
from tests.ui.village import NOW, SCAN, catalog

pytestmark = pytest.mark.timeout(90)
HOME = issuer()
CONTROL = Qt.KeyboardModifier.ControlModifier
LATER = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
TWO = content(vaccination(dn=1, dt="2021-09-01", ci="A1"), vaccination(dn=2, dt="2021-10-01", ci="A2"))
TEXT = certificate(HOME, TWO, claims={4: LATER})


@pytest.fixture
def an(desk):
    draft = PersonDraft(full_name="Nguyễn Văn An", birth=PartialDate(1964, 8, 12))
    return register_person(desk.register.db, draft, catalog=catalog(), by=None, now=NOW).value.id


@pytest.fixture
def keys(desk, tmp_path):
    (tmp_path / "vn.der").write_bytes(HOME.certificate)
    take_list(desk.register.db, tmp_path / "vn.der", instead=True, by=None, now=NOW)


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


def dialog():
    found = QApplication.activeModalWidget()
    assert isinstance(found, CertificateDialog)
    return found


def doses(desk, person):
    return look_at_vaccination(desk.register.db, person, catalog=catalog(), now=NOW).doses


def toasts(window):
    return [toast.accessibleName() for toast in window.window().findChildren(Toast) if toast.isVisible()]


def test_a_scan_and_one_key_keep_its_doses(window, desk, an, keys):
    window.look_at(TEXT)
    found = dialog()
    assert found.band._chip.accessibleName() == "Giấy thật, còn hạn"
    assert found.who.person_id() == an
    assert found.main.text() == "Ghi 2 mũi vào sổ"
    QTest.keyClick(found, Qt.Key.Key_Return, CONTROL)
    assert QApplication.activeModalWidget() is None
    assert [(one.given.text(), one.source) for one in doses(desk, an)] == [
        ("01/09/2021", DoseSource.CERTIFICATE),
        ("01/10/2021", DoseSource.CERTIFICATE),
    ]
    assert toasts(window) == ["Đã ghi 2 mũi tiêm của Nguyễn Văn An."]


def test_the_second_time_nothing_is_left_to_keep(window, desk, an, keys):
    window.look_at(TEXT)
    QTest.keyClick(dialog(), Qt.Key.Key_Return, CONTROL)
    window.look_at(TEXT)
    found = dialog()
    assert not any(row.box.isEnabled() for row in found._doses)
    assert not found.main.isEnabled()
    QTest.keyClick(found, Qt.Key.Key_Return, CONTROL)
    assert dialog() is found
    QTest.keyClick(found, Qt.Key.Key_Escape)
    assert len(doses(desk, an)) == 2


def test_one_dose_can_be_left_out(window, desk, an, keys):
    window.look_at(TEXT)
    found = dialog()
    found._doses[0].box.setFocus()
    QTest.keyClick(found._doses[0].box, Qt.Key.Key_Space)
    assert found.main.text() == "Ghi 1 mũi vào sổ"
    QTest.keyClick(found, Qt.Key.Key_Return, CONTROL)
    assert [one.number for one in doses(desk, an)] == [2]


def test_for_somebody_else_a_reason_is_asked(window, desk, village, keys):
    window.look_at(TEXT)
    found = dialog()
    assert found.who.person_id() is None
    assert not found.main.isEnabled()
    window.look_at(SCAN.replace("012055004127", "012168000119"))
    QTest.qWait(0)
    assert dialog() is found
    found._for(village.mai)
    assert "Khác với tên" in found._rows[0]._beside._words.text_in_full()
    assert found.reason.isVisible()
    QTest.keyClick(found, Qt.Key.Key_Return, CONTROL)
    assert dialog() is found
    assert doses(desk, village.mai) == ()
    write(found.reason, "Đổi tên, đã xem giấy khai sinh")
    QTest.keyClick(found, Qt.Key.Key_Return, CONTROL)
    assert len(doses(desk, village.mai)) == 2


def test_a_card_scanned_over_it_says_for_whom(window, desk, village, keys):
    window.look_at(TEXT)
    found = dialog()
    window.look_at("012168000119||Giàng Thị Mỷ|05041968|Nữ|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021")
    assert dialog() is found
    assert found.who.person_id() == village.my


def test_another_code_takes_its_place_and_a_forged_one_gives_nothing(window, desk, an, keys):
    window.look_at(TEXT)
    found = dialog()
    window.look_at(certificate(issuer(), TWO, protected={1: -7, 4: HOME.kid}))
    assert dialog() is found
    assert found.band._chip.accessibleName() == "Giấy giả hoặc đã bị sửa"
    assert not found.main.isEnabled()
    assert not found.who.isVisible()
    window.look_at(TEXT[:200])
    assert found.band._chip.accessibleName() == "Mã bị hỏng, không đọc được"
    fever = content(vaccination(tg="16541001", mp="Stamaril", dn=1, sd=1))
    window.look_at(certificate(HOME, fever, claims={4: LATER}))
    assert found.band._chip.accessibleName() == "Giấy thật, còn hạn"
    assert "không ghi mũi vắc xin COVID-19 nào" in found.facts._doubts.text()
    assert not found.main.isEnabled() and not found.who.isVisible()
    window.look_at(TEXT.replace("1", "ă"))
    assert "bàn phím VIE" in found.band._words.text()
    window.look_at("HC2:6BFOXN")
    assert found.band._chip.accessibleName() == "Không phải chứng nhận tiêm chủng"


def test_over_another_dialog_it_says_to_close_that_first(window, desk, village):
    other = CertificateDialog.__mro__[1](desk, window, "Hộp khác", (), window)
    other.about = lambda: ""
    other.open()
    window.look_at(TEXT)
    assert QApplication.activeModalWidget() is other
    assert toasts(window) == ["Đóng hộp đang mở rồi quét lại giấy chứng nhận."]
    other.reject()


def test_from_a_picture_and_by_paste(window, desk, an, keys, tmp_path):
    code = segno.make(TEXT, error="q", boost_error=False)
    assert code.mode == "alphanumeric"
    code.save(tmp_path / "giay.png", scale=4, border=4)
    window._pictures.read(tmp_path / "giay.png")
    assert dialog().main.text() == "Ghi 2 mũi vào sổ"
    dialog().reject()
    QApplication.clipboard().setText(TEXT)
    window.search.setFocus()
    QTest.keyClick(window.search, Qt.Key.Key_V, CONTROL)
    assert dialog().main.text() == "Ghi 2 mũi vào sổ"
    dialog().reject()


def test_opened_for_a_person_it_waits_for_the_code(window, desk, an, keys):
    open_certificate(desk, window, person_id=an)
    found = dialog()
    assert not found.main.isEnabled()
    window.look_at(certificate(HOME, content(vaccination(dn=1), dob="1964"), claims={4: LATER}))
    assert found.who.person_id() == an
    assert "Gần giống" in found._rows[0]._beside._words.text_in_full()
    found.reject()


def test_from_the_persons_page_it_opens_for_them(window, desk, an):
    desk.want_vaccine.emit(an)
    button = window.current().findChild(Button, "read_certificate")
    button.click()
    assert dialog()._person_id == an
    dialog().reject()


@pytest.mark.parametrize("sure", [True, False])
def test_what_another_desk_wrote_meanwhile_is_shown_before_its_dose_is_kept(window, desk, an, keys, monkeypatch, sure):
    window.look_at(certificate(HOME, content(vaccination(dn=1, dt="2021-09-01", ci="A1")), claims={4: LATER}))
    found, asked = dialog(), []
    draft = DoseDraft(
        person_id=an, given=PartialDate(2021, 9, 2), product="EU/1/20/1528", dose_class=DoseClass.PRIMARY, number=1
    )
    record_dose(desk.register.db, draft, catalog=catalog(), by=None, by_name="Lò Thị Nhung", now=NOW, sure=True)
    monkeypatch.setattr(
        "covidstation.ui.vaccination.certificate.confirm", lambda *said, **_words: asked.append(said[2]) or sure
    )
    QTest.keyClick(found, Qt.Key.Key_Return, CONTROL)
    assert len(asked) == 1 and "02/09/2021" in asked[0]
    assert len(doses(desk, an)) == (2 if sure else 1)
    if not sure:  # looked at anew: it stands beside the dose
        assert {one.code for one in found._doses[0].offer.problems} >= {"vaccination.number_again"}
        QTest.keyClick(found, Qt.Key.Key_Return, CONTROL)
        assert len(doses(desk, an)) == 2 and len(asked) == 1
