"""The last tab of a person: who changed what, when, and from which value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.db.queries.history import HistoryLine
from covidstation.domain.care import ContactStatus
from covidstation.i18n import N_, _, date_text
from covidstation.ui.care.words import FOLLOW_UPS, LEVELS, MEANS
from covidstation.ui.case_words import (
    ANSWERS,
    CLASSES,
    END_REASONS,
    OUTCOMES,
    PLACES,
    RISKS,
    SEXES,
    TEST_KINDS,
    TEST_RESULTS,
    said,
)
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.table import Table
from covidstation.ui.rounds.words import ANSWERS as ALERT_ANSWERS
from covidstation.ui.tasks import TaskRunner

_ROWS: Final = {
    "person": N_("Thông tin"),
    "episode": N_("Lần mắc"),
    "pathogen_test": N_("Xét nghiệm"),
    "paper": N_("Giấy tờ"),
    "risk_assessment": N_("Nguy cơ"),
    "visit": N_("Lần đo"),
    "alert": N_("Dấu hiệu nặng"),
    "phone_call": N_("Cuộc gọi"),
    "hospitalization": N_("Chuyển tuyến"),
    "treatment": N_("Cho thuốc"),
    "isolation_change": N_("Đổi ngày"),
    "follow_up": N_("Hỏi thăm"),
    "contact": N_("F1"),
    "case_notice": N_("Báo ca bệnh"),
}
_CHANGES: Final = {"made": N_("thêm mới"), "removed": N_("xoá"), "changed": N_("sửa")}
_FIELDS: Final = {
    "full_name": N_("Họ và tên"),
    "birth_year": N_("Năm sinh"),
    "birth_month": N_("Tháng sinh"),
    "birth_day": N_("Ngày sinh"),
    "sex": N_("Giới"),
    "citizen_number": N_("Số căn cước"),
    "old_citizen_number": N_("Số CMND cũ"),
    "insurance_number": N_("Số thẻ BHYT"),
    "phone": N_("Điện thoại"),
    "ethnic_group": N_("Dân tộc"),
    "hamlet_id": N_("Bản"),
    "household_id": N_("Hộ"),
    "address_printed": N_("Địa chỉ trên thẻ"),
    "address_unit": N_("Xã nơi ở"),
    "address_detail": N_("Số nhà, đường"),
    "pregnancy": N_("Có thai"),
    "conditions": N_("Bệnh nền"),
    "card_extras": N_("Phần thêm trên thẻ"),
    "report_date": N_("Ngày dương tính"),
    "onset_date": N_("Ngày khởi phát"),
    "symptoms": N_("Triệu chứng"),
    "doses_known": N_("Số mũi vắc xin"),
    "last_dose_on": N_("Ngày tiêm mũi cuối"),
    "classification": N_("Phân loại"),
    "outcome": N_("Kết quả"),
    "outcome_on": N_("Ngày có kết quả"),
    "isolation_type": N_("Nơi cách ly"),
    "isolation_address": N_("Địa chỉ cách ly"),
    "isolation_start": N_("Cách ly từ"),
    "isolation_days": N_("Số ngày cách ly"),
    "isolation_until": N_("Cách ly đến hết"),
    "isolation_rule": N_("Quy định áp dụng"),
    "isolation_end_reason": N_("Lý do hết cách ly"),
    "found_at": N_("Giờ phát hiện"),
    "proposed_at": N_("Giờ đề nghị"),
    "decided_at": N_("Giờ quyết định"),
    "told_at": N_("Giờ báo người bệnh"),
    "note": N_("Ghi chú"),
    "voided_at": N_("Huỷ lúc"),
    "void_reason": N_("Lý do huỷ"),
    "citizen_issued_on": N_("Ngày cấp căn cước"),
    "breastfeeding": N_("Cho con bú"),
    "occupation": N_("Nghề nghiệp"),
    "workplace": N_("Nơi làm việc"),
    "father_name": N_("Họ tên cha"),
    "mother_name": N_("Họ tên mẹ"),
    "outcome_place": N_("Nơi mất"),
    "outcome_note": N_("Nguyên nhân, lý do"),
    "risk_class": N_("Nhóm nguy cơ"),
    "found_in": N_("Nguồn phát hiện"),
    "from_contact_id": N_("Từ F1"),
    "visit_id": N_("Lần đo"),
    "value": N_("Giá trị"),
    "sentence": N_("Dấu hiệu"),
    "answered_at": N_("Trả lời lúc"),
    "answered_by": N_("Người trả lời"),
    "answer": N_("Cách trả lời"),
    "left_at": N_("Chuyển đi lúc"),
    "facility": N_("Nơi chuyển đến"),
    "facility_level": N_("Tuyến"),
    "reason": N_("Lý do"),
    "state": N_("Tình trạng lúc chuyển"),
    "course": N_("Diễn biến"),
    "treatment": N_("Đã điều trị"),
    "transport": N_("Phương tiện"),
    "escort": N_("Người đi kèm"),
    "returned_at": N_("Về lúc"),
    "return_note": N_("Ghi chú khi về"),
    "by_name": N_("Người ghi"),
    "due_on": N_("Ngày hỏi thăm"),
    "means": N_("Cách hỏi"),
    "status": N_("Tình trạng"),
    "done_at": N_("Hỏi lúc"),
    "result": N_("Kết quả"),
    "last_contact_on": N_("Tiếp xúc lần cuối"),
    "proximity": N_("Mức tiếp xúc"),
    "relation": N_("Quan hệ"),
    "recovered_on": N_("Khỏi lần trước"),
    "quarantine_type": N_("Nơi cách ly"),
    "quarantine_address": N_("Địa chỉ cách ly"),
    "quarantine_start": N_("Cách ly từ"),
    "quarantine_days": N_("Số ngày cách ly"),
    "quarantine_until": N_("Cách ly đến hết"),
    "quarantine_rule": N_("Quy định áp dụng"),
    "end_reason": N_("Lý do kết thúc"),
    "ended_on": N_("Ngày kết thúc"),
    "became_episode_id": N_("Thành F0"),
    "entered_at": N_("Nhập hệ thống lúc"),
    "entered_by": N_("Người nhập"),
    "system_number": N_("Số trên hệ thống"),
}
_CONTACT_STATES: Final[Mapping[ContactStatus, str]] = {
    ContactStatus.ACTIVE: N_("đang theo dõi"),
    ContactStatus.CONVERTED: N_("thành F0"),
    ContactStatus.DROPPED: N_("đã kết thúc"),
}
_CODED: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {key.value: words for key, words in SEXES.items()},
    "pregnancy": {key.value: words for key, words in ANSWERS.items()},
    "classification": {key.value: words for key, words in CLASSES.items()},
    "outcome": {key.value: words for key, words in OUTCOMES.items()},
    "isolation_type": {key.value: words for key, words in PLACES.items()},
    "isolation_end_reason": {key.value: words for key, words in END_REASONS.items()},
    "kind": {key.value: words for key, words in TEST_KINDS.items()},
    "risk_class": {key.value: words for key, words in RISKS.items()},
    "breastfeeding": {key.value: words for key, words in ANSWERS.items()},
    "quarantine_type": {key.value: words for key, words in PLACES.items()},
    "facility_level": {key.value: words for key, words in LEVELS.items()},
    "means": {key.value: words for key, words in MEANS.items()},
    "status": {
        **{key.value: words for key, words in FOLLOW_UPS.items()},
        **{key.value: words for key, words in _CONTACT_STATES.items()},
    },
    "answer": {key.value: words for key, words in ALERT_ANSWERS.items()},
    "result": {key.value: words for key, words in TEST_RESULTS.items()},
}


class HistoryTab(QWidget):
    """A table over the journal's lines of one person."""

    def __init__(self, tasks: TaskRunner, catalog: Catalog) -> None:
        super().__init__()
        self._words = value_words(catalog)
        self.model: RecordModel[HistoryLine] = RecordModel(tasks, self._columns(), self)
        table = Table("history_table", _("Lịch sử thay đổi"), self.model)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(table)

    def show_lines(self, lines: Sequence[HistoryLine]) -> None:
        """Those, the newest first."""
        self.model.set_records(lines)

    def _columns(self) -> tuple[Column[HistoryLine], ...]:
        return (
            Column("when", _("Lúc"), lambda line: Cell(f"{line.when.astimezone():%H:%M %d/%m/%Y}"), 160),
            Column("who", _("Ai"), lambda line: Cell(line.who or _("mã khôi phục"), ink="muted"), 150),
            Column("table", _("Phần"), lambda line: Cell(said(_ROWS.get(line.table, ""))), 124),
            Column("field", _("Mục"), _what, 168),
            Column("old", _("Trước"), lambda line: Cell(self._words(line.field, line.old), ink="muted"), 240),
            Column("new", _("Sau"), lambda line: Cell(self._words(line.field, line.new), "strong")),
        )


