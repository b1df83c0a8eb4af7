"""Many doses pasted at once: what columns mean, what a row lacks, what is kept."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.domain.vaccination.sheet import SheetColumn, Target
from covidstation.services.vaccination.history import look_at_vaccination
from covidstation.services.vaccination.sheet import SheetState
from covidstation.ui.vaccination import dose_sheet
from covidstation.ui.vaccination.dose_sheet import DoseSheetDialog
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)
SHEET = (
    "Họ và tên\tNăm sinh\tNgày tiêm mũi 1\tVắc xin mũi 1\tNgày tiêm mũi 2\tVắc xin mũi 2\tHàng\n"
    "Giàng Thị Mỷ\t05/04/1968\t05/09/2021\tAstraZeneca\t01/12/2021\tAstraZeneca\tx\n"
    "Ai Đó Lạ\t1980\t05/09/2021\tPfizer\t\t\tx\n"
)


@pytest.fixture
def dialog(desk, shown):
    holder = QWidget()
    holder.resize(1366, 697)
    shown(holder)
    made = DoseSheetDialog(desk, holder)
    made.open()
    yield made
    made.reject()


def doses(desk, person):
    return look_at_vaccination(desk.register.db, person, catalog=catalog(), now=NOW).doses


def test_a_pasted_table_is_read_and_kept(desk, village, dialog, monkeypatch):
    told = []
    monkeypatch.setattr(dose_sheet, "tell", lambda _parent, title, text, **_more: told.append((title, text)))
    QApplication.clipboard().setText(SHEET)
    dialog.paste.click()
    assert [one.state for one in dialog._looks] == [SheetState.READY, SheetState.READY, SheetState.WRONG]
    assert dialog._main.isEnabled()
    dialog._main.click()
    assert [one.given.text() for one in doses(desk, village.my)] == ["05/09/2021", "01/12/2021"]
    assert told[0][0] == "Đã ghi 2 mũi" and dialog.isVisible()  # one row is left
    assert [one.state for one in dialog._looks] == [SheetState.KNOWN, SheetState.KNOWN, SheetState.WRONG]
    assert not dialog._main.isEnabled()


def test_what_a_column_means_is_chosen_and_remembered(desk, village, dialog):
    text = "A\tB\tC\nGiàng Thị Mỷ\t05/04/1968\t05/09/2021\n"
    dialog.show_text(text)
    assert dialog._looks == () and "Chọn cột" in dialog._trouble.text_in_full()
    for at, column in enumerate((SheetColumn.NAME, SheetColumn.BIRTH, SheetColumn.GIVEN)):
        dialog._meanings[at].set_value(Target(column))
        dialog._meanings[at].picked.emit(Target(column))
    assert [one.state for one in dialog._looks] == [SheetState.READY]
    dialog._main.click()
    assert len(doses(desk, village.my)) == 1
    dialog.show_text(text)
    assert dialog.targets() == tuple(Target(one) for one in (SheetColumn.NAME, SheetColumn.BIRTH, SheetColumn.GIVEN))


def test_a_file_is_read_or_refused(desk, village, dialog, tmp_path):
    good, bad = tmp_path / "bang.csv", tmp_path / "anh.csv"
    good.write_bytes(SHEET.replace("\t", ";").encode("utf-8-sig"))
    bad.write_bytes(b"\xff\x00\xd8\xff")
    dialog.show_file(bad)
    assert "CSV UTF-8" in dialog._trouble.text_in_full()
    dialog.show_file(good)
    assert len(dialog._looks) == 3
