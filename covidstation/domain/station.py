"""The station as its papers name it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.problems import Problem

# Papers and records are Vietnamese whatever the language of the windows: these words are never translated.
HEAD_TITLE: Final = "Giám đốc"  # TT 43/2025/TT-BYT, from 1/1/2026; the packs know the earlier one
CHAIRMAN_TITLE: Final = "Chủ tịch"
STATION_NAME: Final = "Trạm Y tế {unit}"
TEST_PLACES: Final = ("Trạm Y tế", "Tại nhà")


class Role(StrEnum):
    """What a member of staff may do."""

    HEAD = "head"
    CLINICIAN = "clinician"
    DATA_ENTRY = "data_entry"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationDraft:
    """What is asked at the first start; the upper unit is free text, since 1 July 2025 there is no district level."""

    commune_code: str = ""
    name: str = ""
    upper_name: str = ""
    upper_code: str = ""
    place_name: str = ""  # the place in "Nậm Tăm, ngày …"
    head_name: str = ""
    head_title: str = ""
    chairman_name: str = ""
    chairman_title: str = ""
    phone: str = ""
    training: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Station(StationDraft):
    """The station's record."""

    id: UUID


def check_station(draft: StationDraft) -> list[Problem]:
    """What must be there to found a register, and what papers will miss."""
    found = [
        Problem(name, f"station.{name}_missing")
        for name in ("commune_code", "name", "place_name")
        if not getattr(draft, name)
    ]
    found += [
        Problem(name, f"station.{name}_missing", level="warning")
        for name in ("head_name", "chairman_name")
        if not getattr(draft, name)
    ]
    found += [
        Problem(name, "station.text_too_long", {"most": "200"})
        for name in StationDraft.__dataclass_fields__
        if name != "training" and len(getattr(draft, name)) > 200
    ]
    return found
