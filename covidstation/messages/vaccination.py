"""Sentences about doses of vaccine, and about what stands between somebody and the next one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "vaccination.dose_unknown": N_("Mũi tiêm này không còn trong sổ. Mở lại trang của người này."),
    "vaccination.dose_voided": N_("Ai đó đã sửa hoặc huỷ mũi tiêm này. Xem dòng mới nhất."),
    "vaccination.product_unknown": N_("Không có vắc xin mã “{code}” trong danh mục. Chọn lại, hoặc gõ tên vắc xin."),
    "vaccination.product_missing": N_("Chọn vắc xin đã tiêm."),
    "vaccination.day_missing": N_("Ghi ngày tiêm. Không nhớ ngày thì ghi tháng và năm, hoặc chỉ năm."),
    "vaccination.day_unreadable": N_("Không đọc được ngày này. Gõ như 05/03/2022, 3/2022 hoặc 2022."),
    "vaccination.future": N_("Ngày {day} ở sau hôm nay. Ghi khi đã tiêm."),
    "vaccination.moment": N_("Giờ tiêm không phải của ngày {day}. Xem lại ngày tiêm."),
    "vaccination.before_birth": N_("Ngày {day} ở trước ngày sinh ({birth}). Xem lại ngày, hoặc người."),
    "vaccination.after_death": N_(
        "Theo sổ, người này mất ngày {died}. Xem lại ngày, hoặc xem có chọn nhầm người không."
    ),
    "vaccination.before_product": N_(
        "Ngày {day} chưa có vắc xin {name}: sớm nhất là {first} (danh mục {rule}). Xem lại ngày, hoặc vắc xin."
    ),
    "vaccination.before_any": N_(
        "Ngày {day} chưa có vắc xin nào: sớm nhất là {first} (danh mục {rule}). Xem lại ngày."
    ),
    "vaccination.too_young": N_(
        "Ngày {day}, {name} chỉ tiêm từ {age} tuổi (danh mục {rule}). Xem lại vắc xin và người. Nếu đúng thì ghi lý do."
    ),
    "vaccination.too_young_months": N_(
        "Ngày {day}, {name} chỉ tiêm từ {age} tháng tuổi (danh mục {rule}). Xem lại vắc xin và người. "
        "Nếu đúng thì ghi lý do."
    ),
    "vaccination.wrong_vial": N_(
        "{name} không dùng cho tuổi này; tuổi này dùng {names} (danh mục {rule}). Xem lại lọ và người. "
        "Nếu đã tiêm như vậy thì ghi lý do."
    ),
    "vaccination.vial_age": N_(
        "Ngày sinh ({birth}) chưa đủ rõ để biết dùng {names} (danh mục {rule}). Hỏi lại ngày sinh, xem nhãn lọ. "
        "Nếu đúng thì ghi lý do."
    ),
    "vaccination.vial_unsaid": N_(
        "Trẻ tuổi này dùng {names} (danh mục {rule}), mà tên trong kho không cho biết lọ này loại nào. Xem nhãn lọ "
        "rồi ghi lý do, hoặc sửa tên {name} trong kho cho rõ."
    ),
    "vaccination.product_other": N_(
        "{name} không phải vắc xin của mũi này theo lịch {rule}; lịch cho dùng: {names}. Xem lại vắc xin và người. "
        "Nếu đúng thì ghi lý do."
    ),
    "vaccination.product_unsaid": N_(
        "Lịch {rule} không nói mũi này dùng vắc xin nào, ở đây ghi {name}. Hỏi tuyến trên; nếu đã được đồng ý thì ghi "
        "lý do."
    ),
    "vaccination.product_mixed": N_("Ngày {day} lịch {rule} cho dùng {names}, ở đây ghi {name}. Xem lại giấy."),
    "vaccination.beyond": N_(
        "Ngày {day} người này đã có {doses} mũi, đủ theo lịch {rule}: không còn mũi nào. Xem lại ngày và người. "
        "Nếu đã tiêm thật thì ghi lý do."
    ),
    "vaccination.beyond_told": N_(
        "Ngày {day} người này đã có {doses} mũi, đủ theo lịch {rule}. Xem lại giấy; nếu đúng thì lưu."
    ),
    "vaccination.not_of_age": N_(
        "Ngày {day} lịch {rule} chưa tiêm cho tuổi của người này. Xem lại ngày và ngày sinh. "
        "Nếu đã tiêm thật thì ghi lý do."
    ),
    "vaccination.not_of_age_told": N_(
        "Ngày {day} lịch {rule} chưa tiêm cho tuổi của người này. Xem lại giấy và ngày sinh; nếu đúng thì lưu."
    ),
    "vaccination.component_against": N_(
        "Người này chống chỉ định với {other} ({why}); {name} cũng có {what}. Hỏi bác sĩ trước; "
        "vẫn tiêm thì ghi vì sao."
    ),
    "vaccination.product_against": N_("Người này chống chỉ định với {name}: {why}. Chọn vắc xin khác."),
    "vaccination.number": N_("Mũi số từ 1 đến {most}. Xem lại."),
    "vaccination.number_beyond": N_(
        "Liều cơ bản của vắc xin này có {course} mũi (danh mục {rule}), ở đây ghi mũi {number}. "
        "Có phải mũi bổ sung, nhắc lại?"
    ),
    "vaccination.no_place": N_("Giấy xác nhận chỉ có chỗ cho {most} mũi loại này, ở đây ghi mũi {number}. Xem lại."),
    "vaccination.number_again": N_(
        "Mũi này đã có, tiêm ngày {day}. Xem lại mũi số; nếu mũi cũ ghi sai thì sửa mũi cũ."
    ),
    "vaccination.number_order": N_("Mũi {number} ghi ngày {day}: thứ tự mũi và ngày không khớp. Xem lại."),
    "vaccination.course_open": N_(
        "Trong sổ mới có {done}/{course} mũi cơ bản trước mũi này. Ghi thêm mũi cũ, hoặc lưu."
    ),
    "vaccination.certificate_again": N_("Mũi này đã có trong sổ từ cùng một chứng nhận ({name}, {day})."),
    "vaccination.certificate_other": N_(
        "Chứng nhận này đã ghi cho {name}, sinh {birth} (mũi {day}). Xem giấy của ai. Nếu đã ghi nhầm thì huỷ mũi ấy "
        "ở trang của {name}; nếu hai hồ sơ là một người thì gộp lại."
    ),
    "vaccination.same_day": N_(
        "Ngày {day} đã có một mũi ({name}). Nếu là một mũi thì sửa dòng cũ; nếu tiêm hai mũi thật thì ghi lý do."
    ),
    "vaccination.told_already": N_("Mũi {name} ngày {day} đã có trong sổ. Có phải cùng một mũi?"),
    "vaccination.too_soon": N_(
        "Mũi trước tiêm {day}, mới {days} ngày; sớm nhất là {first} ({rule}). Nếu đã tiêm thật thì ghi lý do."
    ),
    "vaccination.too_soon_before": N_(
        "Mũi sau tiêm {day}, chỉ cách {days} ngày; sớm nhất là {first} ({rule}). Nếu đã tiêm thật thì ghi lý do."
    ),
    "vaccination.expired": N_(
        "Lô {lot} hết hạn {expiry}, tiêm ngày {day}. Xem lại; nếu đúng thì ghi lý do, báo trưởng trạm."
    ),
    "vaccination.volume": N_("Lượng tiêm từ 0,01 đến {most}. Gõ lại."),
    "vaccination.volume_unreadable": N_("Không đọc được lượng này. Gõ số ml, như 0,5."),
    "vaccination.volume_unusual": N_("{name} ở tuổi này tiêm {usual} (danh mục {rule}), ở đây ghi {volume}. Xem lại."),
    "vaccination.country": N_("“{code}” không phải mã nước. Ghi hai chữ, như VN, LA, CN."),
    "vaccination.lot_not_kept": N_("Kho không có lô {lot} của vắc xin này. Xem lại số lô, hoặc nhập lô vào kho trước."),
    "vaccination.drawn_day": N_(
        "Mũi này tiêm trong buổi ngày {day}, không đổi ngày riêng được. Nếu nhầm buổi thì huỷ mũi này, ghi ở buổi đúng."
    ),
    "vaccination.drawn_product": N_(
        "Theo kho, liều này là {name}. Nếu nhầm lô cùng vắc xin thì sửa số lô; nếu nhầm vắc xin thì huỷ mũi này, "
        "ghi lại."
    ),
    "vaccination.sheet_long": N_("Mỗi lần nhận nhiều nhất {most} dòng, chưa nhận dòng nào của bảng này. Chia bảng ra."),
    "vaccination.sheet_none": N_("Chưa thấy bảng nào: dòng đầu là tên cột, mỗi người một dòng. Chép lại từ bảng tính."),
    "vaccination.sheet_file": N_("Không đọc được tệp này. Lưu lại thành CSV UTF-8 rồi chọn lại."),
    "vaccination.sheet_columns": N_("Chọn cột họ tên (hoặc số căn cước) và cột ngày tiêm."),
    "vaccination.sheet_birth": N_("Không đọc được ngày sinh “{text}”."),
    "vaccination.sheet_day": N_("Không đọc được ngày “{text}”."),
    "vaccination.sheet_place": N_(
        "Không rõ “{text}” là mũi thứ mấy. Sửa trong bảng (thí dụ mũi 2, nhắc lại 1), hoặc ghi mà chưa có số mũi."
    ),
    "vaccination.sheet_nobody": N_("Chưa có {name} trong sổ, hoặc ngày sinh khác. Thêm người ở “Hộ, địa bàn” trước."),
    "vaccination.sheet_number_other": N_(
        "Số này là của {name}, sinh {birth}; tên trong bảng là {told}, sinh {told_birth}. Xem lại số và tên trong bảng."
    ),
    "vaccination.sheet_number_alone": N_(
        "Bảng không ghi họ tên: số này là của {name}, sinh {birth}. Đúng người thì ghi cả dòng cần xem lại."
    ),
    "vaccination.sheet_number_several": N_(
        "Trong sổ có {count} người cùng số này: {names}. Xem lại giấy tờ, rồi ghi ở trang của từng người."
    ),
    "vaccination.sheet_other_number": N_(
        "Trong sổ {name}, sinh {birth}, có số căn cước khác. Xem có đúng người không."
    ),
    "vaccination.sheet_name_near": N_(
        "Trong sổ chỉ có {name}, sinh {birth}; trong bảng là {told}, sinh {told_birth}. Xem có phải một người không: "
        "đúng thì ghi cả dòng cần xem lại, khác thì sửa tên, ngày sinh trong bảng."
    ),
    "vaccination.sheet_birth_part": N_(
        "{name} chỉ biết sinh {birth}, chưa đủ ngày. Xem có đúng người không: đúng thì ghi cả dòng cần xem lại."
    ),
    "vaccination.sheet_several": N_("Có hơn một người tên {name}, hoặc thiếu ngày sinh. Ghi ở trang của từng người."),
    "vaccination.why": N_("Ghi vì sao vẫn lưu."),
    "vaccination.void_why": N_("Ghi vì sao huỷ."),
    "vaccination.stance_unknown": N_("Dòng này không còn trong sổ. Mở lại trang của người này."),
    "vaccination.stance_closed": N_("Ai đó đã đóng dòng này. Mở lại trang của người này."),
    "vaccination.stance_changed": N_(
        "Dòng này vừa được người khác sửa sau khi mở hộp này. Chưa ghi gì. Đóng hộp, xem lại rồi ghi."
    ),
    "vaccination.stance_barred": N_(
        "Chống chỉ định không sửa thành loại khác được. Nếu không còn thì bấm “Không còn”, rồi ghi một dòng mới."
    ),
    "vaccination.stance_over": N_(
        "Ngày xem lại {day} đã đến, ghi như vậy thì không hoãn ai. Ghi một ngày sau hôm nay."
    ),
    "vaccination.group_unknown": N_("Nhóm ưu tiên này không còn trong danh mục. Mở lại trang Tiêm chủng rồi chọn lại."),
    "vaccination.stance_again": N_("Người này đã có một dòng như vậy, từ {day}. Sửa dòng đó."),
    "vaccination.stance_why": N_("Ghi lý do."),
    "vaccination.stance_future": N_("Ngày này ở sau hôm nay. Xem lại."),
    "vaccination.stance_before_birth": N_("Người này sinh {birth}, sau ngày này. Xem lại."),
    "vaccination.stance_until_missing": N_("Trì hoãn đến khi nào? Ghi ngày xem lại."),
    "vaccination.stance_turned": N_("Ngày {day} ở trước ngày bắt đầu. Xem lại."),
    "vaccination.stance_far": N_("Ngày {day} quá xa. Xem lại."),
    "vaccination.stance_product": N_("Chỉ chống chỉ định mới chọn riêng một vắc xin. Bỏ trống."),
}
