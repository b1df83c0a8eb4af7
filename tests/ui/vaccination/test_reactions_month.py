"""The page of reactions: a month's are shown whole, and its sums go to paper and to a spreadsheet."""

from datetime import timedelta

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.reactions import EventDraft
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.vaccination.reactions import record_event
from covidstation.ui.main import MainWindow
from covidstation.ui.vaccination import reactions_page
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()


@pytest.fixture
def window(desk, theme, shown, village):
    db = desk.register.db
    who = register_person(
        db, PersonDraft(full_name="Lò Văn Ánh", birth=PartialDate(1980)), catalog=catalog(), by=None, now=NOW
    ).value.id
    for days in (0, 0, 31):
        began = NOW.replace(tzinfo=None) - timedelta(days=days)
        event = EventDraft(person_id=who, kinds=("PAIN",), began_at=began)
        record_event(db, event, catalog=catalog(), by=None, by_name="Lò Thị Nhung", now=NOW, sure=True)
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    found.go("reactions")
    yield found
    found._go(found.locked)


def test_a_month_is_shown_whole_and_summed_up(window, tmp_path, monkeypatch):
    page = window._all.reactions
    assert page.model.rowCount() == 0  # nothing waits for anybody
    page.month.set_value(TODAY.replace(day=1))
    page.month.picked.emit(page.month.value())
    assert page.model.rowCount() == 2 and page.view.value() == "all"
    handed = []
    monkeypatch.setattr(reactions_page, "hand_out", lambda _d, _p, pdf, _printer, name, _f: handed.append((pdf, name)))
    page.sums.click()
    ((pdf, name),) = handed
    assert pdf.startswith(b"%PDF") and name == f"phan-ung-sau-tiem-thang-{TODAY:%Y-%m}.pdf"
    path = tmp_path / "month.xlsx"
    monkeypatch.setattr(reactions_page, "choose_table", lambda _page, _name: path)
    page.excel.click()
    assert path.read_bytes().startswith(b"PK")
