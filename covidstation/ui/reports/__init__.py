"""Báo cáo: the day's report before 07:00, those that were sent, and what the national system must still hear."""

from __future__ import annotations

from covidstation.ui.reports.page import ReportsPage

__all__ = ["ReportsPage"]
