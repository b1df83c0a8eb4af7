"""The lines of Hôm nay: which there are, in which order at this minute, with what and why in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from covidstation.db.queries.chronic import ChronicLine
from covidstation.db.queries.supplies import SupplyState
from covidstation.domain.care import Round
from covidstation.domain.hours import Step
from covidstation.domain.targets import Result
from covidstation.i18n import _, moment_text, ngettext
from covidstation.services.reports.today import ISOLATION_PAPERS, TodaysWork
from covidstation.ui.district.words import due_words
from covidstation.ui.reports.columns import LACKING
from covidstation.ui.status_parts import OLD, age_text
from covidstation.ui.supplies.words import what_of
from covidstation.ui.today import words
from covidstation.ui.today.keys import Key, WorkLine
from covidstation.ui.today.vaccine_lines import (
    fridge_line,
    reactions_line,
    revisits_line,
    session_line,
    sitting_line,
    vaccines_line,
)

__all__ = ["Key", "WorkLine", "lines_of", "round_title"]


def lines_of(work: TodaysWork, now: datetime) -> list[WorkLine]:
    """All lines that have something to say; whatever is late stands above what is not."""
    found = [line for key in Key for line in (_MAKERS[key](work, now),) if line is not None]
    return sorted(found, key=lambda line: not line.lead)  # stable: the order of Key holds within


def _question(work: TodaysWork, _now: datetime) -> WorkLine | None:
    if work.home_isolation != "ask" or not (work.without_order.count or not work.active):
        return None
    return WorkLine(key=Key.QUESTION, count=1, what=_("Có được cách ly COVID-19 tại nhà không?"), why=work.law.text)


def _hours(work: TodaysWork, _now: datetime) -> WorkLine | None:
    late = [one for one in work.hours if one.late]
    if not work.hours:
        return None
    first = (late or work.hours)[0]
    step = first.hours.running
    if step is None:
        return None
    verb = {
        Step.PROPOSED: _("{name}: đề nghị cách ly"),
        Step.DECIDED: _("{name}: chờ quyết định"),
        Step.TOLD: _("{name}: báo cho người bệnh"),
    }[step.step].format(name=first.who.full_name)
    why = _("Hạn {due}").format(due=f"{step.due:%H:%M %d/%m}") if step.due else ""
    lead = _("Quá {age}").format(age=age_text(step.late)) + " –" if step.late else ""
    return WorkLine(key=Key.HOURS, count=len(work.hours), what=verb, why=why, lead=lead)


def _report(work: TodaysWork, _now: datetime) -> WorkLine | None:
    state = work.report
    if state.frozen_at is not None:
        return None
    late = state.late_by > timedelta(0)
    items = ", ".join(_(LACKING[item]) for item in state.missing)
    what = _("chưa chốt, hạn {due}") if late else _("Chưa chốt, hạn {due}")
    return WorkLine(
        key=Key.REPORT,
        count=max(1, len(state.missing)),
        what=what.format(due=f"{state.due_at:%H:%M}"),
        why=_("Thiếu: {items}").format(items=items) if items else _("Đủ mục, chờ xem, chốt và in"),
        lead=_("Quá giờ {age}").format(age=age_text(state.late_by)) + " –" if late else "",
    )


def _round(work: TodaysWork, _now: datetime) -> WorkLine | None:
    found = work.round
    if found.done >= found.wanted and not found.extra:
        return None
    what = _("{done} trên {all} người đã đo").format(done=found.done, all=found.wanted)
    left = " · ".join(f"{hamlet or _('Chưa ghi bản')} {count}" for hamlet, count in found.left[:4])
    why = [
        _("Còn {left}").format(left=left) if left else "",
        _("{n} người cần đo thêm hôm nay").format(n=found.extra) if found.extra else "",
    ]
    return WorkLine(
        key=Key.ROUND,
        count=found.wanted - found.done or found.extra,
        what=what,
        why=" · ".join(filter(None, why)),
        progress=(found.done, found.wanted),
    )


def round_title(round_: Round) -> str:
    """The row's title by the half of the day."""
    return _("Theo dõi sáng") if round_ is Round.MORNING else _("Theo dõi chiều")


def _endings(work: TodaysWork, _now: datetime) -> WorkLine | None:
    count = work.may_end.count + work.over_days.count
    if not count:
        return None
    what, why = words.ending_text(work)
    return WorkLine(key=Key.ENDINGS, count=count, what=what, why=why)


def _orders(work: TodaysWork, _now: datetime) -> WorkLine | None:
    if not work.without_order.count:
        return None
    what, why = words.order_text(work)
    return WorkLine(key=Key.ORDERS, count=work.without_order.count, what=what, why=why)


