"""Which dose is meant, as people in Việt Nam write it in lists; expected values by the rule that "mũi 3" counts all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.vaccination.dose_words import place_of
from covidstation.domain.vaccination.doses import DoseClass

U, P, A, B = DoseClass.UNKNOWN, DoseClass.PRIMARY, DoseClass.ADDITIONAL, DoseClass.BOOSTER


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("Mũi 1", U, 1), ("mũi 4", U, 4), ("Mũi 2 (0,5 ml)", U, 2), ("Mũi 3 - 0.25ml", U, 3), ("Mũi2", U, 2),
        ("Mũi thứ hai", U, 2), ("mũi số 2", U, 2), ("Mũi ba", U, 3), ("Mũi II", U, 2), ("mũi đầu tiên", U, 1),
        ("Tiêm lần thứ nhất", U, 1), ("lần 2", U, 2), ("M3", U, 3), ("m 2", U, 2), ("2", U, 2), ("02", U, 2),
        ("2.0", U, 2), ("2,0", U, 2), ("1/2", U, 1), ("2/2", U, 2), ("2nd dose", U, 2), ("Dose 1", U, 1),
        ("Vắc xin COVID-19 mũi 2", U, 2), ("Mũi 2 ngày 05/09/2021", U, 2), ("Mũi 2 lô FA1234", U, 2),
        ("Mũi 3: Pfizer 30mcg", U, 3), ("Mũi 1 8h30 9/2021", U, 1),
        ("Mũi 2 - Lô: FA1234", U, 2), ("mũi 2 ngày 5/9 lúc 8h", U, 2), ("L1", U, 1),
        ("M3-BS", A, 1), ("mũi 4/NL2", B, 2), ("Mũi 4 (NL1)", B, 1), ("liều cơ bản thứ hai", P, 2), ("1-AZ", U, 1),
        ("Cơ bản 2", P, 2), ("mũi 1 cơ bản", P, 1), ("Mũi 3 (cơ bản)", P, 3), ("CB1", P, 1), ("cơ bản", P, None),
        ("Mũi bổ sung", A, None), ("bổ sung (mũi 3)", A, 1), ("Liều bổ sung", A, None), ("BS1", A, 1),
        ("Nhắc lại, mũi 3", B, 1), ("Mũi 3 (nhắc lại)", B, 1), ("mũi 3 nhắc lại", B, 1), ("nhắc lại mũi 4", B, 2),
        ("Mũi nhắc lại lần 2", B, 2), ("Nhắc lại 1", B, 1), ("nhắc lại lần thứ nhất", B, 1), ("NHẮC LẠI", B, None),
        ("Nhắc lại lần 1 (mũi 3)", B, 1), ("Nhắc lại lần 1 - mũi 4", B, 1), ("liều nhắc", B, None), ("N1", B, 1),
        ("NL2", B, 2), ("Booster 1", B, 1), ("Mũi nhắc 2", B, 2), ("nhắc lại mũi 1", B, 1), ("nhac lai lan 2", B, 2),
        ("không rõ", U, None), ("-", U, None), ("", U, None),
    ],
)  # fmt: skip
def test_what_is_written_for_a_dose(text: str, kind: DoseClass, number: int | None) -> None:
    place = place_of("", text)
    assert (place.kind, place.number, place.sure) == (kind, number, True)
    assert place_of(text, "")[:2] == (kind, number)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nhắc lại mũi 2", B), ("Nhắc lại lần 2 (mũi 3)", B), ("bổ sung/nhắc lại", U), ("bổ sung hoặc nhắc lại", U),
        ("liều tăng cường", U), ("Bổ sung 2", A), ("bổ sung, mũi 2", A), ("2 mũi", U), ("đủ 2 mũi", U),
        ("1 mũi nhắc lại", B), ("Mũi 1+2", U), ("mũi 1 và mũi 2", U), ("M1, M2", U), ("3/2", U), ("mũi cuối", U),
        ("chưa nhắc lại", B), ("AstraZeneca", U), ("0", U), ("12", U), ("mũi 1 hay mũi 2", U), ("cơ bản 1, mũi 2", P),
        ("B1", U), ("Đủ liều", U), ("hoàn thành", U), ("Mũi tăng cường 1", U), ("mũi 1,2", U),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_asked(text: str, kind: DoseClass) -> None:
    assert place_of("", text)[:2] == (kind, None)
    assert not place_of("", text).sure


@pytest.mark.parametrize(
    ("kind_text", "number_text", "column", "found"),
    [
        ("Nhắc lại", "3", 0, (B, 1, 3, True)), ("Nhắc lại", "1", 0, (B, 1, None, True)),
        ("Nhắc lại", "4", 0, (B, 2, 4, True)), ("Nhắc lại", "2", 0, (B, None, None, False)),
        ("Nhắc lại 2", "2", 0, (B, 2, None, True)), ("Bổ sung", "3", 0, (A, 1, None, True)),
        ("Cơ bản", "2", 0, (P, 2, None, True)), ("", "", 3, (U, 3, None, True)),
        ("nhắc lại", "", 3, (B, 1, 3, True)), ("nhắc lại 1", "", 3, (B, 1, None, True)),
        ("nhắc lại", "1", 3, (B, 1, None, True)), ("", "2", 3, (U, None, None, False)),
        ("cơ bản", "bổ sung", 0, (U, None, None, False)),
    ],
)  # fmt: skip
def test_class_number_and_column_together(kind_text: str, number_text: str, column: int, found: object) -> None:
    assert tuple(place_of(kind_text, number_text, column)) == found


@given(st.text(max_size=30), st.text(alphabet="muinhaclbostg 0123456789/.,()+-NMBSLC", max_size=24), st.integers(0, 5))
def test_any_words_are_read_or_asked(kind_text: str, number_text: str, column: int) -> None:
    place = place_of(kind_text, number_text, column)
    assert place.number is None or 1 <= place.number <= 9
