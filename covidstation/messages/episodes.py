"""Sentences of the episodes codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "episodes.same_test": N_("Xét nghiệm này (cùng loại, ngày, kết quả và nơi) đã có trong sổ. Xem lại danh sách."),
    "episodes.report_missing": N_("Ghi ngày dương tính."),
    "episodes.future": N_("Ngày {day} ở sau hôm nay. Xem lại ngày."),
    "episodes.before_birth": N_("Ngày {day} ở trước ngày sinh ({birth}). Xem lại một trong hai ngày."),
    "episodes.onset_after_test": N_(
        "Khởi phát {onset} ở sau ngày lấy mẫu dương tính {test}. "
        "Nếu đúng là có triệu chứng sau xét nghiệm thì giữ nguyên."
    ),
    "episodes.no_positive_test": N_(
        "Ghi là F0 xác định nhưng chưa có xét nghiệm dương tính nào. Thêm xét nghiệm nếu có."
    ),
    "episodes.symptoms_said": N_(
        "Ghi là không triệu chứng nhưng đã có triệu chứng hoặc ngày khởi phát. Xem lại phân loại."
    ),
    "episodes.doses_negative": N_("Số mũi vắc xin không thể nhỏ hơn 0. Chưa tiêm thì ghi 0."),
    "episodes.doses_many": N_("Đã ghi {count} mũi vắc xin. Xem lại sổ tiêm."),
    "episodes.dose_day_without_dose": N_("Có ngày tiêm gần nhất nhưng số mũi là 0. Xem lại số mũi hoặc xoá ngày tiêm."),
    "episodes.isolation_days": N_("Số ngày cách ly là {count}; ghi từ 1 đến {most} ngày."),
    "episodes.isolation_ahead": N_("Cách ly bắt đầu từ {day}, còn quá một ngày nữa mới tới. Xem lại ngày."),
    "episodes.isolation_early": N_("Cách ly bắt đầu {start}, sớm hơn ngày lấy mẫu {test} nhiều ngày. Xem lại ngày."),
    "episodes.outcome_day_missing": N_("Ghi ngày khỏi bệnh hoặc ngày mất."),
    "episodes.outcome_missing": N_("Đã có ngày kết thúc nhưng chưa chọn kết quả. Chọn kết quả hoặc xoá ngày."),
    "episodes.test_after_death": N_("Người này đã mất ngày {died}, không thể lấy mẫu ngày {day}. Xem lại ngày."),
    "episodes.test_gone": N_("Xét nghiệm này vừa được người khác sửa. Xem lại danh sách rồi sửa tiếp."),
    "episodes.died": N_("{name} đã mất ngày {day}, không ghi lần mắc mới được. Xem lại có đúng người không."),
    "episodes.steps_after": N_("Giờ này sau bước kế tiếp ({after}). Xem lại giờ, hoặc sửa cả hai."),
    "episodes.outcome_early": N_("Ngày kết thúc {day} ở trước lúc bắt đầu bệnh ({start}). Xem lại ngày."),
    "episodes.end_differs": N_("Kết quả bệnh và lý do kết thúc cách ly không khớp nhau. Xem lại cả hai."),
    "episodes.steps_order": N_(
        "Giờ này sớm hơn bước trước ({before}). Thứ tự là: phát hiện, đề nghị, quyết định, báo cho người bệnh."
    ),
    "episodes.no_rule": N_("Chưa có quy định số ngày cách ly cho ngày {day}. Xem lại ngày dương tính."),
    "episodes.text_long": N_("Ô này có {count} chữ, nhiều nhất {most}. Ghi gọn lại."),
    "episodes.unknown": N_("Không tìm thấy lần mắc bệnh này trong sổ. Mở lại trang của người bệnh."),
}
