"""From the facts of a paper to the words that fill its placeholders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from covidstation.domain.dates import age_on
from covidstation.domain.packs import LegalPack, PaperTemplate
from covidstation.domain.paper_facts import PaperFacts, PaperTest, SubjectFacts
from covidstation.domain.paper_words import (
    RESULT_WORDS,
    SEX_WORDS,
    TEST_WORDS,
    birth_words,
    date_words,
    honorific,
    moment_words,
    number_symbol,
    number_text,
    time_words,
)
from covidstation.domain.wording import clean, fill

DOSE_PLACES: Final = (
    "primary_one", "primary_two", "primary_three", "additional", "booster_one", "booster_two", "booster_three",
)  # fmt: skip
"""The places of the certificate in its order (QĐ 43/QĐ-BYT, 7/1/2022); each has one beside it for where (`…_at`)."""
DOSES: Final = (*DOSE_PLACES, *(f"{place}_at" for place in DOSE_PLACES))
PERSON_FIELDS: Final = frozenset(
    {
        "name", "birth", "age", "sex", "citizen_number", "citizen_issued", "nationality", "phone", "address", "hamlet",
        "reason", "test_kind", "test_result", "test_date", "tests", "last_contact", "ethnic_group", "occupation",
        "workplace", "insurance_number", "father_name", "mother_name", "parents", "doses", *DOSES,
    }
)  # fmt: skip
"""The placeholders that each person of a paper fills anew."""
CARD_FROM: Final = 14  # years: the age from which a person must hold a card (Luật Căn cước 26/2023/QH15, Điều 19)


def number_in(paper: PaperTemplate, group: str, day: date) -> int | None:
    """A number that stands in the pack as a text ("30"); None when the paper has none."""
    text = paper.text(group, day)
    return int(text) if text.isascii() and text.isdigit() else None


def applies(name: str, paper: PaperTemplate, subject: SubjectFacts, day: date) -> bool:
    """Whether the paper asks that of this person: parents of small children alone, a card of who must have one."""
    age = age_on(subject.birth, day) if subject.birth else None
    if name in ("parents", "father_name", "mother_name"):
        return _is_small(paper, age, day)
    if name == "citizen_issued":
        return age is None or age >= CARD_FROM
    return True


def _is_small(paper: PaperTemplate, age: int | None, day: date) -> bool:
    below = number_in(paper, "parents_below", day)
    return age is not None and below is not None and age < below


def paper_values(pack: LegalPack, paper: PaperTemplate, facts: PaperFacts) -> dict[str, str]:
    """Every value that does not depend on the person; the pack's terms are filled from the rest."""
    values = _station_values(facts) | _leave_values(paper, facts) | _transfer_values(facts)
    values = {name: clean(value) for name, value in values.items()}
    for name, words in pack.terms.items():
        standing = "".join(word.text for word in words if word.on(facts.issued_on))
        values[name] = fill(standing, values)
    return values


def _station_values(facts: PaperFacts) -> dict[str, str]:
    count, opening = len(facts.subjects), facts.opening
    return {
        "place": facts.place, "commune": facts.commune, "district": facts.district, "province": facts.province,
        "station": facts.station, "upper": facts.upper, "signer": facts.signer, "household": facts.household,
        "isolation_place": facts.isolation_place, "station_phone": facts.station_phone,
        "count": number_text(count) if count else "",
        "days": number_text(facts.days) if facts.days else "",
        "from_time": time_words(facts.isolation_from_time) if facts.isolation_from_time else "",
        "from_date": _date(facts.isolation_from), "until_date": _date(facts.isolation_until),
        "found_at": moment_words(facts.found_at), "proposed_at": moment_words(facts.proposed_at),
        "decided_at": moment_words(facts.decided_at), "told_at": moment_words(facts.told_at),
        "end_date": _date(facts.ended_on),
        "end_time": time_words(facts.ended_at) if facts.ended_at else "",
        "opening_number": number_symbol(number_text(opening.number), opening.symbol) if opening else "",
        "opening_date": date_words(opening.issued_on) if opening else "",
    }  # fmt: skip


