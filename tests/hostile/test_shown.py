"""Names that are markup, formulas or worse: shown letter by letter, searched without harm, carried away unchanged."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from covidstation.db.queries.people import find_people, similar_people
from covidstation.domain.text import clean
from covidstation.services.exchange.bundles import export_changes
from covidstation.ui.f0.list import F0List
from covidstation.ui.parts.labels import label, plain_tip
from tests.hostile.printed import allowed
from tests.hostile.strings import NASTY
from tests.services import samples
from tests.services.district import District
from tests.ui.village import catalog, desk, template, village

NAMES = [clean(NASTY[name]) for name in NASTY if allowed(name) and any(sign.isalpha() for sign in clean(NASTY[name]))]

__all__ = ["desk", "template", "village"]


def fill(db):
    for number, name in enumerate(NAMES):
        samples.register(db, samples.f0(replace(samples.neighbour(number), full_name=name, household_id=None)))


@pytest.fixture
def full(desk):
    fill(desk.register.db)
    return desk


def test_a_list_shows_each_name_as_it_is(full, qtbot):
    page = F0List(full)
    qtbot.addWidget(page)
    page.resize(1166, 680)
    page.show()
    page.load()
    shown = {page.model.record(row).full_name for row in range(page.model.rowCount())}
    assert set(NAMES) <= shown
    page.grab()
    model = page.model
    cells = {
        model.data(model.index(row, column), Qt.ItemDataRole.DisplayRole)
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    }
    tips = {
        model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole)
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    }
    assert cells
    assert not [tip for tip in tips if tip and "<b>Văn" in tip]
    for words in page.findChildren(QLabel):
        assert words.textFormat() == Qt.TextFormat.PlainText


def test_a_label_and_a_tip_of_any_name(qtbot):
    for name in NASTY.values():
        made = label(name)
        qtbot.addWidget(made)
        assert made.textFormat() == Qt.TextFormat.PlainText
        tip = plain_tip(name)
        assert "<img" not in tip and "<b>" not in tip


def test_each_name_is_found_by_itself_or_by_nothing_and_never_breaks_the_search(full):
    db = full.register.db
    for name in [*NAMES, *NASTY.values()]:
        hits = find_people(db, name)
        assert all(hit.full_name for hit in hits)
        similar_people(db, name, 1955)
    latin = [name for name in NAMES if name.isascii() and name.replace(" ", "").isalpha()]
    assert latin and all(name in {hit.full_name for hit in find_people(db, name)} for name in latin)


def test_what_travels_is_what_was_typed(tmp_path):
    (tmp_path / "stick").mkdir()
    samples.found(tmp_path / "register")
    db = samples.opened(tmp_path / "register").db
    fill(db)
    district = District()
    request = district.enrol(db, tmp_path / "stick")
    paths = export_changes(db, tmp_path / "stick", by=None, now=samples.NOW).value.files
    carried = [op.fields["full_name"] for path in paths for op in district.read(path, request) if op.table == "person"]
    assert carried == NAMES
    db.close()
    assert catalog().packs
