"""Sentences about rounds from door to door, the people found on them, and sharing the work out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "reviews.title_missing": N_("Đặt tên cho đợt rà, ví dụ “Đợt rà tháng 3”."),
    "reviews.day_missing": N_("Ghi ngày."),
    "reviews.day_future": N_("Ngày này ở sau hôm nay. Ghi khi đã đến nhà."),
    "reviews.day_before": N_("Đợt rà bắt đầu ngày {day}. Ghi từ ngày đó trở đi."),
    "reviews.ends_first": N_("Ngày cuối ở trước ngày đầu. Xem lại hai ngày."),
    "reviews.too_long": N_("Một đợt rà dài nhất một năm. Xem lại năm của hai ngày."),
    "reviews.one_runs": N_("Đợt “{title}” đang rà. Nhập tiếp vào đợt đó, hoặc đặt tên khác."),
    "reviews.unknown": N_("Không thấy đợt rà này trong sổ. Chọn lại đợt."),
    "reviews.ended": N_("Đợt “{title}” đã kết thúc ngày {day}. Mở lại đợt rồi nhập tiếp."),
    "reviews.result_missing": N_("Chọn: đã rà, vắng nhà hay từ chối."),
    "reviews.not_member": N_("Có người vừa chuyển khỏi hộ này. Mở lại hộ rồi nhập tiếp."),
    "reviews.unknown_answer": N_("Phiếu có câu mà đợt rà này không hỏi. Mở lại hộ rồi nhập tiếp."),
    "reviews.unknown_visit": N_("Kết quả này đã được bỏ hoặc đã ghi lại. Mở lại danh sách."),
    "reviews.order_range": N_("Số thứ tự từ 1 đến {most}, hoặc để trống."),
    "reviews.reason_missing": N_("Chọn lý do cần quan tâm."),
    "reviews.on_list": N_("{name} đã có trong danh sách với lý do này. Sửa việc tiếp theo ở dòng đó."),
    "reviews.due_past": N_("Ngày hẹn đã qua. Ghi hôm nay hoặc một ngày sau."),
    "reviews.unknown_finding": N_("Dòng này không còn trong danh sách. Mở lại danh sách."),
    "reviews.no_doors": N_("Không có hộ nào khớp bộ lọc. Chọn bản khác, hoặc bỏ lọc."),
    "reviews.closed": N_("Có dòng đã được đóng. Mở lại danh sách rồi chọn lại."),
    "sharing.nobody": N_("Chọn ít nhất một người để chia việc."),
    "sharing.unknown_person": N_("Người được giao không còn trong danh sách phân công. Chọn lại người."),
    "sharing.nothing": N_("Chưa chia việc cho ngày này. Chia và lưu trước, rồi in."),
}