def _leave_values(paper: PaperTemplate, facts: PaperFacts) -> dict[str, str]:
    """What was typed, else what the pack has for every such paper."""
    day, leave = facts.issued_on, facts.sick_leave
    values = {name: paper.text(name, day) for name in ("diagnosis", "treatment")}
    if leave is None:
        return values
    return {
        "exam_date": _date(leave.exam_on),
        "leave_days": number_text(leave.days) if leave.days else "",
        "leave_until": _date(leave.until),
        "diagnosis": leave.diagnosis or values["diagnosis"],
        "treatment": leave.treatment or values["treatment"],
        "practitioner": leave.practitioner,
        "serial": leave.serial,
    }


def _transfer_values(facts: PaperFacts) -> dict[str, str]:
    transfer = facts.transfer
    if transfer is None:
        return {}
    return {
        "left_at": moment_words(transfer.left_at), "facility": transfer.facility, "transfer_reason": transfer.reason,
        "state": transfer.state, "signs": transfer.signs, "vitals": transfer.vitals, "course": transfer.course,
        "treatment": transfer.treatment, "transport": transfer.transport, "escort": transfer.escort,
        "transfer_by": transfer.by_name,
    }  # fmt: skip


def person_values(paper: PaperTemplate, subject: SubjectFacts, values: Mapping[str, str], day: date) -> dict[str, str]:
    """The values of one person; `reason` is the pack's, filled with all others."""
    test = subject.test
    small = applies("parents", paper, subject, day)
    father, mother = (clean(subject.father_name), clean(subject.mother_name)) if small else ("", "")
    person = {
        "honorific": honorific(subject.birth, subject.sex, day),
        "name": clean(subject.name),
        "birth": birth_words(subject.birth),
        "age": str(age_on(subject.birth, day)) if subject.birth else "",
        "sex": SEX_WORDS[subject.sex],
        "citizen_number": clean(subject.citizen_number),
        "citizen_issued": _date(subject.citizen_issued_on),
        # Twelve-digit numbers are given to citizens alone.
        "nationality": clean(subject.nationality) or ("Việt Nam" if len(subject.citizen_number) == 12 else ""),
        "phone": clean(subject.phone),
        "address": clean(subject.address),
        "hamlet": clean(subject.hamlet),
        "ethnic_group": clean(subject.ethnic_group),
        "occupation": clean(subject.occupation),
        "workplace": clean(subject.workplace),
        "insurance_number": clean(subject.insurance_number),
        "father_name": father,
        "mother_name": mother,
        "parents": ", ".join(filter(None, (father, mother))),
        "last_contact": _date(subject.last_contact_on),
        "test_kind": TEST_WORDS[test.kind] if test else "",
        "test_result": RESULT_WORDS[test.result] if test else "",
        "test_date": _date(test.on) if test else "",
        "tests": "; ".join(_test_words(one) for one in subject.tests),
    }
    person |= _dose_values(subject)
    person["reason"] = fill(paper.text("reason", day), {**values, **person})
    return person


def _dose_values(subject: SubjectFacts) -> dict[str, str]:
    """`doses`: how many there are, in words of a list; then each place."""
    values = dict.fromkeys(DOSES, "")
    for dose in subject.doses:
        lot = f"lô {dose.lot}" if dose.lot else ""
        values[dose.place] = clean(", ".join(filter(None, (dose.day, dose.vaccine, lot, dose.told))))
        values[f"{dose.place}_at"] = clean(dose.facility)
    return {**values, "doses": number_text(len(subject.doses)) if subject.doses else ""}


def _test_words(test: PaperTest) -> str:
    return " ".join(filter(None, (TEST_WORDS[test.kind], RESULT_WORDS[test.result], _date(test.on))))


def _date(day: date | None) -> str:
    return date_words(day) if day else ""
