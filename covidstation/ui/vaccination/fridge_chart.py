"""The month of a fridge as a chart: each reading, and the bounds by which it was judged."""

from __future__ import annotations

from collections.abc import Sequence

from covidstation.domain.care import Level
from covidstation.domain.vaccination.cold_rules import ColdChainRule
from covidstation.domain.vaccination.fridge import degrees, stretches
from covidstation.services.care.course import Limit
from covidstation.services.vaccination.fridge_look import FridgeMonth
from covidstation.ui.rounds.chart import Chart, Point, Stretch


def show_month(chart: Chart, month: FridgeMonth, rules: Sequence[ColdChainRule]) -> None:
    """Its readings with the bounds of their own rules. `rules` with the fridge's bounds."""
    points = [
        Point(one.at, one.temperature / 10, one.outside, f"{degrees(one.temperature)} °C") for one in month.readings
    ]
    bounds = [
        Stretch(first, last, (_limit(rule.high), _limit(rule.low)))
        for first, last, rule in stretches(rules, month.readings)
    ]
    chart.show_stretches(points, bounds)


def _limit(tenths: int) -> Limit:
    return Limit(tenths / 10, f"{degrees(tenths).removesuffix(',0')} °C", Level.DANGER)
