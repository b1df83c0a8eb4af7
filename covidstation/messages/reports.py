"""Sentences of the daily report and of the notifiable-disease queue."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "reports.future": N_("Ngày {day} chưa đến. Chọn ngày hôm nay hoặc ngày trước."),
    "reports.too_early": N_("Kỳ số liệu của ngày {day} chưa bắt đầu. Chốt sau giờ chốt của ngày hôm trước."),
    "reports.later_frozen": N_(
        "Báo cáo ngày {day} đã chốt tiếp sau ngày này, nên ngày này không chốt lại được. "
        "Chỗ thay đổi nằm trong phần bổ sung của báo cáo mới."
    ),
    "reports.frozen_meanwhile": N_("{who} vừa chốt báo cáo ngày này lúc {when}. Xem bản đó, rồi chốt lại nếu cần."),
    "reports.reason_missing": N_("Ngày này đã chốt rồi. Ghi vì sao chốt lại."),
    "reports.oxygen": N_("Ghi số người thở ô xy từ 0 đến {most}."),
    "reports.too_long": N_("Dài quá {most} chữ. Ghi gọn lại."),
    "notices.unknown": N_("Không tìm thấy ca bệnh này trong sổ. Mở lại danh sách."),
    "notices.already": N_("{name} đã được đánh dấu là đã nhập rồi. Bỏ đánh dấu cũ nếu đánh nhầm."),
    "notices.not_entered": N_("Ca này chưa được đánh dấu là đã nhập, nên không có gì để bỏ."),
    "notices.number_long": N_("Mã của hệ thống dài quá {most} chữ. Kiểm tra lại mã."),
}
