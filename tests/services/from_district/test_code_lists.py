"""A list of codes from the district: offered from its day, shown as the district's, readable for good."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from covidstation.db.queries.people import get_person
from covidstation.domain.code_lists import offered
from covidstation.domain.district import DistrictPack
from covidstation.domain.people import PersonDraft
from covidstation.domain.rule_sets import Family
from covidstation.hub.down.items import send_pack
from covidstation.hub.down.packs import codes_mark, look_at_pack, template_of, with_codes
from covidstation.services.people import edit_person
from covidstation.services.rules.shelf import rule_shelf
from covidstation.services.rules.versions import station_catalog_of
from covidstation.ui.code_choices import condition_choices, sign_choices
from tests.services import samples
from tests.services.from_district.world import HOA
from tests.services.outbreak import case

SOON = samples.TODAY + timedelta(days=3)


@pytest.fixture
def sent(world):
    """A list without asthma and with a new disease; the station that has received it."""
    place, catalog = world.station("Nậm Tăm"), samples.catalog()
    with world.hub.db.read() as session:
        toml = template_of(session, catalog, "conditions", SOON)
    asthma = toml[toml.index('[[codes]]\ncode = "asthma"') : toml.index('[[codes]]\ncode = "hypertension"')]
    toml = toml.replace(asthma, "") + '\n[[codes]]\ncode = "longCovid"\nlabel = "Hậu COVID-19"\n'
    pack = DistrictPack("conditions", "huyen-benh-nen", SOON, toml)
    with world.hub.db.write(None, world.tick()) as session:
        found = look_at_pack(session, pack, catalog)
        words = {(one.part, one.old, one.new) for one in found.changed if one.words == "Tên gọi"}
        assert words == {("Hậu COVID-19", "", "Hậu COVID-19"), ("Hen phế quản", "Hen phế quản", "")}
        send_pack(session, world.hub, pack, catalog, HOA, station=None, now=world.now)
    place.receive()
    return place


def test_it_is_offered_from_its_day_and_old_codes_stay(sent):
    catalog = station_catalog_of(sent.db, samples.catalog())
    assert "longCovid" not in offered(catalog.condition_lists, SOON - timedelta(days=1))[0]
    now, before = offered(catalog.condition_lists, SOON)
    assert "longCovid" in now and before == ["asthma"]
    choices = {one.key: one for one in condition_choices(catalog, SOON)}
    assert choices["longCovid"].text == "Hậu COVID-19" and choices["longCovid"].second == ""
    assert (choices["asthma"].text, choices["asthma"].second) == ("Hen phế quản", "danh mục cũ")
    assert [one.second for one in sign_choices(catalog, SOON, lambda code: code) if one.second == "danh mục cũ"] == []


def test_the_head_sees_whose_it_is(sent):
    shelf = [one for one in rule_shelf(sent.db, samples.catalog()) if one.family is Family.CONDITIONS]
    assert (shelf[0].id, bool(shelf[0].sent_by), shelf[0].valid_from) == ("huyen-benh-nen", True, SOON)
    assert shelf[1].valid_until == SOON - timedelta(days=1)


def test_a_person_may_have_it_and_keeps_what_was_written_before(sent):
    catalog = station_catalog_of(sent.db, samples.catalog())
    person_id = case(sent.db, 1, day=samples.TODAY).person_id
    held = get_person(sent.db, person_id)
    draft = PersonDraft(**{one.name: getattr(held, one.name) for one in fields(PersonDraft)})
    for conditions in (frozenset({"asthma"}), frozenset({"asthma", "longCovid"})):
        wanted = replace(draft, conditions=conditions)
        edit_person(sent.db, person_id, wanted, catalog=catalog, by=None, now=sent.world.tick())
        assert get_person(sent.db, person_id).conditions == conditions


def test_the_districts_own_pages_name_it(sent):
    hub = sent.world.hub
    with hub.db.read() as session:
        catalog = with_codes(session, samples.catalog())
        assert codes_mark(session)[0] == 1
    assert catalog.conditions["longCovid"].label == "Hậu COVID-19"
