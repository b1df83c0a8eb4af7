"""Words of the pages that stand in no template: roles, kinds of entry, worries, what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from covidstation.domain.text import clean
from covidstation.hub.figures.overview import Worry
from covidstation.hub.staff.audit import HubAction
from covidstation.hub.staff.rights import HubRole
from covidstation.i18n import N_, _, moment_text, ngettext

ROLES: Final[Mapping[HubRole, str]] = {
    HubRole.ADMIN: N_("Quản trị"),
    HubRole.EPIDEMIOLOGY: N_("Dịch tễ"),
    HubRole.DATA: N_("Số liệu"),
    HubRole.READ_ONLY: N_("Chỉ xem"),
}
ROLE_HINTS: Final[Mapping[HubRole, str]] = {
    HubRole.ADMIN: N_("ghép nối trạm, người dùng, nhật ký; không xem người bệnh"),
    HubRole.EPIDEMIOLOGY: N_("xem người bệnh, chọn giữa hai bản ghi, hỏi và báo cho trạm"),
    HubRole.DATA: N_("nhận gói, xem số liệu, xuất danh sách; không xem người bệnh"),
    HubRole.READ_ONLY: N_("xem số liệu chung"),
}
ACTIONS: Final[Mapping[str, str]] = {
    HubAction.LOGIN.value: N_("Đăng nhập"),
    HubAction.LOGIN_FAILED.value: N_("Gõ sai mật khẩu"),
    HubAction.LOGOUT.value: N_("Đăng xuất"),
    HubAction.SEE.value: N_("Xem người bệnh"),
    HubAction.REVEAL.value: N_("Xem số giấy tờ đầy đủ"),
    HubAction.DECIDE.value: N_("Chọn giữa hai bản ghi"),
    HubAction.EXPORT.value: N_("Xuất danh sách"),
    HubAction.IMPORT.value: N_("Nhận gói"),
    HubAction.SEND.value: N_("Lấy gói trả lời"),
    HubAction.TELL.value: N_("Báo, hỏi trạm"),
    HubAction.ENROL.value: N_("Ghép nối trạm"),
    HubAction.REVOKE.value: N_("Thu hồi khoá"),
    HubAction.KEYS.value: N_("Đổi khoá của huyện"),
    HubAction.USERS.value: N_("Người dùng"),
    HubAction.AUDIT.value: N_("Xem nhật ký"),
}
WORRIES: Final[Mapping[Worry, str]] = {
    Worry.AUDIT: N_("nhật ký bị sửa"),
    Worry.FORK: N_("gói trái nhau"),
    Worry.NEVER: N_("chưa gửi lần nào"),
    Worry.SILENT: N_("lâu không liên lạc"),
    Worry.REPORT: N_("chưa có báo cáo"),
    Worry.GAP: N_("thiếu gói"),
    Worry.CONFLICT: N_("hai bản ghi khác nhau"),
    Worry.ASIDE: N_("có thay đổi giữ riêng"),
    Worry.BACKUP: N_("sao lưu cũ"),
    Worry.CLOCK: N_("đồng hồ sai"),
}
GRAVE: Final = frozenset({Worry.AUDIT, Worry.FORK})
CARRIERS: Final[Mapping[str, str]] = {
    "http": N_("qua mạng"),
    "usb": N_("bằng USB"),
    "browser": N_("gửi tệp qua trang này"),
}
DONE: Final[Mapping[str, str]] = {
    "own": N_("Đã đổi mật khẩu. Các phiên khác của anh chị đã đóng."),
    "sessions": N_("Đã đóng mọi phiên khác."),
    "role": N_("Đã đổi vai trò. Người ấy phải đăng nhập lại."),
    "disabled": N_("Đã cho nghỉ. Người ấy không đăng nhập được nữa."),
    "revoked": N_("Đã thu hồi. Gói do máy ấy ký từ nay được giữ riêng, không ghi vào."),
    "decided": N_("Đã ghi quyết định. Trạm sẽ nhận được ở lần trao đổi tới."),
    "told": N_("Đã ghi. Trạm sẽ nhận được ở lần trao đổi tới."),
    "corrected": N_("Đã sửa. Trạm sẽ nhận giá trị mới và lý do ở lần trao đổi tới."),
    "merged": N_("Đã gộp. Trạm sẽ chuyển các lần mắc, giấy tờ về hồ sơ này ở lần trao đổi tới."),
    "parted": N_("Đã tách. Trạm sẽ trả lại những gì của hồ sơ này ở lần trao đổi tới."),
    "apart": N_("Đã ghi là hai người. Hai hồ sơ này không hiện lại ở đây nữa."),
    "withdrawn": N_("Đã rút lại."),
    "out": N_("Đã đăng xuất."),
}

DETAILS: Final[Mapping[str, str]] = {
    "address": N_("từ máy"), "what": N_("việc"), "login": N_("tên đăng nhập"), "field": N_("số"), "reason": N_("lý do"),
    "words": N_("ghi thêm"), "people": N_("số người"), "list": N_("danh sách"), "rows": N_("số dòng"),
    "files": N_("số tệp"), "taken": N_("thay đổi mới"), "stations": N_("số trạm"), "serial": N_("giấy số"),
    "serials": N_("giấy số"), "choice": N_("chọn"), "item": N_("mã việc"),
    "for": N_("đưa cho"), "days": N_("các ngày"),
}  # fmt: skip
VALUES: Final[Mapping[str, str]] = {
    "add": N_("thêm"), "disable": N_("cho nghỉ"), "enable": N_("cho dùng lại"), "reset": N_("cấp lại mật khẩu"),
    "own_passphrase": N_("tự đổi mật khẩu"), "others": N_("đóng các phiên khác"), "search": N_("tìm"),
    "moves": N_("chuyển trạm"), "conflicts": N_("hai bản ghi khác nhau"), "citizen_number": N_("số căn cước"),
    "old_citizen_number": N_("số CMND cũ"), "insurance_number": N_("số thẻ BHYT"), "compare": N_("so với thẻ"),
    "paper": N_("giấy tờ cần"), "insurance": N_("bảo hiểm y tế"), "system": N_("nhập hệ thống quốc gia"),
    "asked": N_("người dân hỏi"), "other": N_("khác"), "announcement": N_("thông báo"), "question": N_("câu hỏi"),
    "finding": N_("nhắc sửa"), "pack": N_("quy định"), "target": N_("chỉ tiêu"), "move": N_("chuyển trạm"),
    "allotment": N_("cấp phát"),
    "withdraw": N_("rút lại"), "correct": N_("sửa"), "corrections": N_("huyện sửa"),
    "twins": N_("có thể trùng"), "merge": N_("gộp hai hồ sơ"), "part": N_("tách hồ sơ"), "apart": N_("là hai người"),
    **{f"role:{role.value}": word for role, word in ROLES.items()},
    "standing": N_("giữ giá trị đang đứng"), "losing": N_("lấy giá trị kia"),
}  # fmt: skip
"""Words of the record of acts: names of details, and values that are codes."""
_CODED: Final = frozenset({"what", "field", "reason", "choice"})


def details_text(detail: Mapping[str, object]) -> str:
    """What an entry says besides, on one line."""
    said = []
    for key, value in detail.items():
        text = str(value)
        word = _(VALUES[text]) if key in _CODED and text in VALUES else text
        said.append(f"{_(DETAILS[key]) if key in DETAILS else key}: {word}")
    return clean("; ".join(said))


def ago_text(moment: datetime, now: datetime) -> str:
    """`5 phút trước`, `3 giờ trước`, then the day."""
    gone = now - moment
    if timedelta() <= gone < timedelta(minutes=1):
        return _("vừa xong")
    if timedelta() <= gone < timedelta(hours=1):
        minutes = gone // timedelta(minutes=1)
        return ngettext("{n} phút trước", "{n} phút trước", minutes).format(n=minutes)
    if timedelta() <= gone < timedelta(hours=12):
        hours = gone // timedelta(hours=1)
        return ngettext("{n} giờ trước", "{n} giờ trước", hours).format(n=hours)
    return moment_text(moment.astimezone(), now.astimezone().date())


def span_text(span: timedelta) -> str:
    """`40 phút`, `5 giờ`, `3 ngày`."""
    if span < timedelta(hours=1):
        minutes = span // timedelta(minutes=1)
        return _("{n} phút").format(n=minutes)
    if span < timedelta(days=2):
        hours = span // timedelta(hours=1)
        return _("{n} giờ").format(n=hours)
    return ngettext("{n} ngày", "{n} ngày", span.days).format(n=span.days)
