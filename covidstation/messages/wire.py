"""Sentences of sync over HTTP: what the district's server answers, and what a station's line may lack."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "http.bad_request": N_("Yêu cầu không đúng dạng ({what}). Cài bản mới của chương trình ở trạm rồi gửi lại."),
    "http.too_slow": N_("Đường truyền quá chậm nên gói chưa tới đủ. Phần đã tới vẫn giữ; chương trình sẽ gửi tiếp."),
    "http.in_pieces": N_("Gói lớn hơn {most} MB phải gửi từng phần. Cài bản mới của chương trình ở trạm rồi gửi lại."),
    "http.not_here": N_("Địa chỉ này không có ở máy của huyện. Xem lại địa chỉ trong giấy chứng nhận."),
    "http.wrong_type": N_("Nội dung gửi không phải gói dữ liệu. Cài bản mới của chương trình ở trạm rồi gửi lại."),
    "http.too_often": N_("Trạm gửi quá dày. Chương trình tự gửi lại sau ít phút, dữ liệu vẫn ở trong máy."),
    "http.no_room": N_("Máy của huyện tạm hết chỗ cho gói lớn. Chương trình tự gửi lại sau, dữ liệu vẫn ở trong máy."),
    "hub.url_bad": N_(
        "“{url}” không dùng được làm địa chỉ cho trạm. Ghi dạng https://tên-hoặc-số-máy:cổng, nhiều nhất tám địa chỉ."
    ),
    "hub.port_taken": N_(
        "Không mở được cổng {port} trên {host}: chương trình khác đang dùng, hoặc máy không có địa chỉ này. "
        "Chọn cổng khác bằng --port."
    ),
    "hub.tls_folder": N_("Không ghi được khoá của máy chủ vào {folder}. Kiểm tra quyền ghi và chỗ trống rồi chạy lại."),
    "wire.no_address": N_(
        "Huyện chưa cho địa chỉ gửi qua mạng. Vẫn ghi USB như thường; hỏi huyện giấy chứng nhận mới có địa chỉ."
    ),
    "wire.unreachable": N_(
        "Không tới được máy của huyện ({host}). Dữ liệu vẫn nằm an toàn trong máy; chương trình tự thử lại "
        "khi có mạng, hoặc ghi USB."
    ),
    "wire.silent": N_(
        "Máy của huyện ({host}) không trả lời kịp, mạng đang yếu. Dữ liệu vẫn nằm an toàn trong máy; chương trình tự "
        "thử lại, hoặc ghi USB."
    ),
    "wire.cut": N_(
        "Mạng đứt giữa chừng khi gửi cho {host}. Dữ liệu vẫn nằm an toàn trong máy; chương trình tự gửi tiếp "
        "từ chỗ đứt."
    ),
    "wire.other_machine": N_(
        "Máy trả lời ở {host} không chứng minh được là máy của huyện nên chưa gửi gì. Nếu đang dùng mạng lạ thì "
        "đổi mạng; vẫn vậy thì gọi huyện, có thể huyện đã đổi máy."
    ),
    "wire.strange": N_(
        "Nơi trả lời ở {host} không phải chương trình của huyện, thường do mạng đòi đăng nhập. Mở trình duyệt "
        "đăng nhập mạng, hoặc dùng mạng khác; dữ liệu vẫn nằm an toàn trong máy."
    ),
    "wire.proxy": N_(
        "Máy chủ trung gian (proxy) của mạng này không cho gửi. Hỏi người quản trị mạng, hoặc ghi USB; dữ liệu vẫn nằm "
        "an toàn trong máy."
    ),
    "wire.proxy_name": N_(
        "Proxy của mạng này hỏi tên và mật khẩu. Ghi vào Cài đặt, mục Đường truyền; không biết thì hỏi người quản trị "
        "mạng, hoặc ghi USB."
    ),
    "wire.no_line": N_("Máy này chưa có mạng: chưa cắm dây, chưa vào wifi hay 4G. Có mạng rồi thì thử lại."),
    "line.url": N_("Ghi dạng https://tên-máy:cổng, hoặc để trống."),
    "line.proxy": N_("Ghi dạng tên-máy:cổng, ví dụ 10.0.0.1:3128."),
    "line.proxy_user": N_("Có mật khẩu thì ghi cả tên."),
    "wire.proxy_unknown": N_(
        "Địa chỉ proxy “{proxy}” không dùng được. Ghi dạng http://tên:cổng, hoặc để trống để theo máy."
    ),
    "wire.authority": N_(
        "Giấy chứng nhận của huyện có phần khoá mạng không đọc được. Ghi USB như thường và xin huyện giấy "
        "chứng nhận mới."
    ),
    "wire.later": N_("{text} Dữ liệu vẫn nằm an toàn trong máy, chương trình sẽ tự gửi lại."),
    "wire.unwell": N_(
        "Máy của huyện ({host}) đang bận hoặc đang được sửa. Dữ liệu vẫn nằm an toàn trong máy; chương trình "
        "tự gửi lại."
    ),
    "wire.refused": N_("Huyện chưa nhận: {text} Dữ liệu vẫn nằm an toàn trong máy; gọi huyện nếu lần sau vẫn vậy."),
    "wire.already": N_("Đang gửi rồi, không phải bấm lại. Kết quả sẽ hiện ở trang Đồng bộ."),
    "wire.stopped": N_("Đã dừng gửi. Không mất gì: mọi thay đổi vẫn ở trong máy và vẫn tính là chưa gửi."),
    "wire.words_differ": N_(
        "Huyện có khoá mới. Mang USB lấy giấy chứng nhận mới rồi so tám từ với huyện; từ nay tới đó vẫn ghi USB."
    ),
    "http.failed": N_("Máy của huyện gặp lỗi khi trả lời. Chưa mất gì; gửi lại sau ít phút, lỗi đã được ghi lại."),
}
