"""What a tired hand types into the grid: kept in its cell, said in one sentence, nothing in the register."""

import pytest
from PySide6.QtCore import Qt

from covidstation.ui.rounds.entry import Col
from tests.ui.rounds.test_page import ENTER, ill, keys, line_under, page, visits

pytestmark = pytest.mark.timeout(60)
__all__ = ["ill", "page"]


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        (("3", ENTER), Col.TEMPERATURE),
        (("999", ENTER), Col.TEMPERATURE),
        (("bay", ENTER), Col.TEMPERATURE),
        (("-37", ENTER), Col.SPO2),  # the dash leaves its cell empty; 37 is no SpO2 either
        (("367", "9", ENTER), Col.SPO2),
        (("367", "0", ENTER), Col.SPO2),
        (("367", "-9", ENTER), Col.PULSE),
        (("367", "98", "9", ENTER), Col.PULSE),
    ],
)
def test_it_stays_with_its_sentence(page, typed, column):
    keys(*typed)
    assert page.grid._at[1] is column
    said = line_under(page, 0)
    assert said and "{" not in said and said.count(".") <= 3
    assert visits(page, 0) == ()
    keys(Qt.Key.Key_Escape)
    assert page.isVisible()
