"""The page of reactions: a month's are shown whole, and its sums go to paper and to a spreadsheet."""

from datetime import timedelta

import pytest

from covidstation.db.queries.vaccine_events import list_events
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.reactions import EventDraft
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.vaccination.reactions import record_event
from covidstation.ui.main import MainWindow
from covidstation.ui.vaccination import reactions_page
from covidstation.ui.vaccination.reaction_dialogs import ReportDialog
from tests.services.vaccination.test_reaction_papers import own_words
from tests.ui.dialogs import with_dialog
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


def test_a_report_has_its_hour_and_is_taken_back(window, desk, qtbot, monkeypatch):
    page, db = window._all.reactions, desk.register.db
    said = {"treatment": "Adrenalin", "grade": 1, "began_at": NOW.replace(tzinfo=None) - timedelta(hours=3)}
    event = EventDraft(person_id=page._lines[0].person_id, kinds=("ANAPHYLAXIS",), **said)
    record_event(db, event, catalog=catalog(), by=None, by_name="Lò Thị Nhung", now=NOW, sure=True)
    own_words(db, "ANAPHYLAXIS", "Sốc phản vệ nặng")
    page.load()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    labels = [page.model.index(0, column).data() for column in range(page.model.columnCount())]
    assert "Sốc phản vệ nặng" in labels
    assert page.report.isEnabled() and not page.untold.isEnabled()
    at = (NOW - timedelta(hours=1)).replace(tzinfo=None, second=0, microsecond=0)

    def fill(dialog):
        dialog.to.set_value("TTYT huyện")
        dialog.at.setText(f"{at:%H:%M}")
        dialog.save()

    assert with_dialog(ReportDialog, fill, page.report.click, qtbot)
    found = list_events(db, waiting=True)[0].event
    assert (found.reported_at, found.reported_to) == (at, "TTYT huyện")
    page.load()
    qtbot.waitUntil(page.untold.isEnabled)
    monkeypatch.setattr(reactions_page, "confirm", lambda *_words, **_more: True)
    page.untold.click()
    qtbot.waitUntil(lambda: list_events(db, waiting=True)[0].event.unreported)
