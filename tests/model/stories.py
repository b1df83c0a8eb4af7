"""Random stories for `tests.model.world`: some kinds of trouble switched off in each, so that the rest comes often."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.model.district import FIELDS, STICKS

Step = tuple[Any, ...]
NAMES = ("Giàng A Páo", "Lò Thị Mai", "Vàng Thị Dợ", "<b>Sùng</b>")
VALUES = ("0912000111", "0912000222", "Bản Nậm Ngá", "", "ốm")
CHOICES = ("standing", "losing", "other")
SKEWS = (-3650, -40, -1, 0, 1, 40, 3650)


def _station(rng: Random) -> int:
    return rng.choice((0, 0, 0, 1, 1, 2, 3))


def _person(rng: Random) -> int:
    return rng.choice((0, 0, 1, 2, 3))


def _edit(rng: Random) -> Step:
    return ("edit", _person(rng), rng.choice(FIELDS), rng.choice(VALUES) or "Vàng")


def _correct(rng: Random) -> Step:
    return ("correct", _person(rng), rng.choice(FIELDS), rng.choice(VALUES) or "Dợ")


def _both(rng: Random) -> list[Step]:
    person, field = _person(rng), rng.choice(FIELDS)
    return [("talk", 0), ("talk", 1), ("edit", person, field, "ở trạm"), ("correct", person, field, "ở huyện")]


def _split(rng: Random) -> list[Step]:
    """Both change the same, hear of it, and one end or both choose."""
    index, choices = rng.randrange(4), [rng.choice(CHOICES) for _side in range(2)]
    told: list[Step] = [("decide", _station(rng), index, choices[0]), ("decide_at_hub", index, choices[1])]
    rng.shuffle(told)
    return [*_both(rng), ("talk", 0), ("talk", 1), *told[: rng.choice((1, 2))]]


def _deleted(rng: Random) -> list[Step]:
    """One end deletes what the other changes."""
    person = _person(rng)
    pair: list[Step] = rng.choice(
        (
            [("delete", person), ("correct", person, rng.choice(FIELDS), "còn sống")],
            [("strike", person), ("edit", person, rng.choice(FIELDS), "còn sống")],
        )
    )
    return [("talk", 0), ("talk", 1), *pair]


def _lost_day(rng: Random) -> list[Step]:
    station = _station(rng)
    return [
        ("copy_station", station),
        _edit(rng),
        ("export", station),
        ("deliver", rng.randrange(50)),
        (rng.choice(("restore_station", "put_back")), station, rng.randrange(3)),
        _edit(rng),
    ]


def _handed_over(rng: Random) -> list[Step]:
    """Somebody moves while the old station is off line and goes on writing about them."""
    person, target = _person(rng), _station(rng)
    field = rng.choice(FIELDS)
    late: list[Step] = [("edit", person, field, "ghi sau"), ("visit", person, "ghi sau")]
    new: list[Step] = [("talk", target), ("edit_at", target, person, rng.choice((field, "phone")), "trạm mới")]
    return [
        ("talk", 0),
        ("talk", 1),
        ("propose", person, target),
        ("settle_move", 0, True),
        *rng.choice((late, new, late + new, new + late)),
    ]


def _round_trip(rng: Random) -> list[Step]:
    """One stick goes round."""
    stick = rng.randrange(STICKS)
    return [("carry", stick, _station(rng)), ("carry_to_hub", stick), ("carry", stick, _station(rng))]


def _two_sticks(rng: Random) -> list[Step]:
    station, first = _station(rng), rng.randrange(STICKS)
    return [
        ("carry", first, station),
        _edit(rng),
        ("carry", 1 - first, station),
        ("carry_to_hub", rng.choice((first, 1 - first))),
        ("carry", first, station),
    ]


def _old_receipt(rng: Random) -> list[Step]:
    """A receipt that was on its way when the station was restored and went on."""
    station = rng.randrange(2)
    day: list[Step] = [("edit", station, rng.choice(FIELDS), value) for value in VALUES[:2]]
    late: list[Step] = [("deliver", rng.randrange(50)) for _file in range(3)]
    return [
        ("copy_station", station), *day, ("talk", station), ("answer", station), ("restore_station", station, -1),
        ("edit", station, rng.choice(FIELDS), "làm lại"), *late,
    ]  # fmt: skip


def _restored(rng: Random) -> list[Step]:
    """From a copy that knows of a receipt."""
    station = rng.randrange(2)
    return [
        ("talk", station), ("copy_station", station), ("restore_station", station, -1),
        ("edit", station, rng.choice(FIELDS), "làm tiếp"),
    ]  # fmt: skip


def _new_keys(rng: Random) -> list[Step]:
    """New keys of a station, with files of the old ones still on the way."""
    station = rng.randrange(2)
    edit: list[Step] = [("edit", station, rng.choice(FIELDS), value) for value in VALUES[:2]]
    way: list[list[Step]] = [
        [("talk", station), ("talk", station)],
        [("export", station), ("talk", station)],
        [("export", station), ("restore_hub", 0), ("talk", station)],
        [("copy_station", station), ("talk", station), ("talk", station), ("restore_station", station, -1)],
    ]
    return [("copy_hub",), edit[0], ("export", station), ("new_keys", station), *rng.choice(way), edit[1]]


def _founded_anew(rng: Random) -> list[Step]:
    """Everything at the district is gone; before some, or after, a computer was stolen."""
    station = rng.randrange(2)
    before: list[Step] = [("talk", 0), ("talk", 1), ("correct", station, rng.choice(FIELDS), "ở huyện")]
    more: list[Step] = [("talk", station)] if rng.random() < 0.7 else [("lose_computer", station)]
    return [*before, *more, _edit(rng), ("found_anew",), _edit(rng)]


def _lost_computer(rng: Random) -> list[Step]:
    """Stolen after it had sent, or before."""
    station = rng.randrange(2)
    sent: list[Step] = [("talk", station)] if rng.random() < 0.8 else []
    return [_edit(rng), *sent, ("lose_computer", station), *([("talk", station)] if rng.random() < 0.5 else [])]


def _answer_lost(rng: Random) -> list[Step]:
    """What the district said is lost on the way."""
    station = rng.randrange(2)
    said: Step = ("correct", station, rng.choice(FIELDS), "ở huyện")
    return [("talk", station), said, ("answer", station), *[("lose", rng.randrange(50)) for _file in range(3)]]


STEPS: dict[str, Callable[[Random], list[Step]]] = {
    "add": lambda rng: [("add_person", _station(rng), rng.choice(NAMES))],
    "edit": lambda rng: [_edit(rng)],
    "visit": lambda rng: [("visit", _person(rng), rng.choice(VALUES))],
    "delete": lambda rng: [("delete", _person(rng))],
    "correct": lambda rng: [_correct(rng)],
    "strike": lambda rng: [("strike", _person(rng))],
    "decide": lambda rng: [("decide", _station(rng), rng.randrange(5), rng.choice(CHOICES))],
    "decide at hub": lambda rng: [("decide_at_hub", rng.randrange(5), rng.choice(CHOICES))],
    "export": lambda rng: [("export", _station(rng))],
    "answer": lambda rng: [("answer", _station(rng))],
    "deliver": lambda rng: [("deliver", rng.randrange(50))],
    "deliver twice": lambda rng: [("deliver_again", rng.randrange(50))],
    "wrong station": lambda rng: [("misdeliver", rng.randrange(50), _station(rng))],
    "lose": lambda rng: [("lose", rng.randrange(50))],
    "partition": lambda rng: [(rng.choice(("cut_off", "open_pass")), _station(rng))],
    "stick": lambda rng: [rng.choice((("carry", rng.randrange(2), _station(rng)), ("carry_to_hub", rng.randrange(2))))],
    "stick lost": lambda rng: [("lose_stick", rng.randrange(2))],
    "stick pulled out": lambda rng: [("tear", rng.randrange(2), rng.randrange(9))],
    "stick copied": lambda rng: [("copy_stick", rng.randrange(2))],
    "skew": lambda rng: [("skew", _station(rng), rng.choice(SKEWS))],
    "skew hub": lambda rng: [("skew_hub", rng.choice((-3650, -1, 0, 1, 3650)))],
    "copy station": lambda rng: [("copy_station", _station(rng))],
    "restore station": lambda rng: [("restore_station", _station(rng), rng.randrange(3))],
    "put back": lambda rng: [("put_back", _station(rng), rng.randrange(3))],
    "stolen": lambda rng: [("lose_computer", _station(rng))],
    "old program": lambda rng: [(rng.choice(("old_program", "update_program")), _station(rng))],
    "copy hub": lambda _rng: [("copy_hub",)],
    "restore hub": lambda rng: [("restore_hub", rng.randrange(3))],
    "request": lambda rng: [("request", _person(rng), _station(rng)), ("reply", _station(rng), rng.random() < 0.8)],
    "propose": lambda rng: [("propose", _person(rng), _station(rng))],
    "settle move": lambda rng: [("settle_move", rng.randrange(3), rng.random() < 0.8)],
    "elsewhere": lambda rng: [(rng.choice(("edit_at", "correct_at")), _station(rng), *_edit(rng)[1:])],
    # Compound: what a day really looks like; single steps alone rarely come in this order.
    "a sent edit": lambda rng: [_edit(rng), ("talk", _station(rng))],
    "an old receipt": _old_receipt,
    "restored": _restored,
    "an answer lost": _answer_lost,
    "new keys": _new_keys,
    "founded anew": _founded_anew,
    "a lost computer": _lost_computer,
    "both change": _both,
    "both change and choose": _split,
    "deleted here, changed there": _deleted,
    "a lost day": _lost_day,
    "handed over": _handed_over,
    "a stick goes round": _round_trip,
    "two sticks": _two_sticks,
    "the district loses a day": lambda rng: [
        ("copy_hub",), _edit(rng), _correct(rng), ("talk", 0), ("talk", 1), ("restore_hub", rng.randrange(3)),
    ],
}  # fmt: skip
ALWAYS = ("add", "edit", "export", "answer", "deliver", "correct", "a sent edit")


def random_story(seed: int, length: int = 25) -> list[Step]:
    """About that many steps; the same for the same seed."""
    rng = Random(seed)
    kinds = [name for name in STEPS if name in ALWAYS or rng.random() < 0.4]
    weights = [rng.choice((1, 1, 2, 4)) for _name in kinds]
    count = rng.choice((2, 2, 2, 3, 4))
    story: list[Step] = [("stations", count), ("add_person", 0, NAMES[0]), ("add_person", 1, NAMES[1])]
    while len(story) < length:
        story += STEPS[rng.choices(kinds, weights)[0]](rng)
    return story


COMPOUND = (
    "an old receipt", "restored", "an answer lost", "both change", "both change and choose",
    "deleted here, changed there", "a lost day", "handed over", "a stick goes round", "two sticks",
    "the district loses a day", "a lost computer", "new keys", "founded anew",
)  # fmt: skip


def short_story(seed: int) -> list[Step]:
    """One thing that happens on a bad day, or two in a row: quickly told, and all kinds come soon."""
    rng = Random(seed)
    story: list[Step] = [("stations", 2), ("add_person", 0, NAMES[0]), ("add_person", 1, NAMES[1])]
    story += STEPS[COMPOUND[seed % len(COMPOUND)]](rng)
    if seed >= len(COMPOUND):
        story += STEPS[rng.choice(COMPOUND)](rng)
    return story
