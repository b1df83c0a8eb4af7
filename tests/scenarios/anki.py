"""Anki: round trips, aborts, two at once, sanity checks, bad uploads, a server that moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from covidstation.db.rows import PersonRow
from covidstation.hub.rows import HubStateRow
from covidstation.hub.stations.enrolling import renew_certificates
from covidstation.services.certificate import get_certificate
from tests.scenarios.carriers import bundle_in, damaged
from tests.scenarios.district import District
from tests.scenarios.forging import forged
from tests.scenarios.morango import announcements, titles
from tests.scenarios.scenario import Suite

ANKI = Suite("Anki", "https://github.com/ankitects/anki, rslib/src/sync", [])
asks = ANKI.asks


@asks(
    "round trip",
    "collection/tests.rs: sync_roundtrip (regular_sync)",
    story="People are added here, changed there, changed here again and deleted, with a sending after each step.",
    holds="After each step both ends show the same.",
)
def round_trip(d: District) -> None:
    first = d.add(2)
    d.talk()
    d.tell(first, full_name="Giàng A Pao", phone="0912000111")
    d.talk()
    assert d.both(first, "full_name") == "Giàng A Pao"
    d.write(first, occupation="thầy giáo")
    d.visit(first + 1)
    d.talk()
    assert d.both(first, "occupation") == "thầy giáo"
    d.delete(first + 1)
    d.talk()
    assert d.gone(first + 1)


@asks(
    "nothing to say",
    "collection/tests.rs: new_empty_collection_should_not_require_full_sync",
    story="A station that has only just been founded asks three times, then has its first patient.",
    holds="Asking costs neither side a line, and the first patient goes like every other.",
)
def nothing_to_say(d: District) -> None:
    before = d.history(1)
    for _time in range(3):
        d.talk(1)
    assert (d.history(1), d.unsent(1)) == (before, 0)
    d.add(station=1)
    d.talk(1)
    assert (d.records(station=1), d.unsent(1)) == (1, 0)


@asks(
    "abort",
    "collection/tests.rs: aborting_is_idempotent",
    story="The nurse stops the sending, twice; over USB the written stick is thrown away.",
    holds="Nothing has changed on either side, and nothing is in the way of the next sending.",
)
def abort(d: District) -> None:
    d.add()
    waiting = d.unsent()
    for _time in range(2):
        d.carrier.abort(0)
        assert (d.unsent(), d.records()) == (waiting, 0)
    d.talk()
    assert (d.records(), d.unsent()) == (1, 0)


@asks(
    "overtaken",
    "collection/tests.rs: new_syncs_cancel_old_ones",
    story="Two answers of the district are on their way; the newer one is read first, then the older one.",
    holds="The older one changes nothing: no receipt goes back, nothing is told twice.",
)
def overtaken(d: District) -> None:
    d.bring(d.send())
    d.speak(0, *announcements(1))
    older = d.fetch()
    d.add()
    d.bring(d.send())
    d.speak(0, *announcements(1))
    newer = d.fetch()
    assert d.read(newer) == []
    assert (d.unsent(), len(titles(d))) == (0, 2)
    d.read(older)
    assert (d.unsent(), len(titles(d))) == (0, 2)


@asks(
    "parallel",
    "media/tests.rs: parallel_requests",
    story="The same bundle reaches the district four times at the same moment.",
    holds="It is taken once, and each of the four callers gets a good answer.",
)
def parallel(d: District) -> None:
    d.add(3)
    parcel, before = d.send(), d.bundles("taken")
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _one: d.carrier.bring(parcel), range(4))) == [[]] * 4
    assert (d.records(), d.bundles("taken")) == (3, before + 1)
    d.talk()
    assert d.unsent() == 0


@asks(
    "past the journal",
    "collection/tests.rs: sanity_check_should_roll_back_and_force_full_sync",
    story="Something tries to change a record without a line in the journal.",
    holds="The register refuses it, so that the two ends cannot part, and nobody ever sends everything anew for it.",
)
def past_the_journal(d: District) -> None:
    person = d.add()
    d.talk()
    before = d.history()
    with pytest.raises(AssertionError, match="pass the journal by"), d.nodes[0].db.write(None, d.tick()) as session:
        session.execute(update(PersonRow).values(phone="0912000666"))
    d.talk()
    assert (d.both(person, "phone"), d.history()) == (None, before)


@asks(
    "the hub stumbles",
    "collection/tests.rs: sync_errors_should_prompt_db_check",
    story="The district's disk is full in the middle of taking a bundle.",
    holds="Nothing of the bundle counts as received; when there is room again, it is taken as a whole.",
)
def the_hub_stumbles(d: District) -> None:
    d.add(3)
    with d.disk_full_at_hub():
        d.bring(d.send())
        assert d.records() in (0, 3), "all of it or nothing"
    d.talk()
    assert (d.records(), d.unsent()) == (3, 0)


@asks(
    "rubbish",
    "collection/tests.rs: invalid_uploads_should_be_handled",
    story="A bundle arrives cut at twelve places, with flipped bits, with more behind its end, and as plain rubbish.",
    holds="Each is refused with a reason, the district is unchanged, and the whole bundle is taken afterwards.",
)
def rubbish(d: District) -> None:
    d.add(3)
    parcel = d.send()
    good = bundle_in(parcel)
    before, size = d.history(), len(good)
    bad = [good[: size * part // 13] for part in range(1, 13)]
    for at in (6, 40, 400, size // 2, size - 1):
        bad.append(good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
    bad += [good + b"\0", b"not a bundle at all", b"PK\3\4" + bytes(2000)]
    for data in bad:
        assert len(d.bring(damaged(parcel, data))) == 1, data[:20]
    assert (d.history(), d.records()) == (before, 0)
    assert d.bring(parcel) == []
    assert d.records() == 3


@asks(
    "a stranger",
    "collection/tests.rs: host_key",
    story="A bundle is signed with a key that nobody knows; in another, one station speaks in the other's name.",
    holds="Neither is read; both stations go on as before.",
)
def a_stranger(d: District) -> None:
    d.add()
    parcel = d.send()
    before = d.history()
    for signer in (None, 1):
        codes = d.bring(damaged(parcel, forged(d, bundle_in(parcel), signer)))
        assert len(codes) == 1 and codes[0].startswith("bundle."), codes
    assert d.history() == before
    d.all_talk()
    assert (d.records(), d.records(station=1)) == (1, 0)


@asks(
    "a later format",
    "collection/tests.rs: meta (unsupported sync version)",
    story="A bundle says that it is of a later format than the district's program knows; it is signed well.",
    holds="It is refused with that reason, and the same changes in the present format are taken.",
)
def a_later_format(d: District) -> None:
    d.add()
    parcel = d.send()
    codes = d.bring(damaged(parcel, forged(d, bundle_in(parcel), 0, format=2)))
    assert codes == ["bundle.newer"], codes
    d.talk()
    assert (d.records(), d.unsent()) == (1, 0)


@asks(
    "moved hub",
    "collection/tests.rs: meta_redirect_is_handled",
    story="The district's hub gets another address.",
    holds="Stations hear of it with the next answer, by whatever way it comes, and nobody has to compare words anew.",
)
def moved_hub(d: District) -> None:
    with d.hub.db.read() as session:
        authority = session.scalars(select(HubStateRow.authority)).one()
    renew_certificates(d.hub, urls=["https://huyen-moi.example:8443"], authority=authority, now=d.at_district)
    d.add()
    d.talk()
    held = get_certificate(d.nodes[0].db)
    assert held is not None and held.urls == ("https://huyen-moi.example:8443",)
    assert (d.records(), d.unsent()) == (1, 0)
