"""Codes of published systems: only what is sure goes out, and every term is one of ours."""

import re

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.episodes import TestKind, TestResult
from covidstation.domain.terminology import parse_terminology
from covidstation.paths import resources

HEAD = "term,system,code,display,looked_at,source,confirmed\n"
CATALOG = load_catalog(resources())


def test_what_is_not_sure_is_kept_and_stays_at_home():
    terms = parse_terminology(
        HEAD + "a.b,http://x,1,One,2026-11-22,seen,true\na.b,http://y,2,Two,2026-11-22,memory,false\n"
    )
    assert [code.code for code in terms.of("a.b")] == ["1"] and len(terms.codes["a.b"]) == 2
    assert terms.of("a.c") == ()


@pytest.mark.parametrize(
    "row",
    [
        "a.b,http://x,1,One,2026-11-22,seen,yes",
        "a.b,http://x,1,One,yesterday,seen,true",
        "a.b,http://x,1,One,2026-11-22,seen,true\na.b,http://x,1,Two,2026-11-22,seen,true",
        "a.b,http://x,1",
    ],
)
def test_a_damaged_list_is_refused(row):
    with pytest.raises(ValueError):
        parse_terminology(HEAD + row + "\n")


def test_every_term_is_a_word_of_the_register():
    kinds = {
        "symptom": set(CATALOG.symptoms),
        "condition": set(CATALOG.conditions),
        "test": set(TestKind),
        "result": set(TestResult),
        "interpretation": set(TestResult),
    }
    for term in CATALOG.terminology.codes:
        kind, _dot, code = term.partition(".")
        assert code in kinds.get(kind, {code}), term


def test_codes_have_the_shape_of_their_system_and_a_source():
    shapes = {
        "http://loinc.org": r"[0-9]{1,7}-[0-9]",
        "http://snomed.info/sct": r"[1-9][0-9]{5,17}",
        "http://hl7.org/fhir/sid/icd-10": r"[A-Z][0-9]{2}(\.[0-9])?",
        "http://www.whocc.no/atc": r"[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}",
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation": "POS|NEG|IND",
    }
    for codes in CATALOG.terminology.codes.values():
        for code in codes:
            assert re.fullmatch(shapes[code.system], code.code), code
            assert code.source and code.display


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _verhoeff(digits: str) -> bool:
    """The check digit of a SNOMED CT identifier."""
    d = [[(i + j) % 5 if i < 5 and j < 5 else 0 for j in range(10)] for i in range(10)]
    for i in range(10):
        for j in range(10):
            if i < 5 and j < 5:
                d[i][j] = (i + j) % 5
            elif i < 5:
                d[i][j] = 5 + (i + j - 5) % 5
            elif j < 5:
                d[i][j] = 5 + (i - 5 - j) % 5
            else:
                d[i][j] = (i - j) % 5
    start = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    p = [list(range(10))]
    for _ in range(7):
        p.append([p[-1][start[k]] for k in range(10)])
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = d[check][p[place % 8][int(digit)]]
    return check == 0


def test_check_digits_hold():
    """LOINC's is that of Luhn, SNOMED's that of Verhoeff: a slip of the pen does not pass."""
    assert _verhoeff("840539006") and not _verhoeff("840539007") and _luhn("83105") and not _luhn("83106")
    for codes in CATALOG.terminology.codes.values():
        for code in codes:
            if code.system == "http://loinc.org":
                assert _luhn(code.code.replace("-", "")), code
            if code.system == "http://snomed.info/sct":
                assert _verhoeff(code.code), code
