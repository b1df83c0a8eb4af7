"""One F0 as one PDF: what is in it, what the cover names as missing, and that the issued bytes are the book's."""

import io
from dataclasses import replace
from datetime import timedelta

import pypdf
import pypdfium2
import pytest

from covidstation.db.ids import new_id
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered
from covidstation.services.papers.dossier import Dossier, NoDossier, bound, dossiers
from covidstation.services.papers.files import paper_pdf
from covidstation.services.papers.issuing import issue_paper, void_paper
from tests.services.samples import NOW, PAO, TODAY, catalog, edit_episode, f0, neighbour, register

ORDER = PaperKind.ISOLATION_ORDER
SHEETS = ["Bản cam kết cách ly", "Tờ dặn dấu hiệu nguy hiểm", "Phiếu theo dõi sức khỏe"]


def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return found


def issue(db, episode_id, kind=ORDER, now=NOW):
    return issue_paper(db, kind, [episode_id], catalog=catalog(), issued_on=now.date(), by=None, now=now).value


def made(db, episode_id, now=NOW):
    (found,) = dossiers(db, [episode_id], catalog=catalog(), now=now)
    if isinstance(found, NoDossier):
        raise found.trouble
    return found


def test_a_dossier_has_a_cover_the_papers_and_the_sheets(db):
    one = register(db, f0(replace(PAO, full_name="Giàng A <b>Páo")))
    order = issue(db, one.id)
    mark_delivered(db, [order.id], DeliveryDraft(delivered_on=TODAY, by_name="Lò Văn Đôi"), by=None, now=NOW)
    found = made(db, one.id)
    assert [part.title for part in found.contents] == ["Quyết định cách ly tại nhà", *SHEETS]
    assert found.missing == ()
    text = pages(found.pdf)
    assert "HỒ SƠ F0: Giàng A <b>Páo" in text[0] and "01/QĐ-UBND" in text[0] and "đã giao 10/03/2022" in text[0]
    assert text[1] == pages(paper_pdf(db, order.id))[0], "the paper as it was issued"
    assert made(db, one.id).pdf == found.pdf


def test_what_is_missing_stands_on_the_cover(db):
    one = register(db)
    found = made(db, one.id)
    assert found.missing == ("Chưa có quyết định cách ly",)
    first = pages(found.pdf)[0]
    assert "Chưa có quyết định cách ly" in first and "CÒN THIẾU" in first


def test_an_old_illness_still_says_what_it_never_got(db):
    one = register(db)
    order = issue(db, one.id)
    ended = replace(one, outcome=CaseOutcome.RECOVERED, outcome_on=TODAY)
    edit_episode(db, one.id, ended, catalog=catalog(), by=None, now=NOW)
    void_paper(db, order.id, "In nhầm", by=None, now=NOW)
    found = made(db, one.id, NOW + timedelta(days=400))
    assert found.missing == ("Chưa có quyết định cách ly", "Chưa có giấy kết thúc cách ly")
    assert [part.title for part in found.contents] == SHEETS, "a voided paper is no part of it"


def test_one_that_cannot_be_made_stops_no_other(db):
    ids = [register(db, f0(neighbour(at))).id for at in range(2)]
    found = list(dossiers(db, [ids[0], new_id(), ids[1]], catalog=catalog(), now=NOW))
    assert [type(one) for one in found] == [Dossier, NoDossier, Dossier]
    assert found[1].trouble.code == "episodes.unknown"
    whole = bound([found[0], found[2]])
    assert pages(whole) == [*pages(found[0].pdf), *pages(found[2].pdf)]
    assert len(pypdf.PdfReader(io.BytesIO(whole), strict=True).pages) == len(pages(whole))
    with pytest.raises(UserError):
        made(db, new_id())


def test_they_come_one_by_one_so_that_one_can_stop(db):
    ids = [register(db, f0(neighbour(at))).id for at in range(3)]
    left = dossiers(db, ids, catalog=catalog(), now=NOW)
    assert next(left).episode_id == ids[0]
    left.close()
