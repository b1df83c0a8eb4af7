"""Sentences about newer versions of the program that come by stick."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "update.unreadable": N_("Không đọc được tệp {name} ({reason}). Cắm lại USB rồi thử lại; chưa có gì thay đổi."),
    "update.not_one": N_("{name} không phải là gói cập nhật của CovidStation. Chọn tệp có đuôi .csu."),
    "update.foreign": N_(
        "{name} không do nơi phát hành CovidStation ký nên không cài. Hỏi huyện xem tệp này từ đâu ra."
    ),
    "update.damaged": N_("{name} hỏng hoặc đã bị sửa nên không cài. Chép lại gói cập nhật từ huyện."),
    "update.other_platform": N_("{name} làm cho loại máy khác ({platform}). Xin huyện gói cho máy này ({here})."),
    "update.older": N_("Gói này là bản {version}, máy đang chạy bản {running}. Không cài bản cũ hoặc trùng bản."),
    "update.ratchet": N_("Máy này đã từng nhận bản {known}; bản {version} cũ hơn nên không cài."),
    "update.too_old_data": N_(
        "Bản {version} không nâng được sổ đời này (sổ đời {found}, bản mới nhận từ đời {oldest}). Cài bản ở giữa trước."
    ),
    "update.newer_data": N_(
        "Bản {version} không đọc được sổ của bản đang chạy (sổ đời {found}). Xin huyện gói cập nhật mới hơn."
    ),
    "update.no_home": N_(
        "Bản CovidStation này không chạy từ bộ cài có phần tự cập nhật. Cài bản mới bằng bộ cài; sổ không bị ảnh hưởng."
    ),
    "update.no_space": N_("Cần thêm {need} MB trống trên ổ đĩa để cập nhật (còn {free} MB). Xoá bớt tệp rồi làm lại."),
    "update.not_written": N_("Không ghi được bản mới vào {folder} ({reason}). Bản đang chạy và sổ còn nguyên."),
    "update.failed_test": N_(
        "Bản {version} chạy thử trên bản chép của sổ không đạt ({step}) nên không dùng. "
        "Máy vẫn chạy bản cũ, sổ còn nguyên. Báo cho huyện câu này."
    ),
}
