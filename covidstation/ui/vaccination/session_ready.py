"""What a session still needs, said where nobody stands at the desk yet."""

from __future__ import annotations

from collections.abc import Sequence

from covidstation.db.queries.vaccine_seats import SeatLine
from covidstation.db.queries.vaccine_sessions import SessionSheet
from covidstation.domain.vaccination.sessions import SessionStatus
from covidstation.i18n import _, ngettext
from covidstation.ui.parts.steps import Step


def ready_words(sheet: SessionSheet | None, lines: Sequence[SeatLine]) -> tuple[str, tuple[Step, ...]]:
    """A title and its steps."""
    status = sheet.line.status if sheet is not None else SessionStatus.OPEN
    if sheet is None or status is SessionStatus.CANCELLED:
        return _("Quét thẻ, hoặc chọn một người"), ()
    if status is SessionStatus.OPEN:
        return _("Quét thẻ, hoặc chọn một người"), () if sheet.takes else (_vaccine(sheet),)
    if status is SessionStatus.CLOSED:
        given = ngettext("Đã tiêm {n} người", "Đã tiêm {n} người", sheet.line.given).format(n=sheet.line.given)
        return _("Buổi tiêm đã kết thúc"), (Step("done", given), Step("later", _("Báo cáo kết quả ngày: nút In")))
    last = Step("now" if lines and sheet.takes else "later", _("Đến giờ tiêm: nút Bắt đầu"))
    papers = Step("later", _("Giấy mời, danh sách, phiếu khám: nút In"))
    return _("Chuẩn bị buổi tiêm"), (_people(lines), _vaccine(sheet), papers, last)


def _people(lines: Sequence[SeatLine]) -> Step:
    if not lines:
        return Step("now", _("Mời người: nút Thêm (Ctrl+N)"))
    return Step("done", ngettext("Đã mời {n} người", "Đã mời {n} người", len(lines)).format(n=len(lines)))


def _vaccine(sheet: SessionSheet) -> Step:
    if not sheet.takes:
        return Step("now", _("Lấy vắc xin: mục Vắc xin, nút Lấy vắc xin"))
    doses = sum(one.taken for one in sheet.takes)
    return Step("done", ngettext("Đã lấy {n} liều vắc xin", "Đã lấy {n} liều vắc xin", doses).format(n=doses))
