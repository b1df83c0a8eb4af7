"""The chart of a fridge's month over a change of the rule."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from covidstation.domain.vaccination.cold_rules import parse_cold_rules
from covidstation.domain.vaccination.fridge import Fridge, Reading
from covidstation.paths import resources
from covidstation.services.vaccination.fridge_look import FridgeMonth
from covidstation.ui.rounds.chart import Chart
from covidstation.ui.vaccination.fridge_chart import show_month

TEXT = (resources() / "rules" / "cold_chain.toml").read_text(encoding="utf-8")
LATER = TEXT[TEXT.index("[[rule]]") :].replace("vn-cold-chain-2014", "new").replace("2014-05-16", "2022-03-11")
RULES = parse_cold_rules(
    TEXT.replace("2014-05-16\n", "2014-05-16\nvalid_until = 2022-03-10\n")
    + LATER.replace("warmest = 80", "warmest = 60")
)


def read(day: int, temperature: int) -> Reading:
    at, rule = datetime(2022, 3, day, 7), RULES[0] if day < 11 else RULES[1]
    said = {"temperature": temperature, "outside": rule.outside(temperature), "rule": rule.id}
    return Reading(id=UUID(int=day), fridge_id=UUID(int=99), at=at, **said)


def red(chart: Chart) -> tuple[set[int], set[int]]:
    """The heights at which the left and the right part of the chart have a dashed line."""
    picture = chart.grab().toImage()
    ratio = picture.devicePixelRatio()
    found = []
    for first, last in ((70, 200), (320, 440)):
        rows = {}
        for y in range(int(26 * ratio), int((chart.height() - 22) * ratio)):
            inks = [picture.pixelColor(x, y) for x in range(int(first * ratio), int(last * ratio))]
            rows[y] = sum(one.red() > one.blue() + 40 and one.red() > one.green() + 40 for one in inks)
        found.append({round(y / ratio) for y, count in rows.items() if count > 30 * ratio})
    return found[0], found[1]


def test_each_reading_stands_between_the_bounds_by_which_it_was_judged(qtbot, theme):
    chart = Chart("fridge_chart", "Nhiệt độ", (0.0, 10.0))
    qtbot.addWidget(chart)
    chart.resize(506, 132)  # 450 for the days
    readings = tuple(read(day, 70 if day == 9 else 40) for day in range(6, 16))
    show_month(chart, FridgeMonth(Fridge(id=UUID(int=99)), date(2022, 3, 1), readings, (), ()), RULES)
    before, after = red(chart)
    assert before and after and min(before) < min(after)  # up to 8 °C, from the 11th on up to 6 °C
    assert abs(max(before) - max(after)) <= 1  # both from 2 °C
    show_month(chart, FridgeMonth(Fridge(id=UUID(int=99)), date(2022, 3, 1), (), (), ()), RULES)
    assert red(chart) == (set(), set())
