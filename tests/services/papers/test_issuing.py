"""Papers of the register: issued once, the same bytes for ever, under the law of their date."""

import gc
import io
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pypdf
import pytest
from sqlalchemy import func, select

from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.papers import get_paper
from covidstation.db.queries.people import person_page
from covidstation.db.rows import JournalRow, NumberBookRow, PaperChunkRow, PaperFileRow, PaperRow, PaperSubjectRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome, EndOfIsolationReason, EpisodeDraft, PathogenTest, TestResult
from covidstation.domain.packs import PackEdit, PaperKind, pack_on
from covidstation.domain.people import Sex
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.episodes import add_test
from covidstation.services.papers.issuing import (
    Issued,
    Skipped,
    issue_missing,
    issue_paper,
    kind_on,
    missing_papers,
    paper_pdf,
    prepare_paper,
    preview_pdf,
    void_paper,
)
from covidstation.services.papers.packs import edit_pack
from covidstation.services.record import change_setting, edit_station
from covidstation.services.upkeep.check import check_register
from tests.services.samples import NOW, PAO, STATION, TODAY, catalog, edit_episode, f0, neighbour, opened, register

ORDER, END, COMPLETION = PaperKind.ISOLATION_ORDER, PaperKind.ISOLATION_END, PaperKind.ISOLATION_COMPLETION
OVER = NOW + timedelta(days=7)  # 17/3, the day after the last one


def issue(db, kind, *episodes, day=TODAY, now=NOW):
    ids = [episode.id for episode in episodes]
    return issue_paper(db, kind, ids, catalog=catalog(), issued_on=day, by=None, now=now).value


def text_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def counts(db):
    with db.read() as session:
        rows = (PaperRow, PaperSubjectRow, NumberBookRow, PaperFileRow, PaperChunkRow, JournalRow)
        return [session.scalar(select(func.count()).select_from(row)) for row in rows]


def refusal(db, kind, *episodes, **more):
    """The codes of what refuses the paper; and that nothing was kept of it."""
    before = counts(db)
    with pytest.raises(UserError) as caught:
        issue(db, kind, *episodes, **more)
    assert counts(db) == before
    assert all(sentences(caught.value))
    found = caught.value
    return [problem.code for problem in found.problems] if isinstance(found, Refused) else [found.code]


def test_a_paper_is_a_number_its_bytes_and_its_line(db):
    episode = register(db)
    paper = issue(db, ORDER, episode)
    assert (paper.number, paper.symbol, paper.subjects) == (1, "QĐ-UBND", ("Giàng A Páo",))
    assert counts(db)[:4] == [1, 1, 1, 1]
    text = text_of(paper.pdf)
    for words in ("Số: 01/QĐ-UBND", "Giàng A Páo", "Nậm Tăm, ngày 10 tháng 3 năm 2022", "Lò Văn Thương"):
        assert words in text
    stored = get_paper(db, paper.id)
    assert stored.subjects == ((episode.person_id, episode.id),)
    assert (stored.line.number, stored.line.subjects, stored.line.voided_at) == (1, "Giàng A Páo", None)
    assert get_episode(db, episode.id).decided_at == datetime(2022, 3, 10, 8, 30)


def test_a_look_before_writes_nothing_and_says_the_number(db):
    episode = register(db)
    before = counts(db)
    look = prepare_paper(db, ORDER, [episode.id], catalog=catalog(), issued_on=TODAY, now=NOW)
    assert (look.next_number, look.refusal, look.view.number) == (1, "", None)
    assert preview_pdf(look.view).startswith(b"%PDF")
    assert counts(db) == before
    assert look.unconfirmed, "texts that nobody has compared are named"


def test_a_reprint_is_the_same_file_in_another_run(folder, db):
    papers = [issue(db, ORDER, register(db, f0(neighbour(number)))) for number in range(4)]
    edit_station(db, replace(STATION, chairman_name="Vàng A Dua", place_name="Nơi khác"), by=None, now=NOW)
    db.close()
    gc.collect()
    again = opened(folder)
    for paper in papers:
        assert paper_pdf(again.db, paper.id) == paper.pdf
    assert all(finding.good for finding in check_register(again.db, folder))
    again.db.engine.dispose()


def test_an_issued_paper_is_what_was_looked_at(db):
    episode = register(db)
    look = prepare_paper(db, ORDER, [episode.id], catalog=catalog(), issued_on=TODAY, now=NOW)
    stored = get_paper(db, issue(db, ORDER, episode).id)
    assert stored.view["legal_bases"] == list(look.view.legal_bases)
    assert stored.view["subjects"][0]["name"] == "Giàng A Páo"


