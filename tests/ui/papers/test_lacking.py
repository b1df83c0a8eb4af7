"""Thiếu giấy tờ: what is shown, printing many with one confirmation, marking them as delivered, the list to sign."""

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from covidstation.db.queries.papers import BookFilter, book_lines, next_number
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.missing import MissingKind
from covidstation.domain.people import PersonDraft
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers.missing import delivery_list_pdf, missing_list
from covidstation.services.record import change_setting
from covidstation.ui.papers import delivering, handing, lacking
from covidstation.ui.papers.lacking import MissingPage
from tests.ui.village import NOW, catalog

SYMBOL = "QĐ-UBND"


def add_f0(desk, name, **fields):
    draft = F0Draft(
        person=PersonDraft(full_name=name, **{"birth": PartialDate(1980), **fields}),
        episode=EpisodeDraft(isolation_address="bản Nậm Ngá"),
        tests=(PathogenTest(sampled_on=NOW.date()),),
    )
    return register_f0(desk.register.db, draft, catalog=catalog(), by=None, now=NOW).value.id


@pytest.fixture
def allowed(desk):
    change_setting(desk.register.db, "home_isolation", "yes", by=None, now=NOW)
    return desk


@pytest.fixture
def page(allowed, shown):
    made = MissingPage(allowed)
    made.resize(1166, 560)
    allowed.changed.connect(made.refresh)
    shown(made)
    made.load()
    return made


@pytest.fixture
def yes(monkeypatch, tmp_path):
    """A person who says yes and points to a folder; what was asked."""
    asked = []
    monkeypatch.setattr(lacking, "confirm", lambda _page, title, text, **_k: asked.append(f"{title} {text}") or True)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(tmp_path))
    return asked


def rows(page):
    model = page.model
    return [[model.index(row, at).data() for at in (0, 3, 5)] for row in range(model.rowCount())]


def test_each_line_says_what_and_what_stands_in_the_way(page, allowed, village):
    add_f0(allowed, "Không Rõ Năm Sinh <b>", birth=None)
    page.load()
    found = {name: rest for name, *rest in rows(page)}
    assert found["Không Rõ Năm Sinh <b>"][0] == "Chưa có quyết định cách ly"
    assert found["Không Rõ Năm Sinh <b>"][1].startswith("Ngày hoặc năm sinh của Không Rõ Năm Sinh <b>")
    assert page.subtitle == "3 giấy của 3 người"


def test_fifty_decisions_take_one_click_and_one_confirmation(page, allowed, yes, tmp_path):
    for at in range(50):
        add_f0(allowed, f"Lò Văn Ính {at}")
    page.load()
    page.show_part("order")
    count = page.model.rowCount()
    assert count == 52 and page.issue.plain_text() == "Cấp số, lưu cả 52 giấy"
    page.issue.click()
    assert len(yes) == 1 and "không xoá" in yes[0]
    lines = book_lines(allowed.register.db, BookFilter(SYMBOL, 2026))
    assert len(lines) == 52
    assert len(list(tmp_path.glob("*.pdf"))) == len(lines)
    page.run_panel.closed.emit()
    assert page.filters.kind.value() == "deliver"
    assert len(page._to_deliver()) == len(lines), "what was just issued is chosen"
    still = missing_list(allowed.register.db, catalog(), NOW.date())
    assert MissingKind.ORDER not in {line.kind for line in still}


def test_the_same_selection_is_marked_as_delivered(page, allowed, yes, monkeypatch):
    add_f0(allowed, "Lò Văn Ính")
    page.load()
    page.issue.click()
    page.run_panel.closed.emit()
    papers = page._to_deliver()
    said = []
    allowed.said.connect(said.append)

    def accept(dialog):
        dialog.receiver.set_value("Giàng Thị <b>Mỷ")
        dialog.save()
        return dialog.result()

    monkeypatch.setattr(delivering.DeliveryDialog, "exec", accept)
    page.delivered.click()
    assert said[-1] == f"Đã đánh dấu giao {len(papers)} văn bản."
    assert not [line for line in missing_list(allowed.register.db, catalog(), NOW.date()) if line.delivers]


def test_chosen_rows_are_meant_alone(page, allowed):
    for at in range(5):
        add_f0(allowed, f"Vàng Thị Dế {at}")
    page.load()
    page.table.setFocus()
    page.table.selectRow(0)
    QTest.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert page.issue.plain_text() == "Cấp số, lưu 2 giấy đã chọn"
    page.filters.every.click()
    assert page.issue.plain_text() == f"Cấp số, lưu {page.model.rowCount()} giấy đã chọn"


def test_filters_by_hamlet_and_kind(page, allowed, village):
    page.filters.hamlet.set_value(village.pa_khoa)
    page.filters.hamlet.picked.emit(village.pa_khoa)
    assert [row[0] for row in rows(page)] == ["Lò Thị Mai"]
    page.show_kind(MissingKind.ENDING)
    assert page._stack.currentWidget() is page._filtered


def test_stop_keeps_what_was_issued(page, allowed, yes):
    for at in range(4):
        add_f0(allowed, f"Lò Văn Ính {at}")
    page.load()
    page._run.moved.connect(lambda outcome: page._run.stop() if len(outcome.issued) == 2 else None)
    ended = []
    page._run.ended.connect(ended.append)
    page.issue.click()
    assert (len(ended[0].issued), ended[0].stopped) == (2, True)
    assert next_number(allowed.register.db, SYMBOL, 2026) == 3


def test_nothing_is_issued_before_the_head_of_station_answered(desk, shown, qtbot):
    page = MissingPage(desk)
    shown(page)
    page.load()
    with qtbot.waitSignal(desk.want_paper):
        page.issue.click()
    assert book_lines(desk.register.db, BookFilter(SYMBOL, 2026)) == []


def test_a_printer_in_trouble_stops_the_numbers(page, allowed, yes, monkeypatch, tmp_path):
    add_f0(allowed, "Lò Văn Ính")
    page.load()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(tmp_path / "gone"))
    page.issue.click()
    assert len(book_lines(allowed.register.db, BookFilter(SYMBOL, 2026))) == 1
    assert "Không ghi được" in page.run_panel._steps._note.text()


def test_the_list_to_sign(page, allowed, yes, monkeypatch, tmp_path):
    add_f0(allowed, "Giàng A <b>Páo")
    page.load()
    page.issue.click()
    page.run_panel.closed.emit()
    saved = tmp_path / "giao.pdf"
    monkeypatch.setattr(handing, "choose_file", lambda _parent, _name: saved)
    page.sign_list.click()
    document = pypdfium2.PdfDocument(saved.read_bytes())
    text = document[0].get_textpage().get_text_bounded()
    assert "DANH SÁCH GIAO NHẬN VĂN BẢN" in text and "Giàng A <b>Páo" in text and "01/QĐ-UBND" in text
    document.close()


def test_a_long_list_goes_over_pages_with_its_heads(allowed):
    for at in range(40):
        add_f0(allowed, f"Lò Văn Ính {at}")
    lines = missing_list(allowed.register.db, catalog(), NOW.date())
    assert delivery_list_pdf(allowed.register.db, lines, catalog=allowed.catalog, today=NOW.date()).startswith(b"%PDF")
