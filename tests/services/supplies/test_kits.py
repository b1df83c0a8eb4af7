"""Kits that tests use up come out of the store with the test, and are there again when it was none."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.db.rows import PathogenTestRow, SupplyMovementRow
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.episodes import KitFrom, PathogenTest, TestKind, TestResult
from covidstation.domain.line_list import Cell, LineHeader, LineRow
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.supplies import ItemDraft, MovementKind, SupplyKind
from covidstation.errors import Refused
from covidstation.services.contacts.care import add_contact_test, contact_becomes_case
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.episodes import add_test, register_f0
from covidstation.services.line_list import save_rows
from covidstation.services.supplies.items import end_item
from covidstation.services.supplies.kits import kits_in_store
from tests.services.samples import NOW, TODAY, f0, register
from tests.services.supplies.store import SOON, WHO, bring, keep, kept_sums, left, moves

KIT = ItemDraft(kind=SupplyKind.TEST_KIT, name="Test nhanh kháng nguyên SARS-CoV-2", unit="test",
                kept_from=TODAY - timedelta(days=60))  # fmt: skip
TEST = PathogenTest(result=TestResult.NEGATIVE, sampled_on=TODAY, place="Trạm", kit=KIT.name)


@pytest.fixture
def item(db):
    return keep(db, KIT)


@contextmanager
def refused(code):
    """The act is refused beside the kit."""
    with pytest.raises(Refused) as caught:
        yield
    assert [(one.field, one.code) for one in caught.value.problems] == [("kit", code)]


def links(db, lot):
    return [(row.kind, row.quantity, row.link_kind, row.link_id) for row in moves(db, lot)[1:]]


def written_tests(db):
    with db.read() as session:
        return list(session.scalars(select(PathogenTestRow).order_by(PathogenTestRow.n)))


def test_a_test_takes_the_kit_that_expires_first_and_names_itself(db, item):
    later, soon = bring(db, item, 5), bring(db, item, 5, number="L2", expiry=SOON)
    case = register(db)
    add_test(db, case.id, TEST, **WHO)
    written = written_tests(db)[-1]
    assert (left(db, soon), left(db, later)) == (4, 5)
    assert links(db, soon) == [(MovementKind.ISSUE.value, -1, "pathogen_test", written.id)]
    assert kept_sums(db) == {soon: 4, later: 5}


def test_the_test_by_which_an_f0_is_found_takes_its_kit_too(db, catalog, item):
    lot = bring(db, item, 1)
    draft = f0()
    found = replace(draft, tests=tuple(replace(one, kit="test nhanh khang nguyen sars-cov-2") for one in draft.tests))
    register_f0(db, found, catalog=catalog, by=None, now=NOW)
    assert left(db, lot) == 0


def test_without_a_kit_the_test_is_refused_whole_and_own_ones_are_said_so(db, item):
    lot = bring(db, item, 1)
    case = register(db)
    add_test(db, case.id, TEST, **WHO)
    second = replace(TEST, sampled_on=TODAY - timedelta(days=0), result=TestResult.POSITIVE)
    count = len(written_tests(db))
    with refused("supplies.not_enough"):
        add_test(db, case.id, second, **WHO)
    assert len(written_tests(db)) == count and left(db, lot) == 0
    for source in (KitFrom.OWN, KitFrom.ELSEWHERE):
        add_test(db, case.id, replace(second, kit_from=source, place=source.value), **WHO)
    assert left(db, lot) == 0 and [one.kit_from for one in written_tests(db)[-2:]] == ["OWN", "ELSEWHERE"]


def test_a_correction_gives_the_wrong_kit_back_and_takes_the_right_one(db, item):
    other = keep(db, replace(KIT, name="Test nhanh Mẫu A"))
    lot, second = bring(db, item, 3), bring(db, other, 3)
    case = register(db)
    wrong = add_test(db, case.id, TEST, **WHO).value.tests[-1]
    mended = next(one for one in written_tests(db) if one.kit == KIT.name)
    right = replace(TEST, kit="Test nhanh Mẫu A", voids=mended.id)
    add_test(db, case.id, right, **WHO)
    assert wrong and (left(db, lot), left(db, second)) == (3, 2)
    last = written_tests(db)[-1]
    add_test(db, case.id, replace(right, kit_from=KitFrom.OWN, voids=last.id), **WHO)
    assert (left(db, lot), left(db, second)) == (3, 3)
    assert kept_sums(db) == {lot: 3, second: 3}


def test_kits_of_other_names_or_of_earlier_days_move_nothing(db, item):
    lot = bring(db, item, 2)
    case = register(db)
    add_test(db, case.id, replace(TEST, kit="Kit mượn trạm bên"), **WHO)
    add_test(db, case.id, replace(TEST, kit="", place="Nhà"), **WHO)
    assert left(db, lot) == 2
    ended = keep(db, replace(KIT, name="Kit cũ"))
    end_item(db, ended, **WHO)
    add_test(db, case.id, replace(TEST, kit="Kit cũ", place="Trạm 2"), **WHO)
    assert left(db, lot) == 2


def test_a_kit_of_the_list_draws_from_the_item_that_stands_for_it(db):
    item = keep(db, replace(KIT, name="Biosensor", medicine="Test nhanh kháng nguyên, không rõ hãng"))
    lot = bring(db, item, 2)
    case = register(db)
    add_test(db, case.id, replace(TEST, kit="Test nhanh kháng nguyên, không rõ hãng"), **WHO)
    assert left(db, lot) == 1
    (stored,) = kits_in_store(db, TODAY)
    assert (stored.name, stored.free, stored.unit) == ("Biosensor", 1, "test")


def contacts(db, catalog, count):
    people = [
        NewContact(
            person=PersonDraft(full_name=f"Lò Văn {n}", sex=Sex.MALE),
            contact=ContactDraft(report_date=TODAY, last_contact_on=TODAY, source_words="chợ phiên"),
        )
        for n in range(count)
    ]
    return list(add_contacts(db, people, catalog=catalog, by=None, now=NOW).value)


def test_a_round_of_swabs_takes_one_each_or_none(db, catalog, item):
    lot = bring(db, item, 3)
    three = contacts(db, catalog, 3)
    add_contact_test(db, three[:2], TEST, **WHO)
    assert left(db, lot) == 1
    with refused("supplies.not_enough"):
        add_contact_test(db, three, replace(TEST, kind=TestKind.PCR_RT_PCR), **WHO)
    assert left(db, lot) == 1 and len(written_tests(db)) == 2


def test_the_kit_goes_over_to_the_illness_and_is_used_once(db, catalog, item):
    lot = bring(db, item, 3)
    (one,) = contacts(db, catalog, 1)
    positive = replace(TEST, result=TestResult.POSITIVE)
    add_contact_test(db, [one], positive, **WHO)
    contact_becomes_case(db, one, positive, catalog=catalog, by=None, now=NOW)
    assert left(db, lot) == 2
    standing = written_tests(db)[-1]
    assert [link for *_rest, link in links(db, lot)] == [standing.id]


def rows(count, **cells):
    return [
        LineRow({Cell.NAME.value: f"Giàng A {n}", Cell.BIRTH.value: f"{1950 + n}", **cells}, {}) for n in range(count)
    ]


def test_a_sheet_takes_a_kit_for_each_row_in_one_act(db, catalog, item):
    lot = bring(db, item, 12)
    other = keep(db, replace(KIT, name="Test nhanh Mẫu A"))
    second = bring(db, other, 1)
    header = LineHeader(sampled_on=TODAY, place="Nhà văn hoá", kit=KIT.name, result=TestResult.NEGATIVE)
    sheet = [
        *rows(8),
        *[row.with_text(Cell.NAME, f"{row.text(Cell.NAME)} B") for row in rows(1, kit="Test nhanh Mẫu A")],
    ]
    save_rows(db, header, sheet, catalog=catalog, by=None, now=NOW)
    assert (left(db, lot), left(db, second)) == (4, 0)
    with db.read() as session:
        query = select(SupplyMovementRow.act).where(SupplyMovementRow.lot_id == lot, SupplyMovementRow.quantity < 0)
        assert len(set(session.scalars(query))) == 1
    assert [one.kit for one in written_tests(db)] == [*[KIT.name] * 8, "Test nhanh Mẫu A"]


def test_a_sheet_with_more_rows_than_kits_is_not_written(db, catalog, item):
    lot = bring(db, item, 3)
    header = LineHeader(sampled_on=TODAY, place="Nhà văn hoá", kit=KIT.name)
    with refused("supplies.not_enough"):
        save_rows(db, header, rows(4), catalog=catalog, by=None, now=NOW)
    assert left(db, lot) == 3 and written_tests(db) == []
    save_rows(db, replace(header, kit_from=KitFrom.ELSEWHERE), rows(4), catalog=catalog, by=None, now=NOW)
    assert left(db, lot) == 3 and {one.kit_from for one in written_tests(db)} == {"ELSEWHERE"}


def test_an_expired_kit_serves_no_test(db, item):
    lot = bring(db, item, 3, day=TODAY - timedelta(days=20), expiry=TODAY - timedelta(days=1))
    case = register(db)
    with refused("supplies.not_enough_expired"):
        add_test(db, case.id, TEST, **WHO)
    assert left(db, lot) == 3
