"""Sentences about who may do what; one for each `domain.rights.Right`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "rights.own": N_("Tài khoản này không dùng được nữa. Nhờ người đứng đầu trạm."),
    "rights.see": N_("Tài khoản này không được xem sổ. Nhờ người đứng đầu trạm."),
    "rights.print": N_("Tài khoản của bạn chỉ được xem, không in. Nhờ người nhập số liệu hoặc cán bộ y tế."),
    "rights.enter": N_("Tài khoản của bạn chỉ được xem, không ghi. Nhờ người nhập số liệu hoặc cán bộ y tế."),
    "rights.send": N_("Tài khoản của bạn chỉ được xem, không gửi. Nhờ người nhập số liệu hoặc cán bộ y tế."),
    "rights.treat": N_("Việc này là quyết định chuyên môn. Nhờ cán bộ y tế hoặc người đứng đầu trạm."),
    "rights.issue": N_("Chỉ cán bộ y tế và người đứng đầu trạm được cấp văn bản có số. Nhờ một trong hai người ấy."),
    "rights.report": N_("Chỉ cán bộ y tế và người đứng đầu trạm được chốt báo cáo. Nhờ một trong hai người ấy."),
    "rights.export": N_("Chỉ cán bộ y tế và người đứng đầu trạm được xuất tệp đọc được. Nhờ một trong hai người ấy."),
    "rights.manage": N_("Việc này dành cho người đứng đầu trạm. Nhờ người ấy mở sổ và làm."),
}
