"""Sentences about users, their passphrases and the keys of the register."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "station.in_use": N_("Sổ còn đang mở ở một cửa sổ hoặc một lệnh khác trên máy này. Đóng chỗ kia rồi làm lại."),
    "station.being_replaced": N_("Sổ đang được đổi khoá hoặc lấy lại ở một cửa sổ khác. Đợi xong rồi mở lại."),
    "station.not_replaced": N_("Chưa đặt được tệp sổ mới vào chỗ: {reason}. Sổ cũ còn nguyên; hãy làm lại."),
    "keys.wait": N_("Đã gõ sai nhiều lần nên phải đợi {wait} rồi mới thử tiếp. Sổ không hỏng, không mất gì."),
    "keys.replaced": N_(
        "Mật khẩu (hoặc mã) này đã được thay bằng cái mới nên không mở sổ được nữa. Dùng cái mới. Nếu cái mới cũng "
        "không mở được, tệp keys.json đã bị thay bằng tệp cũ: gọi huyện trước khi làm gì tiếp, sổ chưa mất gì."
    ),
    "keys.choose_own": N_(
        "Mật khẩu của {name} là mật khẩu dùng một lần. Mở cửa sổ chương trình để đặt mật khẩu của riêng mình, hoặc "
        "dùng “covidstation users passphrase”."
    ),
    "keys.same_again": N_("Mật khẩu này người khác đã thấy. Hãy nghĩ một mật khẩu khác, chỉ mình biết."),
    "keys.user_disabled": N_("{name} không còn mở được sổ này. Nếu là nhầm, nhờ người đứng đầu trạm cho phép lại."),
    "keys.passphrase_common": N_("Mật khẩu này nhiều người dùng nên rất dễ bị đoán. Thử một câu ngắn của riêng mình."),
    "keys.passphrase_number": N_(
        "Mật khẩu này giống số điện thoại, ngày sinh hoặc số thẻ nên dễ bị đoán. Thử một câu ngắn của riêng mình."
    ),
    "keys.passphrase_name": N_(
        "Mật khẩu này là tên người dùng hoặc tên trạm nên dễ bị đoán. Thử một câu ngắn của riêng mình."
    ),
    "keys.no_own": N_("Đang mở sổ bằng mã khôi phục nên không có mật khẩu để đổi. Khoá sổ, rồi mở bằng tên mình."),
    "keys.no_escrow": N_("Sổ này chưa ghép nối với huyện nên khoá của huyện không mở được. Dùng mã khôi phục."),
    "keys.wrong_escrow": N_("Khoá này không phải của huyện mà trạm đã ghép nối. Xem lại tệp khoá."),
    "keys.escrow_file": N_("Không đọc được khoá của huyện trong {file}. Xem lại tệp và mã của tệp."),
    "keys.not_ready": N_(
        "Chưa đổi được khoá của sổ: {names} chưa có khoá kiểu mới. Nhờ mở sổ một lần, hoặc cấp lại mật khẩu (với mã "
        "khôi phục: in mã mới); sau đó máy tự đổi."
    ),
    "users.unknown": N_("Không còn thấy người dùng này. Mở lại danh sách."),
    "users.name_missing": N_("Ghi tên người dùng."),
    "users.name_long": N_("Tên dài quá {most} chữ. Viết gọn lại."),
    "users.name_taken": N_("Đã có người dùng tên {name}. Thêm chữ đệm hoặc chức danh để phân biệt."),
    "users.role_missing": N_("Chọn vai trò."),
    "users.last_head": N_("Đây là người đứng đầu trạm duy nhất. Giao vai trò ấy cho một người khác trước đã."),
    "users.not_self": N_("Không tự làm việc này với tên của mình. Nhờ một người đứng đầu trạm khác."),
    "users.too_many": N_("Đã có {most} người dùng. Cho nghỉ những người không còn làm rồi thêm."),
}
