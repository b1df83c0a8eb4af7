"""Two who write at once on one PostgreSQL: whoever comes second sees what the first one did, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.domain.deciding import Choice
from covidstation.domain.district import ItemKind
from covidstation.errors import UserError
from covidstation.hub.database.holding import hold_stations
from covidstation.hub.database.store import Hub
from covidstation.hub.down.correcting import correct_record
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.down.moves import Proposal, decide_move, propose_move, withdraw_move
from covidstation.hub.down.stream import Change, say
from covidstation.hub.intake.bundles import Taking
from covidstation.hub.merging.conflicts import decide_conflict
from covidstation.hub.rows import ConflictRow, DownLineRow, DownStreamRow, MoveRow, RecordRow, StationRow, StreamRow
from tests.hub.conftest import POSTGRESQL
from tests.hub.fake_stations import NOW, FakeStation, take

DATABASES = (POSTGRESQL,)
pytestmark = pytest.mark.timeout(120)
DOCTOR = Author("BS. Lò Thị Hoa")
T = TypeVar("T")


def together(hub: Hub, first: Callable[[Session], object], second: Callable[[], T]) -> T:
    """`second` begins when `first` has done its work and not yet committed; what it returns or raises."""
    with ThreadPoolExecutor(1) as pool:
        with hub.db.write(None, NOW) as session:
            first(session)
            begun = pool.submit(second)
            _let_it_come_so_far(hub, begun)
        return begun.result(30)


def _let_it_come_so_far(hub: Hub, begun: Future[T]) -> None:
    """As it waits for a lock, or has ended."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + 10
    while time.monotonic() < until and not begun.done():
        with hub.db.read() as session:
            if session.connection().exec_driver_sql(waiting).scalar():
                return
        time.sleep(0.01)


def number(hub: Hub, station: FakeStation) -> int:
    with hub.db.read() as session:
        return session.scalars(select(StationRow.n).where(StationRow.id == station.id)).one()


def phone(hub: Hub, station: FakeStation) -> tuple[str | None, str | None]:
    """The telephone that stands, and the one that a conflict kept."""
    with hub.db.read() as session:
        record = session.scalars(select(RecordRow).where(RecordRow.tbl == "person")).one()
        kept = session.scalars(select(ConflictRow)).one_or_none()
    return record.fields.get("phone"), kept.losing["values"]["phone"] if kept is not None else None


@pytest.fixture
def sent(hub: Hub, station: FakeStation) -> FakeStation:
    """A station that sent one person and holds a new telephone of theirs."""
    made = station.people(1)[0]
    take(hub, station.up())
    station.op("u", 1, {"phone": "0912000111"}, base=made.stamp)
    return station


def their_phone(value: str) -> Change:
    return Change("person", UUID(int=1), "u", {"phone": value})


class Test_AStationAndItsDistrict:
    def test_a_bundle_sees_the_correction_that_was_being_written(self, hub: Hub, sent: FakeStation):
        n = number(hub, sent)
        taken = together(
            hub,
            lambda session: say(session, hub, n, [their_phone("0912000222")], by=None, now=NOW),
            lambda: take(hub, sent.up(2)),
        )
        assert taken[0].taken == 1
        assert set(phone(hub, sent)) == {"0912000111", "0912000222"}

    def test_a_correction_sees_the_bundle_that_was_being_taken(self, hub: Hub, sent: FakeStation):
        n, taking = number(hub, sent), Taking(hub, sent.up(2), now=NOW)

        def correct() -> list[int]:
            with hub.db.write(None, NOW) as session:
                return [op.base for op in say(session, hub, n, [their_phone("0912000222")], by=None, now=NOW)]

        bases = together(hub, taking.step, correct)
        last = int(sent.lines[-1].partition(b'"h":')[2].partition(b",")[0])
        assert bases == [last], "the district's line goes on from the station's"
        assert phone(hub, sent) == ("0912000222", None)

    def test_what_a_correction_tells_is_what_it_replaced(self, hub: Hub, sent: FakeStation):
        n = number(hub, sent)

        def correct() -> object:
            with hub.db.write(None, NOW) as session:
                row = session.get_one(StationRow, n)
                record = ("person", f"{1:032x}")
                return correct_record(
                    session, hub, row, record, {"phone": "0912000333"}, "gọi hỏi", DOCTOR, now=NOW
                ).data

        taking = Taking(hub, sent.up(2), now=NOW)
        assert together(hub, taking.step, correct) == {
            "correction": {"old": {"phone": "0912000111"}, "new": {"phone": "0912000333"}}
        }

    def test_a_decision_sees_what_the_station_wrote_meanwhile(self, hub: Hub, sent: FakeStation):
        n = number(hub, sent)
        with hub.db.write(None, NOW) as session:
            say(session, hub, n, [their_phone("0912000222")], by=None, now=NOW)
        take(hub, sent.up(2))
        with hub.db.read() as session:
            conflict = session.scalars(select(ConflictRow.id)).one()
        before = int(sent.lines[-1].partition(b'"h":')[2].partition(b",")[0])
        sent.op("u", 1, {"phone": "0912000444"}, base=before)

        def decide() -> None:
            with hub.db.write(None, NOW) as session:
                decide_conflict(
                    session, hub, conflict, Choice.STANDING, reason="gọi hỏi", by=None, by_name="Hoa", now=NOW
                )

        together(hub, Taking(hub, sent.up(3), now=NOW).step, decide)
        with hub.db.read() as session:
            values = {session.scalars(select(RecordRow).where(RecordRow.tbl == "person")).one().fields["phone"]}
            for one in session.scalars(select(ConflictRow)):
                values |= {one.standing["values"]["phone"], one.losing["values"]["phone"]}
        assert "0912000444" in values, "the newer value stands, or a conflict has it"


