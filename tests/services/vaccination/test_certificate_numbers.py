"""A certificate that has got another dose since it was read is known as the one that it was."""

from __future__ import annotations

import pytest

from covidstation.errors import Refused
from covidstation.services.vaccination.trust import take_list
from tests.dcc_signing import certificate, content, vaccination
from tests.services.samples import NOW
from tests.services.vaccination.test_certificates import HOME, born, doses, keep, look

FIRST, SECOND = (vaccination(dn=nth, dt=f"2021-{8 + nth:02}-01", ci="URN:X") for nth in (1, 2))
ALONE, BOTH = certificate(HOME, content(FIRST)), certificate(HOME, content(FIRST, SECOND))


@pytest.fixture
def an(db, tmp_path):
    """Whose the certificates are; their key is on the list."""
    (tmp_path / "vn.der").write_bytes(HOME.certificate)
    take_list(db, tmp_path / "vn.der", instead=True, by=None, now=NOW)
    return born(db, "Nguyễn Văn An", 1964, 8, 12)


def codes(offers):
    return [{problem.code for problem in one.problems} for one in offers]


@pytest.mark.parametrize(("before", "now"), [(ALONE, BOTH), (BOTH, ALONE), (BOTH, BOTH), (ALONE, ALONE)])
def test_it_is_kept_for_one_person_alone_however_many_doses_it_has(db, an, before, now):
    binh = born(db, "Nguyễn Văn Bình", 1970, 1, 1)
    keep(db, before, an, 0)
    offers = look(db, now, binh).offers
    assert all("vaccination.certificate_other" in found for found in codes(offers))
    assert not any(one.possible for one in offers)
    with pytest.raises(Refused):
        keep(db, now, binh, 0, reason="nhầm tên", sure=True)


def test_its_first_dose_is_known_and_the_second_is_kept(db, an):
    keep(db, ALONE, an, 0)
    offers = look(db, BOTH, an).offers
    assert [one.known for one in offers] == [True, False] and not offers[1].problems
    keep(db, BOTH, an, 1)
    assert [one.given.text() for one in doses(db, an)] == ["01/09/2021", "01/10/2021"]
    assert all(one.known for one in look(db, BOTH, an).offers)
    assert all(one.known for one in look(db, ALONE, an).offers)


def test_a_number_that_only_begins_like_it_is_another(db, an):
    keep(db, certificate(HOME, content({**FIRST, "ci": "URN:X_1"})), an, 0)
    binh = born(db, "Nguyễn Văn Bình", 1970, 1, 1)
    for ci in ("URN:X", "urn:x_1", "URN:XA1"):
        (offer,) = look(db, certificate(HOME, content({**FIRST, "ci": ci})), binh).offers
        assert "vaccination.certificate_other" not in {problem.code for problem in offer.problems}
