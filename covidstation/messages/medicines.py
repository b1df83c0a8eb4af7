"""Sentences of the medicines codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "medicines.no_list": N_("Chưa có danh mục thuốc cho ngày {day}. Xem lại ngày cho thuốc."),
    "medicines.nothing": N_("Chưa chọn thuốc nào. Chọn gói, hoặc thêm ít nhất một thuốc."),
    "medicines.unknown": N_("Thuốc này không còn trong danh mục. Chọn thuốc khác."),
    "medicines.twice": N_("{name} có hai dòng. Giữ một dòng."),
    "medicines.quantity": N_("Ghi số lượng {name} từ 1 đến {most}."),
    "medicines.weight": N_("Ghi cân nặng từ {least} đến {most} kg."),
    "medicines.consent": N_("Thuốc này cần phiếu đồng ý có chữ ký. Lấy chữ ký rồi đánh dấu vào ô."),
    "medicines.reason": N_("Có điều chưa cho phép dùng. Bỏ thuốc đó, hỏi thêm, hoặc ghi lý do vẫn cho."),
    "medicines.again": N_("Đã cho {what} lúc {when}, dùng đến hết {until}. Ghi lý do nếu vẫn cho thêm."),
    "medicines.future": N_("Giờ cho thuốc {when} ở sau lúc này. Xem lại giờ."),
    "medicines.too_early": N_("Ngày cho thuốc {when} ở trước ngày mắc ({start}). Xem lại ngày."),
    "medicines.died": N_("Người bệnh đã mất ngày {day}. Không ghi cho thuốc sau ngày đó."),
    "medicines.taken_back": N_("Lần cho thuốc này đã được thu lại. Mở lại trang của người bệnh."),
    "medicines.why_back": N_("Ghi lý do thu lại."),
    "medicines.text_long": N_("Ô này có {count} chữ, nhiều nhất {most}. Ghi gọn lại."),
}
