"""New keys of the hub, and a hub that forgot or lost its own: stations come back without words."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from covidstation.db.rows import SecretRow
from covidstation.db.session import Database
from covidstation.hub.copies.backup import make_backup
from covidstation.hub.copies.restoring import restore_hub
from covidstation.hub.database.store import DATABASE, FromEscrow, Hub, Place, create_hub, open_hub
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.replies.give_back import give_back
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.rows import StationRow
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations.enrolling import enrol_station, look_at_request
from covidstation.hub.stations.rotating import rotate_keys
from covidstation.messages import sentence
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.bundles import Taken, export_changes, import_files
from covidstation.services.exchange.rekeying import enrol_anew
from covidstation.services.record import change_setting
from tests.services.samples import CHEAP
from tests.wire.ends import (
    PASSPHRASE,
    Served,
    history,
    last_seq,
    now,
    people,
    records,
    served,
    sync,
    unsent,
)
from tests.wire.keyed import ask, carry, in_force, key_of, tell, whole


def point(db: Database, one: Served) -> None:
    """The district has the same name on the net, and is another computer."""
    change_setting(db, "hub_url", one.url, by=None, now=now())


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
