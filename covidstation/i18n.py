"""Words for people: Vietnamese stands in the code, other languages come from gettext catalogues (docs/adr/0005).

`_` at the place of use, `N_` where a constant is declared, `ngettext` for counts.
"""

from __future__ import annotations

import gettext
from datetime import date, datetime
from typing import Final

from covidstation.paths import resources

LANGUAGES: Final = {"vi": "Tiếng Việt", "en": "English"}

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "vi"


def use_language(language: str) -> None:
    """Speak that language from now on; Vietnamese needs no catalogue. Raises KeyError for an unknown one."""
    global _catalogue, _language
    if language not in LANGUAGES:
        raise KeyError(language)
    _language = language
    _catalogue = gettext.NullTranslations() if language == "vi" else _read_catalogue(language)


def language() -> str:
    """The language in use, a key of LANGUAGES."""
    return _language


def _read_catalogue(language: str) -> gettext.NullTranslations:
    # Only the English minority pays for Babel's start-up, and no compiled catalogue has to be kept in step.
    from io import BytesIO  # noqa: PLC0415

    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (resources() / "locale" / language / "LC_MESSAGES" / "covidstation.po").open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(text: str) -> str:
    """The text in the language in use."""
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The form for that count; Vietnamese has a single one."""
    return _catalogue.ngettext(one, many, count)


def N_(text: str) -> str:
    """Mark for extraction, translate later."""
    return text


WEEKDAYS: Final = (
    N_("Thứ Hai"),
    N_("Thứ Ba"),
    N_("Thứ Tư"),
    N_("Thứ Năm"),
    N_("Thứ Sáu"),
    N_("Thứ Bảy"),
    N_("Chủ Nhật"),
)


def date_text(day: date | None) -> str:
    """dd/mm/yyyy, empty for none."""
    return day.strftime("%d/%m/%Y") if day else ""


def moment_text(moment: datetime, today: date) -> str:
    """`05:40 hôm nay`, `18:02 hôm qua`, `18:02 05/03` or with its year when that is another one."""
    clock = moment.strftime("%H:%M")
    days = (today - moment.date()).days
    if days == 0:
        return _("{clock} hôm nay").format(clock=clock)
    if days == 1:
        return _("{clock} hôm qua").format(clock=clock)
    return f"{clock} {moment.strftime('%d/%m' if moment.year == today.year else '%d/%m/%Y')}"


def long_date(day: date) -> str:
    """`Thứ Năm, ngày 10 tháng 3 năm 2022`."""
    return _("{weekday}, ngày {day} tháng {month} năm {year}").format(
        weekday=_(WEEKDAYS[day.weekday()]), day=day.day, month=day.month, year=day.year
    )


def count_text(count: int, sign: str = "") -> str:
    """A whole number in groups of three, `10.938`; `sign` is that of a format: `+` says one of what is more, too."""
    text = f"{count:{sign},}"
    return text.replace(",", ".") if _catalogue.__class__ is gettext.NullTranslations else text


def decimal_text(value: float, places: int = 1) -> str:
    """A number with the decimal comma."""
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if _catalogue.__class__ is gettext.NullTranslations else text
