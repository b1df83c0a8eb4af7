import pytest

from covidstation.domain.hamlets import capital, hamlets_named, split_hamlet


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Bản Nậm Ngá", ("bản", "Nậm Ngá")),
        ("Nậm Ngá", ("bản", "Nậm Ngá")),
        ("Tổ dân phố số 3", ("tổ dân phố", "số 3")),
        ("thôn 5", ("thôn", "5")),
        ("Bản", ("bản", "Bản")),
        ("Khuổi Lầy", ("bản", "Khuổi Lầy")),
    ],
)
def test_kind_and_name_are_told_apart(written: str, expected: tuple[str, str]) -> None:
    assert split_hamlet(written) == expected


@pytest.mark.parametrize(("kind", "shown"), [("bản", "Bản"), ("tổ dân phố", "Tổ dân phố"), ("ấp", "Ấp"), ("", "")])
def test_a_kind_at_the_head_of_a_name_has_a_capital(kind: str, shown: str) -> None:
    assert capital(kind) == shown


def test_the_hamlet_that_a_card_prints_is_found_whole_and_only_in_its_first_part() -> None:
    names = ("Nà Xa", "Nà", "Nậm Tăm", "Xa Nà")
    assert hamlets_named("Bản Nà Xa, Nậm Tăm, Sìn Hồ, Lai Châu", names) == ["Nà Xa", "Nà"]
    assert hamlets_named("Bản Nậm Ngá, Nậm Tăm, Sìn Hồ, Lai Châu", names) == []
