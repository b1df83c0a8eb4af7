"""What the desk of a session says of whoever stands there."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import Drawing, Step, observed_until
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.messages.vaccine_session import OUTCOMES, drawing_words
from covidstation.services.vaccination.arrival import Arrival
from covidstation.services.vaccination.injecting import Injected
from covidstation.ui.vaccination.session_words import dose_title
from covidstation.ui.vaccination.words import stance_words

WAITING: Final = (Step.EXPECTED, Step.COME, Step.SCREENED)


def step_of(found: Arrival) -> Step:
    """Where they stand; whoever is not on the list yet is expected."""
    return found.seat.step if found.seat is not None else Step.EXPECTED


def vial_choices(found: Arrival, now: datetime, hour: datetime | None = None) -> list[tuple[Any, str]]:
    """Where the dose may come out, each with how it was chosen: the next vial of a vaccine that fits first; the other
    opened ones, and a new one of each take. `hour`: when it was given, of a session that is not of today."""
    following = found.drawing(now, hour)
    choices: list[tuple[Any, str]] = []
    if following is not None:
        choices.append((("next", following), drawing_words(following)))
    else:
        choices.append((("", None), _nothing_words(found)))
    for take in (one for one in found.takes if not one.waits):
        for vial in take.opened:
            other = Drawing(take, vial, vial.number)
            if vial.usable(*found.clock(now, hour)) and other.source != (following.source if following else None):
                choices.append((("vial", other), drawing_words(other)))
        fresh = Drawing(take, None, take.next_number)
        if take.unopened and fresh.source != (following.source if following else None):
            choices.append((("take", fresh), drawing_words(fresh)))
    return choices


def _nothing_words(found: Arrival) -> str:
    """Why no vial is proposed."""
    if any(one.waits and one.should_be for one in found.takes):
        return _("lô của buổi này chờ quyết định ở Tủ lạnh")
    return _("không có vắc xin hợp mũi này") if found.takes and not found.fits else _("hết vắc xin trong buổi này")


def given_words(found: Arrival, done: Injected) -> str:
    """What was given, to be compared with what is in the hand."""
    dose = done.dose
    words = _("{name}: đã tiêm {dose}, {vaccine} lô {lot}, lọ {vial} còn {left} liều, ngồi đến {until}")
    return words.format(
        name=found.full_name, dose=dose_title(dose.dose_class, dose.number), vaccine=dose.product_name,
        lot=dose.lot_number or "—", vial=done.out_of.label, left=done.left, until=f"{done.until:%H:%M}",
    )  # fmt: skip


def kept_words(found: Arrival, outcome: Outcome) -> str:
    """Whose sheet was kept; what it decided, where nobody may inject them."""
    words = _("{name}: đã lưu khám sàng lọc").format(name=found.full_name)
    return words if outcome.may_inject else f"{words} · {_(OUTCOMES[outcome])}"


def unfit_words(found: Arrival) -> str:
    """What to do when the session has nothing that fits."""
    step = step_of(found)
    if step not in WAITING or not found.takes or found.fits:
        return ""
    if not found.standing.wanted:
        return ""  # what the schedule has against any is said above
    names = ", ".join(found.products.name(code) for code in found.standing.wanted)
    return sentence(UserError("vaccine_session.none_fits", names=names))


def more_words(found: Arrival) -> str:
    """What stands in the way, how they sit, why they went."""
    parts = [stance_words(one, found.products) for one in found.stances]
    seat = found.seat
    if seat is None or seat.step in WAITING:
        given_up = [stance_words(one, found.products) for one in found.standing.given_up]
        against, told = found.standing.why(), found.standing.state.stance
        parts = [stance_words(one, found.products) for one in found.stances if one.id != told]
        if given_up:
            over = _("{stances}. Nay đã đến: tiêm thì dòng này tự đóng.")
            parts = [words for words in parts if words not in given_up]
            parts.append(over.format(stances="; ".join(given_up)))
        return " · ".join([against, *parts] if against else parts)
    if seat is not None and seat.step is Step.OBSERVED and seat.seat.injected_at is not None:
        until = observed_until(seat.seat.injected_at, found.rule.observe_minutes)
        words = _("Tiêm lúc {at}, ngồi theo dõi đến {until}")
        parts.insert(0, words.format(at=f"{seat.seat.injected_at:%H:%M}", until=f"{until:%H:%M}"))
    elif seat is not None and seat.step is Step.ENDED:
        again = _("khám lại {day}").format(day=date_text(seat.again_on)) if seat.again_on else ""
        parts = [" · ".join(filter(None, (seat.no_dose_reason, again)))]
    return " · ".join(filter(None, parts))


def dose_words(found: Arrival) -> str:
    last = found.doses[-1] if found.doses else None
    if last is None:
        return _("chưa tiêm mũi nào")
    name = found.products.name(last.product, last.product_name)
    words = _("đã {n} mũi, mũi cuối {name} {day}")
    return words.format(n=len(found.doses), name=name, day=last.given.text())
