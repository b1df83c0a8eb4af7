"""Hai bản ghi khác nhau: both values in words, one choice with its reason, and nothing without one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLabel
from sqlalchemy import select

from covidstation.db.down import Piece, take_lines
from covidstation.db.rows import DownStreamRow, PersonRow
from covidstation.domain.ops import Op, chain_start, encode_op
from covidstation.domain.stamps import DISTRICT, next_stamp
from covidstation.services.exchange.conflicts import list_conflicts
from covidstation.services.upkeep.notices import station_notices
from covidstation.ui.sync import page as page_module
from covidstation.ui.sync.conflicts import BOTH, ConflictDialog
from covidstation.ui.sync.page import SyncPage
from tests.ui.village import NOW

HUB = "c2dbd3c2a5b1e0f4"
STATION = UUID("11111111-2222-4333-8444-555555555555")
DOCTOR = UUID(int=7)


def part(db, ours, theirs):
    """The nurse and the district change the same of the first person, without knowing of each other."""
    with db.read() as session:
        row = session.scalars(select(PersonRow).order_by(PersonRow.n)).first()
        person, stamps = row.id, {name: (row.stamps or {}).get(name, row.made) for name in ours}
    with db.write(None, NOW) as session:
        row = session.scalars(select(PersonRow).where(PersonRow.id == person)).one()
        for name, value in ours.items():
            setattr(row, name, value)
    with db.write(None, NOW) as session:
        stream = session.scalars(select(DownStreamRow)).first()
        seq = stream.upto + 1 if stream else 1
        op = Op(
            seq=seq, stamp=next_stamp(0, int((NOW + timedelta(hours=1, seconds=seq)).timestamp() * 1000), DISTRICT),
            action="u", table="person", row=person.hex, fields=theirs, actor=DOCTOR.hex, schema=1,
            base=next(iter(set(stamps.values()))),
        )  # fmt: skip
        chain = stream.chain if stream else chain_start(STATION, HUB)
        found = take_lines(session, Piece(STATION, HUB, seq, chain, [encode_op(op)], [op], 1 << 62), NOW)
        assert (found.lines, found.conflicts, found.aside) == (1, 1, [])
    return person


@pytest.fixture
def page(desk, shown, monkeypatch):
    monkeypatch.setattr(page_module, "plugged_in", lambda: ())
    made = SyncPage(desk)
    made.resize(1166, 700)
    desk.changed.connect(made.refresh)
    shown(made)
    return made


def rows(page):
    return [page.conflicts._list.itemAt(at).widget() for at in range(page.conflicts._list.count())]


def texts(widget):
    return " | ".join(one.text() for one in widget.findChildren(QLabel))


def dialog_of(desk, page):
    (conflict, *_rest) = list_conflicts(desk.register.db)
    made = ConflictDialog(desk, page, conflict)
    made.open()
    return made


def test_both_values_stand_in_words_and_the_choice_is_kept_with_its_reason(desk, page, qtbot):
    person = part(desk.register.db, {"phone": "0912000222"}, {"phone": "0912000333"})
    page.load()
    qtbot.waitUntil(lambda: len(rows(page)) == 1, timeout=5000)
    second = rows(page)[0].lines.second.text_in_full()
    assert "0912000333" in second and "0912000222" in second
    dialog = dialog_of(desk, page)
    assert "0912000222" in texts(dialog) and "Huyện" in texts(dialog)
    dialog.choice.set_value("losing")
    dialog.save()
    assert dialog.isVisible(), "no choice without a word why"
    dialog.reason.set_value("Đã gọi hỏi lại")
    dialog.save()
    qtbot.waitUntil(lambda: not rows(page), timeout=5000)
    with desk.register.db.read() as session:
        assert session.scalars(select(PersonRow.phone).where(PersonRow.id == person)).one() == "0912000222"


def test_two_lists_may_be_put_together(desk, page, qtbot):
    person = part(desk.register.db, {"conditions": ["asthma"]}, {"conditions": ["diabetes"]})
    dialog = dialog_of(desk, page)
    dialog.choice.set_value(BOTH)
    dialog.reason.set_value("Có cả hai bệnh")
    dialog.save()
    qtbot.waitUntil(lambda: not list_conflicts(desk.register.db), timeout=5000)
    with desk.register.db.read() as session:
        found = session.scalars(select(PersonRow.conditions).where(PersonRow.id == person)).one()
    assert found == ["asthma", "diabetes"]


def test_what_needs_a_person_comes_first(desk, page, qtbot):
    part(desk.register.db, {"phone": "0912000222"}, {"phone": "0912000333"})
    card = {"citizen_number": "012055000008", "old_citizen_number": "", "citizen_issued_on": None}
    part(desk.register.db, {"citizen_number": "012055000007"}, card)
    page.load()
    qtbot.waitUntil(lambda: len(rows(page)) == 2, timeout=5000)
    second = rows(page)[0].lines.second.text_in_full()
    assert "0007" in second and "012055000007" not in second, "a list hides numbers"
    assert [one.code for one in station_notices(desk.register, NOW)].count("conflict.waiting") == 1
