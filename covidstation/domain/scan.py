"""What a card scanner types, told apart and read: citizen cards of 2021 and 2024, health-insurance cards.

Anything else is refused as a whole with its own code; nothing is guessed or mended.

Fields of a citizen card, parted by bars: number, old number (often empty, left out by some readers), name, birth, sex,
address, date of issue. The card of 2024 (TT 16/2024/TT-BCA) has up to four more; their order is not published, so they
are kept raw. Fields of an insurance card: number, name in hex, birth, sex 1 or 2, address in hex, place of care, valid
from, valid to, and a tail that is not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from covidstation.domain import garble
from covidstation.domain.citizen import CITIZEN, INSURANCE, OLD_CITIZEN, SOCIAL
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.person_code import looks_like_person_code
from covidstation.domain.problems import Problem
from covidstation.domain.terms import Sex
from covidstation.domain.text import NAME_LIMIT, clean

SCAN_LIMIT: Final = 512  # signs, without what stands around them

CardKind = Literal["card-6", "card-7", "card-11"]

_AROUND: Final = "\ufeff\r\n\t \x00"
_SHOWN: Final = 24  # signs of a value that a sentence repeats
_FIRST_YEAR, _LAST_YEAR = 1850, 2150
_CARD_FIELDS: Final = 11
_INSURANCE_FIELDS: Final = 16  # as many as were seen, with the "$" at the end
_INSURANCE_END: Final = "$"
_INSURANCE_CHECKED: Final = 14  # fields up to the check sum, after which some readers drop the end sign
_HEX_LIMIT: Final = 400

_START: Final = re.compile(r"[\ufeff\s]{0,4}(?:[0-9]{6,20}|[A-Z]{2}\w{12,14})\|")
_TURNED_START: Final = re.compile(r"[\ufeff\s]{0,4}([^\s|0-9]{8,24})\|")
_OTHER_START: Final = re.compile(
    r"[\ufeff\s]{0,4}(?:https?|ftp|mailto|tel|sms|smsto|geo|upi|wifi|begin|mecard|hc1):", re.IGNORECASE
)
_FUSED: Final = re.compile(r"(?:[0-9]{8}|[0-9]{2}/[0-9]{2}/[0-9]{4})\s*(?:[0-9]{12}|[A-Z]{2}[1-5][0-9]{12})")
_NEXT_LINE: Final = re.compile(r"[\r\n\t]\s*(?:[0-9]{10,12}|[A-Z]{2}[1-5][0-9]{12})(?:\||$)")
_ADDRESS_BAR: Final = re.compile(r"(?:https?|ftp|mailto|tel|sms|geo|upi|wifi|begin):|www\.", re.IGNORECASE)
_COVID_QR: Final = re.compile(r"[^|]*\|[A-Z ]*\|[0-9]{4}-[0-9]{2}-[0-9]{2}\|[01]\|.*")
_NAME: Final = re.compile(r"[^\d_<>{}\[\]\\^~@#$%&*=+!;:\"/]+")
_COMPACT_DATE: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_SLASHED_DATE: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_UNFINISHED_DATE: Final = re.compile(r"[0-9]{0,7}|[0-9]{1,2}/(?:[0-9]{1,2}(?:/[0-9]{0,3})?)?")
_MONTH_YEAR: Final = re.compile(r"(?:00/)?([0-9]{1,2})/([0-9]{4})")

_SEXES: Final = {"nam": Sex.MALE, "nữ": Sex.FEMALE, "nu": Sex.FEMALE}
_TELEX_SEX: Final = frozenset({"nuwx", "nuxw", "nwx", "nưx", "nux"})
_VNI_SEX: Final = frozenset({"nu74", "nu47", "nu7", "nu4", "nư4"})
_INSURANCE_SEXES: Final = {"1": Sex.MALE, "2": Sex.FEMALE, "3": Sex.UNKNOWN, "": Sex.UNKNOWN}


class ScanRefused(ValueError):
    """The text is no card that can be trusted. `code` is a key of `covidstation.messages`, `params` fill it in."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True, kw_only=True)
