"""A small register for page tests, founded once and copied for each test; all people are invented."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest

from covidstation.catalog import Catalog, load_catalog
from covidstation.db.keys import Cost
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.station import StationDraft
from covidstation.paths import resources
from covidstation.services.access.opening import open_register
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.people import register_person
from covidstation.services.places import add_hamlet
from covidstation.services.station.setup import found_register
from covidstation.ui.desk import Desk
from covidstation.ui.tasks import InlineTasks

LOCAL = timezone(timedelta(hours=7))
NOW = datetime(2026, 7, 10, 7, 15, 22, tzinfo=LOCAL)
PASSPHRASE = "mật khẩu thử nghiệm"
CHEAP = Cost(8, 1, 1)
SCAN = "012055004127||Giàng A Páo|03021955|Nam|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021"


@cache
def catalog() -> Catalog:
    return load_catalog(resources())


@dataclass(frozen=True, slots=True)
class Village:
    """Who is in the register: Giàng Thị Mỷ of the household Giàng A Sử is well, Lò Thị Mai is an F0 of day 3."""

    nam_nga: UUID
    pa_khoa: UUID
    household: UUID
    head: UUID
    my: UUID
    mai: UUID
    mai_episode: UUID


def build(folder: Path) -> Village:
    founded = found_register(
        folder,
        StationDraft(
            commune_code="03517",
            name="Trạm Y tế xã Nậm Tăm",
            upper_name="Trung tâm Y tế Sìn Hồ",
            place_name="Nậm Tăm",
            head_name="Tao Thị Lả",
            chairman_name="Lù Văn Phớ",
        ),
        user_name="Lò Thị Nhung",
        passphrase=PASSPHRASE,
        now=NOW,
        cost=CHEAP,
    )
    register = open_register(folder, PASSPHRASE)
    db, by, known = register.db, founded.user_id, catalog()
    nam_nga = add_hamlet(db, "Bản Nậm Ngá", by=by, now=NOW).value
    pa_khoa = add_hamlet(db, "Bản Pa Khoá", by=by, now=NOW).value
    first = F0Draft(
        person=PersonDraft(
            full_name="Giàng A Sử", birth=PartialDate(1950), sex=Sex.MALE, hamlet_id=nam_nga, phone="0365118200"
        ),
        episode=EpisodeDraft(),
        tests=(PathogenTest(sampled_on=date(2026, 3, 2)),),
        new_household_head="Giàng A Sử",
    )
    head = register_f0(db, first, catalog=known, by=by, now=NOW).value
    with db.read() as session:
        household = session.connection().exec_driver_sql("SELECT household_id FROM person LIMIT 1").scalar_one()
    household_id = household if isinstance(household, UUID) else UUID(str(household))
    my = register_person(
        db,
        PersonDraft(
            full_name="Giàng Thị Mỷ",
            birth=PartialDate(1968, 4, 5),
            sex=Sex.FEMALE,
            citizen_number="012168000119",
            phone="0365118214",
            hamlet_id=nam_nga,
            household_id=household_id,
        ),
        catalog=known,
        by=by,
        now=NOW,
    ).value
    second = F0Draft(
        person=PersonDraft(full_name="Lò Thị Mai", birth=PartialDate(1990, 1, 2), sex=Sex.FEMALE, hamlet_id=pa_khoa),
        episode=EpisodeDraft(symptoms=frozenset(("fever",)), doses_known=2),
        tests=(PathogenTest(sampled_on=date(2026, 7, 8), place="Trạm Y tế"),),
        new_household_head="Lò Thị Mai",
    )
    mai = register_f0(db, second, catalog=known, by=by, now=NOW).value
    db.close()
    return Village(nam_nga, pa_khoa, household_id, head.person_id, my.id, mai.person_id, mai.id)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Village]:
    folder = tmp_path_factory.mktemp("village") / "data"
    return folder, build(folder)


@pytest.fixture
def village(template: tuple[Path, Village]) -> Village:
    return template[1]


@pytest.fixture
def desk(template: tuple[Path, Village], tmp_path: Path, qapp: object) -> Iterator[Desk]:
    """The village's register, open at 07:15 on 10 July 2026."""
    folder = Path(shutil.copytree(template[0], tmp_path / "data"))
    register = open_register(folder, PASSPHRASE)
    yield Desk(register, catalog(), InlineTasks(), now=lambda: NOW)
    register.db.engine.dispose()
