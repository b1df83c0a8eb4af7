"""The slip of one giving of medicines: gathered from the register, printed, not numbered and not kept."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.medicines import Giving, given_to
from covidstation.db.queries.people import PersonPage, person_page
from covidstation.db.queries.rounds import said_age
from covidstation.db.queries.station import get_station
from covidstation.db.session import Database
from covidstation.domain.medicines import weight_text
from covidstation.domain.paper_words import SEX_INLINE
from covidstation.domain.rights import Right
from covidstation.domain.station import Station
from covidstation.errors import UserError
from covidstation.printing.sheets_medicines import MedicineLine, MedicineSlip, render
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import Letterhead, letterhead
from covidstation.services.papers.sheets import SheetPrint
from covidstation.services.rights import needs

CALL: Final = (
    "Khó thở, sốt không hạ, nổi ban, chảy máu hoặc mệt nhiều hơn sau khi uống thuốc: gọi ngay trạm y tế{phone}."
)


@needs(Right.PRINT)
@prints("slip")
def print_medicine_slip(
    db: Database, episode_id: UUID, giving_id: UUID, *, catalog: Catalog, training: bool = False
) -> SheetPrint:
    """The slip of that giving. Raises UserError medicines.taken_back when the illness has no such giving."""
    giving = next((one for one in given_to(db, episode_id) if one.id == giving_id), None)
    page = None if giving is None else person_page(db, giving.person_id)
    if giving is None or page is None:
        raise UserError("medicines.taken_back")
    head = letterhead(db, catalog, giving.given_at.date())
    slip = medicine_slip(get_station(db), head, giving, page, catalog, training=training)
    return SheetPrint(render(slip), "phieu-cap-phat-thuoc.pdf")


def medicine_slip(
    station: Station, head: Letterhead, giving: Giving, page: PersonPage, catalog: Catalog, *, training: bool = False
) -> MedicineSlip:
    """The frozen view that is printed."""
    person = page.person
    said = said_age(person.birth, giving.given_at.date())
    age = "" if said is None else f"{said[0]} tháng tuổi" if said[1] else f"{said[0]} tuổi"
    weight = f"{weight_text(giving.weight)} kg" if giving.weight else ""
    place = ", ".join(filter(None, (person.address_detail, page.hamlet))) or person.address_printed
    return MedicineSlip(
        station=station.name,
        parent=head.parent,
        name=person.full_name,
        who=", ".join(filter(None, (age, SEX_INLINE[person.sex], weight))),
        address=place,
        given_at=giving.given_at,
        package=_package_title(catalog, giving),
        lines=tuple(
            MedicineLine(name=item.name, quantity=f"{item.quantity} {item.unit}".strip(), dose=item.dose)
            for item in giving.items
        ),
        call=CALL.format(phone=f", số {station.phone}" if station.phone else ""),
        giver=giving.by_name,
        taken_back=giving.taken_back_at is not None,
        training=training,
    )


def _package_title(catalog: Catalog, giving: Giving) -> str:
    """The package as its list names it; a list that is no longer there leaves its code."""
    lists = (one for one in catalog.medicine_lists if one.id == giving.list_id.partition("@")[0])
    package = next((found for one in lists if (found := one.package(giving.package)) is not None), None)
    return package.title if package else f"Gói {giving.package}" if giving.package else ""
