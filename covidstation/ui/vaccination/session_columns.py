"""The tables of a session: its people with their clocks, its lots and vials down to the last dose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from covidstation.db.queries.vaccine_seats import SeatLine
from covidstation.db.queries.vaccine_sessions import SessionSheet, Waste
from covidstation.domain.vaccination.sessions import Step, Take, Vial
from covidstation.i18n import _, date_text
from covidstation.messages.vaccine_session import WASTES
from covidstation.ui.parts.records import Cell, Column
from covidstation.ui.vaccination.session_words import NO_DOSES, STEP_TONES, STEPS, clock_cell, dose_title

Clock = Callable[[], tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class VialLine:
    """One line of the vials: a take as a whole, one of its opened vials, or a loss."""

    take: Take
    vial: Vial | None = None
    waste: Waste | None = None

    @property
    def may_waste(self) -> bool:
        """Whether doses of it can be written off."""
        if self.waste is not None:
            return False
        return self.vial.left > 0 if self.vial is not None else self.take.should_be > 0


def vial_lines(sheet: SessionSheet) -> list[VialLine]:
    """Each take, its opened vials under it, then what was lost of it."""
    found: list[VialLine] = []
    for take in sheet.takes:
        found.append(VialLine(take))
        found += [VialLine(take, vial) for vial in take.opened]
        found += [VialLine(take, waste=one) for one in sheet.wastes if one.take_id == take.id]
    return found


def seat_columns(clock: Clock) -> tuple[Column[SeatLine], ...]:
    """Number, who, where they stand, their clock, the dose."""

    def who(line: SeatLine) -> Cell:
        return Cell(line.full_name, "name", small=str(line.birth.year) if line.birth else "")

    def step(line: SeatLine) -> Cell:
        if line.step is Step.ENDED and line.seat.no_dose is not None:
            return Cell(_(NO_DOSES[line.seat.no_dose]), chip="red")
        if line.seat.to_send:
            return Cell(_("Khám: không tiêm"), chip="red")
        return Cell(_(STEPS[line.step]), chip=STEP_TONES[line.step])

    def dose(line: SeatLine) -> Cell:
        one = line.dose
        if one is None:
            return Cell(line.no_dose_reason, ink="muted")
        at = line.seat.injected_at
        small = " · ".join(filter(None, (one.lot_number, f"{at:%H:%M}" if at else "")))
        return Cell(dose_title(one.dose_class, one.number), small=small)

    return (
        Column("no", _("Số"), lambda line: Cell(f"{line.place_no or '–'}", ink="muted"), 60, "right"),
        Column("who", _("Họ tên"), who, 190),
        Column("step", _("Đang"), step, 128),
        Column("clock", _("Đồng hồ"), lambda line: clock_cell(line, *clock()), 96),
        Column("dose", _("Mũi, lô, giờ"), dose),
    )


def vial_columns() -> tuple[Column[VialLine], ...]:
    """The lot or the vial, and its doses."""

    def what(line: VialLine) -> Cell:
        if line.waste is not None:
            return Cell(_("– {reason}").format(reason=_(WASTES[line.waste.reason])), ink="muted", small=line.waste.note)
        if line.vial is not None:
            words = _("– lọ {number}, mở {at}").format(number=line.vial.label, at=f"{line.vial.opened_at:%H:%M}")
            return Cell(words)
        expiry = _("hạn {day}").format(day=date_text(line.take.expiry)) if line.take.expiry else ""
        lot = _("{name}, lô {lot}").format(name=line.take.product_name, lot=line.take.lot_number or "—")
        if line.take.waits:
            return Cell(lot, "name", ink="danger", small=_("chờ quyết định ở Tủ lạnh, chưa tiêm"))
        return Cell(lot, "name", small=expiry)

    def number(name: str) -> Callable[[VialLine], Cell]:
        def cell(line: VialLine) -> Cell:
            value = _numbers(line).get(name)
            return Cell("" if value is None else f"{value}", ink="text" if value else "muted")

        return cell

    return (
        Column("what", _("Lô, lọ"), what),
        Column("taken", _("Mang theo"), number("taken"), 84, "right"),
        Column("given", _("Đã tiêm"), number("given"), 72, "right"),
        Column("wasted", _("Huỷ"), number("wasted"), 56, "right"),
        Column("left", _("Còn"), number("left"), 56, "right"),
        Column("gap", _("Lệch"), number("gap"), 56, "right"),
    )


def _numbers(line: VialLine) -> dict[str, int | None]:
    """In doses."""
    if line.waste is not None:
        return {"wasted": line.waste.doses}
    if line.vial is not None:
        vial = line.vial
        return {"taken": vial.doses + vial.extra, "given": vial.given, "wasted": vial.wasted, "left": vial.left}
    take = line.take
    left = take.should_be if take.left is None else take.left
    return {
        "taken": take.taken,
        "given": take.given,
        "wasted": take.wasted,
        "left": left,
        "gap": take.difference(left) or None,
    }
