"""The month of a fridge on paper (Sổ theo dõi nhiệt độ) and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.fridge import ColdChainRule, Reading, Turn, degrees
from covidstation.errors import UserError
from covidstation.printing.sheets_cold_chain import ColdSheet, Dot, render_cold_sheet
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.tables import SheetTable, Value, xlsx_bytes
from covidstation.services.vaccination.fridge_look import FridgeMonth, fridge_month, last_of

TITLE: Final = "SỔ THEO DÕI NHIỆT ĐỘ BẢO QUẢN VẮC XIN"
_COLUMNS: Final = (
    "Ngày", "Giờ", "Nhiệt độ (°C)", "Ngoài khoảng", "Ngoài khoảng từ", "Đã làm gì", "Lô bên trong", "Mất điện",
    "Ghi chú", "Người đo",
)  # fmt: skip


@needs(Right.PRINT)
@prints("fridge_month")
def fridge_pdf(db: Database, fridge_id: UUID, month: date, *, catalog: Catalog, now: datetime) -> bytes:
    """The month upright on A4: its course, each day with its turns, what was done. Raises UserError
    cold_chain.unknown."""
    found, rule = _month(db, fridge_id, month, catalog, now)
    head = letterhead(db, catalog, min(last_of(found.first), now.date()))
    days = last_of(found.first).day
    turns = [one.label for one in rule.turns]
    return render_cold_sheet(
        ColdSheet(
            parent=head.parent,
            station=head.station,
            title=TITLE,
            second=_second(found, rule),
            days=days,
            low=rule.low,
            high=rule.high,
            dots=tuple(
                Dot(one.at.day - 1 + (one.at.hour * 60 + one.at.minute) / 1440, one.temperature, one.outside)
                for one in found.readings
            ),
            heads=(
                "Ngày",
                *(words for turn in turns for words in (f"Giờ {turn}", f"°C {turn}", "Người đo")),
                "Ghi chú, việc đã làm",
            ),
            shares=(9.0, *(share for _turn in turns for share in (9.0, 9.0, 20.0)), 56.0),
            rows=tuple(_day(found, rule, found.first + timedelta(days=n)) for n in range(days)),
            notes=tuple(_told(found)),
            signs=("Người theo dõi", head.head_title),
            training=head.training,
        )
    )


@needs(Right.EXPORT)
@prints("fridge_month", AuditAction.EXPORT)
def fridge_xlsx(db: Database, fridge_id: UUID, month: date, *, catalog: Catalog, now: datetime) -> bytes:
    """Every reading of the month, a row each. Raises UserError cold_chain.unknown."""
    found, rule = _month(db, fridge_id, month, catalog, now)
    head = letterhead(db, catalog, min(last_of(found.first), now.date()))
    rows: list[tuple[Value, ...]] = [_row(one) for one in found.readings]
    notes = [head.station, _second(found, rule), *_told(found)]
    return xlsx_bytes([SheetTable(title=TITLE, columns=_COLUMNS, rows=rows, notes=notes, name="Nhiệt độ")])


def _month(
    db: Database, fridge_id: UUID, month: date, catalog: Catalog, now: datetime
) -> tuple[FridgeMonth, ColdChainRule]:
    found = fridge_month(db, fridge_id, month, catalog=catalog, now=now)
    if found is None:
        raise UserError("cold_chain.unknown")
    return found


def _second(found: FridgeMonth, rule: ColdChainRule) -> str:
    one = found.fridge
    named = ", ".join(filter(None, (one.name, one.place)))
    bounds = f"{degrees(rule.low)}–{degrees(rule.high)} °C"
    return f"{named}. Tháng {found.first.month}/{found.first.year}, giữ trong khoảng {bounds}"


def _day(found: FridgeMonth, rule: ColdChainRule, day: date) -> tuple[str, ...]:
    """The reading of each turn, the worst one where there are several; what was done on that day."""
    read = [one for one in found.readings if one.at.date() == day]
    cells: list[str] = [f"{day.day}"]
    for turn in rule.turns:
        cells += _turn(rule, turn, read, any(gap.late and gap.day == day and gap.turn == turn for gap in found.gaps))
    told = ["; ".join(filter(None, (one.action, "mất điện" if one.power_cut else "", one.note))) for one in read]
    return (*cells, ". ".join(filter(None, told)))


def _turn(rule: ColdChainRule, turn: Turn, read: Iterable[Reading], missed: bool) -> tuple[str, str, str]:
    of_it = [one for one in read if rule.turn_at(one.at) == turn]
    if not of_it:
        return ("", "quên" if missed else "", "")
    one = next((one for one in of_it if one.outside), of_it[0])
    mark = " !" if one.outside else ""
    return f"{one.at:%H:%M}", degrees(one.temperature) + mark, one.by_name


def _told(found: FridgeMonth) -> Iterable[str]:
    """Every time that it was outside, and how many turns nobody read."""
    outside, missed = sum(one.outside for one in found.readings), sum(gap.late for gap in found.gaps)
    yield f"Đã đo {len(found.readings)} lần, ngoài khoảng {outside} lần, quên đo {missed} lần."
    for one in found.excursions:
        worst, lots = one.worst, {lot.lot_id: lot for reading in one.readings for lot in reading.lots}
        named = ", ".join(f"{lot.item} lô {lot.number or '—'} ({lot.doses} liều)" for lot in lots.values())
        ended = f"đến {one.after.at:%H:%M %d/%m}" if one.after else "chưa đo lại"
        inside = f" Bên trong có: {named}." if named else ""
        yield (
            f"Ngoài khoảng, sớm nhất từ {one.began:%H:%M %d/%m} {ended}, "
            f"{degrees(worst.temperature)} °C lúc {worst.at:%H:%M %d/%m}.{inside}"
        )


def _row(one: Reading) -> tuple[Value, ...]:
    return (
        one.at.date(), f"{one.at:%H:%M}", one.temperature / 10, "có" if one.outside else "",
        f"{one.since:%H:%M %d/%m/%Y}" if one.since else "", one.action,
        ", ".join(f"{lot.item} {lot.number}".strip() for lot in one.lots), "có" if one.power_cut else "", one.note,
        one.by_name,
    )  # fmt: skip
