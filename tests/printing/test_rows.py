"""The rows of printed tables under a ruler: one frame as wide as its columns, words where the cell says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from covidstation.printing import fonts, nd30
from covidstation.printing.rows import Cell, Grid
from covidstation.printing.sheet import open_sheet
from tests.printing.ruler import MM, rules, text_lines

GRID = Grid(left=30 * MM, widths=(20 * MM, 40 * MM, 30 * MM), size=12.0, side=2 * MM, pad=1 * MM)
TOP = 50.0  # mm from the page's head


def drawn(grid: Grid, cells: tuple[Cell, ...], **more):
    fonts.register()
    sheet, out = open_sheet("Bảng")
    box = grid.row(cells, **more)
    box.draw(sheet, nd30.PAGE[1] - TOP * MM)
    sheet.showPage()
    sheet.save()
    return box, out.getvalue()


def test_one_frame_as_wide_as_the_columns_and_as_high_as_the_row():
    box, pdf = drawn(GRID, (Cell("1"), Cell("hai"), Cell()), least=15 * MM)
    assert box.height == pytest.approx(15 * MM)
    (frame,) = rules(pdf)
    assert (frame.left, frame.right) == pytest.approx((30, 120), abs=0.2)
    assert (frame.top, frame.bottom) == pytest.approx((TOP, TOP + 15), abs=0.2)


def test_a_row_is_as_tall_as_its_longest_cell():
    short, _ = drawn(GRID, (Cell("1"), Cell("hai"), Cell("3")))
    tall, _ = drawn(GRID, (Cell("1"), Cell("hai " * 30), Cell("3")))
    assert short.height == pytest.approx(12 * 1.15 + 2 * MM)
    assert tall.height > 3 * short.height


def test_words_stand_at_the_left_indented_or_centred():
    _, pdf = drawn(GRID, (Cell("trái"), Cell("lùi", indent=5 * MM), Cell("giữa", align="centre")))
    left, lean, middle = text_lines(pdf, gap=2)
    assert (left.left, lean.left) == pytest.approx((32, 57), abs=0.3)
    assert middle.centre == pytest.approx(105, abs=0.3)


def test_words_stand_at_the_top_or_in_the_middle_of_the_height():
    cells = (Cell("1"), Cell(""), Cell(""))
    (high,) = text_lines(drawn(GRID, cells, least=30 * MM)[1])
    (low,) = text_lines(drawn(replace(GRID, middle=True), cells, least=30 * MM)[1])
    assert low.baseline - high.baseline == pytest.approx((30 - 12 * 1.15 / MM) / 2 - 1, abs=0.1)


def test_second_words_are_smaller_but_never_below_eight_points():
    for size, second in ((12.0, 10.5), (8.5, 8.0)):
        _, pdf = drawn(replace(GRID, size=size), (Cell("Lý", second="Nhà"), Cell(), Cell()))
        assert [line.sizes for line in text_lines(pdf)] == [frozenset({size}), frozenset({second})]


def test_a_grey_ground_lies_under_the_frame():
    _, pdf = drawn(GRID, (Cell("Bản"), Cell(), Cell()), grey=True)
    assert len(rules(pdf)) == 2
