"""The papers: from a pack and the facts to a frozen view that holds every word of the paper.

The view is what the register keeps and what `printing` draws; building it again later is never needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import chain
from typing import Final

from covidstation.domain.dates import PartialDate, age_on
from covidstation.domain.episodes import TestKind, TestResult
from covidstation.domain.packs import LegalPack, PaperKind, PaperTemplate, Signatory, Wording
from covidstation.domain.paper_view import PaperBlock, PaperSubject, PaperView
from covidstation.domain.people import Sex
from covidstation.domain.problems import Level, Problem
from covidstation.domain.wording import clean, fill

# Papers are Vietnamese whatever the language of the windows: these words are never translated.
SEX_WORDS: Final = {Sex.MALE: "Nam", Sex.FEMALE: "Nữ", Sex.OTHER: "Khác", Sex.UNKNOWN: ""}
TEST_WORDS: Final = {
    TestKind.RAPID_ANTIGEN: "xét nghiệm nhanh kháng nguyên SARS-CoV-2",
    TestKind.PCR_RT_PCR: "xét nghiệm RT-PCR SARS-CoV-2",
}
RESULT_WORDS: Final = {
    TestResult.POSITIVE: "dương tính",
    TestResult.NEGATIVE: "âm tính",
    TestResult.INDETERMINATE: "chưa xác định",
    TestResult.PENDING: "chưa có kết quả",
}
CHILD_BELOW: Final = 16  # years; from then on a person is ông or bà on a decision

PERSON_FIELDS: Final = frozenset(
    {
        "name", "birth", "sex", "citizen_number", "nationality", "phone", "address", "hamlet", "reason",
        "test_kind", "test_result", "test_date",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTest:
    """The test a paper rests on."""

    kind: TestKind
    result: TestResult
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts:
    """What is known of one person of the paper; addresses and the hamlet ("bản Nậm Ngá") are written out."""

    name: str
    birth: PartialDate | None = None
    sex: Sex = Sex.UNKNOWN
    citizen_number: str = ""
    nationality: str = ""  # empty: Việt Nam when there is a citizen number
    phone: str = ""
    address: str = ""
    hamlet: str = ""
    test: PaperTest | None = None  # the positive one for an order, the last one for its end


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperReference:
    """An earlier paper that this one rests on."""

    number: int
    symbol: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What is known when a paper is asked for. Units carry their kind: "xã Nậm Tăm", "tỉnh Lai Châu".

    Hours stand apart from days because a nurse may know the day and not yet the hour.
    """

    issued_on: date
    place: str  # as papers name it: "Nậm Tăm"
    commune: str
    province: str
    station: str  # "Trạm Y tế xã Nậm Tăm"
    district: str = ""  # empty from 1/7/2025
    upper: str = ""  # "Trung tâm Y tế huyện Sìn Hồ"
    signer: str = ""
    by_deputy: bool = False
    subjects: tuple[SubjectFacts, ...] = ()
    household: str = ""  # "ông Giàng A Páo", the head of the household
    isolation_place: str = ""
    isolation_from: date | None = None
    isolation_from_time: time | None = None
    isolation_until: date | None = None
    days: int | None = None
    found_at: datetime | None = None  # the four hours of NĐ 165/2026 Điều 15
    proposed_at: datetime | None = None
    decided_at: datetime | None = None
    told_at: datetime | None = None
    opening: PaperReference | None = None
    ended_on: date | None = None
    ended_at: time | None = None
    training: bool = False


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One thing that a paper says: the name of its placeholder, whose it is, its value (empty: not known yet)."""

    field: str  # the name, `subjects.N.name` for a person's
    name: str
    person: str
    value: str
    needed: bool  # before printing; else it may be written in by hand

    def problem(self) -> Problem:
        """That it is not known."""
        level: Level = "error" if self.needed else "warning"
        return Problem(self.field, f"paper.missing.{self.name}", {"name": self.person}, level)


def number_text(number: int) -> str:
    """A paper's number with the leading zero below ten (NĐ 30/2020, Phụ lục I, phần I, mục II.3)."""
    return f"{number:02d}"


def number_symbol(number: str, symbol: str) -> str:
    """`05/QĐ-UBND`."""
    return f"{number}/{symbol}"


