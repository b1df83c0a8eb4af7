"""The list "thiếu giấy tờ": who lacks which paper, or has not been given it; what stands in its way; putting it right.

An illness counts while it is open, and for 30 days after recovery; a contact likewise, while its quarantine is by
decision. The list is computed from the register each time: nothing is marked as missing, so nothing can be left so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.kept import kept
from covidstation.db.queries.missing import ContactEnd, lacking, lines_of, name_of
from covidstation.db.queries.station import get_setting
from covidstation.db.session import Database
from covidstation.domain.contacts import next_test
from covidstation.domain.episodes import TestResult, live_tests
from covidstation.domain.missing import RANK, Errand, Lack, MissingLine
from covidstation.domain.problems import Problem, errors
from covidstation.domain.quarantine import Immunity, quarantine_of, rule_of
from covidstation.domain.rights import Right
from covidstation.domain.text import name_sort_key, sort_key
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.messages.papers import KINDS
from covidstation.printing.lists import ListColumn, PrintedList, render_list
from covidstation.services.access.audit import prints
from covidstation.services.episodes import release_on
from covidstation.services.papers.facts import station_pack
from covidstation.services.papers.issuing import Issued, Skipped, issue_paper, kind_on, prepare_paper
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog_of


@needs(Right.SEE)
def missing_list(db: Database, catalog: Catalog, today: date) -> tuple[MissingLine, ...]:
    """Everything that is missing on that day: papers to issue before papers to deliver, the longest missing first.

    An open isolation lacks its ending once the rule in force for the case lets it end; an F1's quarantine, once its
    days are over and each due test is negative.
    """

    def ask() -> tuple[MissingLine, ...]:
        lines = lines_of(db, missing_now(db, catalog, today))
        return tuple(sorted(lines, key=lambda line: (RANK[line.kind], line.since, line.sort_key)))

    return kept(db, ("missing_list", today), ask, of=catalog)


@needs(Right.SEE)
def missing_now(db: Database, catalog: Catalog, today: date) -> tuple[Lack, ...]:
    """The same without the people, for whoever counts."""
    return kept(db, ("missing_now", today), lambda: _missing(db, catalog, today), of=catalog)


def _missing(db: Database, catalog: Catalog, today: date) -> tuple[Lack, ...]:
    catalog = station_catalog_of(db, catalog)
    found = lacking(db, today, ending=kind_on(db, catalog, today, ending=True))
    lacks = list(found.lacks)
    for lack, episode in found.endings:
        release = release_on(episode, catalog, today)
        if release is not None and release.free:
            lacks.append(lack)
    lacks += [one.lack for one in found.releases if _contact_may_end(one, catalog)]
    return tuple(sorted(lacks, key=lambda lack: (RANK[lack.kind], lack.since)))


def _contact_may_end(end: ContactEnd, catalog: Catalog) -> bool:
    tests = live_tests(end.tests)
    if any(test.result is TestResult.POSITIVE for test in tests):
        return False
    rule = rule_of(catalog.quarantine_rules, end.rule, end.report_date)
    if rule is None or end.last_contact_on is None:
        return False
    protection = Immunity(doses_known=end.doses_known, last_dose_on=end.last_dose_on, recovered_on=end.recovered_on)
    quarantine = quarantine_of(rule, protection, end.last_contact_on, isolate=True)
    return next_test(quarantine, tests, end.lack.until) is None


@needs(Right.SEE)
def lacks(db: Database, line: MissingLine, *, catalog: Catalog, now: datetime) -> tuple[Problem, ...]:
    """What must be known, or answered, before the line's paper can be issued today; nothing for a delivery."""
    if line.delivers:
        return ()
    ids = [line.subject_id]
    try:
        look = prepare_paper(
            db, line.paper, ids, catalog=catalog, issued_on=now.date(), now=now, about_id=line.about_id
        )
    except UserError as trouble:
        return (Problem("", trouble.code, {name: str(value) for name, value in trouble.params.items()}),)
    if look.refusal:
        return (Problem("", look.refusal, {"name": line.full_name}),)
    return tuple(errors(look.problems))


