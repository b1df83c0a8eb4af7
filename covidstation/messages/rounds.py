"""Sentences of the rounds and alerts codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "rounds.checks_a_day": N_("Ghi từ 1 đến {most} lần đo mỗi ngày, hoặc chọn theo hướng dẫn."),
    "rounds.unreadable": N_("Không đọc được số này. Gõ lại."),
    "rounds.clock_unreadable": N_("Không đọc được giờ này. Gõ như 7:15 hoặc 0715."),
    "rounds.clock_missing": N_("Ghi giờ đo của ngày hôm đó, như 7:15."),
    "rounds.unknown_sign": N_("Không có dấu hiệu “{text}” trong danh mục. Gõ chữ đầu rồi chọn."),
    "rounds.temperature_impossible": N_("Nhiệt độ {value} không thể có, từ {from} đến {to}. Đọc lại nhiệt kế."),
    "rounds.temperature_unusual": N_("Nhiệt độ {value} hiếm gặp. Đo lại; nếu đúng thì cứ đi tiếp."),
    "rounds.spo2_impossible": N_("SpO2 {value} không thể có, từ {from} đến {to}. Đo lại, tay để yên."),
    "rounds.spo2_unusual": N_("SpO2 {value} rất thấp. Đo lại, tay để yên; nếu đúng thì cứ đi tiếp."),
    "rounds.pulse_impossible": N_("Mạch {value} không thể có, từ {from} đến {to}. Đếm lại."),
    "rounds.pulse_unusual": N_("Mạch {value} hiếm gặp. Đếm lại; nếu đúng thì cứ đi tiếp."),
    "rounds.breaths_impossible": N_("Nhịp thở {value} không thể có, từ {from} đến {to}. Đếm lại đủ một phút."),
    "rounds.breaths_unusual": N_("Nhịp thở {value} hiếm gặp. Đếm lại đủ một phút; nếu đúng thì cứ đi tiếp."),
    "rounds.systolic_impossible": N_("Huyết áp tối đa {value} không thể có, từ {from} đến {to}. Đo lại."),
    "rounds.systolic_unusual": N_("Huyết áp tối đa {value} hiếm gặp. Đo lại; nếu đúng thì cứ đi tiếp."),
    "rounds.diastolic_impossible": N_("Huyết áp tối thiểu {value} không thể có, từ {from} đến {to}. Đo lại."),
    "rounds.diastolic_unusual": N_("Huyết áp tối thiểu {value} hiếm gặp. Đo lại; nếu đúng thì cứ đi tiếp."),
    "rounds.pressure_half": N_("Huyết áp thiếu một số. Gõ cả hai, như 120/80."),
    "rounds.pressure_turned": N_("Số trước {high} phải lớn hơn số sau {low}. Gõ tối đa trước, như 120/80."),
    "rounds.future": N_("Lúc {clock} ngày {day} chưa tới. Xem lại giờ đo."),
    "rounds.after_death": N_("Người này đã mất ngày {died}, không thể đo ngày {day}. Xem lại ngày, hoặc người."),
    "rounds.before_illness": N_("Ngày {day} ở trước lúc mắc bệnh ({first}). Xem lại ngày."),
    "rounds.after_end": N_("Ca này đã kết thúc ngày {ended}. Nếu vẫn đo ngày {day} thì cứ đi tiếp."),
    "rounds.in_hospital": N_("Từ {since} người này ở nơi điều trị. Nếu vẫn gặp hoặc gọi được thì cứ đi tiếp."),
    "rounds.other_half_morning": N_("Đang ghi lượt sáng mà giờ đo là {clock}. Nếu đúng thì cứ đi tiếp."),
    "rounds.other_half_afternoon": N_("Đang ghi lượt chiều mà giờ đo là {clock}. Nếu đúng thì cứ đi tiếp."),
    "rounds.reason_missing": N_("Ghi vì sao không gặp được."),
    "rounds.empty": N_("Chưa đo gì. Gõ ít nhất một số, một dấu hiệu, hoặc bấm K nếu không gặp được."),
    "rounds.text_long": N_("Ô này có {count} chữ, nhiều nhất {most}. Ghi gọn lại."),
    "rounds.unknown_visit": N_("Không tìm thấy lần đo này. Mở lại trang của người bệnh."),
    "rounds.void_reason": N_("Ghi vì sao bỏ lần đo này."),
    "rounds.already_voided": N_("Lần đo này vừa được người khác sửa hoặc bỏ. Xem lại bảng rồi ghi tiếp."),
    "rounds.already_checked": N_(
        "{name} đã được {who} ghi lúc {when} trong lượt này. Xem lại bảng, rồi chọn có ghi thêm hay không."
    ),
    "alerts.unknown": N_("Không tìm thấy cảnh báo này. Mở lại trang."),
    "alerts.already_answered": N_("Cảnh báo này đã được {who} trả lời lúc {when}."),
    "alerts.note_missing": N_("Ghi đã làm gì, hoặc vì sao là ghi nhầm."),
}
