"""The book of numbers, who waits for a paper, and issuing for all of them."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from covidstation.db.queries.papers import BookFilter, book_lines, next_number
from covidstation.db.queries.station import get_station
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft
from covidstation.services.book import book_pdf
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers import issue_one, void_paper
from covidstation.services.station import change_setting, edit_station
from covidstation.ui.papers import book
from covidstation.ui.papers.book import BookPage
from tests.ui.village import NOW, catalog

SYMBOL = "QĐ-UBND"


def add_f0(desk, name: str, **fields):
    draft = F0Draft(
        person=PersonDraft(full_name=name, **fields),
        episode=EpisodeDraft(isolation_address="bản Nậm Ngá"),
        tests=(PathogenTest(sampled_on=NOW.date()),),
    )
    return register_f0(desk.register.db, draft, catalog=catalog(), by=None, now=NOW).value.id


def issue(desk, episode_id):
    return issue_one(desk.register.db, PaperKind.ISOLATION_ORDER, episode_id, catalog=catalog(), by=None, now=NOW)


@pytest.fixture
def allowed(desk):
    change_setting(desk.register.db, "home_isolation", "yes", by=None, now=NOW)
    return desk


@pytest.fixture
def page(allowed, shown):
    made = BookPage(allowed)
    made.resize(1166, 560)
    allowed.changed.connect(made.refresh)
    shown(made)
    made.load()
    return made


@pytest.fixture
def yes(monkeypatch, tmp_path) -> list[str]:
    """A person who says yes and points to a folder; what was asked."""
    asked: list[str] = []
    monkeypatch.setattr(book, "confirm", lambda _page, title, text, **_k: asked.append(f"{title} {text}") or True)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(tmp_path))
    return asked


def numbers(page) -> list[str]:
    model = page.book_table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_an_empty_book_says_what_will_be_there(page):
    assert page._stack.currentWidget() is page._no_book
    assert page.subtitle == "Sổ QĐ-UBND 2026: số tiếp theo 01"


def test_lines_with_their_state_newest_first(page, allowed, village):
    first = issue(allowed, village.mai_episode)
    issue(allowed, add_f0(allowed, "Giàng A <b>Páo</b>", birth=PartialDate(1955)))
    void_paper(allowed.register.db, first.id, "in hỏng", by=None, now=NOW)
    page.load()
    assert numbers(page) == ["02/QĐ-UBND", "01/QĐ-UBND"]
    model = page.book_table.model()
    assert model.index(0, 3).data() == "Giàng A <b>Páo</b>"
    assert model.index(1, 4).data() == "Huỷ 10/07: in hỏng"


@pytest.mark.parametrize(
    ("typed", "found"), [("1", ["01/QĐ-UBND"]), ("02/QĐ", ["02/QĐ-UBND"]), ("chay", ["02/QĐ-UBND"]), ("99", [])]
)
def test_search_by_number_or_name(page, allowed, village, typed, found):
    issue(allowed, village.mai_episode)
    issue(allowed, add_f0(allowed, "Lý Seo Chạy", birth=PartialDate(1980)))
    page.load()
    page._find.setText(typed)
    page._fill_book()
    assert numbers(page) == found


def test_enter_opens_the_issued_paper(page, allowed, village, qtbot):
    issued = issue(allowed, village.mai_episode)
    page.load()
    with qtbot.waitSignal(allowed.want_issued) as asked:
        page.book_table.opened.emit(page.book_table.current_record())
    assert asked.args == [issued.id]


def test_copying_takes_all_lines(page, allowed, village):
    issue(allowed, village.mai_episode)
    page.load()
    page._copy.click()
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert rows[0][:2] == ["Số, ký hiệu", "Ngày"]
    assert rows[1] == ["01/QĐ-UBND", "10/07/2026", "Quyết định cách ly tại nhà", "Lò Thị Mai", "Đã cấp"]


def test_the_book_as_pages(allowed, village):
    for at in range(30):
        issue(allowed, add_f0(allowed, f"Vàng Thị Dế {at}", birth=PartialDate(1990)))
    pdf = book_pdf(allowed.register.db, SYMBOL, 2026, today=NOW.date())
    document = pypdfium2.PdfDocument(pdf)
    text = [document[at].get_textpage().get_text_bounded() for at in range(len(document))]
    assert len(text) == 2
    assert "SỔ SỐ VĂN BẢN QĐ-UBND NĂM 2026" in text[0] and "01/QĐ-UBND" in text[0]
    assert "30/QĐ-UBND" in text[1] and "Tên văn bản" in text[1]
    document.close()


def test_waiting_people_open_their_paper(page, allowed, village, qtbot):
    page.show_tab("order")
    names = {page._waiting.record(row).full_name for row in range(page._waiting.rowCount())}
    assert "Lò Thị Mai" in names
    with qtbot.waitSignal(allowed.want_paper) as asked:
        page.waiting_table.opened.emit(page._waiting.record(0))
    assert asked.args[0].ending is False


def test_all_missing_orders_at_once_with_who_was_skipped(page, allowed, village, yes, tmp_path):
    add_f0(allowed, "Không Rõ Năm Sinh")
    page.load()
    page.show_tab("order")
    count = page._waiting.rowCount()
    assert page._bulk.plain_text() == f"Cấp số, lưu {count} văn bản"
    page._bulk.click()
    assert len(yes) == 1 and "không xoá" in yes[0]
    lines = book_lines(allowed.register.db, BookFilter(SYMBOL, 2026))
    assert len(lines) == count - 1
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == sorted(
        f"{line.number:04d}-QĐ-UBND-2026.pdf" for line in lines
    )
    words = [widget.accessibleName() for widget in page.run_panel.findChildren(type(page._bulk))]
    assert "Mở văn bản của Không Rõ Năm Sinh" in words
    assert page._stack.currentWidget() is page.run_panel
    page.run_panel.closed.emit()
    assert [page._waiting.record(row).full_name for row in range(page._waiting.rowCount())] == ["Không Rõ Năm Sinh"]


def test_stop_keeps_what_was_issued(page, allowed, village, yes):
    for at in range(4):
        add_f0(allowed, f"Lò Văn Ính {at}", birth=PartialDate(1980))
    page.load()
    page.show_tab("order")
    count = page._waiting.rowCount()
    page._run.moved.connect(lambda outcome: page._run.stop() if len(outcome.issued) == 2 else None)
    ended = []
    page._run.ended.connect(ended.append)
    page._bulk.click()
    assert (len(ended[0].issued), ended[0].stopped, ended[0].total) == (2, True, count)
    assert next_number(allowed.register.db, SYMBOL, 2026) == 3


def test_nothing_is_issued_before_the_head_of_station_answered(desk, shown, qtbot, village):
    page = BookPage(desk)
    shown(page)
    page.load()
    page.show_tab("order")
    with qtbot.waitSignal(desk.want_paper):
        page._bulk.click()
    assert book_lines(desk.register.db, BookFilter(SYMBOL, 2026)) == []


def test_a_printer_in_trouble_stops_the_numbers(page, allowed, village, yes, monkeypatch, tmp_path):
    add_f0(allowed, "Lò Văn Ính", birth=PartialDate(1980))
    page.load()
    page.show_tab("order")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(tmp_path / "gone"))
    page._bulk.click()
    assert len(book_lines(allowed.register.db, BookFilter(SYMBOL, 2026))) == 1
    assert "Không ghi được" in page.run_panel._steps._note.text()


def test_going_on_from_a_paper_book(page, allowed, village, monkeypatch):
    def accept(dialog):
        dialog.number.set_number(0)
        dialog._try()
        assert dialog.result() != 1, "a number already used is refused"
        dialog.number.set_number(118)
        dialog._try()
        return dialog.result()

    monkeypatch.setattr(book.StartAtDialog, "exec", accept)
    page._start.click()
    assert next_number(allowed.register.db, SYMBOL, 2026) == 118
    assert page.subtitle == "Sổ QĐ-UBND 2026: số tiếp theo 118"


def test_saving_the_book(page, allowed, village, monkeypatch, tmp_path):
    station = get_station(allowed.register.db)
    edit_station(allowed.register.db, replace(station, name="Trạm <b>&</b>"), by=None, now=NOW)
    issue(allowed, village.mai_episode)
    page.load()
    path: Path = tmp_path / "so.pdf"
    monkeypatch.setattr(book, "choose_file", lambda _parent, _name: path)
    page._save.click()
    assert path.read_bytes().startswith(b"%PDF")