def test_the_end_of_an_isolation_ends_the_illness_and_names_its_order(db):
    episode = register(db)
    order = issue(db, ORDER, episode)
    end = issue(db, END, episode, day=OVER.date(), now=OVER)
    ended = get_episode(db, episode.id)
    assert (ended.outcome, ended.outcome_on) == (CaseOutcome.RECOVERED, OVER.date())
    assert ended.isolation_end_reason is EndOfIsolationReason.RECOVERED
    assert f"{order.number:02d}/QĐ-UBND" in text_of(end.pdf)
    assert end.number == 2
    with db.read() as session:
        assert session.scalars(select(PaperRow.opens_id).order_by(PaperRow.n)).all() == [None, order.id]


def test_a_voided_order_takes_its_hour_back(db):
    episode = register(db)
    order = issue(db, ORDER, episode)
    void_paper(db, order.id, "in hỏng tên", by=None, now=NOW)
    assert get_episode(db, episode.id).decided_at is None
    later = NOW + timedelta(hours=1)
    issue(db, ORDER, episode, now=later)
    assert get_episode(db, episode.id).decided_at == datetime(2022, 3, 10, 9, 30)


def test_a_completion_gives_the_positive_test_as_the_reason(db):
    day = date(2026, 7, 2)
    now = datetime(2026, 7, 2, 8, 30).astimezone()
    change_setting(db, "home_isolation", "yes", by=None, now=now)
    tests = (PathogenTest(sampled_on=day),)
    episode = register(db, replace(f0(), episode=EpisodeDraft(report_date=day), tests=tests), now=now)
    issue(db, ORDER, episode, day=day, now=now)
    negative = PathogenTest(result=TestResult.NEGATIVE, sampled_on=day + timedelta(days=6))
    add_test(db, episode.id, negative, by=None, now=now + timedelta(days=6))
    later = now + timedelta(days=8)
    text = text_of(issue(db, COMPLETION, episode, day=later.date(), now=later).pdf)
    assert "dương tính ngày 02 tháng 7 năm 2026" in text
    assert "âm tính" not in text


def test_voiding_an_ending_opens_the_illness_again(db):
    episode = register(db)
    issue(db, ORDER, episode)
    end = issue(db, END, episode, day=OVER.date(), now=OVER)
    void_paper(db, end.id, "Ghi nhầm người", by=None, now=OVER)
    again = get_episode(db, episode.id)
    assert (again.outcome, again.outcome_on, again.isolation_end_reason) == (CaseOutcome.NO_OUTCOME, None, None)
    stored = get_paper(db, end.id)
    assert (stored.line.void_reason, stored.line.voided_at) == ("Ghi nhầm người", datetime(2022, 3, 17, 8, 30))
    assert paper_pdf(db, end.id) == end.pdf
    assert issue(db, END, episode, day=OVER.date(), now=OVER).number == 3, "a voided number is not used again"


def test_a_death_written_meanwhile_stays_when_the_ending_is_voided(db):
    episode = register(db)
    issue(db, ORDER, episode)
    end = issue(db, END, episode, day=OVER.date(), now=OVER)
    ended = get_episode(db, episode.id)
    values = {name: getattr(ended, name) for name in EpisodeDraft.__dataclass_fields__}
    died = EpisodeDraft(**values | {"outcome": CaseOutcome.DECEASED})
    edit_episode(db, episode.id, died, catalog=catalog(), by=None, now=OVER)
    void_paper(db, end.id, "Ghi nhầm", by=None, now=OVER)
    assert get_episode(db, episode.id).outcome is CaseOutcome.DECEASED


def test_voiding_needs_a_reason_and_happens_once(db):
    paper = issue(db, ORDER, register(db))
    for reason, code in ((" ", "paper.void_reason"), ("In nhầm", ""), ("In nhầm", "paper.already_void")):
        try:
            void_paper(db, paper.id, reason, by=None, now=NOW)
            assert not code
        except UserError as trouble:
            assert trouble.code == code and sentences(trouble)
    with pytest.raises(UserError) as caught:
        void_paper(db, UUID(int=1), "In nhầm", by=None, now=NOW)
    assert caught.value.code == "paper.unknown"