def _what(line: HistoryLine) -> Cell:
    if line.change != "changed":
        return Cell(_(_CHANGES[line.change]), ink="muted")
    return Cell(said(_FIELDS.get(line.field, "")) or line.field)


def value_words(catalog: Catalog) -> Callable[[str, Any], str]:
    """How a value of the journal reads on the screen, by its field."""
    labels: dict[str, Mapping[str, Any]] = {
        "conditions": catalog.conditions,
        "symptoms": catalog.symptoms,
        "ethnic_group": catalog.ethnic_groups,
    }

    def label_of(field: str, code: str) -> str:
        known = labels.get(field, {}).get(code)
        return str(known.label) if known else code

    def words(field: str, value: Any) -> str:
        if value in (None, "", []):
            return "" if not field else "–"
        if isinstance(value, list):
            return ", ".join(label_of(field, str(one)) for one in value)
        if field in _CODED:
            return said(_CODED[field].get(str(value), str(value)))
        if field in labels:
            return label_of(field, str(value))
        return _moment(str(value)) if field.endswith(("_on", "_at", "_date", "_start", "_until")) else str(value)

    return words


def _moment(text: str) -> str:
    """An ISO day or moment as people write it."""
    try:
        if "T" in text:
            return f"{datetime.fromisoformat(text):%H:%M %d/%m/%Y}"
        return date_text(date.fromisoformat(text))
    except ValueError:
        return text
