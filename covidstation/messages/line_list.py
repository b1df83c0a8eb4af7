"""Sentences of the line list after a mass test."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "line_list.hamlet": N_("Chưa có bản “{name}” trong sổ. Ghi lại tên, hoặc thêm bản trong Cài đặt."),
    "line_list.hamlet_missing": N_("Chưa biết ở bản nào. Ghi bản, hoặc chọn bản chung ở trên."),
    "line_list.lost_zero": N_("Số CCCD thiếu một chữ số: bảng tính hay bỏ số 0 ở đầu. Có phải {number}?"),
    "line_list.sex": N_("Không đọc được giới “{text}”. Ghi nam hoặc nữ."),
    "line_list.result": N_("Không đọc được kết quả “{text}”. Ghi dương hoặc âm."),
    "line_list.known": N_("Đã có trong sổ: {person}."),
    "line_list.is_f0": N_("Đang là F0: chỉ ghi thêm xét nghiệm này vào lần mắc từ {day}."),
    "line_list.is_f1": N_("Đang là F1: dương tính thì chuyển thành F0, âm tính thì ghi vào theo dõi F1."),
    "line_list.died": N_("{person} đã mất ngày {day} theo sổ. Xem lại số giấy tờ."),
    "line_list.similar": N_("Có thể là {person} trong sổ. Chọn đúng người này, hay là người khác."),
    "line_list.twice_number": N_("Trùng số giấy tờ với dòng {row}. Xoá một dòng hoặc sửa số."),
    "line_list.twice_name": N_("Trùng tên và năm sinh với dòng {row}. Nếu là hai người thì chọn “Là người khác”."),
    "line_list.same_test": N_("Xét nghiệm cùng loại, cùng ngày, cùng kết quả này đã có trong sổ."),
    "line_list.day_missing": N_("Ghi ngày lấy mẫu chung cho cả bảng."),
    "line_list.found_later": N_("Giờ phát hiện {when} ở sau lúc này. Xem lại giờ, hoặc xoá ô này."),
    "line_list.nothing": N_("Chưa có dòng nào đủ để ghi. Sửa các ô màu đỏ trước."),
    "line_list.changed": N_("Dòng {row} không còn như lúc kiểm tra. Xem lại rồi ghi lần nữa; chưa dòng nào được ghi."),
    "line_list.full": N_("Bảng nhiều nhất {most} dòng. Ghi những dòng đang có rồi nhập tiếp."),
}