def date_words(day: date) -> str:
    """`ngày 05 tháng 01 năm 2022`: a leading zero for days below 10 and months 1 and 2 alone (same, II.4)."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def place_date(place: str, day: date) -> str:
    """`Nậm Tăm, ngày 10 tháng 3 năm 2022`."""
    return f"{place}, {date_words(day)}"


def time_words(clock: time) -> str:
    """`07 giờ`, `07 giờ 30 phút`."""
    return f"{clock.hour:02d} giờ" + (f" {clock.minute:02d} phút" if clock.minute else "")


def moment_words(moment: datetime | None) -> str:
    """`05 giờ 40 phút ngày 10 tháng 7 năm 2026`, empty for none."""
    return f"{time_words(moment.time())} {date_words(moment.date())}" if moment else ""


def birth_words(birth: PartialDate | None) -> str:
    """`ngày 03/02/1955`, `tháng 02/1955` or `năm 1955`."""
    if birth is None:
        return ""
    return f"{'ngày' if birth.day else 'tháng' if birth.month else 'năm'} {birth.text()}"


def honorific(birth: PartialDate | None, sex: Sex, day: date) -> str:
    """How a decision speaks of a person of that age and sex on that day."""
    if birth is not None and age_on(birth, day) < CHILD_BELOW:
        return "cháu"
    return {Sex.MALE: "ông", Sex.FEMALE: "bà"}.get(sex, "ông (bà)")


def build_view(pack: LegalPack, kind: PaperKind, facts: PaperFacts) -> PaperView:
    """The paper in its final words, without a number yet. Raises PackError when the pack has no such paper."""
    paper, day, many = pack.paper(kind), facts.issued_on, len(facts.subjects) > 1
    values = _values(pack, facts)
    people = [_person_values(paper, subject, values, day) for subject in facts.subjects]
    values |= people[0] if people else {}

    def text(group: str) -> str:
        return fill(paper.text(group, day, many=many), values)

    def lines(group: str) -> tuple[str, ...]:
        return tuple(line for line in text(group).splitlines() if line)

    return PaperView(
        pack=pack.id,
        kind=kind,
        number=None,
        symbol=text("symbol"),
        place=clean(facts.place),
        issued_on=day,
        parent=lines("parent"),
        issuer=lines("issuer"),
        title=text("title"),
        subject=lines("subject"),
        authority=text("authority"),
        legal_bases=_sentences((*lines("legal_bases"), *lines("proposal"))),
        decides=text("decides"),
        body=_body(paper, values, people, day),
        recipients=_sentences(lines("recipients")),
        signer_titles=lines("deputy" if facts.by_deputy else "signer"),
        signer=clean(facts.signer),
        subjects=tuple(map(_subject, people)),
        isolation_from=facts.isolation_from,
        isolation_from_time=facts.isolation_from_time,
        isolation_until=facts.isolation_until,
        days=facts.days,
        found_at=facts.found_at,
        proposed_at=facts.proposed_at,
        decided_at=facts.decided_at,
        told_at=facts.told_at,
        opening=values["opening_number"],
        training=facts.training,
    )


def with_number(view: PaperView, number: int) -> PaperView:
    """The view as it is issued under that number of the station's book."""
    return replace(view, number=number)


def paper_items(pack: LegalPack, kind: PaperKind, facts: PaperFacts) -> list[PaperItem]:
    """All that the paper must or may say, known or not yet, person by person."""
    paper, day = pack.paper(kind), facts.issued_on
    values = _values(pack, facts)
    people = [_person_values(paper, subject, values, day) for subject in facts.subjects]
    items: list[PaperItem] = []
    for name, needed in chain(((name, True) for name in paper.needs), ((name, False) for name in paper.wants)):
        if name in PERSON_FIELDS:
            found = [(f"subjects.{at}.{name}", values | person) for at, person in enumerate(people)]
        else:
            found = [(name, values)]
        items += [PaperItem(field, name, known.get("name", ""), known.get(name, ""), needed) for field, known in found]
    return items


def missing(pack: LegalPack, kind: PaperKind, facts: PaperFacts) -> list[Problem]:
    """What is not known yet: an error must be known before printing, a warning can be written in by hand.

    Fields are names of placeholders, `subjects.N.name` for a person's; codes `paper.missing.<name>`.
    """
    if not facts.subjects:
        return [Problem("subjects", "paper.no_subject")]
    return [item.problem() for item in paper_items(pack, kind, facts) if not item.value]


