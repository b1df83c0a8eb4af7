"""The papers: from a pack and the facts to a frozen view that holds every word of the paper.

The view is what the register keeps and what `printing` draws; building it again later is never needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from covidstation.domain.packs import LegalPack, PaperKind, PaperTemplate, Signatory, Wording
from covidstation.domain.paper_facts import PaperFacts, PaperReference, PaperTest, ReferralFacts, SubjectFacts
from covidstation.domain.paper_values import PERSON_FIELDS, applies, number_in, paper_values, person_values
from covidstation.domain.paper_view import PaperBlock, PaperSubject, PaperView
from covidstation.domain.paper_words import (
    birth_words,
    date_words,
    honorific,
    moment_words,
    number_symbol,
    number_text,
    place_date,
    time_words,
)
from covidstation.domain.problems import Level, Problem
from covidstation.domain.sick_leave import SickLeave, leave_problems
from covidstation.domain.wording import clean, fill


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


def build_view(pack: LegalPack, kind: PaperKind, facts: PaperFacts) -> PaperView:
    """The paper in its final words, without a number yet. Raises PackError when the pack has no such paper."""
    paper, day, many = pack.paper(kind), facts.issued_on, len(facts.subjects) > 1
    values = paper_values(pack, paper, facts)
    people = [person_values(paper, subject, values, day) for subject in facts.subjects]
    values |= people[0] if people else {}

    def filled(group: str) -> str:
        return fill(paper.text(group, day, many=many), values)

    def lines(group: str) -> tuple[str, ...]:
        return tuple(line for line in filled(group).splitlines() if line)

    return PaperView(
        pack=pack.id,
        kind=kind,
        number=None,
        symbol=filled("symbol"),
        place=clean(facts.place),
        issued_on=day,
        parent=lines("parent"),
        issuer=lines("issuer"),
        title=filled("title"),
        subject=lines("subject"),
        authority=filled("authority"),
        legal_bases=_sentences((*lines("legal_bases"), *lines("proposal"))),
        decides=filled("decides"),
        body=_body(paper, values, people, day),
        recipients=_sentences(lines("recipients")),
        # A form whose line names no office ("thủ trưởng đơn vị") has no other one for a deputy.
        signer_titles=(lines("deputy") if facts.by_deputy else ()) or lines("signer"),
        signer=clean(facts.signer),
        second_titles=lines("second_signer"),
        second_signer=values.get("practitioner") or values.get("transfer_by", ""),
        corner=lines("corner"),
        copies=lines("copies"),
        leave_from=facts.sick_leave.exam_on if facts.sick_leave else None,
        leave_until=facts.sick_leave.until if facts.sick_leave else None,
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
    values = paper_values(pack, paper, facts)
    people = [values | person_values(paper, subject, values, day) for subject in facts.subjects]
    items: list[PaperItem] = []
    for names, needed in ((paper.needs_on(day), True), (paper.wants, False)):
        for name in names:
            if name not in PERSON_FIELDS:
                items.append(PaperItem(name, name, values.get("name", ""), values.get(name, ""), needed))
                continue
            items += [
                PaperItem(f"subjects.{at}.{name}", name, known["name"], known[name], needed)
                for at, known in enumerate(people)
                if applies(name, paper, facts.subjects[at], day)
            ]
    return items


def missing(pack: LegalPack, kind: PaperKind, facts: PaperFacts) -> list[Problem]:
    """What is not known yet, and what is wrong: an error must be mended before printing, a warning may stay.

    Fields are names of placeholders, `subjects.N.name` for a person's; codes `paper.missing.<name>`, and those of
    `sick_leave.leave_problems`.
    """
    if not facts.subjects:
        return [Problem("subjects", "paper.no_subject")]
    found = [item.problem() for item in paper_items(pack, kind, facts) if not item.value]
    if facts.sick_leave is not None:
        most = number_in(pack.paper(kind), "most_days", facts.issued_on)
        found += leave_problems(facts.sick_leave, issued_on=facts.issued_on, most=most)
        if facts.signer and not facts.head_registered:
            found.append(Problem("signer", "paper.head_not_registered", {"name": facts.signer}, "warning"))
    return found


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
    if blocks and blocks[-1].style in ("text", "article"):  # a form of rows closes with none
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
    "ReferralFacts", "SickLeave", "Signatory", "SubjectFacts", "birth_words", "build_view", "date_words", "honorific",
    "missing", "moment_words", "number_symbol", "number_text", "paper_items", "place_date", "time_words", "with_number",
]  # fmt: skip
