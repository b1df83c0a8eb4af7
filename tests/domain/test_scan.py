"""What a scanner types: cards that are read, and everything that is refused. People and numbers are invented."""

from __future__ import annotations

import time
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from covidstation.domain import scan
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.scan import CardScan, ScanRefused, looks_like_scan, read_scan
from covidstation.messages import scan as messages
from covidstation.services import scans

NUMBER = "012085000001"
ADDRESS = "Bản Mẫu, Xã Ví Dụ, Sìn Hồ, Lai Châu"
CARD = f"{NUMBER}||Lò Văn Thử|05021985|Nam|{ADDRESS}|10052021"
CARD_11 = f"{CARD}||||"
CARD_6 = f"{NUMBER}|Lò Văn Thử|05/02/1985|Nam|{ADDRESS}|10/05/2021"
NAME_HEX, ADDRESS_HEX = "Lò Thị Thử".encode().hex(), "Bản Mẫu".encode().hex()
INSURANCE = f"DT2120123456789|{NAME_HEX}|05/02/1985|2|{ADDRESS_HEX}|12 - 001|01/01/2021|31/12/2021"


def card(name: str = "Lò Văn Thử", sex: str = "Nam", address: str = ADDRESS, **other: str) -> str:
    old, birth, issued = other.get("old", ""), other.get("birth", "05021985"), other.get("issued", "10052021")
    return "|".join([other.get("number", NUMBER), old, name, birth, sex, address, issued])


def refusal(text: str) -> str:
    with pytest.raises(ScanRefused) as caught:
        read_scan(text)
    return caught.value.code.removeprefix("scan.")


def read_card(text: str) -> CardScan:
    found = read_scan(text)
    assert isinstance(found, CardScan)
    return found


def test_the_card_of_2021() -> None:
    found = read_card(CARD)
    assert found.kind == "card-7"
    assert found.issued_on == date(2021, 5, 10)
    assert found.problems == ()
    assert found.number == NUMBER
    assert found.person == PersonDraft(
        full_name="Lò Văn Thử",
        birth=PartialDate(1985, 2, 5),
        sex=Sex.MALE,
        citizen_number=NUMBER,
        citizen_issued_on=date(2021, 5, 10),
        address_printed=ADDRESS,
    )


def test_the_second_field_is_the_old_number() -> None:
    assert read_card(card(old="045123456")).person.old_citizen_number == "045123456"
    twelve = read_card(card(old="012085000009"))
    assert twelve.person.old_citizen_number == ""
    assert twelve.fields[1] == "012085000009"
    assert refusal(card(old="04512345x")) == "old_number"


def test_the_card_of_2024_keeps_its_extras_raw() -> None:
    assert read_card(CARD_11).kind == "card-11"
    assert read_card(CARD_11).person == read_card(CARD).person
    filled = read_card(f"{CARD}|01012020|012085000009|LÒ VĂN A|LÒ THỊ B")
    assert filled.person.card_extras == "01012020|012085000009|LÒ VĂN A|LÒ THỊ B"
    assert filled.extras == ("01012020", "012085000009", "LÒ VĂN A", "LÒ THỊ B")
    assert filled.person.full_name == "Lò Văn Thử"


@pytest.mark.parametrize("text", [CARD_6, CARD_6.replace("/", "")])
def test_the_shape_without_the_old_number(text: str) -> None:
    assert read_card(text).kind == "card-6"
    assert read_card(text).person == read_card(CARD).person
    assert read_card(text).issued_on == date(2021, 5, 10)


@pytest.mark.parametrize("around", ["\ufeff{}\r\n", "\ufeff{}", "{}\n", "\t{}\t\r", "  {}  ", "\r\n\ufeff{}\ufeff"])
@pytest.mark.parametrize("text", [CARD, CARD_6, CARD_11, INSURANCE])
def test_what_stands_around_is_no_matter(around: str, text: str) -> None:
    assert read_scan(around.format(text)) == read_scan(text)


def test_decomposed_text_becomes_nfc() -> None:
    assert read_scan(unicodedata.normalize("NFD", CARD)) == read_scan(CARD)


@pytest.mark.parametrize(
    ("typed", "birth"),
    [
        ("1955", PartialDate(1955)),
        ("00001955", PartialDate(1955)),
        ("00/00/1955", PartialDate(1955)),
        ("00031955", PartialDate(1955, 3)),
        ("03/1955", PartialDate(1955, 3)),
        ("01011955", PartialDate(1955, 1, 1)),
        ("5/3/1955", PartialDate(1955, 3, 5)),
    ],
)
def test_births_that_are_known_in_part(typed: str, birth: PartialDate) -> None:
    assert read_card(card(birth=typed)).person.birth == birth


