"""Sentences of the privacy codes: hidden numbers, consents, one person's file, legal deletion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "privacy.reason_missing": N_("Ghi ngắn gọn vì sao cần xem."),
    "privacy.no_text": N_("Ngày {day} chưa có bản chữ để đọc cho người dân nghe. Xem lại ngày."),
    "privacy.by_law": N_("Việc này làm theo luật, chỉ thông báo, không hỏi ý kiến. In bản thông báo là đủ."),
    "privacy.before_given": N_("Sớm hơn ngày đồng ý ({day}). Xem lại ngày."),
    "privacy.not_standing": N_("Lần đồng ý này đã rút lại hoặc vốn là không đồng ý. Mở lại trang của người này."),
    "privacy.requester_missing": N_("Ghi tên người xin hồ sơ."),
    "privacy.request_reason_missing": N_("Ghi lý do xin hồ sơ."),
    "privacy.no_rule": N_("Chưa có quy định thời hạn lưu cho ngày {day}. Xem lại ngày giờ của máy."),
    "privacy.decision_missing": N_("Ghi số quyết định huỷ."),
    "privacy.not_typed": N_("Gõ đúng chữ {word} để xác nhận."),
    "privacy.nothing_due": N_("Không còn hồ sơ nào của loại này đến hạn huỷ tính tới ngày đó. Chưa huỷ gì."),
    "privacy.other_count": N_("Danh sách vừa đổi, nay là {count} người. Chưa huỷ gì. Xem lại danh sách rồi làm lại."),
    "privacy.unsent": N_(
        "Còn {count} thay đổi huyện chưa xác nhận. Chưa huỷ gì. Gửi lên huyện và nhập xác nhận trước."
    ),
    "privacy.journal_bad": N_(
        "Nhật ký không còn liền mạch. Chưa huỷ gì. Mở Cài đặt, mục Kiểm tra, làm theo câu ở đó trước."
    ),
}
