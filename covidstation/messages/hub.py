"""Sentences of the district's program. `hub.X` stands in for `station.X` there (`covidstation.hub.cli`)."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "hub.not_set_up": N_("Máy này chưa có kho dữ liệu của huyện. Chạy “covidstation-hub init --name …” để lập."),
    "hub.already_set_up": N_("Thư mục {folder} đã có kho dữ liệu của huyện. Không lập đè lên; chọn thư mục khác."),
    "hub.name_missing": N_("Ghi tên đơn vị, ví dụ Trung tâm Y tế Mường Khương."),
    "hub.database_url": N_("--database phải là đường dẫn tệp, sqlite:///đường-dẫn hoặc postgresql://máy/kho."),
    "hub.database_away": N_(
        "Không tới được máy chủ PostgreSQL: {reason}. Lệnh vừa làm chưa chắc đã ghi. "
        "Xem máy chủ có đang chạy không rồi làm lại; làm lại hai lần cũng không sao."
    ),
    "hub.database_refused": N_(
        "Máy chủ PostgreSQL không cho vào: {reason}. Xem lại tên kho, tên và mật khẩu trong --database hoặc ~/.pgpass."
    ),
    "hub.database_foreign": N_(
        "Kho này trên máy chủ PostgreSQL đang chứa bảng của chương trình khác. Lập một kho trống rồi làm lại."
    ),
    "hub.backup_failed": N_(
        "Chưa sao lưu được vào {folder}: {reason}. Các bản trước vẫn còn nguyên. Chọn chỗ khác rồi làm lại."
    ),
    "hub.not_a_backup": N_("{name} không phải bản sao lưu của huyện. Chọn tệp có đuôi .chb."),
    "hub.backup_unreadable": N_("Không đọc được {name}: {reason}. Thử đọc ở máy khác, hoặc chọn bản sao lưu khác."),
    "hub.backup_damaged": N_("Bản sao lưu này hỏng hoặc bị sửa nên chưa lấy lại gì. Chọn bản sao lưu khác."),
    "hub.wrong_escrow": N_("Mã không mở được khoá dự phòng này. Xem lại mã trên tờ in cất trong két."),
    "hub.postgresql_missing": N_(
        "Bản cài này chưa có phần nối với PostgreSQL. Cài thêm bằng: pip install 'covidstation[hub]'"
    ),
    "hub.postgresql_old": N_("Máy chủ PostgreSQL này quá cũ ({found}). Cần bản {least} trở lên."),
    "hub.postgresql_unsafe": N_(
        "Máy chủ PostgreSQL đang tắt fsync hoặc full_page_writes: mất điện là mất dữ liệu đã nhận. Bật lại cả hai."
    ),
    "hub.postgresql_encoding": N_(
        "Kho trên máy chủ dùng bảng mã {found}. Lập kho khác với: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
    ),
    "hub.poison": N_(
        "Chương trình ở huyện vấp phải lỗi khi đọc gói này, nên giữ riêng và chưa ghi gì. Các gói khác vẫn nhận bình "
        "thường. Báo người phụ trách phần mềm ở huyện; dữ liệu vẫn còn ở trạm."
    ),
    "hub.busy": N_("Máy của huyện đang bận. Dữ liệu vẫn nằm an toàn ở nơi gửi; chờ một lát rồi làm lại."),
    "hub.newer_data": N_(
        "Kho dữ liệu do phiên bản mới hơn ghi (bản {found}, chương trình này đọc được đến bản {known}). "
        "Cài bản mới rồi mở lại."
    ),
    "hub.locked_by_other": N_("Kho dữ liệu đang bận ở một lệnh khác trên máy này. Chờ lệnh kia xong rồi làm lại."),
    "hub.damaged": N_(
        "Không đọc được kho dữ liệu: {reason}. Chưa thay đổi gì; hãy lấy lại từ bản sao lưu hoặc gọi tỉnh."
    ),
    "hub.disk_full": N_("Ổ đĩa đã đầy, chưa nhận gói này. Xoá bớt tệp khác trên máy rồi nhận lại."),
    "hub.nothing_to_import": N_("Không có gói nào của trạm gửi cho huyện trong {place}."),
    "hub.nothing_to_enrol": N_("Không có giấy xin ghép nối nào trong {place}."),
    "hub.nobody_enrolled": N_("Chưa ghép nối trạm nào nên chưa có gì để ghi. Chạy “enrol” trước."),
    "hub.audit_changed": N_(
        "Nhật ký truy cập của trạm đã bị sửa trong {known} dòng đầu. Dữ liệu vẫn nhận; cần về trạm kiểm tra máy."
    ),
    "hub.audit_shrunk": N_(
        "Nhật ký truy cập của trạm bị cắt: trước có {known} dòng, nay ít hơn. Dữ liệu vẫn nhận; cần về trạm xem máy."
    ),
    "hub.audit_unproven": N_(
        "Trạm không chỉ lại được nhật ký truy cập đã gửi ({known} dòng). Dữ liệu vẫn nhận; cần về trạm kiểm tra máy."
    ),
    "hub.audit_missing": N_(
        "Trạm thôi gửi nhật ký truy cập (trước có {known} dòng). Dữ liệu vẫn nhận; cần về trạm kiểm tra máy."
    ),
    "hub.which_station": N_("Không rõ trạm nào là “{name}”. Ghi đúng tên, mã xã hoặc mã trạm, một trong: {names}."),
    "hub.nothing_to_give": N_("{name} không thiếu gì mà huyện đang có, nên không có gì để trả lại."),
    "hub.compare": N_(
        "So tám từ với {name} qua điện thoại. Trùng thì chạy lại với --yes; không trùng thì đừng ghép nối."
    ),
    "enrol.same_commune": N_(
        "Xã mã {commune} đã ghép nối {names} bằng khoá khác. Hỏi lại trạm: nếu trạm đổi máy thì thêm "
        "--same-commune replace, nếu là điểm trạm khác của xã thì thêm --same-commune second."
    ),
    "enrol.which_station": N_(
        "Xã mã {commune} có nhiều trạm, không trạm nào tên {name}, nên không rõ thay máy cho trạm nào. "
        "Sửa tên trạm cho khớp rồi làm lại."
    ),
    "enrol.former_keys": N_(
        "Khoá trong giấy này của {name} đã được thay. Lấy giấy xin ghép nối mới từ máy trạm đang dùng."
    ),
    "bundle.fork": N_(
        "Gói của {name} (từ thay đổi số {line}) trái với những gì huyện đã nhận: có thể trạm chạy hai bản sổ hoặc "
        "đã lấy lại từ bản cũ. Gói được giữ riêng, chưa ghi vào; gọi trạm ngay để đối chiếu."
    ),
    "bundle.other_epoch": N_(
        "Gói của {name} thuộc một lần lập sổ mà huyện chưa cấp. Gói được giữ riêng, chưa ghi vào; "
        "cho trạm ghép nối lại rồi gửi lại."
    ),
    "bundle.former_keys": N_(
        "Gói của {name} ký bằng khoá của máy cũ, đã được thay. Gói được giữ riêng, chưa ghi vào; gọi trạm để đối chiếu."
    ),
    "bundle.rekeyed": N_(
        "Gói của {name} ký bằng khoá trước khi trạm đổi khoá. Gói được giữ riêng; những thay đổi trong gói trạm sẽ tự "
        "gửi lại bằng khoá mới, không mất gì."
    ),
    "rekey.former_keys": N_(
        "{name} xin đổi khoá, nhưng khoá bảo lãnh đã hết hiệu lực. Chưa đổi gì; cho trạm ghép nối lại và so tám từ."
    ),
    "rekey.older": N_("Giấy chứng nhận của {name} cũ hơn giấy trạm đang dùng. Không nhận; gọi trạm để hỏi."),
    "rekey.revoked": N_("Khoá của {name} đã bị thu hồi. Muốn dùng lại, cho trạm ghép nối lại và so tám từ."),
    "rekey.too_many": N_(
        "{name} đã xin đổi khoá quá nhiều lần mà chưa dùng khoá nào. Gọi trạm; không phải trạm xin thì thu hồi khoá."
    ),
    "http.words_first": N_(
        "Ghép nối lần đầu không qua mạng được: mang giấy xin ghép nối về huyện bằng USB để hai bên so tám từ."
    ),
    "hub.escrow_without_root": N_(
        "Tệp khoá dự phòng này chưa có khoá gốc nên không lập lại được đúng kho cũ. Còn bản sao lưu thì dùng restore; "
        "không còn thì init không kèm tệp này, rồi cho các trạm ghép nối lại."
    ),
    "hub.escrow_code_missing": N_("Tệp khoá dự phòng phải đi cùng mã của nó: thêm --escrow-code-file."),
    "hub.no_escrow_file": N_("Không đọc được tệp khoá dự phòng {file}. Lấy bản cất trong két."),
    "op.row_exists": N_("Mục này đã có ở huyện nên lần thêm thứ hai được giữ riêng."),
    "op.row_missing": N_("Huyện chưa có mục mà thay đổi này sửa, nên giữ riêng."),
    "op.row_deleted": N_("Mục này đã xoá trước đó, nên thay đổi được giữ riêng."),
    "op.base_differs": N_("Thay đổi này sửa một giá trị khác với giá trị huyện đang có, nên giữ riêng."),
    "op.field_type": N_("Thay đổi này có ô không đúng dạng, nên giữ riêng."),
    "op.stamp_twice": N_("Thay đổi này trùng dấu giờ với một thay đổi khác của trạm, nên giữ riêng."),
    "op.newer": N_("Thay đổi này do bản mới hơn của chương trình ghi; huyện giữ lại, chờ nâng cấp."),
}
