"""What Hôm nay says of vaccination: sessions, who still sits, reactions, fridges, who is due."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from covidstation.domain.vaccination.fridge import degrees
from covidstation.i18n import _
from covidstation.messages.cold_chain import turn_words
from covidstation.services.reports.today import TodaysWork
from covidstation.ui.today.keys import Key, WorkLine
from covidstation.ui.vaccination.session_words import session_title

_TURNS: Final = 3  # of fridges that nobody read; more do not fit into a line


def reactions_line(work: TodaysWork, _now: datetime) -> WorkLine | None:
    """Severe reactions that nobody has reported are late."""
    found = work.injections.events
    if not found.open:
        return None
    what = _("{n} tai biến sau tiêm chưa kết thúc hoặc chưa báo").format(n=found.open)
    names = ", ".join(one.full_name for one in found.first)
    lead = _("{n} chưa báo").format(n=found.unreported) + " –" if found.unreported else ""
    return WorkLine(key=Key.REACTIONS, count=found.open, what=what, why=names, lead=lead)


def session_line(work: TodaysWork, now: datetime) -> WorkLine | None:
    """One that was left open on another day is late, and stands first; a plan whose day went by is named after those
    of today."""
    found = work.injections.sessions
    if not found:
        return None
    first, *others = found
    left = [one for one in work.injections.left_open if one.day < now.date()]
    forgotten = work.injections.forgotten(now.date())
    what = _("{title}: {given} đã tiêm, {n} trong danh sách")
    lead = _("Chưa kết thúc") + " –" if left else _("Quá ngày, chưa mở") + " –" if first in forgotten else ""
    told = what.format(title=session_title(first), given=first.given, n=first.expected)
    also = [session_title(one) for one in others if one not in forgotten]
    late = "; ".join(session_title(one) for one in forgotten if one is not first)
    words = _("quá ngày, chưa mở hay bỏ: {titles}").format(titles=late) if late else ""
    why = "; ".join(filter(None, (first.draft.campaign, *also, words)))
    return WorkLine(key=Key.SESSION, count=len(found), what=told, why=why, lead=lead)


def sitting_line(work: TodaysWork, now: datetime) -> WorkLine | None:
    """Their session is over, and nobody wrote when they went home."""
    found = work.injections.sitting
    if not found:
        return None
    what = _("Buổi đã kết thúc, {n} người chưa cho về").format(n=len(found))
    why = ", ".join(
        _("{name} (đủ giờ {at})").format(name=one.full_name, at=f"{one.until:%H:%M %d/%m}") for one in found
    )
    lead = _("Quá giờ") + " –" if found[0].until < now.replace(tzinfo=None) else ""
    return WorkLine(key=Key.SITTING, count=len(found), what=what, why=why, lead=lead)


def fridge_line(work: TodaysWork, _now: datetime) -> WorkLine | None:
    """Outside the bounds and lots that wait come before a turn that nobody read yet."""
    found = work.fridges
    count = len(found.outside) + len(found.lots) + len(found.missing)
    if not count:
        return None
    told = [
        _("{name} {t} °C lúc {at}").format(
            name=one.name, t=degrees(reading.temperature), at=f"{reading.at:%H:%M %d/%m}"
        )
        for one, reading in found.outside
    ]
    if found.lots:
        told.append(_("{n} lô vắc xin chờ quyết định").format(n=len(found.lots)))
    missing = [
        _("{name} {turn} {day}").format(
            name=one.name, turn=turn_words(gap.turn.code, gap.turn.label), day=f"{gap.day:%d/%m}"
        )
        for one, gap in found.missing
    ]
    if missing:
        told.append(_("chưa đo: {turns}").format(turns=", ".join(missing[:_TURNS])))
    late = found.outside or found.lots or any(gap.late for _fridge, gap in found.missing)
    lead = _("Ngoài khoảng") + " –" if found.outside or found.lots else _("Quên đo") + " –" if late else ""
    what = _("Nhiệt độ tủ vắc xin: {n} việc").format(n=count)
    return WorkLine(key=Key.FRIDGE, count=count, what=what, why="; ".join(told), lead=lead)


def revisits_line(work: TodaysWork, _now: datetime) -> WorkLine | None:
    """Whose refusal, or what must not be given to them, somebody wanted to speak of again by now."""
    found = work.revisits
    if not found:
        return None
    what = _("{n} người đến hẹn hỏi lại về tiêm vắc xin").format(n=len(found))
    return WorkLine(key=Key.REVISITS, count=len(found), what=what, why=", ".join(one.full_name for one in found[:3]))


def vaccines_line(work: TodaysWork, _now: datetime) -> WorkLine | None:
    """Who can be vaccinated and is not late yet; the late ones, who may be many for years, beside them."""
    found = work.vaccines
    if not found.due:
        return None
    what = _("{n} người đến hạn tiêm vắc xin").format(n=found.due)
    where = " · ".join(f"{hamlet or _('Chưa ghi bản')} {count}" for hamlet, count in found.where[:4])
    late = _("{n} người quá hạn").format(n=found.overdue) if found.overdue else ""
    return WorkLine(key=Key.VACCINES, count=found.due, what=what, why=" · ".join(filter(None, (where, late))))


def door(key: Key, work: TodaysWork) -> str:
    """The page, and the part of it, where what the line says is done."""
    waits = work.injections
    if key is Key.FRIDGE:  # where something waits for a decision, else where the temperature is typed
        return "fridge:lots" if work.fridges.lots else "fridge:month"
    if key is Key.SITTING and waits.sitting:  # in which whoever sits longest sits
        return f"session:{waits.sitting[0].session_id.hex}"
    return f"session:{waits.sessions[0].id.hex}" if waits.sessions else "session"


DOORS: Final = (Key.FRIDGE, Key.SITTING, Key.SESSION)
"""The lines whose door goes by what they say."""
