"""Sentences of the way down: what the district's lines may lack here, receipts of a restored hub, conflicts."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "bundle.fork_down": N_(
        "Gói này của huyện trái với phần huyện đã gửi trước đây, nên chưa nhận gì. "
        "Báo cho huyện biết; dữ liệu của trạm không thay đổi."
    ),
    "receipt.old_hub": N_(
        "Biên nhận này được ghi trước khi huyện phục hồi dữ liệu, nên không còn giá trị. "
        "Lấy biên nhận mới của huyện; dữ liệu của trạm không thay đổi."
    ),
    "op.not_yours": N_("Phần này chỉ trạm mới được ghi, nên thay đổi của huyện được giữ riêng."),
    "op.purged": N_("Hồ sơ này đã huỷ theo quyết định, nên thay đổi đến sau được giữ riêng."),
    "op.conflict": N_("Trạm và huyện cùng sửa chỗ này. Cả hai giá trị đều được giữ, chờ người chọn."),
    "op.clock_ahead": N_(
        "Giờ của máy trạm chạy trước giờ huyện hơn một ngày khi ghi thay đổi này. Đã nhận; xem lại giờ của máy."
    ),
    "conflict.waiting": N_("Có {n} chỗ trạm và huyện cùng sửa, cần người chọn. Mở trang Đồng bộ để chọn."),
    "conflict.gone": N_("Không còn chỗ khác nhau này nữa. Mở lại danh sách."),
    "conflict.row_gone": N_("Hồ sơ của chỗ khác nhau này đã huỷ, nên không còn gì để chọn."),
    "conflict.choice": N_("Chọn một trong hai giá trị, hoặc ghi giá trị đúng."),
    "conflict.other_missing": N_("Ghi giá trị đúng vào ô, khác với giá trị đang đứng; hoặc chọn một trong hai."),
    "conflict.reason": N_("Ghi một câu vì sao chọn như vậy."),
    "conflict.value": N_("Ô {field} không nhận giá trị này. Xem lại rồi chọn."),
    "conflict.event": N_("Sự kiện y tế không sửa giá trị được. Ghi một lần mới rồi huỷ lần sai."),
}
