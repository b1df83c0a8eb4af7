"""Dated data of the district: laid from its day, never before; evil packs refused at the hub and passed over here."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from covidstation.catalog import RULE_BOOKS
from covidstation.db.ids import new_id
from covidstation.db.rows import DistrictItemRow
from covidstation.domain.district import MOST_TOML, DistrictPack, ItemKind, lay, rule_of_pack
from covidstation.domain.rule_leaves import to_toml
from covidstation.domain.rule_sets import Family, RuleError, rule_on
from covidstation.domain.rules import isolation_rule_on, read_isolation_rule
from covidstation.errors import UserError
from covidstation.hub.down.items import send_pack, withdraw_item
from covidstation.services.district.items import look_at_item
from covidstation.services.papers.facts import station_pack
from covidstation.services.rules.shelf import keep_rule, rule_shelf
from covidstation.services.rules.versions import station_catalog_of
from tests.services import samples
from tests.services.from_district.world import HOA
from tests.services.outbreak import case

SOON = samples.TODAY + timedelta(days=3)


def isolation(days=5, **changes):
    """The isolation rule of today, with other days, as a TOML file."""
    shipped = isolation_rule_on(samples.catalog().isolation_rules, samples.TODAY)
    tables = samples.catalog().rule_tables(Family.ISOLATION)
    table = next(dict(one) for one in tables if one["id"] == shipped.id)
    for name in ("id", "valid_from", "valid_until", "confirmed"):
        table.pop(name, None)
    return to_toml(table | {"days": days, "title": f"{days} ngày (huyện)", "source": "Công văn 12 của huyện"} | changes)


def send(world, toml, family="isolation", id="huyen-cach-ly", first=SOON):
    pack = DistrictPack(family, id, first, toml)
    with world.hub.db.write(None, world.tick()) as session:
        return send_pack(session, world.hub, pack, samples.catalog(), HOA, station=None, now=world.now)


def days_on(place, day):
    return isolation_rule_on(station_catalog_of(place.db, samples.catalog()).isolation_rules, day).days


@pytest.fixture
def place(world):
    return world.station("Nậm Tăm")


def test_a_rule_counts_from_its_day_and_no_earlier_case_changes(world, place):
    before = days_on(place, samples.TODAY)
    episode = case(place.db, 1, day=samples.TODAY)
    row = send(world, isolation(5))
    place.receive()
    assert before != 5
    assert [days_on(place, day) for day in (samples.TODAY, SOON - timedelta(days=1), SOON)] == [before, before, 5]
    later = date(2024, 1, 1)  # the program's own later rule is still that of its days
    assert days_on(place, later) == isolation_rule_on(samples.catalog().isolation_rules, later).days
    shelf = [one for one in rule_shelf(place.db, samples.catalog()) if one.family is Family.ISOLATION]
    sent = next(one for one in shelf if one.id == "huyen-cach-ly")
    assert (sent.sent_by, sent.source, sent.valid_from) == (HOA.name, "Công văn 12 của huyện", SOON)
    old = next(one for one in shelf if one.on(samples.TODAY))
    assert old.valid_until == SOON - timedelta(days=1)
    kept = next(one for one in place.items() if one.kind is ItemKind.PACK)
    assert look_at_item(place.db, kept.id, samples.catalog()).trouble is None and kept.id == row.id
    assert episode.isolation_days == before


def test_the_station_may_still_write_its_own_version_over_it(world, place):
    send(world, isolation(5))
    place.receive()
    rule = next(one for one in rule_shelf(place.db, samples.catalog()) if one.id == "huyen-cach-ly")
    table = dict(rule.table) | {"days": 6}
    who = {"by": None, "by_name": "Lò Thị Mai", "now": world.tick()}
    keep_rule(place.db, rule, table, confirmed=True, reason="Gọi huyện", catalog=samples.catalog(), **who)
    assert days_on(place, SOON) == 6
    found = isolation_rule_on(station_catalog_of(place.db, samples.catalog()).isolation_rules, SOON)
    assert found.id == "huyen-cach-ly@1"


def test_a_later_pack_covers_an_earlier_one_and_a_withdrawn_one_ends(world, place):
    before = days_on(place, SOON)
    send(world, isolation(5))
    second = send(world, isolation(4), id="huyen-cach-ly-2", first=SOON + timedelta(days=2))
    place.receive()
    assert [days_on(place, SOON + timedelta(days=n)) for n in (0, 1, 2, 3)] == [5, 5, 4, 4]
    world.now += timedelta(days=6)
    with world.hub.db.write(None, world.tick()) as session:
        withdraw_item(session, world.hub, second.id, HOA, now=world.now)
    place.receive()
    end = (samples.TODAY + timedelta(days=6)) - SOON
    assert [days_on(place, SOON + timedelta(days=n)) for n in (0, 2, end.days, 9)] == [5, 4, 5, 5]
    assert before not in (4, 5)


def test_words_of_papers_change_from_their_day(world, place):
    with place.db.read() as session:
        pack = station_pack(session, samples.catalog(), samples.TODAY)
    path, text = next((f"terms.{group}.{item.key}", item.text) for group, items in pack.terms.items() for item in items)
    send(world, f'"{path}" = "{text} của huyện"\n', family="wording", id=pack.id)
    place.receive()

    def words(day):
        with place.db.read() as session:
            found = station_pack(session, samples.catalog(), day)
        return next(
            item.text for group, items in found.terms.items() for item in items if f"terms.{group}.{item.key}" == path
        )

    assert words(samples.TODAY) == text
    assert words(SOON) == f"{text} của huyện"


EVIL = {
    "no toml": "days = ",
    "another form": "giờ = 5",
    "a list": "[[rule]]\ndays = 5\n[[rule]]\ndays = 6",
    "negative": isolation(-1),
    "a huge number": "days = " + "9" * 5000,
    "deep": "a = " + "[" * 3000 + "]" * 3000,
    "no days": isolation(0),
    "a bomb of keys": "\n".join(f"k{n} = 1" for n in range(3000)),
    "extra": isolation(5, run="rm -rf /"),
    "nothing": "",
}


@pytest.mark.parametrize("name", EVIL)
def test_an_evil_pack_is_refused_at_the_hub_with_a_sentence_and_nobody_gets_it(world, place, name):
    with pytest.raises(UserError) as refused:
        send(world, EVIL[name])
    assert refused.value.code == "district.pack_bad"
    assert len(str(refused.value.params["where"])) <= 200
    assert place.receive() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first": samples.TODAY - timedelta(days=1)}, "district.pack_past"),
        ({"family": "magic"}, "district.pack_family"),
        ({"family": "consent"}, "district.pack_family"),
        ({"id": "vn-isolation-2021"}, "district.pack_id"),
        ({"id": "x@2"}, "district.pack_id"),
        ({"id": ""}, "district.pack_id"),
        ({"family": "wording", "id": "no-such-law"}, "district.pack_bad"),
    ],
)
def test_what_else_is_refused(world, changes, code):
    with pytest.raises(UserError) as refused:
        send(world, isolation(5), **changes)
    assert refused.value.code == code


def test_the_same_id_is_not_sent_twice_and_a_file_has_its_bounds(world):
    send(world, isolation(5))
    with pytest.raises(UserError) as twice:
        send(world, isolation(6))
    assert twice.value.code == "district.pack_twice"
    with pytest.raises(UserError) as long:
        send(world, "#" * (MOST_TOML + 1), id="dai")
    assert long.value.code == "district.pack_long"


@pytest.mark.parametrize("name", [*EVIL, "data"])
def test_an_evil_pack_that_came_all_the_same_leaves_the_rule_before_it(world, place, name):
    before = days_on(place, SOON)
    data = {"family": "isolation", "id": "xau", "valid_from": SOON.isoformat(), "toml": EVIL.get(name, "")}
    row = DistrictItemRow(
        id=new_id(), kind="pack", title="x", body="", author="?", made_at=samples.NOW.replace(tzinfo=None),
        received_at=samples.NOW.replace(tzinfo=None), data=["?"] if name == "data" else data,
    )  # fmt: skip
    item_id = row.id
    with place.db.write(None, world.now) as session:
        session.add(row)
    assert days_on(place, SOON) == before
    trouble = look_at_item(place.db, item_id, samples.catalog()).trouble
    assert trouble is not None and trouble.code == "district.pack_unreadable"
    assert all(one.id != "xau" for one in rule_shelf(place.db, samples.catalog()))


def test_laid_rules_leave_one_rule_for_every_day_in_every_family():
    catalog = samples.catalog()
    for family, book in RULE_BOOKS.items():
        rules = catalog.rules_of(family)
        first = max(rule.valid_from for rule in rules)
        newest = next(rule for rule in rules if rule.valid_from == first)
        if family in (Family.CONSENT, Family.RETENTION):
            continue  # several of a day; the district sends none of these
        sent = replace(
            newest, id="huyen", valid_from=first + timedelta(days=10), valid_until=first + timedelta(days=20)
        )
        laid = lay(rules, [(sent, None)])
        assert lay(laid, [(sent, None)]) == laid, "laid twice is laid once"
        for n in (0, 9, 10, 20, 21, 400):
            day = first + timedelta(days=n)
            assert rule_on(laid, day).id == ("huyen" if 10 <= n <= 20 else newest.id), (family, n)
        assert book.make is not None


def test_a_rule_of_a_pack_is_read_by_the_programs_own_parser():
    pack = DistrictPack("isolation", "huyen", SOON, isolation(5))
    assert rule_of_pack(pack, read_isolation_rule).days == 5
    listed = DistrictPack("isolation", "huyen", SOON, "[[rule]]\n" + isolation(5))
    assert rule_of_pack(listed, read_isolation_rule).days == 5
    with pytest.raises(RuleError):
        rule_of_pack(DistrictPack("isolation", "huyen", SOON, EVIL["a list"]), read_isolation_rule)
