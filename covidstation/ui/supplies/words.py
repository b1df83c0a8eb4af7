"""The words of the store: kinds, movements, sources, and what an item asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from covidstation.db.queries.allotments import AllotmentView
from covidstation.db.queries.supplies import MovementLine, SupplyLine, SupplyState
from covidstation.domain.supplies import LinkKind, MovementKind, Source
from covidstation.i18n import N_, _, count_text, date_text
from covidstation.services.reports.supply_ledger import KIND_NAMES
from covidstation.ui.look.tokens import Tone

NAMED: Final = 3  # items of a paper that a line names
KINDS: Final = KIND_NAMES
MOVEMENTS: Final[Mapping[MovementKind, str]] = {
    MovementKind.RECEIPT: N_("Nhập"),
    MovementKind.ISSUE: N_("Xuất"),
    MovementKind.RETURN: N_("Trả về kho"),
    MovementKind.SENT_BACK: N_("Chuyển trả"),
    MovementKind.LOSS: N_("Hỏng, mất"),
    MovementKind.EXPIRY: N_("Huỷ hết hạn"),
    MovementKind.COUNT: N_("Kiểm kê"),
}
SOURCES: Final[Mapping[str, str]] = {
    Source.UPPER.value: N_("Tuyến trên cấp"),
    Source.BOUGHT.value: N_("Mua"),
    Source.DONATED.value: N_("Tài trợ, tặng"),
    Source.OPENING.value: N_("Tồn lúc mở sổ"),
    Source.OTHER.value: N_("Nguồn khác"),
}
STATES: Final[Mapping[SupplyState, tuple[str, Tone]]] = {
    SupplyState.WRONG: (N_("âm, đếm lại"), "red"),
    SupplyState.EXPIRED: (N_("có lô hết hạn"), "red"),
    SupplyState.WAITING: (N_("có lô chờ quyết định"), "red"),
    SupplyState.OUT: (N_("hết"), "orange"),
    SupplyState.SHORT: (N_("sắp thiếu"), "orange"),
    SupplyState.EXPIRING: (N_("sắp hết hạn"), "orange"),
    SupplyState.ENDED: (N_("ngừng dùng"), "plain"),
}
_LINKS: Final[Mapping[str, str]] = {
    LinkKind.TREATMENT.value: N_("cho F0"),
    LinkKind.TEST.value: N_("xét nghiệm"),
    LinkKind.DISPENSING.value: N_("phát thuốc"),
    LinkKind.INJECTION.value: N_("tiêm"),
    LinkKind.WASTE.value: N_("buổi tiêm"),
    LinkKind.TAKE.value: N_("buổi tiêm"),
    LinkKind.FRIDGE.value: N_("nhiệt độ tủ"),
    LinkKind.ALLOTMENT.value: N_("huyện cấp"),
}


def amount(units: int, unit: str) -> str:
    """`1 250 viên`: thousands apart, nothing breaks the line between them."""
    return f"{count_text(units)}\u00a0{unit}"


def lot_title(number: str, expiry: date | None) -> str:
    """`lô A12, hạn 31/12/2026`."""
    told = _("lô {number}").format(number=number) if number else _("không rõ lô")
    until = _("hạn dùng {day}").format(day=date_text(expiry)) if expiry else ""
    return ", ".join(filter(None, (told, until)))


def lasts_text(line: SupplyLine) -> str:
    """For how long it lasts at the use of the last weeks."""
    if line.lasts is None:
        return ""
    if line.lasts > 365:
        return _("hơn 1 năm")
    return _("{n} ngày").format(n=line.lasts)


def about_movement(line: MovementLine) -> str:
    """From whom, to whom, for what."""
    source = _(SOURCES[line.source]) if line.source in SOURCES else ""
    link = _(_LINKS[line.link_kind]) if line.link_kind in _LINKS else ""
    whom = _("{what} {name}").format(what=link, name=line.whom) if line.whom else link
    found = _("đếm được {n}").format(n=line.counted) if line.counted is not None else ""
    paper = _("phiếu {number}").format(number=line.document) if line.document else ""
    return " · ".join(filter(None, (source, whom, line.partner, found, paper, line.reason)))


def what_of(view: AllotmentView) -> str:
    """The first items of a paper of the district, and how many more."""
    names = [line.line.item.title for line in view.lines]
    said, more = ", ".join(names[:NAMED]), len(names) - NAMED
    return _("{names} và {n} mặt hàng nữa").format(names=said, n=more) if more > 0 else said
