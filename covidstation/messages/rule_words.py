"""What the values of dated rules are called; a key without words here is shown as it stands in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.domain.district import WORDING
from covidstation.domain.rule_leaves import Leaf
from covidstation.domain.rule_sets import Family
from covidstation.i18n import N_, _

FAMILIES: Final[Mapping[Family, str]] = {
    Family.ISOLATION: N_("Cách ly F0"),
    Family.QUARANTINE: N_("Cách ly F1"),
    Family.RISK: N_("Nhóm nguy cơ"),
    Family.GUIDELINE: N_("Chăm sóc tại nhà"),
    Family.MEDICINES: N_("Thuốc"),
    Family.NOTIFIABLE: N_("Khai báo ca bệnh"),
    Family.FOLLOW_UP: N_("Theo dõi sau khỏi"),
    Family.HOURS: N_("Giờ cách ly"),
    Family.COMMITMENT: N_("Bản cam kết"),
    Family.LEAFLET: N_("Tờ dấu hiệu nguy hiểm"),
    Family.CONDITIONS: N_("Mã bệnh nền"),
    Family.SYMPTOMS: N_("Mã triệu chứng"),
    Family.FACILITIES: N_("Nơi chuyển đến"),
    Family.KITS: N_("Sinh phẩm xét nghiệm"),
    Family.CONSENT: N_("Lời hỏi ý"),
    Family.AGE_GROUPS: N_("Mốc tuổi"),
    Family.DISPENSING: N_("Cấp thuốc mạn tính"),
    Family.REVIEW: N_("Rà từng nhà"),
    Family.SUPPLIES: N_("Kho thuốc"),
    Family.CHRONIC: N_("Bệnh mạn tính"),
    Family.TARGETS: N_("Đích điều trị"),
    Family.RETENTION: N_("Thời hạn lưu"),
    Family.VACCINES: N_("Vắc xin"),
    Family.SCHEDULE: N_("Lịch tiêm vắc xin"),
    Family.PRIORITY: N_("Nhóm ưu tiên tiêm"),
    Family.COVERAGE: N_("Độ bao phủ vắc xin"),
    Family.SCREENING: N_("Khám sàng lọc trước tiêm"),
    Family.COLD_CHAIN: N_("Tủ lạnh vắc xin"),
}
KEYS: Final[Mapping[str, str]] = {
    "heading": N_("Tên giấy"),
    "subject": N_("Dòng dưới tên giấy"),
    "address": N_("Kính gửi"),
    "person": N_("Người cam kết là ai"),
    "promise": N_("Lời cam kết"),
    "lines": N_("Điều cam kết"),
    "confirming": N_("Bên xác nhận"),
    "promising": N_("Bên cam kết"),
    "lead": N_("Câu mở đầu"),
    "call": N_("Chữ trên số điện thoại"),
    "emergency": N_("Khi không gọi được"),
    "advice_heading": N_("Tên phần dặn dò"),
    "advice": N_("Dặn dò"),
    "text": N_("Câu"),
    "years": N_("Số năm lưu"),
    "days": N_("Số ngày"),
    "single_days": N_("Số ngày khi cho một thứ thuốc lẻ"),
    "days_still_positive": N_("Số ngày khi còn dương tính, đã tiêm đủ"),
    "days_still_positive_unvaccinated": N_("Số ngày khi còn dương tính, chưa tiêm đủ"),
    "full_doses": N_("Số mũi tính là đủ liều"),
    "full_days": N_("Số ngày sau mũi cuối"),
    "postpartum_days": N_("Vừa sinh: trong số ngày"),
    "needs_negative_test": N_("Cần xét nghiệm âm tính"),
    "test_days_before_end": N_("Xét nghiệm âm tính tính từ mấy ngày trước ngày cuối"),
    "first_day_number": N_("Ngày bắt đầu là ngày thứ (0 hoặc 1)"),
    "sentence": N_("Câu nói với người dùng"),
    "sentence_protected": N_("Câu nói, người đã được bảo vệ"),
    "title": N_("Tên quy định"),
    "source": N_("Nguồn"),
    "confirmed": N_("Đã đối chiếu"),
    "rounds": N_("Số lượt đo mỗi ngày"),
    "limit": N_("Ngưỡng"),
    "when": N_("So với ngưỡng"),
    "level": N_("Mức"),
    "class": N_("Nhóm nguy cơ"),
    "from_months": N_("Từ đủ (tháng tuổi)"),
    "below_months": N_("Đến trước (tháng tuổi)"),
    "age_from_months": N_("Tuổi từ đủ (tháng)"),
    "age_below_months": N_("Tuổi đến trước (tháng)"),
    "question": N_("Câu hỏi"),
    "optional": N_("Chỉ để tham khảo"),
    "reason": N_("Lý do"),
    "label": N_("Tên gọi"),
    "label_full": N_("Tên đầy đủ"),
    "severe": N_("Dấu hiệu nặng, báo ngay"),
    "bars_from": N_("Từ độ này không tiêm lại vắc xin ấy (0: không)"),
    "name": N_("Tên"),
    "disease": N_("Có bệnh nền"),
    "full": N_("Đã tiêm đủ liều"),
    "pregnant": N_("Có thai"),
    "postpartum": N_("Vừa sinh"),
    "spo2_from": N_("SpO2 từ (%)"),
    "spo2_to": N_("SpO2 đến (%)"),
    "unknown_full": N_("Chưa rõ số mũi: tính là đủ liều"),
    "unknown_pregnant": N_("Chưa rõ thai: tính là có thai"),
    "unknown_postpartum": N_("Chưa rõ vừa sinh: tính là vừa sinh"),
    "days_protected": N_("Số ngày, người đã được bảo vệ"),
    "test_days": N_("Xét nghiệm vào ngày"),
    "test_days_protected": N_("Xét nghiệm vào ngày, người đã được bảo vệ"),
    "self_monitor_days": N_("Số ngày tự theo dõi"),
    "self_monitor_days_protected": N_("Số ngày tự theo dõi, người đã được bảo vệ"),
    "days_self_watch": N_("Số ngày tự theo dõi khi không cách ly"),
    "days_after_dose": N_("Số ngày sau mũi cuối"),
    "months_after_recovery": N_("Số tháng sau khi khỏi"),
    "infectious_days_before": N_("Số ngày lây trước khởi phát"),
    "months": N_("Vào tháng thứ"),
    "months_from": N_("Từ đủ (tháng tuổi)"),
    "months_until": N_("Đến trước (tháng tuổi)"),
    "mg": N_("Hàm lượng một đơn vị (mg)"),
    "mg_per_kg": N_("Liều theo cân nặng (mg/kg)"),
    "amount": N_("Số đơn vị mỗi lần"),
    "times": N_("Số lần mỗi ngày"),
    "most_at_once": N_("Nhiều nhất mỗi lần"),
    "unit": N_("Đơn vị"),
    "consent": N_("Cần phiếu đồng ý"),
    "spo2_below": N_("SpO2 dưới (%)"),
    "breaths_over": N_("Nhịp thở trên (lần/phút)"),
    "propose_minutes": N_("Đề nghị trong (phút)"),
    "decide_minutes": N_("Quyết định trong (phút)"),
    "tell_minutes": N_("Báo người bệnh trong (phút)"),
    "hold_minutes": N_("Tạm giữ trong (phút)"),
    "most_days": N_("Nhiều nhất (ngày)"),
    "extension_days": N_("Kéo dài nhiều nhất (ngày)"),
    "case_hours": N_("Khai báo ca bệnh trong (giờ)"),
    "death_hours": N_("Khai báo tử vong trong (giờ)"),
    "icd10": N_("Mã ICD-10"),
    "tier": N_("Tuyến"),
    "maker": N_("Hãng sản xuất"),
    "elder_from": N_("Người cao tuổi: từ đủ (tuổi)"),
    "child_below": N_("Trẻ nhỏ: dưới (tuổi)"),
    "short": N_("Tên ngắn trên phiếu"),
    "from_age": N_("Từ đủ (tuổi)"),
    "percent": N_("Phần trăm toàn dân"),
    "risk_percent": N_("Phần trăm người nguy cơ"),
    "risk_age": N_("Nguy cơ từ đủ (tuổi)"),
    "risk_diseases": N_("Người có bệnh nền là nguy cơ"),
    "listed": N_("Đưa vào danh sách cần quan tâm"),
    "step": N_("Việc tiếp theo"),
    "step_days": N_("Làm trong (ngày)"),
    "late_days": N_("Sau số ngày này thì quá hạn"),
    "ill_again_days": N_("Đang mắc COVID-19: xem lại sau (ngày)"),
    "pregnant_again_days": N_("Mang thai, chưa có vắc xin hợp: hỏi lại sau (ngày)"),
    "grace_days": N_("Số ngày sớm hơn vẫn tính"),
    "pregnant_weeks": N_("Mang thai: tiêm từ tuần thai"),
    "not_pregnant": N_("Vắc xin không dùng khi mang thai (mã)"),
    "vaccines": N_("Vắc xin (mã)"),
    "then": N_("Mũi sau dùng (mã)"),
    "switches": N_("Đổi sang vắc xin khác"),
    "after_days": N_("Cách mũi trước ít nhất (ngày)"),
    "after_months": N_("Cách mũi trước ít nhất (tháng)"),
    "until_days": N_("Muộn nhất (ngày sau mũi trước)"),
    "counts_from_days": N_("Sớm hơn số ngày này thì không tính"),
    "offered_from": N_("Được tiêm từ ngày"),
    "same": N_("Phải cùng loại vắc xin"),
    "same_too": N_("Được dùng loại đã tiêm mũi cơ bản"),
    "infection_months": N_("Sau khi mắc COVID-19 (tháng)"),
    "after_vaccines": N_("Người đã tiêm (mã)"),
    "groups": N_("Chỉ cho nhóm ưu tiên (mã)"),
    "chronic": N_("Người có bệnh nền"),
    "band_starts": N_("Nhóm tuổi của bảng bắt đầu từ"),
    "default_days": N_("Thường cấp (ngày)"),
    "ordinary_days": N_("Nhiều nhất, bệnh khác (ngày)"),
    "longest_days": N_("Nhiều nhất, bệnh trong danh mục (ngày)"),
    "long_conditions": N_("Bệnh trong danh mục (đầu mã ICD-10)"),
    "early_days": N_("Còn quá số ngày này thì hỏi lại khi cấp sớm"),
    "warn_days": N_("Vào danh sách sắp hết thuốc trước (ngày)"),
    "next_days": N_("Hẹn lại sau (ngày)"),
    "glucose_days": N_("Đường huyết lần trước còn tính trong (ngày)"),
    "hba1c_days": N_("HbA1c lần trước còn tính trong (ngày)"),
    "long_days": N_("Quá hẹn lâu: hơn (ngày)"),
    "lost_days": N_("Coi là mất dấu: hơn (ngày)"),
    "systolic_below": N_("Huyết áp tối đa dưới"),
    "diastolic_below": N_("Huyết áp tối thiểu dưới"),
    "fasting_from": N_("Đường huyết đói từ (phần trăm mmol/L)"),
    "fasting_to": N_("Đường huyết đói đến (phần trăm mmol/L)"),
    "two_hours_below": N_("Đường huyết 2 giờ sau ăn dưới (phần trăm mmol/L)"),
    "hba1c_below": N_("HbA1c dưới (phần mười %)"),
    "aliases": N_("Tên khác"),
    "maker_code": N_("Mã hãng"),
    "prophylaxis": N_("Mã loại vắc xin"),
    "atc": N_("Mã ATC"),
    "first_day": N_("Có từ ngày"),
    "primary_doses": N_("Số mũi cơ bản"),
    "doses_per_vial": N_("Số liều mỗi lọ"),
    "used_here": N_("Dùng ở Việt Nam"),
    "substance": N_("Hoạt chất (cùng hoạt chất là một vắc xin)"),
    "components": N_("Thành phần có thể gây phản ứng"),
    "presentations": N_("Loại lọ theo tuổi"),
    "marks": N_("Chữ trên nhãn"),
    "volume": N_("Lượng tiêm (phần trăm ml)"),
    "classes": N_("Loại mũi"),
    "since": N_("Từ ngày"),
    "observe_minutes": N_("Ngồi theo dõi sau tiêm (phút)"),
    "vial_minutes": N_("Lọ đã mở dùng trong (phút)"),
    "watch_days": N_("Theo dõi sát sau tiêm (ngày)"),
    "follow_days": N_("Theo dõi sau tiêm (ngày)"),
    "report_hours": N_("Báo tai biến nặng trong (giờ)"),
    "guardian_below": N_("Người giám hộ đồng ý thay khi dưới (tuổi)"),
    "pressure_from": N_("Đo huyết áp từ đủ (tuổi)"),
    "outcome": N_("Kết luận"),
    "low": N_("Từ"),
    "high": N_("Đến"),
    "rise": N_("Cao hơn thường ngày quá"),
    "coldest": N_("Lạnh nhất (phần mười °C)"),
    "warmest": N_("Nóng nhất (phần mười °C)"),
    "thawed_days": N_("Dùng sau rã đông (ngày)"),
    "freezing": N_("Đóng băng từ đây trở xuống (phần mười °C)"),
    "from_hour": N_("Đo từ (giờ)"),
    "by_hour": N_("Đo muộn nhất (giờ)"),
    "known_months": N_("Tính trong (tháng)"),
    "weeks": N_("Tuần thai"),
    "early": N_("Kết luận khi chưa đến tuần thai đó"),
    "pressure": N_("Có thì đo huyết áp"),
    "again_days": N_("Khám lại sau (ngày)"),
    "products": N_("Chỉ hỏi cho vắc xin (mã)"),
}
_OUTCOMES: Final = {
    "ELIGIBLE": N_("Đủ điều kiện tiêm"),
    "CAUTION": N_("Thận trọng"),
    "DEFER": N_("Trì hoãn"),
    "CONTRAINDICATED": N_("Chống chỉ định"),
}
CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "when": {
        "at_most": N_("từ ngưỡng trở xuống"),
        "below": N_("dưới ngưỡng"),
        "at_least": N_("từ ngưỡng trở lên"),
        "above": N_("trên ngưỡng"),
    },
    "level": {
        "danger": N_("nguy hiểm, báo ngay"),
        "watch": N_("theo dõi"),
        "FIRST": N_("ít nhất 1 mũi"),
        "BASIC": N_("đủ mũi cơ bản"),
        "ADDED": N_("mũi bổ sung"),
        "BOOSTER": N_("nhắc lại 1"),
        "BOOSTER2": N_("nhắc lại 2"),
    },
    "tier": {
        "DISTRICT": N_("Tuyến huyện, khu vực"),
        "PROVINCE": N_("Tuyến tỉnh"),
        "CENTRAL": N_("Tuyến trung ương"),
    },
    "outcome": _OUTCOMES,
    "early": _OUTCOMES,
    "class": {"LOW": N_("Thấp"), "MEDIUM": N_("Trung bình"), "HIGH": N_("Cao"), "VERY_HIGH": N_("Rất cao")},
}
"""Values that are one of a few words, by key; a value that is none of them is edited as text."""
BINDINGS: Final = frozenset(
    (
        *("measure", "symptom", "symptoms", "fact", "facts", "unless", "of", "needs", "needed", "fixed"),
        *("form", "group", "code", "unless_signs", "unless_needed", "kind", "conditions", "by_law"),
        *("item", "sormas", "label_en", "judged_by", "first", "last", "known", "sex", "dose_class", "number"),
    )
)
"""Keys that bind a value to the program's own codes: no matter of a circular, and not shown."""


def family_words(family: Family) -> str:
    """The family's name; the file's name for one without words."""
    return _(FAMILIES[family]) if family in FAMILIES else family.value


def pack_words(family: str) -> str:
    """What a pack of that family is called, rule or texts of papers; the family itself for one without words."""
    if family == WORDING:
        return _("Câu chữ văn bản")
    return _(FAMILIES[Family(family)]) if family in FAMILIES else family


def key_words(leaf: Leaf) -> str:
    """What a value is called."""
    return _(KEYS[leaf.key]) if leaf.key in KEYS else leaf.key


def choices_of(leaf: Leaf) -> list[tuple[str, str]]:
    """The words that a value can be, each with what it is called; empty for a free value."""
    if isinstance(leaf.value, bool):
        return [("True", _("có")), ("False", _("không"))]
    known = CHOICES.get(leaf.key, {})
    return [(key, _(words)) for key, words in known.items()] if leaf.text in known else []


def value_words(leaf: Leaf) -> str:
    """The value as people say it."""
    return dict(choices_of(leaf)).get(leaf.text, leaf.text)
