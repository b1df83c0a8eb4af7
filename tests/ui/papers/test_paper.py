"""One paper: what it misses, the question to the head of station, issuing with one key, saving, printing, voiding."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.papers import BookFilter, book_lines, series
from covidstation.db.queries.people import person_page
from covidstation.db.queries.station import get_setting, get_station
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.people import PersonDraft
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers.issuing import paper_pdf
from covidstation.services.record import change_setting, edit_station
from covidstation.ui.desk import PaperWish
from covidstation.ui.frame.sidebar import Entry
from covidstation.ui.frame.window import MainFrame
from covidstation.ui.papers import keeping, sheets
from covidstation.ui.papers.paper import PaperPage
from covidstation.ui.papers.printer import print_pdf
from covidstation.ui.papers.raster import page_images
from covidstation.ui.parts.buttons import Button
from tests.services.samples import edit_episode
from tests.ui.village import NOW, catalog


@pytest.fixture
def allowed(desk):
    change_setting(desk.register.db, "home_isolation", "yes", by=None, now=NOW)
    return desk


@pytest.fixture
def saved(monkeypatch, tmp_path) -> Path:
    """Where the file dialog points."""
    path = tmp_path / "out.pdf"
    monkeypatch.setattr(keeping, "choose_file", lambda _parent, _name: path)
    return path


@pytest.fixture
def frame(desk, shown):
    made = MainFrame([Entry("book", "Văn bản", "document")], now=desk.now)
    made.resize(1366, 697)
    page = PaperPage(desk)
    made.add_page(page)
    desk.changed.connect(made.broadcast)
    shown(made)
    return made


def opened(frame, episode, *, ending: bool = False, more: tuple = ()) -> PaperPage:
    page = frame.page("paper")
    page.open_wish(PaperWish((episode, *more), ending))
    frame.go("paper", force=True)
    return page


def field(page: PaperPage, name: str) -> QWidget:
    return page.panel.missing.findChild(QWidget, name)


def lines(desk):
    db = desk.register.db
    return [line for one in series(db) for line in book_lines(db, BookFilter(one.symbol, one.year))]


def test_one_key_issues_and_without_a_printer_saves(allowed, frame, village, saved):
    page = opened(frame, village.mai_episode)
    assert page.title == "Quyết định cách ly tại nhà"
    assert "Lò Thị Mai, 36 tuổi" in page.subtitle
    assert page.sheets.page_count() >= 1

    QTest.keyClick(frame, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)

    (line,) = lines(allowed)
    assert (line.number, line.symbol, line.subjects) == (1, "QĐ-UBND", "Lò Thị Mai")
    assert page.issued_panel._state.text() == "Đã cấp số 01/QĐ-UBND"
    assert saved.read_bytes() == paper_pdf(allowed.register.db, line.id)


def test_the_head_of_station_is_asked_once(desk, frame, village, saved):
    page = opened(frame, village.mai_episode)
    question = page.panel.question
    assert question.isVisible() and "Điều 14" in question._law.text()
    assert question.yes.hasFocus()

    QTest.keyClick(frame, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert lines(desk) == [] and "Người đứng đầu trạm chưa trả lời" in page.banner.text()

    question.yes.click()
    assert get_setting(desk.register.db, "home_isolation") == "yes"
    assert not question.isVisible()
    assert page.banner.text() == ""
    QTest.keyClick(frame, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert len(lines(desk)) == 1


def test_a_no_is_kept_and_says_where_to_change_it(desk, frame, village):
    page = opened(frame, village.mai_episode)
    page.panel.question.no.click()
    assert "không cách ly COVID-19 tại nhà" in page.banner.text()
    page.drafting.issue()
    assert lines(desk) == []


def test_an_hour_is_typed_beside_what_misses_it(allowed, frame, village, saved):
    page = opened(frame, village.mai_episode)
    told = field(page, "told_at")
    told.setFocus()
    QTest.keyClicks(told, "7:40 10/7")
    QTest.keyClick(told, Qt.Key.Key_Return)
    assert get_episode(allowed.register.db, village.mai_episode).told_at == datetime(2026, 7, 10, 7, 40)
    assert told.text() == "07:40 10/07/2026"
    assert not told.property("state")


def test_what_is_typed_when_the_number_is_asked_for_counts(allowed, frame, village, saved):
    page = opened(frame, village.mai_episode)
    found = field(page, "found_at")
    found.setFocus()
    QTest.keyClicks(found, "6:30 8/7")
    QTest.keyClick(frame, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert get_episode(allowed.register.db, village.mai_episode).found_at == datetime(2026, 7, 8, 6, 30)
    assert len(lines(allowed)) == 1


def test_an_hour_that_cannot_be_read_stops_the_number(allowed, frame, village):
    page = opened(frame, village.mai_episode)
    found = field(page, "found_at")
    found.setFocus()
    QTest.keyClicks(found, "sang nay")
    page.drafting.issue()
    assert lines(allowed) == [] and found.property("state") == "error"


def test_hours_out_of_order_are_refused_with_a_sentence(allowed, frame, village):
    page = opened(frame, village.mai_episode)
    for name, text in (("proposed_at", "7:00 10/7"), ("found_at", "9:00 10/7")):
        edit = field(page, name)
        edit.setFocus()
        QTest.keyClicks(edit, text)
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert page.banner.text()
    assert get_episode(allowed.register.db, village.mai_episode).found_at is None


def test_the_signer_can_be_written_on_the_spot(allowed, frame, village):
    db = allowed.register.db
    edit_station(db, replace(get_station(db), chairman_name=""), by=None, now=NOW)
    page = opened(frame, village.mai_episode)
    signer = field(page, "signer")
    assert signer.hasFocus()
    page.drafting.issue()
    assert lines(allowed) == [] and "Họ tên người ký" in page.banner.text()
    signer.setText("Chẻo Lở Mẩy")
    QTest.keyClick(signer, Qt.Key.Key_Return)
    assert get_station(db).chairman_name == "Chẻo Lở Mẩy"
    assert page.drafting.look.prepared.view.signer == "Chẻo Lở Mẩy"


def test_the_date_of_the_paper_chooses_the_law(allowed, frame, village):
    page = opened(frame, village.mai_episode, ending=True)
    assert page.drafting.look.pack.id == "vn-from-2026-07-01" and page.drafting.look.by_head
    page.panel.law.date_chosen.emit(date(2026, 6, 30))
    assert page.drafting.look.pack.id == "vn-until-2026-06-30"
    assert page.title == "Quyết định kết thúc cách ly"
    page.panel.law.date_chosen.emit(date(1999, 1, 1))
    assert "Chưa có mẫu" in page.banner.text()


def test_an_end_without_an_order_leads_to_the_order(allowed, frame, village, qtbot):
    page = opened(frame, village.mai_episode, ending=True)
    way = page.panel.missing.findChild(QWidget, "mend_opening_number")
    with qtbot.waitSignal(allowed.want_paper) as asked:
        way.click()
    assert asked.args[0] == PaperWish((village.mai_episode,), False)


def add_to_household(desk, village, name: str) -> UUID:
    """Another F0 of the same household and day as Lò Thị Mai."""
    mai = get_episode(desk.register.db, village.mai_episode)
    household = person_page(desk.register.db, village.mai).person.household_id
    draft = F0Draft(
        person=PersonDraft(full_name=name, household_id=household, hamlet_id=village.pa_khoa),
        episode=EpisodeDraft(report_date=mai.report_date, isolation_start=mai.isolation_start),
        tests=(PathogenTest(sampled_on=date(2026, 7, 8)),),
    )
    return register_f0(desk.register.db, draft, catalog=catalog(), by=None, now=NOW).value.id


def test_the_household_goes_onto_the_same_paper(allowed, frame, village, saved):
    other = add_to_household(allowed, village, "Lò Văn <b>Ính</b> & em")
    later = replace(get_episode(allowed.register.db, other), isolation_start=datetime(2026, 7, 8, 8, 31))
    edit_episode(allowed.register.db, other, later, catalog=catalog(), by=None, now=NOW)
    page = opened(frame, village.mai_episode)
    boxes = list(page.panel.family._boxes.values())
    assert [box.accessibleName() for box in boxes][1] == "Lò Văn <b>Ính</b> & em, chưa rõ tuổi"
    assert not boxes[0].isEnabled() and boxes[0].isChecked()
    boxes[1].click()
    assert [one.id for one in page.drafting.look.episodes] == [village.mai_episode, other]
    assert "và 1 người cùng hộ" in page.subtitle
    clock = {item.name: item.value for item in page.drafting.look.prepared.items}["from_time"]
    assert clock == "08 giờ 31 phút"  # for nobody before the finding


def test_someone_with_an_order_is_led_to_it(allowed, frame, village, saved, qtbot):
    page = opened(frame, village.mai_episode)
    page.drafting.issue()
    (line,) = lines(allowed)
    page = opened(frame, village.mai_episode)
    assert "đã có quyết định cách ly" in page.banner.text()
    with qtbot.waitSignal(allowed.want_issued) as asked:
        page.banner._button.click()
    assert asked.args == [line.id]


def test_voiding_asks_for_the_reason_and_keeps_the_line(allowed, frame, village, saved, monkeypatch):
    page = opened(frame, village.mai_episode)
    page.drafting.issue()
    monkeypatch.setattr(keeping, "ask_reason", lambda *_a, **_k: "")
    page.keeping.void()
    assert lines(allowed)[0].voided_at is None
    monkeypatch.setattr(keeping, "ask_reason", lambda *_a, **_k: "in hỏng <b>tên</b>")
    page.keeping.void()
    assert lines(allowed)[0].void_reason == "in hỏng <b>tên</b>"
    assert page.issued_panel._state.text() == "Đã huỷ số 01/QĐ-UBND"
    assert page._void not in page.bar_actions()


def test_a_file_that_cannot_be_written_is_said(allowed, frame, village, monkeypatch, tmp_path):
    monkeypatch.setattr(keeping, "choose_file", lambda _parent, _name: tmp_path / "no" / "out.pdf")
    page = opened(frame, village.mai_episode)
    page.drafting.issue()
    assert len(lines(allowed)) == 1, "the number stands though the file could not be written"
    assert "Không ghi được tệp out.pdf" in page.banner.text()


def test_esc_goes_back_to_where_the_paper_was_asked_for(allowed, frame, village, qtbot):
    page = frame.page("paper")
    page.open_wish(PaperWish((village.mai_episode,)), "book")
    frame.go("paper")
    with qtbot.waitSignal(allowed.want_page) as asked:
        QTest.keyClick(frame, Qt.Key.Key_Escape)
    assert asked.args == ["book"]
    opened(frame, village.mai_episode)
    with qtbot.waitSignal(allowed.want_person) as person:
        page.went_back()
    assert person.args == [village.mai]


def test_it_fits_a_small_screen_without_scrolling(allowed, frame, village):
    page = opened(frame, village.mai_episode)
    assert frame.minimumSizeHint().height() <= 697
    assert page.width() <= 1166


def test_the_panel_shows_the_signer_without_scrolling_on_a_common_screen(allowed, frame, village, saved):
    """1366 × 768 with the training banner; two hours missing, two lines in the book."""
    frame.resize(1366, 768)
    frame.set_training(True)
    for name in ("Lò Văn Ính", "Chẻo Lở Mẩy"):
        opened(frame, add_to_household(allowed, village, name)).drafting.issue()
    page = opened(frame, village.mai_episode)
    area = page.findChild(QWidget, "paper_panel")
    assert [row.objectName() for row in page.panel.missing._rows.values()][:2] == ["item_found_at", "item_proposed_at"]
    signer = page.panel.printing._signer
    assert signer.mapTo(area, signer.rect().bottomLeft()).y() <= area.height()
    for row in page.panel.missing._rows.values():
        assert row._name.text() == row._name.text_in_full()


def test_pages_are_drawn_once_at_their_width(allowed, frame, village, monkeypatch, qtbot):
    widths = []
    drawn = sheets.page_images
    monkeypatch.setattr(sheets, "page_images", lambda pdf, *, width: widths.append(width) or drawn(pdf, width=width))
    page = opened(frame, village.mai_episode)
    qtbot.wait(3 * sheets.LATER_MS)
    assert widths == [page.sheets._page_width()]
    assert page.sheets.picture(0).width() == page.sheets._page_width()
    frame.resize(1600, 697)
    qtbot.waitUntil(lambda: len(widths) == 2, timeout=2000)
    assert widths[1] == page.sheets._page_width() > widths[0]


def test_pages_become_pictures_and_go_to_a_printer(allowed, frame, village, saved, tmp_path):
    page = opened(frame, village.mai_episode)
    page.drafting.issue()
    pdf = saved.read_bytes()
    pictures = page_images(pdf, width=600)
    assert pictures[0].width() == 600 and abs(pictures[0].height() - 849) <= 1
    assert pictures[0].pixelColor(2, 2).name() == "#ffffff"

    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    device.setOutputFileName(str(tmp_path / "printed.pdf"))
    device.setFullPage(True)
    print_pdf(pdf, device, copies=1)
    printed = pypdfium2.PdfDocument(tmp_path / "printed.pdf")
    assert len(printed) == len(pictures)
    printed.close()


def test_the_way_to_the_book_stands_in_its_column(allowed, frame, village, saved):
    page = opened(frame, village.mai_episode)
    page._main.click()
    way = page.issued_panel.findChild(Button, "open_book_issued")
    words = page.issued_panel._state
    assert way.mapTo(page, QPoint(0, 0)).x() == words.mapTo(page, QPoint(0, 0)).x()
    assert way.width() == way.fontMetrics().horizontalAdvance(way.text())
