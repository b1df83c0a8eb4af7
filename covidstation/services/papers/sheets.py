"""The papers of monitoring: gathered from the register, printed, not numbered and not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import get_person
from covidstation.db.queries.places import hamlet_title
from covidstation.db.queries.rounds import said_age, visits_of
from covidstation.db.queries.station import get_station
from covidstation.db.session import Database
from covidstation.domain.care import Round
from covidstation.domain.citizen import grouped
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import Episode
from covidstation.domain.measures import MEASURES, measure_text
from covidstation.domain.monitoring import Visit, half_day_of
from covidstation.domain.paper_words import SEX_INLINE
from covidstation.domain.people import Person
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import rule_on
from covidstation.domain.sheets import (
    OTHER,
    HalfDay,
    PatientSheet,
    RoundSheet,
    RoundSheetGroup,
    RoundSheetLine,
    SheetForm,
    parse_sheet_forms,
)
from covidstation.errors import UserError
from covidstation.printing import sheets_patient, sheets_round
from covidstation.services.access.audit import prints
from covidstation.services.care.rounds import RoundLine, round_list
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs

_HALVES = (Round.MORNING, Round.AFTERNOON)


@dataclass(frozen=True, slots=True)
class SheetPrint:
    """A printed sheet with a name for its file, which says nothing of a person."""

    pdf: bytes
    name: str
    landscape: bool = True


@cache
def _forms(folder: Path) -> tuple[SheetForm, ...]:
    return parse_sheet_forms((folder / "rules" / "patient_sheet.toml").read_text(encoding="utf-8"))


@needs(Right.SEE)
def round_sheet(db: Database, *, catalog: Catalog, day: date, round_: Round, training: bool = False) -> RoundSheet:
    """A round for the road: everybody it wants to see, with the last check, and what is already there."""
    head = letterhead(db, catalog, day)
    groups = []
    for group in round_list(db, catalog=catalog, day=day, round_=round_).groups:
        lines = tuple(_round_line(line, catalog) for line in group.lines if line.due or line.check)
        if lines:
            groups.append(RoundSheetGroup(title=group.title, lines=lines))
    return RoundSheet(
        station=head.station,
        parent=head.parent,
        day=day,
        round=round_,
        groups=tuple(groups),
        training=training,
    )


def _round_line(line: RoundLine, catalog: Catalog) -> RoundSheetLine:
    person, check = line.person, line.check
    return RoundSheetLine(
        name=person.full_name,
        age=_age(person.birth, line.day),
        phone=grouped(person.phone),
        house=f"Nhà {person.house}" if person.house and person.house != person.full_name else "",
        day_number=person.day_number(line.day),
        last=_last(line.latest),
        last_at=f"{line.latest.at:%H:%M %d/%m}" if line.latest else "",
        danger=bool(line.open_alerts),
        cells=_cells(check, catalog) if check else ("",) * 7,
    )


def _cells(check: Visit, catalog: Catalog) -> tuple[str, ...]:
    values = [measure_text(name, check.vitals) for name in (*MEASURES, "pressure")]
    said = _signs(check, catalog) if check.met else f"không gặp: {check.reason}"
    return (f"{check.at:%H:%M}", *values, "; ".join(part for part in (said, check.note) if part))


def _signs(check: Visit, catalog: Catalog) -> str:
    labels = [catalog.symptoms[code].label if code in catalog.symptoms else code for code in sorted(check.symptoms)]
    return ", ".join(label.lower() for label in labels) or ("không" if check.signs_asked else "")


def _last(visit: Visit | None) -> str:
    if visit is None:
        return ""
    return " · ".join(text for name in MEASURES if (text := measure_text(name, visit.vitals)))


def _age(birth: PartialDate | None, day: date) -> str:
    age = said_age(birth, day)
    return "" if age is None else f"{age[0]} tháng" if age[1] else str(age[0])


@needs(Right.SEE)
def patient_sheet(
    db: Database, episode_id: UUID, *, catalog: Catalog, today: date, empty: bool = False, training: bool = False
) -> PatientSheet:
    """One person's sheet from the first day of the isolation; `empty` leaves all cells to be written at home.

    As many days as the form has, more when the illness went on longer. Raises UserError episodes.unknown.
    """
    episode = get_episode(db, episode_id)
    person = get_person(db, episode.person_id) if episode else None
    if episode is None or person is None:
        raise UserError("episodes.unknown")
    form = rule_on(_forms(catalog.folder), episode.report_date or today)
    visits = () if empty else visits_of(db, episode_id)
    head = letterhead(db, catalog, today)
    return PatientSheet(
        form=form,
        station=head.station,
        parent=head.parent,
        station_phone=grouped(get_station(db).phone),
        name=person.full_name,
        birth=person.birth.text() if person.birth else "",
        sex=SEX_INLINE[person.sex],
        address=_address(db, person),
        phone=grouped(person.phone),
        conditions=", ".join(catalog.conditions[code].label for code in sorted(person.conditions)),
        columns=_columns(form, episode, visits, today, catalog),
        training=training,
    )


def _address(db: Database, person: Person) -> str:
    hamlet = hamlet_title(db, person.hamlet_id)
    return ", ".join(part for part in (person.address_detail, hamlet) if part) or person.address_printed


def _columns(
    form: SheetForm, episode: Episode, visits: Sequence[Visit], today: date, catalog: Catalog
) -> tuple[HalfDay, ...]:
    first = episode.isolation_start.date() if episode.isolation_start else episode.report_date or today
    first = min([first, *(visit.day for visit in visits)])
    last = max([first, *(visit.day for visit in visits)])
    pages = (last - first).days // form.days + 1
    held: dict[tuple[date, Round], list[Visit]] = {}
    for visit in visits:
        held.setdefault(half_day_of(visit), []).append(visit)
    found = []
    for number in range(pages * form.days):
        day = first + timedelta(days=number)
        for half in _HALVES:
            cells = _half(form, held.get((day, half), ()), catalog)
            found.append(HalfDay(day=day, number=number + 1, round=half, cells=cells))
    return tuple(found)


def _half(form: SheetForm, visits: Sequence[Visit], catalog: Catalog) -> dict[str, str]:
    """What a half-day's column says: the newest value of each measure, a symptom when any check found it."""
    cells: dict[str, str] = {}
    found = frozenset[str]().union(*(visit.symptoms for visit in visits))
    asked = any(visit.signs_asked for visit in visits)
    known: set[str] = set()
    for row in form.rows:
        known |= set(row.codes)
        if row.codes:
            cells[row.key] = "Có" if found & set(row.codes) else "Không" if asked else ""
        elif row.key and row.key != OTHER:
            values = [value for visit in visits if (value := _value(row.key, visit))]
            cells[row.key] = values[-1] if values else ""
    rest = [catalog.symptoms[code].label for code in sorted(found - known) if code in catalog.symptoms]
    missed = bool(visits) and not any(visit.met for visit in visits)
    cells[OTHER] = "vắng" if missed else ", ".join(rest)
    return cells


def _value(key: str, visit: Visit) -> str:
    if key in MEASURES:
        return measure_text(key, visit.vitals)
    value: int | None = getattr(visit.vitals, key, None)
    return "" if value is None else str(value)


@needs(Right.PRINT)
@prints("round_sheet")
def print_round_sheet(
    db: Database, *, catalog: Catalog, day: date, round_: Round, training: bool = False
) -> SheetPrint:
    """The round sheet as PDF."""
    sheet = round_sheet(db, catalog=catalog, day=day, round_=round_, training=training)
    return SheetPrint(sheets_round.render(sheet), f"theo-doi-{day.isoformat()}-{round_.value.lower()}.pdf")


@needs(Right.PRINT)
@prints("patient_sheet")
def print_patient_sheet(
    db: Database, episode_id: UUID, *, catalog: Catalog, today: date, empty: bool = False, training: bool = False
) -> SheetPrint:
    """One person's sheet as PDF. Raises UserError episodes.unknown."""
    sheet = patient_sheet(db, episode_id, catalog=catalog, today=today, empty=empty, training=training)
    return SheetPrint(sheets_patient.render(sheet), f"phieu-theo-doi-{today.isoformat()}.pdf")
