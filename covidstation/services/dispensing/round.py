"""Who runs out of medicines in the coming days, and the list for a round that brings them to the houses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.chronic import active_codes
from covidstation.db.queries.running_out import RunningOut, ToCarry, count_running_out, running_out, to_carry
from covidstation.db.session import Database
from covidstation.domain.citizen import grouped
from covidstation.domain.dispensing import DispensingRule
from covidstation.domain.rights import Right
from covidstation.domain.text import sort_key
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.printing.binder import bind
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.dispensing.handing import rule_in
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs

NAMED: Final = 3
NO_LIMITS: Final[Mapping[UUID, int]] = MappingProxyType({})
_PART: Final = 400


@dataclass(frozen=True, slots=True)
class MedicinesWaiting:
    """How many people run out within `days`, how many have none any more, and the first of them."""

    days: int
    count: int
    out: int
    first: tuple[RunningOut, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What to carry in all: whole units of one medicine for so many people."""

    name: str
    unit: str
    units: int
    people: int


@needs(Right.SEE)
def medicines_waiting(
    db: Database, catalog: Catalog, today: date, *, hamlets: Collection[UUID | None] | None = None
) -> MedicinesWaiting:
    """What Hôm nay says of them, within the days of the rule."""
    days = look_ahead(db, catalog, today)
    until = today + timedelta(days=days)
    out, count = count_running_out(db, [today, until], hamlets=hamlets)
    return MedicinesWaiting(days, count, out, running_out(db, until, hamlets=hamlets, limit=NAMED) if count else ())


@needs(Right.SEE)
def look_ahead(db: Database, catalog: Catalog, today: date) -> int:
    """Within how many days somebody runs out soon, by the rule of the day."""
    return day_rule(db, catalog, today).warn_days


@needs(Right.SEE)
def day_rule(db: Database, catalog: Catalog, today: date) -> DispensingRule:
    """The station's rule of that day."""
    with db.read() as session:
        return rule_in(session, catalog, today)


@needs(Right.SEE)
def count_due(db: Database, catalog: Catalog, today: date, *, ahead: int) -> tuple[int, int, int]:
    """How many people have none left, run out within the days of the rule, and within `ahead` days."""
    ahead_of = (0, look_ahead(db, catalog, today), ahead)
    out, soon, later = count_running_out(db, [today + timedelta(days=days) for days in ahead_of])
    return out, soon, later


def load_of(items: Sequence[ToCarry], days: int, most: Mapping[UUID, int] = NO_LIMITS) -> tuple[Load, ...]:
    """What these medicines need for so many days, by name; `most`: of a prescription the most that the rule allows."""
    found: dict[tuple[str, str], list[ToCarry]] = defaultdict(list)
    for item in items:
        found[item.name, item.unit].append(item)
    loads = (
        Load(name, unit, sum(_units(one, days, most) for one in some), len({one.person_id for one in some}))
        for (name, unit), some in found.items()
    )
    return tuple(sorted(loads, key=lambda load: sort_key(load.name)))


def _units(item: ToCarry, days: int, most: Mapping[UUID, int]) -> int:
    return item.regimen.units(min(days, most.get(item.prescription_id, days)))


def _limits(db: Database, items: Sequence[ToCarry], catalog: Catalog, today: date) -> dict[UUID, int]:
    """For how many days each may be handed out, as the dialog of a handing-out says it too."""
    people = list({item.person_id for item in items})
    known: dict[UUID, tuple[str, ...]] = {}
    with db.read() as session:
        rule = rule_in(session, catalog, today)
        for at in range(0, len(people), _PART):
            known |= active_codes(session, people[at : at + _PART])
    return {
        item.prescription_id: rule.longest(filter(None, (*known.get(item.person_id, ()), item.condition)))
        for item in items
    }


@needs(Right.PRINT)
@prints("medicine_round")
def medicine_round_pdf(
    db: Database, lines: Sequence[RunningOut], *, days: int, until: date, catalog: Catalog, today: date
) -> bytes:
    """The list to take along, a part for each hamlet, with a column to sign in, then what to carry in all.

    `days` is what each medicine is handed out for, or fewer where the rule allows fewer for its disease.
    Raises UserError dispensing.nobody for an empty list.
    """
    if not lines:
        raise UserError("dispensing.nobody")
    items = to_carry(db, [line.person_id for line in lines], until)
    most = _limits(db, items, catalog, today)
    by_person: dict[UUID, list[ToCarry]] = defaultdict(list)
    for item in items:
        by_person[item.person_id].append(item)
    hamlets: dict[str, list[RunningOut]] = defaultdict(list)
    for line in lines:
        hamlets[line.hamlet].append(line)
    head = letterhead(db, catalog, today)
    told = f"Ngày {date_text(today)}, cấp {days} ngày"
    pages = [
        render_list(
            PrintedList(
                upper=head.parent,
                station=head.station,
                title="DANH SÁCH CẤP THUỐC TẠI NHÀ",
                second=f"{hamlet or 'Chưa rõ thôn, bản'}. {told}",
                columns=_COLUMNS,
                rows=tuple(_row(at, line, by_person, days, most) for at, line in enumerate(_by_name(some), start=1)),
                across=True,
                row_height=30.0,
                signs=("Người cấp thuốc", head.head_title),
                training=head.training,
            )
        )
        for hamlet, some in sorted(hamlets.items(), key=lambda pair: sort_key(pair[0]))
    ]
    carried = PrintedList(
        upper=head.parent,
        station=head.station,
        title="THUỐC MANG THEO",
        second=f"{told}, {len(lines)} người",
        columns=(
            ListColumn("STT", 8, "centre"),
            ListColumn("Thuốc", 46),
            ListColumn("Đơn vị", 16),
            ListColumn("Số lượng", 15, "centre"),
            ListColumn("Số người", 15, "centre"),
        ),
        rows=tuple(
            (f"{at}", load.name, load.unit, f"{load.units}", f"{load.people}")
            for at, load in enumerate(load_of(items, days, most), start=1)
        ),
        signs=("Người giao", "Người mang đi"),
        training=head.training,
    )
    return bind([*pages, render_list(carried)])


_COLUMNS = (
    ListColumn("STT", 5, "centre"),
    ListColumn("Họ và tên", 20),
    ListColumn("Năm sinh", 8, "centre"),
    ListColumn("Địa chỉ, điện thoại", 20),
    ListColumn("Thuốc", 26),
    ListColumn("Hết thuốc", 10, "centre"),
    ListColumn("Người nhận ký", 15),
)


def _by_name(lines: Sequence[RunningOut]) -> list[RunningOut]:
    return sorted(lines, key=lambda line: (line.address, line.sort_key))


def _row(
    at: int, line: RunningOut, by_person: Mapping[UUID, Sequence[ToCarry]], days: int, most: Mapping[UUID, int]
) -> tuple[str, ...]:
    medicines = []
    for one in by_person.get(line.person_id, ()):
        fewer = most.get(one.prescription_id, days)
        words = f"{one.name}: {_units(one, days, most)} {one.unit}".strip()
        medicines.append(f"{words} ({fewer} ngày)" if fewer < days else words)
    where = ", ".join(filter(None, (line.address, grouped(line.phone))))
    birth = str(line.birth.year) if line.birth else ""
    return (
        f"{at}", line.full_name, birth, where, "; ".join(medicines), date_text(line.runs_out_on), "",
    )  # fmt: skip
