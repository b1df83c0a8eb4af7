"""Sentences of the sync codes: bundles that are refused, enrolment, sticks."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "bundle.not_a_bundle": N_("Tệp này không phải gói dữ liệu của CovidStation. Chọn tệp .csb trong thư mục CSB."),
    "bundle.cut": N_("Gói bị cụt, thiếu phần cuối. Ghi lại gói từ máy đã làm ra nó."),
    "bundle.damaged": N_("Gói bị hỏng trên đường đi. Ghi lại gói từ máy đã làm ra nó, nên dùng USB khác."),
    "bundle.forged": N_("Chữ ký không khớp: gói bị hỏng hoặc bị sửa. Không nhận; ghi lại gói từ máy đã làm ra nó."),
    "bundle.unknown_sender": N_("Gói do máy lạ ký (khoá {sender}). Chỉ nhận gói của nơi đã ghép nối."),
    "bundle.wrong_station": N_("Gói ghi tên một trạm nhưng do máy của nơi khác ký (khoá {sender}). Không nhận."),
    "bundle.foreign": N_("Gói này gửi cho nơi khác, máy này không mở được. Chuyển USB đến đúng nơi nhận."),
    "bundle.undecryptable": N_("Gói gửi cho máy này nhưng không giải mã được. Ghi lại gói từ máy đã làm ra nó."),
    "bundle.newer": N_("Gói do phiên bản mới hơn ghi (dạng {found}). Cài bản mới của chương trình rồi nhận lại."),
    "bundle.newer_kind": N_("Gói loại “{kind}” thì bản này chưa đọc được. Cài bản mới của chương trình rồi nhận lại."),
    "bundle.wrong_kind": N_("Ở đây không dùng gói loại “{kind}”."),
    "bundle.too_large": N_("Tệp lớn quá {most} MB, không thể là gói dữ liệu. Không nhận."),
    "bundle.bomb": N_("Gói bung ra lớn quá mức cho phép. Không nhận; báo cho người phụ trách phần mềm."),
    "bundle.manifest_differs": N_(
        "Bên trong gói không khớp với bìa gói. Không nhận; báo cho người phụ trách phần mềm."
    ),
    "bundle.content_bad": N_("Nội dung gói không đúng dạng. Không nhận; báo cho người phụ trách phần mềm."),
    "bundle.line_bad": N_("Dòng số {line} của gói không đúng dạng. Không nhận; báo cho người phụ trách phần mềm."),
    "bundle.chain_broken": N_("Các dòng trong gói không nối liền nhau. Không nhận; báo cho người phụ trách phần mềm."),
    "bundle.unreadable": N_("Không đọc được tệp {name}. Cắm lại USB rồi thử lại."),
    "enrol.other_root": N_(
        "Giấy chứng nhận do gốc khác ký, không phải nơi trạm đã ghép nối. Không nhận; gọi huyện để hỏi."
    ),
    "enrol.not_ours": N_("Giấy chứng nhận này cấp cho trạm khác. Tìm đúng tệp của trạm mình."),
    "enrol.older": N_("Giấy chứng nhận này cũ hơn giấy trạm đang giữ. Bỏ qua; lấy tệp mới nhất của huyện."),
    "enrol.not_yet": N_("Trạm chưa ghép nối với huyện nên chưa đọc được biên nhận. Nhận giấy chứng nhận trước."),
    "enrol.not_yet_keys": N_(
        "Trạm chưa ghép nối với huyện nên chưa có khoá nào để đổi. Ghép nối ở trang Đồng bộ trước."
    ),
    "rekey.needs_folder": N_("Ghép nối lại phải qua USB để hai bên so tám từ: thêm --to và thư mục của USB."),
    "bundle.former_hub": N_(
        "Gói này huyện ký bằng khoá trước khi huyện đổi khoá. Nhờ huyện ghi lại gói trả lại rồi nhận lại."
    ),
    "enrol.compare": N_("So tám từ với huyện qua điện thoại. Trùng thì nhận lại với --yes; không trùng thì đừng nhận."),
    "import.nothing": N_("Không có tệp nào của huyện gửi cho trạm này trong {place}."),
    "receipt.other_epoch": N_("Biên nhận này thuộc một lần lập sổ khác của trạm. Không ghi vào sổ này."),
    "receipt.ahead": N_(
        "Biên nhận nói huyện đã có đến thay đổi số {upto}, sổ này mới đến số {ours}. "
        "Sổ có thể đã lấy lại từ bản cũ; gọi huyện trước khi làm tiếp."
    ),
    "receipt.other_chain": N_("Biên nhận không khớp với sổ của trạm. Chưa ghi gì; gọi huyện để đối chiếu."),
    "stick.no_folder": N_("Không thấy thư mục {folder}. Cắm USB rồi chọn lại."),
    "stick.full": N_("USB đã đầy, chưa ghi được. Xoá bớt tệp khác trên USB hoặc dùng USB khác."),
    "stick.read_only": N_("USB đang khoá ghi. Gạt lẫy khoá trên USB hoặc dùng USB khác."),
    "stick.no_permission": N_("Máy không cho ghi hoặc đọc ở {folder}. Chọn thư mục khác."),
    "stick.pulled_out": N_("USB bị rút ra hoặc lỗi khi đang dùng. Cắm lại rồi làm lại; sổ của trạm còn nguyên."),
    "stick.not_the_same": N_("Đọc lại thấy khác với những gì đã ghi: USB bị lỗi. Dùng USB khác."),
    "stick.link": N_("{folder} là một lối tắt dẫn đi nơi khác. Xoá lối tắt này hoặc dùng USB khác."),
    "stick.too_many": N_("{folder} có quá nhiều tệp (quá {most}). Chọn đúng thư mục CSB hoặc dọn bớt USB."),
    "stick.stopped": N_("Đã dừng. Không mất gì: mọi thay đổi vẫn ở trong máy và vẫn tính là chưa gửi."),
    "stick.copy_room": N_("USB còn {free} MB, bản sao lưu cần {needed} MB nên chưa chép. Phần gửi huyện vẫn đủ."),
    "stick.failed": N_("Chưa dùng được {folder}: {reason}. Sổ của trạm còn nguyên; thử lại hoặc dùng USB khác."),
}
