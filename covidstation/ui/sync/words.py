"""The words of Đồng bộ: kinds of change, ages, sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from covidstation.db.queries.sync import Waiting
from covidstation.i18n import N_, _, decimal_text

KINDS: Final[Mapping[str, str]] = {
    "person": N_("Người, hộ"),
    "household": N_("Người, hộ"),
    "residence": N_("Người, hộ"),
    "review": N_("Rà từng nhà"),
    "review_visit": N_("Rà từng nhà"),
    "vulnerability": N_("Rà từng nhà"),
    "work_share": N_("Trạm, người dùng"),
    "episode": N_("F0"),
    "pathogen_test": N_("Xét nghiệm"),
    "paper": N_("Văn bản"),
    "paper_subject": N_("Văn bản"),
    "paper_delivery": N_("Văn bản"),
    "pack_edit": N_("Câu chữ văn bản"),
    "rule_version": N_("Quy định đã sửa"),
    "risk_assessment": N_("Theo dõi, chăm sóc F0"),
    "visit": N_("Theo dõi, chăm sóc F0"),
    "alert": N_("Theo dõi, chăm sóc F0"),
    "phone_call": N_("Theo dõi, chăm sóc F0"),
    "hospitalization": N_("Theo dõi, chăm sóc F0"),
    "treatment": N_("Theo dõi, chăm sóc F0"),
    "prescription": N_("Thuốc mạn tính"),
    "dispensing": N_("Thuốc mạn tính"),
    "isolation_change": N_("Theo dõi, chăm sóc F0"),
    "follow_up": N_("Theo dõi, chăm sóc F0"),
    "contact": N_("F1"),
    "chronic_condition": N_("Bệnh mạn tính"),
    "chronic_visit": N_("Bệnh mạn tính"),
    "daily_report": N_("Báo cáo"),
    "case_notice": N_("Báo cáo"),
    "duty": N_("Trạm, người dùng"),
    "hamlet": N_("Thôn bản, điểm trạm"),
    "sub_point": N_("Thôn bản, điểm trạm"),
    "station": N_("Trạm, người dùng"),
    "app_user": N_("Trạm, người dùng"),
    "consent": N_("Đồng ý của người dân"),
    "purge": N_("Huỷ hồ sơ hết hạn"),
    "district_message": N_("Trả lời huyện"),
    "conflict_decision": N_("Chọn giữa hai bản ghi"),
    "echo": N_("Trả lời huyện"),
    "vaccine_dose": N_("Tiêm chủng"),
    "vaccine_stance": N_("Tiêm chủng"),
    "vaccination_session": N_("Tiêm chủng"),
    "vaccination_target": N_("Tiêm chủng"),
    "session_take": N_("Tiêm chủng"),
    "session_vial": N_("Tiêm chủng"),
    "session_waste": N_("Tiêm chủng"),
    "session_person": N_("Tiêm chủng"),
    "adverse_event": N_("Tiêm chủng"),
    "fridge": N_("Tủ lạnh"),
    "fridge_reading": N_("Tủ lạnh"),
    "fridge_verdict": N_("Tủ lạnh"),
    "supply_item": N_("Kho"),
    "supply_lot": N_("Kho"),
    "supply_movement": N_("Kho"),
}


def kind_word(table: str) -> str:
    """What people call the rows of that table."""
    return _(KINDS[table]) if table in KINDS else _("Khác")


def by_word(kinds: Sequence[Waiting]) -> list[tuple[str, int, datetime]]:
    """The waiting changes under the names people use: name, count, oldest; most first."""
    found: dict[str, tuple[int, datetime]] = {}
    for one in kinds:
        count, oldest = found.get(kind_word(one.table), (0, one.oldest))
        found[kind_word(one.table)] = (count + one.count, min(oldest, one.oldest))
    rows = [(word, count, oldest) for word, (count, oldest) in found.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def size_text(size: int) -> str:
    """`48 kB`, `1,2 MB`."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{decimal_text(size / 1_000_000)} MB"


def seconds_text(seconds: float) -> str:
    """`0,9 giây`; what is done at once is not called nothing."""
    if seconds < 0.1:
        return _("dưới 0,1 giây")
    return _("{n} giây").format(n=decimal_text(seconds))