def _papers(work: TodaysWork, _now: datetime) -> WorkLine | None:
    lines = [line for line in work.missing if line.kind not in ISOLATION_PAPERS]
    if not lines:
        return None
    home = sum(line.delivers for line in lines)
    parts = [
        _("{n} giấy chưa giao tận nhà").format(n=home) if home else "",
        _("{n} giấy chưa làm").format(n=len(lines) - home) if len(lines) > home else "",
    ]
    names = ", ".join(work.paper_names)
    return WorkLine(key=Key.PAPERS, count=len(lines), what=" · ".join(filter(None, parts)), why=names)


def _contacts(work: TodaysWork, _now: datetime) -> WorkLine | None:
    due = work.contacts
    parts = [
        (len(due.positive), _("{n} người dương tính")),
        (len(due.tests), _("{n} người đến hạn xét nghiệm")),
        (len(due.may_end), _("{n} người được kết thúc")),
        (len(due.visits), _("{n} người chưa hỏi hôm nay")),
    ]
    said = [text.format(n=count) for count, text in parts if count]
    if not said:
        return None
    names = ", ".join(due.names)
    lead = _("Dương tính") + " –" if due.positive else ""
    return WorkLine(
        key=Key.CONTACTS, count=sum(count for count, _text in parts), what=" · ".join(said), why=names, lead=lead
    )


def _calls(work: TodaysWork, now: datetime) -> WorkLine | None:
    if not work.calls:
        return None
    first = work.calls[0]
    what = _("{name} hẹn gọi {moment}").format(name=first.full_name, moment=moment_text(first.next_at, now.date()))
    return WorkLine(key=Key.CALLS, count=len(work.calls), what=what, why=first.summary or first.phone)


def _notices(work: TodaysWork, now: datetime) -> WorkLine | None:
    first = work.notices.first
    if first is None:
        return None
    wall = now.replace(tzinfo=None)
    what = _("{n} ca chưa nhập hệ thống").format(n=work.notices.count)
    why = _("Hạn gần nhất {due}: {name}").format(due=f"{first.due_at:%H:%M %d/%m}", name=first.full_name)
    late = wall - first.due_at
    lead = _("Quá hạn {age}").format(age=age_text(late)) + " –" if late > timedelta(0) else ""
    return WorkLine(key=Key.NOTICES, count=work.notices.count, what=what, why=why, lead=lead)


def _follow_ups(work: TodaysWork, _now: datetime) -> WorkLine | None:
    if not work.follow_ups:
        return None
    names = ", ".join(one.full_name for one in work.follow_ups[:3])
    what = _("{n} người đến hẹn thăm sau khỏi bệnh").format(n=len(work.follow_ups))
    return WorkLine(key=Key.FOLLOW_UPS, count=len(work.follow_ups), what=what, why=names)


def _medicines(work: TodaysWork, _now: datetime) -> WorkLine | None:
    """Who has none left is late."""
    found = work.medicines
    if not found.count:
        return None
    names = ", ".join(one.full_name for one in found.first)
    what = _("{n} người hết thuốc mạn tính trong {days} ngày tới").format(n=found.count, days=found.days)
    lead = _("{n} người đã hết").format(n=found.out) + " –" if found.out else ""
    return WorkLine(key=Key.MEDICINES, count=found.count, what=what, why=names, lead=lead)


def _allotments(work: TodaysWork, now: datetime) -> WorkLine | None:
    """What the district sent and nobody has counted."""
    found = work.allotments
    if found.first is None:
        return None
    first = found.first
    what = _("{n} phiếu huyện cấp chờ đếm, nhập kho").format(n=found.count)
    name = first.paper.document if first.paper is not None else first.item.title
    why = " · ".join(filter(None, (name, what_of(first), due_words(first.item, now.date()))))
    lead = _("Quá hạn") + " –" if found.late else ""
    return WorkLine(key=Key.ALLOTMENTS, count=found.count, what=what, why=why, lead=lead)


def _chronic(work: TodaysWork, _now: datetime) -> WorkLine | None:
    """The gravest first, as on their page."""
    found = work.chronic
    if not found.count:
        return None
    what = _("{n} người quá hẹn khám").format(n=found.count)
    names = ", ".join(_waits(one) for one in found.first)
    rest = found.count - len(found.first)
    why = _("{names} và {n} người nữa").format(names=names, n=rest) if rest else names
    return WorkLine(key=Key.CHRONIC, count=found.count, what=what, why=why)


def _waits(line: ChronicLine) -> str:
    """`Giàng A Páo (chưa đạt, 10 ngày)`."""
    days = ngettext("{n} ngày", "{n} ngày", line.late).format(n=line.late) if line.late else _("chưa có hẹn")
    said = _("chưa đạt, {days}").format(days=days) if line.result is Result.NOT else days
    return _("{name} ({said})").format(name=line.full_name, said=said)


