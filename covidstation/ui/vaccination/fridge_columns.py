"""The tables of a fridge: its book with what nobody read, and the lots that were outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from covidstation.domain.vaccination.cold_rules import cold_rule_on
from covidstation.domain.vaccination.fridge import Excursion, Gap, LotInside, Reading, Verdict, degrees
from covidstation.i18n import _
from covidstation.messages.cold_chain import FATES, length_words, turn_words
from covidstation.services.vaccination.fridge_look import FridgeLook
from covidstation.ui.desk import Desk
from covidstation.ui.parts.records import Cell, Column
from covidstation.ui.supplies.words import amount, lot_title

DOSE: Final = "liều"
_SOON: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class BookLine:
    """A reading with the time that it was outside, or a turn that nobody read."""

    at: datetime
    turn: str
    reading: Reading | None = None
    gap: Gap | None = None
    excursion: Excursion | None = None


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot that was outside; `verdict`: what was decided of it; `given`: doses that somebody got since."""

    reading: Reading
    lot: LotInside
    verdict: Verdict | None = None
    given: int = 0


def book_lines(look: FridgeLook) -> list[BookLine]:
    """The month, the newest first."""
    month = look.month
    if month is None:
        return []
    found = []
    for one in month.readings:
        turn = cold_rule_on(look.rules, one.at.date()).turn_at(one.at)
        found.append(BookLine(one.at, turn_words(turn.code, turn.label), one, excursion=month.excursion_of(one)))
    for gap in month.gaps:
        at = datetime.combine(gap.day, datetime.min.time()).replace(hour=gap.turn.from_hour)
        found.append(BookLine(at, turn_words(gap.turn.code, gap.turn.label), gap=gap))
    return sorted(found, key=lambda line: line.at, reverse=True)


def lot_lines(look: FridgeLook) -> list[LotLine]:
    """The lots of which nobody has decided, then what was decided of others this month, the newest first."""
    waiting = [LotLine(one.reading, one.lot, given=look.given.get(one.lot.lot_id, 0)) for one in look.waiting]
    readings = {one.id: one for one in look.month.readings} if look.month else {}
    decided = [
        LotLine(reading, lot, verdict)
        for verdict in reversed(look.verdicts)
        if (reading := readings.get(verdict.reading_id)) is not None
        for lot in reading.lots
        if lot.lot_id == verdict.lot_id
    ]
    return waiting + _one_each(decided)


def _one_each(lines: Iterable[LotLine]) -> list[LotLine]:
    """A decision after several readings as one line: that with the doses, else of the last reading."""
    found: dict[object, LotLine] = {}
    for line in sorted(lines, key=lambda line: (line.verdict.doses if line.verdict else 0, line.reading.at)):
        found[line.lot.lot_id, line.verdict.at if line.verdict else None] = line
    return sorted(found.values(), key=lambda line: line.reading.at, reverse=True)


def outside_words(excursion: Excursion, now: datetime) -> str:
    """For how long it was outside: for certain, and at most."""
    least, most = excursion.least(), excursion.most(now)
    if excursion.after is None and not least:
        return _("chưa rõ bao lâu, nhiều nhất {most}").format(most=length_words(most))
    words = _("ít nhất {least}, nhiều nhất {most}")
    return words.format(least=length_words(least), most=length_words(most))


def book_columns(desk: Desk) -> tuple[Column[BookLine], ...]:
    """When, how warm, what about it."""

    def warm(line: BookLine) -> Cell:
        if line.reading is None:
            return Cell(_("quên đo") if line.gap and line.gap.late else _("chưa đo"), chip="orange")
        words = f"{degrees(line.reading.temperature)} °C"
        return Cell(words, chip="red") if line.reading.outside else Cell(words, "name")

    def what(line: BookLine) -> Cell:
        one = line.reading
        if one is None:
            return Cell("")
        if one.at > desk.now().replace(tzinfo=None) + _SOON:
            return Cell(_("giờ đo chưa đến: xem lại giờ này và đồng hồ máy"), ink="danger")
        cut = _("mất điện") if one.power_cut else ""
        lasted = outside_words(line.excursion, desk.now().replace(tzinfo=None)) if line.excursion else ""
        return Cell("; ".join(filter(None, (lasted, one.action, cut, one.note))))

    def inside(line: BookLine) -> Cell:
        lots = line.reading.lots if line.reading is not None else ()
        return Cell(", ".join(one.number or one.item for one in lots), ink="muted")

    return (
        Column("day", _("Ngày"), lambda line: Cell(f"{line.at:%d/%m/%Y}"), 128),
        Column("turn", _("Buổi"), lambda line: Cell(line.turn), 84),
        Column("hour", _("Giờ"), lambda line: Cell(f"{line.at:%H:%M}" if line.reading else "", ink="muted"), 72),
        Column("warm", _("Nhiệt độ"), warm, 116),
        Column("what", _("Bao lâu, đã làm gì"), what),
        Column("inside", _("Lô bên trong"), inside, 170),
        Column("who", _("Người đo"), lambda line: Cell(line.reading.by_name if line.reading else "", ink="muted"), 150),
    )


def lot_columns() -> tuple[Column[LotLine], ...]:
    """Which lot, when it was outside, what became of it."""

    def fate(line: LotLine) -> Cell:
        verdict = line.verdict
        if verdict is None:
            given = _("đã tiêm {n} liều từ lúc có thể ngoài khoảng").format(n=line.given) if line.given else ""
            return Cell(_("chờ quyết định"), chip="red", small=given)
        return Cell(_(FATES[verdict.fate]), chip="plain", small=verdict.reason or amount(verdict.doses, _(DOSE)))

    def warm(line: LotLine) -> Cell:
        return Cell(f"{degrees(line.reading.temperature)} °C", small=f"{line.reading.at:%H:%M %d/%m/%Y}")

    return (
        Column("item", _("Vắc xin"), lambda line: Cell(line.lot.item, "name"), 220),
        Column("lot", _("Lô"), lambda line: Cell(lot_title(line.lot.number, line.lot.expiry)), 240),
        Column("doses", _("Lúc đó có"), lambda line: Cell(amount(line.lot.doses, _(DOSE))), 110),
        Column("warm", _("Lần đo"), warm, 220),
        Column("fate", _("Quyết định"), fate),
    )