class CardScan:
    """A citizen card. `fields` are all of it as read, cleaned; `problems` are warnings to show beside the form."""

    kind: CardKind
    person: PersonDraft
    issued_on: date | None
    fields: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def number(self) -> str:
        """The citizen number, by which a person is found."""
        return self.person.citizen_number

    @property
    def extras(self) -> tuple[str, ...]:
        """Fields 8 and on of a 2024 card, raw."""
        return self.fields[7:]


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceScan:
    """A health-insurance card. `facility` is the first place of care as printed, `fields` all of it, still in hex."""

    person: PersonDraft
    facility: str
    valid_from: date | None
    valid_to: date | None
    fields: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def number(self) -> str:
        """The insurance number, by which a person is found."""
        return self.person.insurance_number


def looks_like_scan(text: str) -> bool:
    """Whether a burst of keys begins as a card or another well-known code does; cheap, for the window's key filter.

    `read_scan` judges.
    """
    if _START.match(text) or _OTHER_START.match(text) or looks_like_person_code(text):
        return True
    turned = _TURNED_START.match(text)
    return bool(turned and garble.is_turned_keyboard(turned[1]))


def read_scan(text: str) -> CardScan | InsuranceScan:
    """Read what a scanner typed. Raises ScanRefused; no other exception, whatever the text."""
    text = text.strip(_AROUND)
    _refuse_unfit(text)
    text = unicodedata.normalize("NFC", text)
    _refuse_other_codes(text)
    fields = tuple(clean(field) for field in text.split("|"))
    if INSURANCE.fullmatch(fields[0]) or SOCIAL.fullmatch(fields[0]):
        return _read_insurance(fields)
    return _read_card(fields)


def refuse_unborn(person: PersonDraft, today: date) -> None:
    """Raises ScanRefused when the person is born after `today`: the card was misread, or the PC's clock is wrong."""
    if person.birth is not None and person.birth.earliest > today:
        raise ScanRefused("scan.birth_future", birth=person.birth.text(), today=today.strftime("%d/%m/%Y"))


def _refuse_unfit(text: str) -> None:
    """Refuse by length, by signs that no card holds, and when two cards came in one go."""
    if not text:
        raise ScanRefused("scan.empty")
    if len(text) > SCAN_LIMIT * 4:
        raise ScanRefused("scan.too_long", most=str(SCAN_LIMIT))
    if _is_doubled(text):
        raise ScanRefused("scan.doubled")
    if len(text) > SCAN_LIMIT:
        raise ScanRefused("scan.too_long", most=str(SCAN_LIMIT))
    if re.search("[\x80-\x9f\xad]", text):  # never on a card: UTF-8 read as Latin, or "ư" of TCVN3
        raise ScanRefused("scan.charset")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text):
        raise ScanRefused("scan.control_signs")


def _is_doubled(text: str) -> bool:
    """Whether a second card begins: on a line of its own, glued to the last date, or with the first one's number."""
    number, *rest = text.split("|")
    if not rest:
        return bool(re.fullmatch(r"([0-9]{12})\s*\1", text))
    if _NEXT_LINE.search(text) or any(_FUSED.fullmatch(field) for field in rest):
        return True
    later = [field.strip() for field in rest[5:]]
    if re.fullmatch(r"[0-9A-Z]{10,15}", number) and any(field.endswith(number) for field in later):
        return True
    return len(rest) >= _CARD_FIELDS and bool(CITIZEN.fullmatch(number)) and any(map(CITIZEN.fullmatch, later))


def _refuse_other_codes(text: str) -> None:
    """Refuse what is some other code, each with the sentence that helps."""
    if text.startswith("HC1:"):
        raise ScanRefused("scan.eu_certificate")
    if _ADDRESS_BAR.match(text):
        raise ScanRefused("scan.web_address")
    if _COVID_QR.fullmatch(text):
        raise ScanRefused("scan.covid_qr")
    if garble.is_turned_keyboard(text):
        raise ScanRefused("scan.keyboard")
    if re.fullmatch(r"[A-Z]{0,2}[0-9]+", text):
        raise ScanRefused("scan.only_number", count=str(len(text)))
    if "|" not in text:
        raise ScanRefused("scan.unknown")


