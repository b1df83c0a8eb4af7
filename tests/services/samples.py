"""One invented station and the people who fall ill there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from covidstation.catalog import Catalog, load_catalog
from covidstation.db.keys import Cost
from covidstation.db.queries.episodes import get_episode
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import Episode, EpisodeDraft, PathogenTest, TestKind
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.station import StationDraft
from covidstation.paths import resources
from covidstation.services.access.opening import Register, open_register
from covidstation.services.access.users import UserDraft, add_user
from covidstation.services.changes import Done
from covidstation.services.episodes import F0Draft, edit_episodes, register_f0
from covidstation.services.station.setup import Founded, found_register

HANOI = timezone(timedelta(hours=7))
NOW = datetime(2022, 3, 10, 8, 30, tzinfo=HANOI)
TODAY = NOW.date()
PASSPHRASE = "nước chảy đá mòn"
CHEAP = Cost(8, 1, 1)  # no passphrase of a test guards anything
OWN, NEXT = "con suối sau bản", "mưa rừng tháng bảy"  # of users who have set their own
USER = "Lò Thị Mai"
STATION = StationDraft(
    commune_code="03517",
    name="Trạm Y tế xã Nậm Tăm",
    upper_name="Trung tâm Y tế huyện Sìn Hồ",
    place_name="Nậm Tăm",
    head_name="Lò Thị Mai",
    head_title="Trưởng trạm",
    chairman_name="Lò Văn Thương",
    chairman_title="Chủ tịch",
)
PAO = PersonDraft(
    full_name="Giàng A Páo",
    birth=PartialDate(1955, 2, 3),
    sex=Sex.MALE,
    citizen_number="012055000001",
    old_citizen_number="045000001",
    phone="0912000111",
    address_printed="Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu",
)


@cache
def catalog() -> Catalog:
    """The shipped lists and packs."""
    return load_catalog(resources())


def found(folder: Path, station: StationDraft = STATION, now: datetime = NOW) -> Founded:
    """A new register in that folder."""
    return found_register(folder, station, user_name=USER, passphrase=PASSPHRASE, now=now, cost=CHEAP)


def opened(folder: Path) -> Register:
    """The register of that folder."""
    return open_register(folder, PASSPHRASE)


def user_of(station: Register, draft: UserDraft, own: str = OWN) -> UUID:
    """A new user who has set a passphrase of their own; the register stays in the hands of its head."""
    one = add_user(station.db, draft, by=station.user_id, now=NOW).value
    open_register(station.folder, one.phrase, user=one.name, own=own).db.close()
    return one.user_id


def positive_on(day: date, **changes: Any) -> PathogenTest:
    """A positive rapid test."""
    return replace(PathogenTest(kind=TestKind.RAPID_ANTIGEN, sampled_on=day, place="Trạm Y tế"), **changes)


def f0(person: PersonDraft = PAO, day: date = TODAY, **changes: Any) -> F0Draft:
    """A form filled for that person, found on that day."""
    return replace(F0Draft(person=person, episode=EpisodeDraft(report_date=day), tests=(positive_on(day),)), **changes)


def register(db: Database, draft: F0Draft | None = None, *, now: datetime = NOW, by: UUID | None = None) -> Episode:
    """Register an F0, by default Giàng A Páo."""
    return register_f0(db, draft or f0(), catalog=catalog(), by=by, now=now).value


def edit_episode(
    db: Database, episode_id: UUID, draft: EpisodeDraft, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[Episode]:
    """Correct one illness."""
    done = edit_episodes(db, [episode_id], lambda _held: draft, catalog=catalog, by=by, now=now)
    edited = get_episode(db, episode_id)
    assert edited is not None
    return Done(edited, done.changes)


def neighbour(number: int) -> PersonDraft:
    """One of many people, each with their own number."""
    names = ("Giàng A Páo", "Chẻo Lở Mẩy", "H'Dung Niê", "Lò Văn Đôi", "Sùng", "Tẩn U Mẩy", "Vàng Thị Sơ")
    return replace(
        PAO,
        full_name=names[number % len(names)],
        citizen_number=f"0120551{number:05d}",
        old_citizen_number="",
        phone=f"0913{number:06d}",
    )