class Test_TwoAtTheDistrict:
    def test_what_two_announce_at_once_has_two_numbers(self, hub: Hub, station: FakeStation):
        def announce(session: Session, title: str) -> None:
            draft = ItemDraft(kind=ItemKind.ANNOUNCEMENT, title=title, body="8 giờ", station=None)
            make_item(session, hub, draft, DOCTOR, now=NOW)

        def other() -> None:
            with hub.db.write(None, NOW) as session:
                session.get(DownStreamRow, (number(hub, station), hub.epoch))  # known before the turn came
                announce(session, "Họp ngành")

        with hub.db.write(None, NOW) as session:
            announce(session, "Lịch trực")
        together(hub, lambda session: announce(session, "Họp giao ban"), other)
        with hub.db.read() as session:
            numbers = session.scalars(select(DownLineRow.seq).order_by(DownLineRow.seq)).all()
            stamps = session.scalars(select(DownLineRow.stamp)).all()
        assert numbers == [1, 2, 3] and len(set(stamps)) == 3

    def test_two_computers_of_one_commune_are_not_enrolled_unasked(self, hub: Hub, station: FakeStation):
        one, other = FakeStation(commune="09999"), FakeStation(commune="09999")
        with ThreadPoolExecutor(2) as pool:
            begun = [pool.submit(one.join, hub), pool.submit(other.join, hub)]
            found = [task.exception(30) for task in begun]
        (refused,) = filter(None, found)
        assert isinstance(refused, UserError) and refused.code == "enrol.same_commune"
        with hub.db.read() as session:
            assert session.scalar(select(func.count()).where(StationRow.commune == "09999")) == 1

    def test_a_move_is_either_accepted_or_withdrawn(self, hub: Hub, sent: FakeStation):
        target = number(hub, FakeStation("Trạm Y tế xã Pa Khoá", "03453").join(hub))
        with hub.db.write(None, NOW) as session:
            proposal = Proposal(person=f"{1:032x}", origin=number(hub, sent), target=target, reason="về quê")
            move = propose_move(session, hub, proposal, DOCTOR, now=NOW).id

        def withdraw() -> str:
            with suppress(UserError), hub.db.write(None, NOW) as session:
                session.get(MoveRow, move)  # as a page that was open knows it
                withdraw_move(session, hub, move, DOCTOR, now=NOW)
            with hub.db.read() as session:
                return session.get_one(MoveRow, move).state

        def accept(session: Session) -> None:
            decide_move(session, hub, move, DOCTOR, accept=True, now=NOW)

        assert together(hub, accept, withdraw) == "accepted"
        with hub.db.read() as session:
            held = session.scalars(select(RecordRow.station).where(RecordRow.tbl == "person")).all()
        assert len(held) == 2

    def test_a_bundle_of_the_old_station_waits_for_the_handing_over(self, hub: Hub, sent: FakeStation):
        """What it brings comes after, and goes on to the new station."""
        target = number(hub, FakeStation("Trạm Y tế xã Pa Khoá", "03453").join(hub))
        with hub.db.write(None, NOW) as session:
            proposal = Proposal(person=f"{1:032x}", origin=number(hub, sent), target=target, reason="về quê")
            move = propose_move(session, hub, proposal, DOCTOR, now=NOW).id
        together(
            hub,
            lambda session: decide_move(session, hub, move, DOCTOR, accept=True, now=NOW),
            lambda: take(hub, sent.up(2)),
        )
        with hub.db.read() as session:
            people = select(RecordRow).where(RecordRow.tbl == "person", RecordRow.station == target)
            assert session.scalars(people).one().fields["phone"] == "0912000111"


def test_four_enrolled_at_once_have_four_serials(hub: Hub, station: FakeStation):
    FakeStation(commune="03453").join(hub)
    with ThreadPoolExecutor(4) as pool:
        joined = list(pool.map(lambda n: FakeStation(commune=f"0{n}").join(hub), range(4)))
    assert len({one.certificate.serial for one in joined}) == 4
    with hub.db.read() as session:
        assert session.scalar(select(func.count()).select_from(StreamRow)) == 6


def test_a_station_held_within_a_savepoint_that_failed_is_held_anew(hub: Hub, station: FakeStation):
    """The server lets go of it with the savepoint; what is kept at hand must not say otherwise."""
    n = number(hub, station)

    def hold() -> None:
        with hub.db.write(None, NOW) as other:
            hold_stations(other, n)

    with ThreadPoolExecutor(1) as pool:
        with hub.db.write(None, NOW) as session:
            with suppress(UserError), session.begin_nested():
                hold_stations(session, n)
                raise UserError("district.move_open")
            hold_stations(session, n)
            begun = pool.submit(hold)
            _let_it_come_so_far(hub, begun)
            assert not begun.done()
        begun.result(30)
