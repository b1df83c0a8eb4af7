"""Sentences about chronic disease, its visits and calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "chronic.unknown": N_("Bệnh này không còn trong sổ. Mở lại trang của người bệnh."),
    "chronic.who_missing": N_("Chọn người đã có trong sổ. Người chưa có: thêm ở “Hộ, địa bàn” trước."),
    "chronic.code_missing": N_("Chọn bệnh, hoặc gõ mã ICD-10."),
    "chronic.code_shape": N_("“{code}” không giống mã ICD-10. Ví dụ: {example}."),
    "chronic.code_again": N_("Người này đang được theo dõi {code} rồi. Sửa dòng đã có."),
    "chronic.pressure_unreadable": N_("Huyết áp này không có. Gõ số trên, số dưới, như 145/90."),
    "chronic.nobody": N_("Danh sách này không có ai để in. Chọn danh sách khác, hoặc bỏ bớt bộ lọc."),
    "chronic.followed_already": N_("Người này đang được theo dõi {code} ở một dòng khác."),
    "chronic.label_missing": N_("{code} không có trong danh sách. Ghi tên bệnh."),
    "chronic.diagnosed_future": N_("Ngày chẩn đoán ở sau hôm nay. Xem lại."),
    "chronic.diagnosed_before_birth": N_("Người này sinh {birth}, sau ngày chẩn đoán. Xem lại."),
    "chronic.registered_future": N_("Ngày bắt đầu theo dõi ở sau hôm nay. Xem lại."),
    "chronic.registered_early": N_("Chẩn đoán {day}, sau ngày bắt đầu theo dõi. Xem lại."),
    "chronic.registered_before_birth": N_("Người này sinh {birth}, sau ngày bắt đầu theo dõi. Xem lại."),
    "chronic.target_systolic": N_("Đích huyết áp tối đa từ 90 đến 180. Gõ lại."),
    "chronic.target_diastolic": N_("Đích huyết áp tối thiểu từ 50 đến 110. Gõ lại."),
    "chronic.target_fasting": N_("Đích đường huyết đói từ 4 đến 15 mmol/L. Gõ lại."),
    "chronic.target_hba1c": N_("Đích HbA1c từ 5,5 đến 12 %. Gõ lại."),
    "chronic.target_half": N_("Đích huyết áp gồm hai số, như 140/90."),
    "chronic.target_turned": N_("Số trên của đích huyết áp phải lớn hơn số dưới."),
    "chronic.target_unreadable": N_("Không đọc được đích này. Gõ số, như 7,5."),
    "chronic.removed_why": N_("Ghi ngắn vì sao."),
    "chronic.visit_future": N_("Ngày {day} ở sau hôm nay. Ghi khi đã khám."),
    "chronic.visit_before_birth": N_("Ngày {day} ở trước ngày sinh ({birth}). Xem lại ngày."),
    "chronic.visit_after_death": N_(
        "Theo sổ, người này mất ngày {died}. Xem lại ngày, hoặc xem có chọn nhầm người không."
    ),
    "chronic.visit_after_leaving": N_(
        "Theo sổ, người này chuyển đi ngày {left}. Xem lại ngày; nếu đã về lại thì thêm vào hộ ở “Hộ, địa bàn” trước."
    ),
    "chronic.died": N_("{name} đã mất theo sổ, không ghi thêm vào sổ mạn tính. Xem lại có chọn nhầm người không."),
    "chronic.left": N_(
        "{name} đã chuyển đi theo sổ. Nếu đã về lại thì thêm vào hộ ở “Hộ, địa bàn” trước, rồi ghi ở đây."
    ),
    "chronic.visit_same_day": N_("Ngày {day} đã có một lần khám. Đúng là khám thêm lần nữa?"),
    "chronic.visit_empty": N_("Chưa ghi gì. Đo huyết áp, hoặc ghi một điều đã hỏi."),
    "chronic.visit_unknown": N_("Lần khám này không còn trong sổ. Mở lại trang của người bệnh."),
    "chronic.visit_voided": N_("Ai đó đã sửa hoặc huỷ lần khám này. Xem dòng mới nhất."),
    "chronic.void_why": N_("Ghi vì sao huỷ."),
    "chronic.too_young": N_("Người này chưa đến tuổi người cao tuổi. Vẫn ghi là khám định kỳ năm?"),
    "chronic.measure_impossible": N_("{value} không thể là số đo đúng (từ {from} đến {to}). Đo hoặc gõ lại."),
    "chronic.measure_unusual": N_("{value} hiếm gặp. Xem lại; nếu đúng thì lưu tiếp."),
    "chronic.measure_unreadable": N_("Không đọc được số này. Gõ số, như 62,5."),
    "chronic.weight_changed": N_("Lần trước {before}, lần này {value}. Nếu đúng thì lưu tiếp."),
    "chronic.glucose_unit": N_("{value} không giống một số đo. Có phải {other}? Nếu đúng, đổi đơn vị."),
    "chronic.glucose_unusual": N_("{value} rất hiếm và nguy hiểm. Đo lại; nếu đúng, xử trí ngay rồi lưu tiếp."),
    "chronic.glucose_impossible": N_("{value} không thể là đường huyết. Xem lại số và đơn vị."),
    "chronic.next_early": N_("Ngày hẹn {day} không ở sau ngày khám. Xem lại."),
    "chronic.next_far": N_("Ngày hẹn {day} xa hơn một năm. Nếu đúng thì lưu tiếp."),
    "chronic.next_missing": N_("Chưa hẹn khám lại. Không có ngày hẹn thì máy không nhắc được; vẫn lưu?"),
    "chronic.referred_why": N_("Ghi lý do chuyển."),
    "chronic.referred_where": N_("Ghi chuyển đến đâu."),
    "chronic.call_agreed_day": N_("Ghi ngày người bệnh hẹn đến."),
    "chronic.call_later_day": N_("Ghi ngày gọi lại."),
    "chronic.call_past": N_("Ngày {day} đã qua. Ghi một ngày từ hôm nay."),
    "chronic.call_far": N_("Ngày {day} quá xa. Xem lại."),
}
