"""The slip that goes home with medicines says what was given, as it was typed."""

from dataclasses import replace

import pypdfium2
import pytest

from covidstation.errors import UserError
from covidstation.services.care.medicines import GivingDraft, GivingItem, give, take_back
from covidstation.services.papers.slips import print_medicine_slip
from tests.services.samples import NOW, PAO, f0, register

HOSTILE = "Giàng <b>A</b> Páo"


@pytest.fixture
def given(db, catalog):
    episode = register(db, f0(replace(PAO, full_name=HOSTILE)))
    item = GivingItem(medicine="paracetamol500", quantity=12, dose="uống khi sốt <i>cao</i>", days=3)
    draft = GivingDraft(package="A", items=(item,), weight=525, by_name="Lò Thị Mai")
    made = give(db, episode.id, draft, catalog=catalog, by=None, now=NOW)
    return episode.id, made.value


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return " ".join(document[0].get_textpage().get_text_bounded().split())


def test_the_slip_names_person_medicine_quantity_dose_and_giver(db, catalog, given):
    printed = print_medicine_slip(db, *given, catalog=catalog)
    text = text_of(printed.pdf)
    for words in (
        "PHIẾU CẤP PHÁT THUỐC",
        HOSTILE,
        "67 tuổi, nam, 52,5 kg",
        "Paracetamol 500 mg",
        "12 viên",
        "uống khi sốt <i>cao</i>",
        "10/03/2022, 08 giờ 30",
        "Lò Thị Mai",
        "gọi ngay trạm y tế",
    ):
        assert words in text, words
    assert printed.name == "phieu-cap-phat-thuoc.pdf"
    assert printed.pdf == print_medicine_slip(db, *given, catalog=catalog).pdf


def test_a_giving_that_was_taken_back_says_so_on_its_slip(db, catalog, given):
    take_back(db, given[1], "Ghi nhầm người", by=None, now=NOW)
    assert "ĐÃ THU LẠI" in text_of(print_medicine_slip(db, *given, catalog=catalog).pdf)


def test_a_giving_of_another_illness_has_no_slip_here(db, catalog, given):
    with pytest.raises(UserError):
        print_medicine_slip(db, given[1], given[1], catalog=catalog)
