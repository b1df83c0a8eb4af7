"""Every table. Rows stay inside `db` and `services`; windows and papers see frozen values."""

from covidstation.db.rows.audit import AuditRow, ConsentRow, PurgeRow
from covidstation.db.rows.base import Base, Synced
from covidstation.db.rows.care import (
    AlertRow,
    FollowUpRow,
    HospitalizationRow,
    IsolationChangeRow,
    PhoneCallRow,
    RiskAssessmentRow,
    TreatmentRow,
    VisitRow,
)
from covidstation.db.rows.certificates import TrustKeyRow, TrustListRow
from covidstation.db.rows.chronic import ChronicBookRow, ChronicConditionRow, ChronicVisitRow
from covidstation.db.rows.cold_chain import FridgeReadingRow, FridgeRow, FridgeVerdictRow
from covidstation.db.rows.contacts import ContactRow
from covidstation.db.rows.dispensing import DispensingRow, MedicineBookRow, PrescriptionRow
from covidstation.db.rows.district import (
    ConflictDecisionRow,
    ConflictRow,
    DistrictItemRow,
    DistrictMessageRow,
    DownLineRow,
    DownStreamRow,
    EchoRow,
)
from covidstation.db.rows.episodes import EpisodeRow, PathogenTestRow
from covidstation.db.rows.journal import BatchRow, JournalRow, JournalStateRow, ReceiptRow
from covidstation.db.rows.papers import (
    NumberBookRow,
    PackEditRow,
    PaperChunkRow,
    PaperDeliveryRow,
    PaperFileRow,
    PaperRow,
    PaperSubjectRow,
)
from covidstation.db.rows.people import HamletRow, HouseholdRow, PersonRow, ResidenceRow, SearchRow
from covidstation.db.rows.reports import CaseNoticeRow, DailyReportRow, DutyRow, RuleVersionRow
from covidstation.db.rows.reviews import ReviewRow, ReviewVisitRow, VulnerabilityRow, WorkShareRow
from covidstation.db.rows.station import DraftRow, SecretRow, SettingRow, StationRow, SubPointRow, UserRow
from covidstation.db.rows.supplies import SupplyItemRow, SupplyLotRow, SupplyMovementRow, SupplyStockRow, SupplyTurnRow
from covidstation.db.rows.touched import TouchedRow
from covidstation.db.rows.vaccination import VaccineDoseRow, VaccineStanceRow
from covidstation.db.rows.vaccine_due import VaccineBasisRow, VaccineBookRow, VaccineStaleRow
from covidstation.db.rows.vaccine_sessions import (
    AdverseEventRow,
    SessionPersonRow,
    SessionTakeRow,
    SessionVialRow,
    SessionWasteRow,
    VaccinationSessionRow,
)
from covidstation.db.rows.vaccine_targets import VaccinationTargetRow

__all__ = [
    "AdverseEventRow",
    "AlertRow",
    "AuditRow",
    "Base",
    "BatchRow",
    "CaseNoticeRow",
    "ChronicBookRow",
    "ChronicConditionRow",
    "ChronicVisitRow",
    "ConflictDecisionRow",
    "ConflictRow",
    "ConsentRow",
    "ContactRow",
    "DailyReportRow",
    "DispensingRow",
    "DistrictItemRow",
    "DistrictMessageRow",
    "DownLineRow",
    "DownStreamRow",
    "DraftRow",
    "DutyRow",
    "EchoRow",
    "EpisodeRow",
    "FollowUpRow",
    "FridgeReadingRow",
    "FridgeRow",
    "FridgeVerdictRow",
    "HamletRow",
    "HospitalizationRow",
    "HouseholdRow",
    "IsolationChangeRow",
    "JournalRow",
    "JournalStateRow",
    "MedicineBookRow",
    "NumberBookRow",
    "PackEditRow",
    "PaperChunkRow",
    "PaperDeliveryRow",
    "PaperFileRow",
    "PaperRow",
    "PaperSubjectRow",
    "PathogenTestRow",
    "PersonRow",
    "PhoneCallRow",
    "PrescriptionRow",
    "PurgeRow",
    "ReceiptRow",
    "ResidenceRow",
    "ReviewRow",
    "ReviewVisitRow",
    "RiskAssessmentRow",
    "RuleVersionRow",
    "SearchRow",
    "SecretRow",
    "SessionPersonRow",
    "SessionTakeRow",
    "SessionVialRow",
    "SessionWasteRow",
    "SettingRow",
    "StationRow",
    "SubPointRow",
    "SupplyItemRow",
    "SupplyLotRow",
    "SupplyMovementRow",
    "SupplyStockRow",
    "SupplyTurnRow",
    "Synced",
    "TouchedRow",
    "TreatmentRow",
    "TrustKeyRow",
    "TrustListRow",
    "UserRow",
    "VaccinationSessionRow",
    "VaccinationTargetRow",
    "VaccineBasisRow",
    "VaccineBookRow",
    "VaccineDoseRow",
    "VaccineStaleRow",
    "VaccineStanceRow",
    "VisitRow",
    "VulnerabilityRow",
    "WorkShareRow",
]
