"""Sentences of sync over HTTP: what the district's server answers, and what a station's line may lack."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "http.bad_request": N_("Yêu cầu không đúng dạng ({what}). Cài bản mới của chương trình ở trạm rồi gửi lại."),
    "http.too_slow": N_("Đường truyền quá chậm nên gói chưa tới đủ. Phần đã tới vẫn giữ; chương trình sẽ gửi tiếp."),
    "http.in_pieces": N_("Gói lớn hơn {most} MB phải gửi từng phần. Cài bản mới của chương trình ở trạm rồi gửi lại."),
    "http.not_here": N_("Địa chỉ này không có ở máy của huyện. Xem lại địa chỉ trong giấy chứng nhận."),
    "http.wrong_type": N_("Nội dung gửi không phải gói dữ liệu. Cài bản mới của chương trình ở trạm rồi gửi lại."),
    "http.too_often": N_("Trạm gửi quá dày. Chương trình tự gửi lại sau ít phút, dữ liệu vẫn ở trong máy."),
    "http.no_room": N_("Máy của huyện tạm hết chỗ cho gói lớn. Chương trình tự gửi lại sau, dữ liệu vẫn ở trong máy."),
    "hub.tls_folder": N_("Không ghi được khoá của máy chủ vào {folder}. Kiểm tra quyền ghi và chỗ trống rồi chạy lại."),
    "http.failed": N_("Máy của huyện gặp lỗi khi trả lời. Chưa mất gì; gửi lại sau ít phút, lỗi đã được ghi lại."),
}
