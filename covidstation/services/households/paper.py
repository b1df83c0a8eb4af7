"""The managed population on paper: by age and sex, by hamlet, and how it came to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.db.queries.population import Flows, Population, flows_between, population_on
from covidstation.db.session import Database
from covidstation.domain.age_groups import AgeSpan, age_groups_on
from covidstation.domain.people import Sex
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True)
class PopulationLook:
    """What the window and the paper show: the population at the end of `population.day`, and who came and went since
    the first day of its month; `spans` are the bands of age that its day's rule parts it by."""

    population: Population
    spans: tuple[AgeSpan, ...]
    flows: Flows
    hamlets: tuple[Hamlet, ...]


@needs(Right.SEE)
def look_at_population(
    db: Database, day: date, hamlet_id: UUID | None = None, *, catalog: Catalog, today: date, by_hamlet: bool = False
) -> PopulationLook:
    """The managed population of that day, `by_hamlet` with its hamlets. Raises UserError households.day_future."""
    if day > today:
        raise UserError("households.day_future")
    flows = flows_between(db, day.replace(day=1), day)
    found = population_on(db, day, hamlet_id, by_hamlet=by_hamlet)
    return PopulationLook(found, age_groups_on(catalog.age_groups, day).spans, flows, tuple(hamlets(db)))


def band_words(first: int, end: int | None) -> str:
    """`12–17`, as a paper prints it."""
    if end is None:
        return f"từ {first}"
    return "dưới 1" if end == 1 else f"{first}–{end - 1}"


@needs(Right.PRINT)
@prints("population")
def population_pdf(db: Database, day: date, *, catalog: Catalog, today: date) -> bytes:
    """A4: hamlets down, age bands and sexes across, their sums. Raises UserError households.day_future."""
    look = look_at_population(db, day, catalog=catalog, today=today, by_hamlet=True)
    head = letterhead(db, catalog, day)
    named = [(one.title, one.id) for one in look.hamlets]
    rows = [_row(look.population, look.spans, title, hamlet) for title, hamlet in named]
    known = {hamlet for _title, hamlet in named}
    elsewhere = Population(day, tuple(cell for cell in look.population.cells if cell.hamlet_id not in known))
    if elsewhere.total:
        rows.append(_row(elsewhere, look.spans, "Chưa rõ thôn, bản", None))
    rows.append(_row(look.population, look.spans, "Cả xã", None))
    flows = look.flows
    told = f"Từ đầu tháng: sinh {flows.born}, đến {flows.came}, mất {flows.died}, đi {flows.left}"
    bands = tuple(ListColumn(band_words(*band), 8, "centre") for band in look.spans)
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="NHÂN KHẨU QUẢN LÝ THEO TUỔI, GIỚI",
            second=f"Hết ngày {date_text(day)}. {told}",
            columns=(
                ListColumn("Thôn, bản", 24),
                ListColumn("Tổng", 9, "centre"),
                ListColumn("Nam", 9, "centre"),
                ListColumn("Nữ", 9, "centre"),
                *bands,
                ListColumn("Không rõ tuổi", 9, "centre"),
            ),
            rows=tuple(rows),
            across=True,
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


def _row(population: Population, spans: Sequence[AgeSpan], title: str, hamlet: UUID | None) -> tuple[str, ...]:
    """`hamlet` None for all of them."""
    sexes = (None, Sex.MALE, Sex.FEMALE)
    sums = [population.count(sex=sex, hamlet=hamlet) for sex in sexes]
    ages = [population.count(first=first, end=end, hamlet=hamlet) for first, end in spans]
    return (title, *map(str, sums), *map(str, ages), str(sums[0] - sum(ages)))
