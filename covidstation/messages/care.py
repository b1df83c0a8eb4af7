"""Sentences of the care codes: transfers, outcomes, isolation, hours, calls, follow-up."""

from __future__ import annotations

from covidstation.i18n import N_

SENTENCES = {
    "care.changed_meanwhile": N_(
        "Lần mắc này vừa được người khác sửa sau khi mở hộp này. Chưa ghi gì. Đóng hộp, xem lại rồi ghi."
    ),
    "care.unknown": N_("Không tìm thấy mục này trong sổ. Mở lại trang của người bệnh."),
    "care.already_void": N_("Mục này đã được xoá trước đó. Mở lại trang của người bệnh."),
    "care.future": N_("{moment} ở sau lúc này. Xem lại ngày giờ."),
    "care.reason_missing": N_("Ghi lý do."),
    "care.before_illness": N_("Sớm hơn lúc bắt đầu bệnh ({begun}). Xem lại ngày."),
    "care.paper_first": N_("Còn văn bản {number} chưa huỷ. Huỷ văn bản đó trước rồi làm lại."),
    "care.left_missing": N_("Ghi lúc chuyển đi: giờ và ngày."),
    "care.left_before_return": N_("Sớm hơn lần về trước ({moment}). Xem lại giờ chuyển."),
    "care.facility_missing": N_("Ghi nơi chuyển đến."),
    "care.transfer_reason_missing": N_("Ghi lý do chuyển tuyến."),
    "care.already_away": N_("Người này đang ở nơi điều trị khác, từ {since}. Ghi lần về trước rồi mới chuyển tiếp."),
    "care.already_ended": N_("Lần mắc này đã có kết quả. Mở lại lần mắc trước rồi ghi tiếp."),
    "care.return_missing": N_("Ghi lúc về: giờ và ngày."),
    "care.left_after_death": N_("Người này đã mất ngày {died}, không thể chuyển đi sau đó. Xem lại giờ chuyển."),
    "care.return_after_death": N_("Người này đã mất ngày {died}, không thể về sau đó. Xem lại ngày, hoặc người."),
    "care.return_early": N_("Sớm hơn lúc chuyển đi ({moment}). Xem lại giờ về."),
    "care.not_away": N_("Người này đã về hoặc lần chuyển này đã xoá. Mở lại trang của người bệnh."),
    "care.later_transfer": N_("Sau lần này còn một lần chuyển khác. Xoá lần sau trước."),
    "care.day_missing": N_("Ghi ngày."),
    "care.day_future": N_("Ngày {day} ở sau hôm nay. Xem lại ngày."),
    "care.day_early": N_("Ngày {day} ở trước lúc bắt đầu bệnh ({begun}). Xem lại ngày."),
    "care.death_before": N_(
        "Ngày mất {day} ở trước một việc đã ghi: {what}, ngày {when}. Xem lại ngày mất hoặc việc đó."
    ),
    "care.death_place_missing": N_("Ghi nơi mất: tại nhà, tại bệnh viện nào, hoặc nơi khác."),
    "care.follow_up_day": N_("Ngày hẹn phải sau ngày khỏi ({recovered}), trong vòng {years} năm. Chọn ngày khác."),
    "care.other_died": N_("Người này đã mất trong một lần mắc khác. Mở lại lần đó trước, nếu ghi nhầm."),
    "care.other_open": N_("Người này đang có một lần mắc khác chưa kết thúc. Mở lần đó để ghi tiếp."),
    "care.nothing_to_reopen": N_("Lần mắc này đang theo dõi, không cần mở lại."),
    "care.same_days": N_("Cách ly đang là {count} ngày rồi. Ghi số ngày khác."),
    "care.ends_past": N_("Ngày cuối sẽ là {until}, đã qua. Nếu đúng thì lưu lại."),
    "care.over_most_days": N_("Quá {most} ngày kể từ khi bắt đầu ({source}). Nếu có quyết định khác thì lưu lại."),
    "care.other_extension": N_("Gia hạn {more} ngày; văn bản nói mỗi lần {one} ngày ({source}). Nếu đúng thì lưu lại."),
    "care.no_isolation": N_("Lần mắc này chưa có ngày bắt đầu cách ly. Sửa lần mắc, ghi ngày bắt đầu trước."),
    "care.step_done": N_("Bước này đã ghi lúc {moment}. Sửa lần mắc nếu giờ đó sai."),
    "care.call_missing": N_("Ghi lúc gọi: giờ và ngày."),
    "care.next_call_early": N_("Lần gọi sau phải ở sau lần gọi này."),
    "care.summary_missing": N_("Gọi được thì ghi người bệnh nói gì, dù ngắn."),
    "care.follow_up_closed": N_("Lần hỏi thăm này đã ghi xong trước đó. Mở lại trang của người bệnh."),
    "care.result_missing": N_("Ghi người bệnh thế nào."),
}