@pytest.mark.parametrize(
    ("word", "sex"), [("Nam", Sex.MALE), ("NAM", Sex.MALE), ("Nữ", Sex.FEMALE), ("NỮ", Sex.FEMALE), ("nữ", Sex.FEMALE)]
)
def test_sex_words(word: str, sex: Sex) -> None:
    assert read_card(card(sex=word)).person.sex is sex


NAMES = """Ksor H'Wew,Giàng A Páo,H'Dung Niê,Sùng Seo Sử,Lò Văn Xôm,Ksor H'Nhor,Y Bliă Êban,Rơ Châm H'Jes,
Nguyễn Lee Na,Trần Max,K’Brểu,Kpă H'Loan,Noor,Thạch Sorn,Chẻo Lở Mẩy,Páo,Lò Thị Xoong,Mlô H'Ñuôl,Siu Blơt,
Zơ Râm Thị Bơ̆h,A Gạo,LÒ VĂN THỬ,Ly Xuy Xe,Phùng Quýt,Y Čưk Ayŭn,Lỳ Xè Po,Nguyễn Đoàn Quỳnh Như,Hoàng Ái,Ý,
Rmah Hlaw,Lường Thị Ơn,Nguyễn Thị Thùy Dương,Đinh Văn Đức,Ma Seo Dìn,Tẩn Tả Mẩy,Vàng A Ư""".replace("\n", "")
ADDRESSES = [
    ADDRESS,
    "Ea Tar, Cư M'gar, Đắk Lắk",
    "Ia Tor, Ia Der, Gia Lai",
    "Thôn 2A, Ea Bar, Buôn Đôn, Đắk Lắk",
    "Số 12B/3, tổ 5, P.12 (cũ), Quận 5, TP. Hồ Chí Minh",
    "Đắk R'lấp, Đăk Nông",
    "",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", NAMES.split(","))
def test_real_names_and_places_are_read(name: str, address: str) -> None:
    assert read_card(card(name, address=address)).person.full_name == name


def test_a_card_without_accents_is_read_with_a_warning() -> None:
    for found in (read_card(card("Ksor H'Wew", address="Ia Sao, Gia Lai")), read_card(card("Lo Thi Thu", "Nu"))):
        assert [(problem.code, problem.level) for problem in found.problems] == [("scan.accents_missing", "warning")]


TELEX = [
    ("Lof Vawn Thuwr", "Nam", "Banr Maaux, Xax Vis Duj, Lai Chaau"),
    ("Lof Vawn Thuwr", "Nam", ADDRESS),
    ("Lò Văn Thuwr", "Nam", ADDRESS),
    ("Lò Văn Thử", "Nam", "Barn Maaxu, Xax Ví Dụ"),
    ("Giangf A Paos", "Nam", "Xax Vis Duj, Lai Chaau"),
    ("Sungf Seo Suwr", "Nam", "Gia Lai"),
    ("LOF THIJ DDAF", "Nuwx", ""),
    ("Lò Thị Thử", "Nuwx", ADDRESS),
    ("Giàng A Páo", "Nam", "Ddieenj Bieen"),
    ("Nguyeenx Thij Hoa", "Nữ", ""),
    ("Quangf Dung", "Nam", ADDRESS),
    ("Hangr Chu", "Nam", ADDRESS),
    ("Dduwowngf Thij An", "Nữ", ""),
    ("Lòò́ Văn Thử", "Nam", ADDRESS),
]
VNI = [
    ("Lo2 Va8n Thu73", "Nam", "Ba3n Ma64u"),
    ("An Nam", "Nam", "Ba3n Ma64u, Xa4 Vi1 Du5"),
    ("Giàng A Pao1", "Nam", ADDRESS),
    ("Lò Thị Thử", "Nu74", ADDRESS),
]
CHARSET = [
    ("Lß V¨n Thö", "Nam", "B¶n MÉu"),
    ("Loø Vaên Thöû", "Nam", "Baûn Maãu"),
    ("Vµng A S\xad", "Nam", "M\xadêng Kh¬ng"),
]
LOST = [
    ("L? V?n Th?", "Nam", "B?n M?u"),
    ("L Vn Th", "Nam", "Bn Mu"),
    ("Lò V\ufffdn", "Nam", ""),
    ("Lò An", "N?", ""),
    ("L An", "N", "Lai Chu"),
    ("o Un", "Nam", "Lai Chu"),
    ("Ly An", "Nam", "Yn Thng"),
]


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        *(("telex", parts) for parts in TELEX),
        *(("vni", parts) for parts in VNI),
        *(("charset", parts) for parts in CHARSET),
        *(("letters_lost", parts) for parts in LOST),
        ("caps_lock", ("lÒ vĂN tHỬ", "nAM", "bẢN mẪU")),
        ("caps_lock", ("lò tHỊ tHỬ", "nữ", "")),
    ],
)
def test_text_changed_by_the_keyboard_is_refused(code: str, parts: tuple[str, str, str]) -> None:
    assert refusal(card(*parts)) == code


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_utf8_read_as_latin_is_refused(encoding: str) -> None:
    letters = CARD.encode()
    typed = "".join(bytes([byte]).decode(encoding, errors="ignore") or chr(byte) for byte in letters)
    assert refusal(typed) == "charset"


