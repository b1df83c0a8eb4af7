"""Lots shared out over months: first what expires first, none after its last day, no dose twice."""

from collections import Counter
from datetime import date
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.plan import Need, Stock, share_out
from covidstation.domain.vaccination.states import NextDose

TODAY = date(2022, 3, 10)
MARCH, APRIL, MAY = date(2022, 3, 1), date(2022, 4, 1), date(2022, 5, 1)
FIRST, SECOND = NextDose(DoseClass.PRIMARY, 1), NextDose(DoseClass.PRIMARY, 2)


def lot(number: int, product: str, doses: int, expiry: date | None = None) -> Stock:
    return Stock(lot_id=UUID(int=number), product=product, number=f"L{number}", expiry=expiry, doses=doses)


def test_a_lot_serves_no_month_after_its_last_day() -> None:
    """60 doses until 14 April, 100 until December; 40 wanted in March, 50 in April, 30 in May."""
    lots = [lot(1, "A", 100, date(2022, 12, 1)), lot(2, "A", 60, date(2022, 4, 14))]
    needs = [Need(MAY, FIRST, ("A",), 30), Need(MARCH, FIRST, ("A",), 40), Need(APRIL, FIRST, ("A",), 50)]
    met, unused = share_out(needs, lots, TODAY)
    assert [(one.need.month, [(draw.lot.number, draw.doses) for draw in one.draws]) for one in met] == [
        (MARCH, [("L2", 40)]), (APRIL, [("L2", 20), ("L1", 30)]), (MAY, [("L1", 30)]),
    ]  # fmt: skip
    assert [(draw.lot.number, draw.doses) for draw in unused] == [("L1", 40)]


def test_what_expired_yesterday_is_not_there_and_today_still_is() -> None:
    met, unused = share_out([Need(MARCH, FIRST, ("A",), 10)], [lot(1, "A", 10, date(2022, 3, 9))], TODAY)
    assert (met[0].stock, met[0].lacks) == (0, 10) and unused[0].doses == 10
    met, unused = share_out([Need(MARCH, FIRST, ("A",), 10)], [lot(1, "A", 10, TODAY)], TODAY)
    assert (met[0].stock, met[0].lacks, unused) == (10, 0, ())


def test_who_may_have_one_vaccine_alone_comes_before_who_may_have_another() -> None:
    needs = [Need(MARCH, FIRST, ("A", "B"), 10), Need(MARCH, SECOND, ("A",), 10)]
    met, _unused = share_out(needs, [lot(1, "A", 10), lot(2, "B", 10)], TODAY)
    assert {one.need.dose: [draw.lot.product for draw in one.draws] for one in met} == {SECOND: ["A"], FIRST: ["B"]}


EXPIRIES = st.none() | st.dates(date(2022, 2, 1), date(2022, 6, 30))
LOTS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 30), EXPIRIES))
FITTING = st.lists(st.sampled_from("ABC"), max_size=3, unique=True)
MONTHS = st.sampled_from([MARCH, APRIL, MAY])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # of a busy machine
@given(LOTS, st.lists(st.tuples(MONTHS, st.sampled_from([FIRST, SECOND]), FITTING, st.integers(1, 40))))
def test_nothing_is_given_twice_nor_to_whom_it_does_not_fit(held, wanted) -> None:
    lots = [lot(at, *one) for at, one in enumerate(held)]
    met, unused = share_out([Need(m, d, tuple(p), n) for m, d, p, n in wanted], lots, TODAY)
    drawn = Counter[UUID]()
    for one in met:
        assert 0 <= one.stock <= one.need.doses and one.lacks == one.need.doses - one.stock
        for draw in one.draws:
            drawn[draw.lot.lot_id] += draw.doses
            assert draw.lot.product in one.need.products
            assert draw.lot.expiry is None or draw.lot.expiry >= max(TODAY, one.need.month)
    for draw in unused:
        drawn[draw.lot.lot_id] += draw.doses
    for one in lots:
        assert drawn[one.lot_id] <= one.doses
        assert one.expiry is None or drawn[one.lot_id] == one.doses
