"""“Phiếu theo dõi bệnh mạn tính”: one person's diseases, pictures and visits on A4."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.people import get_person
from covidstation.db.queries.places import hamlet_title
from covidstation.db.session import Database
from covidstation.domain.chronic import Condition
from covidstation.domain.chronic_visits import ChronicVisit, measure_words, tenths_text
from covidstation.domain.citizen import grouped
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit, glucose_number, glucose_text
from covidstation.domain.rights import Right
from covidstation.domain.targets import Measure, Result, target_of
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.printing.chronic import ChronicSheet, render_chronic_sheet
from covidstation.services.access.audit import prints
from covidstation.services.chronic.tracks import glucose_picture, pressure_picture
from covidstation.services.chronic.visits import ChronicLook, look_at_chronic
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs

MOST_VISITS: Final = 40  # on paper, the newest
_RESULTS: Final = {Result.CONTROLLED: "Đạt", Result.NOT: "Chưa đạt", Result.UNKNOWN: ""}
_KINDS: Final = {GlucoseKind.FASTING: "đói", GlucoseKind.TWO_HOURS: "sau ăn 2 giờ", GlucoseKind.RANDOM: "bất kỳ"}


@needs(Right.PRINT)
@prints("chronic")
def chronic_sheet_pdf(db: Database, person_id: UUID, *, catalog: Catalog, now: datetime) -> bytes:
    """The sheet with the visits that stand. Raises UserError people.unknown_person."""
    look = look_at_chronic(db, person_id, catalog=catalog, now=now)
    person = get_person(db, person_id)
    if person is None:
        raise UserError("people.unknown_person")
    today = now.date()
    head = letterhead(db, catalog, today)
    born = f"sinh {look.birth.text()}" if look.birth else ""
    place = hamlet_title(db, person.hamlet_id)
    second = ", ".join(filter(None, (look.full_name, born, place)))
    pictures = tuple(one for one in (pressure_picture(look), glucose_picture(look)) if one is not None)
    return render_chronic_sheet(
        ChronicSheet(
            parent=head.parent,
            station=head.station,
            second=second,
            facts=_facts(look, person.insurance_number),
            conditions=tuple(_condition(look, one) for one in look.record.active),
            pictures=pictures,
            visits=tuple(_visit(one) for one in look.record.visits[:MOST_VISITS]),
            place_date=f"Ngày {today.day:02d} tháng {today.month:02d} năm {today.year}",
            signs=("Người bệnh", "Người theo dõi"),
            training=head.training,
        )
    )


def _facts(look: ChronicLook, insurance: str) -> tuple[str, ...]:
    height = next((one.height for one in look.record.visits if one.height), None)
    told = " · ".join(
        filter(
            None,
            (
                f"Điện thoại: {grouped(look.phone)}" if look.phone else "",
                f"Thẻ BHYT: {insurance}" if insurance else "",
                f"Chiều cao: {tenths_text(height)} cm" if height else "",
            ),
        )
    )
    aim = f"Đích chung: {_aims(look)}"
    return (told, aim) if told else (aim,)


def _aims(look: ChronicLook) -> str:
    """What the rule of today aims at for this person's age."""
    day = look.record.visits[0].day if look.record.visits else look.targets.valid_from
    found = {one: target_of(look.targets, one, look.birth, day) for one in Measure}
    pressure, sugar, hba1c = found[Measure.PRESSURE], found[Measure.GLUCOSE], found[Measure.HBA1C]
    span = (sugar.fasting_from, sugar.fasting_to) if sugar else ()
    fasting = "–".join(glucose_number(value, GlucoseUnit.MMOL) for value in span)
    told = (
        f"huyết áp dưới {pressure.systolic_below}/{pressure.diastolic_below}" if pressure else "",
        f"đường huyết đói {fasting} mmol/L" if fasting else "",
        f"HbA1c dưới {tenths_text(hba1c.hba1c_below)} %" if hba1c else "",
    )
    return "; ".join(filter(None, told))


def _condition(look: ChronicLook, one: Condition) -> str:
    own = one.targets
    aims = [
        f"HA dưới {own.systolic}/{own.diastolic}" if own.systolic is not None else "",
        f"đường huyết đói dưới {tenths_text(own.fasting // 10)} mmol/L" if own.fasting is not None else "",
        f"HbA1c dưới {tenths_text(own.hba1c)} %" if own.hba1c is not None else "",
    ]
    parts = [
        f"{look.label(one)} ({one.code})",
        f"chẩn đoán {one.diagnosed.text()}" if one.diagnosed else "",
        one.diagnosed_at,
        one.treatment,
        f"đích riêng: {', '.join(filter(None, aims))}" if any(aims) else "",
    ]
    return "; ".join(filter(None, parts))


def _visit(one: ChronicVisit) -> tuple[str, ...]:
    sugar = (
        f"{glucose_text(one.glucose, one.glucose_unit)} ({_KINDS[one.glucose_kind]})" if one.glucose is not None else ""
    )
    said = (
        one.sentence,
        one.symptoms,
        one.complications,
        one.note,
        f"Chuyển {one.referred_to}" if one.referred_to else "",
    )
    following = f"Hẹn {date_text(one.next_on)}" if one.next_on else ""
    return (
        date_text(one.day),
        f"{one.systolic}/{one.diastolic}" if one.systolic is not None else "",
        sugar,
        measure_words("hba1c", one.hba1c) if one.hba1c is not None else "",
        measure_words("weight", one.weight) if one.weight is not None else "",
        _RESULTS[one.result],
        " · ".join(filter(None, (*said, following))),
    )
