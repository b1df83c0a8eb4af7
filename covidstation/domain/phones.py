"""Phone numbers of Việt Nam as people write them, made into one form to store and to find."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from covidstation.domain.problems import Problem

_SEPARATORS: Final = re.compile(r"[\s.\-()/\u2010-\u2015]+")
_MOBILE: Final = re.compile(r"0[35789][0-9]{8}")
_LANDLINE: Final = re.compile(r"02[0-9]{9}")
_OLD_MOBILE: Final = re.compile(r"01[0-9]{9}")
NO_PREFIXES: Final[Mapping[str, str]] = MappingProxyType({})


def _digits(text: str) -> str:
    """Separators dropped and the country code replaced by 0; other signs stay, for `check_phone` to see."""
    bare = _SEPARATORS.sub("", text)
    for code in ("+84", "0084", "84"):
        rest = bare.removeprefix(code)
        if rest != bare and (code != "84" or 9 <= len(rest) <= 11):
            return rest if rest.startswith("0") else "0" + rest
    return bare


def normal_phone(text: str, prefixes: Mapping[str, str] = NO_PREFIXES) -> str:
    """`+84 912 345 678` gives `0912345678`; a mobile number of before 2018 gives its new one.

    `prefixes` are the old ones of four digits with what took their place (resources/codes/phone_prefixes.csv).
    What is no number is given back without its separators, so that nothing typed is lost.
    """
    digits = _digits(text)
    if _OLD_MOBILE.fullmatch(digits) and digits[:4] in prefixes:
        return prefixes[digits[:4]] + digits[4:]
    return digits


def check_phone(text: str, prefixes: Mapping[str, str] = NO_PREFIXES, *, field: str = "phone") -> list[Problem]:
    """What is wrong with a phone number as typed (or as stored); a prefix that is turned into its new one is said."""
    before, number = _digits(text), normal_phone(text, prefixes)
    if not number:
        return []
    if not (number.isascii() and number.isdecimal()):
        return [Problem(field, "people.phone_signs")]
    if len(number) > 11:
        return [Problem(field, "people.phone_long")]
    if number != before:
        return [Problem(field, "people.phone_converted", {"old": before, "new": number}, "warning")]
    if not (_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number)):
        return [Problem(field, "people.phone_odd", {"count": str(len(number))}, "warning")]
    return []
