"""Sentences of the rules codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "rules.unknown": N_("Không có quy định này trong chương trình. Mở lại danh sách quy định."),
    "rules.changed_meanwhile": N_(
        "{who} vừa lưu một bản khác của quy định này lúc {when}. Mở lại quy định để xem bản đó, rồi sửa tiếp."
    ),
    "rules.too_long": N_("Quy định dài quá {most} chữ. Ghi gọn lại."),
    "rules.reason_missing": N_("Ghi vì sao sửa: số văn bản mới, hoặc ai đã đối chiếu."),
    "rules.bad_value": N_("Chưa đọc được giá trị này. Ghi một số, như 96 hoặc 37,5; nhiều số thì cách nhau bằng dấu ;"),
    "rules.unreadable": N_("Chưa đọc được quy định đã sửa ({where}). Sửa chỗ đó rồi lưu lại; quy định cũ vẫn còn."),
}
