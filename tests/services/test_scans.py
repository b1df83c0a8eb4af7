"""What a card scan would do, and that it does nothing."""

from dataclasses import replace
from datetime import date

import pytest

from covidstation.messages import sentence
from covidstation.services.people import edit_person, register_person
from covidstation.services.scans import ScanOutcome, look_at_scan
from tests.services.samples import NOW, PAO, catalog

CARD = "012055000001|045000001|Giàng A Páo|03021955|Nam|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021"
NEW_NUMBERS = "012055000009|045000009|Giàng A Páo|03021955|Nam|Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu|10052021"


@pytest.fixture
def pao(db):
    draft = replace(PAO, insurance_number="GD4010120123456")
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value


def test_a_new_card_offers_its_fields(db):
    look = look_at_scan(db, CARD)
    assert (look.outcome, look.person_id, look.refusal) == (ScanOutcome.NEW, None, None)
    assert (look.draft.full_name, look.draft.citizen_number) == ("Giàng A Páo", "012055000001")
    assert look.draft.birth.text() == "03/02/1955"


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        "\ufeff" + CARD + "\r\n",
        CARD.replace("045000001", ""),
        NEW_NUMBERS.replace("045000009", "045000001"),
        CARD.replace("012055000001", "012055000009"),
    ],
)
def test_a_person_is_known_by_any_number(db, pao, text):
    look = look_at_scan(db, text)
    assert (look.outcome, look.person_id, look.name) == (ScanOutcome.KNOWN, pao.id, "Giàng A Páo")


def test_a_person_is_known_after_a_correction(db, pao):
    draft = replace(PAO, citizen_number="012055000009", old_citizen_number="045000009", full_name="Giàng A Pao")
    edit_person(db, pao.id, draft, catalog=catalog(), by=None, now=NOW)
    assert look_at_scan(db, NEW_NUMBERS).name == "Giàng A Pao"
    assert look_at_scan(db, CARD).outcome is ScanOutcome.NEW


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\r\n", "hello", "https://example.invalid/x", CARD[:20], CARD + CARD, CARD * 40, "|" * 6, "\x00" * 20,
        "012055000001|045000001|Gia2ng A Pa1o|03021955|Nam|Ba3n|10052021", "\ud800", "1" * 600,
        "'; DROP TABLE person; --", "012055000001|045000001|Giàng A Páo|99999999|Nam|x|10052021",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(db, pao, text):
    look = look_at_scan(db, text)
    assert (look.outcome, look.draft, look.person_id) == (ScanOutcome.REFUSED, None, None)
    assert sentence(look.refusal)


def test_nobody_new_is_born_after_today_but_the_known_are_opened(db, pao):
    child = NEW_NUMBERS.replace("10052021", "10052022")
    look = look_at_scan(db, child.replace("03021955", "04032022"), date(2022, 3, 3))
    assert (look.outcome, look.draft, look.refusal.code) == (ScanOutcome.REFUSED, None, "scan.birth_future")
    assert "04/03/2022" in sentence(look.refusal) and "03/03/2022" in sentence(look.refusal)
    assert look_at_scan(db, child.replace("03021955", "03032022"), date(2022, 3, 3)).outcome is ScanOutcome.NEW
    assert look_at_scan(db, CARD, date(1950, 1, 1)).outcome is ScanOutcome.KNOWN


def test_no_scan_changes_a_byte(folder, db, pao):
    db.close()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for text in (CARD, NEW_NUMBERS, "rubbish", CARD[:30]):
        look_at_scan(db, text)
    db.close()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
