"""Every table of the hub. Portable: plain types, named constraints, nothing that only SQLite knows."""

from covidstation.hub.rows.base import HubBase, JsonText, to_json
from covidstation.hub.rows.down import ConflictRow, DownLineRow, DownStreamRow, InboxRow, ItemRow, MoveRow
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
from covidstation.hub.rows.users import HubAttemptRow, HubAuditRow, HubSessionRow, HubUserRow

__all__ = [
    "AuditHeadRow",
    "BundleRow",
    "ConflictRow",
    "DownLineRow",
    "DownStreamRow",
    "EnrolmentRow",
    "HubAttemptRow",
    "HubAuditRow",
    "HubBase",
    "HubSessionRow",
    "HubStateRow",
    "HubUserRow",
    "InboxRow",
    "ItemRow",
    "JsonText",
    "MoveRow",
    "OperationRow",
    "RecordRow",
    "StationRow",
    "StreamRow",
    "to_json",
]
