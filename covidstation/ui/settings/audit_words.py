"""The record of who did what in plain sentences: `Lò Thị Mai đã in quyết định 12/QĐ-TYT lúc 07:15`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from covidstation.db.queries.audit import AuditLine
from covidstation.domain.audit import AuditAction
from covidstation.i18n import N_, _, date_text
from covidstation.messages.fields import ROWS
from covidstation.messages.papers import KINDS as PAPERS
from covidstation.ui.sync.words import kind_word

GROUPS: Final[Mapping[str, tuple[str, tuple[AuditAction, ...]]]] = {
    "all": (N_("Mọi việc"), ()),
    "see": (N_("Xem"), (AuditAction.SEE, AuditAction.REVEAL)),
    "change": (N_("Ghi, sửa"), (AuditAction.CHANGE, AuditAction.MERGE, AuditAction.PURGE)),
    "issue": (N_("Cấp, huỷ văn bản"), (AuditAction.ISSUE,)),
    "out": (N_("In, xuất tệp"), (AuditAction.PRINT, AuditAction.EXPORT)),
    "district": (N_("Gửi, nhận với huyện"), (AuditAction.SEND, AuditAction.IMPORT)),
    "login": (N_("Mở, khoá sổ"), (AuditAction.LOGIN, AuditAction.LOGIN_FAILED, AuditAction.LOCK)),
    "station": (
        N_("Người dùng, sao lưu"),
        (AuditAction.USERS, AuditAction.BACKUP, AuditAction.RESTORE, AuditAction.UPDATE, AuditAction.AUDIT),
    ),
}
"""The kinds that can be chosen, with their name and their actions."""

_PHRASES: Final[Mapping[str, str]] = {
    "see": N_("xem {subject}"),
    "see.person": N_("xem trang của {subject}"),
    "see.form": N_("mở phiếu F0 của {subject}"),
    "see.contact": N_("mở phiếu F1 của {subject}"),
    "see.course": N_("xem diễn biến của {subject}"),
    "see.issued": N_("xem văn bản số {subject}"),
    "see.triage": N_("xem nhóm nguy cơ của {subject}"),
    "see.giving": N_("xem việc cho thuốc của {subject}"),
    "see.dispensing": N_("xem thuốc đang dùng của {subject}"),
    "see.transfer": N_("xem việc chuyển tuyến của {subject}"),
    "see.case_report": N_("xem báo cáo ca bệnh của {subject}"),
    "reveal": N_("xem đủ số giấy tờ của {subject}"),
    "change": N_("ghi, sửa {tables} của {subject}"),
    "issue": N_("cấp {paper} số {subject}"),
    "issue.void": N_("huỷ văn bản số {subject}"),
    "issue.book_start": N_("cho sổ {symbol} đi tiếp từ số {n}"),
    "print": N_("in giấy tờ của {subject}"),
    "print.paper": N_("in văn bản số {subject}, {n} bản"),
    "print.dossier": N_("in hồ sơ của {subject}"),
    "print.slip": N_("in phiếu cấp thuốc của {subject}"),
    "print.contact_sheets": N_("in phiếu theo dõi F1 của {subject}"),
    "print.book": N_("in sổ văn bản"),
    "print.commitment": N_("in bản cam kết của {subject}"),
    "print.leaflet": N_("in tờ dặn dấu hiệu nguy hiểm"),
    "print.delivery_list": N_("in danh sách giao giấy, {n} dòng"),
    "print.round_sheet": N_("in phiếu đo cả lượt"),
    "print.patient_sheet": N_("in phiếu theo dõi của {subject}"),
    "print.case_reports": N_("in báo cáo ca bệnh của {subject}"),
    "print.work_sheet": N_("in việc hôm nay, {n} dòng"),
    "print.f0_list": N_("in danh sách F0"),
    "print.consent": N_("in bản hỏi ý của {subject}"),
    "print.report": N_("in báo cáo ngày {day}"),
    "print.audit": N_("in nhật ký truy cập"),
    "export": N_("xuất tệp của {subject}"),
    "export.paper": N_("lưu văn bản số {subject} ra tệp"),
    "export.f0_list": N_("xuất danh sách F0 ra Excel"),
    "export.report": N_("lưu báo cáo ngày {day} ra tệp"),
    "export.report_xlsx": N_("xuất báo cáo ngày {day} ra Excel"),
    "export.person_file": N_("xuất hồ sơ của {subject} theo yêu cầu"),
    "export.fhir": N_("xuất hồ sơ của {subject} theo FHIR cho {for}"),
    "export.fhir_span": N_("xuất hồ sơ từ {from} đến {to} theo FHIR cho {for}"),
    "export.fhir_all": N_("xuất hồ sơ của mọi người từ {from} đến {to} theo FHIR cho {for}"),
    "export.five_parts": N_("xuất số liệu năm phần từ {from} đến {to} cho {for}"),
    "send": N_("ghi gói gửi huyện"),
    "send.bundle": N_("ghi gói gửi huyện, {n} thay đổi"),
    "send.enrolment": N_("ghi giấy xin ghép nối với huyện"),
    "import": N_("đọc tệp của huyện"),
    "import.receipt": N_("đọc biên nhận của huyện, đến số {to}"),
    "import.certificate": N_("nhận giấy chứng nhận của huyện"),
    "import.station_keys": N_("nhận giấy của huyện cho khoá mới của trạm"),
    "import.dcc_keys": N_("nhận {keys} khoá chứng nhận tiêm chủng từ {file}"),
    "import.dcc_keys_dropped": N_("bỏ danh sách khoá chứng nhận {file}"),
    "import.given_back": N_("nhận lại {lines} thay đổi từ huyện"),
    "login": N_("mở sổ"),
    "login.recovery": N_("mở sổ bằng mã khôi phục"),
    "login.escrow": N_("mở sổ bằng khoá của huyện"),
    "login_failed": N_("vào được sau khi có {count} lần gõ sai mật khẩu"),
    "lock": N_("khoá sổ"),
    "lock.left": N_("rời máy nên sổ tự khoá"),
    "lock.closed": N_("đóng chương trình"),
    "lock.restore": N_("đóng sổ để chọn bản sao lưu"),
    "users": N_("đổi người dùng {subject}"),
    "users.add": N_("thêm người dùng {subject}"),
    "users.role": N_("đổi vai trò của {subject}"),
    "users.disable": N_("thôi cho {subject} mở sổ"),
    "users.enable": N_("cho {subject} mở sổ lại"),
    "users.reset": N_("cho {subject} mật khẩu dùng một lần"),
    "users.passphrase": N_("đổi mật khẩu của mình"),
    "users.recovery": N_("in mã khôi phục mới"),
    "users.key": N_("đổi khoá của sổ"),
    "users.station_keys": N_("xin huyện đổi khoá của trạm"),
    "backup": N_("sao lưu sổ"),
    "backup.stick": N_("sao lưu sổ ra USB"),
    "restore": N_("lấy lại sổ từ bản sao lưu {copy}"),
    "restore.numbers compared": N_("xác nhận đã đối chiếu số văn bản với bản giấy"),
    "update": N_("cài bản {version} của chương trình, trước đó là {before}"),
    "purge": N_("huỷ hồ sơ hết hạn lưu của {people} người theo {decision}"),
    "merge": N_("gộp hồ sơ của {subject}"),
    "audit": N_("xem nhật ký truy cập"),
    "audit.read_of": N_("xem ai đã xem {subject}"),
    "audit.head_missing": N_("mở sổ khi không còn tệp ghi nhớ sổ đã đi đến đâu"),
    "audit.loss_behind": N_("mở sổ thì máy thấy mất {changes} thay đổi, {entries} dòng nhật ký"),
    "audit.loss_other": N_("mở sổ thì máy thấy sổ không phải sổ đã dùng trước đó"),
    "audit.loss_record": N_("mở sổ thì máy thấy nhật ký truy cập bị sửa từ dòng {from}"),
    "audit.loss_accepted": N_("quyết định dùng tiếp sổ đang có"),
}
_NOBODY: Final[Mapping[str, str]] = {
    "see": N_("xem hồ sơ không còn trong sổ"),
    "reveal": N_("xem đủ số giấy tờ trong một danh sách"),
    "change": N_("ghi, sửa {tables}"),
    "print": N_("in giấy tờ"),
    "print.contact_sheets": N_("in phiếu theo dõi F1"),
    "print.review_sheets": N_("in phiếu rà từng nhà"),
    "print.review_progress": N_("in tiến độ rà từng nhà"),
    "print.vaccine_coverage": N_("in độ bao phủ vắc xin"),
    "export.vaccine_coverage": N_("xuất độ bao phủ vắc xin ra Excel"),
    "print.vaccine_due": N_("in danh sách tiêm chủng"),
    "export.vaccine_due": N_("xuất danh sách tiêm chủng ra Excel"),
    "print.vulnerable_list": N_("in danh sách người cần quan tâm"),
    "export.vulnerable_list": N_("xuất danh sách người cần quan tâm ra Excel"),
    "print.chronic_list": N_("in danh sách bệnh mạn tính, cao tuổi"),
    "print.work_shares": N_("in danh sách phân công theo ngày"),
    "print.medicine_round": N_("in danh sách cấp thuốc tại nhà"),
    "print.population": N_("in bảng nhân khẩu quản lý"),
    "print.supply_ledger": N_("in sổ kho"),
    "print.session_list": N_("in danh sách buổi tiêm"),
    "print.session_invitations": N_("in giấy mời tiêm"),
    "print.consent_forms": N_("in phiếu đồng ý tiêm cho trẻ"),
    "print.screening_sheets": N_("in phiếu sàng lọc trước tiêm"),
    "print.session_result": N_("in báo cáo kết quả tiêm"),
    "export.coverage_people": N_("lưu độ bao phủ từng người, không tên, ra CSV"),
    "print.vaccine_targets": N_("in chỉ tiêu tiêm chủng"),
    "export.vaccine_targets": N_("lưu chỉ tiêu tiêm chủng ra Excel"),
    "print.dose_plan": N_("in kế hoạch liều vắc xin"),
    "export.dose_plan": N_("lưu kế hoạch liều vắc xin ra Excel"),
    "print.adverse_event": N_("in báo cáo phản ứng sau tiêm"),
    "print.month_reactions": N_("in tổng hợp phản ứng sau tiêm của tháng"),
    "export.month_reactions": N_("lưu tổng hợp phản ứng sau tiêm của tháng ra Excel"),
    "print.fridge_month": N_("in sổ theo dõi nhiệt độ tủ lạnh"),
    "export.fridge_month": N_("lưu sổ theo dõi nhiệt độ tủ lạnh ra Excel"),
    "export.supply_ledger": N_("lưu sổ kho ra Excel"),
    "print.case_reports": N_("in báo cáo ca bệnh"),
    "export": N_("xuất tệp"),
    "users": N_("đổi người dùng"),
}
"""The same where there is no subject, or its record is gone."""


def phrase(line: AuditLine) -> str:
    """What was done, beginning with a verb."""
    key = _key(line)
    found = _PHRASES.get(key) or _PHRASES.get(line.action) or line.action
    if not line.subject:
        found = _NOBODY.get(key) or (_NOBODY.get(line.action) if "{subject}" in found else None) or found
    words = {name: str(value) for name, value in line.detail.items()}
    words |= {"subject": line.subject or "…", "tables": tables_text(line.detail)}
    kind = PAPERS.get(words.get("what", ""))
    words |= {"paper": _(kind).lower() if kind else _("văn bản")}
    if "day" in words:
        words["day"] = _day(words["day"])
    text = _(found)
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return text


def sentence_of(line: AuditLine) -> str:
    """Who did what and when, as one says it."""
    at = line.at.astimezone()
    text = _("{who} đã {what} lúc {clock} ngày {day}.")
    return text.format(who=who_text(line), what=phrase(line), clock=f"{at:%H:%M}", day=date_text(at.date()))


def who_text(line: AuditLine) -> str:
    """The user's name; without one it was the holder of the printed code, or the program by itself."""
    return line.who or _("Người giữ mã khôi phục")


def tables_text(detail: Mapping[str, Any]) -> str:
    """Which parts of a record an act changed: `lần đo, dấu hiệu nặng`."""
    names = str(detail.get("what", "")).split()
    words = (_(ROWS[name]) if name in ROWS else kind_word(name) for name in names)
    return ", ".join(dict.fromkeys(word[:1].lower() + word[1:] if word[1:2].islower() else word for word in words))


def _key(line: AuditLine) -> str:
    part = line.detail.get("where") or line.detail.get("with") or line.detail.get("why") or line.detail.get("what")
    if line.action == AuditAction.AUDIT.value and part == "read":
        return "audit.read_of" if line.subject else "audit"
    return f"{line.action}.{part}"


def _day(text: str) -> str:
    year, _dash, rest = text.partition("-")
    month, _dash, day = rest.partition("-")
    return f"{day}/{month}/{year}" if day else text
