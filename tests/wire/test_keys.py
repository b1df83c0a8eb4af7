"""Keys that change between a real station and a real hub, over the line and on sticks; also when one of them forgot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from covidstation.db.rows import DistrictItemRow, PersonRow, SecretRow
from covidstation.db.session import Database
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.replies.give_back import give_back
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.rows import StationRow
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations.enrolling import SameCommune, enrol_station, look_at_request
from covidstation.hub.stations.revoking import revoke_station
from covidstation.hub.web import refusing
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.bundles import Exported, Taken, export_changes, import_files
from covidstation.services.exchange.rekeying import KeyState, enrol_anew, look_at_keys
from covidstation.services.exchange.station_keys import SIGNED
from tests.wire.ends import (
    Served,
    code,
    history,
    join,
    last_seq,
    now,
    people,
    records,
    sync,
    unsent,
)
from tests.wire.keyed import ask, carry, in_force, key_of, tell, whole


class Test_Station:
    def test_over_the_line_in_one_sending(self, db: Database, hub: Hub) -> None:
        people(db, 2)
        sync(db)
        before = key_of(db)
        assert ask(db) and not ask(db)
        assert look_at_keys(db).state is KeyState.ASKED
        people(db, 1, 3)
        found = sync(db)
        assert (found.waiting, found.trouble) == (0, None)
        assert Taken.CERTIFICATE in [one.outcome for one in found.taken]
        assert key_of(db) != before and in_force(hub) == {key_of(db)}
        assert look_at_keys(db).state is KeyState.IN_FORCE
        people(db, 1, 4)
        assert sync(db).waiting == 0
        assert (records(hub), history(hub)) == (4, last_seq(db))
        whole(db)

    def test_by_stick(self, db: Database, hub: Hub, stick: Path) -> None:
        people(db, 2)
        before = key_of(db)
        ask(db)
        there, back = carry(db, hub, stick)
        assert there == [Outcome.KEYS, Outcome.TAKEN]
        assert Taken.CERTIFICATE in back and Taken.RECEIPT in back
        assert key_of(db) != before and in_force(hub) == {before, key_of(db)}
        people(db, 1, 3)
        carry(db, hub, stick)
        assert in_force(hub) == {key_of(db)} and unsent(db) == 0 and records(hub) == 3

    def test_by_stick_with_nothing_else_to_say(self, db: Database, hub: Hub, stick: Path) -> None:
        people(db, 1)
        carry(db, hub, stick)
        assert export_changes(db, stick, by=None, now=now()).value.what is Exported.NOTHING
        ask(db)
        export = export_changes(db, stick, by=None, now=now()).value
        assert export.what is Exported.KEYS and any(path.name.startswith("K-") for path in export.files)
        there, back = carry(db, hub, stick)
        assert Outcome.KEYS in there and Taken.CERTIFICATE in back

    def test_sticks_of_before_that_come_late_both_ways(
        self, db: Database, hub: Hub, stick: Path, tmp_path: Path
    ) -> None:
        people(db, 2)
        tell(hub, "Họp giao ban")
        early = tmp_path / "early"
        early.mkdir()
        export_changes(db, early, by=None, now=now())
        list(import_place(hub, early, now=now()))
        list(export_answers(hub, early, now=now()))  # sealed to the old key alone
        ask(db)
        sync(db)
        people(db, 1, 3)
        sync(db)
        assert [one.trouble for one in import_files(db, early, by=None, now=now()).value if one.trouble] == []
        assert [one.trouble for one in import_place(hub, early, now=now())] == [None]
        assert (unsent(db), records(hub)) == (0, 3)

    def test_the_answer_was_lost_and_the_request_is_made_again(
        self, db: Database, hub: Hub, stick: Path, tmp_path: Path
    ) -> None:
        people(db, 1)
        ask(db)
        lost = tmp_path / "lost"
        lost.mkdir()
        export_changes(db, lost, by=None, now=now())
        list(import_place(hub, lost, now=now()))  # certified, and the stick is never seen again
        before = key_of(db)
        people(db, 1, 2)
        there, back = carry(db, hub, stick)
        assert Outcome.KEYS not in there and Taken.CERTIFICATE in back
        assert key_of(db) != before
        sync(db)
        assert in_force(hub) == {key_of(db)} and records(hub) == 2

    def test_what_the_district_says_meanwhile_is_read_with_either_key(
        self, db: Database, hub: Hub, stick: Path
    ) -> None:
        people(db, 1)
        carry(db, hub, stick)
        ask(db)
        export_changes(db, stick, by=None, now=now())
        list(import_place(hub, stick, now=now()))
        tell(hub, "Họp giao ban")
        list(export_answers(hub, stick, now=now()))
        for path in stick.rglob("C-*.csb"):
            path.unlink()  # the certificate does not come along
        found = [one.outcome for one in import_files(db, stick, by=None, now=now()).value]
        assert Taken.DOWN in found and Taken.REFUSED not in found

    def test_a_district_of_before_that_knows_no_rekey(self, db: Database, hub: Hub, monkeypatch) -> None:
        people(db, 1)
        ask(db)

        def old_hub(*_given: object, **_named: object) -> None:
            raise UserError("bundle.newer_kind", kind="rekey")

        monkeypatch.setattr("covidstation.hub.web.sync.take_vouched", old_hub)
        monkeypatch.setitem(refusing.STATUSES, "bundle.newer_kind", 422)
        assert sync(db).waiting == 0
        assert look_at_keys(db).state is KeyState.ASKED


class Test_Revoked:
    def test_it_is_told_and_comes_back_by_words(self, db: Database, hub: Hub, stick: Path) -> None:
        people(db, 2)
        sync(db)
        people(db, 1, 3)
        station = get_certificate(db).station
        revoke_station(hub, station, "máy bị mất", by=PROGRAM, now=now())
        assert code(db) == "wire.refused"
        ask(db)  # the old key vouches for nothing any more
        assert code(db) == "wire.refused"
        assert records(hub) == 2
        anew = enrol_anew(db, stick, by=None, now=now())
        look = look_at_request(hub, anew.path.read_bytes())
        assert look.request.words() == anew.words == look_at_keys(db).words
        found, _serial = enrol_station(hub, look.request, same_commune=SameCommune.REPLACE, now=now())
        assert found == station
        list(export_answers(hub, stick, now=now()))
        taken = import_files(db, stick, by=None, now=now()).value
        assert [one.outcome for one in taken if one.outcome is Taken.ASKS] == [], "the root is the one that was trusted"
        assert look_at_keys(db).state is KeyState.IN_FORCE
        assert sync(db).waiting == 0
        assert (records(hub), in_force(hub)) == (3, {key_of(db)})
        whole(db)

    def test_a_lost_computer_gets_everything_back_by_stick(
        self, db: Database, hub: Hub, server: Served, station: Callable[[str], Database], stick: Path
    ) -> None:
        people(db, 3)
        tell(hub, "Họp giao ban")
        sync(db)
        sync(db)
        lost = get_certificate(db)
        new = station("new computer")
        enrolment = export_changes(new, stick, by=None, now=now()).value
        look = look_at_request(hub, enrolment.files[0].read_bytes())
        found, _serial = enrol_station(hub, look.request, same_commune=SameCommune.REPLACE, now=now())
        assert found == lost.station
        list(export_answers(hub, stick, now=now()))
        words = hub.keys.words()
        import_files(new, stick, by=None, now=now(), agreed=words)
        assert get_certificate(new).epoch != lost.epoch
        with hub.db.read() as session:
            name = session.scalars(select(StationRow.name)).one()
        give_back(hub, name, stick, now=now())
        back = import_files(new, stick, by=None, now=now()).value
        assert [one.trouble for one in back if one.trouble] == []
        assert Taken.GIVEN_BACK in [one.outcome for one in back]
        found_now = sync(new)
        assert (found_now.waiting, found_now.trouble) == (0, None)
        assert records(hub) == 3
        with new.read() as session:
            assert len(session.scalars(select(PersonRow)).all()) == 3
            assert len(session.scalars(select(DistrictItemRow)).all()) == 1, "what the district said is said again"
        assert code(db) == "wire.refused", "the lost computer speaks for nobody"
        whole(new)


def test_a_station_that_kept_no_signed_certificate_asks_for_it(db: Database, hub: Hub) -> None:
    with db.write(None, now()) as session:
        session.delete(session.get_one(SecretRow, SIGNED))
    people(db, 1)
    sync(db)
    with db.read() as session:
        assert session.get_one(SecretRow, SIGNED).value


def test_two_stations_do_not_mix_up_their_keys(
    db: Database, hub: Hub, station: Callable[[str], Database], stick: Path
) -> None:
    other = join(station("other"), hub, second=True)
    for one in (db, other):
        people(one, 1)
        ask(one)
        export_changes(one, stick, by=None, now=now())
    outcomes = [one.outcome for one in import_place(hub, stick, now=now())]
    assert sorted(outcomes) == sorted([Outcome.KEYS, Outcome.KEYS, Outcome.TAKEN, Outcome.TAKEN])
    list(export_answers(hub, stick, now=now()))
    for one in (db, other):
        before = key_of(one)
        assert [found.trouble for found in import_files(one, stick, by=None, now=now()).value if found.trouble] == []
        assert key_of(one) != before
        sync(one)
    assert in_force(hub) == {key_of(db), key_of(other)}
