"""The book of numbers, who waits for a paper, and issuing for all of them."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtGui import QGuiApplication

from covidstation.db.queries.papers import BookState, next_number
from covidstation.db.queries.station import get_station
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers.book import book_pdf
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered
from covidstation.services.papers.issuing import issue_one, void_paper
from covidstation.services.record import change_setting, edit_station
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
    page._fill()
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


def test_the_way_to_what_is_missing(page, allowed, qtbot):
    assert page.missing.plain_text() == "Thiếu giấy tờ (2)"
    with qtbot.waitSignal(allowed.want_page) as asked:
        page.missing.click()
    assert asked.args == ["missing"]


def test_filters_by_kind_and_by_what_became_of_it(page, allowed, village):
    first = issue(allowed, village.mai_episode)
    second = issue(allowed, add_f0(allowed, "Giàng A <b>Páo", birth=PartialDate(1955)))
    issue(allowed, add_f0(allowed, "Lò Văn Ính", birth=PartialDate(1955)))
    draft = DeliveryDraft(delivered_on=NOW.date(), by_name="Lò Văn Đôi", to_name="Chẻo Lở Mẩy")
    mark_delivered(allowed.register.db, [first.id], draft, by=None, now=NOW)
    void_paper(allowed.register.db, second.id, "in hỏng", by=None, now=NOW)
    page.load()
    model = page.book_table.model()
    assert model.index(2, 4).data() == "Đã giao 10/07/2026, Lò Văn Đôi giao, Chẻo Lở Mẩy nhận"
    for state, wanted in (
        (BookState.DELIVERED, ["01/QĐ-UBND"]),
        (BookState.NOT_DELIVERED, ["03/QĐ-UBND"]),
        (BookState.VOIDED, ["02/QĐ-UBND"]),
        (None, ["03/QĐ-UBND", "02/QĐ-UBND", "01/QĐ-UBND"]),
    ):
        page._state.set_value(state)
        page._state.picked.emit(state)
        assert numbers(page) == wanted
    page._kind.set_value(PaperKind.REFERRAL)
    page._kind.picked.emit(PaperKind.REFERRAL)
    assert page._stack.currentWidget() is page._not_found


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
