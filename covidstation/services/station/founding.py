"""The first start as a whole: the register, its hamlets or its training commune, its first answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db import keys
from covidstation.db.session import Database
from covidstation.domain.station import StationDraft
from covidstation.domain.text import clean
from covidstation.domain.training_shapes import TrainingCommune
from covidstation.domain.units import Unit
from covidstation.errors import UserError
from covidstation.printing.recovery import render_recovery
from covidstation.services.access.opening import open_with_key
from covidstation.services.places import add_hamlet
from covidstation.services.record import change_setting
from covidstation.services.station.setup import Founded, found_register
from covidstation.services.training.care import seed_care
from covidstation.services.training.chronic import seed_chronic
from covidstation.services.training.seed import Seeded, issue_past_papers, make_commune, seed_training
from covidstation.services.training.store import seed_store
from covidstation.services.training.vaccination_days import seed_vaccination

BEFORE_MERGER: Final = date(2025, 6, 30)  # the last day of the districts and of 10,035 communes

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundingDraft:
    """What the wizard and `init` ask for.

    `training_people` is None for an empty station. Names left empty are those of the training commune's staff.
    `home_isolation` is ask, yes, no, or empty for what suits (yes in training, ask else).
    """

    station: StationDraft
    user_name: str = ""
    home_isolation: str = ""
    hamlets: tuple[str, ...] = ()
    training_people: int | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True)
class FoundedStation:
    """A station that can be unlocked now."""

    folder: Path
    founded: Founded
    user_name: str
    seeded: Seeded | None


def commune_of(catalog: Catalog, code: str, day: date) -> Unit:
    """The commune of that code, or the one that took over its land. Raises UserError station.unknown_commune."""
    unit = catalog.units.find(code, day) or next(iter(catalog.units.successors(code)), None)
    if unit is None:
        raise UserError("station.unknown_commune", code=code)
    return unit


def read_hamlets(text: str) -> tuple[str, ...]:
    """Hamlets pasted or typed one a line: tidy, no empty ones, each once."""
    names: dict[str, str] = {}
    for line in text.splitlines():
        name = clean(line)
        if name:
            names.setdefault(name.casefold(), name)
    return tuple(names.values())


def found_station(
    folder: Path,
    draft: FoundingDraft,
    *,
    passphrase: str,
    catalog: Catalog,
    now: datetime,
    progress: Progress = lambda _n, _all: None,
    cost: keys.Cost | None = None,
    recovery_code: str = "",
) -> FoundedStation:
    """Found the register and fill it.

    Raises what `found_register` raises, UserError station.unknown_commune. `progress(n, of)` counts people made.
    """
    unit = commune_of(catalog, draft.station.commune_code, now.date())
    training = draft.training_people is not None
    station, user = replace(draft.station, commune_code=unit.code, training=training), draft.user_name
    commune = None
    if draft.training_people is not None:
        commune = make_commune(catalog, unit.code, draft.training_people, draft.seed, now)
        user = user or station.head_name or commune.staff.user_names[0]
        station = _with_staff(station, commune)
    founded = found_register(
        folder, station, user_name=user, passphrase=passphrase, now=now, cost=cost, recovery_code=recovery_code
    )
    register = open_with_key(folder, keys.open_with(folder, passphrase).key, founded.user_id)
    with closing(register.db) as db:
        seeded = None
        if commune is not None:
            by = founded.user_id
            seeded = seed_training(
                db, commune, seed=draft.seed, catalog=catalog, by=by, now=now, progress=progress
            ).value
        _add_hamlets(db, draft.hamlets, founded.user_id, now)
        answer = draft.home_isolation or ("yes" if commune is not None else "")
        if answer:
            change_setting(db, "home_isolation", answer, by=founded.user_id, now=now)
        if commune is not None:
            issue_past_papers(db, catalog=catalog, by=founded.user_id, now=now)
            seed_care(db, seed=draft.seed, catalog=catalog, by=founded.user_id, now=now)
            seed_store(db, seed=draft.seed, catalog=catalog, by=founded.user_id, now=now)
            seed_chronic(db, seed=draft.seed, catalog=catalog, by=founded.user_id, now=now)
            seed_vaccination(db, seed=draft.seed, catalog=catalog, by=founded.user_id, now=now)
    return FoundedStation(folder, founded, user, seeded)


def _with_staff(station: StationDraft, commune: TrainingCommune) -> StationDraft:
    """Names for the signature blocks of a training station, where none were given."""
    staff = commune.staff
    return replace(
        station,
        head_name=station.head_name or staff.head_name,
        head_title=station.head_title or staff.head_title,
        chairman_name=station.chairman_name or staff.chairman_name,
        chairman_title=station.chairman_title or staff.chairman_title,
    )


def _add_hamlets(db: Database, names: Sequence[str], by: UUID, now: datetime) -> None:
    for name in names:
        try:
            add_hamlet(db, name, by=by, now=now)
        except UserError as trouble:
            if trouble.code != "places.hamlet_exists":
                raise


def new_recovery_code() -> str:
    """A code for a station about to be founded, so that it is on paper before there is anything to lose."""
    return keys.new_recovery_code()


def recovery_pdf(station: str, code: str, made_on: date) -> bytes:
    """The sheet with the recovery code, to print or to save; it is kept nowhere."""
    return render_recovery(station=station, groups=code.split("-"), made_on=made_on)


@dataclass(frozen=True, slots=True)
class CommuneFound:
    """A commune to choose: its code today, its label, and what a past unit of that name has become."""

    code: str
    key: str  # the code searched by: its own, or the past unit's
    label: str
    past: str = ""


def communes_to_choose(catalog: Catalog, province: str, day: date) -> list[CommuneFound]:
    """The province's communes of that day, then those that became part of them, by their old names and codes."""
    units = catalog.units
    today = {unit.code: unit for unit in units.communes(day, province)}
    found = [CommuneFound(unit.code, unit.code, unit.label) for unit in today.values()]
    for old in units.communes(BEFORE_MERGER):
        heir = next((code for code in old.successors if code in today), "")
        if heir and (old.code, old.label) != (heir, today[heir].label):
            found.append(CommuneFound(heir, old.code, old.label, today[heir].label))
    return found