def _read_card(fields: tuple[str, ...]) -> CardScan:
    _refuse_bad_number(fields[0])
    kind = _card_kind(fields)
    if kind == "card-6":
        number, name, birth, sex, address, issued = fields
        old = ""
    else:
        number, old, name, birth, sex, address, issued = fields[:7]
    _refuse_garbled(name, sex, address)
    if old and not (OLD_CITIZEN.fullmatch(old) or CITIZEN.fullmatch(old)):
        raise ScanRefused("scan.old_number", value=old[:_SHOWN])
    if CITIZEN.fullmatch(old) and old != number and "/" in birth:  # the start of one card before a six-field one
        raise ScanRefused("scan.doubled")
    born, issued_on = _birth(birth), _issue_date(issued)
    if issued_on < born.earliest:
        raise ScanRefused("scan.issued_before_birth", birth=born.text(), issued=issued_on.strftime("%d/%m/%Y"))
    extras = "|".join(fields[7:])
    person = PersonDraft(
        full_name=name,
        birth=born,
        sex=_sex(sex),
        citizen_number=number,
        old_citizen_number=old if OLD_CITIZEN.fullmatch(old) else "",
        citizen_issued_on=issued_on,
        address_printed=address,
        card_extras=extras if extras.strip("|") else "",
    )
    return CardScan(kind=kind, person=person, issued_on=issued_on, fields=fields, problems=_doubts(name, sex, address))


def _refuse_bad_number(number: str) -> None:
    if CITIZEN.fullmatch(number):
        return
    if number.isascii() and number.isdecimal():
        raise ScanRefused("scan.number_length", count=str(len(number)))
    if re.fullmatch(r"[^\W\d_]{1,3}[0-9]{12,14}", number) and not number.isascii():
        raise ScanRefused("scan.vni")
    if re.fullmatch(r"\w{12,15}", number) and sum(char.isdecimal() for char in number) > 5:
        raise ScanRefused("scan.number_signs", value=number[:_SHOWN])
    raise ScanRefused("scan.unknown")


def _card_kind(fields: Sequence[str]) -> CardKind:
    """By the count of fields; six fields whose second is the old number are a longer card that was cut off."""
    count = len(fields)
    no_name_second = count > 1 and (not fields[1] or fields[1].isdecimal())
    if count < 6 or (count == 6 and no_name_second):
        raise ScanRefused("scan.cut_off")
    if count > _CARD_FIELDS:
        raise ScanRefused("scan.field_count", count=str(count))
    if count == 6:
        return "card-6"
    return "card-7" if count == 7 else "card-11"


def _refuse_garbled(name: str, sex: str, address: str) -> None:
    """Refuse text that keys, code tables or layouts have changed; the order goes from the surest sign."""
    if not name:
        raise ScanRefused("scan.name_missing")
    if len(name) > NAME_LIMIT:
        raise ScanRefused("scan.name_long", most=str(NAME_LIMIT))
    if garble.is_wrong_charset(name, address):
        raise ScanRefused("scan.charset")
    if garble.has_lost_letters(name, address) or "?" in sex or sex == "N":
        raise ScanRefused("scan.letters_lost")
    if sex.lower() in _VNI_SEX or garble.is_vni(name, (name, address)):
        raise ScanRefused("scan.vni")
    telex_sex = sex.lower() in _TELEX_SEX
    if telex_sex or garble.is_telex((name, address)) or garble.is_doubly_toned(name):
        raise ScanRefused("scan.telex")
    if sex == "nAM" or (sex.lower() == "nữ" and name[0].islower()):
        raise ScanRefused("scan.caps_lock")
    _refuse_odd_name(name)


def _refuse_odd_name(name: str) -> None:
    if not _NAME.fullmatch(name) or not any(char.isalpha() for char in name):
        raise ScanRefused("scan.name_signs", value=name[:_SHOWN])


def _doubts(name: str, sex: str, address: str) -> tuple[Problem, ...]:
    """A card has accents nearly always; a scanner that drops them makes another name, so the nurse is asked."""
    if sex.lower() == "nu" or (address and (name + address).isascii()):
        return (Problem("full_name", "scan.accents_missing", level="warning"),)
    return ()


def _sex(word: str) -> Sex:
    try:
        return _SEXES[word.lower()]
    except KeyError:
        raise ScanRefused("scan.sex", value=word[:_SHOWN]) from None


