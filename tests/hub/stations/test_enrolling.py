"""Keys become certificates; never silently other keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.stations.enrolling import SameCommune, Standing, _years_on, look_at_request
from covidstation.sync.enrolment import EnrolRequest, write_request
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, FakeStation, everything

DATABASES = BOTH


def test_a_new_station_is_looked_at_without_a_change(hub: Hub):
    before = everything(hub)
    asking = FakeStation()
    look = look_at_request(hub, asking.request())
    assert (look.standing, look.name, look.others) == (Standing.NEW, asking.name, ())
    assert len(look.request.words()) == 8
    assert everything(hub) == before


def test_the_same_keys_get_the_same_certificate(hub: Hub, station: FakeStation):
    first, before = station.certificate, everything(hub)
    assert look_at_request(hub, station.request()).standing is Standing.SAME
    assert station.join(hub).certificate == first
    assert everything(hub) == before


def test_other_keys_from_one_commune_need_a_word_of_their_own(hub: Hub, station: FakeStation):
    before = everything(hub)
    assert look_at_request(hub, FakeStation().request()).standing is Standing.CLASH
    with pytest.raises(UserError) as refused:
        FakeStation().join(hub)
    assert refused.value.code == "enrol.same_commune"
    assert station.name in str(refused.value.params["names"])
    assert everything(hub) == before


def test_a_replaced_computer_keeps_the_station_and_starts_a_new_epoch(hub: Hub, station: FakeStation):
    later = FakeStation("Trạm Y tế Nậm Tăm (máy mới)").join(hub, same_commune=SameCommune.REPLACE)
    assert later.id == station.id
    assert later.epoch != station.epoch
    assert later.certificate.serial > station.certificate.serial
    with pytest.raises(UserError, match="former_keys"):
        station.join(hub)


def test_a_second_station_of_the_commune_is_a_station(hub: Hub, station: FakeStation):
    second = FakeStation("Điểm trạm Pa Phang").join(hub, same_commune=SameCommune.SECOND)
    assert second.id != station.id
    assert station.join(hub).certificate.station == station.id
    third = FakeStation("Điểm trạm Pa Phang").join(hub, same_commune=SameCommune.REPLACE)
    assert third.id == second.id
    with pytest.raises(UserError, match="which_station"):
        FakeStation("Tên lạ").join(hub, same_commune=SameCommune.REPLACE)


def test_a_hostile_name_is_shown_plain(hub: Hub):
    named = FakeStation("<b>Trạm\u202e\x1b[31m\u200b  Nậm  Tăm", "99999")
    assert look_at_request(hub, named.request()).name == "<b>Trạm[31m Nậm Tăm"


def test_another_age_key_with_the_same_signing_key_is_no_repetition(hub: Hub, station: FakeStation):
    other = FakeStation()
    keys = replace(station.keys.public, age=other.keys.public.age)
    asked = EnrolRequest(station_name="X", commune=station.commune, place="", keys=keys, made_at=NOW, program="")
    data = write_request(asked, signer=station.keys.sign)
    assert look_at_request(hub, data).standing is Standing.FORMER


def test_five_years_from_a_leap_day():
    assert _years_on(date(2024, 2, 29), 5) == date(2029, 2, 28)
    assert _years_on(date(2024, 3, 1), 5) == date(2029, 3, 1)
