"""Sentences of fridges and their temperatures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.fridge import Fate
from covidstation.i18n import N_, _

FRIDGE_KINDS: Final[Mapping[FridgeKind, str]] = {
    FridgeKind.FRIDGE: N_("Tủ lạnh, đo hằng ngày"),
    FridgeKind.COLD_BOX: N_("Hòm lạnh"),
    FridgeKind.CARRIER: N_("Phích vắc xin"),
    FridgeKind.FREEZER: N_("Tủ đông, đo hằng ngày"),
    FridgeKind.ULTRA: N_("Tủ âm sâu, đo hằng ngày"),
}
FATES: Final[Mapping[Fate, str]] = {
    Fate.ASIDE: N_("đã để riêng"),
    Fate.KEPT: N_("giữ lại"),
}
TURNS: Final[Mapping[str, str]] = {"MORNING": N_("sáng"), "AFTERNOON": N_("chiều")}
"""Turns of the shipped rule, so that they are said in every language; others are said as the rule says them."""

SENTENCES: Final[Mapping[str, str]] = {
    "cold_chain.name_missing": N_("Ghi tên tủ, ví dụ “Tủ TCW 3000”."),
    "cold_chain.name_taken": N_("Đã có tủ tên “{name}”. Đặt tên khác để khỏi lẫn."),
    "cold_chain.day_missing": N_("Ghi ngày bắt đầu theo dõi tủ."),
    "cold_chain.day_future": N_("Ngày bắt đầu phải là hôm nay hoặc trước đó. Xem lại ngày."),
    "cold_chain.end_day": N_("Ngày ngừng dùng từ {day} đến hôm nay. Xem lại ngày."),
    "cold_chain.kind_read": N_(
        "Tủ này đã có lần đo theo loại cũ nên loại không đổi nữa. Ngừng dùng tủ này rồi thêm tủ mới với loại đúng."
    ),
    "cold_chain.changed_meanwhile": N_(
        "Tủ này vừa được người khác sửa sau khi mở hộp này. Chưa ghi gì. Đóng hộp, xem lại rồi ghi."
    ),
    "cold_chain.before_use": N_("Tủ này theo dõi từ {day}, sau ngày đo. Nếu đúng là tủ này thì lưu tiếp."),
    "cold_chain.after_end": N_("Tủ này đã ngừng dùng sau {day}. Nếu đúng là tủ này thì lưu tiếp."),
    "cold_chain.unknown": N_("Không tìm thấy tủ này. Mở lại trang Tủ lạnh."),
    "cold_chain.temperature_missing": N_("Ghi nhiệt độ, ví dụ 5,2."),
    "cold_chain.temperature": N_("Nhiệt độ từ {low} đến {high} °C. Xem lại số vừa gõ."),
    "cold_chain.comma": N_("{said} °C hay {meant} °C? Nếu quên dấu phẩy thì sửa số, nếu đúng {said} thì lưu tiếp."),
    "cold_chain.clock": N_(
        "Tủ này có lần đo lúc {at}, muộn hơn giờ của máy. Xem đồng hồ máy; nếu giờ đúng thì lưu tiếp."
    ),
    "cold_chain.lots_left": N_(
        "Kho còn {n} lô vắc xin mà không còn tủ nào đang dùng. Thêm tủ mới trước; nếu gửi nơi khác thì lưu tiếp."
    ),
    "cold_chain.time_missing": N_("Ghi giờ đo, ví dụ 7:30."),
    "cold_chain.future": N_("Giờ đo chưa đến. Xem lại giờ và ngày."),
    "cold_chain.long_ago": N_("Ngày đo trước năm {year}. Xem lại ngày."),
    "cold_chain.same_minute": N_("Tủ này đã có lần đo lúc {at}. Nếu đúng là đo lần nữa thì lưu tiếp."),
    "cold_chain.action_missing": N_(
        "Nhiệt độ ngoài khoảng: ghi đã làm gì, ví dụ “chỉnh núm, chuyển vắc xin sang hòm lạnh”."
    ),
    "cold_chain.since_late": N_("Bắt đầu ngoài khoảng phải trước lúc đo {at}. Xem lại giờ."),
    "cold_chain.since_early": N_("Lúc {at} tủ còn {temperature} °C. Nếu giờ bắt đầu đúng thì lưu tiếp."),
    "cold_chain.lot_unknown": N_("Lô vừa chọn không có trong tủ ở lần đo này. Mở lại trang Tủ lạnh rồi chọn lại."),
    "cold_chain.gone": N_("Lần đo này đã được sửa hoặc xoá. Mở lại trang Tủ lạnh."),
    "cold_chain.decided": N_("Đã có quyết định về lô vắc xin theo lần đo này. Lấy lại quyết định trước rồi sửa."),
    "cold_chain.reason_missing": N_("Ghi vì sao xoá lần đo này."),
    "cold_chain.keep_why": N_("Ghi vì sao vẫn dùng được, ví dụ “chỉ thị VVM chưa đổi màu, đã hỏi huyện”."),
    "cold_chain.lot_decided": N_("Lô này đã có quyết định. Mở lại trang Tủ lạnh."),
    "cold_chain.verdict_gone": N_("Quyết định này đã được lấy lại. Mở lại trang Tủ lạnh."),
}


def turn_words(code: str, label: str) -> str:
    """What a turn of the day is called."""
    return _(TURNS[code]) if code in TURNS else label


def length_words(length: timedelta) -> str:
    """`3 giờ 20 phút`; `2 ngày 4 giờ`."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 60:
        return _("{n} phút").format(n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return _("{h} giờ {n} phút").format(h=hours, n=rest) if rest else _("{h} giờ").format(h=hours)
    return _("{d} ngày {h} giờ").format(d=hours // 24, h=hours % 24)
