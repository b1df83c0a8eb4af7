"""Sentences about vaccine certificates read from their QR, and about the keys that they are signed with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.domain.vaccination.dcc.verdict import OTHER_SIGNER, WRONG_USE, Judgement, Verdict
from covidstation.i18n import N_

VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.VALID: N_("Giấy thật, còn hạn"),
    Verdict.EXPIRED: N_("Giấy thật, nhưng không còn hiệu lực"),
    Verdict.UNKNOWN_KEY: N_("Đọc được, chưa kiểm được chữ ký"),
    Verdict.FORGED: N_("Giấy giả hoặc đã bị sửa"),
    Verdict.DAMAGED: N_("Mã bị hỏng, không đọc được"),
    Verdict.NOT_A_CERTIFICATE: N_("Không phải chứng nhận tiêm chủng"),
}

_OTHER_SYSTEM: Final = N_("Giấy của hệ thống khác, máy chưa đọc được")
_STRANGE_SIGNER: Final = N_("Chữ ký của nơi không được ký giấy này")


def verdict_words(judgement: Judgement) -> str:
    """A verdict in a few words, not yet translated."""
    if judgement.code in (WRONG_USE, OTHER_SIGNER):
        return _STRANGE_SIGNER
    if judgement.code == "dcc.other_code":
        return _OTHER_SYSTEM
    return VERDICTS[judgement.verdict]


SENTENCES: Final[Mapping[str, str]] = {
    "dcc.valid": N_("Chữ ký đúng của nơi cấp ({country})."),
    "dcc.expired": N_(
        "Chữ ký đúng của nơi cấp, giấy hết hạn ngày {day}. Mũi đã tiêm vẫn là đã tiêm: vẫn ghi được vào sổ."
    ),
    "dcc.key_expired": N_("Chữ ký đúng, nhưng khoá của nơi cấp chỉ dùng đến ngày {day}. Mũi đã tiêm vẫn ghi được."),
    "dcc.too_early": N_(
        "Chữ ký đúng, nhưng giấy ghi cấp ngày {day}, sau giờ của máy này. Xem lại ngày giờ của máy tính."
    ),
    "dcc.not_begun": N_(
        "Chữ ký đúng, nhưng giấy chỉ có hiệu lực từ ngày {day}, sau giờ của máy này. "
        "Xem lại ngày giờ của máy tính. Mũi đã tiêm vẫn ghi được."
    ),
    "dcc.key_early": N_(
        "Chữ ký đúng, nhưng khoá của nơi cấp chỉ dùng từ ngày {day}, sau giờ của máy này. "
        "Xem lại ngày giờ của máy tính."
    ),
    "dcc.other_signer": N_(
        "Giấy ghi nơi cấp {other}, nhưng chữ ký là của khoá nước {country}. "
        "Xem giấy gốc, hỏi lại người mang giấy; mũi ghi vào sổ như theo giấy."
    ),
    "dcc.wrong_use": N_(
        "Chữ ký đúng, nhưng khoá này của nước {country} không dùng để ký loại giấy này. "
        "Xem giấy gốc, hỏi lại người mang giấy; mũi ghi vào sổ như theo giấy."
    ),
    "dcc.unknown_key": N_(
        "Danh sách khoá của trạm không có khoá đã ký giấy này (nơi cấp {country}), nên không biết giấy thật hay giả. "
        "Xem giấy gốc rồi ghi như mũi tiêm theo giấy."
    ),
    "dcc.no_keys": N_(
        "Trạm chưa có danh sách khoá nào, nên không biết giấy này (nơi cấp {country}) thật hay giả. "
        "Xem giấy gốc rồi ghi như mũi tiêm theo giấy; danh sách khoá nhận ở Cài đặt, mục Khoá chứng nhận."
    ),
    "dcc.other_way": N_(
        "Giấy này (nơi cấp {country}) ký theo cách mà chương trình chưa kiểm được, nên không biết giấy thật hay giả. "
        "Xem giấy gốc rồi ghi như mũi tiêm theo giấy."
    ),
    "dcc.forged": N_(
        "Nội dung không khớp chữ ký của nơi cấp ({country}): giấy bị sửa hoặc làm giả. Không ghi mũi nào từ giấy này."
    ),
    "dcc.not_certificate": N_(
        "Mã vừa đọc không bắt đầu bằng HC1: nên không phải chứng nhận tiêm chủng theo mẫu quốc tế. Quét lại đúng mã QR."
    ),
    "dcc.other_version": N_(
        "Mã này thuộc một đời khác của chứng nhận (không phải HC1:), chương trình chưa đọc được. Xem giấy và ghi tay."
    ),
    "dcc.other_code": N_(
        "Mã này là giấy sức khoẻ theo mẫu khác (SMART, VDS-NC, DIVOC, 2D-DOC…), chương trình không đọc được. "
        "Xem giấy gốc, ghi tay mũi tiêm ở trang của người ấy."
    ),
    "dcc.too_long": N_("Mã dài hơn mọi chứng nhận có thể có. Quét lại đúng mã QR trên giấy."),
    "dcc.typing": N_(
        "Bộ gõ tiếng Việt (UniKey, EVKey, bàn phím VIE) làm sai chữ của mã. "
        "Tắt bộ gõ, chuyển bàn phím sang ENG rồi quét lại."
    ),
    "dcc.signs": N_("Mã có ký tự lạ: máy quét đọc sai, hoặc mã bị sửa. Chuyển bàn phím sang ENG rồi quét lại."),
    "dcc.packed": N_(
        "Mã bị hỏng nên không mở ra được. Tắt bộ gõ tiếng Việt rồi quét lại; nếu vẫn vậy thì xem giấy và ghi tay."
    ),
    "dcc.cut_off": N_("Mã bị cụt: máy quét mới đọc được một phần. Đưa thẳng mã vào máy quét rồi quét lại."),
    "dcc.structure": N_("Bên trong mã không theo mẫu của chứng nhận. Quét lại; nếu vẫn vậy thì xem giấy và ghi tay."),
    "dcc.content": N_("Mã mở được nhưng không ghi của ai, hoặc không ghi mũi tiêm nào. Xem giấy và ghi tay."),
    "dcc.several_kinds": N_("Giấy ghi lẫn cả mũi tiêm, xét nghiệm, khỏi bệnh: không đúng mẫu. Xem kỹ giấy gốc."),
    "dcc.no_number": N_("Có mũi không ghi số thứ tự. Sửa lại mũi số sau khi ghi."),
    "dcc.no_day": N_("Có dòng không ghi ngày, hoặc ngày không đọc được. Dòng đó phải ghi tay theo giấy."),
    "dcc.other_disease": N_("Có dòng về bệnh khác, không phải COVID-19: chỉ để xem, không ghi vào sổ tiêm COVID-19."),
    "dcc.only_other_disease": N_("Giấy này không ghi mũi vắc xin COVID-19 nào: chỉ để xem, không có gì để ghi vào sổ."),
    "dcc.only_test": N_("Đây là giấy xét nghiệm, không ghi mũi tiêm nào: chỉ để xem, không có gì để ghi vào sổ tiêm."),
    "dcc.only_recovery": N_(
        "Đây là giấy đã khỏi bệnh, không ghi mũi tiêm nào: chỉ để xem, không có gì để ghi vào sổ tiêm."
    ),
    "dcc.only_undated": N_("Mũi trên giấy không có ngày đọc được: ghi tay ở trang của người ấy, theo giấy gốc."),
    "dcc.no_birth": N_("Giấy không ghi ngày sinh đọc được. Xem giấy tờ tuỳ thân để biết đúng người."),
    "dcc.missing_before": N_(
        "Giấy chỉ kể mũi sau cùng. Còn {count} mũi trước chưa có trong sổ: hỏi ngày tiêm rồi ghi thêm."
    ),
    "dcc.other_person": N_(
        "Giấy mang tên {other}, đang ghi cho {name}. Chọn đúng người; nếu đúng là một người thì ghi lý do."
    ),
    "dcc.none_chosen": N_("Chọn ít nhất một mũi tiêm để ghi."),
    "dcc.keys_none": N_(
        "Tệp {name} không có khoá nào đọc được. Chọn danh sách khoá (DSC) dạng JSON, PEM, DER, ZIP, hoặc thư mục."
    ),
    "dcc.keys_too_large": N_("Tệp {name} lớn hơn mọi danh sách khoá. Xem lại có chọn đúng tệp không."),
    "dcc.keys_too_many": N_("Trong {name} có quá nhiều tệp hoặc khoá. Chọn đúng thư mục của danh sách khoá."),
    "dcc.keys_file": N_("Không mở được {name}: {reason}. Chép tệp lại rồi chọn lần nữa."),
    "dcc.list_gone": N_("Danh sách khoá này đã được bỏ rồi. Xem lại các danh sách đang dùng."),
}