def test_each_law_has_its_own_papers(db):
    last_old, first_new = date(2026, 6, 30), date(2026, 7, 1)
    assert kind_on(db, catalog(), last_old, ending=True) is END
    assert kind_on(db, catalog(), first_new, ending=True) is COMPLETION
    change_setting(db, "home_isolation", "yes", by=None, now=NOW)
    texts = {}
    for number, day in enumerate((last_old, first_new)):
        now = NOW.replace(year=day.year, month=day.month, day=day.day)
        episode = register(db, f0(neighbour(number), day), now=now)
        order = issue(db, ORDER, episode, day=day, now=now)
        over = now + timedelta(days=7)
        ending = kind_on(db, catalog(), over.date(), ending=True)
        texts[day] = (text_of(order.pdf), text_of(issue(db, ending, episode, day=over.date(), now=over).pdf))
        with db.read() as session:
            packs = session.scalars(select(PaperRow.pack_id).order_by(PaperRow.n)).all()
        assert packs[-2] == pack_on(catalog().packs, day).id
    assert "165/2026" not in texts[last_old][0] and "165/2026" in texts[first_new][0]
    assert "QUYẾT ĐỊNH" in texts[last_old][0] and "QUYẾT ĐỊNH" not in texts[first_new][1]


@pytest.mark.parametrize(("answer", "code"), [("ask", "paper.home_isolation_ask"), ("no", "paper.home_isolation_no")])
def test_home_isolation_today_is_the_head_of_stations_word(db, answer, code):
    now = NOW.replace(year=2026, month=7, day=10)
    episode = register(db, f0(day=now.date()), now=now)
    change_setting(db, "home_isolation", answer, by=None, now=now)
    assert refusal(db, ORDER, episode, day=now.date(), now=now) == [code]
    look = prepare_paper(db, ORDER, [episode.id], catalog=catalog(), issued_on=now.date(), now=now)
    assert look.refusal == code
    change_setting(db, "home_isolation", "yes", by=None, now=now)
    assert issue(db, ORDER, episode, day=now.date(), now=now).number == 1


def test_the_answer_is_asked_of_the_new_law_alone(db):
    change_setting(db, "home_isolation", "no", by=None, now=NOW)
    assert issue(db, ORDER, register(db)).number == 1


def test_what_is_not_known_refuses_and_writes_nothing(db):
    nobody = register(db, f0(replace(PAO, birth=None, address_printed="")))
    codes = refusal(db, ORDER, nobody)
    assert "paper.missing.birth" in codes and "paper.missing.isolation_place" in codes
    edit_station(db, replace(STATION, chairman_name=""), by=None, now=NOW)
    assert "paper.missing.signer" in refusal(db, ORDER, register(db, f0(neighbour(1))))


def test_an_ending_needs_its_order(db):
    assert "paper.missing.opening_number" in refusal(db, END, register(db), day=OVER.date(), now=OVER)


def test_nobody_gets_the_same_paper_twice(db):
    episode = register(db)
    order = issue(db, ORDER, episode)
    assert refusal(db, ORDER, episode) == ["paper.has_order"]
    void_paper(db, order.id, "In nhầm", by=None, now=NOW)
    issue(db, ORDER, episode)
    issue(db, END, episode, day=OVER.date(), now=OVER)
    assert refusal(db, END, episode, day=OVER.date(), now=OVER) == ["paper.has_ending"]


def test_a_paper_needs_someone(db):
    assert refusal(db, ORDER) == ["paper.no_subject"]
    with pytest.raises(UserError) as caught:
        prepare_paper(db, ORDER, [], catalog=catalog(), issued_on=TODAY, now=NOW)
    assert caught.value.code == "paper.no_subject"


def household(db, days=(0, 0, 0)):
    head = register(db, f0(PAO, TODAY - timedelta(days=days[0]), new_household_head=PAO.full_name))
    home = person_page(db, head.person_id).person.household_id
    others = [
        replace(
            PAO, full_name="Chẻo Lở Mẩy", sex=Sex.FEMALE, birth=PartialDate(1958), citizen_number="", household_id=home
        ),
        replace(PAO, full_name="Giàng A Chư", birth=PartialDate(2012, 9, 30), citizen_number="", household_id=home),
    ]
    return [head] + [register(db, f0(one, TODAY - timedelta(days=n))) for one, n in zip(others, days[1:], strict=True)]


def test_one_paper_for_a_household(db):
    family = household(db)
    paper = issue(db, ORDER, *family)
    text = text_of(paper.pdf)
    for name in ("Giàng A Páo", "Chẻo Lở Mẩy", "Giàng A Chư"):
        assert name in text and name in paper.subjects
    assert "03 người" in text
    end = issue(db, END, *family, day=OVER.date(), now=OVER)
    assert {get_episode(db, one.id).outcome for one in family} == {CaseOutcome.RECOVERED}
    for one in family:
        assert [line.id for line in person_page(db, one.person_id).papers] == [end.id, paper.id]
    void_paper(db, end.id, "Nhầm ngày", by=None, now=OVER)
    assert {get_episode(db, one.id).outcome for one in family} == {CaseOutcome.NO_OUTCOME}


