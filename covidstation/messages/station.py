"""Sentences about the station itself: its data folder, keys, users, settings."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "station.not_set_up": N_("Máy này chưa có sổ của trạm. Chạy “covidstation init …” hoặc mở cửa sổ để lập sổ."),
    "station.already_set_up": N_("Thư mục {folder} đã có sổ của trạm. Không lập đè lên; chọn thư mục khác."),
    "station.locked_by_other": N_(
        "Sổ ở thư mục {folder} đang mở ở một cửa sổ khác trên máy này. "
        "Bấm Alt+Tab để sang cửa sổ đó làm tiếp; hoặc đóng nó rồi bấm Thử lại."
    ),
    "station.no_folder": N_("{folder} không phải là thư mục. Chọn thư mục khác cho dữ liệu của trạm."),
    "station.read_only": N_("Không ghi được vào thư mục {folder}. Xem lại quyền của thư mục hoặc khoá ghi của ổ đĩa."),
    "station.register_missing": N_(
        "Thư mục {folder} từng có sổ (còn tệp khoá hoặc bản sao lưu) nhưng tệp sổ không còn. "
        "Không lập sổ mới đè lên; hãy chép lại register.db hoặc lấy lại từ bản sao lưu."
    ),
    "station.newer_data": N_(
        "Sổ này do phiên bản mới hơn ghi (bản {found}, ở đây đọc được đến bản {known}). Cài bản mới rồi mở lại."
    ),
    "station.damaged": N_(
        "Chưa đọc được tệp sổ; dữ liệu được giữ nguyên. Lấy lại sổ từ bản sao lưu, hoặc gọi huyện và đọc dòng này: "
        "{reason}."
    ),
    "station.old_sqlite": N_("Thư viện cơ sở dữ liệu trên máy này quá cũ ({found}). Cài lại chương trình."),
    "station.disk_full": N_(
        "Ổ đĩa đã đầy, chưa ghi được. Xoá bớt tệp khác trên máy rồi ghi lại; những gì đã gõ còn nguyên."
    ),
    "station.disk_full_reserve": N_(
        "Ổ đĩa đã đầy nên chưa ghi được. Chương trình vừa nhường 16 MB để dành: bấm ghi lại lần nữa, "
        "rồi xoá bớt tệp khác trên máy ngay hôm nay. Những gì đã gõ còn nguyên."
    ),
    "station.not_saved": N_(
        "Ổ đĩa báo lỗi lúc ghi nên việc vừa rồi chưa vào sổ. Những gì đã gõ còn nguyên; hãy ghi lại. "
        "Nếu vẫn báo như vậy, ghi USB gửi huyện rồi gọi hỗ trợ: ổ đĩa có thể sắp hỏng."
    ),
    "station.upgrade_failed": N_(
        "Ổ đĩa báo lỗi khi đưa sổ lên bản mới nên dừng lại; sổ vẫn nguyên như trước. Mở lại để thử lần nữa; "
        "nếu vẫn báo như vậy, chép thư mục dữ liệu ra USB rồi gọi hỗ trợ."
    ),
    "station.save_unknown": N_(
        "Ổ đĩa báo lỗi đúng lúc ghi, chưa rõ việc vừa rồi đã vào sổ hay chưa. Tìm lại trong danh sách trước khi "
        "ghi lần nữa, kẻo bị ghi hai lần; những gì đã gõ còn nguyên."
    ),
    "station.file_replaced": N_(
        "Tệp sổ vừa bị thay bằng một tệp khác khi đang mở (thường do phần mềm đồng bộ hoặc ai đó chép đè). "
        "Chưa ghi gì thêm. Đóng chương trình rồi mở lại để soát sổ; đừng xoá tệp nào."
    ),
    "station.busy": N_("Sổ đang bận ghi. Đợi một lát rồi làm lại."),
    "station.unknown_commune": N_("Không có xã mã {code} trong bảng đơn vị hành chính."),
    "station.backup_failed": N_(
        "Bản sao lưu vừa ghi đọc lại không khớp nên đã bỏ; các bản cũ còn nguyên. Hãy thử lại."
    ),
    "station.backup_place": N_("Không ghi được bản sao lưu vào {folder}: {reason}. Sổ và các bản cũ còn nguyên."),
    "station.backup_room": N_(
        "Ổ đĩa còn {free} MB, cần {needed} MB để sao lưu. Sổ còn nguyên; xoá bớt tệp khác trên máy rồi làm lại."
    ),
    "station.no_copy": N_("Chưa có bản sao lưu nào. Bấm “Sao lưu ngay” trước."),
    "station.copy_damaged": N_("Bản sao {name} đã hỏng nên không dùng. Chọn bản khác; các bản kia còn nguyên."),
    "station.copy_other_key": N_(
        "Bản sao {name} còn nguyên nhưng khoá bằng khoá cũ, trước lần đổi khoá gần nhất. Bấm “Sao lưu ngay”."
    ),
    "station.copy_foreign": N_(
        "Bản sao này là của sổ khác ({station}), không phải bản cũ của sổ đang có trên máy, nên không chép đè. "
        "Muốn xem nó, mở chương trình với một thư mục dữ liệu khác."
    ),
    "station.restore_head": N_(
        "Sổ đang có trên máy chưa hẳn đã hỏng: có thể vẫn mở được. Muốn thay nó, gõ mật khẩu hiện nay "
        "của người đứng đầu trạm, hoặc mã khôi phục của sổ đang có."
    ),
    "station.copy_room": N_(
        "Ổ đĩa còn {free} MB, cần {needed} MB để lấy lại sổ mà vẫn giữ bản đang có. Xoá bớt tệp khác rồi làm lại."
    ),
    "station.nothing_left": N_("Thư mục {folder} không còn tệp nào của sổ để chép."),
    "station.only_reading": N_("Sổ đang mở để xem, không ghi được. Đóng lại, xử lý ổ đĩa rồi mở như thường ngày."),
    "station.copy_unread": N_("Không đọc được bản sao {name}: {reason}. Chọn bản khác hoặc cắm lại USB."),
    "station.user_name_missing": N_("Ghi tên người dùng đầu tiên."),
    "keys.unknown_user": N_("Không có người dùng tên {name}."),
    "places.hamlet_exists": N_("Xã đã có {name}."),
    "places.name_needed": N_("Ghi tên, nhiều nhất 100 chữ."),
    "people.unknown_person": N_("Không còn thấy người này trong sổ. Tìm lại rồi mở."),
    "people.no_household": N_("Người này chưa thuộc hộ nào. Chọn hộ trước."),
    "episodes.already_open": N_("{name} đang là F0, chưa kết thúc. Ghi kết quả lần đó trước, rồi mới ghi lần mắc mới."),
    "episodes.unknown": N_("Không còn thấy lần mắc này trong sổ."),
    "station.has_problems": N_("Còn chỗ chưa đúng; xem câu ghi bên cạnh mỗi ô. Chưa ghi gì vào sổ."),
    "station.name_missing": N_("Ghi tên trạm."),
    "station.commune_code_missing": N_("Chọn xã của trạm."),
    "station.place_name_missing": N_("Ghi địa danh dùng trên văn bản, ví dụ Nậm Tăm."),
    "station.head_name_missing": N_("Chưa có tên người đứng đầu trạm; giấy xác nhận sẽ thiếu tên người ký."),
    "station.chairman_name_missing": N_("Chưa có tên Chủ tịch UBND xã; quyết định sẽ thiếu tên người ký."),
    "station.text_too_long": N_("Dài quá {most} chữ. Viết gọn lại."),
    "keys.wrong_passphrase": N_("Mật khẩu không đúng. Thử lại, hoặc dùng mã khôi phục in lúc lập sổ."),
    "keys.passphrase_short": N_("Mật khẩu cần ít nhất {least} ký tự. Một câu ngắn dễ nhớ là tốt nhất."),
    "keys.damaged": N_("Tệp khoá keys.json hỏng hoặc thiếu. Chép lại từ bản sao lưu; sổ chưa bị thay đổi."),
    "keys.wrap_damaged": N_(
        "Không mở được: phần khoá này trong tệp keys.json đã hỏng, gõ đúng cũng không mở. Mở bằng tên người khác hoặc "
        "mã khôi phục rồi đặt lại mật khẩu, hoặc lấy lại từ bản sao lưu. Sổ không mất gì."
    ),
    "keys.code_garbled": N_("Mã khôi phục gõ chưa đúng: nhóm {group} sai. Xem lại tờ giấy đã in."),
    "keys.passphrase_file": N_("Không đọc được tệp mật khẩu {file}."),
    "keys.passphrases_differ": N_("Hai lần gõ mật khẩu không giống nhau."),
    "keys.group_differs": N_("Không giống nhóm {group} của mã. Xem lại tờ giấy."),
    "station.province_missing": N_("Chọn tỉnh."),
    "station.training_people": N_("Ghi số người từ 10 đến 100000."),
    "keys.no_passphrase": N_("Chưa có mật khẩu. Thêm --passphrase-file TỆP."),
    "station.unknown_setting": N_("Không có mục cài đặt tên “{key}”."),
    "station.bad_setting": N_("“{value}” không hợp với mục cài đặt “{key}”."),
}
