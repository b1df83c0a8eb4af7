"""The store's ledger (sổ kho) of a span of days: on the screen, on A4, as a spreadsheet, from the same lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

from covidstation.catalog import Catalog
from covidstation.db.queries.supply_ledger import LedgerLine, ledger_between
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.supplies import SupplyKind
from covidstation.errors import UserError
from covidstation.i18n import N_, date_text
from covidstation.messages.supplies import vials_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import Letterhead, letterhead
from covidstation.services.rights import needs
from covidstation.services.tables import SheetTable, Value, write_sheets

KIND_NAMES: Final[Mapping[str, str]] = {
    SupplyKind.MEDICINE.value: N_("Thuốc"),
    SupplyKind.TEST_KIT.value: N_("Test, sinh phẩm"),
    SupplyKind.VACCINE.value: N_("Vắc xin"),
    SupplyKind.PROTECTIVE.value: N_("Phòng hộ"),
    SupplyKind.CHEMICAL.value: N_("Hoá chất"),
    SupplyKind.OTHER.value: N_("Vật tư khác"),
}
FIGURES: Final = (
    ("opening", "Tồn đầu"),
    ("received", "Nhập"),
    ("returned", "Trả về kho"),
    ("issued", "Xuất dùng"),
    ("sent_back", "Chuyển trả"),
    ("lost", "Hỏng, huỷ"),
    ("more", "Kiểm kê thừa"),
    ("less", "Kiểm kê thiếu"),
    ("closing", "Tồn cuối"),
)
"""The columns of figures, as the paper heads them."""
_VIALS: Final = ("Liều mỗi lọ", "Tồn cuối (lọ)")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines between two days, both within."""

    first: date
    last: date
    lines: tuple[LedgerLine, ...]
    by_lot: bool


@needs(Right.SEE)
def look_at_ledger(db: Database, first: date, last: date, *, today: date, by_lot: bool = False) -> Ledger:
    """What stood, came, went and is left. Raises UserError supplies.span for days in the wrong order or to come."""
    if not first <= last <= today:
        raise UserError("supplies.span")
    return Ledger(first, last, ledger_between(db, first, last, by_lot=by_lot), by_lot)


@needs(Right.PRINT)
@prints("supply_ledger")
def ledger_pdf(db: Database, first: date, last: date, *, catalog: Catalog, today: date, by_lot: bool = False) -> bytes:
    """A4 across, to be signed by who keeps the store and the head of the station."""
    found = look_at_ledger(db, first, last, today=today, by_lot=by_lot)
    head = letterhead(db, catalog, last)
    lots = (ListColumn("Số lô", 12), ListColumn("Hạn", 11, "centre")) if by_lot else ()
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="SỔ KHO THUỐC, VẬT TƯ",
            second=f"Từ {date_text(first)} đến hết {date_text(last)}",
            columns=(
                ListColumn("TT", 5, "centre"),
                ListColumn("Tên, hàm lượng", 30),
                *lots,
                ListColumn("ĐVT", 7, "centre"),
                *(ListColumn(title, 9, "centre") for _name, title in FIGURES[:-1]),
                ListColumn(FIGURES[-1][1], 12, "centre"),
            ),
            rows=tuple(_rows(found)),
            across=True,
            size=10.0,
            signs=("Người giữ kho", head.head_title),
            training=head.training,
        )
    )


def _rows(found: Ledger) -> Iterator[tuple[str, ...]]:
    number = 0
    lots = 2 if found.by_lot else 0
    for kind, lines in groupby(found.lines, key=lambda one: one.kind):
        yield ("", KIND_NAMES.get(kind, kind).upper(), *[""] * (lots + 1 + len(FIGURES)))
        for line in lines:
            number += 1
            label = (line.number, date_text(line.expiry) if line.expiry else "") if found.by_lot else ()
            title = f"{line.title} (lọ {line.vial} {line.unit})" if line.vial else line.title
            yield (f"{number}", title, *label, line.unit, *(_figure(line, name) for name, _title in FIGURES))


def _figure(line: LedgerLine, name: str) -> str:
    """A nought is left empty, but for what stood and what is left. Vaccine is told in vials beside its doses."""
    value: int = getattr(line, name)
    if value and line.vial:
        return f"{value} ({vials_text(value, line.vial)})"
    return f"{value}" if value or name in ("opening", "closing") else ""


@needs(Right.EXPORT)
@prints("supply_ledger", AuditAction.EXPORT)
def ledger_xlsx(db: Database, first: date, last: date, path: Path, *, catalog: Catalog, today: date) -> Path:
    """Two sheets: by item, by lot. Raises UserError paper.not_kept, supplies.span."""
    head = letterhead(db, catalog, last)
    tables = [_table(look_at_ledger(db, first, last, today=today, by_lot=lots), head) for lots in (False, True)]
    return write_sheets(path, tables)


def _table(found: Ledger, head: Letterhead) -> SheetTable:
    lots = ("Số lô", "Hạn") if found.by_lot else ()
    rows: list[list[Value]] = []
    vials = any(line.vial for line in found.lines)
    for line in found.lines:
        in_vials: list[Value] = [line.vial or None, line.closing / line.vial if line.vial else None] if vials else []
        label: list[Value] = [line.number, line.expiry] if found.by_lot else []
        figures: list[Value] = [getattr(line, name) for name, _title in FIGURES]
        rows.append([KIND_NAMES.get(line.kind, line.kind), line.title, *label, line.unit, *figures, *in_vials])
    return SheetTable(
        title="Sổ kho thuốc, vật tư",
        name="Theo lô" if found.by_lot else "Theo mặt hàng",
        notes=(head.line, f"Từ {date_text(found.first)} đến hết {date_text(found.last)}"),
        columns=("Loại", "Tên, hàm lượng", *lots, "Đơn vị", *(title for _name, title in FIGURES), *_VIALS[: 2 * vials]),
        rows=rows,
    )
