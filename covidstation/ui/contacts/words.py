"""What the codes of a contact are called on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from covidstation.db.queries.care import ChangeLine
from covidstation.db.queries.contacts import ContactLine
from covidstation.domain.care import ContactProximity, ContactRelation, EndOfQuarantineReason, VisitStatus
from covidstation.domain.contacts import Contact, ContactState, Standing
from covidstation.domain.episodes import QuarantineType
from covidstation.domain.quarantine import Quarantine
from covidstation.i18n import N_, _, date_text, moment_text
from covidstation.messages import sentence
from covidstation.ui.look.tokens import Tone

PROXIMITIES: Final[Mapping[ContactProximity, str]] = {
    ContactProximity.SAME_ROOM: N_("Cùng nhà, cùng phòng"),
    ContactProximity.FACE_TO_FACE_LONG: N_("Trong 2 m, từ 15 phút"),
    ContactProximity.FACE_TO_FACE_SHORT: N_("Trong 2 m, dưới 15 phút"),
    ContactProximity.PHYSICAL_CONTACT: N_("Chạm trực tiếp"),
    ContactProximity.AIRPLANE_OR_VEHICLE: N_("Cùng xe, cùng chuyến"),
    ContactProximity.OTHER: N_("Cách khác"),
}
RELATIONS: Final[Mapping[ContactRelation, str]] = {
    ContactRelation.SAME_HOUSEHOLD: N_("Cùng hộ"),
    ContactRelation.FAMILY_MEMBER_OR_FRIEND: N_("Họ hàng, bạn bè"),
    ContactRelation.SAME_ENVIRONMENT: N_("Cùng lớp, cùng chỗ làm"),
    ContactRelation.MEDICAL_CARE: N_("Chăm sóc y tế"),
    ContactRelation.OTHER: N_("Quan hệ khác"),
}
END_REASONS: Final[Mapping[EndOfQuarantineReason, str]] = {
    EndOfQuarantineReason.ASYMPTOMATIC: N_("Đủ ngày, không mắc bệnh"),
    EndOfQuarantineReason.LOST_TO_FOLLOWUP: N_("Mất liên lạc"),
    EndOfQuarantineReason.OTHER: N_("Lý do khác"),
    EndOfQuarantineReason.ISOLATED_AS_CASE: N_("Đã thành F0"),
}
PLACES: Final[Mapping[QuarantineType, str]] = {
    QuarantineType.HOME: N_("Cách ly tại nhà"),
    QuarantineType.INSTITUTIONELL: N_("Cách ly tập trung"),
    QuarantineType.HOSPITAL: N_("Ở bệnh viện"),
    QuarantineType.OTHER: N_("Cách ly nơi khác"),
    QuarantineType.NONE: N_("Chỉ tự theo dõi"),
}
MET: Final[Mapping[VisitStatus, str]] = {
    VisitStatus.COOPERATIVE: N_("Gặp được"),
    VisitStatus.UNAVAILABLE: N_("Không gặp được"),
    VisitStatus.UNCOOPERATIVE: N_("Không hợp tác"),
}
STATES: Final[Mapping[ContactState, str]] = {
    ContactState.WATCHED: N_("Đang cách ly"),
    ContactState.SELF_WATCH: N_("Tự theo dõi"),
    ContactState.TEST_DUE: N_("Đến hạn xét nghiệm"),
    ContactState.POSITIVE: N_("Dương tính"),
    ContactState.MAY_END: N_("Được kết thúc"),
    ContactState.ENDED: N_("Đã kết thúc"),
    ContactState.CONVERTED: N_("Đã thành F0"),
    ContactState.DROPPED: N_("Không phải F1"),
}


def days_words(quarantine: Quarantine) -> str:
    """`5 ngày, đến hết 15/03/2022, rồi tự theo dõi đến 20/03/2022`."""
    days = _("{count} ngày").format(count=quarantine.days)
    until = date_text(quarantine.until)
    if quarantine.free:
        return _("Tự theo dõi {days}, đến hết {until}").format(days=days, until=until)
    if quarantine.watch_until == quarantine.until:
        return _("Cách ly {days}, đến hết {until}").format(days=days, until=until)
    words = _("Cách ly {days}, đến hết {until}, rồi tự theo dõi đến {watch}")
    return words.format(days=days, until=until, watch=date_text(quarantine.watch_until))


def short_days_words(quarantine: Quarantine) -> str:
    """`5 ngày, đến hết 15/03`, for a line of a list."""
    words = _("tự theo dõi đến {day:%d/%m}") if quarantine.free else _("{count} ngày, đến hết {day:%d/%m}")
    return words.format(count=quarantine.days, day=quarantine.until)


def why_words(quarantine: Quarantine) -> str:
    """Why this many days: the facts, then what the rule says, then whether it is confirmed."""
    if quarantine.free:
        return f"{quarantine.sentence} {source_words(quarantine)}"
    words = _("Vì {why}. {rule} {source}")
    return words.format(why=sentence(quarantine.why), rule=quarantine.sentence, source=source_words(quarantine))


def source_words(quarantine: Quarantine) -> str:
    """Where the rule comes from."""
    words = _("({source}.)") if quarantine.confirmed else _("(Chưa xác nhận: {source}.)")
    return words.format(source=quarantine.source)


def state_words(line: ContactLine, today: date) -> str:
    """The state with its day: `Xét nghiệm ngày 15/03`, `Đã kết thúc 16/03`; a case that was none is said before it."""
    standing, contact = line.standing, line.contact
    if says_denied(line):
        return _("Ca nguồn ghi nhầm")
    if standing.state is ContactState.TEST_DUE and standing.test_on is not None and standing.test_on < today:
        return _("Trễ xét nghiệm")
    if standing.state is ContactState.ENDED and contact.ended_on is not None:
        return _("Kết thúc {day:%d/%m}").format(day=contact.ended_on)
    return _(STATES[standing.state])


def says_denied(line: ContactLine) -> bool:
    """Whether the state is that there was no case: only a positive test of the contact's own weighs more."""
    return line.source_denied and line.standing.state is not ContactState.POSITIVE


