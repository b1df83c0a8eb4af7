"""Sentences of vaccination sessions and of reactions after a dose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from covidstation.domain.vaccination.reactions import AdverseEvent
from covidstation.domain.vaccination.screening import Outcome, ReactionKind
from covidstation.domain.vaccination.sessions import Drawing, WasteReason
from covidstation.i18n import N_, _

WASTES: Final[Mapping[WasteReason, str]] = {
    WasteReason.LEFTOVER: N_("Lọ mở dùng không hết"),
    WasteReason.OVERTIME: N_("Quá giờ sau khi mở lọ"),
    WasteReason.BROKEN: N_("Vỡ lọ"),
    WasteReason.SPILLED: N_("Đổ khi rút"),
    WasteReason.COLD_CHAIN: N_("Hỏng do nhiệt độ"),
    WasteReason.DOUBT: N_("Vẩn đục, mất nhãn"),
    WasteReason.OTHER: N_("Lý do khác"),
    WasteReason.DRAWN_OVER: N_("Rút thêm được từ lọ"),
}

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.ELIGIBLE: N_("Đủ điều kiện tiêm"),
    Outcome.CAUTION: N_("Thận trọng"),
    Outcome.DEFER: N_("Trì hoãn"),
    Outcome.CONTRAINDICATED: N_("Chống chỉ định"),
}
MEASURES: Final[Mapping[str, str]] = {
    "temperature": N_("thân nhiệt"),
    "pulse": N_("mạch"),
    "breaths": N_("nhịp thở"),
    "systolic": N_("huyết áp tối đa"),
    "diastolic": N_("huyết áp tối thiểu"),
}


_GRADED: Final = N_("{sign} độ {grade}")


def signs_words(event: AdverseEvent, known: Mapping[str, ReactionKind], say: Callable[[str], str] = _) -> str:
    """The signs in the `known` words, the grade beside the one that it is of; a code without a word as it stands."""

    def one(code: str) -> str:
        kind = known.get(code)
        if kind is None or event.grade is None or not kind.bars_from or kind.any_grade:
            return kind.label if kind is not None else code
        return say(_GRADED).format(sign=kind.label, grade=event.grade)

    return ", ".join(map(one, event.kinds))


def drawing_words(drawing: Drawing | None) -> str:
    """Where a dose comes out: `Comirnaty · lô FK0112 · lọ 2, còn 4 liều`."""
    if drawing is None:
        return _("không có lọ nào")
    vial, take = drawing.vial, drawing.take
    state = _("còn {n} liều").format(n=vial.left) if vial is not None else _("mở lọ mới")
    words = _("{name} · lô {lot} · lọ {number}, {state}")
    return words.format(name=take.product_name, lot=take.lot_number or "—", number=drawing.label, state=state)


SENTENCES: Final[Mapping[str, str]] = {
    "vaccine_session.day_missing": N_("Ghi ngày tiêm."),
    "vaccine_session.day_far": N_("Ngày tiêm xa hơn một năm nữa. Xem lại năm."),
    "vaccine_session.day_over": N_("Ngày {day} đã qua. Nếu buổi tiêm này đã làm trên giấy thì bấm lưu lần nữa."),
    "vaccine_session.hamlet_missing": N_("Chọn bản, hoặc ghi nơi tiêm."),
    "vaccine_session.unknown": N_("Không tìm thấy buổi tiêm này. Mở lại danh sách buổi tiêm."),
    "vaccine_session.cancelled": N_("Buổi tiêm này đã bỏ. Lập buổi khác."),
    "vaccine_session.closed": N_("Buổi tiêm ngày {day} đã kết thúc. Bấm “Mở lại” rồi ghi tiếp."),
    "vaccine_session.still_open": N_("Buổi tiêm này đang mở, ghi tiếp được."),
    "vaccine_session.not_open": N_("Buổi tiêm này chưa bắt đầu. Bấm “Bắt đầu” trước."),
    "vaccine_session.not_yet": N_("Buổi này hẹn ngày {day}. Nếu tiêm sớm hơn thì sửa ngày của buổi trước."),
    "vaccine_session.begun": N_(
        "Buổi này đã tiêm, đã mở lọ hoặc đã huỷ liều, không bỏ được. Bấm “Kết thúc buổi” khi xong."
    ),
    "vaccine_session.day_begun": N_(
        "Buổi ngày {day} đã có người đến hoặc đã mở lọ, không đổi ngày được. Ngày khác thì lập buổi mới."
    ),
    "vaccine_session.twin": N_(
        "Ngày {day} đã có một buổi tiêm cùng nơi, cùng giờ. Nếu đúng là hai buổi riêng thì lưu lần nữa."
    ),
    "vaccine_session.cancel_noted": N_(
        "{n} người đã đến và không tiêm: lý do, ngày khám lại của họ vẫn giữ trong sổ. Buổi đã bỏ không vào báo "
        "cáo ngày; muốn báo cáo thì bấm “Kết thúc buổi”."
    ),
    "vaccine_session.cancel_waiting": N_("{n} người đã đến còn đang chờ: họ vẫn đến hạn tiêm như trước."),
    "vaccine_session.lot_missing": N_("Chọn lô vắc xin trong kho."),
    "vaccine_session.vials": N_("Số lọ từ 1 đến {most}. Xem lại số lọ."),
    "vaccine_session.per_vial": N_("Mỗi lọ từ 1 đến {most} liều. Xem lại số liều."),
    "vaccine_session.product_unknown": N_(
        "“{name}” không có trong danh mục vắc xin COVID-19. Sửa tên mặt hàng trong kho cho đúng tên vắc xin."
    ),
    "vaccine_session.take_expired": N_("Lô {lot} hết hạn {expiry}, trước ngày tiêm {day}. Chọn lô khác."),
    "vaccine_session.not_enough": N_("Lô {lot} còn {free} liều chưa dành cho buổi khác, cần {wanted}. Bớt số lọ."),
    "vaccine_session.held": N_(
        "Lô {lot} còn {free} liều chưa dành cho buổi khác, cần {wanted}: {held}. Bớt số lọ, hoặc bỏ buổi không làm nữa."
    ),
    "vaccine_session.take_again": N_(
        "Lô {lot}: buổi này đang có {was} lọ. Lưu thì cả buổi có {now} lọ, không phải lấy thêm {now} lọ."
    ),
    "vaccine_session.came_after": N_(
        "Theo sổ kho, đến ngày {day} lô {lot} chỉ có {free} liều, cần {wanted}. Xem lại ngày nhập lô này trong kho, "
        "hoặc chọn lô khác."
    ),
    "vaccine_session.take_used": N_("Đã mở {opened} lọ của lô này. Số lọ không ít hơn, số liều mỗi lọ giữ nguyên."),
    "vaccine_session.take_unknown": N_("Lô này không còn trong buổi tiêm. Mở lại buổi tiêm."),
    "vaccine_session.take_begun": N_("Lô {lot} đã mở lọ, không bỏ ra được."),
    "vaccine_session.vial_unknown": N_("Không tìm thấy lọ này. Mở lại buổi tiêm."),
    "vaccine_session.no_vial": N_("Lô {lot} không còn lọ nào chưa mở."),
    "vaccine_session.vials_left": N_("Lô {lot} còn {most} lọ chưa mở. Xem lại số lọ huỷ."),
    "vaccine_session.vial_over": N_("Lọ này đã ghi rút thêm {n} liều. Xem lại lọ."),
    "vaccine_session.over_given": N_("Liều rút thêm của lọ {number} đã tiêm, không lấy lại được."),
    "vaccine_session.doses": N_("Lọ này còn {left} liều. Xem lại số liều huỷ."),
    "vaccine_session.waste_unknown": N_("Lần huỷ này đã được lấy lại. Mở lại buổi tiêm."),
    "vaccine_session.people_barred": N_(
        "Còn {n} người khám ra trì hoãn hoặc chống chỉ định, chưa ghi không tiêm: {names}. Mở từng người, bấm "
        "“Không tiêm…” để giữ lý do và ngày khám lại, rồi kết thúc buổi."
    ),
    "vaccine_session.nothing_kept": N_(
        "Phiếu sàng lọc ra “{outcome}”. Ghi như vậy thì sổ không giữ lý do và ngày khám lại, lần sau vẫn mời người "
        "này. Nên ghi trì hoãn hoặc chống chỉ định; nếu đúng như vậy thì ghi lần nữa."
    ),
    "vaccine_session.people_waiting": N_(
        "Còn {n} người chờ, chưa tiêm: {names}. Kết thúc buổi thì ghi là đã về, không tiêm."
    ),
    "vaccine_session.people_sitting": N_(
        "Còn {n} người đang ngồi theo dõi: {names}. Kết thúc buổi rồi đồng hồ của họ vẫn chạy, cho về sau được."
    ),
    "vaccine_session.left_missing": N_("Đếm số liều còn lại của lô {lot}."),
    "vaccine_session.left": N_("Lô {lot}: số còn lại từ 0 đến {most} liều. Đếm lại."),
    "vaccine_session.difference_why": N_("Lô {lot} lệch {n} liều. Ghi vì sao."),
    "vaccine_session.temperature_missing": N_("Đo thân nhiệt: ai cũng cần trước khi tiêm."),
    "vaccine_session.pressure_missing": N_("Đo huyết áp: người này trên tuổi hoặc có bệnh mà quy định yêu cầu đo."),
    "vaccine_session.weeks_missing": N_("Ghi tuần thai: dưới {weeks} tuần thì hoãn."),
    "vaccine_session.weeks": N_("Tuần thai từ 1 đến {most}. Xem lại."),
    "vaccine_session.answer_unknown": N_("Phiếu có câu mà quy định của ngày này không hỏi. Mở lại phiếu."),
    "vaccine_session.answer_wanted": N_(
        "{measure} {value}: “{question}” có không? Có thì chọn ở Điều lưu ý, người này được hoãn."
    ),
    "vaccine_session.paper_measure": N_(
        "{measure} {value}: “{question}” chưa ghi. Xem lại số trên giấy; đúng là vẫn tiêm thì ghi vì sao, "
        "rồi ghi lần nữa."
    ),
    "vaccine_session.answer_known": N_(
        "Theo sổ: {questions}, phiếu sàng lọc chưa đánh dấu. Hỏi lại: đúng thì chọn ở Điều lưu ý, không thì ghi lý do."
    ),
    "vaccine_session.outcome_why": N_("Quy định ra “{proposed}”. Ghi vì sao kết luận khác."),
    "vaccine_session.may_not": N_(
        "Kết luận sàng lọc là “{outcome}”, không tiêm được. Đổi kết luận có lý do, hoặc cho về."
    ),
    "vaccine_session.not_screened": N_("Người này chưa khám sàng lọc."),
    "vaccine_session.no_consent": N_("Chưa có sự đồng ý tiêm. Hỏi rồi ghi lại."),
    "vaccine_session.guardian": N_("Chưa chắc đủ {age} tuổi: ghi tên người giám hộ đã đồng ý, hoặc sửa ngày sinh."),
    "vaccine_session.guardian_relation": N_("Ghi người giám hộ là ai của trẻ."),
    "vaccine_session.had_dose": N_("{name} đã tiêm trong buổi này lúc {at}."),
    "vaccine_session.went": N_("{name} đã về, không tiêm. Bấm “Gọi lại” nếu họ quay lại."),
    "vaccine_session.nothing_left": N_(
        "Hết liều {name} dùng được trong buổi này. Lấy thêm lọ, hoặc chọn vắc xin khác."
    ),
    "vaccine_session.lot_waits": N_(
        "Lô {lot} đã ở ngoài khoảng nhiệt độ, chưa có quyết định. Chọn lô khác, hoặc quyết định ở trang Tủ lạnh."
    ),
    "vaccine_session.take_thawed": N_(
        "Lô {lot} về trạm ngày {came}: đã rã đông, ở 2–8 °C chỉ dùng {days} ngày, đến hết {until}. "
        "Nếu nhãn lọ ghi hạn sau rã đông muộn hơn thì lưu tiếp."
    ),
    "vaccine_session.take_waits": N_(
        "Lô {lot} đã ở ngoài khoảng nhiệt độ, chưa có quyết định. Lấy lô khác, hoặc quyết định ở trang Tủ lạnh."
    ),
    "vaccine_session.none_fits": N_(
        "Buổi này không có vắc xin hợp với mũi này. Lịch cần: {names}. Lấy thêm vắc xin đó, hoặc hỏi tuyến trên và hẹn "
        "buổi khác."
    ),
    "vaccine_session.none_for": N_("Buổi này không có lọ nào dùng cho người này. {why}"),
    "vaccine_session.severe_before": N_(
        "Người này có tai biến nặng ngày {day} sau một mũi tiêm. Hỏi bác sĩ trước; vẫn tiêm thì ghi vì sao."
    ),
    "vaccine_session.against_all": N_(
        "Người này chống chỉ định với mọi vắc xin: {why}. Hỏi bác sĩ trước; vẫn tiêm thì ghi vì sao."
    ),
    "vaccine_session.not_due": N_("Theo lịch tiêm: {why}"),
    "vaccine_session.vial_changed": N_(
        "Phiếu ghi {was}; bây giờ là {now}, vì bàn kia vừa dùng hoặc kho vừa sửa. Chưa ghi gì. Xem lại lọ rồi bấm lần "
        "nữa."
    ),
    "vaccine_session.sheet_changed": N_(
        "Bàn kia vừa ghi phiếu khám của người này: {outcome} ({by}). Chưa ghi gì. Xem lại phiếu ấy rồi bấm lần nữa."
    ),
    "vaccine_session.vial_empty": N_("Lọ {number} đã hết liều hoặc đã đóng. Chọn lọ khác."),
    "vaccine_session.vial_old": N_("Lọ {number} mở lúc {at}, quá {hours} giờ. Huỷ lọ này và mở lọ mới."),
    "vaccine_session.vial_lot": N_("Buổi này không mang lô {lot}. Các lô đã mang: {lots}."),
    "vaccine_session.vial_which": N_("Buổi này có nhiều lô. Gõ số lô trước số lọ, ví dụ FK0112/{number}."),
    "vaccine_session.vial_next": N_("Lô {lot}: lọ {number} chưa mở, lọ kế tiếp là {next}. Xem lại số lọ."),
    "vaccine_session.vial_none": N_("Lô {lot}: buổi này không mang lọ số {number}. Xem lại số lọ."),
    "vaccine_session.paper_absent": N_("Đã ghi vắng mà vẫn có số liệu. Xoá chữ v, hoặc xoá các ô kia."),
    "vaccine_session.paper_come": N_("Ô này để trống khi có đến, gõ v khi vắng."),
    "vaccine_session.paper_result": N_(
        "Để trống khi đã tiêm; h hoãn, c chống chỉ định, k không đồng ý, bv chuyển bệnh viện, b bỏ về."
    ),
    "vaccine_session.paper_vial": N_("Gõ số lọ, hoặc số lô và số lọ, ví dụ FK0112/2."),
    "vaccine_session.paper_reaction": N_("Để trống khi không có phản ứng, gõ c khi có."),
    "vaccine_session.paper_hour": N_("Gõ giờ, ví dụ 815 hoặc 8:15."),
    "vaccine_session.paper_hour_missing": N_("Gõ giờ ghi trên giấy: giờ tiêm, hoặc giờ khám nếu không tiêm."),
    "vaccine_session.paper_temperature_missing": N_("Giấy không có thân nhiệt: không đo thì ghi lý do."),
    "vaccine_session.paper_pressure_missing": N_("Giấy không có huyết áp, người này cần đo: không đo thì ghi lý do."),
    "vaccine_session.paper_weeks_missing": N_(
        "Người này có thai: gõ tuần thai trên giấy (dưới {weeks} tuần thì hoãn); giấy không có thì ghi lý do."
    ),
    "vaccine_session.paper_against": N_(
        "Phiếu sàng lọc ra “{outcome}” ({why}), giấy ghi đã tiêm. Đúng là đã tiêm thì ghi vì sao, rồi ghi lần nữa."
    ),
    "vaccine_session.paper_weeks": N_("Gõ số tuần thai, ví dụ 16. Không có thai thì để trống."),
    "vaccine_session.weeks_nobody": N_(
        "Phiếu của người này không hỏi thai. Xoá ô tuần thai, hoặc xem lại giới và ngày sinh."
    ),
    "vaccine_session.paper_day": N_("Gõ ngày khám lại, ví dụ 15/3."),
    "vaccine_session.paper_guardian": N_("Gõ tên người giám hộ, dấu phẩy, rồi là ai của trẻ: Lò Thị Sơ, mẹ."),
    "vaccine_session.time_missing": N_("Ghi giờ: buổi này không phải hôm nay."),
    "vaccine_session.before_opening": N_("Buổi mở lúc {at}: giờ này là của hôm sau. Lập buổi mới, hoặc xem lại giờ."),
    "vaccine_session.paper_before_opening": N_(
        "Buổi mở lúc {at}: giờ này trước lúc mở buổi, hay đã là của hôm sau? Nếu đúng thì ghi lần nữa."
    ),
    "vaccine_session.paper_vial_hours": N_(
        "Lọ {number} mở lúc {at}, dùng đến {until}: giờ tiêm nằm ngoài. Xem lại giờ và số lọ; nếu đúng thì ghi lần nữa."
    ),
    "vaccine_session.time_future": N_("Giờ này chưa đến. Xem lại giờ."),
    "vaccine_session.why_without": N_("Ghi vì sao không tiêm."),
    "vaccine_session.again_missing": N_("Ghi ngày khám lại."),
    "vaccine_session.again_past": N_("Ngày khám lại phải sau ngày {day}."),
    "vaccine_session.not_there": N_("{name} không có trong danh sách của buổi này."),
    "vaccine_session.no_dose_yet": N_("{name} chưa tiêm trong buổi này."),
    "vaccine_session.back_which": N_("Chọn: chưa tiêm cho ai, hay đã tiêm cho người khác."),
    "vaccine_session.too_early": N_("{name} cần ngồi lại đến {until}. Nếu vẫn về thì bấm lần nữa."),
    "vaccine_session.left_before": N_("Giờ về phải sau giờ tiêm {at}."),
    "vaccine_session.still_here": N_("{name} chưa về."),
    "vaccine_session.nobody_chosen": N_("Chọn một người, hoặc một bản có người đến hạn."),
    "vaccine_session.walk_in_known": N_(
        "Trong sổ đã có {people}. Nếu là người ấy thì chọn ở ô Họ và tên; nếu đúng là người khác thì lưu."
    ),
    "vaccine_session.nobody": N_("Không có ai trong danh sách này để in."),
    "vaccine_session.no_children": N_("Danh sách này không có ai dưới {age} tuổi để in phiếu đồng ý."),
    "vaccine_session.moved": N_("{name} đã chuyển đi hoặc đã mất. Xem lại người."),
    "reactions.kind_missing": N_("Chọn ít nhất một biểu hiện."),
    "reactions.kind_unknown": N_("Có biểu hiện không còn trong danh mục của ngày này. Chọn lại."),
    "reactions.time_missing": N_("Ghi lúc bắt đầu."),
    "reactions.future": N_("Giờ này chưa đến. Xem lại ngày giờ."),
    "reactions.before_dose": N_("Mũi tiêm lúc {moment}: phản ứng không thể bắt đầu trước đó. Xem lại giờ."),
    "reactions.before_day": N_("Mũi tiêm ngày {day}: phản ứng không thể bắt đầu trước ngày đó. Xem lại ngày."),
    "reactions.late": N_("Sau tiêm {days} ngày, quá {most} ngày theo dõi của “{rule}”. Nếu đúng thì lưu lần nữa."),
    "reactions.grade": N_("Độ phản vệ từ 1 đến 4."),
    "reactions.sent_where": N_("Ghi chuyển đến đâu."),
    "reactions.sent_before": N_("Lúc chuyển phải sau lúc bắt đầu."),
    "reactions.treatment_missing": N_("Tai biến nặng: ghi đã xử trí gì, hoặc chuyển đến đâu."),
    "reactions.unknown": N_("Không tìm thấy lần phản ứng này. Mở lại danh sách."),
    "reactions.changed_meanwhile": N_(
        "Lần phản ứng này vừa được người khác sửa sau khi mở hộp này. Chưa ghi gì. Đóng hộp, xem lại rồi ghi."
    ),
    "reactions.told_already": N_("{what} sau mũi này đã ghi, lúc {at}. Nếu là lần khác thì lưu."),
    "reactions.ended": N_("Lần phản ứng này đã kết thúc. Mở lại trước khi sửa."),
    "reactions.end_missing": N_("Chọn kết cục."),
    "reactions.death_first": N_(
        "Sổ dân số còn ghi {name} đang sống ở xã. Ghi tử vong ở trang người ấy trước (đang là F0 thì ghi ở kết quả của "
        "lần mắc), rồi kết thúc phản ứng này."
    ),
    "reactions.end_early": N_("Ngày kết thúc không thể trước ngày bắt đầu {day}."),
    "reactions.not_severe": N_("Chỉ tai biến nặng mới báo tuyến trên."),
    "reactions.reported_before": N_("Lúc {at} đã báo {whom} rồi. Lưu thì lần báo này thay cho lần ấy."),
    "reactions.reported_early": N_("Giờ báo không thể trước lúc phản ứng bắt đầu {at}."),
    "reactions.reported_to": N_("Ghi đã báo cho ai."),
    "reactions.dose_unknown": N_("Không tìm thấy mũi tiêm này. Chọn lại mũi."),
}
