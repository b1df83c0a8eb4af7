"""Certificates read at the counter: whose, what they are worth, their doses kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.dcc.verdict import Verdict
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.offers import Likeness
from covidstation.errors import Refused, UserError
from covidstation.messages import sentence
from covidstation.messages.dcc import verdict_words
from covidstation.services.people import register_person
from covidstation.services.vaccination.history import keep_dose, look_at_vaccination, record_dose, void_dose
from covidstation.services.vaccination.reading import CertificateChoice, look_at_certificate, record_certificate
from covidstation.services.vaccination.trust import take_list
from tests.dcc_signing import certificate, content, issuer, vaccination
from tests.services.samples import NOW, USER, catalog

HOME, ABROAD = issuer(), issuer("rsa", country="LA")
FIRST, SECOND = vaccination(dn=1, dt="2021-09-01", ci="URN:1"), vaccination(dn=2, dt="2021-10-01", ci="URN:2")


def born(db: Database, name: str, *birth: int) -> UUID:
    draft = PersonDraft(full_name=name, birth=PartialDate(*birth) if birth else None)
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


@pytest.fixture
def an(db: Database) -> UUID:
    return born(db, "Nguyễn Văn An", 1964, 8, 12)


@pytest.fixture
def keys(db: Database, tmp_path: Any) -> None:
    (tmp_path / "vn.der").write_bytes(HOME.certificate)
    take_list(db, tmp_path / "vn.der", instead=True, by=None, now=NOW)


def look(db: Database, text: str, person: UUID | None = None) -> Any:
    return look_at_certificate(db, text, catalog=catalog(), now=NOW, person_id=person)


def keep(db: Database, text: str, person: UUID, *chosen: int, reason: str = "", sure: bool = False) -> Any:
    draft = CertificateChoice(text=text, person_id=person, chosen=frozenset(chosen), reason=reason)
    return record_certificate(db, draft, catalog=catalog(), by=None, by_name=USER, now=NOW, sure=sure).value


def doses(db: Database, person: UUID) -> Any:
    return look_at_vaccination(db, person, catalog=catalog(), now=NOW).doses


def test_its_doses_are_offered_to_the_one_whose_it_is_and_kept(db: Database, an: UUID, keys: None) -> None:
    text = certificate(HOME, content(FIRST, SECOND))
    found = look(db, text)
    assert found.judgement.verdict is Verdict.VALID
    assert (found.person.hit.id, found.person.likeness) == (an, Likeness.SAME)
    assert [(one.name, one.draft.number, one.possible) for one in found.offers] == [
        ("Comirnaty (Pfizer)", 1, True),
        ("Comirnaty (Pfizer)", 2, True),
    ]
    assert found.missing == 0
    made = keep(db, text, an, 0, 1)
    assert [(one.dose_class, one.number, one.source, one.certificate, one.country) for one in made] == [
        (DoseClass.PRIMARY, 1, DoseSource.CERTIFICATE, "URN:1", "VN"),
        (DoseClass.PRIMARY, 2, DoseSource.CERTIFICATE, "URN:2", "VN"),
    ]
    assert [one.given.text() for one in doses(db, an)] == ["01/09/2021", "01/10/2021"]


def test_the_same_certificate_again_is_told_and_kept_once(db: Database, an: UUID, keys: None) -> None:
    text = certificate(HOME, content(FIRST, SECOND))
    keep(db, text, an, 0)
    assert [one.known for one in look(db, text).offers] == [True, False]
    with pytest.raises(Refused) as caught:
        keep(db, text, an, 0, 1, sure=True)
    assert "vaccination.certificate_again" in [one.code for one in caught.value.problems]
    assert len(doses(db, an)) == 1
    keep(db, text, an, 1)
    assert len(doses(db, an)) == 2


def test_a_certificate_is_kept_for_one_person_alone(db: Database, an: UUID, keys: None) -> None:
    anh = born(db, "Nguyễn Văn Anh", 1964, 8, 12)
    text = certificate(HOME, content(FIRST))
    (made,) = keep(db, text, an, 0)
    (offer,) = look(db, text, anh).offers
    assert ([one.code for one in offer.problems], offer.possible) == (["vaccination.certificate_other"], False)
    assert sentence(offer.problems[0]).startswith("Chứng nhận này đã ghi cho Nguyễn Văn An, sinh 12/08/1964 (mũi 01/09")
    with pytest.raises(Refused) as caught:
        keep(db, text, anh, 0, reason="nhầm tên", sure=True)
    assert [one.code for one in caught.value.problems] == ["vaccination.certificate_other"]
    void_dose(db, made.id, "của người khác", catalog=catalog(), by=None, by_name=USER, now=NOW)
    assert [one.person_id for one in keep(db, text, anh, 0, reason="Đúng là Anh")] == [anh]


def test_a_dose_that_two_have_of_one_certificate_can_be_corrected(db: Database, an: UUID, keys: None) -> None:
    """As two computers kept it before they met."""
    keep(db, certificate(HOME, content(FIRST)), an, 0)
    anh = born(db, "Nguyễn Văn Anh", 1964, 8, 12)
    twin = DoseDraft(person_id=anh, given=PartialDate(2021, 9, 1), product="EU/1/20/1528", certificate="URN:1")
    with db.write(None, NOW) as session:
        kept = keep_dose(session, twin, "", by_name=USER).id
    mended = replace(twin, voids=kept, lot_number="FK0110")
    record_dose(db, mended, catalog=catalog(), by=None, by_name=USER, now=NOW)
    assert [one.lot_number for one in doses(db, anh)] == ["FK0110"]


def test_two_doses_under_one_number_are_two(db: Database, an: UUID, keys: None) -> None:
    """As Bulgaria writes them."""
    text = certificate(HOME, content(FIRST, {**SECOND, "ci": "URN:1"}))
    keep(db, text, an, 0, 1)
    assert len({one.certificate for one in doses(db, an)}) == 2
    assert [one.known for one in look(db, text).offers] == [True, True]


def test_two_doses_of_one_number_and_place_are_told_apart_by_their_days(db: Database, an: UUID, keys: None) -> None:
    again = {**FIRST, "dt": "2021-12-20"}
    text = certificate(HOME, content(FIRST, again, again))
    assert [one.known for one in look(db, text).offers] == [False, False, True]  # the third is the second once more
    keep(db, text, an, 0, 1, reason="Giấy ghi hai lần mũi 1", sure=True)
    assert [one.given.text() for one in doses(db, an)] == ["01/09/2021", "20/12/2021"]
    assert all(one.known for one in look(db, text).offers)
    long = [{**one, "ci": "U" * 200} for one in (FIRST, again)]
    assert [one.known for one in look(db, certificate(HOME, content(*long))).offers] == [False, False]


def test_the_last_dose_alone_speaks_of_the_ones_before(db: Database, an: UUID, keys: None) -> None:
    text = certificate(HOME, content(vaccination(dn=3, sd=3)))
    found = look(db, text)
    assert (found.missing, found.offers[0].draft.dose_class, found.offers[0].draft.number) == (2, DoseClass.BOOSTER, 1)
    keep(db, certificate(HOME, content(FIRST)), an, 0)
    assert look(db, text).missing == 1


def test_without_a_key_it_is_kept_as_a_paper_that_was_shown(db: Database, an: UUID) -> None:
    text = certificate(HOME, content(FIRST))
    assert (look(db, text).judgement.verdict, look(db, text).judgement.code) == (Verdict.UNKNOWN_KEY, "dcc.no_keys")
    assert keep(db, text, an, 0)[0].source is DoseSource.CARD


def test_an_expired_one_is_a_proof_of_its_doses_all_the_same(db: Database, an: UUID, keys: None) -> None:
    text = certificate(HOME, content(FIRST), claims={4: 1640995200, 6: 1640000000})  # until 1/1/2022 UTC
    found = look(db, text)
    assert found.judgement.verdict is Verdict.EXPIRED
    assert "01/01/2022" in sentence(UserError(found.judgement.code, **found.judgement.params))
    assert keep(db, text, an, 0)[0].source is DoseSource.CERTIFICATE


def test_a_key_for_tests_vouches_for_no_dose(db: Database, an: UUID, tmp_path: Any) -> None:
    lab = issuer(uses=("1",))
    (tmp_path / "lab.der").write_bytes(lab.certificate)
    take_list(db, tmp_path / "lab.der", instead=True, by=None, now=NOW)
    text = certificate(lab, content(FIRST))
    assert look(db, text).judgement.code == "dcc.wrong_use"
    assert keep(db, text, an, 0)[0].source is DoseSource.CARD


def test_nothing_is_taken_from_a_forged_or_broken_one(db: Database, an: UUID, keys: None) -> None:
    forged = certificate(issuer(), content(FIRST), protected={1: -7, 4: HOME.kid})
    found = look(db, forged)
    assert (found.judgement.verdict, found.offers) == (Verdict.FORGED, ())
    for text, code in (
        (forged, "dcc.forged"),
        (forged[:300], "dcc.cut_off"),
        ("HC1:", "dcc.cut_off"),
        ("x", "dcc.not_certificate"),
    ):
        with pytest.raises(UserError) as caught:
            keep(db, text, an, 0, reason="vẫn ghi", sure=True)
        assert caught.value.code == code
        assert sentence(caught.value)
    assert doses(db, an) == ()


def test_another_persons_certificate_needs_a_word(db: Database, keys: None) -> None:
    mai = born(db, "Lò Thị Mai", 1980, 1, 1)
    text = certificate(HOME, content(FIRST))
    assert look(db, text).person is None
    assert look(db, text, mai).person.likeness is Likeness.OTHER
    with pytest.raises(Refused) as caught:
        keep(db, text, mai, 0, sure=True)
    assert [one.code for one in caught.value.problems] == ["dcc.other_person"]
    assert keep(db, text, mai, 0, reason="Đổi tên năm 2019, đã xem giấy khai sinh")[0].reason.startswith("Đổi tên")


@pytest.mark.parametrize(
    ("name", "birth", "likeness"),
    [
        ("Nguyễn Văn An", (1964, 8, 12), Likeness.SAME),
        ("NGUYỄN VĂN AN", (1964, 8, 12), Likeness.SAME),
        ("NGUYEN VAN AN", (1964, 8, 12), Likeness.ALIKE),
        ("Nguyễn Vân An", (1964, 8, 12), Likeness.ALIKE),  # a woman's name
        ("Nguyễn An Văn", (1964, 8, 12), Likeness.ALIKE),
        ("Văn An Nguyễn", (1964, 8, 12), Likeness.SAME),
        ("Nguyễn Văn An", (1964,), Likeness.ALIKE),
        ("Nguyễn Văn An", (1964, 12, 8), Likeness.ALIKE),
        ("Nguyễn Văn An", (), Likeness.ALIKE),
        ("Nguyễn An", (1964, 8, 12), Likeness.ALIKE),
        ("Nguyễn Văn An", (1964, 8, 13), Likeness.OTHER),
        ("Nguyễn Văn An", (1965, 8, 12), Likeness.OTHER),
        ("Nguyễn Văn Bình", (1964, 8, 12), Likeness.OTHER),
        ("An", (1964, 8, 12), Likeness.OTHER),
    ],
)
def test_whose_it_may_be(db: Database, name: str, birth: tuple[int, ...], likeness: Likeness) -> None:
    person = born(db, name, *birth)
    found = look(db, certificate(HOME))
    assert look(db, certificate(HOME), person).person.likeness is likeness
    assert [one.hit.id for one in found.candidates] == ([] if likeness is Likeness.OTHER else [person])
    assert (found.person is not None) is (likeness is Likeness.SAME)


def test_two_of_one_name_and_birth_are_asked_about(db: Database, an: UUID) -> None:
    twin = born(db, "Nguyễn Văn An", 1964, 8, 12)
    found = look(db, certificate(HOME))
    assert found.person is None
    assert {one.hit.id for one in found.candidates} == {an, twin}
    assert look(db, certificate(HOME), twin).person.hit.id == twin


@pytest.mark.parametrize(
    ("other", "paper"),
    [
        (("Nguyễn Văn An", 1964), "1964-08-12"), (("Nguyễn Vân An", 1964, 8, 12), "1964-08-12"),
        (("Nguyễn Văn An", 1964), "1964"),
    ],
)  # fmt: skip
def test_nobody_is_chosen_while_somebody_else_may_be_meant(
    db: Database, an: UUID, other: tuple[Any, ...], paper: str
) -> None:
    name, *birth = other
    somebody = born(db, name, *birth)
    found = look(db, certificate(HOME, content(FIRST, dob=paper)))
    assert {one.hit.id for one in found.candidates} == {an, somebody}
    assert (found.person, found.offers) == (None, ())


def test_a_certificate_in_latin_letters_alone_is_held_against_the_name_without_its_marks(db: Database) -> None:
    hoa = born(db, "Hoà Nguyễn", 1964, 8, 12)
    bare = certificate(HOME, content(FIRST, nam={"fnt": "NGUYEN", "gnt": "HOA"}))
    assert look(db, bare).person.hit.id == hoa
    accented = {"fn": "NGUYỄN", "gn": "HÒA", "fnt": "NGUYEN", "gnt": "HOA"}  # the tone on its other letter
    assert look(db, certificate(HOME, content(FIRST, nam=accented))).person.hit.id == hoa


def test_all_doses_are_kept_or_none(db: Database, an: UUID, keys: None) -> None:
    text = certificate(HOME, content(FIRST, vaccination(dn=2, dt="2023-01-01", ci="URN:9")))
    assert [one.possible for one in look(db, text).offers] == [True, False]
    with pytest.raises(Refused):
        keep(db, text, an, 0, 1, sure=True)
    assert doses(db, an) == ()
    for chosen in ((), (7,), (0, 7)):
        with pytest.raises(Refused):
            keep(db, text, an, *chosen)


YELLOW_FEVER = vaccination(tg="16541001", vp="1121000221105", mp="Stamaril", dn=1, sd=1, dt="2020-03-01", ci="URN:YF")


def test_a_vaccine_against_another_disease_is_shown_and_not_offered(db: Database, an: UUID, keys: None) -> None:
    text = certificate(HOME, content(YELLOW_FEVER))
    found = look(db, text)
    assert (found.judgement.verdict, found.offers, found.missing) == (Verdict.VALID, (), 0)
    assert [one.covid for one in found.certificate.vaccinations] == [False]
    assert sentence(UserError(found.certificate.nothing_to_keep)).startswith("Giấy này không ghi mũi vắc xin COVID-19")
    with pytest.raises(Refused):
        keep(db, text, an, 0, reason="vẫn ghi", sure=True)
    both = certificate(HOME, content(YELLOW_FEVER, FIRST))
    assert [one.draft.certificate for one in look(db, both).offers] == ["URN:1"]
    assert [one.product for one in keep(db, both, an, 0)] == ["EU/1/20/1528"]
    assert len(doses(db, an)) == 1


TEST = {"tg": "840539006", "tt": "LP6464-4", "sc": 1613824496000, "tr": "260373001", "co": "VN", "ci": "T1"}
RECOVERY = {"tg": "840539006", "fr": "2022-02-01", "df": "2022-02-12", "du": "2022-08-01", "co": "VN", "ci": "R1"}


@pytest.mark.parametrize(
    ("health", "code"),
    [
        ({"v": [], "t": [TEST]}, "dcc.only_test"), ({"v": None, "r": [RECOVERY]}, "dcc.only_recovery"),
        ({"v": [vaccination(dt="")]}, "dcc.only_undated"), ({"v": [], "t": [TEST], "r": [RECOVERY]}, "dcc.only_test"),
        ({"t": [TEST]}, ""),
    ],
)  # fmt: skip
def test_papers_of_tests_and_recoveries_have_nothing_to_keep(
    db: Database, an: UUID, keys: None, health: Any, code: str
) -> None:
    found = look(db, certificate(HOME, {**content(), **health}))
    assert (found.certificate.nothing_to_keep, bool(found.offers)) == (code, not code)
    assert not code or sentence(UserError(code))


@pytest.mark.parametrize(
    ("dose", "codes"),
    [
        ({"dt": "2023-05-05"}, ["vaccination.future"]), ({"dt": "2019-01-01"}, ["vaccination.before_product"]),
        ({"dt": "1950-01-01"}, ["vaccination.before_birth"]), ({"dt": "2021-11-20T08:00:00+07:00"}, []),
        ({"dt": "2021"}, []), ({"dn": 0}, []), ({"dn": 1, "mp": "EU/1/20/1528/001"}, []), ({"co": "VNM"}, []),
        ({"co": "EL"}, []), ({"co": "XK"}, []), ({"co": "UN"}, []), ({"co": ""}, []),
    ],
)  # fmt: skip
def test_odd_doses_of_a_true_certificate(db: Database, an: UUID, keys: None, dose: Any, codes: list[str]) -> None:
    first = {"dn": 1, **dose}
    (offer,) = look(db, certificate(HOME, content(vaccination(**first)))).offers
    assert [one.code for one in offer.problems if one.level == "error"] == codes
    assert offer.name == "Comirnaty (Pfizer)"
    assert offer.draft.country in ("", "VN", "GR", "XK", "UN")


def test_a_key_of_a_country_that_the_paper_does_not_name_vouches_for_nothing(
    db: Database, an: UUID, tmp_path: Any
) -> None:
    """Whoever has a key of Laos, signing papers of Việt Nam."""
    (tmp_path / "la.der").write_bytes(ABROAD.certificate)
    take_list(db, tmp_path / "la.der", instead=True, by=None, now=NOW)
    text = certificate(ABROAD, content(FIRST))
    found = look(db, text)
    assert (found.judgement.verdict, found.judgement.code) == (Verdict.EXPIRED, "dcc.other_signer")
    said = sentence(UserError(found.judgement.code, **found.judgement.params))
    assert "nơi cấp VN" in said and "nước LA" in said
    assert verdict_words(found.judgement) == "Chữ ký của nơi không được ký giấy này"
    assert keep(db, text, an, 0)[0].source is DoseSource.CARD
    assert look(db, certificate(ABROAD, content(FIRST), claims={1: "LA"})).judgement.code == "dcc.valid"


def test_an_unknown_vaccine_keeps_the_name_it_has(db: Database, an: UUID, keys: None) -> None:
    made = keep(db, certificate(HOME, content(vaccination(mp="EU/1/99/0001", dn=1))), an, 0)[0]
    assert (made.product, made.product_name) == ("", "EU/1/99/0001")


@pytest.mark.parametrize(
    ("mp", "dn", "sd", "place"),
    [
        ("EU/1/20/1528", 1, 2, (DoseClass.PRIMARY, 1)),
        ("EU/1/20/1528", 3, 3, (DoseClass.BOOSTER, 1)),
        ("EU/1/20/1528", 4, 2, (DoseClass.BOOSTER, 2)),
        ("EU/1/20/1528", 2, 1, (DoseClass.BOOSTER, 1)),
        ("Abdala", 3, 3, (DoseClass.PRIMARY, 3)),
        ("EU/1/20/1525", 1, 1, (DoseClass.PRIMARY, 1)),
        ("EU/1/20/1525", 2, 2, (DoseClass.BOOSTER, 1)),
        ("EU/1/20/1528", None, 2, (DoseClass.UNKNOWN, None)),
    ],
)  # fmt: skip
def test_which_dose_a_number_means(db: Database, an: UUID, mp: str, dn: Any, sd: int, place: Any) -> None:
    """Of 1073/2021/EU, annex: a booster is 3 of 3 or 3 of 2, or 2 of 1 after Jcovden; before 2022 also 2 of 2."""
    draft = look(db, certificate(HOME, content(vaccination(mp=mp, dn=dn, sd=sd)))).offers[0].draft
    assert (draft.dose_class, draft.number) == place


def test_what_another_desk_wrote_since_the_look_is_asked_back(db: Database, an: UUID, keys: None) -> None:
    text = certificate(HOME, content(FIRST))
    shown = [one for offer in look(db, text, an).offers for one in offer.problems]
    day = PartialDate(2021, 9, 2)
    other = DoseDraft(person_id=an, given=day, product="EU/1/20/1528", dose_class=DoseClass.PRIMARY, number=1)
    record_dose(db, other, catalog=catalog(), by=None, by_name=USER, now=NOW, sure=True)
    draft = CertificateChoice(text=text, person_id=an, chosen=frozenset({0}), reason="Hỏi lại rồi")
    said: dict[str, Any] = {"catalog": catalog(), "by": None, "by_name": USER, "now": NOW}
    with pytest.raises(Refused) as caught:
        record_certificate(db, draft, sure=shown, **said)
    assert {"vaccination.number_again", "vaccination.told_already"} <= {one.code for one in caught.value.problems}
    assert len(doses(db, an)) == 1
    again = [one for offer in look(db, text, an).offers for one in offer.problems]
    assert len(record_certificate(db, draft, sure=again, **said).value) == 1  # shown now, and said
