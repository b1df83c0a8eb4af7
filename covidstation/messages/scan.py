"""Sentences of the scan codes. A refused scan has changed nothing, so each says what to do next."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "scan.empty": N_("Máy quét không gửi chữ nào. Quét lại thẻ."),
    "scan.too_long": N_(
        "Mã vừa quét dài hơn {most} ký tự, không phải thẻ căn cước hay thẻ BHYT. Quét lại đúng mã trên thẻ."
    ),
    "scan.doubled": N_("Hai lần quét dính vào nhau. Quét lại từng thẻ một, chờ hiện kết quả rồi mới quét thẻ sau."),
    "scan.control_signs": N_("Chữ từ máy quét có lẫn ký tự lạ. Quét lại; nếu vẫn vậy thì gõ tay."),
    "scan.eu_certificate": N_(
        "Đây là mã chứng nhận tiêm chủng, không phải thẻ. Quét mã QR trên thẻ căn cước hoặc thẻ BHYT."
    ),
    "scan.web_address": N_("Đây là mã của một trang mạng, không phải thẻ. Quét mã QR trên thẻ căn cước hoặc thẻ BHYT."),
    "scan.covid_qr": N_(
        "Đây là mã QR cá nhân thời PC-COVID, họ tên không dấu. Quét thẻ căn cước hoặc thẻ BHYT, hay gõ tay."
    ),
    "scan.only_number": N_(
        "Mã này chỉ có một dãy {count} ký tự. Gõ số đó vào ô tìm, hoặc quét mã QR trên thẻ căn cước hay thẻ BHYT."
    ),
    "scan.invitation_slip": N_(
        "Mã trên giấy mời đọc ra thiếu hoặc sai chữ số. Vuốt phẳng giấy, quét lại; vẫn không được thì tìm bằng tên."
    ),
    "scan.invitation_unknown": N_(
        "Người của mã này không có trong sổ đang mở: giấy in từ sổ khác, hoặc hồ sơ đã huỷ. Tìm bằng tên."
    ),
    "scan.unknown": N_("Không phải mã của thẻ căn cước hay thẻ BHYT. Quét lại đúng mã QR trên thẻ, hoặc gõ tay."),
    "scan.keyboard": N_(
        "Chữ số từ máy quét ra thành ký tự khác. "
        "Chuyển bàn phím Windows sang ENG (tiếng Anh), nhả phím Shift rồi quét lại."
    ),
    "scan.telex": N_(
        "Bộ gõ tiếng Việt (UniKey, EVKey) hoặc kiểu gõ Telex làm sai chữ trên thẻ. "
        "Bấm Ctrl+Shift để bộ gõ về chữ E rồi quét lại."
    ),
    "scan.vni": N_(
        "Kiểu gõ VNI làm sai chữ trên thẻ: chữ số lẫn vào chữ. "
        "Bấm Ctrl+Shift để bộ gõ (UniKey, EVKey) về chữ E rồi quét lại."
    ),
    "scan.charset": N_(
        "Chữ trên thẻ vào máy sai bảng mã. "
        "Đặt bảng mã của bộ gõ và của máy quét là Unicode (UTF-8) rồi quét lại, hoặc gõ tay."
    ),
    "scan.letters_lost": N_(
        "Máy quét làm mất chữ có dấu. Đặt máy quét ở chế độ Unicode (UTF-8) rồi quét lại, hoặc gõ tay."
    ),
    "scan.caps_lock": N_("Phím Caps Lock đang bật nên chữ hoa chữ thường đảo ngược. Tắt Caps Lock rồi quét lại."),
    "scan.accents_missing": N_("Họ tên quét được không có dấu. Xem thẻ và thêm dấu nếu trên thẻ có."),
    "scan.cut_off": N_("Mã vừa quét bị thiếu phần cuối. Giữ yên thẻ và quét lại."),
    "scan.field_count": N_(
        "Mã có {count} phần, không giống thẻ căn cước hay thẻ BHYT nào đã biết. Quét lại, hoặc gõ tay."
    ),
    "scan.number_length": N_("Số đầu của mã có {count} chữ số; số định danh phải đúng 12. Quét lại thẻ."),
    "scan.number_signs": N_("Số định danh đọc ra “{value}”, có lẫn chữ. Quét lại thẻ, hoặc gõ tay."),
    "scan.old_number": N_("Phần số CMND cũ đọc ra “{value}”, không phải số. Quét lại thẻ, hoặc gõ tay."),
    "scan.name_missing": N_("Mã không có họ tên. Quét lại thẻ, hoặc gõ tay."),
    "scan.name_long": N_("Họ tên trong mã dài hơn {most} chữ. Quét lại thẻ, hoặc gõ tay."),
    "scan.name_signs": N_("Họ tên đọc ra “{value}”, có ký tự lạ. Quét lại thẻ, hoặc gõ tay."),
    "scan.sex": N_("Giới tính đọc ra “{value}”, không phải Nam hay Nữ. Quét lại thẻ, hoặc gõ tay."),
    "scan.date": N_("Ngày đọc ra “{value}”, không có ngày như vậy. Quét lại thẻ, hoặc gõ tay."),
    "scan.issued_before_birth": N_("Ngày cấp {issued} ở trước ngày sinh {birth}. Quét lại thẻ, hoặc gõ tay."),
    "scan.birth_future": N_(
        "Ngày sinh {birth} ở sau ngày của máy, {today}. Xem lại thẻ và đồng hồ của máy rồi quét lại."
    ),
    "scan.hex": N_(
        "Họ tên trong mã thẻ BHYT không giải được. Tắt bộ gõ tiếng Việt (về chữ E) rồi quét lại, hoặc gõ tay."
    ),
}
