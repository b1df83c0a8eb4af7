"""Sentences of the files for other programs: FHIR, and the CSV of five parts."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "exports.day_missing": N_("Ghi ngày này theo dạng ngày/tháng/năm."),
    "exports.order": N_("Ngày cuối ({last}) ở trước ngày đầu ({first}). Xem lại hai ngày."),
    "exports.future": N_("Ngày {day} chưa đến. Chọn ngày hôm nay hoặc ngày trước."),
    "exports.long": N_("Một lần lấy được nhiều nhất {most} ngày. Chia ra làm nhiều lần."),
    "exports.receiver_missing": N_("Ghi tệp này đưa cho ai."),
    "exports.disk_full": N_("Ổ đĩa đầy nên chưa ghi được {name}. Dọn bớt hoặc chọn ổ khác, rồi làm lại."),
}
