"""The report of a reaction for the upper level.

It holds the core variables of the WHO for adverse events following immunization (GACVS 12/2015: the person, each
vaccine with dose, lot and hour, the event with its onset, whether it is serious, its end, who reports) and what
stations are asked beside them: the lot's other people, treatment, where the person was taken. What nobody wrote down is
dotted, to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.reaction_file import EventFile, event_file
from covidstation.db.queries.station import get_station
from covidstation.db.session import Database
from covidstation.domain.citizen import grouped
from covidstation.domain.dates import age_on
from covidstation.domain.paper_words import SEX_WORDS
from covidstation.domain.people import Sex
from covidstation.domain.rights import Right
from covidstation.domain.station import Station
from covidstation.domain.terms import Answer
from covidstation.domain.vaccination.checks import volume_text
from covidstation.domain.vaccination.doses import Dose, DoseClass, Site
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.reactions import AdverseEvent, EventEnd
from covidstation.domain.vaccination.screening import (
    ReactionKind,
    ScreeningQuestion,
    ScreeningRule,
    reaction_words,
    screening_rule_on,
)
from covidstation.domain.vaccination.sessions import SessionPlace
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.messages.vaccination_due import as_written
from covidstation.messages.vaccine_session import signs_words
from covidstation.printing.sheets_vaccine import FormPart, FormSheet, FormTable, Ticks, render_forms
from covidstation.services.access.audit import prints
from covidstation.services.papers.letterhead import Letterhead, letterhead
from covidstation.services.rights import needs
from covidstation.services.vaccination.standing import desk_rules

NEAR: Final = timedelta(weeks=4)
"""Other vaccines of so long before are named."""
ENDS: Final = {
    EventEnd.UNKNOWN: "đang theo dõi", EventEnd.RECOVERED: "hồi phục", EventEnd.SEQUELAE: "di chứng",
    EventEnd.DIED: "tử vong", EventEnd.MISTAKE: "ghi nhầm",
}  # fmt: skip
_SITES: Final = {
    Site.LEFT_ARM: "tay trái", Site.RIGHT_ARM: "tay phải", Site.LEFT_THIGH: "đùi trái", Site.RIGHT_THIGH: "đùi phải",
    Site.OTHER: "chỗ khác",
}  # fmt: skip
_SERIOUS: Final = ("Tử vong", "Nguy kịch", "Nằm viện", "Di chứng", "Khác")
_OUTCOME_NAMES: Final = {
    "ELIGIBLE": "đủ điều kiện", "CAUTION": "thận trọng", "DEFER": "trì hoãn", "CONTRAINDICATED": "chống chỉ định",
}  # fmt: skip
Words = Mapping[str, ReactionKind]


@dataclass(frozen=True, slots=True)
class _Report:
    """What a report is written from."""

    file: EventFile
    station: Station
    head: Letterhead
    products: Products
    words: Words
    rule: ScreeningRule
    questions: Mapping[str, ScreeningQuestion]
    conditions: Mapping[str, str]


@needs(Right.PRINT)
@prints("adverse_event")
def event_pdf(db: Database, event_id: UUID, *, catalog: Catalog, today: date) -> bytes:
    """The report of one reaction for the upper level. Raises UserError reactions.unknown."""
    found = event_file(db, event_id)
    if found is None:
        raise UserError("reactions.unknown")
    began = found.event.began_at
    day = began.date() if began else today
    rules = desk_rules(db, catalog=catalog)
    report = _Report(
        file=found,
        station=get_station(db),
        head=letterhead(db, catalog, today),
        products=rules.products(day),
        words=reaction_words(rules.screenings),
        rule=rules.screening(day),
        questions=_questions(found, rules.screenings),
        conditions={code: one.label for code, one in catalog.conditions.items()},
    )
    return render_forms([_form(report, today)])


def _form(report: _Report, today: date) -> FormSheet:
    event, head = report.file.event, report.head
    return FormSheet(
        parent=head.parent,
        station=head.station,
        title="BÁO CÁO TRƯỜNG HỢP PHẢN ỨNG SAU TIÊM VẮC XIN COVID-19",
        second="Tai biến nặng" if event.severe else "Phản ứng thông thường",
        parts=(_person(report), _vaccine(report), _event(report), _telling(report)),
        signs=("Người báo cáo", head.head_title),
        place_date=f"Ngày {date_text(today)}",
        training=head.training,
    )


def _person(report: _Report) -> FormPart:
    person, seat = report.file.person, report.file.seat
    born = person.birth
    age = age_on(born, _day(report.file)) if born else None
    address = ", ".join(filter(None, (person.address_detail, report.file.line.hamlet))) or person.address_printed
    kin = ", ".join(filter(None, (person.father_name, person.mother_name)))
    if seat is not None and seat.guardian_name:
        kin = f"{seat.guardian_name} ({seat.guardian_relation})" if seat.guardian_relation else seat.guardian_name
    fields = [
        (("Họ và tên", person.full_name), ("Sinh", born.text() if born else ""), ("Giới", SEX_WORDS[person.sex])),
        (("Tuổi khi tiêm", "" if age is None else str(age)), ("Căn cước", person.citizen_number),
         ("Điện thoại", grouped(person.phone))),
        (("Địa chỉ", address),),
    ]  # fmt: skip
    if report.rule.wants_guardian(born, _day(report.file)):
        fields.append((("Cha, mẹ, người giám hộ", kin),))
    if person.sex is Sex.FEMALE:
        fields.append((("Mang thai", _carrying(report)), ("Đang cho con bú", _said(person.breastfeeding))))
    diseases = ", ".join(report.conditions.get(code, code) for code in sorted(person.conditions))
    fields += [
        (("Bệnh nền", diseases), ("Đã mắc COVID-19", ", ".join(map(date_text, report.file.ill)))),
        (("Tiền sử dị ứng, thuốc đang dùng", _ticked(report)),),
        (("Phản ứng sau các mũi trước", _before(report)),),
    ]
    return FormPart(title="1. Người được tiêm", fields=tuple(fields))


def _said(answer: str) -> str:
    return {Answer.YES: "có", Answer.NO: "không"}.get(Answer(answer), "")


def _carrying(report: _Report) -> str:
    seat = report.file.seat
    if seat is not None and seat.weeks:
        return f"có, tuần {seat.weeks}"
    return _said(report.file.person.pregnancy)


def _questions(file: EventFile, rules: Sequence[ScreeningRule]) -> dict[str, ScreeningQuestion]:
    """By their codes, as the rule words them by which the person was screened before the dose; what it has no more, as
    any rule ever did."""
    day = _day(file)
    asked = next((one for one in rules if file.seat is not None and one.id == file.seat.rule), None)
    sheet = (asked or screening_rule_on(rules, day)).sheet_for(file.person.birth, day)
    every = (sheet for rule in sorted(rules, key=lambda one: one.valid_from) for sheet in rule.sheets)
    return {one.code: one for known in (*every, sheet) for one in known.questions}


def _ticked(report: _Report) -> str:
    """What the screening before the dose found."""
    seat = report.file.seat
    if seat is None:
        return ""
    found = ((code, report.questions.get(code)) for code in sorted(seat.answers))
    return "; ".join(code if one is None else one.short or one.label for code, one in found)


def _before(report: _Report) -> str:
    found = []
    for one in report.file.earlier:
        on = f" ngày {date_text(one.began_at.date())}" if one.began_at else ""
        found.append(f"{kinds_words(one, report.words)}{on}")
    return "; ".join(found)


def _vaccine(report: _Report) -> FormPart:
    dose, event = report.file.dose, report.file.event
    near = _near(report)
    rows = tuple(_dose_row(one, report.products) for one in (*([dose] if dose else []), *near))
    if not rows:
        rows = ((report.products.name(event.product) if event.product else "", *[""] * 6),)
    heads = ("Vắc xin, nhà sản xuất", "Mũi", "Số lô", "Hạn dùng", "Ngày, giờ tiêm", "Vị trí, liều", "Nơi tiêm")
    others = ", ".join(f"{_name(one, report.products)} ngày {one.given.text()}" for one in near)
    after = (
        (("Người tiêm", dose.vaccinator if dose else ""), ("Tiêm ở", _session_words(report))),
        (("Vắc xin khác trong 4 tuần trước", others),),
        (("Khám sàng lọc", _screened(report)),),
        (("Cùng lô tại trạm", _lot_words(report)),),
    )
    table = FormTable(heads, (24, 10, 12, 13, 15, 13, 16), rows)
    return FormPart(title="2. Vắc xin (dòng đầu là mũi ngay trước phản ứng)", table=table, after=after)


def _near(report: _Report) -> list[Dose]:
    """Other doses of the four weeks before the one in question, or before the reaction."""
    dose = report.file.dose
    last = _day(report.file)
    return [
        one for one in report.file.doses
        if (dose is None or one.id != dose.id) and one.given.earliest <= last and one.given.latest >= last - NEAR
    ]  # fmt: skip


def _day(file: EventFile) -> date:
    """The day of the dose; of the reaction where no dose is known."""
    if file.dose is not None:
        return file.dose.given.latest
    return file.event.began_at.date() if file.event.began_at else date.max


def _name(dose: Dose, products: Products) -> str:
    return dose.product_name or products.name(dose.product)


def _dose_row(dose: Dose, products: Products) -> tuple[str, ...]:
    known = products.product(dose.product)
    maker = f", {known.maker}" if known is not None and known.maker not in ("", known.name) else ""
    at = f"{dose.given_at:%H:%M} {date_text(dose.given_at.date())}" if dose.given_at else dose.given.text()
    where = ", ".join(filter(None, (_SITES.get(dose.site, ""), volume_text(dose.volume))))
    place = dose_place_words(dose)
    return (
        _name(dose, products) + maker, place, dose.lot_number, date_text(dose.expiry) if dose.expiry else "", at, where,
        dose.facility,
    )  # fmt: skip


def dose_place_words(dose: Dose) -> str:
    """`Mũi 2`, `Bổ sung`, `Nhắc lại 1`."""
    number = f" {dose.number}" if dose.number else ""
    if dose.dose_class is DoseClass.ADDITIONAL:
        return "Bổ sung"
    return ("Nhắc lại" if dose.dose_class is DoseClass.BOOSTER else "Mũi") + (number or "")


def _session_words(report: _Report) -> str:
    place = report.file.place
    if place is None:
        return ""
    return {SessionPlace.HOME: "tại nhà", SessionPlace.HAMLET: "buổi tiêm lưu động"}.get(place, "buổi tiêm tại trạm")


def _screened(report: _Report) -> str:
    """What was measured and decided before the dose."""
    seat = report.file.seat
    if seat is None or seat.seat.outcome is None:
        return ""
    found = [_OUTCOME_NAMES.get(seat.seat.outcome.value, "")]
    vitals = seat.vitals
    if vitals.temperature is not None:
        found.append(f"{vitals.temperature // 10},{vitals.temperature % 10} °C")
    if vitals.pulse is not None:
        found.append(f"mạch {vitals.pulse}")
    if vitals.systolic is not None and vitals.diastolic is not None:
        found.append(f"huyết áp {vitals.systolic}/{vitals.diastolic}")
    if vitals.breaths is not None:
        found.append(f"nhịp thở {vitals.breaths}")
    return "; ".join(filter(None, found))


def _lot_words(report: _Report) -> str:
    lot = report.file.lot
    if not lot.given:
        return ""
    with_them = "kể cả" if lot.among else "không kể"
    words = f"{lot.given} liều; {lot.ordinary} người phản ứng thông thường, {lot.severe} người nặng"
    return f"{words}, {with_them} người này"


def _event(report: _Report) -> FormPart:
    event = report.file.event
    began = f"{event.began_at:%H:%M} {date_text(event.began_at.date())}" if event.began_at else ""
    sent = event.sent_to
    if event.sent_at is not None:
        sent = f"{event.sent_to}, lúc {event.sent_at:%H:%M} {date_text(event.sent_at.date())}"
    ends = {EventEnd.DIED: "Tử vong", EventEnd.SEQUELAE: "Di chứng"}
    ticks = (Ticks("Mức độ", _SERIOUS, frozenset(filter(None, (ends.get(event.end, ""),)))),) if event.severe else ()
    return FormPart(
        title="3. Phản ứng",
        fields=(
            (("Biểu hiện", kinds_words(event, report.words)),),
            (("Bắt đầu", began), ("Sau khi tiêm", after_words(event, report.file.dose))),
            (("Mô tả", event.signs),),
            (("Đã xử trí", event.treatment),),
            (("Chuyển đến", sent), ("Kết cục", end_words(event))),
            (("Ghi chú", event.note),),
        ),
        ticks=ticks,
    )


def after_words(event: AdverseEvent, dose: Dose | None) -> str:
    """From the injection to the first sign: minutes, hours or days; days alone where nobody wrote the hour, nothing
    where the dose was put right to a later time."""
    if event.began_at is None or dose is None:
        return ""
    if dose.given_at is None:
        if dose.given.full is None or event.began_at.date() < dose.given.full:
            return ""
        days = (event.began_at.date() - dose.given.full).days
        return f"{days} ngày" if days else "trong ngày tiêm"
    if event.began_at < dose.given_at.replace(second=0, microsecond=0):
        return ""
    minutes = max(0, round((event.began_at - dose.given_at).total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} phút"
    return f"{minutes // 60} giờ {minutes % 60} phút" if minutes < 48 * 60 else f"{minutes // 1440} ngày"


def _telling(report: _Report) -> FormPart:
    event, station = report.file.event, report.station
    told = f"{event.reported_at:%H:%M} {date_text(event.reported_at.date())}" if event.reported_at else ""
    due = event.report_due(report.rule.report_hours)
    before = f"{due:%H:%M} {date_text(due.date())}" if due is not None else ""
    first: tuple[tuple[str, str], ...] = (("Người ghi nhận", event.by_name), ("Điện thoại trạm", station.phone))
    if before:
        first += (("Hạn báo", before),)
    second = (("Báo cho", event.reported_to), ("Lúc", told), ("Số", event.report_number))
    return FormPart(title="4. Báo cáo", fields=(first, second))


def kinds_words(event: AdverseEvent, words: Words) -> str:
    """The signs in the rule's words, for paper."""
    return signs_words(event, words, as_written)


def end_words(event: AdverseEvent) -> str:
    """How it ended, when, and what was said of it."""
    on = f" ngày {date_text(event.ended_on)}" if event.ended_on else ""
    return ", ".join(filter(None, (ENDS[event.end] + on, event.end_note)))