@pytest.mark.parametrize("row", ["đăâêô\u0300\u0309\u0303\u0301\u0323", ")!@#$%^&*(", "à&é\"'(-è_ç"])
def test_a_digit_row_of_another_layout_is_refused(row: str) -> None:
    """Windows "Vietnamese", a US keyboard with Shift held down, a French one."""
    typed = CARD.translate({ord("0") + digit: sign for digit, sign in enumerate(row)})
    assert refusal(typed) == "keyboard"
    assert looks_like_scan(typed)
    assert refusal(CARD.replace("|", "~")) == "keyboard"


@pytest.mark.parametrize("join", ["", "\n", "\r\n", "\t", " "])
@pytest.mark.parametrize("first", [CARD, CARD_6, CARD_11, INSURANCE])
@pytest.mark.parametrize("second", [CARD, CARD.replace(NUMBER, "012085000002"), CARD_11, CARD_6])
def test_two_cards_in_one_go_are_refused(first: str, join: str, second: str) -> None:
    assert refusal(first + join + second) == "doubled"


def test_the_start_of_a_card_before_one_of_six_fields_is_refused() -> None:
    assert refusal("012090000777|" + CARD_6) == "doubled"


def test_an_insurance_card_cut_in_its_tail_is_refused() -> None:
    whole = INSURANCE + f"|01/01/2021|AB12|{NAME_HEX}|4|01/01/2025|1f2e3d|$"
    for length in range(len(INSURANCE) + 2, whole.rindex("|1f2e3d") + 1):
        assert refusal(whole[:length]) == "cut_off"


@pytest.mark.parametrize("name", ["Moong Thị Boong", "Xoong Thị Soong", "Moong Văn Xoong"])
def test_names_with_a_long_o_are_names(name: str) -> None:
    assert read_card(card(name)).person.full_name == name
    assert read_card(card(name.upper())).person.full_name == name.upper()


@pytest.mark.parametrize("name", ["<b>Lò", "1234", "\U0001f600", "..."])
def test_an_insurance_card_names_a_person(name: str) -> None:
    assert refusal(INSURANCE.replace(NAME_HEX, name.encode().hex())) == "name_signs"


@pytest.mark.parametrize("join", ["", "\n"])
def test_a_card_and_its_beginning_once_more_are_refused(join: str) -> None:
    for length in range(13, len(CARD)):
        assert refusal(CARD + join + CARD[:length]) == "doubled"
        assert refusal(CARD_6 + join + CARD_6[:length]) == "doubled"
        assert refusal(CARD_11 + join + CARD_11[:length]) == "doubled"
    for length in range(1, 12):
        assert refusal(CARD + CARD[:length]) == "doubled"
    assert refusal(INSURANCE + join + INSURANCE) == "doubled"
    assert refusal(NUMBER + join + NUMBER) == "doubled"


@pytest.mark.parametrize("text", [CARD, CARD_6, INSURANCE])
def test_a_card_cut_anywhere_is_refused(text: str) -> None:
    for length in range(len(text)):
        assert refusal(text[:length]) in {"empty", "cut_off", "only_number", "number_length", "unknown"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("\ufeff\r\n", "empty"),
        ("https://example.vn/a|b", "web_address"),
        ("WWW.example.vn", "web_address"),
        ("HC1:6BFOXN*TS0BI$ZD", "eu_certificate"),
        (f"{NUMBER}|LO VAN THU|1985-02-05|0|QID|", "covid_qr"),
        (NUMBER, "only_number"),
        ("045123456", "only_number"),
        ("DT2120123456789", "only_number"),
        ("IDVNM0850000011012085000001<<4", "unknown"),
        ("Lò Văn Thử", "unknown"),
        ("||||||", "unknown"),
        ("<b>x</b>|||||||", "unknown"),
        (card(number="01208500001"), "number_length"),
        (card(number="0120850000011"), "number_length"),
        (card(number="O12085000001"), "number_signs"),
        (card(number="٠١٢٠٨٥٠٠٠٠٠١"), "number_signs"),
        (card(""), "name_missing"),
        (card("<b>An</b>"), "name_signs"),
        (card("Lò 5 Văn"), "name_signs"),
        (card("..."), "name_signs"),
        (card("An " * 80), "name_long"),
        (card(sex="X"), "sex"),
        (card(sex=""), "sex"),
        (card(birth="31021985"), "date"),
        (card(birth="05131985"), "date"),
        (card(birth=""), "date"),
        (card(birth="05020985"), "date"),
        (card(birth="05029985"), "date"),
        (card(birth="1985-02-05"), "date"),
        (card(issued="31022021"), "date"),
        (card(issued="00002021"), "date"),
        (card(issued="01011980"), "issued_before_birth"),
        (card(issued="1005202"), "cut_off"),
        (card(issued=""), "cut_off"),
        (card("An" * 300), "too_long"),
        (CARD + "x" * 100_000, "too_long"),
        (CARD_11 + "|", "field_count"),
        (card("Lò\x00Văn"), "control_signs"),
        (card("Lò\u202eVăn"), "control_signs"),
        (card("Lò\u200bVăn"), "control_signs"),
        (card(address="Bản\nMẫu"), "control_signs"),
        (card("Lò\ud800Văn"), "control_signs"),
        ("'; DROP TABLE person; --|1|2|3|4|5|6", "unknown"),
    ],
)
def test_other_codes_and_wrong_fields_are_refused(text: str, code: str) -> None:
    assert refusal(text) == code


