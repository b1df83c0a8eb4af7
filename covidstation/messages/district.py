"""Sentences of what the district tells and asks, and of people who move between stations."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "district.moved_away": N_(
        "{name} nay do {place} quản lý nên không ghi thêm ở đây được. Điều mới biết thì gọi {place}; "
        "những gì trạm đã ghi vẫn còn và vẫn được gửi đi."
    ),
    "district.unknown_item": N_("Không còn thấy mục này của huyện. Mở lại trang Từ huyện để xem các mục đang có."),
    "district.withdrawn": N_("Huyện đã rút mục này lại, không cần trả lời nữa."),
    "district.answer_missing": N_("Ghi câu trả lời rồi mới gửi được."),
    "district.answer_long": N_("Câu trả lời dài quá {most} chữ. Ghi gọn lại, hoặc gửi làm hai lần."),
    "district.reason_missing": N_("Ghi lý do, để người nhận hiểu."),
    "district.not_to_answer": N_("Mục này chỉ để biết, không cần trả lời."),
    "district.already_answered": N_("Trạm đã trả lời việc chuyển này rồi. Muốn đổi ý thì gọi huyện."),
    "district.place_missing": N_("Ghi tên trạm sẽ quản lý tiếp, ví dụ: Trạm Y tế xã Pa Tần."),
    "district.name_missing": N_("Ghi họ tên người cần chuyển về."),
    "district.move_waiting": N_("Đã xin chuyển {name} rồi, đang chờ huyện và trạm bên kia trả lời."),
    "district.not_enrolled": N_(
        "Trạm chưa ghép nối với huyện nên chưa xin chuyển được. Ghép nối ở trang Đồng bộ trước."
    ),
    "district.pack_unreadable": N_(
        "Chương trình ở trạm chưa đọc được quy định này ({where}), nên quy định cũ vẫn được dùng. "
        "Gọi huyện để gửi lại; có thể trạm cần cập nhật chương trình."
    ),
    "district.pack_family": N_("Không có nhóm quy định “{family}”. Các nhóm: {families}."),
    "district.pack_bad": N_("Chưa đọc được quy định này ({where}). Sửa tệp rồi gửi lại; chưa trạm nào nhận gì."),
    "district.pack_long": N_("Tệp quy định dài quá {most} chữ."),
    "district.pack_past": N_(
        "Quy định chỉ có hiệu lực từ hôm nay ({today}) trở đi, để không đổi các ca đã xử lý. Sửa valid_from."
    ),
    "district.pack_twice": N_("Đã gửi một quy định mang mã “{id}” rồi. Đặt mã khác cho bản mới."),
    "district.pack_id": N_("Mã quy định chỉ gồm chữ thường, số và dấu gạch ngang, không trùng mã có sẵn: “{id}”."),
    "district.target_measure": N_("Không có chỉ tiêu “{measure}”. Các chỉ tiêu: {measures}."),
    "district.target_days": N_("Ngày đầu của chỉ tiêu phải trước ngày cuối."),
    "district.target_value": N_("Chỉ tiêu là một số lớn hơn 0."),
    "district.text_missing": N_("Ghi đầu đề và nội dung trước khi gửi cho trạm."),
    "district.text_long": N_("Nội dung dài quá {most} chữ. Ghi gọn lại, hoặc gửi làm hai lần."),
    "district.which_record": N_("Không tìm thấy hồ sơ “{name}” ở {station}. Ghi mã hồ sơ, hoặc đúng họ tên."),
    "district.many_records": N_("Có {n} người tên “{name}” ở {station}. Ghi mã hồ sơ của một người: {ids}."),
    "district.field_unknown": N_("Mục “{field}” không sửa được từ huyện. Các mục: {fields}."),
    "district.field_value": N_("Giá trị của “{field}” không đúng dạng."),
    "district.same_station": N_("Hai trạm phải khác nhau."),
    "district.not_there": N_("{name} không do {station} quản lý lúc này, nên không chuyển từ đó được."),
    "district.move_open": N_("Đang chờ {station} trả lời việc nhận {name}."),
    "district.move_over": N_("Lần chuyển này đã xong, không đổi được nữa."),
    "district.deleted_there": N_("{station} đã huỷ hồ sơ của người này theo luật, nên không nhận lại được."),
    "op.former_owner": N_("Người này nay do trạm khác quản lý; huyện đã giữ và chuyển tiếp cho trạm đó."),
    "district.which_move": N_("Không tìm thấy lần xin chuyển này. Xem lại bằng lệnh move list."),
}
