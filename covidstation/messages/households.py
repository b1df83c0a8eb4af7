"""Sentences about households and who lives in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "households.day_missing": N_("Ghi ngày."),
    "households.day_future": N_("Ngày này ở sau hôm nay. Ghi khi việc đã xảy ra."),
    "households.before_birth": N_("{name} sinh {birth}, sau ngày này. Xem lại ngày."),
    "households.later_change": N_(
        "{name} đã có việc ghi ngày {day}, sau ngày này. Hoàn tác việc đó trước, rồi ghi lại theo thứ tự."
    ),
    "households.hamlet_missing": N_("Chọn thôn, bản."),
    "households.head_missing": N_("Chủ hộ {name} không còn ở đây. Chọn chủ hộ mới trong những người ở lại."),
    "households.new_head_missing": N_("Chọn ai trong những người này là chủ hộ mới."),
    "households.head_not_member": N_("Chủ hộ phải là người trong hộ. Chọn lại."),
    "households.birth_day": N_("Ghi đủ ngày, tháng, năm sinh của bé."),
    "households.empty_home": N_("Hộ này không còn ai ở. Thêm người lớn trước, rồi ghi bé mới sinh."),
    "households.target_missing": N_("Chọn hộ chuyển đến."),
    "households.who_missing": N_("Ghi họ tên, hoặc chọn người đã có trong sổ."),
    "households.nobody": N_("Chưa chọn ai. Chọn ít nhất một người."),
    "households.not_here": N_("{name} không còn ở xã theo sổ. Nếu đã về, dùng “Thêm người” của hộ."),
    "households.died": N_("{name} đã mất theo sổ. Xem lại có chọn nhầm người không."),
    "households.there_already": N_("{name} đang ở hộ {head} rồi. Bỏ chọn người này."),
    "households.lives_in": N_("{name} đang ở hộ {head}. Mở hộ đó rồi dùng “Chuyển hộ”: một người chỉ ở một hộ."),
    "households.same_hamlet": N_("Hộ đang ở thôn, bản này. Chọn nơi khác, hoặc dùng “Sửa hộ” nếu chỉ đổi địa chỉ."),
    "households.is_head": N_("{name} là chủ hộ, không có quan hệ với chính mình. Đổi chủ hộ trước."),
    "households.leaves_as_f0": N_(
        "{name} đang là F0. Kết thúc lần mắc, hoặc đề nghị trạm khác quản lý, rồi ghi chuyển đi."
    ),
    "households.dies_as_f0": N_("{name} đang là F0. Ghi tử vong ở mục kết quả của lần mắc: sổ này tự theo."),
    "households.hamlet_same": N_("Chọn một thôn, bản khác để nhập vào."),
    "households.hamlet_ended": N_("{name} đã thôi dùng rồi."),
    "households.hamlet_target": N_("Còn {people} người, {homes} hộ ở {name}. Chọn thôn, bản nhận các hộ này."),
    "households.undone_already": N_("Việc này đã được hoàn tác."),
    "households.undo_later": N_("Sau việc này {name} còn thay đổi nữa. Hoàn tác việc sau trước."),
    "households.undo_edited": N_("Nơi ở của {name} đã được sửa sau việc này. Ghi một việc mới cho đúng."),
}
