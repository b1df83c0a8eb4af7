"""The words of vaccination: classes, sources, places on the body, what stands between somebody and the next dose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from covidstation.domain.vaccination.checks import volume_text
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseSource, Site
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.stances import ClosedReason, Stance, StanceKind
from covidstation.i18n import N_, _, date_text
from covidstation.ui.look.tokens import Tone

CLASSES: Final[Mapping[DoseClass, str]] = {
    DoseClass.PRIMARY: N_("cơ bản"),
    DoseClass.ADDITIONAL: N_("bổ sung"),
    DoseClass.BOOSTER: N_("nhắc lại"),
    DoseClass.UNKNOWN: N_("chưa rõ"),
}
SOURCES: Final[Mapping[DoseSource, str]] = {
    DoseSource.CARD: N_("theo giấy, sổ tiêm"),
    DoseSource.SAID: N_("người nhà nói"),
    DoseSource.UPPER_LEVEL: N_("tuyến trên báo"),
    DoseSource.OWN_RECORD: N_("trạm tiêm"),
    DoseSource.CERTIFICATE: N_("mã QR chứng nhận"),
}
SITES: Final[Mapping[Site, str]] = {
    Site.UNKNOWN: N_("không ghi"),
    Site.LEFT_ARM: N_("tay trái"),
    Site.RIGHT_ARM: N_("tay phải"),
    Site.LEFT_THIGH: N_("đùi trái"),
    Site.RIGHT_THIGH: N_("đùi phải"),
    Site.OTHER: N_("chỗ khác"),
}
STANCES: Final[Mapping[StanceKind, str]] = {
    StanceKind.REFUSED: N_("Từ chối"),
    StanceKind.DEFERRED: N_("Trì hoãn"),
    StanceKind.CONTRAINDICATED: N_("Chống chỉ định"),
    StanceKind.CANNOT_TRAVEL: N_("Không thể đến điểm tiêm"),
}
STANCE_TONES: Final[Mapping[StanceKind, Tone]] = {
    StanceKind.REFUSED: "orange",
    StanceKind.DEFERRED: "yellow",
    StanceKind.CONTRAINDICATED: "red",
    StanceKind.CANNOT_TRAVEL: "plain",
}
CLOSED: Final[Mapping[ClosedReason, str]] = {
    ClosedReason.OVER: N_("không còn nữa"),
    ClosedReason.VACCINATED: N_("đã tiêm"),
    ClosedReason.MISTAKE: N_("ghi nhầm"),
    ClosedReason.REPLACED: N_("đã ghi lại"),
}
PLACES: Final[Mapping[tuple[DoseClass, int], str]] = {
    (DoseClass.PRIMARY, 1): N_("Mũi 1"),
    (DoseClass.PRIMARY, 2): N_("Mũi 2"),
    (DoseClass.PRIMARY, 3): N_("Mũi 3"),
    (DoseClass.ADDITIONAL, 1): N_("Bổ sung"),
    (DoseClass.BOOSTER, 1): N_("Nhắc lại 1"),
    (DoseClass.BOOSTER, 2): N_("Nhắc lại 2"),
    (DoseClass.BOOSTER, 3): N_("Nhắc lại 3"),
}
"""The seven places of the certificate."""


def place_text(kind: DoseClass, number: int | None) -> str:
    """`Mũi 2 cơ bản`, `Nhắc lại 1`, `Mũi 4` of an unknown class; `Một mũi` when nothing is known."""
    if kind is DoseClass.UNKNOWN:
        return _("Mũi {number}").format(number=number) if number else _("Một mũi")
    if kind is DoseClass.PRIMARY:
        return _("Mũi {number} cơ bản").format(number=number) if number else _("Mũi cơ bản")
    word = _("Bổ sung") if kind is DoseClass.ADDITIONAL else _("Nhắc lại")
    return f"{word} {number}" if number and kind is DoseClass.BOOSTER else word


def vaccine_text(dose: Dose, products: Products) -> str:
    """The vaccine's name; said to be unknown when nobody knew it."""
    return products.name(dose.product, dose.product_name) or _("chưa rõ vắc xin")


def dose_details(dose: Dose) -> str:
    """Lot, volume, site, where, by whom, and the words beside it."""
    lot = _("lô {lot}").format(lot=dose.lot_number) if dose.lot_number else ""
    expiry = _("hạn {day}").format(day=date_text(dose.expiry)) if dose.expiry else ""
    site = _(SITES[dose.site]) if dose.site is not Site.UNKNOWN else ""
    where = ", ".join(filter(None, (dose.facility, dose.country if dose.abroad else "")))
    parts = (lot, expiry, volume_text(dose.volume), site, where, dose.vaccinator, dose.note, dose.reason)
    return " · ".join(filter(None, parts))


def stance_words(stance: Stance, products: Products) -> str:
    """`Chống chỉ định AstraZeneca: dị ứng nặng`."""
    what = _(STANCES[stance.kind])
    if stance.product:
        what = f"{what} {products.name(stance.product)}"
    return f"{what}: {stance.reason}" if stance.reason else what


def stance_details(stance: Stance, today: date) -> str:
    """Since when, until when, what is next and when, how it ended."""
    parts = [_("từ {day}").format(day=date_text(stance.since))]
    if stance.closed_on is not None:
        why = _(CLOSED[stance.closed_reason or ClosedReason.OVER])
        parts.append(_("đóng {day}: {why}").format(day=date_text(stance.closed_on), why=why))
    else:
        if stance.until is not None:
            over = stance.until <= today
            words = _("đã đến ngày xem lại {day}") if over else _("xem lại {day}")
            parts.append(words.format(day=date_text(stance.until)))
        due = _("trước {day}").format(day=date_text(stance.due_on)) if stance.due_on else ""
        parts.append(" ".join(filter(None, (stance.next_step, due))))
    return " · ".join(filter(None, (*parts, stance.note, stance.by_name)))
