"""Sentences of what somebody takes day after day and of its handing-out."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "dispensing.medicine_missing": N_("Ghi tên thuốc."),
    "dispensing.amount": N_("Mỗi lần uống từ 0,01 đến {most} đơn vị. Xem lại liều."),
    "dispensing.times": N_("Số lần mỗi ngày từ 1 đến {most}. Xem lại liều."),
    "dispensing.same_substance": N_(
        "Người này đang uống {name}, cũng có hoạt chất {substance}. Hỏi lại người kê đơn. Nếu đúng thì lưu lại."
    ),
    "dispensing.before_birth": N_("Ngày {day} ở trước ngày sinh. Xem lại ngày, hoặc người."),
    "dispensing.change_early": N_("Liều cũ bắt đầu từ {day}. Ghi ngày đổi từ ngày đó trở đi."),
    "dispensing.end_early": N_("Thuốc này bắt đầu từ {day}. Ghi ngày ngừng từ ngày đó trở đi."),
    "dispensing.ended": N_("{name} đã ngừng từ {day}. Mở lại trang của người bệnh."),
    "dispensing.not_ended": N_("Thuốc này đang dùng, không cần dùng lại."),
    "dispensing.unknown": N_("Không tìm thấy thuốc này trong sổ. Mở lại trang của người bệnh."),
    "dispensing.died": N_("{name} đã mất. Không ghi thuốc cho người này nữa."),
    "dispensing.left": N_(
        "{name} đã chuyển đi theo sổ. Nếu đã về lại thì thêm vào hộ ở “Hộ, địa bàn” trước, rồi ghi thuốc."
    ),
    "dispensing.after_leaving": N_(
        "Theo sổ, {name} chuyển đi ngày {left}. Xem lại ngày cấp; nếu đã về lại thì thêm vào hộ ở “Hộ, địa bàn” trước."
    ),
    "dispensing.nothing": N_("Chọn ít nhất một thuốc để cấp."),
    "dispensing.twice": N_("Một thuốc được chọn hai lần. Bỏ bớt một dòng."),
    "dispensing.units": N_("Số lượng từ 1 đến {most}. Xem lại số lượng."),
    "dispensing.counted": N_("Số còn lại từ 0 đến {most}. Xem lại số đếm được."),
    "dispensing.days": N_("Số ngày cấp từ 1 đến {most}. Xem lại số ngày."),
    "dispensing.longer": N_(
        "{name}: cấp {days} ngày, quy định cho nhiều nhất {most} ngày ({rule}). Nếu đúng thì ghi lý do rồi lưu."
    ),
    "dispensing.early": N_("{name}: còn thuốc cho {left} ngày nữa, đến {until}. Nếu vẫn cấp thì ghi lý do rồi lưu."),
    "dispensing.before_start": N_("{name} bắt đầu uống từ {day}. Cấp từ ngày đó trở đi."),
    "dispensing.not_kept": N_("{name}: kho của trạm không giữ thuốc này. Chọn nguồn khác, hoặc chọn thuốc trong kho."),
    "dispensing.more_than_given": N_("{name}: đã cấp và chưa trả lại {given} {unit}. Xem lại số trả lại."),
    "dispensing.receiver_missing": N_("Ghi tên người nhận thay và quan hệ với người bệnh."),
    "dispensing.facility_missing": N_("Ghi nơi đã cấp thuốc."),
    "dispensing.why": N_("Ghi lý do cấp dài hơn hoặc sớm hơn."),
    "dispensing.why_back": N_("Ghi vì sao lấy lại."),
    "dispensing.taken_back": N_("Lần cấp này đã được lấy lại trước đó. Mở lại trang của người bệnh."),
    "dispensing.came_back": N_("{name}: sau lần cấp này đã có lần trả lại. Bấm “Ghi nhầm” ở lần trả lại trước."),
    "dispensing.nobody": N_("Không có ai trong danh sách này sắp hết thuốc. Chọn bản khác hoặc thêm ngày."),
}
