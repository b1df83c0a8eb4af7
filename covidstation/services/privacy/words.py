"""A person's records in plain words: which fields, what their codes say. Always Vietnamese, like all papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import inspect

from covidstation.catalog import Catalog
from covidstation.domain.audit import AuditAction
from covidstation.domain.reviews import reason_words
from covidstation.messages.fields import FIELDS
from covidstation.messages.papers import KINDS

CODES: Final[Mapping[str, str]] = {
    "MALE": "Nam", "FEMALE": "Nữ", "YES": "có", "NO": "không", "UNKNOWN": "không rõ", "OTHER": "khác",
    "NOT_CLASSIFIED": "Chưa phân loại", "SUSPECT": "Nghi ngờ", "PROBABLE": "Có thể", "CONFIRMED": "Xác định",
    "CONFIRMED_NO_SYMPTOMS": "Xác định, không triệu chứng", "NO_CASE": "Không phải ca bệnh",
    "NO_OUTCOME": "Đang theo dõi", "RECOVERED": "Khỏi bệnh", "DECEASED": "Tử vong", "DIED": "Tử vong",
    "LOST_TO_FOLLOW_UP": "Mất liên lạc", "LOST_TO_FOLLOWUP": "Mất liên lạc", "ASYMPTOMATIC": "Đủ ngày, không mắc bệnh",
    "ISOLATED_AS_CASE": "Đã thành F0", "HOME": "Tại nhà", "INSTITUTIONELL": "Cơ sở cách ly tập trung",
    "HOSPITAL": "Bệnh viện", "NONE": "Không cách ly", "RAPID_ANTIGEN": "Test nhanh kháng nguyên", "PCR_RT_PCR": "PCR",
    "POSITIVE": "Dương tính", "NEGATIVE": "Âm tính", "INDETERMINATE": "Không rõ", "PENDING": "Chưa có, chưa đến hạn",
    "LOW": "Thấp", "MEDIUM": "Trung bình", "HIGH": "Cao", "VERY_HIGH": "Rất cao", "MORNING": "Sáng",
    "AFTERNOON": "Chiều", "EXTRA": "Thêm", "VISIT": "Đến nhà", "PHONE": "Gọi điện", "COOPERATIVE": "Gặp được",
    "UNAVAILABLE": "Không gặp được", "UNCOOPERATIVE": "Không hợp tác", "REACHED": "Gọi được",
    "NO_ANSWER": "Không nghe máy", "WRONG_NUMBER": "Sai số", "DONE": "Đã hỏi", "REMOVED": "Đã bỏ",
    "NOT_EXECUTABLE": "Không hỏi được", "ACTIVE": "Đang theo dõi", "CONVERTED": "Đã thành F0",
    "DROPPED": "Đã kết thúc", "SAME_ROOM": "Cùng nhà, cùng phòng", "FACE_TO_FACE_LONG": "Trong 2 m, từ 15 phút",
    "FACE_TO_FACE_SHORT": "Trong 2 m, dưới 15 phút", "PHYSICAL_CONTACT": "Chạm trực tiếp",
    "AIRPLANE_OR_VEHICLE": "Cùng xe, cùng chuyến", "SAME_HOUSEHOLD": "Cùng hộ",
    "FAMILY_MEMBER_OR_FRIEND": "Họ hàng, bạn bè", "SAME_ENVIRONMENT": "Cùng lớp, cùng chỗ làm",
    "MEDICAL_CARE": "Chăm sóc y tế", "DISTRICT": "Tuyến huyện, khu vực", "PROVINCE": "Tuyến tỉnh",
    "CENTRAL": "Tuyến trung ương", "COMMUNITY": "Cộng đồng", "QUARANTINE": "Khu cách ly", "ENTRY": "Nhập cảnh",
    "SCREENING": "Sàng lọc", "PHONED": "Đã gọi", "VISITED": "Đã đến nhà", "TRANSFERRED": "Đã chuyển tuyến",
    "MEASURED_AGAIN": "Đã đo lại", "WRONG_ENTRY": "Ghi nhầm", "CASE_ENDED": "Ca bệnh kết thúc", "CASE": "Ca bệnh",
    "DEATH": "Tử vong", "OFFICIAL_DOCUMENT": "Bằng văn bản", "VERBALLY": "Bằng lời", "normal": "Ổn định",
    "watch": "Cần theo dõi", "danger": "Nguy hiểm", "care": "Chăm sóc tại nhà", "calls": "Gọi điện, nhắn tin",
    "group_c": "Thuốc nhóm C", "BORN": "Sinh", "CAME": "Đến ở", "MOVED": "Chuyển hộ", "LEFT": "Chuyển đi",
    "SETTLED": "Đổi thường trú, tạm trú", "PERMANENT": "Thường trú", "TEMPORARY": "Tạm trú", "NEVER": "Chưa ở xã",
    "SPOUSE": "Vợ, chồng", "CHILD": "Con", "PARENT": "Bố, mẹ", "SIBLING": "Anh, chị, em", "GRANDCHILD": "Cháu",
    "GRANDPARENT": "Ông, bà", "CHILD_IN_LAW": "Con dâu, con rể", "PARENT_IN_LAW": "Bố, mẹ vợ hoặc chồng",
    "OTHER_KIN": "Họ hàng khác", "NOT_KIN": "Người ngoài họ", "PRIVATE": "Khám nơi khác",
    "REFUSED": "Không muốn theo dõi", "WRONG": "Không mắc bệnh này", "STATION": "Tại trạm", "FASTING": "Lúc đói",
    "RANDOM": "Bất kỳ", "TWO_HOURS": "2 giờ sau ăn", "GOOD": "Tốt, đều", "PARTLY": "Hay quên", "STOPPED": "Bỏ thuốc",
    "FORMER": "Đã bỏ", "SOMETIMES": "Thỉnh thoảng", "DAILY": "Hằng ngày", "WEAK": "Kém", "POOR": "Rất kém",
    "SOLVED": "Đã lo xong", "DECLINED": "Gia đình không muốn", "MISTAKE": "Ghi nhầm",
    "CONTROLLED": "Đạt đích", "NOT": "Chưa đạt đích", "VOIDED": "Đã huỷ", "PRIMARY": "Cơ bản", "BOOSTER": "Nhắc lại",
    "ADDITIONAL": "Bổ sung", "OWN_RECORD": "Trạm tiêm", "CARD": "Giấy, sổ tiêm", "CERTIFICATE": "Mã QR chứng nhận",
    "SAID": "Người nhà nói", "UPPER_LEVEL": "Tuyến trên báo", "LEFT_ARM": "Tay trái", "RIGHT_ARM": "Tay phải",
    "LEFT_THIGH": "Đùi trái", "RIGHT_THIGH": "Đùi phải", "DEFERRED": "Trì hoãn",
    "CONTRAINDICATED": "Chống chỉ định", "CANNOT_TRAVEL": "Không thể đến điểm tiêm", "OVER": "Không còn",
    "VACCINATED": "Đã tiêm",
}  # fmt: skip
SEEN: Final[Mapping[str, str]] = {
    AuditAction.SEE.value: "xem",
    AuditAction.REVEAL.value: "xem số giấy tờ đầy đủ",
    AuditAction.CHANGE.value: "ghi, sửa",
    AuditAction.ISSUE.value: "cấp giấy",
    AuditAction.PRINT.value: "in",
    AuditAction.EXPORT.value: "xuất tệp",
    AuditAction.MERGE.value: "gộp hồ sơ",
}
_FREE: Final = frozenset(
    {
        "full_name", "note", "reason", "summary", "address_detail", "address_printed", "occupation", "workplace",
        "father_name", "mother_name", "by_name", "to_name", "outcome_place", "outcome_note", "answers",
        "product_name", "facility", "vaccinator",
    }
)  # fmt: skip
_INSIDE: Final = frozenset(
    {
        "id", "person_id", "episode_id", "contact_id", "paper_id", "visit_id", "giving", "lot_id", "voids", "opens_id",
        "about_id", "source_episode_id", "became_episode_id", "from_contact_id", "household_id", "hamlet_id", "head_id",
        "view", "content_hash", "file_hash", "pack_id", "table_id", "rule_id", "rule", "list_id", "medicine",
        "merged_into", "merged_rows", "review_id", "group_code", "topic",
        "hamlet_before", "hamlet_after", "household_before", "household_after", "act", "headed",
        "isolation_rule", "quarantine_rule", "text_id", "sort_key", "system_number", "session_id", "vial_id", "drawn",
    }
)  # fmt: skip
"""What says something to the program alone; a machine-readable copy has it all the same."""
_OWN_NAMES: Final[Mapping[tuple[str, str], str]] = {
    ("paper_delivery", "means"): "Cách giao",
    ("visit", "means"): "Cách đo",
    ("visit", "reason"): "Vì sao chưa gặp",
    ("paper_delivery", "by_name"): "Người giao",
    ("residence", "place"): "Từ đâu, đến đâu",
    ("chronic_visit", "place"): "Nơi khám",
    ("chronic_visit", "sentence"): "So với đích",
    ("chronic_condition", "label"): "Tên bệnh",
    ("vulnerability", "due_on"): "Hẹn đến ngày",
    ("vaccine_dose", "given_at"): "Tiêm lúc",
    ("vaccine_dose", "facility"): "Nơi tiêm",
    ("vaccine_dose", "number"): "Mũi số",
    ("vaccine_stance", "due_on"): "Làm trước ngày",
    ("vaccine_stance", "closed_reason"): "Vì sao đóng",
}


def raw_fields(row: Any) -> dict[str, Any]:
    """Every field that travels, in JSON's own types."""
    names = [name for name in inspect(type(row)).columns.keys() if name not in row.local_fields]  # noqa: SIM118
    return {name: _json(getattr(row, name)) for name in names}


