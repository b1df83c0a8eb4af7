"""A commune of some hundred people over two months, against the paper books; `./run year` lives through it in full."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from covidstation.db import keys
from covidstation.db.rows import ChronicConditionRow, HouseholdRow, PrescriptionRow, SupplyStockRow
from tests.haste import scratch
from tests.services import samples
from tests.year.__main__ import live
from tests.year.world import Plan

SHORT = Plan(people=250, days=60, acts=12, first=date(2025, 5, 15), share=0.1, hamlets=5)
"""Over the end of a quarter, and of a rule: from 1 July 2025 on some diseases have medicines for three months."""


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "calibrated_cost", lambda: samples.CHEAP)


@pytest.fixture
def place() -> Path:
    with TemporaryDirectory(dir=scratch()) as folder:
        yield Path(folder)


@pytest.mark.timeout(240)
def test_two_months_are_as_the_paper_books_say(cheap, place):
    """At both ends of months, and in the middle of July."""
    w = live(SHORT, place)
    assert w.rest["wrong"] == []
    assert w.done["evenings"] == 3 and w.done["refused"] > 50
    never = [name for name in ("pharmacy.hand", "clinic.visit", "village.move", "cellar.mend") if not w.done[name]]
    assert never == []


@pytest.mark.timeout(120)
def test_the_comparison_sees_what_is_wrong(cheap, place):
    """One tablet, one day, one head, one disease."""
    wrong = live(Plan(people=60, days=2, acts=25, first=date(2025, 5, 30), share=0.3, hamlets=2), place, after=_spoil)
    said = " ".join(wrong.rest["wrong"])
    for word in ("left of", "ledger", "running out", "households", "cohort", "spreadsheet"):
        assert word in said, (word, said)


def _spoil(w):
    """As no service would."""
    with w.db.write(w.by, w.now) as session:
        for table, name, value in (
            (SupplyStockRow, "balance", 7777),
            (PrescriptionRow, "runs_out_on", date(2025, 5, 1)),
            (ChronicConditionRow, "removed_on", date(2025, 5, 1)),
            (HouseholdRow, "head_id", None),
        ):
            setattr(session.scalars(select(table)).first(), name, value)
