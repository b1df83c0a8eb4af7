"""Sentences of the contacts codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "contacts.source_missing": N_("Chọn F0 đã lây, hoặc ghi rõ là ai nếu F0 ở xã khác."),
    "contacts.with_oneself": N_("Một người không thể là F1 của chính mình. Chọn lại F0 hoặc chọn lại người."),
    "contacts.last_contact_missing": N_("Ghi ngày tiếp xúc lần cuối."),
    "contacts.future": N_("Ngày {day} ở sau hôm nay. Xem lại ngày."),
    "contacts.before_birth": N_("Ngày {day} ở trước ngày sinh ({birth}). Xem lại một trong hai ngày."),
    "contacts.before_infectious": N_(
        "Tiếp xúc lần cuối {day}, trước khi F0 có thể lây ({since}). Xem lại ngày; đúng thì giữ nguyên."
    ),
    "contacts.recovered_later": N_(
        "Ngày khỏi {day} ở sau lần tiếp xúc cuối ({last}). Chỉ ghi lần mắc trước khi tiếp xúc."
    ),
    "contacts.days": N_("Số ngày theo dõi là {count}; ghi từ 1 đến {most} ngày."),
    "contacts.no_rule": N_("Chưa có quy định cho F1 phát hiện ngày {day}. Xem lại ngày."),
    "contacts.member_unreadable": N_("Có số mũi hoặc ngày tiêm không đọc được. Sửa ô đó, hoặc bỏ đánh dấu người ấy."),
    "contacts.met_or_not": N_("Không gặp được thì không có thân nhiệt và triệu chứng. Xem lại ô Gặp được không."),
    "contacts.temperature_unreadable": N_("Không đọc được thân nhiệt. Ghi như 36,8 hoặc 368."),
    "contacts.nobody": N_("Chưa chọn ai. Đánh dấu ít nhất một người."),
    "contacts.unknown": N_("Không tìm thấy F1 này trong sổ. Mở lại danh sách F1."),
    "contacts.source_unknown": N_("Không tìm thấy F0 đã chọn trong sổ. Chọn lại F0."),
    "contacts.source_no_case": N_("F0 đã chọn được ghi là không phải ca bệnh. Chọn F0 khác."),
    "contacts.is_case": N_("{name} đang là F0, không ghi là F1 được. Mở trang của người đó để theo dõi."),
    "contacts.died": N_("{name} đã mất, không ghi là F1 được. Xem lại có đúng người không."),
    "contacts.twice": N_("{name} đã là F1 của ca này từ {day}. Sửa lần ghi đó thay vì ghi thêm."),
    "contacts.closed": N_("Việc theo dõi F1 này đã kết thúc. Mở lại trước khi ghi thêm."),
    "contacts.open": N_("F1 này còn đang theo dõi, không cần mở lại."),
    "contacts.became_case": N_("F1 này đã thành F0. Ghi tiếp ở trang F0 của người đó."),
    "contacts.reason_missing": N_("Ghi lý do."),
    "contacts.no_change": N_("Số ngày không đổi. Ghi số ngày mới, hoặc bấm Bỏ."),
    "contacts.end_future": N_("Ngày kết thúc {day} ở sau hôm nay. Xem lại ngày."),
    "contacts.end_early": N_("Ngày kết thúc {day} ở trước lần tiếp xúc cuối ({last}). Xem lại ngày."),
    "contacts.already_checked": N_(
        "{name} đã được {who} hỏi thăm lúc {when}. Xem lại, rồi chọn có ghi thêm lần nữa hay không."
    ),
    "contacts.test_positive": N_("{name} có xét nghiệm dương tính. Bấm Thành F0 thay vì kết thúc."),
    "contacts.test_day_missing": N_("Ghi ngày lấy mẫu."),
    "contacts.needs_positive": N_("Thành F0 thì cần một xét nghiệm dương tính. Xem lại kết quả."),
    "contacts.choose_person": N_("Chọn một người đã có trong sổ, hoặc ghi họ tên người mới."),
    "contacts.why_recovered": N_("khỏi COVID-19 ngày {day}, trong vòng {months} tháng trước khi tiếp xúc"),
    "contacts.why_doses": N_("đã tiêm {count} mũi, mũi cuối {day}, ít nhất {days} ngày trước khi tiếp xúc"),
    "contacts.why_doses_unknown": N_("chưa biết số mũi vắc xin nên tính như chưa tiêm đủ"),
    "contacts.why_few_doses": N_("đã tiêm {count} mũi, chưa đủ {full} mũi"),
    "contacts.why_dose_day_unknown": N_("đã tiêm {count} mũi nhưng chưa biết ngày mũi cuối nên tính như chưa tiêm đủ"),
    "contacts.why_dose_new": N_("mũi cuối {day} chưa đủ {days} ngày trước khi tiếp xúc"),
}
