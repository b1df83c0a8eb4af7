"""Phone numbers of Việt Nam as people write them, made into one form to store and to find."""

from __future__ import annotations

import re
from typing import Final

from covidstation.domain.problems import Problem

_SEPARATORS: Final = re.compile(r"[\s.\-()/\u2010-\u2015]+")
_MOBILE: Final = re.compile(r"0[35789][0-9]{8}")
_LANDLINE: Final = re.compile(r"02[0-9]{9}")
_OLD_MOBILE: Final = re.compile(r"01[0-9]{9}")

# The change of September 2018, written from memory: `check_phone` therefore says each time that it was applied.
_OLD_PREFIXES: Final = {
    **{f"016{digit}": f"03{digit}" for digit in "23456789"},
    **{"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078"},
    **{"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082"},
    **{"0186": "056", "0188": "058", "0199": "059"},
}


def _digits(text: str) -> str:
    """Separators dropped and the country code replaced by 0; other signs stay, for `check_phone` to see."""
    bare = _SEPARATORS.sub("", text)
    for code in ("+84", "0084", "84"):
        rest = bare.removeprefix(code)
        if rest != bare and (code != "84" or 9 <= len(rest) <= 11):
            return rest if rest.startswith("0") else "0" + rest
    return bare


def normal_phone(text: str) -> str:
    """`+84 912 345 678` gives `0912345678`; a mobile number of before 2018 gives its new one.

    What is no number is given back without its separators, so that nothing typed is lost.
    """
    digits = _digits(text)
    if _OLD_MOBILE.fullmatch(digits) and digits[:4] in _OLD_PREFIXES:
        return _OLD_PREFIXES[digits[:4]] + digits[4:]
    return digits


def check_phone(text: str, field: str = "phone") -> list[Problem]:
    """What is wrong with a phone number as typed (or as stored)."""
    before, number = _digits(text), normal_phone(text)
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
