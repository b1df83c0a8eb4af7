"""A village with a store: paracetamol of two lots, one nearly over; masks that are short; kits that are over."""

from datetime import timedelta

import pytest

from covidstation.db.queries.supplies import list_supplies
from covidstation.domain.supplies import ItemDraft, Source, SupplyKind
from covidstation.services.supplies.acts import IssueDraft, IssueLine, ReceiptDraft, ReceiptLine, issue, receive
from tests.ui.village import NOW, catalog

TODAY = NOW.date()
WHO = {"by": None, "now": NOW}
MASKS = ItemDraft(kind=SupplyKind.PROTECTIVE, name="Khẩu trang N95", unit="cái", low_level=100)


def common(name, strength=""):
    """That item of the shipped list."""
    found = (one for one in catalog().supply_rules[0].items if one.name == name)
    return next(one for one in found if not strength or one.strength == strength)


def bring(db, *lines, days=30, source=Source.UPPER, partner="Trung tâm Y tế huyện Sìn Hồ", document="PX 118"):
    """A delivery of (item or new item, number, expiry, quantity), so many days ago."""
    made = tuple(
        ReceiptLine(
            item_id=None if isinstance(item, ItemDraft) else item,
            new=item if isinstance(item, ItemDraft) else None,
            number=number,
            expiry=expiry,
            quantity=quantity,
        )
        for item, number, expiry, quantity in lines
    )
    day = TODAY - timedelta(days=days)
    draft = ReceiptDraft(day=day, source=source, partner=partner, document=document, lines=made, by_name="Lò Thị Nhung")
    receive(db, draft, **WHO)


def fill(db):
    """The whole store; the ids of its items by name."""
    far, near, over = TODAY + timedelta(days=500), TODAY + timedelta(days=35), TODAY - timedelta(days=4)
    bring(
        db,
        (common("Paracetamol", "500 mg"), "0121", near, 400),
        (common("Paracetamol", "500 mg"), "0422", far, 1000),
        (common("Vitamin C"), "VC07", far, 500),
        (common("Amlodipin"), "AM331", far, 1800),
        (common("Metformin", "500 mg"), "MF12", near, 900),
        (common("Oresol"), "OR5", far, 120),
        (MASKS, "", None, 80),
    )
    bring(
        db,
        (common("Test nhanh kháng nguyên SARS-CoV-2"), "T9", over, 75),
        (common("Cloramin B"), "CB", far, 12),
        days=40,
    )
    ids = {line.title: line.id for line in list_supplies(db, catalog().supply_rules[0], TODAY)}
    for days, name, units in (
        (20, "Paracetamol 500 mg", 60), (12, "Paracetamol 500 mg", 90), (3, "Paracetamol 500 mg", 100),
        (9, "Amlodipin 5 mg", 1500), (6, "Oresol", 120), (2, "Vitamin C 500 mg", 140),
    ):  # fmt: skip
        lines = (IssueLine(item_id=ids[name], quantity=units),)
        draft = IssueDraft(
            day=TODAY - timedelta(days=days), partner="Đội chăm sóc F0", lines=lines, by_name="Lò Văn Đôi"
        )
        issue(db, draft, **WHO)
    return ids


@pytest.fixture
def store(village, desk):
    """The ids of the items by their titles."""
    return fill(desk.register.db)
