"""Which questions of a screening sheet are printed: paper cannot ask another one when the vaccine is chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from covidstation.domain.vaccination.screening import ScreeningQuestion, ScreeningSheet


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """`only`: the vaccines that it is of, where the session may have others; then nobody knows whether it was asked."""

    question: ScreeningQuestion
    only: tuple[str, ...] = ()


def on_paper(
    sheet: ScreeningSheet, sex: str, taken: Collection[str], given: str, ticked: Collection[str]
) -> tuple[PaperQuestion, ...]:
    """What is asked of somebody of that sex before any vaccine that the session has `taken` along (codes; before every
    vaccine while it has none), of whoever had the dose before the one `given`; and whatever was ticked."""
    products = {given} if given else set(taken) or {code for one in sheet.questions for code in one.products} | {""}
    asked = {one.code for product in products for one in sheet.asked(sex, product)} | set(ticked)
    return tuple(
        PaperQuestion(one, () if taken and set(taken) <= set(one.products) else one.products)
        for one in sheet.questions
        if one.code in asked
    )