def _checked_birth(text: str, year: str, month: str | None = None, day: str | None = None) -> PartialDate:
    """Raises ScanRefused when the calendar has no such day or a card cannot bear it."""
    try:
        result = PartialDate(int(year), int(month) if month else None, int(day) if day else None)
    except ValueError:
        raise ScanRefused("scan.date", value=text[:_SHOWN]) from None
    if not _FIRST_YEAR <= result.year <= _LAST_YEAR:
        raise ScanRefused("scan.date", value=text[:_SHOWN])
    return result


def _birth(text: str) -> PartialDate:
    """A birth: ddmmyyyy, d/m/yyyy, or with zeros or nothing for the day and month that nobody knew."""
    if re.fullmatch(r"(?:0{4}|0{1,2}/0{1,2}/)?[0-9]{4}", text):
        return _checked_birth(text, text[-4:])
    month_year = _MONTH_YEAR.fullmatch(text) or re.fullmatch(r"00([0-9]{2})([0-9]{4})", text)
    if month_year:
        return _checked_birth(text, month_year[2], month_year[1])
    found = _COMPACT_DATE.fullmatch(text) or _SLASHED_DATE.fullmatch(text)
    if not found:
        raise ScanRefused("scan.date", value=text[:_SHOWN])
    return _checked_birth(text, found[3], found[2], found[1])


def _issue_date(text: str) -> date:
    """The last field of the older cards, so an unfinished one means that the scan was cut off."""
    if _UNFINISHED_DATE.fullmatch(text):
        raise ScanRefused("scan.cut_off")
    if re.fullmatch(r"[0-9]{9,}|[0-9]{2}/[0-9]{2}/[0-9]{5,}", text):
        raise ScanRefused("scan.doubled")
    return _full_date(text)


def _full_date(text: str) -> date:
    day = _birth(text).full
    if day is None:
        raise ScanRefused("scan.date", value=text[:_SHOWN])
    return day


def _read_insurance(fields: tuple[str, ...]) -> InsuranceScan:
    if len(fields) < 8 or (len(fields) == 8 and _UNFINISHED_DATE.fullmatch(fields[7])):
        raise ScanRefused("scan.cut_off")
    if len(fields) < _INSURANCE_CHECKED and any(fields[8:]) and fields[-1] != _INSURANCE_END:
        raise ScanRefused("scan.cut_off")
    if len(fields) > _INSURANCE_FIELDS:
        raise ScanRefused("scan.field_count", count=str(len(fields)))
    number, name, birth, sex, address, facility, first, last = fields[:8]
    if sex not in _INSURANCE_SEXES:
        raise ScanRefused("scan.sex", value=sex[:_SHOWN])
    full_name = _from_hex(name)
    if not full_name:
        raise ScanRefused("scan.name_missing")
    if len(full_name) > NAME_LIMIT:
        raise ScanRefused("scan.name_long", most=str(NAME_LIMIT))
    _refuse_odd_name(full_name)
    valid_from, valid_to = _optional_date(first), _optional_date(last)
    if valid_from and valid_to and valid_to < valid_from:
        raise ScanRefused("scan.date", value=last)
    person = PersonDraft(
        full_name=full_name,
        birth=_birth(birth),
        sex=_INSURANCE_SEXES[sex],
        insurance_number=number,
        address_printed=_from_hex(address),
    )
    return InsuranceScan(person=person, facility=facility, valid_from=valid_from, valid_to=valid_to, fields=fields)


def _optional_date(text: str) -> date | None:
    return _full_date(text) if text.strip("- ") else None


def _from_hex(field: str) -> str:
    """UTF-8 in hexadecimal, strictly: letters of Vietnamese among the digits are the work of an input method."""
    if len(field) > _HEX_LIMIT:
        raise ScanRefused("scan.too_long", most=str(SCAN_LIMIT))
    if not field.isascii() and any(char.isalpha() for char in field):
        raise ScanRefused("scan.telex")
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", field):
        raise ScanRefused("scan.hex")
    try:
        text = bytes.fromhex(field).decode("utf-8")
    except UnicodeDecodeError:
        raise ScanRefused("scan.hex") from None
    if any(unicodedata.category(char) in ("Cc", "Cf") for char in text):
        raise ScanRefused("scan.control_signs")
    return clean(text)