def test_a_household_whose_days_differ_needs_papers_of_its_own(db):
    assert refusal(db, ORDER, *household(db, days=(0, 2, 0))) == ["paper.other_start"]


def test_an_edit_of_the_wording_is_for_new_papers_alone(db):
    pack = pack_on(catalog().packs, TODAY)
    old = issue(db, ORDER, register(db))
    edit = PackEdit("Căn cứ Quyết định số 99 của Ủy ban nhân dân xã", confirmed=True)
    edit_pack(db, pack.id, "isolation_order.legal_bases.law-2007", edit, catalog=catalog(), by=None, now=NOW)
    new = issue(db, ORDER, register(db, f0(neighbour(1))))
    assert "Quyết định số 99" in text_of(new.pdf) and "Quyết định số 99" not in text_of(old.pdf)
    assert paper_pdf(db, old.id) == old.pdf
    back = PackEdit("Căn cứ Luật Phòng, chống bệnh truyền nhiễm")
    edit_pack(db, pack.id, "isolation_order.legal_bases.law-2007", back, catalog=catalog(), by=None, now=NOW)
    assert "Quyết định số 99" not in text_of(issue(db, ORDER, register(db, f0(neighbour(2)))).pdf)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("isolation_order.symbol.symbol", "qđ ubnd"),
        ("isolation_order.title.title", ""),
        ("isolation_order.body.nothing", "x"),
        ("isolation_order.title.title", "{unknown}"),
        ("isolation_order.title.title", "[mở"),
    ],
)
def test_wordings_that_would_break_a_paper_are_refused(db, path, text):
    before = counts(db)
    with pytest.raises(Refused) as caught:
        edit_pack(db, catalog().packs[0].id, path, PackEdit(text), catalog=catalog(), by=None, now=NOW)
    assert sentences(caught.value) and counts(db) == before


def test_names_print_as_they_are(db):
    paper = issue(db, ORDER, register(db, f0(replace(PAO, full_name="<b>An</b> & {name} | [x]"))))
    assert "<b>An</b> & {name} | [x]" in text_of(paper.pdf)


def test_missing_papers_are_issued_each_by_itself(db):
    whole = [register(db, f0(neighbour(number))) for number in range(3)]
    register(db, f0(replace(neighbour(7), birth=None)))
    results = list(issue_missing(db, ending=False, catalog=catalog(), by=None, now=NOW))
    assert Counter(type(one) for one in results) == {Issued: 3, Skipped: 1}
    assert sorted(one.number for one in results if isinstance(one, Issued)) == [1, 2, 3]
    (skipped,) = [one for one in results if isinstance(one, Skipped)]
    assert skipped.name == neighbour(7).full_name and isinstance(skipped.trouble, Refused)
    again = list(issue_missing(db, ending=False, catalog=catalog(), by=None, now=NOW))
    assert [type(one) for one in again] == [Skipped]
    for episode in whole[:2]:
        negative = PathogenTest(result=TestResult.NEGATIVE, sampled_on=OVER.date())
        add_test(db, episode.id, negative, by=None, now=OVER)
    assert set(missing_papers(db, ending=True, catalog=catalog(), today=OVER.date())) == {one.id for one in whole[:2]}
    ended = list(issue_missing(db, ending=True, catalog=catalog(), by=None, now=OVER))
    assert len(ended) == 2 and all(isinstance(one, Issued) for one in ended)


def test_three_thousand_papers_stay_small(folder, db):
    """The register's growth over 100 decisions, in bytes of its file after a checkpoint, times thirty."""
    episodes = [register(db, f0(neighbour(number))) for number in range(110)]

    def size():
        db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
        return (folder / "register.db").stat().st_size

    for episode in episodes[:10]:  # the shared font is there after the first
        issue(db, ORDER, episode)
    before = size()
    for episode in episodes[10:]:
        issue(db, ORDER, episode)
    grown = size() - before
    assert grown * 30 <= 30_000_000, f"{grown / 100:.0f} bytes a paper"
    assert all(finding.good for finding in check_register(db, folder))


def test_a_changed_byte_of_a_paper_is_noticed(folder, db):
    paper = issue(db, ORDER, register(db))
    with db.write(None, NOW) as session:
        row = session.scalars(select(PaperFileRow)).one()
        row.skeleton = row.skeleton[:-1] + bytes([row.skeleton[-1] ^ 1])
    with pytest.raises(UserError) as caught:
        paper_pdf(db, paper.id)
    assert caught.value.code == "paper.damaged"
    assert [finding.code for finding in check_register(db, folder) if not finding.good] == ["papers.bad"]
    with pytest.raises(UserError) as caught:
        paper_pdf(db, UUID(int=1))
    assert caught.value.code == "paper.unknown"
