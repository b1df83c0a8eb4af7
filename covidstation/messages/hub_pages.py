"""Sentences of the hub's pages: signing in, users, what a page was asked and could not do."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "hub_user.wrong": N_(
        "Tên đăng nhập hoặc mật khẩu chưa đúng. Gõ lại; quên mật khẩu thì nhờ người quản trị cấp lại."
    ),
    "hub_user.wait": N_("Đã gõ sai nhiều lần nên phải đợi {seconds} giây rồi mới thử tiếp. Không mất gì."),
    "hub_user.busy": N_("Máy chủ đang bận nhiều người đăng nhập. Đợi vài giây rồi bấm lại."),
    "hub_user.one_time_old": N_("Mật khẩu dùng một lần này đã quá hạn. Nhờ người quản trị cấp mật khẩu khác."),
    "hub_user.wrong_old": N_("Mật khẩu đang dùng chưa đúng. Gõ lại; chưa đổi gì."),
    "hub_user.differ": N_("Hai lần gõ mật khẩu mới không giống nhau. Gõ lại cả hai ô."),
    "hub_user.passphrase_long": N_("Mật khẩu dài quá {most} chữ. Chọn câu ngắn hơn."),
    "hub_user.login_shape": N_(
        "Tên đăng nhập gồm 2 đến 40 chữ thường không dấu, chữ số, dấu chấm, gạch; ví dụ lo.thi.hoa."
    ),
    "hub_user.login_taken": N_("Đã có người dùng tên đăng nhập {login}. Chọn tên khác, ví dụ thêm số."),
    "hub_user.role_missing": N_("Chọn vai trò cho người dùng."),
    "hub_user.not_self": N_("Không tự làm việc này với tên của mình. Nhờ một người quản trị khác."),
    "hub_user.last_admin": N_("Đây là người quản trị duy nhất còn dùng. Giao vai trò ấy cho một người khác trước đã."),
    "hub_user.too_many": N_("Đã có {most} người dùng. Cho nghỉ những người không còn làm rồi thêm."),
    "hub_page.form_old": N_("Trang này mở đã lâu hoặc phiên làm việc đã đổi nên chưa ghi gì. Xem lại rồi bấm lần nữa."),
    "hub_page.no_right": N_("Vai trò của anh chị không gồm việc này. Nếu cần, nhờ người quản trị đổi vai trò."),
    "hub_page.not_found": N_("Không có trang này, hoặc mục ấy không còn. Quay về Tổng quan."),
    "hub_page.elsewhere": N_("Yêu cầu đến từ một trang khác nên không làm. Mở trang của huyện rồi làm ở đó."),
    "hub_page.too_large": N_("Gửi lên một lần nhiều quá ({most} MB). Chia làm vài lần, đã gửi rồi thì không gửi lại."),
    "hub_page.broken_form": N_("Dữ liệu gửi lên bị đứt giữa chừng nên chưa ghi gì. Gửi lại."),
    "hub_page.trouble": N_("Máy chủ gặp lỗi ở trang này, đã ghi vào nhật ký lỗi. Dữ liệu không đổi; thử lại sau."),
    "hub_page.no_files": N_("Chưa chọn tệp nào. Chọn các tệp .csb trên USB rồi gửi."),
    "hub_page.not_compared": N_("Đánh dấu đã so đủ tám từ với trạm qua điện thoại rồi mới ghép nối."),
    "hub_page.choose_same": N_("Xã này đã có trạm. Chọn: trạm đổi máy, hay là điểm trạm khác của xã."),
    "hub_page.reason_missing": N_("Ghi lý do trong một câu ngắn."),
    "hub_page.choice_missing": N_("Chọn một trong hai giá trị, rồi ghi vì sao."),
    "hub_page.day": N_("Ngày ghi chưa đúng. Chọn lại ngày."),
    "hub_page.nothing_changed": N_("Chưa đổi ô nào. Ghi giá trị mới vào ô sai rồi gửi."),
    "hub_page.changed_since": N_(
        "“{field}” đã đổi từ lúc mở trang này, nên chưa ghi gì. Mở lại hồ sơ, xem giá trị mới rồi sửa nếu vẫn cần."
    ),
    "hub_page.clear_or_type": N_("{field}: gõ số mới, hoặc đánh dấu xoá, một trong hai."),
    "hub_page.unit_unknown": N_("Không có xã nào tên “{name}” hôm nay. Gõ tên xã, có thể kèm tên huyện hoặc tỉnh."),
    "hub_page.unit_many": N_("Có nhiều xã như “{name}”: {names}. Gõ thêm tên tỉnh."),
    "hub_page.stays_missing": N_("Chọn hồ sơ ở lại, rồi ghi vì sao."),
    "hub_page.records_changed": N_("Một trong hai hồ sơ đã đổi từ lúc mở trang. Xem lại rồi gộp."),
    "hub_page.number": N_("Ghi chỉ tiêu bằng số, từ 1 trở lên."),
    "hub_page.period": N_("Chọn ngày đầu không sau ngày cuối, và không quá {most} ngày."),
    "hub_page.search_short": N_("Gõ ít nhất 2 chữ của tên, hoặc 4 số cuối của giấy tờ, điện thoại."),
    "hub_revoke.already": N_("{name} đã bị thu hồi từ trước."),
}
