"""Sentences about where the register lies, how much room is left, and the clock."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "place.cloud": N_(
        "Sổ đang nằm trong thư mục {cloud}: phần mềm đồng bộ có thể chép đè làm hỏng sổ. Đóng chương trình, "
        "chuyển thư mục dữ liệu sang ổ cứng của máy."
    ),
    "place.network": N_(
        "Sổ đang nằm trên ổ mạng: đứt mạng giữa lúc ghi có thể làm hỏng sổ. Chuyển thư mục dữ liệu sang ổ cứng của máy."
    ),
    "place.stick": N_("Sổ đang nằm trên USB: rút ra lúc đang mở là mất việc vừa ghi. Nên chuyển sang ổ cứng của máy."),
    "place.cloud_founding": N_(
        "Không lập sổ trong thư mục {cloud}: phần mềm đồng bộ chép từng tệp đi và về, sổ sẽ hỏng. "
        "Chọn một thư mục trên ổ cứng của máy này."
    ),
    "place.network_founding": N_(
        "Không lập sổ trên ổ mạng: đứt mạng giữa lúc ghi là hỏng sổ. Chọn một thư mục trên ổ cứng của máy này."
    ),
    "space.little": N_("Ổ đĩa chỉ còn {free} MB. Xoá bớt tệp không cần trên máy trong tuần này."),
    "space.least": N_("Ổ đĩa chỉ còn {free} MB, sắp không ghi được nữa. Xoá bớt tệp trên máy ngay hôm nay."),
    "backup.drill": N_(
        "Hơn một tháng chưa thử mở bản sao lưu nào. Vào Cài đặt, mục Sao lưu, bấm “Thử mở bản mới nhất”."
    ),
    "clock.early": N_(
        "Đồng hồ máy chỉ {now}, trước cả ngày làm ra chương trình này. Chỉnh ngày giờ của máy trước khi in giấy."
    ),
    "clock.behind": N_(
        "Đồng hồ máy chỉ {now}, nhưng sổ đã có việc ghi lúc {newest}. Chỉnh lại ngày giờ của máy; không có gì bị mất."
    ),
    "clock.ahead": N_(
        "Đồng hồ máy chỉ {now}, việc ghi trước đó là {newest}. Nếu máy sai giờ, chỉnh lại trước khi in giấy."
    ),
}
