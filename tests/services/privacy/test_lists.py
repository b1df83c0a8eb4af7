"""Lists that leave the screen show the end of a number alone, unless somebody with the right says why."""

import io
import zipfile
from uuid import UUID

import pypdfium2
import pytest

from covidstation.db.queries.episodes import EpisodeFilter
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services.papers.f0_table import F0Selection, f0_list_pdf, f0_list_xlsx
from tests.services.samples import PAO, TODAY, catalog, register

WHOLE, END = PAO.citizen_number, f"•••• {PAO.citizen_number[-4:]}"
ALL = F0Selection(EpisodeFilter())


def as_pdf(db, **more):
    document = pypdfium2.PdfDocument(f0_list_pdf(db, ALL, catalog=catalog(), today=TODAY, **more))
    return " ".join(document[0].get_textpage().get_text_bounded().split())


def as_table(db, **more):
    with zipfile.ZipFile(io.BytesIO(f0_list_xlsx(db, ALL, catalog=catalog(), today=TODAY, **more))) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("made", [as_pdf, as_table])
def test_numbers_are_masked_unless_they_were_asked_for(db, made):
    register(db)
    assert END in made(db) and WHOLE not in made(db)
    assert WHOLE in made(db, whole=True).replace(" ", "")


@pytest.mark.parametrize("made", [as_pdf, as_table])
def test_no_list_names_the_ethnic_group(db, made):
    register(db)
    assert "Dân tộc" not in made(db)


def test_whoever_may_not_export_gets_no_whole_numbers(db):
    register(db)
    db.actor = Actor(UUID(int=1), "Vàng Thị Sơ", Role.DATA_ENTRY)
    assert END in as_pdf(db)
    with pytest.raises(UserError) as refused:
        as_pdf(db, whole=True)
    assert refused.value.code == "rights.export"