def _review(work: TodaysWork, now: datetime) -> WorkLine | None:
    """The round that ends first; it stays until somebody ends it."""
    if not work.reviews:
        return None
    first, *others = work.reviews
    progress, days = first.progress, (first.last_day - now.date()).days
    waiting = progress.left + progress.away
    what = _("{done} trên {all} hộ đã rà").format(done=progress.done, all=progress.households)
    why = [
        first.title,
        _("{n} hộ vắng nhà").format(n=progress.away) if progress.away else "",
        _("{n} hộ từ chối").format(n=progress.refused) if progress.refused else "",
        "" if waiting else _("đã gõ hết các hộ, kết thúc đợt được rồi"),
        ngettext("{n} đợt khác đang mở", "{n} đợt khác đang mở", len(others)).format(n=len(others)) if others else "",
    ]
    lead = _("Quá hạn {n} ngày").format(n=-days) + " –" if days < 0 and waiting else ""
    if days >= 0:
        what += " · " + (_("còn {n} ngày").format(n=days) if days else _("hôm nay là ngày cuối"))
    return WorkLine(
        key=Key.REVIEW, count=waiting or 1, what=what, why=" · ".join(filter(None, why)), lead=lead,
        progress=(progress.done, progress.households),
    )  # fmt: skip


def _store(work: TodaysWork, _now: datetime) -> WorkLine | None:
    """What has expired stands first; then what is out, short, soon over."""
    found = work.store
    told = {
        SupplyState.WRONG: _("{n} mặt hàng bị âm, cần đếm lại"),
        SupplyState.EXPIRED: _("{n} mặt hàng có lô hết hạn"),
        SupplyState.OUT: _("{n} mặt hàng đã hết"),
        SupplyState.SHORT: _("{n} mặt hàng sắp thiếu"),
        SupplyState.EXPIRING: _("{n} mặt hàng sắp hết hạn"),
    }
    parts = [words.format(n=found.counts[state]) for state, words in told.items() if found.counts.get(state)]
    if not parts:
        return None
    return WorkLine(key=Key.STORE, count=found.count, what=" · ".join(parts), why=", ".join(found.names))


def _district(work: TodaysWork, now: datetime) -> WorkLine | None:
    """What the district waits for, the first due first; then what nobody has read."""
    found = work.district
    if not found.count:
        return None
    today = now.date()
    first = found.waiting[0] if found.waiting else None
    parts = [
        _("{n} mục chờ trả lời").format(n=len(found.waiting)) if found.waiting else "",
        _("{n} mục chưa đọc").format(n=found.unread) if found.unread else "",
    ]
    due = due_words(first, today) if first is not None else ""
    why = " · ".join(filter(None, (first.title if first is not None else "", due)))
    lead = _("Quá hạn") + " –" if found.late else ""
    return WorkLine(key=Key.DISTRICT, count=found.count, what=" · ".join(filter(None, parts)), why=why, lead=lead)


def _kept(work: TodaysWork, now: datetime) -> WorkLine | None:
    if not work.kept:
        return None
    first = work.kept[0]
    person = first.value.get("person")
    name = str(person.get("full_name", "")).strip() if isinstance(person, dict) else ""
    when = moment_text(first.saved_at, now.date())
    what = _("Bản nháp lúc {when}: {name}").format(when=when, name=name or _("chưa có tên"))
    return WorkLine(key=Key.KEPT, count=len(work.kept), what=what, why=_("Chưa lưu vào sổ: mở lại để lưu hoặc bỏ"))


def _sending(work: TodaysWork, now: datetime) -> WorkLine | None:
    unsent = work.status.sync.unsent
    if not unsent:
        return None
    what, why = words.sending_text(work, now)
    age = work.status.oldest_age(now)
    lead = _("Quá 1 ngày") + " –" if age is not None and age > OLD else ""
    return WorkLine(key=Key.SENDING, count=unsent, what=what, why=why, lead=lead)


Maker = Callable[[TodaysWork, datetime], WorkLine | None]
_MAKERS: dict[Key, Maker] = {
    Key.QUESTION: _question,
    Key.HOURS: _hours,
    Key.REPORT: _report,
    Key.ROUND: _round,
    Key.ENDINGS: _endings,
    Key.ORDERS: _orders,
    Key.CONTACTS: _contacts,
    Key.PAPERS: _papers,
    Key.CALLS: _calls,
    Key.NOTICES: _notices,
    Key.FOLLOW_UPS: _follow_ups,
    Key.MEDICINES: _medicines,
    Key.CHRONIC: _chronic,
    Key.REACTIONS: reactions_line,
    Key.SITTING: sitting_line,
    Key.SESSION: session_line,
    Key.FRIDGE: fridge_line,
    Key.REVISITS: revisits_line,
    Key.VACCINES: vaccines_line,
    Key.REVIEW: _review,
    Key.ALLOTMENTS: _allotments,
    Key.STORE: _store,
    Key.DISTRICT: _district,
    Key.KEPT: _kept,
    Key.SENDING: _sending,
}
