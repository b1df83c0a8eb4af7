"""Marking papers as brought to the home: what is refused, what a wrong mark leaves behind."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.deliveries import deliveries_of
from covidstation.db.rows import PaperDeliveryRow
from covidstation.domain.care import OrderMeans
from covidstation.domain.packs import PaperKind
from covidstation.errors import Refused, UserError
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered, unmark_delivered
from covidstation.services.papers.issuing import issue_paper, void_paper
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, register

HANDED = DeliveryDraft(delivered_on=TODAY, by_name="  Lò Văn  Đôi ", to_name="Giàng Thị <b>Mỷ", note="vợ nhận")


def order(db, number=0):
    one = register(db, f0(neighbour(number)))
    kind = PaperKind.ISOLATION_ORDER
    return issue_paper(db, kind, [one.id], catalog=catalog(), issued_on=TODAY, by=None, now=NOW).value.id


def mark(db, *papers, draft=HANDED, now=NOW):
    return mark_delivered(db, papers, draft, by=None, now=now).value


def test_a_mark_says_when_by_whom_and_into_whose_hands(db):
    first, second = order(db), order(db, 1)
    assert mark(db, first, second, first) == 2
    found = deliveries_of(db, [first, second])[first]
    assert (found.delivered_on, found.by_name, found.to_name) == (TODAY, "Lò Văn Đôi", "Giàng Thị <b>Mỷ")
    assert (found.means, found.note) == (OrderMeans.OFFICIAL_DOCUMENT, "vợ nhận")


def test_a_wrong_mark_stays_in_the_register_and_says_why(db):
    paper = order(db)
    mark(db, paper)
    wrong = deliveries_of(db, [paper])[paper].id
    with pytest.raises(UserError) as trouble:
        unmark_delivered(db, wrong, "  ", by=None, now=NOW)
    assert trouble.value.code == "delivery.reason"
    unmark_delivered(db, wrong, "Giao nhầm nhà", by=None, now=NOW)
    assert deliveries_of(db, [paper]) == {}
    with pytest.raises(UserError) as trouble:
        unmark_delivered(db, wrong, "Lần nữa", by=None, now=NOW)
    assert trouble.value.code == "delivery.unknown"
    mark(db, paper)
    with db.read() as session:
        rows = session.scalars(select(PaperDeliveryRow).order_by(PaperDeliveryRow.n)).all()
    assert [(row.voids, row.note) for row in rows] == [(None, "vợ nhận"), (wrong, "Giao nhầm nhà"), (None, "vợ nhận")]
    assert deliveries_of(db, [paper])[paper].id == rows[2].id


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"delivered_on": None}, "delivery.day_missing"),
        ({"delivered_on": TODAY + timedelta(days=1)}, "delivery.future"),
        ({"delivered_on": TODAY - timedelta(days=1)}, "delivery.before_paper"),
        ({"by_name": " "}, "delivery.by_missing"),
        ({"to_name": "A" * 201}, "delivery.too_long"),
    ],
)
def test_what_is_refused_marks_nothing(db, changes, code):
    paper = order(db)
    values = {"delivered_on": TODAY, "by_name": "Lò Văn Đôi", **changes}
    with pytest.raises(Refused) as refused:
        mark(db, paper, draft=DeliveryDraft(**values))
    assert [problem.code for problem in refused.value.problems] == [code]
    assert deliveries_of(db, [paper]) == {}


def test_all_or_none(db):
    good, void = order(db), order(db, 1)
    void_paper(db, void, "In nhầm", by=None, now=NOW)
    for papers, code in (
        ((good, void), "delivery.void_paper"),
        ((good, new_id()), "paper.unknown"),
        ((), "delivery.none"),
    ):
        with pytest.raises(UserError) as trouble:
            mark(db, *papers)
        assert trouble.value.code == code
    assert deliveries_of(db, [good, void]) == {}
    mark(db, good)
    with pytest.raises(UserError) as trouble:
        mark(db, good)
    assert (trouble.value.code, trouble.value.params["number"]) == ("delivery.already", "01/QĐ-UBND")