def test_the_limit_counts_what_is_inside() -> None:
    room = scan.SCAN_LIMIT - len(card(address=""))
    longest = card(address="x" * room)
    assert len(read_card("\ufeff" + longest + "\r\n" * 9).person.address_printed) == room
    assert refusal(card(address="x" * (room + 1))) == "too_long"


@pytest.mark.parametrize(
    ("text", "is_scan"),
    [
        (CARD, True),
        (NUMBER + "|", True),
        ("\ufeff" + CARD_6, True),
        (INSURANCE, True),
        ("0123456789|", True),
        (NUMBER, False),
        ("", False),
        ("|", False),
        ("0912345678", False),
        ("Giàng A Páo", False),
        ("12|", False),
        ("a" * 100_000, False),
    ],
)
def test_the_window_knows_a_scan_by_its_beginning(text: str, is_scan: bool) -> None:
    assert looks_like_scan(text) is is_scan


letters = st.text("abcdeghiklmnopqrstuvxyàáảãạăâđêôơưĐẮẫỹ' ", min_size=1, max_size=30)


@given(letters, letters, st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.sampled_from(["Nam", "Nữ"]), st.booleans())
def test_what_is_read_is_what_the_card_holds(name: str, address: str, day: date, sex: str, slashed: bool) -> None:
    name, address = (unicodedata.normalize("NFC", " ".join(text.split())) for text in (name, address))
    birth = day.strftime("%d/%m/%Y" if slashed else "%d%m%Y")
    try:
        found = read_card(card(name, sex, address, birth=birth))
    except ScanRefused as refused:
        allowed = {"telex", "letters_lost", "name_missing", "name_signs", "caps_lock"}
        assert refused.code.removeprefix("scan.") in allowed
        return
    assert (found.person.full_name, found.person.address_printed) == (name, address)
    assert found.person.birth == PartialDate.of(day)
    assert found.fields == read_card(card(name, sex, address, birth=birth) + "\r\n").fields


pieces = st.sampled_from(
    ["|", NUMBER, "Lò Văn Thử", "05021985", "Nam", ADDRESS, "$", "/", "\n", NAME_HEX, "DT2120123456789"]
)


@settings(max_examples=1000, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.one_of(pieces, st.text(max_size=4)), max_size=24).map("".join)))
@example("\x00")
@example("|" * 600)
@example(NUMBER + "|" * 6)
def test_no_text_raises_anything_else(text: str) -> None:
    looks_like_scan(text)
    try:
        read_scan(text)
    except ScanRefused as refused:
        assert refused.code in messages.SENTENCES
        for name in refused.params:
            assert "{" + name + "}" in messages.SENTENCES[refused.code]


def test_hostile_lengths_are_not_slow() -> None:
    started = time.process_time()
    for text in (
        "|" * 2_000,
        "1" * 2_000,
        "a" * 1_000_000,
        "ươ" * 1_000,
        NUMBER + "|" + "a\u0301" * 1_000,
        " " * 10**6,
    ):
        refusal(text)
        looks_like_scan(text)
    refusal(card("ư" * 200, address="ddaf uow " * 30))
    assert time.process_time() - started < 1.0


def test_every_code_has_its_sentence_and_none_is_idle() -> None:
    source = "".join(Path(str(room.__file__)).read_text(encoding="utf-8") for room in (scan, scans))
    assert all(f'"{code}"' in source for code in messages.SENTENCES)
