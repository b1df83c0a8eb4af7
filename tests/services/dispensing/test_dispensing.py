"""Prescribing and handing out on a real register: what lasts until when, what is asked back, what is taken back."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pypdfium2 as pdfium
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from covidstation.db.ids import new_id
from covidstation.db.queries.dispensing import prescriptions_of
from covidstation.db.queries.running_out import count_running_out, running_out, to_carry
from covidstation.db.rows import DispensingRow, PersonRow, SupplyLotRow, SupplyStockRow
from covidstation.domain.dispensing import Origin, Place, Receiver
from covidstation.domain.prescriptions import EndReason, HandingDraft, HandingItem, PrescriptionDraft
from covidstation.domain.residence import Living
from covidstation.domain.supplies import ItemDraft, SupplyKind
from covidstation.errors import Refused, UserError
from covidstation.messages import sentence
from covidstation.services.dispensing.handing import hand_out, look_at_handing, take_back_handing
from covidstation.services.dispensing.prescribing import (
    change_prescription,
    end_prescription,
    prescribe,
    take_again,
)
from covidstation.services.dispensing.returning import bring_back
from covidstation.services.dispensing.round import count_due, load_of, medicine_round_pdf, medicines_waiting
from covidstation.services.people import register_person
from covidstation.services.supplies.acts import ReceiptDraft, ReceiptLine, receive
from covidstation.services.supplies.items import add_items
from tests.services.samples import NOW, PAO, TODAY, USER, catalog, found, neighbour, opened

WHO = {"by": None, "by_name": USER, "now": NOW}
AMLODIPIN = PrescriptionDraft(
    medicine="Amlodipin", strength="5 mg", form="viên nén", unit="viên", substances=("Amlodipin",),
    condition="i10", started_on=TODAY - timedelta(days=60),
)  # fmt: skip
METFORMIN = replace(
    AMLODIPIN, medicine="Metformin", strength="500 mg", substances=("Metformin",), condition="E11", times=2
)


@pytest.fixture
def db(tmp_path):
    found(tmp_path)
    station = opened(tmp_path)
    with closing(station.db):
        yield station.db


@pytest.fixture
def pao(db):
    return register_person(db, PAO, catalog=catalog(), by=None, now=NOW).value.id


def handing(*items, **more):
    return HandingDraft(items=items, day=more.pop("day", TODAY), **more)


def own(prescription, days=60, **more):
    return HandingItem(prescription_id=prescription, days=days, origin=Origin.OWN, **more)


def hand(db, person, draft, **more):
    return hand_out(db, person, draft, catalog=catalog(), **{**WHO, **more}).value


def until(db, person):
    return {one.medicine: one.runs_out_on for one in prescriptions_of(db, person)}


def pdf_text(pdf):
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(pdf)).split())


def codes(refused):
    return [(one.code, one.level) for one in refused.value.problems]


def test_two_months_of_two_medicines_and_when_they_run_out(db, pao):
    first = prescribe(db, pao, AMLODIPIN, **WHO).value
    second = prescribe(db, pao, METFORMIN, **WHO).value
    assert until(db, pao) == {"Amlodipin": AMLODIPIN.started_on, "Metformin": METFORMIN.started_on}
    look = look_at_handing(db, pao, catalog=catalog(), day=TODAY)
    assert [(one.prescribed.name, one.days, one.units) for one in look.lines] == [
        ("Metformin 500 mg", 60, 120), ("Amlodipin 5 mg", 60, 60),
    ]  # fmt: skip
    hand(db, pao, handing(own(first), own(second), place=Place.HOME, receiver=Receiver.PROXY, receiver_name="Con gái"))
    assert until(db, pao) == {"Amlodipin": TODAY + timedelta(days=60), "Metformin": TODAY + timedelta(days=60)}
    handed = prescriptions_of(db, pao)[0].handed[0]
    assert (handed.units, handed.place, handed.receiver_name) == (120, "HOME", "Con gái")


def test_early_and_long_are_asked_back_and_then_want_a_reason(db, pao):
    one = prescribe(db, pao, AMLODIPIN, **WHO).value
    hand(db, pao, handing(own(one)))
    with pytest.raises(Refused) as refused:
        hand(db, pao, handing(own(one, 61)))
    assert codes(refused) == [("dispensing.longer", "warning"), ("dispensing.early", "warning")]
    assert all("{" not in sentence(problem) for problem in refused.value.problems)
    with pytest.raises(Refused) as refused:
        hand(db, pao, handing(own(one, 61)), sure=True)
    assert codes(refused) == [("dispensing.why", "error")]
    assert until(db, pao)["Amlodipin"] == TODAY + timedelta(days=60)  # nothing was written
    hand(db, pao, handing(own(one, 61), reason="Đi làm xa"), sure=True)
    assert until(db, pao)["Amlodipin"] == TODAY + timedelta(days=121)


def test_a_count_at_home_stands_before_what_was_computed(db, pao):
    one = prescribe(db, pao, AMLODIPIN, **WHO).value
    hand(db, pao, handing(own(one), day=TODAY - timedelta(days=50)))
    hand(db, pao, handing(own(one, counted=0)))  # ten should be left: nobody is asked about them
    assert until(db, pao)["Amlodipin"] == TODAY + timedelta(days=60)


def test_what_was_taken_back_counts_no_more(db, pao):
    one = prescribe(db, pao, AMLODIPIN, **WHO).value
    act = hand(db, pao, handing(own(one)))
    with pytest.raises(Refused):
        take_back_handing(db, act, "  ", **WHO)
    take_back_handing(db, act, "Nhập nhầm người", **WHO)
    assert until(db, pao)["Amlodipin"] == AMLODIPIN.started_on
    assert [one.void for one in prescriptions_of(db, pao)[0].handed] == [True]
    with pytest.raises(UserError, match=r"dispensing\.taken_back"):
        take_back_handing(db, act, "Lần nữa", **WHO)


def test_another_dose_goes_on_with_what_is_left(db, pao):
    one = prescribe(db, pao, AMLODIPIN, **WHO).value
    hand(db, pao, handing(own(one), day=TODAY - timedelta(days=20)))  # 40 left today
    twice = replace(AMLODIPIN, times=2, started_on=TODAY)
    change_prescription(db, one, twice, **WHO)
    new, old = prescriptions_of(db, pao)
    assert (old.ended_on, old.end_reason, new.runs_out_on) == (TODAY, "CHANGED", TODAY + timedelta(days=20))
    with pytest.raises(UserError, match=r"dispensing\.ended"):
        change_prescription(db, one, twice, **WHO)


def test_the_same_substance_twice_is_asked_back(db, pao):
    prescribe(db, pao, AMLODIPIN, **WHO)
    both = replace(AMLODIPIN, medicine="Coveram", substances=("Perindopril", "amlodipin"))
    with pytest.raises(Refused) as refused:
        prescribe(db, pao, both, **WHO)
    assert codes(refused) == [("dispensing.same_substance", "warning")]
    prescribe(db, pao, both, sure=True, **WHO)
    assert len(prescriptions_of(db, pao)) == 2


def test_ending_and_taking_again(db, pao):
    one = prescribe(db, pao, AMLODIPIN, **WHO).value
    for day in (None, TODAY + timedelta(days=1), AMLODIPIN.started_on - timedelta(days=1)):
        with pytest.raises(Refused):
            end_prescription(db, one, day, EndReason.STOPPED, by=None, now=NOW)
    end_prescription(db, one, TODAY, EndReason.SIDE_EFFECT, by=None, now=NOW)
    assert running_out(db, TODAY) == ()
    with pytest.raises(UserError):
        hand(db, pao, handing(own(one)))
    take_again(db, one, by=None, now=NOW)
    assert [line.person_id for line in running_out(db, TODAY)] == [pao]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(AMLODIPIN, medicine=" "), "dispensing.medicine_missing"),
        (replace(AMLODIPIN, amount=0), "dispensing.amount"),
        (replace(AMLODIPIN, times=25), "dispensing.times"),
        (replace(AMLODIPIN, started_on=None), "care.day_missing"),
        (replace(AMLODIPIN, started_on=TODAY + timedelta(days=1)), "care.day_future"),
        (replace(AMLODIPIN, started_on=date(1955, 2, 2)), "dispensing.before_birth"),
        (replace(AMLODIPIN, condition="tăng huyết áp"), "chronic.code_shape"),
        (replace(AMLODIPIN, medicine="x" * 201), "episodes.text_long"),
    ],
)
def test_a_prescription_that_cannot_be_is_refused(db, pao, draft, code):
    with pytest.raises(Refused) as refused:
        prescribe(db, pao, draft, sure=True, **WHO)
    assert codes(refused) == [(code, "error")]
    assert prescriptions_of(db, pao) == ()


def test_a_handing_out_that_cannot_be_is_refused(db, pao):
    one = prescribe(db, pao, AMLODIPIN, **WHO).value
    for draft, code in (
        (handing(), "dispensing.nothing"),
        (handing(own(one), own(one)), "dispensing.twice"),
        (handing(own(one, 0)), "dispensing.days"),
        (handing(own(one, units=0)), "dispensing.units"),
        (handing(own(one, counted=-1)), "dispensing.counted"),
        (handing(own(one), receiver=Receiver.PROXY), "dispensing.receiver_missing"),
        (handing(replace(own(one), origin=Origin.UPPER)), "dispensing.facility_missing"),
        (handing(own(one), day=TODAY + timedelta(days=1)), "care.day_future"),
        (handing(own(one), day=AMLODIPIN.started_on - timedelta(days=1)), "dispensing.before_start"),
    ):
        with pytest.raises(Refused) as refused:
            hand(db, pao, draft, sure=True)
        assert code in [problem.code for problem in refused.value.problems]
    with pytest.raises(UserError, match=r"dispensing\.unknown"):
        hand(db, pao, handing(own(new_id())))
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(DispensingRow)) == 0


def test_nothing_is_handed_out_to_the_dead(db, pao):
    one = prescribe(db, pao, AMLODIPIN, **WHO).value
    with db.write(None, NOW) as session:
        session.scalars(select(PersonRow).where(PersonRow.id == pao)).one().living = Living.DIED.value
    for act in (
        lambda: hand(db, pao, handing(own(one))),
        lambda: prescribe(db, pao, METFORMIN, **WHO),
        lambda: look_at_handing(db, pao, catalog=catalog(), day=TODAY),
    ):
        with pytest.raises(UserError, match=r"dispensing\.died"):
            act()
    assert running_out(db, TODAY) == () and count_running_out(db, [TODAY]) == (0,)


def test_who_runs_out_comes_by_the_day_and_only_within_the_days_asked(db):
    people = [register_person(db, neighbour(at), catalog=catalog(), by=None, now=NOW).value.id for at in range(4)]
    for at, person in enumerate(people):
        one = prescribe(db, person, AMLODIPIN, **WHO).value
        if at:
            hand(db, person, handing(own(one, 20 + at), day=TODAY - timedelta(days=15)))
    soon = TODAY + timedelta(days=7)
    assert [line.person_id for line in running_out(db, soon)] == people[:3]  # 60 days ago, in 6, in 7 days; not in 8
    assert [line.person_id for line in running_out(db, soon, descending=True, offset=1, limit=1)] == people[1:2]
    waiting = medicines_waiting(db, catalog(), TODAY)
    assert (waiting.days, waiting.count, waiting.out) == (7, 3, 1)
    assert [line.person_id for line in waiting.first] == people[:3]
    assert count_due(db, catalog(), TODAY, ahead=8) == (1, 3, 4)
    assert medicines_waiting(db, catalog(), TODAY, hamlets={new_id()}).count == 0
    assert medicines_waiting(db, catalog(), TODAY, hamlets={None}).count == 3


def test_the_list_for_a_round_names_each_medicine_and_what_to_carry_in_all(db, pao):
    other = register_person(db, neighbour(1), catalog=catalog(), by=None, now=NOW).value.id
    for person in (pao, other):
        prescribe(db, person, AMLODIPIN, **WHO)
    prescribe(db, pao, METFORMIN, **WHO)
    lines = running_out(db, TODAY)
    carried = load_of(to_carry(db, [line.person_id for line in lines], TODAY), 60)
    assert [(load.name, load.units, load.people) for load in carried] == [
        ("Amlodipin 5 mg", 120, 2), ("Metformin 500 mg", 120, 1),
    ]  # fmt: skip
    pdf = medicine_round_pdf(db, lines, days=60, until=TODAY, catalog=catalog(), today=TODAY)
    words = pdf_text(pdf)
    for text in ("Giàng A Páo", "Amlodipin 5 mg: 60 viên", "Metformin 500 mg: 120 viên", "THUỐC MANG THEO"):
        assert text in words
    with pytest.raises(UserError, match=r"dispensing\.nobody"):
        medicine_round_pdf(db, (), days=60, until=TODAY, catalog=catalog(), today=TODAY)


def test_the_list_for_a_round_carries_no_more_than_the_rule_allows(db, pao):
    """From July 2025 on 60 days for hypertension, 30 for a disease that the circular does not name."""
    prescribe(db, pao, AMLODIPIN, **WHO)
    other = register_person(db, neighbour(1), catalog=catalog(), by=None, now=NOW).value.id
    prescribe(db, other, replace(METFORMIN, condition="M10"), **WHO)
    day = date(2025, 8, 1)
    words = pdf_text(medicine_round_pdf(db, running_out(db, day), days=60, until=day, catalog=catalog(), today=day))
    assert "Amlodipin 5 mg: 60 viên" in words and "Metformin 500 mg: 60 viên (30 ngày)" in words


@pytest.fixture
def store(db):
    """What the store has of amlodipine: 100 that expire later, 30 that expire first."""
    draft = ItemDraft(
        kind=SupplyKind.MEDICINE, name="Amlodipin", strength="5 mg", unit="viên", kept_from=AMLODIPIN.started_on
    )
    item = add_items(db, [draft], by=None, now=NOW).value[0]
    lines = (
        ReceiptLine(item_id=item, number="A2", expiry=date(2023, 12, 31), quantity=100),
        ReceiptLine(item_id=item, number="A1", expiry=date(2022, 12, 31), quantity=30),
    )
    receive(db, ReceiptDraft(day=AMLODIPIN.started_on, lines=lines), by=None, now=NOW)
    return item


def left_in_store(db, item):
    query = select(SupplyLotRow.number, SupplyStockRow.balance).join(
        SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id
    )
    with db.read() as session:
        return dict(session.execute(query.where(SupplyLotRow.item_id == item)).all())


def from_store(prescription, days=60, **more):
    return HandingItem(prescription_id=prescription, days=days, **more)


def test_what_is_handed_out_leaves_the_store_what_expires_first_gone_first(db, pao, store):
    one = prescribe(db, pao, replace(AMLODIPIN, item_id=store), **WHO).value
    assert look_at_handing(db, pao, catalog=catalog(), day=TODAY).lines[0].in_store == 130
    act = hand(db, pao, handing(from_store(one)))
    assert left_in_store(db, store) == {"A1": 0, "A2": 70}
    take_back_handing(db, act, "Nhập nhầm", **WHO)
    assert left_in_store(db, store) == {"A1": 30, "A2": 100}


def test_more_than_there_is_is_refused_and_own_medicines_touch_no_store(db, pao, store):
    one = prescribe(db, pao, replace(AMLODIPIN, item_id=store, times=3), **WHO).value
    with pytest.raises(Refused) as refused:
        hand(db, pao, handing(from_store(one)))  # 180 of 130
    assert codes(refused) == [("supplies.not_enough", "error")]
    assert left_in_store(db, store) == {"A1": 30, "A2": 100} and prescriptions_of(db, pao)[0].handed == ()
    hand(db, pao, handing(own(one)))
    assert left_in_store(db, store) == {"A1": 30, "A2": 100}
    other = prescribe(db, pao, METFORMIN, **WHO).value
    with pytest.raises(Refused) as refused:
        hand(db, pao, handing(from_store(other)))
    assert codes(refused) == [("dispensing.not_kept", "error")]


def test_what_comes_back_goes_into_the_lots_it_left(db, pao, store):
    one = prescribe(db, pao, replace(AMLODIPIN, item_id=store), **WHO).value
    hand(db, pao, handing(from_store(one)))
    with pytest.raises(Refused) as refused:
        bring_back(db, one, 61, "Đổi thuốc", **WHO)
    assert codes(refused) == [("dispensing.more_than_given", "error")]
    bring_back(db, one, 40, "Đổi thuốc", **WHO)
    assert sum(left_in_store(db, store).values()) == 110
    assert until(db, pao)["Amlodipin"] == TODAY + timedelta(days=20)
    bring_back(db, one, 20, "Đổi thuốc", into_store=False, **WHO)
    assert sum(left_in_store(db, store).values()) == 110 and until(db, pao)["Amlodipin"] == TODAY


def test_what_comes_back_goes_into_the_lot_that_was_taken_from_last(db, pao, store):
    one = prescribe(db, pao, replace(AMLODIPIN, item_id=store), **WHO).value
    hand(db, pao, handing(from_store(one)))
    assert left_in_store(db, store) == {"A1": 0, "A2": 70}  # 30 that expire first, then 30
    bring_back(db, one, 10, "Đổi thuốc", **WHO)
    assert left_in_store(db, store) == {"A1": 0, "A2": 80}


def test_a_return_by_mistake_leaves_the_store_as_it_was(db, pao, store):
    one = prescribe(db, pao, replace(AMLODIPIN, item_id=store), **WHO).value
    act = hand(db, pao, handing(from_store(one)))
    bring_back(db, one, 40, "Đổi thuốc", **WHO)
    with pytest.raises(UserError, match=r"dispensing\.came_back"):
        take_back_handing(db, act, "Nhập nhầm", **WHO)  # the 40 would be there twice
    assert sum(left_in_store(db, store).values()) == 110
    back = next(item.handing for item in prescriptions_of(db, pao)[0].handed if item.units < 0)
    take_back_handing(db, back, "Nhập nhầm", **WHO)
    assert left_in_store(db, store) == {"A1": 0, "A2": 70} and until(db, pao)["Amlodipin"] == TODAY + timedelta(60)
    take_back_handing(db, act, "Nhập nhầm", **WHO)
    assert left_in_store(db, store) == {"A1": 30, "A2": 100}


acts = st.lists(
    st.tuples(st.integers(0, 59), st.integers(1, 60), st.sampled_from(["hand", "hand", "back"])),
    min_size=1,
    max_size=10,
)


def test_what_another_dose_went_on_with_comes_back_from_it_into_the_lots_it_left(db, pao, store):
    """100 were handed out 20 days ago, the dose is doubled today: 80 are at home, of the new dose alone."""
    draft = replace(AMLODIPIN, item_id=store)
    old = prescribe(db, pao, draft, **WHO).value
    item = from_store(old, 60, units=100)
    act = hand(db, pao, handing(item, day=TODAY - timedelta(days=20)))
    new = change_prescription(db, old, replace(draft, times=2, started_on=TODAY), **WHO).value
    assert {one.id: one.at_home for one in prescriptions_of(db, pao)} == {new: 80, old: 100}
    assert [one.handed_out for one in prescriptions_of(db, pao) if one.id == new] == [()]
    with pytest.raises(Refused) as refused:
        bring_back(db, old, 1, "Đổi thuốc", **WHO)
    assert codes(refused) == [("dispensing.more_than_given", "error")]
    with pytest.raises(Refused):
        bring_back(db, new, 81, "Đổi thuốc", **WHO)
    bring_back(db, new, 80, "Đổi thuốc", **WHO)
    assert sum(left_in_store(db, store).values()) == 110
    with pytest.raises(UserError, match=r"dispensing\.came_back"):
        take_back_handing(db, act, "nhầm", **WHO)


def test_another_medicine_takes_nothing_over_and_the_rest_of_the_old_one_comes_back(db, pao, store):
    old = prescribe(db, pao, replace(AMLODIPIN, item_id=store), **WHO).value
    hand(db, pao, handing(from_store(old)))
    change_prescription(db, old, replace(METFORMIN, started_on=TODAY), **WHO)
    bring_back(db, old, 60, "Đổi thuốc", **WHO)
    assert sum(left_in_store(db, store).values()) == 130


def test_taking_again_asks_about_the_substance_too(db, pao):
    one = prescribe(db, pao, AMLODIPIN, **WHO).value
    end_prescription(db, one, TODAY, EndReason.STOPPED, by=None, now=NOW)
    prescribe(db, pao, replace(AMLODIPIN, medicine="Coveram", started_on=TODAY), **WHO)
    with pytest.raises(Refused) as refused:
        take_again(db, one, by=None, now=NOW)
    assert codes(refused) == [("dispensing.same_substance", "warning")]
    take_again(db, one, by=None, now=NOW, sure=True)
    assert all(one.ended_on is None for one in prescriptions_of(db, pao))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One register for all stories: each has a person of its own."""
    folder = tmp_path_factory.mktemp("station")
    found(folder)
    with closing(opened(folder).db) as one:
        yield one


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(acts=acts)
def test_the_day_they_run_out_is_that_of_the_rows_that_stand(shared, acts):
    """In any order of days and takings back; the oracle looks at what stands alone, tablet by tablet."""
    draft = replace(PAO, citizen_number="", old_citizen_number="", phone="")
    person = register_person(shared, draft, catalog=catalog(), by=None, now=NOW).value.id
    one = prescribe(shared, person, AMLODIPIN, **WHO).value
    standing = {}
    for day, days, act in acts:
        if act == "hand":
            at = AMLODIPIN.started_on + timedelta(days=day)
            made = hand(shared, person, handing(own(one, days), day=at, reason="đủ"), sure=True)
            standing[made] = (day, days)
        elif standing:
            gone = sorted(standing)[day % len(standing)]
            take_back_handing(shared, gone, "nhầm", **WHO)
            del standing[gone]
    box = expected = 0
    last = max((day for day, _days in standing.values()), default=None)
    while last is not None:
        box += sum(days for day, days in standing.values() if day == expected)
        if expected >= last and box < 1:
            break
        box = max(0, box - 1)
        expected += 1
    assert until(shared, person)["Amlodipin"] == AMLODIPIN.started_on + timedelta(days=expected)
