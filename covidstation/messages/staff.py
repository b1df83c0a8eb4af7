"""Sentences about who is on duty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "staff.name_missing": N_("Ghi họ tên người phụ trách."),
    "staff.too_long": N_("Dài quá {most} chữ. Viết gọn lại."),
    "staff.ends_first": N_("Ngày thôi phụ trách trước ngày bắt đầu. Xem lại hai ngày."),
    "staff.unknown": N_("Không còn thấy dòng phân công này. Mở lại danh sách."),
    "staff.unknown_hamlet": N_("Không còn thấy thôn, bản này. Chọn lại."),
    "staff.part_of_what": N_("Chọn thôn, bản trước, rồi mới chọn một phần của thôn, bản đó."),
    "staff.house_number": N_("Số nhà trên đường đi từ 1 đến {most}."),
    "staff.houses_turned": N_("Số cuối nhỏ hơn số đầu. Xem lại hai số."),
    "staff.twice": N_("{name} đã phụ trách nơi này trong những ngày đó. Sửa dòng đang có."),
}
