"""What a training commune is made of; whole numbers stand where the register has its own ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.people import PersonDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlace:
    """Where the training commune lies."""

    code: str = "03517"
    kind: str = "Xã"
    name: str = "Nậm Tăm"
    old_district: str = "Sìn Hồ"  # on cards issued before July 2025; empty for none
    province: str = "Lai Châu"
    citizen_prefix: str = "012"  # province of birth registration, the list of before July 2025


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStaff:
    """Names for papers and users."""

    station_name: str
    head_name: str
    head_title: str
    chairman_name: str
    chairman_title: str
    place_name: str  # before the date on papers
    user_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSubPoint:
    """A sub-point of the station (điểm trạm)."""

    key: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingHamlet:
    """A hamlet with the sub-point that serves it; `ethnic_group` is that of most households."""

    key: int
    name: str
    sub_point_key: int
    ethnic_group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingHousehold:
    """A household with its head."""

    key: int
    hamlet_key: int
    address: str
    head_key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPerson:
    """A person; `doses` are the days of COVID-19 vaccine doses known, oldest first."""

    key: int
    draft: PersonDraft
    household_key: int
    hamlet_key: int
    is_head: bool
    doses: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingEpisode:
    """An illness with its tests, oldest first."""

    key: int
    person_key: int
    draft: EpisodeDraft
    tests: tuple[PathogenTest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingCommune:
    """Everything that a training station starts with; keys are places in these tuples."""

    place: TrainingPlace
    staff: TrainingStaff
    sub_points: tuple[TrainingSubPoint, ...]
    hamlets: tuple[TrainingHamlet, ...]
    households: tuple[TrainingHousehold, ...]
    people: tuple[TrainingPerson, ...]
    episodes: tuple[TrainingEpisode, ...]
