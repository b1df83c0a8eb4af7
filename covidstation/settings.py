"""Each setting once: its key, what it may be, what it is when nobody said, and its title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from covidstation.errors import UserError
from covidstation.i18n import LANGUAGES, N_


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; `choices` empty means free text. `whole`: it binds everybody at the station, so its head sets it."""

    key: str
    default: str
    title: str
    choices: tuple[str, ...] = ()
    whole: bool = False


QUARTERS: Final = tuple(f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 15, 30, 45))
MOST_VALUE: Final = 4000  # letters
SETTINGS: Final[Mapping[str, Setting]] = {
    setting.key: setting
    for setting in (
        Setting("language", "vi", N_("Ngôn ngữ"), tuple(LANGUAGES)),
        Setting("theme", "system", N_("Nền sáng, tối"), ("system", "light", "dark")),
        # NĐ 165/2026/NĐ-CP Đ14 allows it for listed group-B diseases only; the list was not seen, so the head answers.
        Setting("home_isolation", "ask", N_("Được cách ly COVID-19 tại nhà"), ("ask", "yes", "no")),
        # Contacts of group-A agents only (same article); COVID-19 is of group B, so the head answers.
        Setting("contact_isolation", "ask", N_("Được cách ly người tiếp xúc (F1) tại nhà"), ("ask", "yes", "no")),
        Setting("insurance_signers", "", N_("Người ký giấy nghỉ việc đã đăng ký với BHXH")),
        Setting("auto_sync", "yes", N_("Tự gửi huyện khi có mạng"), ("yes", "no"), whole=True),
        Setting("hub_url", "", N_("Địa chỉ máy của huyện, khi khác giấy chứng nhận"), whole=True),
        Setting("proxy", "", N_("Proxy: để trống là theo máy, direct là không dùng"), whole=True),
        Setting("usb_folder", "", N_("Thư mục USB dùng lần trước")),
        Setting("test_place", "", N_("Nơi xét nghiệm thường dùng")),
        Setting(
            "isolation_hour",
            "0",
            N_("Giờ bắt đầu cách ly khi không ghi giờ phát hiện"),
            tuple(str(h) for h in range(24)),
        ),
        Setting("lock_minutes", "5", N_("Tự khoá sau bao nhiêu phút"), tuple(str(n) for n in range(1, 16)), whole=True),
        Setting("printer", "", N_("Máy in văn bản")),
        Setting("print_copies", "2", N_("Số bản in của mỗi văn bản"), tuple(str(n) for n in range(1, 10))),
        Setting("report_cutoff", "06:30", N_("Giờ chốt số liệu báo cáo ngày"), QUARTERS),
        Setting("report_due", "07:00", N_("Giờ phải gửi báo cáo ngày"), QUARTERS),
        Setting("outbreak_start", "", N_("Ngày bắt đầu tính luỹ kế (năm-tháng-ngày)")),
        Setting("drilled_on", "", N_("Ngày thử mở bản sao lưu gần nhất")),
        Setting("list_columns", "", N_("Cột của danh sách F0")),
        Setting("dose_columns", "", N_("Cột của bảng nhập mũi tiêm")),
        Setting("my_area", "", N_("Ai đang chỉ xem địa bàn của mình")),
        Setting("clock_trusted", "", N_("Đồng hồ máy đã được xác nhận là đúng")),
    )
}


def checked(key: str, value: str) -> str:
    """The value if the setting may have it. Raises UserError station.unknown_setting, station.bad_setting."""
    setting = SETTINGS.get(key)
    if setting is None:
        raise UserError("station.unknown_setting", key=key)
    if len(value) > MOST_VALUE or (setting.choices and value not in setting.choices):
        raise UserError("station.bad_setting", key=key, value=value)
    return value
