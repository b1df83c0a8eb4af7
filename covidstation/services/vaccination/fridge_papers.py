"""The month of a fridge on paper (Sổ theo dõi nhiệt độ) and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.cold_rules import ColdChainRule, cold_rule_on
from covidstation.domain.vaccination.fridge import Reading, degrees
from covidstation.errors import UserError
from covidstation.printing.sheets_cold_chain import Band, ColdSheet, Dot, render_cold_sheet
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.tables import SheetTable, Value, xlsx_bytes
from covidstation.services.vaccination.fridge_look import FridgeMonth, fridge_month, last_of

Rules = Sequence[ColdChainRule]
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
    found, rules = _month(db, fridge_id, month, catalog, now)
    head = letterhead(db, catalog, min(last_of(found.first), now.date()))
    days, rule = last_of(found.first).day, cold_rule_on(rules, last_of(found.first))
    turns = [one.label for one in rule.turns]
    return render_cold_sheet(
        ColdSheet(
            parent=head.parent,
            station=head.station,
            title=TITLE,
            second=_second(found, rules),
            days=days,
            bands=_bands(found, rules),
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
            rows=tuple(_day(found, rules, found.first + timedelta(days=n)) for n in range(days)),
            notes=tuple(_told(found, rules)),
            signs=("Người theo dõi", head.head_title),
            training=head.training,
        )
    )


@needs(Right.EXPORT)
@prints("fridge_month", AuditAction.EXPORT)
def fridge_xlsx(db: Database, fridge_id: UUID, month: date, *, catalog: Catalog, now: datetime) -> bytes:
    """Every reading of the month, a row each. Raises UserError cold_chain.unknown."""
    found, rules = _month(db, fridge_id, month, catalog, now)
    head = letterhead(db, catalog, min(last_of(found.first), now.date()))
    rows: list[tuple[Value, ...]] = [_row(one) for one in found.readings]
    notes = [head.station, _second(found, rules), *_told(found, rules)]
    return xlsx_bytes([SheetTable(title=TITLE, columns=_COLUMNS, rows=rows, notes=notes, name="Nhiệt độ")])


def _month(db: Database, fridge_id: UUID, month: date, catalog: Catalog, now: datetime) -> tuple[FridgeMonth, Rules]:
    found = fridge_month(db, fridge_id, month, catalog=catalog, now=now)
    if found is None:
        raise UserError("cold_chain.unknown")
    return found


def _bands(found: FridgeMonth, rules: Rules) -> tuple[Band, ...]:
    """The bounds of each stretch of the month, for a rule may change within it."""
    made: list[Band] = []
    for day in range(last_of(found.first).day):
        rule = cold_rule_on(rules, found.first + timedelta(days=day))
        if made and (made[-1].low, made[-1].high) == (rule.low, rule.high):
            made[-1] = replace(made[-1], last=day + 1)
        else:
            made.append(Band(day, day + 1, rule.low, rule.high))
    return tuple(made)


def _second(found: FridgeMonth, rules: Rules) -> str:
    one = found.fridge
    named = ", ".join(filter(None, (one.name, one.place)))
    bands = _bands(found, rules)
    told = [f"{degrees(band.low)}–{degrees(band.high)} °C" if band.low >= 0 else
            f"{degrees(band.low)} đến {degrees(band.high)} °C" for band in bands]  # fmt: skip
    since = [f", từ ngày {band.first + 1} " if band.first else "" for band in bands]
    kept = "".join(f"{when}{bounds}" for when, bounds in zip(since, told, strict=True))
    return f"{named}. Tháng {found.first.month}/{found.first.year}, giữ trong khoảng {kept}"


def _day(found: FridgeMonth, rules: Rules, day: date) -> tuple[str, ...]:
    """The reading of each turn, the worst one where there are several; what was done on that day. The columns are the
    turns of the month's end."""
    read = [one for one in found.readings if one.at.date() == day]
    rule, own = cold_rule_on(rules, last_of(found.first)), cold_rule_on(rules, day)
    cells: list[str] = [f"{day.day}"]
    for turn in rule.turns:
        missed = any(gap.late and gap.day == day and gap.turn.code == turn.code for gap in found.gaps)
        cells += _turn([one for one in read if own.turn_at(one.at).code == turn.code], own, missed)
    told = ["; ".join(filter(None, (one.action, "mất điện" if one.power_cut else "", one.note))) for one in read]
    return (*cells, ". ".join(filter(None, told)))


def _turn(read: Sequence[Reading], rule: ColdChainRule, missed: bool) -> tuple[str, str, str]:
    if not read:
        return ("", "quên" if missed else "", "")
    one = max(read, key=lambda one: (one.outside, rule.beyond(one.temperature)))
    mark = " !" if one.outside else ""
    return f"{one.at:%H:%M}", degrees(one.temperature) + mark, one.by_name


def _told(found: FridgeMonth, rules: Rules) -> Iterable[str]:
    """Every time that it was outside, and how many turns nobody read."""
    outside, missed = sum(one.outside for one in found.readings), sum(gap.late for gap in found.gaps)
    yield f"Đã đo {len(found.readings)} lần, ngoài khoảng {outside} lần, quên đo {missed} lần."
    for one in found.excursions:
        lots = {lot.lot_id: lot for reading in one.readings for lot in reading.lots}
        named = ", ".join(f"{lot.item} lô {lot.number or '—'} ({lot.doses} liều)" for lot in lots.values())
        ended = f"đến {one.after.at:%H:%M %d/%m}" if one.after else "chưa đo lại"
        inside = f" Bên trong có: {named}." if named else ""
        worst, frozen = one.worst(rules), one.frozen(rules)
        cold = "" if frozen is None or frozen is worst else f"; đông băng {_moment(frozen)}"
        yield f"Ngoài khoảng, sớm nhất từ {one.began:%H:%M %d/%m} {ended}, {_moment(worst)}{cold}.{inside}"


def _moment(one: Reading) -> str:
    return f"{degrees(one.temperature)} °C lúc {one.at:%H:%M %d/%m}"


def _row(one: Reading) -> tuple[Value, ...]:
    return (
        one.at.date(), f"{one.at:%H:%M}", one.temperature / 10, "có" if one.outside else "",
        f"{one.since:%H:%M %d/%m/%Y}" if one.since else "", one.action,
        ", ".join(f"{lot.item} {lot.number}".strip() for lot in one.lots), "có" if one.power_cut else "", one.note,
        one.by_name,
    )  # fmt: skip
