"""The guardian who is typed at the screening desk stands on the card of the next one, and with a refusal."""

from __future__ import annotations

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.sessions import Consent, NoDose, Step
from covidstation.ui.vaccination.reaction_dialogs import WithoutDialog
from tests.ui.vaccination.test_session import page_of, people, seat, session, window, with_dialog

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)
SAID = ("Lò Thị Sơ", "mẹ", "0912345678")


@pytest.fixture
def card(window, desk):
    child = people(desk, 1, birth=PartialDate(2012, 1, 1), citizen_number="012212000001")[0]
    one = session(desk, [child])
    page = page_of(window)
    page.open_person(child)
    sheet = page.card.sheet
    sheet.temperature.setText("367")
    for field, text in zip((sheet.guardian, sheet.relation, sheet.guardian_phone), SAID, strict=True):
        field.set_value(text)
    return page, one, child


def said(desk, one, child):
    line = seat(desk, one, child)
    return line.guardian_name, line.guardian_relation, line.guardian_phone


def test_kept_with_the_sheet(desk, card):
    page, one, child = card
    page.card.keep.click()
    if seat(desk, one, child).step is not Step.SCREENED:
        page.card.keep.click()
    assert seat(desk, one, child).step is Step.SCREENED and said(desk, one, child) == SAID
    page.open_person(child)
    sheet = page.card.sheet
    assert (sheet.guardian.value(), sheet.relation.value(), sheet.guardian_phone.value()) == SAID


def test_kept_with_a_refusal(desk, card):
    page, one, child = card

    def fill(dialog):
        dialog.kind.set_value(NoDose.REFUSED)
        dialog.kind.picked.emit(NoDose.REFUSED)
        dialog.reason.set_value("Mẹ không đồng ý")

    with_dialog(WithoutDialog, fill, page.card.without.click)
    assert seat(desk, one, child).seat.consent is Consent.NO and said(desk, one, child) == SAID
