"""The words of vaccination sessions: parts of the day, places, steps, why somebody goes without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from covidstation.db.queries.vaccine_seats import SeatLine
from covidstation.db.queries.vaccine_sessions import SessionLine, SessionSheet
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.reactions import EventEnd
from covidstation.domain.vaccination.screening import Judgement, Outcome, ScreeningQuestion
from covidstation.domain.vaccination.sessions import (
    NoDose,
    SessionPart,
    SessionPlace,
    SessionStatus,
    Step,
    Take,
    observed_until,
)
from covidstation.i18n import N_, _, date_text
from covidstation.messages.vaccine_session import MEASURES, OUTCOMES
from covidstation.ui.look.tokens import Tone
from covidstation.ui.parts.records import Cell

PARTS: Final[Mapping[SessionPart, str]] = {
    SessionPart.MORNING: N_("buổi sáng"),
    SessionPart.AFTERNOON: N_("buổi chiều"),
    SessionPart.WHOLE: N_("cả ngày"),
}
SESSION_PLACES: Final[Mapping[SessionPlace, str]] = {
    SessionPlace.STATION: N_("tại trạm"),
    SessionPlace.HAMLET: N_("tại bản"),
    SessionPlace.HOME: N_("tại nhà"),
}
STATUSES: Final[Mapping[SessionStatus, str]] = {
    SessionStatus.PLANNED: N_("chưa bắt đầu"),
    SessionStatus.OPEN: N_("đang mở"),
    SessionStatus.CLOSED: N_("đã kết thúc"),
    SessionStatus.CANCELLED: N_("đã bỏ"),
}
STEPS: Final[Mapping[Step, str]] = {
    Step.EXPECTED: N_("Chưa đến"),
    Step.COME: N_("Chờ khám"),
    Step.SCREENED: N_("Chờ tiêm"),
    Step.OBSERVED: N_("Theo dõi"),
    Step.LEFT: N_("Đã về"),
    Step.ENDED: N_("Không tiêm"),
}
STEP_TONES: Final[Mapping[Step, Tone]] = {
    Step.EXPECTED: "plain",
    Step.COME: "yellow",
    Step.SCREENED: "yellow",
    Step.OBSERVED: "orange",
    Step.LEFT: "green",
    Step.ENDED: "red",
}
NO_DOSES: Final[Mapping[NoDose, str]] = {
    NoDose.DEFERRED: N_("Trì hoãn"),
    NoDose.CONTRAINDICATED: N_("Chống chỉ định"),
    NoDose.REFUSED: N_("Không đồng ý"),
    NoDose.HOSPITAL: N_("Chuyển bệnh viện tiêm"),
    NoDose.WENT: N_("Về trước khi tiêm"),
}
ENDS: Final[Mapping[EventEnd, str]] = {
    EventEnd.UNKNOWN: N_("đang theo dõi"),
    EventEnd.RECOVERED: N_("hồi phục"),
    EventEnd.SEQUELAE: N_("để lại di chứng"),
    EventEnd.DIED: N_("tử vong"),
    EventEnd.MISTAKE: N_("ghi nhầm"),
}
OUTCOME_INKS: Final[Mapping[Outcome, Tone]] = {
    Outcome.ELIGIBLE: "green",
    Outcome.CAUTION: "yellow",
    Outcome.DEFER: "orange",
    Outcome.CONTRAINDICATED: "red",
}


def session_title(line: SessionLine) -> str:
    """`10/03/2022, buổi sáng, Bản Nậm Ngá`."""
    place = line.hamlet or line.draft.address or _(SESSION_PLACES[line.draft.place])
    return ", ".join((date_text(line.day), _(PARTS[line.draft.part]), place))


def dose_title(kind: DoseClass, number: int | None) -> str:
    """`mũi 2`, `bổ sung`, `nhắc lại 1`."""
    if kind is DoseClass.ADDITIONAL:
        return _("bổ sung")
    word = _("nhắc lại {n}") if kind is DoseClass.BOOSTER else _("mũi {n}")
    return word.format(n=number or "–")


def judgement_words(found: Judgement, asked: Sequence[ScreeningQuestion] = ()) -> str:
    """The outcome with what asks for it, and what is to be `asked` before a dose."""
    causes = ", ".join(_(MEASURES[one.code]) if one.code in MEASURES else one.label for one in found.causes)
    words = _(OUTCOMES[found.outcome])
    words = f"{words}: {causes}" if causes else words
    return " · ".join([words, *(_("hỏi: {question}?").format(question=one.short) for one in asked)])


def take_words(take: Take) -> str:
    """What is left of a take: `Comirnaty, lô FK0112: 2 lọ chưa mở, lọ 3 còn 4 liều`; of one that waits: so."""
    if take.waits:
        words = _("{name}, lô {lot}: ngoài khoảng nhiệt độ, chờ quyết định ở Tủ lạnh, chưa tiêm")
        return words.format(name=take.product_name, lot=take.lot_number or "—")
    open_vials = [vial for vial in take.opened if vial.left and not vial.closed]
    parts = [_("{n} lọ chưa mở").format(n=take.unopened)]
    parts += [_("lọ {number} còn {n} liều").format(number=vial.label, n=vial.left) for vial in open_vials]
    lot = take.lot_number or "—"
    return _("{name}, lô {lot}: {parts}").format(name=take.product_name, lot=lot, parts=", ".join(parts))


def trouble_words(sheet: SessionSheet) -> str:
    """What somebody must see about the vials of a session that is not over; empty when all is well."""
    told = []
    waiting = [one.lot_number or "—" for one in sheet.takes if one.waits]
    if waiting and sheet.line.status in (SessionStatus.PLANNED, SessionStatus.OPEN):
        words = _(
            "Lô {lot} đã ở ngoài khoảng nhiệt độ và chờ quyết định. Chưa tiêm lô này; quyết định ở trang Tủ lạnh."
        )
        told.append(words.format(lot=", ".join(waiting)))
    if sheet.astray:
        words = _("{n} mũi của buổi này ghi lô không có trong buổi. Xem lại các mũi đó.")
        told.append(words.format(n=sheet.astray))
    return " ".join(told)


def clock_cell(line: SeatLine, now: datetime, minutes: int) -> Cell:
    """How long somebody still sits."""
    at = line.seat.injected_at
    if at is None or line.step is not Step.OBSERVED:
        return Cell("")
    left = observed_until(at, minutes) - now.replace(tzinfo=None)
    if left.total_seconds() <= 0:
        return Cell(_("đủ giờ"), chip="green")
    return Cell(_("còn {n} phút").format(n=-(-int(left.total_seconds()) // 60)), ink="muted")
