"""The list of medicines: doses by weight, packages, and what speaks against them."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.medicine_list import Bar, medicine_list_on, parse_medicine_lists
from covidstation.domain.medicines import (
    GivingFacts,
    Wanted,
    amount_text,
    asked_facts,
    check_giving,
    needs_consent,
    propose,
    propose_package,
    weight_text,
)
from covidstation.domain.rule_sets import RuleError
from covidstation.domain.terms import Answer, Sex
from covidstation.paths import resources

ON = date(2022, 3, 10)
LIST = medicine_list_on(load_catalog(resources()).medicine_lists, ON)
MAN = GivingFacts(birth=PartialDate(1955), on=ON, sex=Sex.MALE)
CHILD = GivingFacts(birth=PartialDate(2018, 3, 1), on=ON, sex=Sex.FEMALE)
SACHETS = (80, 100, 150, 250)  # QĐ 4109
STEROID = Wanted(package="B", medicines=("methylprednisolon16",))
WELL = {fact: Answer.NO for fact in LIST.questions} | {"doctor_out_of_reach": Answer.YES}


def facts(base, **changes):
    held = {name: getattr(base, name) for name in ("birth", "on", "sex", "weight", "answers", "vitals", "symptoms")}
    return GivingFacts(**held | changes)


@pytest.mark.parametrize(
    ("kilograms", "medicine", "units"),
    [
        (Fraction(6), "paracetamol80", 1),  # 80 mg lie between 60 and 90
        (Fraction(8), "paracetamol80", 1),
        (Fraction("8.1"), "paracetamol100", 1),  # 81 to 121.5
        (Fraction(10), "paracetamol100", 1),
        (Fraction("10.1"), "paracetamol150", 1),
        (Fraction(15), "paracetamol150", 1),
        (Fraction(16), "paracetamol80", 2),  # no single sachet lies between 160 and 240
        (Fraction(17), "paracetamol250", 1),
        (Fraction(25), "paracetamol250", 1),
    ],
)
def test_the_sachets_of_a_child_lie_between_ten_and_fifteen_milligrams_a_kilogram(kilograms, medicine, units):
    proposed = propose_package(LIST, facts(CHILD, weight=int(kilograms * 10)), "A")[0]
    assert (proposed.medicine, proposed.quantity) == (medicine, units * 4 * 3)
    assert proposed.dose.startswith(f"mỗi lần {units} gói khi sốt từ 38,5 °C, cách nhau ít nhất 6 giờ")


@given(st.integers(54, 750))
def test_no_proposed_dose_of_a_child_is_over_fifteen_milligrams_a_kilogram(weight):
    proposed = propose_package(LIST, facts(CHILD, weight=weight), "A")[0]
    held = LIST.medicine(proposed.medicine)
    units = Fraction(proposed.quantity, 4 * 3)
    fits = [n * mg for n in (1, 2, 3) for mg in SACHETS if weight <= n * mg <= Fraction(3, 2) * weight]
    assert (units > 0) == bool(fits)
    if units:
        assert weight <= units * held.mg <= Fraction(3, 2) * weight


def test_a_child_without_a_weight_gets_no_dose_and_the_sentence_says_so():
    proposed = propose_package(LIST, CHILD, "A")[0]
    assert (proposed.dose, proposed.quantity) == ("", 0)
    said = check_giving(LIST, CHILD, Wanted(package="A", medicines=(proposed.medicine,)))
    assert (said[0].level, said[0].unknown) == (Bar.FORBID, True)
    assert "chưa có cân nặng" in said[0].sentence


@pytest.mark.parametrize(("birth", "dose"), [((2010, 3, 10), True), ((2010, 3, 11), False)])
def test_the_tablet_of_500_is_for_twelve_years_and_up(birth, dose):
    person = facts(CHILD, birth=PartialDate(*birth))
    assert bool(propose(LIST, person, "paracetamol500", 3).quantity) is dose


def test_a_light_adult_is_not_given_500_milligrams_without_a_word():
    light = facts(MAN, weight=330)  # 500 mg are more than 15 mg a kilogram
    said = check_giving(LIST, light, Wanted(medicines=("paracetamol500",)))
    assert any("33 kg" in one.sentence and one.level is Bar.FORBID for one in said)
    assert not any("kg" in one.sentence for one in check_giving(LIST, facts(MAN, weight=334), Wanted()))


@pytest.mark.parametrize(
    ("vitals", "symptoms", "speaks"),
    [
        (Vitals(spo2=94, breaths=16), (), False),
        (Vitals(spo2=95, breaths=16), (), True),
        (Vitals(spo2=98, breaths=20), (), True),
        (Vitals(spo2=98, breaths=21), (), False),
        (Vitals(spo2=98, breaths=16), ("difficultyBreathing",), False),
        (Vitals(), (), True),
    ],
)
def test_package_b_is_for_dyspnoea_fast_breath_or_low_oxygen(vitals, symptoms, speaks):
    person = facts(MAN, vitals=vitals, symptoms=frozenset(symptoms), answers=WELL)
    said = check_giving(LIST, person, STEROID)
    assert [one.rule for one in said] == (["package-B-signs"] if speaks else [])
    assert all(one.unknown is (vitals.spo2 is None) for one in said)


@pytest.mark.parametrize("fact", ["pregnant", "breastfeeding", "stomach", "liver", "kidney", "bleeding"])
def test_each_contraindication_of_package_b_forbids_and_its_absence_is_asked(fact):
    woman = facts(MAN, sex=Sex.FEMALE, birth=PartialDate(1990), vitals=Vitals(spo2=93, breaths=24))
    for answer, unknown in ((Answer.YES, False), (Answer.UNKNOWN, True)):
        (said,) = check_giving(LIST, facts(woman, answers=WELL | {fact: answer}), STEROID)
        assert (said.rule, said.level, said.unknown, said.confirmed) == (f"b-{fact}", Bar.FORBID, unknown, False)
        assert said.source
    assert check_giving(LIST, facts(woman, answers=WELL), STEROID) == ()


@pytest.mark.parametrize(("birth", "asked"), [((1961, 2), False), ((1961, 4), True), ((2012, 4), False)])
def test_pregnancy_is_asked_of_women_who_can_bear(birth, asked):
    wanted = Wanted(package="C", medicines=("molnupiravir400",))
    woman = facts(MAN, sex=Sex.FEMALE, birth=PartialDate(*birth))
    assert ("pregnant" in asked_facts(LIST, woman, wanted)) is asked
    assert "pregnant" not in asked_facts(LIST, MAN, wanted)


def test_package_c_is_five_days_of_twenty_capsules_with_consent_and_for_adults():
    (proposed,) = propose_package(LIST, MAN, "C")
    assert (proposed.medicine, proposed.quantity, proposed.days) == ("molnupiravir400", 20, 5)  # Hà Nội: 400 mg × 20
    assert needs_consent(LIST, Wanted(medicines=("molnupiravir200",)))
    assert not needs_consent(LIST, Wanted(package="A", medicines=("paracetamol500",)))
    young = facts(MAN, birth=PartialDate(2004, 3, 11))
    assert propose(LIST, young, "molnupiravir400", 5).quantity == 0


def test_a_list_says_for_how_many_days_a_single_medicine_is_and_an_older_one_stays_readable():
    text = (resources() / "rules/medicines.toml").read_text("utf-8")
    assert LIST.single_days == 3
    assert parse_medicine_lists(text.replace("single_days = 3", "single_days = 5"))[0].single_days == 5
    assert parse_medicine_lists(text.replace("single_days = 3\n", ""))[0].single_days == 3
    for wrong in ("0", '"3"', "true"):
        with pytest.raises(RuleError):
            parse_medicine_lists(text.replace("single_days = 3", f"single_days = {wrong}"))


def test_nothing_of_the_shipped_list_pretends_to_be_confirmed():
    assert not LIST.confirmed
    assert not any(one.confirmed for one in (*LIST.packages, *LIST.contraindications))
    assert all(one.source for one in (*LIST.packages, *LIST.contraindications))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('of = ["vitamin", "vitaminC"]', 'of = ["no such"]'),
        ('fact = "stomach"', 'fact = "toe"'),
        ("times = 4\nmg_per_kg = [0, 15]", 'times = 4\nmg_per_kg = [0, "x"]'),
        ("{times} lần/ngày khi sốt", "{other} lần/ngày khi sốt"),
        ('level = "forbid"', 'level = "maybe"'),
        ('code = "oresol"', 'code = "vitamin"'),
    ],
)
def test_a_damaged_list_is_refused(old, new):
    text = (resources() / "rules" / "medicines.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(RuleError):
        parse_medicine_lists(text.replace(old, new))


@pytest.mark.parametrize(("amount", "words"), [("2", "2"), ("1/2", "1/2"), ("3/2", "1 1/2"), ("0", "0")])
def test_amounts_in_words(amount, words):
    assert amount_text(Fraction(amount)) == words


@pytest.mark.parametrize(("weight", "words"), [(125, "12,5"), (600, "60"), (54, "5,4")])
def test_weights_in_words(weight, words):
    assert weight_text(weight) == words
