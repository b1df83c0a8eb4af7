"""Dated packs: which is in force, what a station edits, what is told of sources."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.packs import (
    ENDING,
    GROUPS,
    PackEdit,
    PackError,
    PaperKind,
    Signatory,
    check_edit,
    editable_items,
    pack_on,
    parse_pack,
    unconfirmed_items,
    with_edits,
)
from covidstation.domain.wording import BLANK, PLACEHOLDERS, clean, fill, unknown_placeholders, well_formed
from covidstation.messages.papers import GROUPS as GROUP_NAMES
from covidstation.messages.papers import KINDS
from covidstation.paths import resources

PACKS = load_catalog(resources()).packs
OLD, NEW = (next(pack for pack in PACKS if pack.id == name) for name in ("vn-until-2026-06-30", "vn-from-2026-07-01"))
LAW = "isolation_order.legal_bases.law-2007"


def codes(pack, path, text):
    return [problem.code for problem in check_edit(pack, path, PackEdit(text))]


@pytest.mark.parametrize(("day", "pack"), [(date(2022, 3, 10), OLD), (date(2026, 6, 30), OLD), (date(2026, 7, 1), NEW)])
def test_the_date_of_the_paper_chooses_the_pack(day, pack):
    assert pack_on(PACKS, day) is pack


def test_no_day_has_two_packs_and_a_day_before_them_has_none():
    for back in range(0, 2190, 7):
        pack_on(PACKS, date(2026, 12, 31) - timedelta(days=back))
    with pytest.raises(PackError):
        pack_on(PACKS, date(2020, 12, 31))
    with pytest.raises(PackError):
        pack_on((*PACKS, OLD), date(2022, 3, 10))


def test_which_papers_each_regime_knows():
    both = {
        PaperKind.ISOLATION_ORDER, PaperKind.CONTACT_ORDER, PaperKind.CONTACT_RELEASE, PaperKind.SICK_LEAVE,
        PaperKind.REFERRAL, PaperKind.VACCINATION,
    }  # fmt: skip
    assert set(OLD.papers) == both | {PaperKind.ISOLATION_END, PaperKind.COMPLETION_CERTIFICATE}
    assert set(NEW.papers) == both | {PaperKind.ISOLATION_COMPLETION}
    assert all(len(ENDING & set(pack.papers)) == 1 for pack in PACKS)
    with pytest.raises(PackError):
        NEW.paper(PaperKind.ISOLATION_END)


def test_who_signs_what():
    assert NEW.paper(PaperKind.ISOLATION_ORDER).signed_by is Signatory.CHAIRMAN
    assert NEW.paper(PaperKind.ISOLATION_COMPLETION).signed_by is Signatory.HEAD_OF_STATION
    by_head = {PaperKind.SICK_LEAVE, PaperKind.REFERRAL, PaperKind.VACCINATION}
    assert {kind for kind, paper in OLD.papers.items() if paper.signed_by is Signatory.HEAD_OF_STATION} == by_head
    by_head |= {PaperKind.ISOLATION_COMPLETION, PaperKind.CONTACT_RELEASE}  # NĐ 165/2026/NĐ-CP Điều 14 khoản 3 điểm e
    assert {kind for kind, paper in NEW.papers.items() if paper.signed_by is Signatory.HEAD_OF_STATION} == by_head


def test_home_isolation_today_is_a_question():
    assert (OLD.home_isolation.answer, NEW.home_isolation.answer) == ("yes", "ask")
    assert not NEW.home_isolation.confirmed


def test_the_isolation_of_contacts_today_is_a_question_of_its_own():
    # NĐ 165/2026/NĐ-CP Điều 14 khoản 3 điểm a: at home only contacts of group-A agents; COVID-19 is of group B.
    assert (OLD.ground(PaperKind.CONTACT_ORDER).answer, NEW.ground(PaperKind.CONTACT_ORDER).answer) == ("yes", "ask")
    assert NEW.ground(PaperKind.CONTACT_ORDER) is not NEW.ground(PaperKind.ISOLATION_ORDER)
    assert "nhóm A" in NEW.ground(PaperKind.CONTACT_ORDER).text


@pytest.mark.parametrize(
    ("day", "bases"),
    [
        (date(2021, 12, 1), {"decision-4038"}),
        (date(2022, 2, 10), {"decision-261", "decision-250"}),
        (date(2022, 3, 14), {"decision-604", "decision-250"}),
    ],
)
def test_the_guidance_cited_is_that_of_the_day(day, bases):
    words = OLD.paper(PaperKind.ISOLATION_ORDER).wordings("legal_bases", day)
    assert {word.key for word in words if word.key.startswith("decision")} == bases


@pytest.mark.parametrize(("day", "title"), [(date(2025, 12, 31), "Trưởng trạm"), (date(2026, 1, 1), "Giám đốc")])
def test_the_title_of_the_head_changes_in_2026(day, title):
    assert [word.text for word in OLD.terms["head_title"] if word.on(day)] == [title]


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_each_text_has_a_source_a_name_and_known_placeholders(pack):
    items = editable_items(pack)
    assert len({item.path for item in items}) == len(items)
    for item in items:
        assert item.source
        assert item.group in GROUP_NAMES
        assert unknown_placeholders(item.text) == ()
        assert check_edit(pack, item.path, PackEdit(item.text)) == []
    assert set(GROUPS) <= set(GROUP_NAMES)
    assert all(kind in KINDS for kind in pack.papers)
    assert all(set(paper.needs + paper.wants) <= PLACEHOLDERS | {"signer"} for paper in pack.papers.values())


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_each_term_has_one_wording_a_day(pack):
    day = pack.valid_from
    while day <= (pack.valid_until or date(2027, 12, 31)):
        assert all(sum(word.on(day) for word in words) == 1 for words in pack.terms.values())
        day += timedelta(days=13)


def test_what_is_not_confirmed_is_told():
    assert LAW in {item.path for item in unconfirmed_items(OLD)}
    on_day = {item.path for item in unconfirmed_items(OLD, date(2022, 3, 10))}
    assert "isolation_order.legal_bases.law-local-2015" in on_day
    assert "isolation_order.legal_bases.law-local-2025-06" not in on_day
    confirmed = with_edits(OLD, {LAW: PackEdit("Căn cứ Luật X ngày 01 tháng 01 năm 2020", confirmed=True)})
    assert LAW not in {item.path for item in unconfirmed_items(confirmed)}


def test_a_station_edits_takes_out_and_adds():
    own = "isolation_order.legal_bases.province"
    pack = with_edits(
        OLD,
        {
            LAW: PackEdit("Căn cứ Luật khác"),
            "isolation_order.legal_bases.decree-101": PackEdit(""),
            own: PackEdit("Căn cứ Công văn của tỉnh", confirmed=True),
            "isolation_order.recipients.police": PackEdit("Công an {commune}"),
            "terms.head_title.from-2026": PackEdit("Phụ trách trạm"),
            "isolation_order.legal_bases.gone-in-a-later-release!": PackEdit("x"),
            "isolation_order.body.unknown": PackEdit("x"),
        },
    )
    words = pack.paper(PaperKind.ISOLATION_ORDER).wordings("legal_bases", date(2022, 3, 10))
    texts = [word.text for word in words]
    assert "Căn cứ Luật khác" in texts
    assert not any("101/2010" in text for text in texts)
    assert texts[-1] == "Căn cứ Công văn của tỉnh"
    assert own in {item.path for item in editable_items(pack)}
    assert pack.terms["head_title"][1].text == "Phụ trách trạm"
    assert not any(item.path.endswith(("body.unknown", "release!")) for item in editable_items(pack))
    assert LAW in {item.path for item in editable_items(OLD)}
    assert with_edits(OLD, {}) is OLD


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        (LAW, "Căn cứ {nobody}", "paper.unknown_placeholder"),
        (LAW, "Căn cứ {0.__class__}", "paper.unknown_placeholder"),
        (LAW, "Căn cứ [x [y]]", "paper.open_brackets"),
        (LAW, "Căn cứ {name", "paper.open_brackets"),
        (LAW, "x" * 4_001, "paper.text_too_long"),
        ("isolation_order.symbol.symbol", "", "paper.text_empty"),
        ("isolation_order.symbol.symbol", "QĐ/UBND", "paper.bad_symbol"),
        ("terms.head_title.from-2026", " ", "paper.text_empty"),
        ("isolation_order.body.mine", "x", "paper.unknown_item"),
        ("nowhere", "x", "paper.unknown_item"),
        ("isolation_order.legal_bases.BAD KEY", "x", "paper.unknown_item"),
    ],
)
def test_edits_that_cannot_be_taken(path, text, code):
    assert code in codes(OLD, path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (LAW, "Căn cứ Luật {Commune} [ {phone}]"),
        (LAW, ""),
        ("isolation_order.symbol.symbol", "QĐ-BCĐ"),
        ("isolation_order.recipients.mine", "Công an"),
    ],
)
def test_edits_that_can(path, text):
    assert codes(OLD, path, text) == []


SMALL = """
id = "x"
title = "X"
valid_from = 2021-01-01
source = "s"
[home_isolation]
answer = "yes"
text = "t"
source = "s"
confirmed = true
[contact_isolation]
answer = "ask"
text = "t"
source = "s"
confirmed = false
[terms]
[papers.isolation_order]
signed_by = "chairman"
needs = []
wants = []
"""
GROUP = '[papers.isolation_order.{0}.a]\ntext = "{1}"\nconfirmed = true\nsource = "s"\n'
WHOLE = SMALL + "".join(GROUP.format(name, "A") for name in ("issuer", "symbol", "title", "body", "signer"))


def test_a_small_pack_is_read():
    pack = parse_pack(WHOLE)
    assert pack.valid_until is None
    assert pack.on(date(2090, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        SMALL,
        WHOLE.replace('"yes"', '"perhaps"'),
        WHOLE.replace("2021-01-01", '"2021"'),
        WHOLE.replace("2021-01-01", "2021-01-01T00:00:00"),
        WHOLE.replace('"chairman"', '"king"'),
        WHOLE.replace('text = "A"', 'text = "{who}"'),
        WHOLE.replace('text = "A"', "text = 3"),
        WHOLE.replace(".body.a]", '.body."A B"]'),
        WHOLE + GROUP.format("nothing", "A"),
        WHOLE + 'style = "loud"\n',
    ],
)
def test_damaged_packs_are_refused(text):
    with pytest.raises(PackError):
        parse_pack(text)


@given(st.text(max_size=80))
def test_values_are_never_read_again(value):
    assert fill("a {name} b[, {phone}]", {"name": value or "x", "phone": ""}) == f"a {value or 'x'} b"


@given(st.text(max_size=80))
def test_any_text_can_be_filled(text):
    fill(text, {"name": "x"})
    well_formed(text)


def test_case_and_blanks():
    values = {"commune": "xã Nậm Tăm", "name": ""}
    assert fill("{commune}|{Commune}|{COMMUNE}", values) == "xã Nậm Tăm|Xã Nậm Tăm|XÃ NẬM TĂM"
    assert fill("{name}", values) == BLANK
    assert fill("từ {from_time}", values) == f"từ {BLANK} giờ"
    assert fill("{other} stays", values) == "{other} stays"


def test_no_cleaned_text_looks_like_an_empty_place():
    assert clean(f"a{BLANK}b\u202e\x00 \n c") == "ab c"
