"""Giving medicines: what is refused, what is kept, and what was given twice."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.queries.medicines import given_to
from covidstation.db.rows import TreatmentRow, VisitRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.rule_sets import Family
from covidstation.domain.terms import Answer
from covidstation.errors import Refused, UserError
from covidstation.services.care.medicines import GivingDraft, GivingItem, give, look_at_giving, take_back
from covidstation.services.changes import Kind
from covidstation.services.rules.shelf import keep_rule, rule_shelf
from tests.services.samples import NOW, PAO, f0, register

LOCAL = NOW.replace(tzinfo=None)
A = GivingDraft(
    package="A",
    items=(
        GivingItem(medicine="paracetamol500", quantity=12, dose="mỗi lần 1 viên khi sốt", days=3),
        GivingItem(medicine="vitamin", quantity=14, dose="mỗi lần 1 viên, 2 lần/ngày", days=7),
    ),
    weight=600,
    by_name="Lò Thị Mai",
)
C = GivingDraft(package="C", items=(GivingItem(medicine="molnupiravir400", quantity=20, days=5),), consent=True)
NOTHING = dict.fromkeys(("stomach", "liver", "kidney", "bleeding", "diabetes", "allergy"), Answer.NO)


def giving(db, catalog, episode, draft, now=NOW):
    return give(db, episode.id, draft, catalog=catalog, by=None, now=now)


def codes(refused):
    return {(problem.field, problem.code) for problem in refused.value.problems}


def woman(db, **changes):
    mother = replace(
        PAO, full_name="Chẻo Lở Mẩy", sex=Sex.FEMALE, birth=PartialDate(1994, 5), citizen_number="", phone="", **changes
    )
    return register(db, f0(mother))


def measured(db, episode, spo2, breaths, symptoms=()):
    with db.write(None, NOW) as session:
        session.add(
            VisitRow(
                id=episode.id,
                person_id=episode.person_id,
                episode_id=episode.id,
                at=LOCAL - timedelta(hours=1),
                day=NOW.date(),
                round="MORNING",
                status="COOPERATIVE",
                means="VISIT",
                spo2=spo2,
                breaths=breaths,
                symptoms=list(symptoms),
            )
        )


def test_a_package_is_one_giving_with_a_row_for_each_medicine(db, catalog):
    episode = register(db)
    done = giving(db, catalog, episode, A)
    assert done.changes == {Kind.CARE, Kind.SUPPLIES}
    (given,) = given_to(db, episode.id)
    assert given.id == done.value
    assert [(item.name, item.quantity, item.unit, item.days) for item in given.items] == [
        ("Paracetamol 500 mg", 12, "viên", 3),
        ("Vitamin tổng hợp", 14, "viên", 7),
    ]
    assert (given.package, given.weight, given.by_name, given.until) == ("A", 600, "Lò Thị Mai", date(2022, 3, 16))
    assert set(given.warnings) == {"allergy", "paracetamol-liver"}
    with db.read() as session:
        assert {row.lot_id for row in session.scalars(select(TreatmentRow))} == {None}


def test_package_c_is_refused_without_the_signed_consent(db, catalog):
    episode = register(db)
    with pytest.raises(Refused) as refused:
        giving(db, catalog, episode, replace(C, consent=False))
    assert codes(refused) == {("consent", "medicines.consent")}
    assert given_to(db, episode.id) == ()
    giving(db, catalog, episode, C)
    assert given_to(db, episode.id)[0].consent


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ({}, False),
        ({"pregnant": Answer.YES, "breastfeeding": Answer.NO}, False),
        ({"pregnant": Answer.NO}, False),
        ({"pregnant": Answer.NO, "breastfeeding": Answer.NO}, True),
    ],
)
def test_a_pregnancy_that_nobody_asked_for_is_not_taken_as_no(db, catalog, asked, allowed):
    episode = woman(db)
    draft = replace(C, answers=asked)
    if allowed:
        giving(db, catalog, episode, draft)
        return
    with pytest.raises(Refused) as refused:
        giving(db, catalog, episode, draft)
    assert codes(refused) == {("reason", "medicines.reason")}
    giving(db, catalog, episode, replace(draft, reason="Bác sĩ tuyến huyện chỉ định qua điện thoại"))
    given = given_to(db, episode.id)[0]
    assert given.reason == "Bác sĩ tuyến huyện chỉ định qua điện thoại"
    assert "molnupiravir-pregnant" in given.warnings or "molnupiravir-breastfeeding" in given.warnings


def test_what_the_register_knows_of_a_person_speaks_without_being_asked(db, catalog):
    episode = woman(db, pregnancy=Answer.YES, conditions=frozenset({"chronicLiverDisease"}))
    look = look_at_giving(db, episode.id, catalog=catalog, now=NOW)
    assert look.facts.answers == {"pregnant": Answer.YES, "liver": Answer.YES}
    assert look.facts.answer("kidney") is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("spo2", "breaths", "symptoms", "allowed"),
    [
        (94, 18, (), True),
        (95, 20, (), False),
        (95, 21, (), True),
        (97, 18, ("difficultyBreathing",), True),
        (97, 18, ("cough",), False),
    ],
)
def test_package_b_needs_a_sign_at_the_newest_check_and_no_doctor(db, catalog, spo2, breaths, symptoms, allowed):
    episode = register(db)
    measured(db, episode, spo2, breaths, symptoms)
    items = (GivingItem(medicine="methylprednisolon16", quantity=6), GivingItem(medicine="rivaroxaban10", quantity=3))
    draft = GivingDraft(package="B", items=items, answers=NOTHING | {"doctor_out_of_reach": Answer.YES})
    if allowed:
        giving(db, catalog, episode, draft)
        with pytest.raises(Refused):
            reached = {**NOTHING, "doctor_out_of_reach": Answer.NO}
            giving(db, catalog, woman(db), replace(draft, answers=reached))
    else:
        with pytest.raises(Refused) as refused:
            giving(db, catalog, episode, draft)
        assert codes(refused) == {("reason", "medicines.reason")}


def test_the_same_package_within_its_days_is_asked_back(db, catalog):
    episode = register(db)
    giving(db, catalog, episode, A)
    for days, refused in ((0, True), (6, True), (7, False)):
        later = NOW + timedelta(days=days, minutes=1)
        if refused:
            with pytest.raises(Refused) as found:
                giving(db, catalog, episode, A, now=later)
            assert codes(found) == {("reason", "medicines.again")}
            assert found.value.problems[0].params["until"] == "16/03/2022"
        else:
            giving(db, catalog, episode, A, now=later)
    giving(db, catalog, episode, replace(A, reason="Bị ướt, hỏng"), now=NOW + timedelta(days=8))
    assert len(given_to(db, episode.id)) == 3


def test_a_giving_is_taken_back_once_and_stays_in_sight(db, catalog):
    episode = register(db)
    made = giving(db, catalog, episode, A).value
    with pytest.raises(Refused):
        take_back(db, made, "  ", by=None, now=NOW)
    take_back(db, made, "Ghi nhầm người", by=None, now=NOW, by_name="Lò Thị Mai")
    (given,) = given_to(db, episode.id)
    assert (given.taken_back_at, given.taken_back_why, len(given.items)) == (LOCAL, "Ghi nhầm người", 2)
    with pytest.raises(UserError, match=r"medicines\.taken_back"):
        take_back(db, made, "lần nữa", by=None, now=NOW)
    giving(db, catalog, episode, A)  # nothing stands, so nothing is asked back


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"items": ()}, ("items", "medicines.nothing")),
        ({"items": (GivingItem(medicine="paracetamol500", quantity=0),)}, ("items", "medicines.quantity")),
        ({"items": (GivingItem(medicine="<b>", quantity=1),)}, ("items", "medicines.unknown")),
        ({"items": A.items + A.items}, ("items", "medicines.twice")),
        ({"weight": 9}, ("weight", "medicines.weight")),
        ({"weight": 2501}, ("weight", "medicines.weight")),
        ({"given_at": datetime(2022, 3, 10, 8, 31)}, ("given_at", "medicines.future")),
        ({"given_at": datetime(2022, 3, 9, 8, 30)}, ("given_at", "medicines.too_early")),
        ({"reason": "x" * 501}, ("reason", "medicines.text_long")),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(db, catalog, changes, problem):
    episode = register(db)
    with pytest.raises(Refused) as refused:
        giving(db, catalog, episode, replace(A, **changes))
    assert problem in codes(refused)


def test_a_child_s_weight_is_kept_and_offered_the_next_time(db, catalog):
    child = replace(PAO, full_name="Giàng A Tú", birth=PartialDate(2019, 2, 1), citizen_number="", phone="")
    episode = register(db, f0(child))
    giving(db, catalog, episode, GivingDraft(items=(GivingItem(medicine="paracetamol150", quantity=12),), weight=140))
    assert look_at_giving(db, episode.id, catalog=catalog, now=NOW).facts.weight == 140


def test_the_station_s_own_version_of_the_list_speaks_and_is_named(db, catalog):
    rule = next(one for one in rule_shelf(db, catalog) if one.family is Family.MEDICINES)
    table = deepcopy(dict(rule.table))
    package = next(one for one in table["package"] if one["code"] == "B")
    package["spo2_below"] = 97
    keep_rule(
        db, rule, table, confirmed=True, reason="Theo hội chẩn", catalog=catalog, by=None, by_name="Lò Thị Mai", now=NOW
    )
    episode = register(db)
    measured(db, episode, 96, 18)
    items = (GivingItem(medicine="methylprednisolon16", quantity=6),)
    draft = GivingDraft(package="B", items=items, answers=NOTHING | {"doctor_out_of_reach": Answer.YES})
    giving(db, catalog, episode, draft)
    assert given_to(db, episode.id)[0].list_id == f"{rule.id}@1"
    assert look_at_giving(db, episode.id, catalog=catalog, now=NOW).medicines.confirmed
