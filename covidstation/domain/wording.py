"""The little language of paper texts: `{name}` is a value, `[…]` drops out when a value in it is empty.

`{name}` gives the value, `{Name}` with its first letter raised, `{NAME}` in capitals. A value is put in once and
never read again, so what a person typed cannot become a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from covidstation.domain.text import clean as kept

BLANK: Final = "\ue000"  # a place that is still to be filled; no cleaned text can hold this sign

PLACEHOLDERS: Final = frozenset(
    {
        "commune", "district", "province", "station", "upper", "hamlet",
        "head_title", "head_of_station", "chairman_title",
        "honorific", "name", "birth", "sex", "citizen_number", "nationality", "phone", "address",
        "reason", "test_kind", "test_result", "test_date", "count", "household",
        "isolation_place", "days", "from_time", "from_date", "until_date",
        "found_at", "proposed_at", "decided_at", "told_at",
        "opening_number", "opening_date", "end_time", "end_date", "station_phone",
        "age", "citizen_issued", "ethnic_group", "occupation", "workplace", "insurance_number", "father_name",
        "mother_name", "parents", "last_contact", "tests",
        "exam_date", "leave_days", "leave_until", "diagnosis", "treatment", "practitioner", "serial",
        "left_at", "facility", "transfer_reason", "state", "signs", "vitals", "course", "transport", "escort",
        "transfer_by", "doses", "primary_one", "primary_two", "primary_three", "additional", "booster_one",
        "booster_two", "booster_three", "primary_one_at", "primary_two_at", "primary_three_at", "additional_at",
        "booster_one_at", "booster_two_at", "booster_three_at",
    }
)  # fmt: skip
"""Every name that a text of a pack may use."""

_DAY = f"ngày {BLANK} tháng {BLANK} năm {BLANK}"
_MOMENT = f"{BLANK} giờ {BLANK} phút {_DAY}"
_DATES: Final = (
    "from_date", "until_date", "end_date", "opening_date", "test_date", "citizen_issued", "last_contact", "exam_date",
    "leave_until",
)  # fmt: skip
_DOSES: Final = tuple(name for name in PLACEHOLDERS if name.removesuffix("_at").startswith(("primary_", "booster_")))
_BLANKS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("from_time", "end_time"), f"{BLANK} giờ"),
    "birth": f"năm {BLANK}",
    **dict.fromkeys(("address", "isolation_place"), BLANK * 8),
    **dict.fromkeys(("citizen_number", "phone"), BLANK * 4),
    **dict.fromkeys(_DOSES, BLANK * 8),
    **dict.fromkeys(_DATES, _DAY),
    **dict.fromkeys(("found_at", "proposed_at", "decided_at", "told_at", "left_at"), _MOMENT),
}
"""What stays around an empty place, so that a pen can fill it in."""
_PLACE = re.compile(r"\{([A-Za-z_]{1,40})\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def clean(text: str) -> str:
    """As the register keeps text (`text.clean`), and without the sign of an empty place."""
    return kept(text.replace(BLANK, ""))


def clean_lines(text: str) -> str:
    """The same for a text of several lines; empty lines are dropped."""
    return "\n".join(line for line in map(clean, text.splitlines()) if line)


def _value(name: str, values: Mapping[str, str]) -> str | None:
    """The value with the case that the name asks for; empty when it is not known, None for no such name."""
    key = name.lower()
    if key not in PLACEHOLDERS:
        return None
    value = values.get(key, "")
    if name.isupper():
        return value.upper()
    return value[:1].upper() + value[1:] if name[0].isupper() else value


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its values; a required value that is empty leaves BLANK."""

    def optional(found: re.Match[str]) -> str:
        inner = found[1]
        return inner if all(_value(name, values) != "" for name in _PLACE.findall(inner)) else ""

    def place(found: re.Match[str]) -> str:
        value = _value(found[1], values)
        return found[0] if value is None else value or _BLANKS.get(found[1].lower(), BLANK)

    return _PLACE.sub(place, _OPTIONAL.sub(optional, text))


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """Names in braces that no paper can fill."""
    return tuple(name for name in re.findall(r"\{([^{}]*)\}", text) if name.lower() not in PLACEHOLDERS)


def well_formed(text: str) -> bool:
    """Whether braces and square brackets close, and brackets are not nested."""
    rest = _OPTIONAL.sub("", re.sub(r"\{[^{}]*\}", "", text))
    return not re.search(r"[{}\[\]]", rest)
