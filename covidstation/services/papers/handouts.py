"""The sheets without a number: the commitment of a person at home, the leaflet with the danger signs, the staff list.

They are made from the register of now and never stored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.staff import DutyLine, duties_on
from covidstation.db.queries.station import get_station
from covidstation.db.session import Database
from covidstation.domain.areas import part_words
from covidstation.domain.duties import ROLE_WORDS, TEAM_WORDS
from covidstation.domain.handouts import danger_lines, read_commitment, read_leaflet
from covidstation.domain.packs import LegalPack, PaperKind
from covidstation.domain.paper_facts import PaperFacts
from covidstation.domain.paper_values import paper_values, person_values
from covidstation.domain.paper_words import place_date
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family, RuleError, rule_on
from covidstation.domain.wording import BLANK, fill
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.printing.handouts import CommitmentView, LeafletView, render_commitment, render_leaflet
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.care.triage import guideline_in
from covidstation.services.papers.facts import gather_facts, station_pack
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.papers.subjects import load_subjects
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in


@needs(Right.PRINT)
@prints("commitment")
def commitment_pdf(db: Database, episode_id: UUID, *, catalog: Catalog, day: date) -> bytes:
    """The commitment of one person at home, ready to be signed. Raises UserError episodes.unknown, paper.no_form."""
    with db.read() as session:
        try:
            forms = rules_in(session, Family.COMMITMENT, catalog.commitments, read_commitment)
            form = rule_on(forms, day)
            rounds = guideline_in(session, catalog, day).rounds
        except RuleError as trouble:
            raise UserError("paper.no_form", day=date_text(day)) from trouble
        said, facts = _words(session, catalog, episode_id, day)
    return render_commitment(
        CommitmentView(
            heading=said(form.heading),
            subject=said(form.subject),
            address=said(form.address),
            person=tuple(map(said, form.person)),
            promise=said(form.promise),
            lines=tuple(said(line.replace("{rounds}", str(rounds))) for line in form.lines),
            place_date=place_date(facts.place, day),
            confirming=tuple(map(said, form.confirming)),
            confirmer=facts.signer,
            promising=tuple(map(said, form.promising)),
            name=facts.subjects[0].name,
            training=facts.training,
        )
    )


def _words(session: Session, catalog: Catalog, episode_id: UUID, day: date) -> tuple[Callable[[str], str], PaperFacts]:
    """What fills a text with all that a paper about that illness would know, and those facts."""
    pack, kind = station_pack(session, catalog, day), PaperKind.REFERRAL  # one that the head of station signs
    facts = gather_facts(
        session,
        catalog,
        pack,
        kind,
        load_subjects(session, [episode_id]),
        issued_on=day,
        now=datetime.combine(day, time(0)),
    )
    values = _values(pack, kind, facts)
    return lambda text: fill(text, values), facts


def _values(pack: LegalPack, kind: PaperKind, facts: PaperFacts) -> dict[str, str]:
    paper = pack.paper(kind)
    values = paper_values(pack, paper, facts)
    return values | person_values(paper, facts.subjects[0], values, facts.issued_on)


@needs(Right.PRINT)
@prints("leaflet")
def leaflet_pdf(db: Database, episode_id: UUID | None, *, catalog: Catalog, day: date, large: bool = False) -> bytes:
    """The danger signs by the guideline in force, for one person's age or (None) for any home, and whom to call.

    A5, or A4 when `large`. Raises UserError episodes.unknown, paper.no_form.
    """
    station = get_station(db)
    with db.read() as session:
        try:
            forms = rules_in(session, Family.LEAFLET, catalog.leaflets, read_leaflet)
            form = rule_on(forms, day)
            guideline = guideline_in(session, catalog, day)
        except RuleError as trouble:
            raise UserError("paper.no_form", day=date_text(day)) from trouble
        facts = _words(session, catalog, episode_id, day)[1].subjects[0] if episode_id else None
    return render_leaflet(
        LeafletView(
            heading=form.heading,
            lead=form.lead,
            signs=danger_lines(guideline, facts.birth if facts else None, day),
            call=form.call,
            phone=station.phone or BLANK,
            station=station.name,
            emergency=form.emergency,
            advice_heading=form.advice_heading,
            advice=form.advice,
            name=facts.name if facts else "",
            source=guideline.title,
            training=station.training,
        ),
        large=large,
    )


@needs(Right.PRINT)
def staff_list_pdf(db: Database, *, catalog: Catalog, day: date) -> bytes:
    """Who is in charge of which hamlet on that day, an A4 table with the head's signature."""
    head = letterhead(db, catalog, day)
    lines = duties_on(db, day)
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="DANH SÁCH CÁN BỘ PHÂN CÔNG THEO THÔN, BẢN",
            second=f"Ngày {date_text(day)}, {len(lines)} phân công",
            columns=(
                ListColumn("STT", 7, "centre"),
                ListColumn("Thôn, bản", 20),
                ListColumn("Họ và tên", 25),
                ListColumn("Chức danh", 20),
                ListColumn("Tổ, đội", 19),
                ListColumn("Điện thoại", 15),
                ListColumn("Thời gian", 17),
            ),
            rows=tuple(_duty_row(at, line) for at, line in enumerate(lines, start=1)),
            signs=("Người lập", head.head_title),
            training=head.training,
        )
    )


def _duty_row(at: int, line: DutyLine) -> tuple[str, ...]:
    first = f"từ {date_text(line.valid_from)}" if line.valid_from else ""
    last = f"đến {date_text(line.valid_until)}" if line.valid_until else ""
    days = " ".join(filter(None, (first, last)))
    title = line.title or ROLE_WORDS[line.role]
    place = ", ".join(filter(None, (line.hamlet or "Toàn xã", part_words(line.part))))
    return (str(at), place, line.name, title, TEAM_WORDS[line.team], line.phone, days)
