"""The acts of F0 care that must not be half done: each prepares in a founded register, then does one thing again and
again. What must be true of what is left stands in `tests.faults.care_checks`.

A generator yields once the preparation is acknowledged, then after each act. What an act needs beforehand (a case, a
paper) is put there between two acts, and is itself whole or not there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from covidstation.db.session import Database
from covidstation.domain.packs import PaperKind
from tests.services import outbreak

SHEET = 20  # rows of a mass test's sheet
HOUSEHOLD = 2  # who live with each case
PAPERS = 3  # brought to the homes in one act


def check(db: Database) -> Iterator[None]:
    """A check of a round that raises alerts."""
    yield
    for number in itertools.count():
        outbreak.check(db, outbreak.case(db, number), outbreak.ILL)
        yield


def transfer(db: Database) -> Iterator[None]:
    """Somebody in danger goes to a hospital: the transfer answers the alerts."""
    yield
    for number in itertools.count():
        episode = outbreak.case(db, number)
        outbreak.check(db, episode, outbreak.ILL)
        outbreak.send_away(db, episode)
        yield


def recover(db: Database) -> Iterator[None]:
    """An ending paper: the book's number, the recovery, and the plan of the months after."""
    yield
    for number in itertools.count():
        outbreak.recover(db, outbreak.case(db, number))
        yield


def household(db: Database) -> Iterator[None]:
    """All who live with a case become contacts in one step."""
    yield
    for number in itertools.count(step=HOUSEHOLD + 1):
        episode = outbreak.case(db, number, outbreak.TODAY)
        outbreak.enter_household(db, episode, tuple(range(number + 1, number + 1 + HOUSEHOLD)))
        yield


def turn(db: Database) -> Iterator[None]:
    """A contact (F1) becomes a case (F0)."""
    yield
    for number in itertools.count(step=2):
        episode = outbreak.case(db, number, outbreak.TODAY)
        (contact,) = outbreak.enter_household(db, episode, (number + 1,))
        outbreak.fall_ill(db, contact)
        yield


def give(db: Database) -> Iterator[None]:
    """A package of two medicines is given."""
    yield
    for number in itertools.count():
        outbreak.hand_out(db, outbreak.case(db, number))
        yield


def report(db: Database) -> Iterator[None]:
    """A new case, then the day's report is frozen anew."""
    yield
    for number in itertools.count():
        outbreak.case(db, number)
        outbreak.freeze(db, reason="Thêm ca muộn")
        yield


def deliver(db: Database) -> Iterator[None]:
    """Some papers are marked as brought to the homes, all in one act."""
    yield
    for number in itertools.count(step=PAPERS):
        cases = [outbreak.case(db, one) for one in range(number, number + PAPERS)]
        papers = tuple(outbreak.issue(db, PaperKind.ISOLATION_ORDER, one.id).id for one in cases)
        outbreak.deliver(db, papers)
        yield


def sheet(db: Database) -> Iterator[None]:
    """A mass test's sheet is saved: people, households, cases and tests in one act."""
    yield
    for number in itertools.count(step=SHEET):
        outbreak.mass_test(db, number, SHEET)
        yield


def rule(db: Database) -> Iterator[None]:
    """The head of station changes a rule again."""
    yield
    while True:
        outbreak.rewrite_rule(db)
        yield


def triage(db: Database) -> Iterator[None]:
    """A nurse puts somebody in another class than the table's."""
    yield
    for number in itertools.count():
        outbreak.choose_class(db, outbreak.case(db, number))
        yield


CARE: dict[str, Callable[[Database], Iterator[None]]] = {
    "check": check,
    "transfer": transfer,
    "recover": recover,
    "household": household,
    "turn": turn,
    "give": give,
    "report": report,
    "deliver": deliver,
    "sheet": sheet,
    "rule": rule,
    "triage": triage,
}
CARE_TIMES = {
    "check": 8, "transfer": 6, "recover": 4, "household": 5, "turn": 5, "give": 8, "report": 6, "deliver": 3,
    "sheet": 3, "rule": 15, "triage": 8,
}  # fmt: skip