def denied_words(line: ContactLine) -> str:
    """What a contact without a case asks for."""
    words = _("{source} đã ghi là không mắc bệnh. Chọn F0 khác, hoặc bấm Kết thúc, chọn Không phải tiếp xúc.")
    return words.format(source=line.source)


def change_words(change: ChangeLine, today: date) -> str:
    """`Đã đổi 7 → 10 ngày lúc 07:15 10/03 (Lò Thị Mai): Nhà có thêm F0`."""
    values = {
        "before": change.days_before or "?",
        "after": change.days_after,
        "when": moment_text(change.changed_at, today),
        "why": change.reason,
        "who": change.by_name,
    }
    words = _("Đã đổi {before} → {after} ngày lúc {when} ({who}): {why}")
    return (words if change.by_name else _("Đã đổi {before} → {after} ngày lúc {when}: {why}")).format(**values)


def tests_words(contact: Contact, standing: Standing) -> str:
    """The newest test, else the day of the next one."""
    if contact.tests:
        newest = contact.tests[-1]
        results = {"POSITIVE": _("dương tính"), "NEGATIVE": _("âm tính"), "PENDING": _("chờ kết quả")}
        words = results.get(newest.result.value, _("không rõ"))
        return _("{day:%d/%m} {result}").format(day=newest.sampled_on, result=words) if newest.sampled_on else words
    if standing.test_on is not None:
        return _("hạn {day:%d/%m}").format(day=standing.test_on)
    return ""


def contact_chip(line: ContactLine) -> tuple[str, Tone]:
    """`F1 ngày 3`, for the head of a person's page."""
    day = line.standing.day or 0
    if not line.isolated:
        return _("F1 tự theo dõi, ngày {day}").format(day=day), "grey"
    return _("F1 ngày {day}").format(day=day), "blue"


def line_words(line: ContactLine, today: date) -> str:
    """A contact in one line under their name: how long, how near, tests."""
    contact = line.contact
    until = _("đến hết {day}").format(day=date_text(contact.quarantine_until)) if contact.quarantine_until else ""
    last = _("tiếp xúc cuối {day}").format(day=date_text(contact.last_contact_on)) if contact.last_contact_on else ""
    place = _(PLACES[contact.quarantine_type]) if contact.quarantine_type else ""
    parts = (state_words(line, today), last, place, until, tests_words(contact, line.standing))
    return " · ".join(filter(None, parts))
