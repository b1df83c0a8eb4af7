"""Sentences of the triage codes: what is refused, and the facts and gaps behind a risk class."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "triage.unknown_episode": N_("Không thấy lần mắc này trong sổ nữa. Mở lại trang của người bệnh."),
    "triage.no_table": N_("Chưa có bảng phân loại hoặc hướng dẫn cho ngày {day}. Xem lại ngày dương tính."),
    "triage.changed_meanwhile": N_("{who} vừa phân loại người này lúc {when}. Mở lại để xem, rồi sửa nếu cần."),
    "triage.reason_missing": N_("Ghi vì sao chọn nhóm khác với nhóm máy tính ra."),
    "triage.reason_long": N_("Lý do dài {count} chữ, quá {most}. Ghi gọn lại."),
    "triage.fact_disease": N_("Bệnh nền: {diseases}"),
    "triage.fact_no_disease": N_("Không ghi bệnh nền"),
    "triage.fact_age": N_("{age} tuổi"),
    "triage.fact_months": N_("{age} tháng tuổi"),
    "triage.fact_full": N_("Đã tiêm {doses} mũi, tính là đủ liều"),
    "triage.fact_no_dose": N_("Chưa tiêm mũi nào"),
    "triage.fact_few_doses": N_("Mới tiêm {doses} mũi, đủ liều là {full_doses}"),
    "triage.fact_late_dose": N_("Tiêm {doses} mũi nhưng mũi cuối chưa đủ {days} ngày"),
    "triage.fact_pregnant": N_("Đang có thai"),
    "triage.fact_postpartum": N_("Vừa sinh (trong {postpartum_days} ngày)"),
    "triage.fact_symptoms": N_("Có triệu chứng"),
    "triage.fact_spo2": N_("SpO2 {spo2} %"),
    "triage.missing_birth": N_("Chưa rõ ngày sinh: tính theo tuổi có nguy cơ cao nhất. Ghi năm sinh."),
    "triage.missing_year": N_("Ngày sinh chỉ biết {birth}: tính theo tuổi có nguy cơ cao hơn ({age} tuổi)."),
    "triage.missing_full": N_("Chưa rõ số mũi hoặc ngày mũi cuối: tính như chưa đủ liều. Hỏi lại sổ tiêm."),
    "triage.missing_full_yes": N_("Chưa rõ số mũi hoặc ngày mũi cuối: tính như đã đủ liều. Hỏi lại sổ tiêm."),
    "triage.missing_pregnant": N_("Chưa hỏi có thai không: tính như không. Nếu có thai thì nhóm khác đi."),
    "triage.missing_pregnant_yes": N_("Chưa hỏi có thai không: tính như có thai. Hỏi lại."),
    "triage.missing_postpartum": N_(
        "Chưa hỏi có sinh con trong {postpartum_days} ngày qua không: tính như không. Nếu có thì nhóm khác đi."
    ),
    "triage.missing_postpartum_yes": N_(
        "Chưa hỏi có sinh con trong {postpartum_days} ngày qua không: tính như có. Hỏi lại."
    ),
}
