"""The list "thiếu giấy tờ": who lacks which paper, or has not been given it; what stands in its way; putting it right.

An illness counts while it is open, and for 30 days after recovery; a contact likewise, while its quarantine is by
decision. The list is computed from the register each time: nothing is marked as missing, so nothing can be left so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.missing import ContactEnd, lacking
from covidstation.db.session import Database
from covidstation.domain.contacts import next_test
from covidstation.domain.episodes import TestResult, live_tests
from covidstation.domain.missing import RANK, Errand, MissingKind, MissingLine
from covidstation.domain.problems import Problem, errors
from covidstation.domain.quarantine import Immunity, quarantine_of, rule_of
from covidstation.domain.text import name_sort_key
from covidstation.errors import UserError
from covidstation.services.episodes import release_on
from covidstation.services.papers import Issued, Skipped, issue_paper, kind_on, prepare_paper


def missing_list(db: Database, catalog: Catalog, today: date) -> tuple[MissingLine, ...]:
    """Everything that is missing on that day: papers to issue before papers to deliver, the longest missing first.

    An open isolation lacks its ending once the rule in force for the case lets it end; an F1's quarantine, once its
    days are over and each due test is negative.
    """
    found = lacking(db, today, ending=kind_on(db, catalog, today, ending=True))
    lines = list(found.lines)
    for line, episode in found.endings:
        release = release_on(episode, catalog, today)
        if release is not None and release.free:
            lines.append(line)
    lines += [one.line for one in found.releases if _contact_may_end(one, catalog)]
    return tuple(sorted(lines, key=lambda line: (RANK[line.kind], line.since, name_sort_key(line.full_name))))


def count_missing(lines: Sequence[MissingLine]) -> Mapping[MissingKind, int]:
    """How many of each kind; none is 0."""
    return Counter(line.kind for line in lines)


def _contact_may_end(end: ContactEnd, catalog: Catalog) -> bool:
    tests = live_tests(end.tests)
    if any(test.result is TestResult.POSITIVE for test in tests):
        return False
    rule = rule_of(catalog.quarantine_rules, end.rule, end.report_date)
    if rule is None or end.last_contact_on is None:
        return False
    protection = Immunity(doses_known=end.doses_known, last_dose_on=end.last_dose_on, recovered_on=end.recovered_on)
    quarantine = quarantine_of(rule, protection, end.last_contact_on, isolate=True)
    return next_test(quarantine, tests, end.line.until) is None


def lacks(db: Database, line: MissingLine, *, catalog: Catalog, now: datetime) -> tuple[Problem, ...]:
    """What must be known, or answered, before the line's paper can be issued today; nothing for a delivery."""
    if line.delivers:
        return ()
    ids = [line.subject_id]
    try:
        look = prepare_paper(db, line.paper, ids, catalog=catalog, issued_on=now.date(), now=now)
    except UserError as trouble:
        return (Problem("", trouble.code, dict(trouble.params)),)
    if look.refusal:
        return (Problem("", look.refusal, {"name": line.full_name}),)
    return tuple(errors(look.problems))


def lacks_of(
    db: Database, lines: Sequence[MissingLine], *, catalog: Catalog, now: datetime
) -> dict[tuple[str, UUID, UUID | None], tuple[Problem, ...]]:
    """The same for several lines, by their keys."""
    return {line.key: lacks(db, line, catalog=catalog, now=now) for line in lines}


def issue_errand(db: Database, errand: Errand, *, catalog: Catalog, by: UUID | None, now: datetime) -> Issued | Skipped:
    """Issue one paper in its own transaction, or say why not."""
    try:
        done = issue_paper(db, errand.kind, errand.subject_ids, catalog=catalog, issued_on=now.date(), by=by, now=now)
    except UserError as trouble:
        return Skipped(", ".join(errand.names), trouble, errand.subject_ids[0])
    return done.value


def issue_errands(
    db: Database, errands: Sequence[Errand], *, catalog: Catalog, by: UUID | None, now: datetime
) -> Iterator[Issued | Skipped]:
    """Issue each, so that one that cannot be made stops no other."""
    for errand in errands:
        yield issue_errand(db, errand, catalog=catalog, by=by, now=now)
