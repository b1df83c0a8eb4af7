"""What the codes of medicines taken day after day are called, and a dose in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from covidstation.db.queries.dispensing import HandedOut, Prescribed
from covidstation.domain.dispensing import WHOLE, Origin, Place, Receiver, Regimen
from covidstation.domain.prescriptions import EndReason
from covidstation.i18n import N_, _, date_text, ngettext

PLACES = {Place.STATION: N_("tại trạm"), Place.HOME: N_("tại nhà")}
RECEIVERS = {Receiver.SELF: N_("người bệnh nhận"), Receiver.PROXY: N_("người khác nhận thay")}
ORIGINS = {Origin.STATION: N_("kho của trạm"), Origin.UPPER: N_("tuyến trên cấp"), Origin.OWN: N_("tự có")}
END_REASONS = {
    EndReason.STOPPED: N_("người kê đơn cho ngừng"),
    EndReason.SIDE_EFFECT: N_("tác dụng phụ"),
    EndReason.ELSEWHERE: N_("lấy thuốc nơi khác"),
    EndReason.CHANGED: N_("đổi liều, đổi thuốc"),
    EndReason.DIED: N_("đã mất"),
    EndReason.WRONG: N_("ghi nhầm"),
}


def amount_text(amount: int) -> str:
    """Hundredths of a unit as they are said: `1`, `0,5`."""
    number = (Decimal(amount) / WHOLE).normalize()
    return f"{number:f}".replace(".", ",")


def dose_text(regimen: Regimen, unit: str) -> str:
    """`1 viên × 2 lần/ngày`."""
    return _("{amount} {unit} × {times} lần/ngày").format(
        amount=amount_text(regimen.amount), unit=unit or _("đơn vị"), times=regimen.times
    )


def until_text(one: Prescribed, today: date) -> str:
    """Until when it lasts: `hết 31/03/2022, còn 7 ngày`."""
    if not one.standing:
        return _("chưa cấp lần nào")
    left = (one.runs_out_on - today).days
    day = date_text(one.runs_out_on)
    if left > 0:
        return ngettext("hết {day}, còn {count} ngày", "hết {day}, còn {count} ngày", left).format(day=day, count=left)
    if left == 0:
        return _("hết hôm nay")
    return ngettext("đã hết {day}, {count} ngày", "đã hết {day}, {count} ngày", -left).format(day=day, count=-left)


def days_text(items: Sequence[HandedOut]) -> str:
    """`cho 60 ngày`; nothing when they are for different days, or came back."""
    days = {one.days for one in items}
    return _("cho {count} ngày").format(count=days.pop()) if len(days) == 1 and 0 not in days else ""
