"""Every table. Rows stay inside `db` and `services`; windows and papers see frozen values."""

from covidstation.db.rows.base import Base, Synced
from covidstation.db.rows.episodes import EpisodeRow, PathogenTestRow
from covidstation.db.rows.journal import BatchRow, JournalRow, JournalStateRow, ReceiptRow
from covidstation.db.rows.papers import (
    NumberBookRow,
    PackEditRow,
    PaperChunkRow,
    PaperFileRow,
    PaperRow,
    PaperSubjectRow,
)
from covidstation.db.rows.people import HamletRow, HouseholdRow, PersonRow, SearchRow
from covidstation.db.rows.station import DraftRow, SecretRow, SettingRow, StationRow, SubPointRow, UserRow

__all__ = [
    "Base",
    "BatchRow",
    "DraftRow",
    "EpisodeRow",
    "HamletRow",
    "HouseholdRow",
    "JournalRow",
    "JournalStateRow",
    "NumberBookRow",
    "PackEditRow",
    "PaperChunkRow",
    "PaperFileRow",
    "PaperRow",
    "PaperSubjectRow",
    "PathogenTestRow",
    "PersonRow",
    "ReceiptRow",
    "SearchRow",
    "SecretRow",
    "SettingRow",
    "StationRow",
    "SubPointRow",
    "Synced",
    "UserRow",
]
