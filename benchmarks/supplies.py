"""The store under load: `python -m benchmarks.supplies [ITEMS [MOVEMENTS]]` (2,000 and 200,000 unless told).

Measures what a nurse waits for: the list from nothing and after one change, a giving's draw, one item, the ledger.
"""

from __future__ import annotations

import random
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert

from benchmarks.measure import report, wall_and_cpu
from covidstation.catalog import load_catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.supplies import SupplyView, match_supplies
from covidstation.db.queries.supply_ledger import ledger_between
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow
from covidstation.db.session import Database
from covidstation.domain.station import StationDraft
from covidstation.domain.supplies import MovementKind
from covidstation.paths import resources
from covidstation.services.access.opening import open_register
from covidstation.services.station.setup import found_register
from covidstation.services.supplies.acts import IssueDraft, IssueLine, issue
from covidstation.services.supplies.look import look_at_item, look_at_store, store_work

PASSPHRASE = "đo tốc độ của kho"
NOW = datetime(2022, 3, 10, 7, 12, tzinfo=timezone(timedelta(hours=7)))
YEARS = 3
LOTS = 4  # of an item, three of them used up


def fill(db: Database, items: int, movements: int) -> list[UUID]:
    """Three years of a store, row by row as they would stand; past the journal, which is not measured here."""
    chance, today = random.Random(3), NOW.date()
    first = today - timedelta(days=365 * YEARS)
    each = movements // (items * LOTS)
    ids, rows, lots, moves = [], [], [], []
    for number in range(items):
        item = new_id()
        ids.append(item)
        name = f"Thuốc số {number:04}"
        same = {"atc": "", "strength": "", "form": "viên nén", "medicine": "", "note": "", "pack_size": 0}
        rows.append(
            {**same, "id": item, "kind": "MEDICINE", "name": name, "sort_key": name, "substances": [], "unit": "viên"}
            | {"low_level": 20, "kept_from": first, "rev": 1, "made": 1}
        )
        for lot_number in range(LOTS):
            lot, start = new_id(), first + timedelta(days=lot_number * 365 * YEARS // LOTS)
            expiry = start + timedelta(days=500)
            lots.append({"id": lot, "item_id": item, "number": f"L{lot_number}", "expiry": expiry, "rev": 1, "made": 1})
            last = lot_number == LOTS - 1
            moves += _moves(chance, lot, start, each, left=150 if last else 0)
    with db.engine.execution_options(writes=True).begin() as connection:
        for table, values in ((SupplyItemRow, rows), (SupplyLotRow, lots), (SupplyMovementRow, moves)):
            for at in range(0, len(values), 5000):
                connection.execute(insert(table), values[at : at + 5000])
    return ids


def _moves(chance: random.Random, lot: UUID, start: date, count: int, *, left: int) -> list[dict[str, object]]:
    given = [chance.randint(1, 30) for _one in range(count - 1)]
    same = {
        "source": "",
        "partner": "",
        "document": "",
        "reason": "",
        "link_kind": "",
        "by_name": "Mai",
        "rev": 1,
        "made": 1,
    }
    units = [sum(given) + left, *(-one for one in given)]
    days = [0, *sorted(chance.randint(0, 365 * YEARS // LOTS - 1) for _one in given)]
    return [
        {**same, "id": new_id(), "act": lot, "lot_id": lot, "day": start + timedelta(days=day), "turn": turn}
        | {"kind": (MovementKind.ISSUE if turn > 1 else MovementKind.RECEIPT).value, "quantity": quantity}
        for turn, (day, quantity) in enumerate(zip(days, units, strict=True), start=1)
    ]


def main() -> None:
    """Print the figures."""
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    movements = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    catalog, today = load_catalog(resources()), NOW.date()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "register"
        station = StationDraft(commune_code="03517", name="Trạm Y tế xã Nậm Tăm", place_name="Nậm Tăm")
        found_register(folder, station, user_name="Mai", passphrase=PASSPHRASE, now=NOW)
        first = open_register(folder, PASSPHRASE)
        ids = fill(first.db, items, movements)
        first.db.close()
        register = open_register(folder, PASSPHRASE)
        db = register.db

        def opened() -> None:
            lines = look_at_store(db, catalog=catalog, today=today).lines
            assert len(match_supplies(lines, SupplyView.KEPT)) == items

        def one_change(number: int = 0) -> None:
            draft = IssueDraft(day=today, partner="Đội", lines=(IssueLine(item_id=ids[number], quantity=1),))
            issue(db, draft, by=None, now=NOW.astimezone(UTC))

        figures = {"items": items, "movements": movements, "open_from_nothing": wall_and_cpu(opened, 1)}
        figures["one_issue_saved"] = wall_and_cpu(one_change, 9)
        figures["list_after_one_change"] = wall_and_cpu(opened, 9)
        figures["today"] = wall_and_cpu(lambda: store_work(db, catalog=catalog, today=today), 5)
        figures["one_item"] = wall_and_cpu(lambda: look_at_item(db, ids[5], catalog=catalog, today=today), 5)
        month = today.replace(day=1)
        figures["ledger_of_the_month_by_lot"] = wall_and_cpu(lambda: ledger_between(db, month, today, by_lot=True), 3)
        report("supplies", figures)
        db.close()


if __name__ == "__main__":
    main()
