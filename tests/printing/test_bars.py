"""Bars of shares: every one with its share and a name that tells it from another, however many there are."""

from __future__ import annotations

from itertools import pairwise

import pypdfium2
import pytest

from covidstation.printing import fonts
from covidstation.printing.bars import ShareBar, ShareBars, bars_boxes
from covidstation.printing.lists import ListColumn, PrintedList, render_list

ROOM = 757.0


class Pen:
    """A sheet that keeps where each text was drawn."""

    def __init__(self) -> None:
        self.said: list[tuple[float, float, str]] = []

    def drawString(self, x: float, y: float, text: str) -> None:
        self.said.append((x, y, text))

    drawCentredString = drawRightString = drawString

    def __getattr__(self, _name: str):
        return lambda *_said, **_more: None


def bars(count: int) -> ShareBars:
    names = [ShareBar(f"Nậm Ngá Thượng {n}", 1000, "100,0 %") for n in range(count)]
    return ShareBars("Đủ liều theo thôn, bản", tuple(names), 80)


def drawn(count: int, room: float = ROOM) -> Pen:
    fonts.register()
    pen = Pen()
    for nth, box in enumerate(bars_boxes(bars(count), 0, room)):
        box.draw(pen, 10_000.0 - 200 * nth)  # type: ignore[arg-type]
    return pen


def test_few_bars_stand_in_one_row_with_their_whole_names():
    assert len(bars_boxes(bars(9), 0, ROOM)) == 1
    assert [text for _x, _y, text in drawn(9).said if text.startswith("Nậm")] == [
        f"Nậm Ngá Thượng {n}" for n in range(9)
    ]


@pytest.mark.parametrize("count", [28, 45, 64, 120])
def test_many_bars_stand_in_rows_so_that_no_share_runs_into_the_next(count):
    pen = drawn(count)
    places = sorted((y, x) for x, y, text in pen.said if text == "100,0 %")
    assert len(places) == count
    assert all(right - left >= 40 for (high, left), (other, right) in pairwise(places) if high == other)
    assert {text for _x, _y, text in pen.said} >= {f"Thượng {n}" for n in range(count)}


def test_a_name_without_room_ends_the_drawing_and_not_the_program():
    assert not [text for _x, _y, text in drawn(1, room=6.0).said if text.startswith(("Nậm", "…"))]


def test_a_list_of_seventy_hamlets_is_printed_with_all_of_them():
    paper = PrintedList(
        upper="", station="TRẠM Y TẾ", title="BAO PHỦ", second="", across=True, bars=bars(70),
        columns=(ListColumn("Theo", 1),), rows=(("Cả xã",),), signs=("Người lập",),
    )  # fmt: skip
    pdf = render_list(paper)
    document = pypdfium2.PdfDocument(pdf)
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert all(f"Thượng {n}" in words for n in range(70))
    assert words.count("100,0 %") == 70
