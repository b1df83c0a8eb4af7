"""Sentences about the store and its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_, _, count_text

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
    "supplies.lot_waits": N_(
        "Lô này đã ở ngoài khoảng nhiệt độ, chưa có quyết định, không xuất được. Quyết định ở trang Tủ lạnh trước."
    ),
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
    "supplies.linked_allotment": N_(
        "Dòng này nhập theo phiếu huyện cấp. Mở phiếu ấy ở Kho, mục “Chờ nhận”, và đếm lại; huyện cũng được biết."
    ),
    "supplies.span": N_("Chọn ngày đầu không sau ngày cuối, và ngày cuối không sau hôm nay."),
    "supplies.voided_already": N_("Dòng này đã được thu lại. Mở lại mặt hàng để xem."),
    "allotment.unknown": N_("Không còn thấy phiếu cấp phát này. Mở lại trang Kho."),
    "allotment.unreadable": N_(
        "Chương trình ở trạm chưa đọc được phiếu này. Xem ở trang Từ huyện, nhập hàng bằng nút “Nhập”, rồi gọi huyện."
    ),
    "allotment.withdrawn": N_(
        "Huyện đã rút phiếu này. Nếu hàng đã về thì nhập bằng nút “Nhập” và gọi huyện để ghi phiếu khác."
    ),
    "allotment.counted_already": N_("Phiếu này đã có người đếm và nhập kho rồi. Mở lại phiếu để xem; sai thì đếm lại."),
    "allotment.count_missing": N_("{name}: ghi số đếm được; không thấy thì ghi 0."),
    "allotment.reason_missing": N_("Có {count} dòng đếm khác phiếu. Ghi vì sao, để huyện biết."),
    "allotment.item_missing": N_("{name}: chọn mặt hàng của kho, hoặc bấm F4 để thêm mới."),
    "allotment.lines_all": N_("Phiếu có {count} dòng, đếm đủ từng dòng rồi mới nhập kho."),
    "allotment.expired": N_(
        "{name}: hạn {day} đã qua. Xem lại trên hộp; đúng vậy thì đánh dấu “Không nhập”, huyện sẽ nhận lại."
    ),
    "allotment.not_over": N_(
        "{name}: chưa quá hạn nên không đánh dấu “Không nhập”. Hộp hỏng, vỡ thì đừng đếm, ghi ở ô “Vì sao khác”."
    ),
    "allotment.other_unit": N_("{name}: phiếu ghi theo {unit}, kho ghi theo {kept}. Chọn mặt hàng khác hoặc thêm mới."),
    "allotment.document_missing": N_("Ghi số phiếu xuất kho."),
    "allotment.lines_many": N_("Một phiếu nhiều nhất {most} dòng. Tách làm hai phiếu."),
    "allotment.sent_expired": N_("{name}: hạn {day} đã qua, không cấp cho trạm được."),
    "allotment.no_station": N_("Chọn ít nhất một trạm nhận."),
    "allotment.document_twice": N_("{station} đã có phiếu số {number}. Ghi số khác, hoặc rút phiếu cũ trước."),
    "allotment.counted_there": N_(
        "{station} đã đếm và nhập kho phiếu này, không rút lại được. Gọi trạm để chuyển trả."
    ),
    "allotment.due_past": N_("Hạn đếm đã qua. Ghi một ngày từ hôm nay trở đi, hoặc để trống."),
    "allotment.columns": N_(
        "Dòng {line} có {n} cột. Ghi 4 cột (tên, số lô, hạn, số lượng) "
        "hoặc 7 cột (tên, hàm lượng, dạng, đơn vị, số lô, hạn, số lượng)."
    ),
    "allotment.not_common": N_("Dòng {line}: “{name}” chưa có trong danh mục thường dùng. Ghi đủ 7 cột, có đơn vị."),
    "allotment.bad_day": N_("Dòng {line}: hạn dùng “{day}” chưa đúng, ví dụ 31/12/2027 hoặc 12/2027."),
    "allotment.bad_units": N_("Dòng {line}: số lượng “{units}” chưa đúng, ghi số nguyên của đơn vị nhỏ nhất."),
    "allotment.file": N_("Không đọc được tệp {name}."),
}


def vials_text(doses: int, vial: int) -> str:
    """`9 lọ`; `9 lọ 4 liều` when one of them was begun."""
    whole, rest = divmod(doses, vial)
    if not rest:
        return _("{n} lọ").format(n=count_text(whole))
    if not whole:
        return _("{n} liều lẻ").format(n=rest)
    return _("{n} lọ {rest} liều").format(n=count_text(whole), rest=rest)
