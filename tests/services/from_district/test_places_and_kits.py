"""Places and test kits of a district: drafted from the shipped list, sent, offered by forms from their day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.db.queries.episodes import get_episode
from covidstation.domain.district import DistrictPack
from covidstation.domain.episodes import PathogenTest, TestKind, TestResult
from covidstation.hub.down.items import send_pack
from covidstation.hub.down.packs import look_at_pack, template_of
from covidstation.messages.rule_words import pack_words
from covidstation.services.episodes import add_test
from covidstation.services.rules.versions import station_catalog_of
from covidstation.ui.code_choices import facility_choices, kit_choices
from tests.services import samples
from tests.services.from_district.world import HOA

SOON = samples.TODAY + timedelta(days=3)
MORE = {
    "facilities": '\n[[codes]]\ncode = "12017"\nlabel = "Bệnh viện Mẫu Sìn Hồ"\ntier = "DISTRICT"\n',
    "test_kits": '\n[[codes]]\ncode = "kitA"\nlabel = "Kit Mẫu A"\nmaker = "Hãng Một"\nkind = "RAPID_ANTIGEN"\n',
}


@pytest.fixture
def sent(world):
    """The shipped lists with one more line each, at a station."""
    place, catalog = world.station("Nậm Tăm"), samples.catalog()
    for family, more in MORE.items():
        with world.hub.db.write(None, world.tick()) as session:
            pack = DistrictPack(
                family, f"huyen-{family.replace('_', '-')}", SOON, template_of(session, catalog, family, SOON) + more
            )
            changed = {(one.words, one.new) for one in look_at_pack(session, pack, catalog).changed}
            assert ("Tuyến", "Tuyến huyện, khu vực") in changed or ("Hãng sản xuất", "Hãng Một") in changed
            send_pack(session, world.hub, pack, catalog, HOA, station=None, now=world.now)
    place.receive()
    return place


def test_the_forms_offer_them_from_their_day(sent):
    catalog = station_catalog_of(sent.db, samples.catalog())
    before = [one.key for one in facility_choices(catalog, SOON - timedelta(days=1), ())]
    after = [one.key for one in facility_choices(catalog, SOON, ())]
    assert set(after) - set(before) == {"Bệnh viện Mẫu Sìn Hồ"}
    kits = [one.key for one in kit_choices(catalog, SOON, TestKind.RAPID_ANTIGEN)]
    assert "Kit Mẫu A (Hãng Một)" in kits
    assert "Kit Mẫu A (Hãng Một)" not in [one.key for one in kit_choices(catalog, SOON, TestKind.PCR_RT_PCR)]
    assert (pack_words("facilities"), pack_words("test_kits")) == ("Nơi chuyển đến", "Sinh phẩm xét nghiệm")


def test_the_kit_of_a_test_is_kept_and_reaches_the_district(world, sent):
    case = samples.register(sent.db, now=world.tick())
    day = samples.TODAY
    test = PathogenTest(result=TestResult.NEGATIVE, sampled_on=day, place="Trạm", kit="  Kit Mẫu A (Hãng Một) ")
    add_test(sent.db, case.id, test, by=None, now=world.now)
    kept = get_episode(sent.db, case.id).tests[-1]
    assert kept.kit == "Kit Mẫu A (Hãng Một)"
    sent.send()
    assert world.record(sent, "pathogen_test", kept.id)["kit"] == kept.kit
