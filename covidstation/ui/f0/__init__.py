"""F0: the form that registers and corrects, and the register of illnesses."""

from __future__ import annotations

from covidstation.ui.desk import Desk
from covidstation.ui.f0.form import F0Form
from covidstation.ui.f0.list import F0List
from covidstation.ui.frame.page import Page


def make_pages(desk: Desk) -> list[Page]:
    """The register first, then the form (`f0_list`, `f0_form`)."""
    return [F0List(desk), F0Form(desk)]
