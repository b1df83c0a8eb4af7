"""Sentences about papers on their way to the home, and the words for what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.domain.care import OrderMeans
from covidstation.domain.missing import MissingKind
from covidstation.i18n import N_

SENTENCES: Final[Mapping[str, str]] = {
    "delivery.none": N_("Chọn ít nhất một văn bản đã giao."),
    "delivery.day_missing": N_("Ghi ngày giao."),
    "delivery.future": N_("Ngày giao ở sau hôm nay. Ghi lại ngày."),
    "delivery.by_missing": N_("Ghi tên người đi giao."),
    "delivery.too_long": N_("Dài quá {most} chữ. Viết gọn lại."),
    "delivery.before_paper": N_("Văn bản {number} ký ngày {day}, không thể giao trước ngày đó."),
    "delivery.void_paper": N_("Văn bản {number} đã huỷ, không giao nữa. Bỏ chọn văn bản này."),
    "delivery.already": N_("Văn bản {number} đã đánh dấu giao rồi. Tải lại danh sách."),
    "delivery.reason": N_("Ghi lý do bỏ dấu đã giao."),
    "delivery.unknown": N_("Không còn thấy dấu đã giao này. Mở lại văn bản."),
}

MEANS: Final[Mapping[OrderMeans, str]] = {
    OrderMeans.OFFICIAL_DOCUMENT: N_("Giao tận tay"),
    OrderMeans.VERBALLY: N_("Báo miệng, qua điện thoại"),
}

MISSING: Final[Mapping[MissingKind, str]] = {
    MissingKind.ORDER: N_("Chưa có quyết định cách ly"),
    MissingKind.ORDER_DELIVERY: N_("Chưa giao quyết định cách ly"),
    MissingKind.ENDING: N_("Chưa có giấy kết thúc cách ly"),
    MissingKind.ENDING_DELIVERY: N_("Chưa giao giấy kết thúc cách ly"),
    MissingKind.CONTACT_ORDER: N_("F1 chưa có quyết định cách ly"),
    MissingKind.CONTACT_ORDER_DELIVERY: N_("F1 chưa nhận quyết định cách ly"),
    MissingKind.CONTACT_RELEASE: N_("F1 chưa có giấy kết thúc"),
    MissingKind.CONTACT_RELEASE_DELIVERY: N_("F1 chưa nhận giấy kết thúc"),
    MissingKind.REFERRAL: N_("Chuyển tuyến chưa có giấy"),
}
