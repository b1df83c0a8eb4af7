"""Keys that change between a real station and a real hub, over the line and on sticks; also when one of them forgot."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from covidstation.db import keys
from covidstation.db.rows import DistrictItemRow, PersonRow, SecretRow
from covidstation.db.session import Database
from covidstation.domain.district import ItemKind
from covidstation.errors import UserError
from covidstation.hub.copies.backup import make_backup
from covidstation.hub.copies.restoring import restore_hub
from covidstation.hub.database.keys import escrow_file
from covidstation.hub.database.store import DATABASE, FromEscrow, Hub, Place, create_hub, open_hub
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.replies.give_back import give_back
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.rows import EnrolmentRow, HubStateRow, StationRow
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations.enrolling import SameCommune, enrol_station, look_at_request
from covidstation.hub.stations.revoking import revoke_station
from covidstation.hub.stations.rotating import rotate_keys
from covidstation.hub.web import refusing
from covidstation.messages import sentence
from covidstation.services.exchange.bundles import Exported, Taken, export_changes, import_files
from covidstation.services.exchange.enrolment import get_certificate, identity_of
from covidstation.services.exchange.rekeying import KeyState, ask_new_keys, enrol_anew, look_at_keys
from covidstation.services.exchange.station_keys import SIGNED
from covidstation.services.station.record import change_setting
from covidstation.services.upkeep.check import check_register
from covidstation.sync.identity import AgeKey
from tests.services.samples import CHEAP
from tests.wire.ends import (
    PASSPHRASE,
    Served,
    code,
    history,
    join,
    last_seq,
    now,
    people,
    records,
    served,
    sync,
    unsent,
)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.fixture
def escrow(hub: Hub) -> FromEscrow:
    """The file in the safe and its code. Only a founding shows a code: the file is written anew under one of ours."""
    code, key = keys.new_recovery_code(), AgeKey.generate()
    with hub.db.write(None, now()) as session:
        row = session.get_one(HubStateRow, 1)
        row.keys = hub.ring.seal(replace(hub.keys, escrow=key.public))
    with hub.db.read() as session:
        hub.keys_now(session)
    return FromEscrow(escrow_file(key, code, hub.keys.root), code)


def key_of(db: Database) -> str:
    with db.read() as session:
        return identity_of(session).sign.id


def in_force(hub: Hub) -> set[str]:
    with hub.db.read() as session:
        return set(session.scalars(select(EnrolmentRow.key_id).where(EnrolmentRow.revoked_at.is_(None))))


def ask(db: Database) -> bool:
    return ask_new_keys(db, by=None, now=now()).value


def carry(db: Database, hub: Hub, stick: Path) -> tuple[list[Outcome], list[Taken]]:
    """There and back by stick; nothing is refused on either side."""
    export_changes(db, stick, by=None, now=now())
    there = list(import_place(hub, stick, now=now()))
    assert [one.trouble for one in there if one.trouble] == []
    list(export_answers(hub, stick, now=now()))
    back = import_files(db, stick, by=None, now=now()).value
    assert [one.trouble for one in back if one.trouble] == []
    return [one.outcome for one in there], [one.outcome for one in back]


def tell(hub: Hub, title: str) -> None:
    draft = ItemDraft(kind=ItemKind.ANNOUNCEMENT, title=title, body="Hai giờ chiều, ở huyện.")
    with hub.db.write(None, now()) as session:
        make_item(session, hub, draft, Author("BS. Lò Thị Hoa"), now=now())


def whole(db: Database) -> None:
    """Nothing is wrong with the register itself."""
    of_the_pc = ("backup", "space", "clock", "drill", "place", "keys")
    found = check_register(db, db.path.parent)
    assert [one.code for one in found if not one.good and not one.code.startswith(of_the_pc)] == []


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

    def test_a_lost_computer_gets_everything_back(
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
        assert sync(new).trouble is None
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


class Test_Hub:
    def test_new_keys_of_the_hub_over_the_line(self, db: Database, hub: Hub) -> None:
        people(db, 2)
        sync(db)
        before = get_certificate(db)
        assert rotate_keys(hub, by=PROGRAM, now=now()) == 1
        tell(hub, "Họp giao ban")
        people(db, 1, 3)
        found = sync(db)
        assert (found.waiting, found.trouble) == (0, None)
        after = get_certificate(db)
        assert after.hub_keys == hub.keys.identity.public != before.hub_keys
        assert (after.root, after.escrow, after.station, after.epoch) == (
            before.root,
            before.escrow,
            before.station,
            before.epoch,
        )
        people(db, 1, 4)
        assert sync(db).waiting == 0 and records(hub) == 4

    def test_another_program_changes_them_while_it_serves(self, db: Database, hub: Hub) -> None:
        people(db, 1)
        sync(db)
        other = open_hub(hub.place, PASSPHRASE)
        with contextlib.closing(other.db):
            rotate_keys(other, by=PROGRAM, now=now())
        people(db, 1, 2)
        assert sync(db).waiting == 0
        people(db, 1, 3)
        found = sync(db)
        assert (found.waiting, found.trouble, records(hub)) == (0, None, 3)
        assert get_certificate(db).hub_keys == other.keys.identity.public == hub.keys.identity.public

    def test_sticks_in_both_directions_and_late_ones(self, db: Database, hub: Hub, stick: Path, tmp_path: Path) -> None:
        people(db, 1)
        carry(db, hub, stick)
        tell(hub, "Họp giao ban")
        late = tmp_path / "late"
        late.mkdir()
        list(export_answers(hub, late, now=now()))  # by the old key
        people(db, 1, 2)
        export_changes(db, late, by=None, now=now())  # sealed to the old key
        rotate_keys(hub, by=PROGRAM, now=now())
        rotate_keys(hub, by=PROGRAM, now=now())
        assert [one.outcome for one in import_place(hub, late, now=now())] == [Outcome.TAKEN]
        list(export_answers(hub, stick, now=now()))
        found = import_files(db, stick, by=None, now=now()).value
        assert [one.trouble for one in found if one.trouble] == []
        assert Taken.CERTIFICATE in [one.outcome for one in found]
        assert get_certificate(db).hub_keys == hub.keys.identity.public
        found = import_files(db, late, by=None, now=now()).value
        assert [(one.outcome, one.trouble) for one in found] == [(Taken.ALREADY, None)] * len(found) and found
        assert (unsent(db), records(hub)) == (0, 2)

    def test_a_give_back_by_the_former_key_is_refused(
        self, db: Database, hub: Hub, stick: Path, tmp_path: Path
    ) -> None:
        people(db, 1)
        sync(db)
        with hub.db.read() as session:
            name = session.scalars(select(StationRow.name)).one()
        late = tmp_path / "late"
        late.mkdir()
        give_back(hub, name, late, now=now())
        rotate_keys(hub, by=PROGRAM, now=now())
        sync(db)
        (found,) = import_files(db, late, by=None, now=now()).value
        assert found.trouble is not None and found.trouble.code == "bundle.former_hub"
        assert sentence(found.trouble)

    def test_a_hub_restored_from_before_both_changed_their_keys(self, db: Database, hub: Hub, tmp_path: Path) -> None:
        """Its copy knows neither the station's new keys nor the key to which the station seals."""
        people(db, 1)
        sync(db)
        copy = make_backup(hub, tmp_path / "b", now=now())
        ask(db)
        sync(db)
        rotate_keys(hub, by=PROGRAM, now=now())
        people(db, 1, 2)
        sync(db)
        sync(db)
        assert unsent(db) == 0
        folder = tmp_path / "again"
        restore_hub(copy.path, Place(folder / DATABASE, folder), PASSPHRASE, now=now() + timedelta(seconds=2))
        again = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
        with contextlib.closing(again.db), served(again) as one:
            point(db, one)
            people(db, 1, 3)
            found = sync(db, now=now() + timedelta(seconds=3))
            while unsent(db) and not found.trouble:
                found = sync(db, now=now() + timedelta(seconds=4))
            assert (found.waiting, found.trouble) == (0, None)
            assert (records(again), history(again)) == (3, last_seq(db))
            assert in_force(again) == {key_of(db)}
            assert get_certificate(db).hub_keys == again.keys.identity.public

    def test_a_hub_of_which_only_the_escrow_is_left(
        self, escrow: FromEscrow, db: Database, hub: Hub, stick: Path, tmp_path: Path
    ) -> None:
        people(db, 2)
        tell(hub, "Họp giao ban")
        sync(db)
        sync(db)
        station = get_certificate(db).station
        folder = tmp_path / "again"
        place = Place(folder / DATABASE, folder)
        founded = create_hub(
            place, name="Trung tâm Y tế Sìn Hồ", code="", passphrase=PASSPHRASE, now=now(), cost=CHEAP, again=escrow
        )
        assert founded.escrow_code == ""
        again = open_hub(place, PASSPHRASE)
        assert (again.keys.root, again.keys.escrow) == (hub.keys.root, hub.keys.escrow)
        assert again.keys.identity != hub.keys.identity
        with contextlib.closing(again.db), served(again) as one:
            point(db, one)
            people(db, 1, 3)
            found = sync(db, now=now() + timedelta(seconds=3))
            while unsent(db) and not found.trouble:
                found = sync(db, now=now() + timedelta(seconds=4))
            assert (found.waiting, found.trouble) == (0, None)
            held = get_certificate(db)
            assert (held.station, held.hub_keys) == (station, again.keys.identity.public)
            assert (records(again), history(again)) == (3, last_seq(db))
            whole(db)

    def test_the_same_by_stick(self, escrow: FromEscrow, db: Database, hub: Hub, stick: Path, tmp_path: Path) -> None:
        people(db, 2)
        carry(db, hub, stick)
        people(db, 1, 3)
        folder = tmp_path / "again"
        place = Place(folder / DATABASE, folder)
        create_hub(place, name="Trung tâm", code="", passphrase=PASSPHRASE, now=now(), cost=CHEAP, again=escrow)
        again = open_hub(place, PASSPHRASE)
        with contextlib.closing(again.db):
            export_changes(db, stick, by=None, now=now())
            outcomes = [
                (one.outcome, one.trouble and one.trouble.code) for one in import_place(again, stick, now=now())
            ]
            assert outcomes[0] == (Outcome.KEYS, None)
            assert {code for _outcome, code in outcomes[1:]} <= {"bundle.foreign"}, "sealed to the key that is lost"
            list(export_answers(again, stick, now=now()))
            back = import_files(db, stick, by=None, now=now() + timedelta(seconds=2)).value
            assert Taken.CERTIFICATE in [one.outcome for one in back]
            assert Taken.ASKS not in [one.outcome for one in back]
            for lost in stick.rglob("U-*.csb"):
                lost.unlink()  # nobody but the escrow opens them now
            carry(db, again, stick)
            carry(db, again, stick)
            assert (unsent(db), records(again)) == (0, 3)

    def test_a_hub_with_another_root_needs_words(self, db: Database, hub: Hub, stick: Path, tmp_path: Path) -> None:
        people(db, 2)
        sync(db)
        folder = tmp_path / "other"
        place = Place(folder / DATABASE, folder)
        create_hub(place, name="Trung tâm khác", code="", passphrase=PASSPHRASE, now=now(), cost=CHEAP)
        other = open_hub(place, PASSPHRASE)
        with contextlib.closing(other.db), served(other) as one:
            anew = enrol_anew(db, stick, by=None, now=now())
            look = look_at_request(other, anew.path.read_bytes())
            enrol_station(other, look.request, now=now())
            list(export_answers(other, stick, now=now()))
            asked = import_files(db, stick, by=None, now=now()).value
            assert [one.outcome for one in asked if one.words] == [Taken.ASKS]
            assert get_certificate(db).root == hub.keys.root.public, "nobody has compared anything"
            words = other.keys.words()
            taken = import_files(db, stick, by=None, now=now(), agreed=words).value
            assert Taken.CERTIFICATE in [one.outcome for one in taken]
            assert get_certificate(db).root == other.keys.root.public
            assert get_certificate(db).urls == (one.url,)
            assert sync(db, now=now() + timedelta(seconds=3)).waiting == 0
            assert records(other) == 2
        whole(db)

    def test_another_root_is_refused_unless_somebody_asked(self, db: Database, stick: Path, tmp_path: Path) -> None:
        folder = tmp_path / "other"
        place = Place(folder / DATABASE, folder)
        create_hub(place, name="Trung tâm khác", code="", passphrase=PASSPHRASE, now=now(), cost=CHEAP)
        other = open_hub(place, PASSPHRASE)
        with contextlib.closing(other.db):
            before = key_of(db)
            anew = enrol_anew(db, stick, by=None, now=now())
            request = look_at_request(other, anew.path.read_bytes()).request
            with db.write(None, now()) as session:  # as if nobody had asked
                session.delete(session.get_one(SecretRow, "enrol.anew"))
            enrol_station(other, request, now=now())
            list(export_answers(other, stick, now=now()))
            (refused,) = [one for one in import_files(db, stick, by=None, now=now(), yes=True).value if one.trouble]
            assert refused.trouble is not None and refused.trouble.code == "enrol.other_root"
            assert key_of(db) == before


def point(db: Database, one: Served) -> None:
    """The district has the same name on the net, and is another computer."""
    change_setting(db, "hub_url", one.url, by=None, now=now())


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
