"""Sentences about what was typed into a field, or given as a picture, and cannot be read."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "forms.bad_date": N_("Không đọc được ngày này. Ghi như 5/3/2022 hoặc 0503."),
    "forms.bad_birth": N_("Không đọc được ngày sinh. Ghi như 3/2/1955, hoặc riêng năm 1955."),
    "forms.bad_number": N_("Ghi một số, không có chữ."),
    "forms.bad_hour": N_("Ghi giờ như 7 hoặc 7:15."),
    "forms.bad_moment": N_("Không đọc được giờ này. Ghi như 7:15, hoặc 7:15 10/3."),
    "forms.text_long": N_("Có ô dài {count} chữ, nhiều nhất {most}. Rút gọn lại rồi lưu."),
    "forms.record_long": N_("Các ô ghi dài quá, không gửi lên huyện được. Rút gọn lại rồi lưu."),
    "forms.bad_choice": N_("Không có mục này trong danh sách. Chọn lại, hoặc xoá ô này."),
    "picture.unreadable": N_("Không đọc được tệp {name}. Chọn ảnh PNG, JPEG chụp thẻ, hay tệp PDF không đặt mật khẩu."),
    "picture.too_large": N_("Ảnh quá lớn. Chụp lại nhỏ hơn, hoặc cắt lấy phần mã QR."),
    "picture.no_code": N_("Không thấy mã QR trong ảnh. Chụp gần hơn, đủ sáng, mã nằm trọn trong ảnh."),
    "picture.several": N_("Ảnh có nhiều thẻ. Chụp riêng từng thẻ rồi đọc lại."),
}
