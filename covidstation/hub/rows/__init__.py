"""Every table of the hub. Portable: plain types, named constraints, nothing that only SQLite knows."""

from covidstation.hub.rows.base import HubBase, JsonText, to_json
from covidstation.hub.rows.down import ConflictRow, DownLineRow, DownStreamRow, InboxRow, ItemRow, MoveRow
from covidstation.hub.rows.facts import CaseFactRow, FactMarkRow, MergedRow, ReportFactRow
from covidstation.hub.rows.streams import (
    AuditHeadRow,
    BundleRow,
    EnrolmentRow,
    HubStateRow,
    OperationRow,
    RecordRow,
    StationRow,
    StreamRow,
)
from covidstation.hub.rows.twins import ApartRow, PersonKeyRow, SaidRow, TwinRow
from covidstation.hub.rows.users import HubAttemptRow, HubAuditRow, HubSessionRow, HubUserRow

__all__ = [
    "ApartRow",
    "AuditHeadRow",
    "BundleRow",
    "CaseFactRow",
    "ConflictRow",
    "DownLineRow",
    "DownStreamRow",
    "EnrolmentRow",
    "FactMarkRow",
    "HubAttemptRow",
    "HubAuditRow",
    "HubBase",
    "HubSessionRow",
    "HubStateRow",
    "HubUserRow",
    "InboxRow",
    "ItemRow",
    "JsonText",
    "MergedRow",
    "MoveRow",
    "OperationRow",
    "PersonKeyRow",
    "RecordRow",
    "ReportFactRow",
    "SaidRow",
    "StationRow",
    "StreamRow",
    "TwinRow",
    "to_json",
]
