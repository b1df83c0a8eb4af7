"""The questions of a round: the shipped pack, what is known beforehand, which findings begin and end."""

from dataclasses import replace
from datetime import date

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.dates import PartialDate
from covidstation.domain.reviews import (
    DoorResult,
    Facts,
    Known,
    Progress,
    changed_answers,
    known_answers,
    pack_named,
    progress_of,
    read_review_pack,
    reason_words,
    review_pack_on,
)
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.paths import resources

CATALOG = load_catalog(resources())
TODAY = date(2022, 3, 10)
PACK = review_pack_on(CATALOG.review_packs, TODAY)


def test_asks_what_the_directives_name() -> None:
    wanted = ["ELDER", "CHRONIC", "DISABLED", "PREGNANT", "ALONE", "ORPHAN", "MINORITY", "MIGRANT", "NO_TRAVEL"]
    assert [one.code for one in PACK.questions] == [*wanted, "UNVACCINATED"]
    assert not PACK.confirmed
    assert {one.code for one in PACK.questions if not one.listed} == {"MINORITY"}
    assert all(one.step and one.step_days for one in PACK.questions if one.listed)


@pytest.mark.parametrize(
    ("birth", "elder"),
    [(PartialDate(1962, 3, 10), True), (PartialDate(1962, 3, 11), False), (PartialDate(1950), True), (None, False)],
)
def test_sixty_on_the_birthday(birth: PartialDate | None, elder: bool) -> None:
    assert ("ELDER" in known_answers(PACK.questions, Facts(birth=birth, household=3), TODAY)) is elder


def test_knows_what_the_register_knows() -> None:
    facts = Facts(chronic=True, pregnant=True, ethnic_group="12", household=1)
    assert known_answers(PACK.questions, facts, TODAY) == {"CHRONIC", "PREGNANT", "MINORITY", "ALONE"}
    assert known_answers(PACK.questions, Facts(ethnic_group="01", household=2), TODAY) == frozenset()


def test_begins_and_ends_only_what_is_asked() -> None:
    begin, end = changed_answers({"ALONE", "ELDER"}, {"ELDER", "DISABLED", "OLD_CODE"}, PACK.questions)
    assert (begin, end) == (("ALONE",), ("DISABLED",))


def test_counts_each_door_once() -> None:
    results = [DoorResult.DONE, DoorResult.AWAY, DoorResult("MARS"), DoorResult.DONE, DoorResult.REFUSED]
    found = progress_of(results)
    assert found == Progress(2, 1, 1, 1)
    assert (found + found).households == 10


def test_a_round_keeps_its_pack() -> None:
    later = replace(PACK, id="later", valid_from=date(2023, 1, 1), questions=PACK.questions[:2])
    assert pack_named((PACK, later), "later", TODAY) is later
    assert pack_named((PACK, later), "unknown", TODAY) is PACK
    assert review_pack_on((later,), TODAY) is later
    renamed = replace(later, questions=(replace(PACK.questions[0], label="Từ 60 tuổi"),))
    assert reason_words((renamed, PACK))["ELDER"].label == "Từ 60 tuổi"
    assert "ALONE" in reason_words((renamed, PACK))


def test_refuses_what_cannot_be_asked() -> None:
    good = CATALOG.rule_tables(Family.REVIEW)[0]
    assert read_review_pack(good) == PACK
    first = good["questions"][0]
    for wrong in (
        [],
        [first, first],
        [first | {"from_age": 0}],
        [first | {"known": "alone"}],
        [first | {"known": "moon"}],
        [first | {"code": "x" * 41}],
        [first | {"colour": "red"}],
        [first | {"code": f"C{number}"} for number in range(15)],
    ):
        with pytest.raises(RuleError):
            read_review_pack(good | {"questions": wrong})
    assert PACK.questions[0].known is Known.AGE