@needs(Right.SEE)
def lacks_of(
    db: Database, lines: Sequence[MissingLine], *, catalog: Catalog, now: datetime
) -> dict[tuple[str, UUID, UUID | None], tuple[Problem, ...]]:
    """The same for several lines, by their keys."""
    return {line.key: lacks(db, line, catalog=catalog, now=now) for line in lines}


@needs(Right.ISSUE)
def issue_errand(db: Database, errand: Errand, *, catalog: Catalog, by: UUID | None, now: datetime) -> Issued | Skipped:
    """Issue one paper in its own transaction, or say why not."""
    try:
        done = issue_paper(db, errand.kind, errand.subject_ids, catalog=catalog, issued_on=now.date(), by=by, now=now)
    except UserError as trouble:
        return Skipped(", ".join(errand.names) or name_of(db, errand.subject_ids[0]), trouble, errand.subject_ids[0])
    return done.value


@dataclass(frozen=True, slots=True)
class MissingLook:
    """The list with what its page needs to print.

    `home_isolation` is the head's answer where the law of the day leaves it open (ask, yes, no), else empty.
    """

    lines: tuple[MissingLine, ...]
    home_isolation: str
    printer: str
    copies: int


@needs(Right.SEE)
def look_at_missing(db: Database, catalog: Catalog, today: date) -> MissingLook:
    """Everything of the page in one go."""
    with db.read() as session:
        pack = station_pack(session, catalog, today)
    return MissingLook(
        lines=missing_list(db, catalog, today),
        home_isolation=get_setting(db, "home_isolation") if pack.home_isolation.answer == "ask" else "",
        printer=get_setting(db, "printer"),
        copies=int(get_setting(db, "print_copies")),
    )


@needs(Right.PRINT)
@prints("delivery_list")
def delivery_list_pdf(db: Database, lines: Sequence[MissingLine], *, catalog: Catalog, today: date) -> bytes:
    """The list to take along: each paper once, by hamlet, with a column for the receiver's signature."""
    names: dict[UUID, list[str]] = {}
    papers: dict[UUID, MissingLine] = {}
    for line in lines:
        if line.paper_id is not None:
            papers.setdefault(line.paper_id, line)
            names.setdefault(line.paper_id, []).append(line.full_name)
    rows = [
        (f"{at}", ", ".join(names[paper]), line.hamlet, KINDS[line.paper], line.number, "", "")
        for at, (paper, line) in enumerate(sorted(papers.items(), key=_by_hamlet), start=1)
    ]
    places = sorted({line.hamlet for line in papers.values()})
    where = places[0] if len(places) == 1 and places[0] else ""
    head = letterhead(db, catalog, today)
    return render_list(
        PrintedList(
            upper=head.parent,
            station=head.station,
            title="DANH SÁCH GIAO NHẬN VĂN BẢN",
            second=_delivery_words(where, today, len(rows)),
            columns=tuple(ListColumn(title, share) for title, share in _delivery_columns()),
            rows=tuple(rows),
            row_height=30.0,
            training=head.training,
            signs=("Người giao", head.head_title),
        )
    )


def _by_hamlet(item: tuple[UUID, MissingLine]) -> tuple[str, str, str]:
    line = item[1]
    return sort_key(line.hamlet), name_sort_key(line.full_name), line.number


def _delivery_words(hamlet: str, today: date, count: int) -> str:
    if hamlet:
        words = "{hamlet}, ngày {day}, {count} văn bản"
        return words.format(hamlet=hamlet, day=date_text(today), count=count)
    return f"Ngày {date_text(today)}, {count} văn bản"


def _delivery_columns() -> tuple[tuple[str, float], ...]:
    return (
        ("STT", 7),
        ("Họ và tên", 22),
        ("Thôn, bản", 13),
        ("Văn bản", 19),
        ("Số", 17),
        ("Ngày nhận", 11),
        ("Người nhận ký, ghi rõ họ tên", 21),
    )
