"""What issuers make of the format, what forgers make of it, and bytes that nobody made for reading."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain.dates import PartialDate
from covidstation.domain.scan import looks_like_scan
from covidstation.domain.vaccination.dcc.certificate import EntryKind
from covidstation.domain.vaccination.dcc.reading import Unreadable, looks_like_certificate, read
from covidstation.domain.vaccination.dcc.verdict import TrustKey, Verdict, judge
from covidstation.interop.dcc_signature import signed_by
from tests.dcc_signing import SIGNS, base45, cbor, certificate, content, cwt, issuer, packed, vaccination

NOW = datetime(2022, 6, 1, 8, 0, tzinfo=UTC)
EC, RSA, OTHER = issuer(), issuer("rsa"), issuer()


def key(by, *, country="VN", kid=None, **other):
    return TrustKey(frozenset({by.kid if kid is None else kid}), by.public, country=country, **other)


def verdict(text, *keys, now=NOW):
    return judge(read(text), keys, signed_by, now).verdict


def code(text):
    with pytest.raises(Unreadable) as caught:
        read(text)
    return caught.value.code


@pytest.mark.parametrize("by", [EC, RSA], ids=["ES256", "PS256"])
def test_signed_by_a_known_key(by):
    assert verdict(certificate(by), key(by), key(OTHER)) is Verdict.VALID


def test_the_names_the_birth_and_the_doses():
    found = read(certificate(EC)).certificate
    assert (found.full_name, found.surname_latin, found.given_names_latin) == ("Nguyễn Văn An", "NGUYEN", "VAN<AN")
    assert found.birth == PartialDate(1964, 8, 12)
    (dose,) = found.vaccinations
    assert (dose.product, dose.dose, dose.series, dose.given) == ("EU/1/20/1528", 2, 2, PartialDate(2021, 11, 20))
    assert (dose.country, dose.ci, found.kinds) == ("VN", "URN:UVCI:01:VN:1A2B3C4D#K", (EntryKind.VACCINATION,))
    assert found.expires == datetime(2023, 3, 1, 8, tzinfo=UTC)
    assert found.doubts == ()


@pytest.mark.parametrize("tags", [(), (18,), (18, 61)])
def test_with_and_without_tags(tags):
    assert verdict(certificate(EC, tags=tags), key(EC)) is Verdict.VALID


def test_the_key_is_named_in_either_header_and_the_protected_one_stands():
    alg = {1: -7}
    assert verdict(certificate(EC, protected=alg, loose={4: EC.kid}), key(EC)) is Verdict.VALID
    assert verdict(certificate(EC, protected={4: EC.kid}, loose=alg), key(EC)) is Verdict.VALID
    both = certificate(EC, protected={**alg, 4: EC.kid}, loose={4: b"foo"})
    assert verdict(both, key(EC)) is Verdict.VALID
    turned = certificate(EC, protected={**alg, 4: b"foo"}, loose={4: EC.kid})
    assert verdict(turned, key(EC, country="")) is Verdict.UNKNOWN_KEY


def test_a_code_that_names_no_key_is_tried_with_all():
    nameless = certificate(EC, protected={1: -7})
    assert verdict(nameless, key(OTHER), key(EC, country="")) is Verdict.VALID
    assert verdict(nameless, key(OTHER)) is Verdict.UNKNOWN_KEY
    empty = certificate(EC, protected={1: -7, 3: 61, 4: b""})  # as Greece did
    assert verdict(empty, key(OTHER), key(EC, country="")) is Verdict.VALID
    bare = certificate(EC, protected={}, loose={1: -7})
    assert verdict(bare, key(EC)) is Verdict.VALID


def test_a_key_under_another_name_is_found_by_its_country_alone():
    text = certificate(EC)
    assert verdict(text, key(EC, kid=b"12345678")) is Verdict.VALID
    assert verdict(text, key(EC, kid=b"12345678", country="LA")) is Verdict.UNKNOWN_KEY
    nowhere = certificate(EC, claims={1: ""})  # the entries say where
    assert verdict(nowhere, key(EC, kid=b"12345678")) is Verdict.VALID
    assert verdict(text, key(OTHER)) is Verdict.UNKNOWN_KEY


def test_two_keys_of_one_name_are_both_tried():
    text = certificate(EC)
    assert verdict(text, key(RSA, kid=EC.kid), key(OTHER, kid=EC.kid), key(EC)) is Verdict.VALID
    assert verdict(text, key(RSA, kid=EC.kid), key(OTHER, kid=EC.kid)) is Verdict.FORGED


def test_a_name_that_a_key_of_another_country_bears_too_calls_nothing_forged():
    """A list of many countries: names are eight bytes, and some issuers make up their own."""
    text, lao = certificate(EC), key(RSA, kid=EC.kid, country="LA")
    assert verdict(text, lao, key(EC, kid=b"12345678")) is Verdict.VALID
    assert verdict(text, lao, key(EC)) is Verdict.VALID
    assert verdict(text, lao) is verdict(text, lao, key(OTHER)) is Verdict.UNKNOWN_KEY
    assert verdict(text, lao, key(OTHER, kid=EC.kid)) is Verdict.FORGED
    assert verdict(text, key(RSA, kid=EC.kid, country="")) is Verdict.FORGED


def test_a_changed_content_is_forged():
    better = cwt(content(vaccination(dn=3)))
    text = certificate(EC, payload=cwt(content()), spoil=better)
    assert read(text).certificate.vaccinations[0].dose == 3
    assert verdict(text, key(EC)) is Verdict.FORGED
    assert verdict(text) is Verdict.UNKNOWN_KEY


def test_signed_with_a_key_of_ones_own_under_anothers_name():
    text = certificate(OTHER, protected={1: -7, 4: EC.kid})
    assert verdict(text, key(EC)) is Verdict.FORGED


@pytest.mark.parametrize(
    ("alg", "found"),
    [
        (-37, Verdict.FORGED),
        (-257, Verdict.UNKNOWN_KEY),  # a way that nobody can check here accuses nobody
        (0, Verdict.FORGED),
        (5, Verdict.FORGED),
        ("ES256", Verdict.VALID),
    ],
)
def test_the_way_to_sign_is_the_keys_own(alg, found):
    assert verdict(certificate(EC, protected={1: alg, 4: EC.kid}), key(EC)) is found


def test_time_ends_a_certificate_and_its_key():
    text = certificate(EC)
    end = datetime(2023, 3, 1, 8, tzinfo=UTC)
    assert verdict(text, key(EC), now=end) is Verdict.VALID
    assert verdict(text, key(EC), now=end + timedelta(seconds=1)) is Verdict.EXPIRED
    assert verdict(text, key(EC), now=datetime(2022, 2, 28, tzinfo=UTC)) is Verdict.EXPIRED
    assert verdict(text, key(EC, not_after=NOW - timedelta(1))) is Verdict.EXPIRED
    again = (key(EC, not_after=NOW - timedelta(1)), key(EC, not_after=NOW + timedelta(1)))
    assert verdict(text, *again) is Verdict.VALID


def test_a_key_for_another_use_signs_nothing_else():
    text = certificate(EC)
    assert verdict(text, key(EC, uses=frozenset({EntryKind.TEST, EntryKind.RECOVERY}))) is Verdict.EXPIRED
    assert verdict(text, key(EC, uses=frozenset({EntryKind.VACCINATION}))) is Verdict.VALID


def test_a_certificate_without_end_never_ends():
    text = certificate(EC, payload=cbor({1: "VN", 6: 1646121600, -260: {1: content()}}))
    assert verdict(text, key(EC), now=datetime(2050, 1, 1, tzinfo=UTC)) is Verdict.VALID


@pytest.mark.parametrize("moment", [1677657600.0, 1677657600.9, (1, 1677657600)])
def test_times_are_written_in_several_ways(moment):
    text = certificate(EC, claims={4: moment})
    assert read(text).certificate.expires == datetime(2023, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("moment", [float("nan"), float("inf"), -1, 1 << 60, "2023-03-01", True])
def test_what_is_no_time(moment):
    assert code(certificate(EC, claims={4: moment})) == "dcc.content"


@pytest.mark.parametrize(
    ("dob", "birth"),
    [
        ("1964", PartialDate(1964)), ("1964-08", PartialDate(1964, 8)),
        ("1964-08-12T00:00:00", PartialDate(1964, 8, 12)),
        ("1964-08-12T00:00:00+07:00", PartialDate(1964, 8, 12)), (" 1964-08-12 ", PartialDate(1964, 8, 12)),
        ((0, "1964-08-12"), PartialDate(1964, 8, 12)),
        ("", None), ("19694-12-04", None), ("0021-01-06", None), ("1964-02-30", None),
        ("12/08/1964", None), (None, None),
        (1964, None), ([], None),
    ],
)  # fmt: skip
def test_births_are_read_or_left_out_with_a_word(dob, birth):
    found = read(certificate(EC, content(dob=dob))).certificate
    assert found.birth == birth
    assert found.doubts == (() if birth else ("dcc.no_birth",))


@pytest.mark.parametrize(
    ("dose", "doubts"),
    [
        ({"dn": 3, "sd": 2}, ()), ({"dn": 2.0}, ()), ({"dn": "2"}, ()), ({"dn": 0}, ("dcc.no_number",)),
        ({"dn": -1}, ("dcc.no_number",)), ({"dn": True}, ("dcc.no_number",)), ({"dn": 10**6}, ("dcc.no_number",)),
        ({"dn": None}, ("dcc.no_number",)), ({"dn": [2]}, ("dcc.no_number",)), ({"dt": "0021-01-06"}, ("dcc.no_day",)),
        ({"dt": ""}, ("dcc.no_day",)), ({"dt": 20211120}, ("dcc.no_day",)), ({"tg": "1234"}, ("dcc.other_disease",)),
        ({"mp": 7, "co": {}, "ci": None, "is": b"x"}, ()),
    ],
)  # fmt: skip
def test_odd_fields_of_a_dose_are_told(dose, doubts):
    assert read(certificate(EC, content(vaccination(**dose)))).certificate.doubts == doubts


def test_several_doses_tests_and_recoveries_are_told_apart():
    two = content(vaccination(dn=1, dt="2021-10-01"), vaccination())
    assert [one.dose for one in read(certificate(EC, two)).certificate.vaccinations] == [1, 2]
    test = {
        "tg": "840539006",
        "tt": "LP6464-4",
        "sc": "2022-02-01T08:00:00Z",
        "tr": "260415000",
        "co": "VN",
        "ci": "T1",
    }
    found = read(certificate(EC, {**content(), "v": [], "t": [test]})).certificate
    assert (found.kinds, found.tests[0].positive) == ((EntryKind.TEST,), False)
    recovery = {"tg": "840539006", "fr": "2022-02-01", "df": "2022-02-12", "du": "2022-08-01", "co": "VN", "ci": "R1"}
    found = read(certificate(EC, {**content(), "v": None, "r": [recovery]})).certificate
    assert (found.kinds, found.recoveries[0].positive_on) == ((EntryKind.RECOVERY,), PartialDate(2022, 2, 1))
    mixed = read(certificate(EC, {**content(), "t": [test]})).certificate
    assert mixed.doubts == ("dcc.several_kinds",)


def test_a_name_shows_nothing_hidden_and_ends_somewhere():
    names = {"fn": "Nguyễn\u202e\x00 Văn\r\n", "gn": "A" * 5000, "fnt": "NGUYEN", "gnt": 5}
    found = read(certificate(EC, content(nam=names))).certificate
    assert found.surname == "Nguyễn Văn"
    assert len(found.given_names) <= 160
    assert found.given_names_latin == "5"


@pytest.mark.parametrize(
    "health",
    [
        {}, {"ver": "1.0.0", "nam": {}}, content(nam="x"), {**content(), "v": []}, {**content(), "v": "x"},
        {**content(), "v": [1]}, {**content(), "v": [vaccination()] * 21}, {**content(), "nam": {"fn": "", "gn": 1.5}},
    ],
    ids=range(8),
)  # fmt: skip
def test_a_content_that_says_nothing_of_anybody(health):
    assert code(certificate(EC, health)) == "dcc.content"


@pytest.mark.parametrize(
    "payload",
    [cbor(1), cbor({}), cbor({-260: 1}), cbor({-260: {1: cbor(content())}}), cbor({-260: {2: content()}}),
     cbor(content()), cbor({1: "VN"}), b"", b"\xff"],
    ids=range(9),
)  # fmt: skip
def test_a_token_without_a_certificate_in_it(payload):
    assert code(certificate(EC, payload=payload)) == "dcc.content"


def test_a_wrong_issuer_is_no_reason_to_fall_over():
    assert read(certificate(EC, claims={1: 5})).certificate.issuer == ""
    assert verdict(certificate(EC, claims={1: "LA"}), key(EC)) is Verdict.VALID


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text[:-40], "dcc.cut_off"),
        (lambda text: text[: len(text) // 2 // 3 * 3 + 4], "dcc.cut_off"),
        (lambda text: text.removeprefix("HC1:"), "dcc.not_certificate"),
        (lambda text: "HC2:" + text[4:], "dcc.other_version"),
        (lambda text: "LU1:" + text[4:], "dcc.other_code"),
        (lambda text: "", "dcc.not_certificate"),
        (lambda text: "HC1:", "dcc.cut_off"),
        (lambda text: text[:30] + "ĐÂ" + text[32:], "dcc.typing"),
        (lambda text: text[:30] + "#" + text[31:], "dcc.signs"),
        (lambda text: "HC1:" + "A" * 5000, "dcc.too_long"),
        (lambda text: "001064012345|Nguyễn Văn An|12081964|Nam|Xã A|01012022", "dcc.not_certificate"),
    ],
    ids=range(11),
)
def test_what_is_the_matter_with_a_code(change, why):
    assert code(change(certificate(EC))) == why


def test_a_code_as_scanners_and_keyboards_send_it():
    text = certificate(EC)
    for sent in (f"\ufeff{text}\r\n", f" {text} ", text.lower(), f"{text}\x00"):
        assert verdict(sent, key(EC)) is Verdict.VALID
        assert looks_like_certificate(sent)
        assert looks_like_scan(sent)
    assert not looks_like_certificate("https://hc1:")


def test_what_would_be_huge_is_not_unpacked():
    bomb = "HC1:" + base45(zlib.compress(bytes(20 << 20), 9)[:2800])
    nested = packed(b"\x81" * 60000)
    large = packed(b"\x9a\x00\x00\xf0\x00" + bytes(60000))
    tracemalloc.start()
    began = time.perf_counter()
    assert code(bomb) in ("dcc.too_long", "dcc.cut_off")
    assert code(nested) == "dcc.structure"
    assert code(large) in ("dcc.structure", "dcc.cut_off")
    assert time.perf_counter() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


WHOLE = certificate(EC)
MESSAGE = cbor((18, [cbor({1: -7, 4: EC.kid}), {}, cwt(content()), bytes(64)]))


@given(st.text(max_size=300) | st.text(SIGNS, max_size=600).map("HC1:".__add__))
def test_any_text_is_refused_by_name(text):
    with contextlib.suppress(Unreadable):
        read(text)


@settings(max_examples=300)
@given(st.data())
def test_a_changed_sign_anywhere_is_refused_or_not_believed(data):
    place = data.draw(st.integers(4, len(WHOLE) - 1))
    sign = data.draw(st.sampled_from(SIGNS).filter(lambda one: one != WHOLE[place]))
    try:
        found = judge(read(WHOLE[:place] + sign + WHOLE[place + 1 :]), [key(EC)], signed_by, NOW)
    except Unreadable:
        return
    assert found.verdict is not Verdict.VALID


@settings(max_examples=300)
@given(st.data())
def test_changed_bytes_within_are_refused_or_not_believed(data):
    """Beyond the check sum of the packing, where a sign's change seldom comes."""
    changed = bytearray(MESSAGE)
    for _nth in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)))
    try:
        found = judge(
            read(packed(bytes(changed[cut:] if data.draw(st.booleans()) else changed))), [key(EC)], signed_by, NOW
        )
    except Unreadable:
        return
    assert found.verdict is not Verdict.VALID
