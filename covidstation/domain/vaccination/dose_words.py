"""Which dose people mean by what they write for it: "Mũi 2 (0,5 ml)", "Nhắc lại, mũi 3", "M3", "N1", "bổ sung".

In Việt Nam "mũi 3" counts all doses, "nhắc lại lần 1" those of its class: the first booster is both. What can be read
in two ways is not read: somebody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from covidstation.domain.text import fold
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.products import USUAL_DOSES

_ASIDE: Final = re.compile(
    r"covid[ -]?19|sars-?cov-?2|azd ?1222|bnt ?162b?2?|mrna-?1273"  # a vaccine's name
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2,4}|[0-9]{1,2}[/-][0-9]{4}"  # days
    r"|\bngay [0-9]{1,2}[/.-][0-9]{1,2}\b|[0-9]{1,2}(?::|h|g)[0-9]{2}\b|[0-9]{1,2} ?(?:h|gio)\b|\b(?:nam )?20[0-9]{2}\b"
    r"|[0-9]+(?:[.,][0-9]+)? ?(?:ml|mcg|mg|ug|µg|μg|cc)\b"  # volumes
    r"|\blo\b ?(?:so)? ?:? ?[a-z]*[0-9][a-z0-9]*"  # a lot
)
_WHOLE: Final = re.compile(r"\b([0-9]+)[.,]0+\b")  # as spreadsheets write 2
_DECIMAL: Final = re.compile(r"\b[0-9]+[.,][0-9]+\b")  # a volume without its unit
_GLUED: Final = re.compile(r"(?<=[^\W\d_])(?=[0-9])")
_SHORT: Final = re.compile(r"\b(nl|n|bs|cb|m)\.? ?([0-9])\b")
_SHORT_WORDS: Final = {"nl": "nhac lai", "n": "nhac lai", "bs": "bo sung", "cb": "co ban", "m": "mui"}
_OF_SERIES: Final = re.compile(r"\b([1-9]) ?/ ?([1-9])\b")
_ORDINAL: Final = re.compile(r"\b([1-9])(?:st|nd|rd|th)\b")
_TOKEN: Final = re.compile(
    r"(?P<booster>\b(?:nhac(?: lai)?|booster|nl)\b)|(?P<additional>\b(?:bo sung|additional|bs)\b)"
    r"|(?P<primary>\b(?:co ban|primary|cb)\b)|(?P<counter>\b(?:mui|lieu|dose|shot)\b)"
    r"|(?P<order>\b(?:lan|thu|so|dau tien|dau)\b)|(?P<number>[0-9]+)"
    r"|(?P<not>\b(?:chua|khong|hoac|hay|tang cuong|cuoi|b)\b)|(?P<word>[^\W\d_]+)"
)
_NOBODY_KNOWS: Final = re.compile(r"(?:(?:khong|chua) (?:ro|nho|biet)|k ro|\?+|[-—.x]*)", re.ASCII)
_IN_WORDS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nhat": 1, "nhi": 2, "i": 1, "ii": 2, "iii": 3, "iv": 4,
    "dau": 1, "dau tien": 1,
}  # fmt: skip
_CLASSES: Final = {
    "booster": DoseClass.BOOSTER,
    "additional": DoseClass.ADDITIONAL,
    "primary": DoseClass.PRIMARY,
}


class Place(NamedTuple):
    """Which dose is meant. `number` counts within the class, `overall` all doses where that was said.

    Not `sure`: it can be read in two ways, or not at all; then what is doubtful is left out.
    """

    kind: DoseClass
    number: int | None
    overall: int | None = None
    sure: bool = True


class _Said(NamedTuple):
    """What stands in the words: classes, numbers behind a class, numbers of all doses, and whether all made sense."""

    kinds: frozenset[DoseClass]
    within: frozenset[int]
    overall: frozenset[int]
    clear: bool


def place_of(kind_text: str, number_text: str, column: int = 0) -> Place:
    """What the words for the class and the number say; `column` is n where the dose stands in a column "mũi n"."""
    said = (_read(kind_text), _read(number_text))
    kinds = said[0].kinds | said[1].kinds
    within, overall = said[0].within | said[1].within, said[0].overall | said[1].overall
    kind = next(iter(kinds)) if len(kinds) == 1 else DoseClass.UNKNOWN
    unclear = not (said[0].clear and said[1].clear) or len(kinds) > 1 or len(within) > 1 or len(overall) > 1
    if unclear or not (within | overall) <= set(range(1, 10)):
        return Place(kind, None, sure=False)
    inner = next(iter(within), None)
    total = next(iter(overall), None) or column or None
    if column and total != column and not (kinds and total == 1):  # in "mũi 3" stands "nhắc lại 1"
        return Place(kind, None, sure=False)
    return _placed(kind, inner, total)


def _placed(kind: DoseClass, inner: int | None, total: int | None) -> Place:
    if kind is DoseClass.UNKNOWN:
        return Place(kind, inner or total)
    if kind is DoseClass.PRIMARY:
        agree = inner is None or total in (None, inner)
        return Place(kind, (inner or total) if agree else None, sure=agree)
    least = 1 if total is None or total == 1 else total - USUAL_DOSES
    if total == USUAL_DOSES and inner is None:
        return Place(kind, None, sure=False)  # the second of its class, or one after a course of one dose
    if kind is DoseClass.ADDITIONAL:
        return Place(kind, 1 if inner == 1 or (total and not inner) else None, sure=inner in (None, 1))
    if inner is None:
        return Place(kind, None if total is None else least, overall=total if total and total > 1 else None)
    agree = total in (None, inner, inner + USUAL_DOSES, inner + USUAL_DOSES + 1)  # one more: additional, or Abdala
    return Place(kind, inner if agree else None, sure=agree)


def _read(text: str) -> _Said:
    """Of one cell."""
    words = _WHOLE.sub(r"\1", _ASIDE.sub(" ", fold(text))).strip()
    words = _GLUED.sub(" ", _ORDINAL.sub(r"mui \1", _DECIMAL.sub(" ", words)))
    nothing = _Said(frozenset(), frozenset(), frozenset(), clear=True)
    if _NOBODY_KNOWS.fullmatch(words):
        return nothing
    series = _OF_SERIES.search(words)
    words = _OF_SERIES.sub(r" mui \1 ", words, count=1) if series else words
    words = _SHORT.sub(lambda found: f" {_SHORT_WORDS[found[1]]} {found[2]} ", words)
    kinds, within, overall, clear = set[DoseClass](), set[int](), set[int](), True
    for kind, number, behind in _parts(words):
        if kind is not None:
            kinds.add(kind)
        elif number is None:
            clear = False
        else:
            (within if behind else overall).add(number)
    if series and int(series[1]) > int(series[2]):
        clear = False
    return _Said(frozenset(kinds), frozenset(within), frozenset(overall), clear and bool(kinds or within or overall))


def _parts(words: str) -> Iterator[tuple[DoseClass | None, int | None, bool]]:
    """A class; a number, and whether it stands behind a class; neither for what makes the whole unclear."""
    tokens = list(_TOKEN.finditer(words))
    behind, counted, fresh = False, False, True  # since the last class; after a "mũi"; no number was since
    for nth, token in enumerate(tokens):
        group, text = token.lastgroup or "", token[0]
        spoken = _IN_WORDS.get(text) if group in ("word", "order") and (counted or behind or len(tokens) == 1) else None
        if group in _CLASSES:
            yield _CLASSES[group], None, False
            behind, counted, fresh = True, False, True
        elif group == "number" or spoken is not None:
            after = tokens[nth + 1].lastgroup if nth + 1 < len(tokens) else ""
            if group == "number" and after == "counter" and not counted and not behind:
                yield None, None, False  # "2 mũi": how many, not which
            yield None, spoken if spoken is not None else int(text[:3]), behind
            behind, counted, fresh = False, False, False
        elif group == "counter":
            behind, counted = False, True
        elif group == "order":
            counted = counted or fresh
        elif group == "not":
            yield None, None, False
        else:
            behind = counted = False
