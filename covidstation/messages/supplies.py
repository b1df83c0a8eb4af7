"""Sentences about the store and its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "supplies.unknown": N_("Không còn thấy mặt hàng này trong kho. Mở lại trang Kho."),
    "supplies.no_lot": N_("Không còn thấy lô này trong kho. Mở lại trang Kho."),
    "supplies.item_missing": N_("Chọn mặt hàng trong danh sách, hoặc bỏ dòng này."),
    "supplies.whole_number": N_("Ghi số nguyên, không âm."),
    "supplies.units_missing": N_("Ghi số lượng."),
    "supplies.name_missing": N_("Ghi tên mặt hàng."),
    "supplies.unit_missing": N_("Ghi đơn vị nhỏ nhất khi phát: viên, gói, test…"),
    "supplies.atc": N_("Mã ATC {code} chưa đúng, ví dụ N02BE01. Sửa lại, hoặc để trống."),
    "supplies.same_item": N_("Kho đã có {name}. Mở mặt hàng đó để nhập thêm."),
    "supplies.quantity": N_("Ghi số lượng {name} là số nguyên, nhiều nhất {most}."),
    "supplies.day_missing": N_("Ghi ngày."),
    "supplies.day_future": N_("Ngày này ở sau hôm nay. Ghi khi việc đã xảy ra."),
    "supplies.day_long_ago": N_("Ngày này trước năm {year}. Xem lại năm."),
    "supplies.expired_already": N_(
        "Hạn {day} đã qua vào ngày nhập. Xem lại hộp thuốc; nếu đúng thì không nhận lô này."
    ),
    "supplies.expiry_far": N_("Hạn {day} quá xa. Xem lại năm in trên hộp."),
    "supplies.lot_expiry": N_("Lô {lot} đã có trong kho với hạn {day}. Xem lại số lô và hạn trên hộp."),
    "supplies.lot_there": N_("Mặt hàng này đã có lô {lot} cùng hạn. Xem lại số lô."),
    "supplies.lot_expired": N_("Lô này hết hạn ngày {day}, không phát được. Dùng “Huỷ” để đưa ra khỏi kho."),
    "supplies.not_expired": N_("Lô này chưa hết hạn vào ngày đó. Nếu hỏng, vỡ thì chọn “Hỏng, mất”."),
    "supplies.nothing": N_("Chưa có dòng nào. Thêm ít nhất một dòng."),
    "supplies.to_whom": N_("Ghi xuất cho ai, cho nơi nào."),
    "supplies.reason_missing": N_("Ghi lý do."),
    "supplies.reason_differs": N_("Có {count} lô lệch so với sổ. Ghi lý do chung cho các chỗ lệch."),
    "supplies.below_zero": N_(
        "{name}, lô {lot}: nếu ghi vậy thì cuối ngày {day} sổ thiếu {short} {unit}. Xem lại số lượng và ngày."
    ),
    "supplies.not_enough": N_(
        "{name}: kho còn {have} {unit}, cần {wanted}. Giảm số lượng, nhập thêm, hoặc chọn “nguồn khác”."
    ),
    "supplies.not_enough_then": N_(
        "{name}: từ ngày {day} kho chỉ có thể xuất {have} {unit}, cần {wanted}; phần còn lại đã xuất sau đó."
    ),
    "supplies.not_enough_expired": N_(
        "{name}: còn {have} {unit} dùng được, cần {wanted}. {expired} {unit} khác đã hết hạn, không phát được."
    ),
    "supplies.not_empty": N_("{name} còn {left} {unit} trong kho. Xuất, huỷ hoặc kiểm kê về 0 rồi mới ngừng dùng."),
    "supplies.linked": N_(
        "Dòng này do lần phát thuốc, xét nghiệm ghi. Thu lại ở trang của người đó thì kho tự trở lại."
    ),
    "supplies.span": N_("Chọn ngày đầu không sau ngày cuối, và ngày cuối không sau hôm nay."),
    "supplies.voided_already": N_("Dòng này đã được thu lại. Mở lại mặt hàng để xem."),
}
