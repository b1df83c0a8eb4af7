"""What was taken out is given, lost, left or explained: a long day of two sessions against a book kept by hand, in the
session, in the store and in its ledger, and in the result of the day."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from covidstation.db.queries.supply_ledger import ledger_between
from covidstation.db.queries.vaccine_sessions import SessionSheet
from covidstation.domain.vaccination.sessions import SessionStatus, Take, WasteReason, tally
from covidstation.services.vaccination.closing import Counted, close_session, reopen_session
from covidstation.services.vaccination.day import take_back_injection
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.vials import WasteDraft, draw_over, void_waste, waste_doses
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import kept_sums, left
from tests.services.vaccination.rooms import WHO, code, jab, person, refused, running, sheet, take, vaccine

PER = {"FK0112": 6, "AZ7": 10}
STOCK = {"FK0112": 240, "AZ7": 300}


@dataclass
class Book:
    """One session as somebody would keep it with a pencil, in doses by lot."""

    vials: dict[str, int] = field(default_factory=dict)  # taken along
    opened: dict[tuple[str, int], int] = field(default_factory=dict)  # doses in it
    extra: Counter[str] = field(default_factory=Counter)
    given: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    lost: dict[UUID, tuple[str, int, int]] = field(default_factory=dict)
    over: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    drawn: set[tuple[str, int]] = field(default_factory=set)  # vials that somebody opened for a dose

    def taken(self, lot: str) -> int:
        return self.vials.get(lot, 0) * PER[lot] + sum(1 for one, _vial in self.over.values() if one == lot)

    def gave(self, lot: str) -> int:
        return sum(1 for one, _vial in self.given.values() if one == lot)

    def wasted(self, lot: str) -> int:
        return sum(doses for one, _vial, doses in self.lost.values() if one == lot)

    def of_lot(self, lot: str) -> list[tuple[str, int]]:
        return [key for key, doses in self.opened.items() if key[0] == lot and doses > 0]


class Day:
    """Two sessions of one day that draw from the same lots."""

    def __init__(self, db, seed: int) -> None:
        self.db, self.dice, self.count = db, random.Random(seed), 0
        self.lots = {"FK0112": vaccine(db, 240), "AZ7": vaccine(db, 300, item="AstraZeneca", number="AZ7")}
        self.books: dict[UUID, Book] = {}
        for _session in range(2):
            one = running(db, self.lots["FK0112"], 3)
            take(db, one, self.lots["AZ7"], 2, per_vial=10)
            self.books[one] = Book(vials={"FK0112": 3, "AZ7": 2})

    def sheet(self, one: UUID) -> SessionSheet:
        return sheet(self.db, one)

    def take(self, one: UUID, lot: str) -> Take:
        return next(found for found in self.sheet(one).takes if found.lot_number == lot)

    def inject(self, one: UUID, lot: str) -> None:
        book, drawn = self.books[one], self.take(one, lot)
        unopened = book.vials[lot] - len([key for key in book.opened if key[0] == lot])
        if not book.of_lot(lot) and not unopened:
            return
        self.count += 1
        who = person(self.db, self.count)
        draft = InjectionDraft(product=drawn.product, reason="theo chỉ định")
        done = jab(self.db, one, who, sure=True, draft=draft)
        key = (lot, done.vial)
        book.opened[key] = book.opened.get(key, PER[lot]) - 1
        assert done.left == book.opened[key] >= 0
        book.given[who] = key
        book.drawn.add(key)

    def take_back(self, one: UUID, _lot: str) -> None:
        book = self.books[one]
        if book.given:
            who = self.dice.choice(list(book.given))
            take_back_injection(self.db, one, who, "ghi nhầm", catalog=catalog(), now=NOW, **WHO)
            book.opened[book.given.pop(who)] += 1

    def lose(self, one: UUID, lot: str) -> None:
        book, drawn = self.books[one], self.take(one, lot)
        if not book.of_lot(lot):
            return
        key = self.dice.choice(book.of_lot(lot))
        doses = self.dice.randint(1, book.opened[key])
        vial = next(found for found in drawn.opened if found.number == key[1])
        draft = WasteDraft(take_id=drawn.id, vial_id=vial.id, doses=doses, reason=WasteReason.OVERTIME)
        book.lost[waste_doses(self.db, draft, now=NOW, **WHO).value] = (*key, doses)
        book.opened[key] -= doses

    def break_vials(self, one: UUID, lot: str) -> None:
        book, drawn = self.books[one], self.take(one, lot)
        unopened = book.vials[lot] - len([key for key in book.opened if key[0] == lot])
        if not unopened:
            return
        vials = self.dice.randint(1, min(2, unopened))
        before = {found.id for found in self.sheet(one).wastes}
        draft = WasteDraft(take_id=drawn.id, vials=vials, reason=WasteReason.BROKEN)
        waste_doses(self.db, draft, now=NOW, **WHO)
        for waste in self.sheet(one).wastes:
            if waste.id not in before:
                number = next(vial.number for vial in self.take(one, lot).opened if vial.id == waste.vial_id)
                book.lost[waste.id], book.opened[lot, number] = (lot, number, PER[lot]), 0

    def find(self, one: UUID, _lot: str) -> None:
        book = self.books[one]
        if book.lost:
            waste = self.dice.choice(list(book.lost))
            lot, vial, doses = book.lost.pop(waste)
            void_waste(self.db, waste, now=NOW, **WHO)
            book.opened[lot, vial] += doses
            others = [*(one[:2] for one in book.lost.values()), *book.over.values()]
            if (lot, vial) not in {*book.drawn, *others}:  # nobody opened it after all
                del book.opened[lot, vial]

    def eleventh(self, one: UUID, lot: str) -> None:
        book = self.books[one]
        numbers = [number for known, number in book.opened if known == lot and book.extra[f"{lot}/{number}"] < 2]
        if numbers:
            number = self.dice.choice(numbers)
            vial = next(found for found in self.take(one, lot).opened if found.number == number)
            book.over[draw_over(self.db, vial.id, now=NOW, **WHO).value] = (lot, number)
            book.opened[lot, number] += 1
            book.extra[f"{lot}/{number}"] += 1

    def more(self, one: UUID, lot: str) -> None:
        self.books[one].vials[lot] += 1
        take(self.db, one, self.lots[lot], self.books[one].vials[lot], per_vial=PER[lot])

    def bring_back(self, one: UUID, lot: str) -> None:
        """Unopened vials go back into the fridge while the session goes on."""
        book = self.books[one]
        if book.vials[lot] > max(1, len([key for key in book.opened if key[0] == lot])):
            book.vials[lot] -= 1
            take(self.db, one, self.lots[lot], book.vials[lot], per_vial=PER[lot])

    def end(self, one: UUID, _lot: str, *, again: bool = True) -> None:
        """Ended with a dose too few or too many in some lot; most often opened again."""
        book, counted = self.books[one], {}
        for found in self.sheet(one).takes:
            lot = found.lot_number
            unopened = (book.vials[lot] - len([key for key in book.opened if key[0] == lot])) * PER[lot]
            gap = self.dice.choice((-1, 0, 0, 1, 2))
            real = min(max(0, unopened - gap), book.taken(lot))
            book.missing[lot] = unopened - real
            counted[found.id] = Counted(real, "đếm lại thấy khác" if real != unopened else "")
        known = {found.id for found in self.sheet(one).wastes}
        kept = (dict(book.opened), dict(book.lost))
        close_session(self.db, one, counted, catalog=catalog(), now=NOW, sure=True, **WHO)
        for waste in self.sheet(one).wastes:
            if waste.id not in known:
                lot, number = next(key for key in self._vial(one, waste.vial_id))
                assert (waste.reason, waste.doses) == (WasteReason.LEFTOVER, book.opened[lot, number])
                book.lost[waste.id], book.opened[lot, number] = (lot, number, waste.doses), 0
        self.check()
        if again:
            reopen_session(self.db, one, now=NOW, **WHO)
            book.missing.clear()
            book.opened, book.lost = kept

    def _vial(self, one: UUID, vial_id: UUID) -> list[tuple[str, int]]:
        return [
            (found.lot_number, vial.number)
            for found in self.sheet(one).takes
            for vial in found.opened
            if vial.id == vial_id
        ]

    def check(self) -> None:
        """The session, the store and its triggers say what the pencil says."""
        for number, lot in self.lots.items():
            books = self.books.values()
            there = STOCK[number] - sum(
                book.gave(number) + book.wasted(number) + book.missing[number] for book in books
            )
            there += sum(1 for book in books for known, _vial in book.over.values() if known == number)
            assert left(self.db, lot) == kept_sums(self.db)[lot] == there
        for one, book in self.books.items():
            for found in self.sheet(one).takes:
                lot = found.lot_number
                assert (found.taken, found.given, found.wasted) == (book.taken(lot), book.gave(lot), book.wasted(lot))
                assert found.should_be == found.taken - found.given - found.wasted
                if found.left is not None:
                    assert found.taken == found.given + found.wasted + found.left + book.missing[lot]


@pytest.mark.parametrize("seed", [7, 20220310])
def test_a_long_day_of_two_sessions_is_exact_in_the_ledger_to_the_dose(db, seed):
    day = Day(db, seed)
    acts = [day.inject] * 6 + [
        day.take_back, day.lose, day.break_vials, day.find, day.eleventh, day.more, day.bring_back, day.end,
    ]  # fmt: skip
    for _turn in range(42):
        day.dice.choice(acts)(day.dice.choice(list(day.books)), day.dice.choice(list(PER)))
        day.check()
    for one in day.books:
        day.end(one, "", again=False)
    ledger = {line.number: line for line in ledger_between(db, TODAY, TODAY, by_lot=True)}
    for number in PER:
        books, line = day.books.values(), ledger[number]
        assert line.issued == sum(book.gave(number) for book in books)
        assert line.lost == sum(book.wasted(number) for book in books)
        assert line.less - line.more == sum(book.missing[number] for book in books)
        assert line.received - STOCK[number] == sum(one == number for book in books for one, _v in book.over.values())
        assert line.closing == left(db, day.lots[number]) == line.opening + line.came - line.went
    report = day_result(db, TODAY, catalog=catalog())
    assert sum(line.used for line in report) == sum(line.issued for line in ledger.values())
    assert sum(line.wasted for line in report) == sum(line.lost for line in ledger.values())
    sums = [tally(day.sheet(one).takes) for one in day.books]
    assert sum(one.difference for one in sums) == sum(line.less - line.more for line in ledger.values())
    assert {day.sheet(one).line.status for one in day.books} == {SessionStatus.CLOSED}


def test_what_is_taken_back_after_another_session_has_counted_comes_back_into_the_store(db):
    """The difference of one session is no count of the whole lot: the other one's dose was drawn from it before."""
    lot = vaccine(db, 60)
    first, second = running(db, lot, 2), running(db, lot, 2)
    who = person(db, 1)
    jab(db, second, who)
    counted = {sheet(db, first).takes[0].id: Counted(11, "một liều không thấy")}
    close_session(db, first, counted, catalog=catalog(), now=NOW, **WHO)
    assert left(db, lot) == 60 - 1 - 1
    take_back_injection(db, second, who, "ghi nhầm", catalog=catalog(), now=NOW, **WHO)
    assert left(db, lot) == 60 - 1


def test_many_vials_are_lost_in_one_act_and_no_more_than_there_are(db):
    lot = vaccine(db, 60)
    one = running(db, lot, 4)
    takes = sheet(db, one).takes[0].id
    cold = WasteDraft(take_id=takes, vials=5, reason=WasteReason.COLD_CHAIN)
    assert refused(lambda: waste_doses(db, cold, now=NOW, **WHO)) == {"vaccine_session.vials_left"}
    waste_doses(db, WasteDraft(take_id=takes, vials=4, reason=WasteReason.COLD_CHAIN), now=NOW, **WHO)
    assert left(db, lot) == 60 - 24 and sheet(db, one).takes[0].wasted == 24
    assert code(lambda: waste_doses(db, cold, now=NOW, **WHO)) == "vaccine_session.no_vial"