def _values(pack: LegalPack, facts: PaperFacts) -> dict[str, str]:
    """Every value that does not depend on the person; the pack's terms are filled from the rest."""
    count = len(facts.subjects)
    values = {
        "place": facts.place, "commune": facts.commune, "district": facts.district, "province": facts.province,
        "station": facts.station, "upper": facts.upper, "signer": facts.signer, "household": facts.household,
        "isolation_place": facts.isolation_place,
        "count": number_text(count) if count else "",
        "days": number_text(facts.days) if facts.days else "",
        "from_time": time_words(facts.isolation_from_time) if facts.isolation_from_time else "",
        "from_date": date_words(facts.isolation_from) if facts.isolation_from else "",
        "until_date": date_words(facts.isolation_until) if facts.isolation_until else "",
        "found_at": moment_words(facts.found_at), "proposed_at": moment_words(facts.proposed_at),
        "decided_at": moment_words(facts.decided_at), "told_at": moment_words(facts.told_at),
        "end_date": date_words(facts.ended_on) if facts.ended_on else "",
        "end_time": time_words(facts.ended_at) if facts.ended_at else "",
        "opening_number": "", "opening_date": "",
    }  # fmt: skip
    if facts.opening:
        values["opening_number"] = number_symbol(number_text(facts.opening.number), facts.opening.symbol)
        values["opening_date"] = date_words(facts.opening.issued_on)
    values = {name: clean(value) for name, value in values.items()}
    for name, words in pack.terms.items():
        standing = "".join(word.text for word in words if word.on(facts.issued_on))
        values[name] = fill(standing, values)
    return values


def _person_values(paper: PaperTemplate, subject: SubjectFacts, values: Mapping[str, str], day: date) -> dict[str, str]:
    test = subject.test
    person = {
        "honorific": honorific(subject.birth, subject.sex, day),
        "name": clean(subject.name),
        "birth": birth_words(subject.birth),
        "sex": SEX_WORDS[subject.sex],
        "citizen_number": clean(subject.citizen_number),
        # Twelve-digit numbers are given to citizens alone.
        "nationality": clean(subject.nationality) or ("Việt Nam" if len(subject.citizen_number) == 12 else ""),
        "phone": clean(subject.phone),
        "address": clean(subject.address),
        "hamlet": clean(subject.hamlet),
        "test_kind": TEST_WORDS[test.kind] if test else "",
        "test_result": RESULT_WORDS[test.result] if test else "",
        "test_date": date_words(test.on) if test and test.on else "",
    }
    person["reason"] = fill(paper.text("reason", day), {**values, **person})
    return person


def _subject(person: Mapping[str, str]) -> PaperSubject:
    return PaperSubject(
        honorific=person["honorific"],
        name=person["name"],
        birth=person["birth"],
        sex=person["sex"],
        citizen_number=person["citizen_number"],
        phone=person["phone"],
        address=person["address"],
        reason=person["reason"],
    )


def _body(
    paper: PaperTemplate, values: Mapping[str, str], people: list[dict[str, str]], day: date
) -> tuple[PaperBlock, ...]:
    """The articles numbered as they stand, the persons listed; the last text closes with `./.`"""
    blocks: list[PaperBlock] = []
    articles = 0
    for word in paper.wordings("body", day, many=len(people) > 1):
        heading = ""
        if word.style == "article":
            articles += 1
            heading = f"Điều {articles}."
        blocks += _blocks(word, heading, values, people)
    if blocks and blocks[-1].style != "centre":
        blocks[-1] = replace(blocks[-1], text=blocks[-1].text.rstrip(" .;") + "./.")
    return tuple(blocks)


def _blocks(
    word: Wording, heading: str, values: Mapping[str, str], people: list[dict[str, str]]
) -> Iterable[PaperBlock]:
    if word.style == "persons":
        for number, person in enumerate(people, start=1):
            end = "." if number == len(people) else ";"
            yield PaperBlock(style="text", text=f"{number}. {fill(word.text, {**values, **person})}{end}")
        return
    if word.style == "row":
        # Cut before filling: a bar that a person typed does not cut.
        first, _, second = word.text.partition("|")
        yield PaperBlock(style="row", text=fill(first.strip(), values), second=fill(second.strip(), values))
        return
    for line in filter(None, fill(word.text, values).splitlines()):
        yield PaperBlock(style=word.style, heading=heading, text=line)
        heading = ""


def _sentences(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Each line ends with a semicolon, the last one with a full stop."""
    bare = [line for line in (line.rstrip(" .;") for line in lines) if line]
    return tuple(line + ("." if at == len(bare) else ";") for at, line in enumerate(bare, start=1))


__all__ = [
    "PaperBlock", "PaperFacts", "PaperItem", "PaperKind", "PaperReference", "PaperSubject", "PaperTest", "PaperView",
    "Signatory", "SubjectFacts", "birth_words", "build_view", "date_words", "honorific", "missing", "moment_words",
    "number_symbol", "number_text", "paper_items", "place_date", "time_words", "with_number",
]  # fmt: skip
