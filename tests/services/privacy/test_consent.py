"""A yes and a no stand with the text that was read out that day; taking it back leaves the row."""

from copy import deepcopy
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from covidstation.domain.consent import ConsentDraft, ConsentKind, text_named, text_on
from covidstation.errors import Refused, UserError
from covidstation.services.privacy.consent import consent_pdf, consents_of, record_consent, withdraw_consent
from covidstation.services.rules.shelf import keep_rule, rule_shelf
from tests.services.samples import NOW, TODAY, catalog, register

YES = ConsentDraft(kind=ConsentKind.CARE, agreed=True, given_on=TODAY, given_by="con gái Giàng Thị Sua")


@pytest.fixture
def person(db):
    return register(db).person_id


def record(db, person, draft=YES):
    return record_consent(db, person, draft, catalog=catalog(), by=None, by_name="Lò Thị Mai", now=NOW).value


def codes(trouble):
    return [one.code for one in trouble.value.problems]


def test_an_answer_keeps_the_text_of_its_day(db, person):
    record(db, person)
    line = consents_of(db, person, catalog()).standing(ConsentKind.CARE)
    assert line is not None
    assert (line.agreed, line.text_id, line.given_by) == (True, "vn-consent-care-2020", "con gái Giàng Thị Sua")
    assert text_on(catalog().consent_texts, ConsentKind.CARE, date(2026, 3, 1)).id == "vn-consent-care-2026"
    assert text_named(catalog().consent_texts, line.text_id) is not None  # still readable when another is in force


def test_taking_it_back_leaves_the_row(db, person):
    given = record(db, person)
    withdraw_consent(db, given, TODAY, "đổi ý", by=None, now=NOW)
    line = consents_of(db, person, catalog()).standing(ConsentKind.CARE)
    assert (line.agreed, line.withdrawn_on, line.note) == (True, TODAY, "đổi ý")
    with pytest.raises(UserError) as twice:
        withdraw_consent(db, given, TODAY, by=None, now=NOW)
    assert twice.value.code == "privacy.not_standing"


def test_the_newest_answer_stands(db, person):
    record(db, person)
    record(db, person, replace(YES, agreed=False))
    found = consents_of(db, person, catalog())
    assert not found.standing(ConsentKind.CARE).agreed and len(found.lines) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"given_on": None}, "care.day_missing"),
        ({"given_on": date(2022, 3, 11)}, "care.day_future"),
        ({"given_on": date(2019, 1, 1)}, "privacy.no_text"),
        ({"kind": ConsentKind.DISTRICT}, "privacy.by_law"),
    ],
)
def test_an_answer_without_day_or_text_is_refused(db, person, changes, code):
    with pytest.raises(Refused) as refused:
        record(db, person, replace(YES, **changes))
    assert codes(refused) == [code]


@pytest.mark.parametrize("day", [None, date(2022, 3, 11), date(2022, 3, 9)])
def test_a_day_of_taking_back_lies_between(db, person, day):
    given = record(db, person)
    with pytest.raises(Refused):
        withdraw_consent(db, given, day, by=None, now=NOW)


@pytest.mark.parametrize("kind", ConsentKind)
def test_the_text_is_one_page_with_room_to_sign(db, person, kind):
    pdf = pypdfium2.PdfDocument(consent_pdf(db, person, kind, catalog=catalog(), day=TODAY))
    assert len(pdf) == 1
    words = pdf[0].get_textpage().get_text_bounded()
    assert "Giàng A Páo" in words and "Trạm Y tế xã Nậm Tăm".upper() in words and "{" not in words
    assert ("Không đồng ý" in words) == (kind is not ConsentKind.DISTRICT)


def reworded(db, version, words):
    """The station's own wording of the text of that day."""
    rule = next(one for one in rule_shelf(db, catalog()) if one.id == "vn-consent-care-2020")
    table = deepcopy(dict(rule.table))
    table["lines"][0]["text"] = words
    kept = keep_rule(
        db, rule, table, confirmed=False, reason="Mẫu của huyện", catalog=catalog(), by=None, by_name="Lả", now=NOW
    )
    assert kept.value == version


def words_of(db, person, text_id=""):
    pdf = consent_pdf(db, person, ConsentKind.CARE, catalog=catalog(), day=TODAY, text_id=text_id)
    return " ".join(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded().split())


def test_a_stations_own_wording_is_read_out_and_each_answer_keeps_its_own(db, person):
    record(db, person)
    reworded(db, 1, "Câu thứ nhất của huyện.")
    record(db, person)
    reworded(db, 2, "Câu thứ hai của huyện.")
    record(db, person)
    ids = [line.text_id for line in consents_of(db, person, catalog()).lines]
    assert ids == ["vn-consent-care-2020@2", "vn-consent-care-2020@1", "vn-consent-care-2020"]
    assert "Câu thứ hai của huyện." in words_of(db, person)
    seen = [words_of(db, person, text_id) for text_id in ids]
    assert ["thứ hai" in seen[0], "thứ nhất" in seen[1], "của huyện" in seen[2]] == [True, True, False]
    assert all(
        line.title == "Chăm sóc tại nhà, cung cấp thông tin" for line in consents_of(db, person, catalog()).lines
    )


def test_a_version_that_was_never_kept_is_no_text(db, person):
    for unknown in ("vn-consent-care-2020@7", "vn-nothing", "vn-nothing@1"):
        with pytest.raises(UserError) as refused:
            words_of(db, person, unknown)
        assert refused.value.code == "privacy.no_text"
