"""One person's page."""

from __future__ import annotations

from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.person.page import OnePerson


def make_pages(desk: Desk) -> list[Page]:
    """The one page (`person`)."""
    return [OnePerson(desk)]
