"""Random stories for `tests.model.world`: some kinds of trouble switched off in each, so that the rest comes often."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Step = tuple[Any, ...]
NAMES = ("Giàng A Páo", "Lò Thị Mai", "Vàng Thị Dợ", "<b>Sùng</b>")
VALUES = ("0912000111", "0912000222", "Bản Nậm Ngá", "", "ốm")
FIELDS = ("full_name", "phone", "address_detail", "occupation", "conditions")


def _station(rng: Random) -> int:
    return rng.randrange(2)


def _edit(rng: Random) -> Step:
    return ("edit", rng.randrange(4), rng.choice(FIELDS), rng.choice(VALUES) or "Vàng")


def _correct(rng: Random) -> Step:
    return ("correct", rng.randrange(4), rng.choice(FIELDS), rng.choice(VALUES) or "Dợ")


STEPS: dict[str, Callable[[Random], list[Step]]] = {
    "add": lambda rng: [("add_person", _station(rng), rng.choice(NAMES))],
    "edit": lambda rng: [_edit(rng)],
    "visit": lambda rng: [("visit", rng.randrange(4), rng.choice(VALUES))],
    "delete": lambda rng: [("delete", rng.randrange(4))],
    "correct": lambda rng: [_correct(rng)],
    "export": lambda rng: [("export", _station(rng))],
    "answer": lambda rng: [("answer", _station(rng))],
    "deliver": lambda rng: [("deliver", rng.randrange(50))],
    "deliver twice": lambda rng: [("deliver_again", rng.randrange(50))],
    "wrong station": lambda rng: [("misdeliver", rng.randrange(50), _station(rng))],
    "lose": lambda rng: [("lose", rng.randrange(50))],
    "skew": lambda rng: [("skew", _station(rng), rng.choice((-3650, -40, -1, 0, 1, 40, 3650)))],
    "skew hub": lambda rng: [("skew_hub", rng.choice((-3650, -1, 0, 1, 3650)))],
    "copy station": lambda rng: [("copy_station", _station(rng))],
    "restore station": lambda rng: [("restore_station", _station(rng), rng.randrange(3))],
    "copy hub": lambda _rng: [("copy_hub",)],
    "restore hub": lambda rng: [("restore_hub", rng.randrange(3))],
    # Compound: what a day really looks like; single steps alone rarely come in this order.
    "a sent edit": lambda rng: [_edit(rng), ("talk", _station(rng))],
    "both change": lambda rng: _both(rng),
    "a lost day": lambda rng: _lost_day(rng),
    "the district loses a day": lambda rng: [
        ("copy_hub",), _edit(rng), _correct(rng), ("talk", 0), ("talk", 1), ("restore_hub", rng.randrange(3)),
    ],
}  # fmt: skip
ALWAYS = ("add", "edit", "export", "answer", "deliver", "correct", "a sent edit")


def _both(rng: Random) -> list[Step]:
    person, field = rng.randrange(4), rng.choice(FIELDS)
    return [("talk", 0), ("talk", 1), ("edit", person, field, "ở trạm"), ("correct", person, field, "ở huyện")]


def _lost_day(rng: Random) -> list[Step]:
    station = _station(rng)
    return [
        ("copy_station", station),
        _edit(rng),
        ("export", station),
        ("deliver", rng.randrange(50)),
        ("restore_station", station, rng.randrange(3)),
        _edit(rng),
    ]


def random_story(seed: int, length: int = 25) -> list[Step]:
    """About that many steps; the same for the same seed."""
    rng = Random(seed)
    kinds = [name for name in STEPS if name in ALWAYS or rng.random() < 0.5]
    weights = [rng.choice((1, 1, 2, 4)) for _name in kinds]
    story: list[Step] = [("add_person", 0, NAMES[0]), ("add_person", 1, NAMES[1])]
    while len(story) < length:
        story += STEPS[rng.choices(kinds, weights)[0]](rng)
    return story
