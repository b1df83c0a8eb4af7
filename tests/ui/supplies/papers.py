"""Papers of the district for the store, as their lines leave them in a register. Invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from covidstation.db.session import Database
from covidstation.domain.allotments import Allotment, AllotmentLine, allotment_data
from covidstation.domain.district import ItemKind
from covidstation.domain.supplies import ItemDraft, SupplyKind
from covidstation.hub.down.allotments import paper_text
from tests.ui.district.items import put
from tests.ui.village import NOW

TODAY = NOW.date()
FAR = TODAY + timedelta(days=420)
PARACETAMOL = ItemDraft(
    name="Paracetamol", substances=("paracetamol",), atc="N02BE01", strength="500 mg", form="viên nén", unit="viên"
)
KITS = ItemDraft(kind=SupplyKind.TEST_KIT, name="Test nhanh kháng nguyên SARS-CoV-2", unit="test", pack_size=25)
GLOVES = ItemDraft(kind=SupplyKind.PROTECTIVE, name="Găng tay y tế", unit="đôi", pack_size=50)


def paper(db: Database, document: str = "PX-0718", *, lines: Any = (), due_on: date | None = None, **more: Any) -> UUID:
    """One paper that came this morning: tablets, test kits, and gloves that the store does not keep."""
    found = lines or (
        AllotmentLine(number=1, item=PARACETAMOL, lot="0726", expiry=FAR, quantity=1500),
        AllotmentLine(number=2, item=KITS, lot="T26-11", expiry=TODAY + timedelta(days=200), quantity=200),
        AllotmentLine(number=3, item=GLOVES, lot="", expiry=FAR + timedelta(days=200), quantity=500),
    )
    made = Allotment(document=document, day=TODAY - timedelta(days=1), lines=tuple(found), note="Đợt tháng 7")
    return put(
        db,
        ItemKind.ALLOTMENT,
        f"Phiếu xuất kho {document}: {len(found)} mặt hàng",
        paper_text(made),
        data=allotment_data(made),
        due_on=due_on,
        **more,
    )
