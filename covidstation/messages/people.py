"""Sentences of the people codes."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "people.name_missing": N_("Ghi họ và tên."),
    "people.name_long": N_(
        "Họ tên có {count} chữ, nhiều nhất {most}. Ghi lại đúng họ tên, phần khác ghi vào ô của nó."
    ),
    "people.name_letters": N_("Họ tên chưa có chữ cái nào. Ghi lại họ tên."),
    "people.name_digits": N_("Họ tên có chữ số. Xem lại có gõ nhầm ô hay nhầm kiểu gõ không."),
    "people.birth_missing": N_("Chưa có ngày sinh. Nếu không rõ, ghi riêng năm sinh cũng được."),
    "people.birth_future": N_("Ngày sinh {birth} ở sau hôm nay. Xem lại năm."),
    "people.born_after_dose": N_(
        "Ngày sinh {birth} ở sau mũi vắc xin đã ghi {day}. Xem lại ngày sinh; nếu mũi đó ghi nhầm thì bỏ mũi trước."
    ),
    "people.born_after_illness": N_("Ngày sinh {birth} ở sau lần mắc bệnh ngày {day}. Xem lại ngày sinh."),
    "people.birth_impossible": N_("Sinh {birth} thì nay đã {age} tuổi, không thể có. Xem lại năm sinh."),
    "people.birth_old": N_("Sinh {birth} thì nay đã {age} tuổi. Xem lại năm sinh có đúng không."),
    "people.sex_missing": N_("Chưa chọn giới tính."),
    "people.citizen_length": N_("Số định danh phải đúng 12 chữ số, đang có {count} ký tự. Xem lại trên thẻ."),
    "people.citizen_province": N_("Ba số đầu {code} không có trong bảng mã tỉnh. Xem lại số định danh trên thẻ."),
    "people.citizen_sex": N_(
        "Số thứ tư của số định danh là {digit}, không hợp với giới tính đã chọn. Xem lại trên thẻ."
    ),
    "people.citizen_year": N_(
        "Số định danh chỉ năm sinh {said}, còn ngày sinh đã ghi là năm {birth}. Xem lại trên thẻ."
    ),
    "people.old_number_length": N_("Số CMND cũ phải đúng 9 chữ số, đang có {count} ký tự. Xem lại trên giấy."),
    "people.insurance_shape": N_(
        "Số thẻ BHYT gồm 10 chữ số, hoặc 15 ký tự như HN2120123456789 (2 chữ cái rồi 13 chữ số). Xem lại trên thẻ."
    ),
    "people.phone_signs": N_("Số điện thoại có ký tự không phải chữ số. Ghi một số, chỉ gồm chữ số."),
    "people.phone_long": N_("Số điện thoại quá dài. Mỗi ô chỉ ghi một số."),
    "people.phone_converted": N_(
        "Số cũ {old} được đổi sang đầu số mới thành {new}. Bảng đổi đầu số chưa được đối chiếu; gọi thử để chắc."
    ),
    "people.phone_odd": N_(
        "Số điện thoại có {count} chữ số, không giống số di động hay số cố định. Đọc lại với người nhà."
    ),
    "people.ethnic_unknown": N_("Không có dân tộc mã {code} trong bảng. Vẫn giữ mã này; chọn lại nếu cần."),
    "people.conditions_unknown": N_("Không có bệnh nền mã {codes} trong bảng. Vẫn giữ mã này; chọn lại nếu cần."),
    "people.number_known": N_("Số này đang là của {name} trong sổ. Dùng người đó, hoặc xem lại số trên thẻ."),
    "people.hamlet_missing": N_("Chưa chọn bản; quyết định sẽ lấy địa chỉ in trên thẻ."),
    "people.hamlet_unknown": N_("Chưa có bản này. Chọn trong danh sách, hoặc chọn dòng “Bản mới”."),
    "people.household_unknown": N_("Chưa có hộ này. Chọn trong danh sách, hoặc chọn dòng “Hộ mới”."),
    "people.text_long": N_("Ô này có {count} chữ, nhiều nhất {most}. Ghi gọn lại."),
    "people.pregnant_man": N_("Đang ghi là nam và có thai. Xem lại giới tính hoặc mục có thai."),
    "people.pregnant_age": N_("Đang ghi là {age} tuổi và có thai. Xem lại ngày sinh hoặc mục có thai."),
    "people.unknown_person": N_("Không tìm thấy người này trong sổ. Mở lại danh sách rồi chọn lại."),
    "people.merged_away": N_("Hồ sơ này của {name} đã gộp vào một hồ sơ khác. Mở lại từ ô tìm kiếm rồi làm tiếp ở đó."),
    "people.merge_choose": N_("Chọn hồ sơ kia trong danh sách hiện ra khi gõ."),
    "people.merge_self": N_("Đây là cùng một hồ sơ. Chọn hồ sơ kia của người này."),
    "people.merge_numbers": N_(
        "Hai hồ sơ có hai số căn cước khác nhau: {ours} và {theirs}. Nếu đúng là một người, sửa số sai trước rồi gộp."
    ),
    "people.merge_two_open": N_(
        "Cả hai hồ sơ đều có lần mắc đang theo dõi. Kết thúc một lần, hoặc ghi một lần là không phải ca bệnh, rồi gộp."
    ),
    "people.merge_two_contacts": N_(
        "Cả hai hồ sơ đều đang cách ly F1. Kết thúc một lần cách ly (lý do: nhập trùng), rồi gộp."
    ),
    "people.merge_moved": N_("{name} đang do {place} quản lý. Gộp ở trạm đó, hoặc sau khi người này về lại đây."),
    "people.merge_reason": N_("Ghi vài chữ vì sao biết là một người, ví dụ “cùng số thẻ BHYT”."),
    "people.merge_gone": N_("Hồ sơ này không còn ở trạng thái đã gộp. Mở lại trang rồi xem."),
    "people.no_household": N_("Không tìm thấy hộ này trong sổ. Chọn lại hộ."),
}
