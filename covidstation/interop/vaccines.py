"""Doses of vaccine as Immunization: what the book of doses knows of each, or only that somebody said so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseSource, Site
from covidstation.interop.elements import (
    Element,
    Item,
    Words,
    codeable,
    concept,
    day,
    label,
    many,
    named,
    note,
    part,
    plain,
    quantity,
    ref,
    resource,
)
from covidstation.interop.records import Dose, PersonRecord

COMMUNITY: Final = "https://ec.europa.eu/health/documents/community-register/html/"
TEMPORARY: Final = "http://ec.europa.eu/temp/vaccineproductname"
SERIES: Final = {
    DoseClass.UNKNOWN: "",
    DoseClass.PRIMARY: "Liều cơ bản",
    DoseClass.ADDITIONAL: "Liều bổ sung",
    DoseClass.BOOSTER: "Liều nhắc lại",
}
ORIGINS: Final = {
    DoseSource.OWN_RECORD: "",
    DoseSource.CARD: "Giấy, sổ tiêm",
    DoseSource.CERTIFICATE: "Mã QR chứng nhận",
    DoseSource.SAID: "Người dân nói hoặc đưa giấy tiêm",
    DoseSource.UPPER_LEVEL: "Tuyến trên báo",
}
OUTSIDE: Final = "Lời kể khi mắc bệnh hoặc tiếp xúc, chưa có trong sổ tiêm"
SITES: Final = {
    Site.UNKNOWN: "",
    Site.LEFT_ARM: "Tay trái",
    Site.RIGHT_ARM: "Tay phải",
    Site.LEFT_THIGH: "Đùi trái",
    Site.RIGHT_THIGH: "Đùi phải",
    Site.OTHER: "Chỗ khác",
}


def immunizations(record: PersonRecord, words: Words) -> Iterator[Item]:
    """Each dose that is known of; one that somebody only said is marked as not from its giver, one of the book that was
    taken back as *entered-in-error*: whoever has read it before must hear of it."""
    stands = [(one, "completed") for one in record.doses]
    for one, status in (*stands, *((one, "entered-in-error") for one in record.taken_back)):
        given = _given(one.given)
        target = label("COVID-19", words.terms, "disease.target")
        here = one.source is DoseSource.OWN_RECORD
        made = resource(
            "Immunization",
            one.id or part(record.person.id, f"covid-dose:{one.number or 'unnumbered'}"),
            status=status,
            vaccineCode=_vaccine(one, words),
            patient=ref("Patient", record.person.id),
            **({"occurrenceDateTime": given} if given else {"occurrenceString": "không rõ ngày"}),
            recorded=day(one.said_on),
            primarySource=here,
            reportOrigin=None if here else {"text": ORIGINS[one.source] if one.id else OUTSIDE},
            location=named(" ".join(filter(None, (one.facility, one.country and f"({one.country})")))),
            lotNumber=plain(one.lot),
            expirationDate=day(one.expiry),
            site=codeable(SITES[one.site]),
            doseQuantity=None if one.volume is None else quantity(one.volume / 100, "ml", "mL"),
            performer=[{"actor": giver}] if (giver := named(one.giver)) else None,
            note=note(one.note),
            protocolApplied=_protocol(one, target, words),
        )
        yield Item(made, one.given.latest if one.given else one.said_on)


def _given(when: PartialDate | None) -> str | None:
    """FHIR takes a year, or a year and a month, for a day that nobody remembers."""
    if when is None:
        return None
    parts = (f"{when.year:04d}", f"{when.month:02d}" if when.month else "", f"{when.day:02d}" if when.day else "")
    return "-".join(filter(None, parts))


def _vaccine(one: Dose, words: Words) -> Element:
    """The words and the code of every such vaccine; beside it the product's own, when it is known."""
    found = dict(concept(one.vaccine or "Vắc xin COVID-19, chưa rõ loại", words.terms, "vaccine.covid19"))
    if one.product:
        system = COMMUNITY if one.product.startswith("EU/") else TEMPORARY
        found["coding"] = [{"system": system, "code": one.product}, *found.get("coding", ())]
    return found


def _protocol(one: Dose, target: Element | None, words: Words) -> list[Element] | None:
    """Which dose of the series. FHIR asks for a number in any case: words where only the series is known."""
    if not one.number and not SERIES[one.dose_class]:
        return None
    series = {"series": SERIES[one.dose_class]} if SERIES[one.dose_class] else {}
    number = {"doseNumberPositiveInt": one.number} if one.number else {"doseNumberString": "không rõ"}
    course = words.courses.get(one.product) if one.dose_class is DoseClass.PRIMARY else None
    whole = {"seriesDosesPositiveInt": course} if course else {}
    return [{**series, "targetDisease": many(target), **number, **whole}]
