"""What the columns and sources of a line list are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.domain.care import FoundIn
from covidstation.domain.line_list import Cell
from covidstation.i18n import N_

TITLES: Final[Mapping[Cell, str]] = {
    Cell.NAME: N_("Họ và tên"),
    Cell.BIRTH: N_("Ngày, năm sinh"),
    Cell.SEX: N_("Giới"),
    Cell.CITIZEN: N_("CCCD, CMND"),
    Cell.PHONE: N_("Điện thoại"),
    Cell.HAMLET: N_("Bản"),
    Cell.HOUSEHOLD: N_("Hộ (chủ hộ)"),
    Cell.DOSES: N_("Mũi"),
    Cell.SYMPTOMS: N_("Triệu chứng"),
    Cell.RESULT: N_("Kết quả"),
    Cell.KIT: N_("Sinh phẩm"),
}
WIDTHS: Final[Mapping[Cell, int]] = {
    Cell.NAME: 184,
    Cell.BIRTH: 104,
    Cell.SEX: 48,
    Cell.CITIZEN: 120,
    Cell.PHONE: 108,
    Cell.HAMLET: 116,
    Cell.HOUSEHOLD: 112,
    Cell.DOSES: 44,
    Cell.SYMPTOMS: 110,
    Cell.RESULT: 84,
    Cell.KIT: 88,
}
"""Pixels; symptoms take what is left."""

SOURCES: Final[Mapping[FoundIn, str]] = {
    FoundIn.SCREENING: N_("Sàng lọc"),
    FoundIn.COMMUNITY: N_("Cộng đồng"),
    FoundIn.QUARANTINE: N_("Người tiếp xúc, khu cách ly"),
    FoundIn.ENTRY: N_("Nhập cảnh, về từ vùng dịch"),
}