def _json(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def plain_fields(row: Any, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Names and values as a person reads them; what is empty or the program's own is left out."""
    for name in inspect(type(row)).columns.keys():  # noqa: SIM118
        value = getattr(row, name)
        if name in row.local_fields or name in _INSIDE or value in (None, "", [], {}, False):
            continue
        shelf = "review_reason" if (row.__tablename__, name) == ("vulnerability", "reason") else name
        yield _OWN_NAMES.get((row.__tablename__, name)) or FIELDS.get(name, name), plain_value(shelf, value, catalog)


def plain_value(name: str, value: Any, catalog: Catalog) -> str:
    """One value."""
    if isinstance(value, datetime):
        return f"{value:%H:%M %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {CODES.get(str(one), one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_label(name, str(one), catalog) for one in value)
    text = str(value)
    return text if name in _FREE else _label(name, text, catalog)


def _label(name: str, code: str, catalog: Catalog) -> str:
    shelves: Mapping[str, Mapping[str, Any]] = {
        "conditions": catalog.conditions,
        "symptoms": catalog.symptoms,
        "ethnic_group": catalog.ethnic_groups,
        "review_reason": reason_words(catalog.review_packs),
    }
    known = shelves.get(name, {}).get(code)
    return str(known.label) if known else KINDS.get(code) or CODES.get(code, code)
