"""What a hand, a scanner or a paste may put into the fields of care: refused in a sentence, or kept harmless."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from covidstation.db.queries.care_due import due_follow_ups
from covidstation.db.queries.episodes import get_episode
from covidstation.domain.care import (
    AlertAnswer,
    CallResult,
    EndOfQuarantineReason,
    RiskClass,
    Round,
    VisitStatus,
    Vitals,
)
from covidstation.domain.measures import read_measure, read_pressure
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.problems import errors
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.care.alerts import Answering, answer_alerts
from covidstation.services.care.calls import CallDraft, log_call
from covidstation.services.care.follow_up import move_follow_up
from covidstation.services.care.isolation import ChangeDraft, change_isolation
from covidstation.services.care.outcomes import Ending, OutcomeDraft
from covidstation.services.care.rounds import record_visit, void_visit
from covidstation.services.care.transfers import transfer_out
from covidstation.services.care.triage import TriageAnswers, TriageDraft, save_triage
from covidstation.services.contacts.care import QuarantineLength, change_quarantine, end_quarantines
from covidstation.services.contacts.checks import ContactCheck, record_contact_checks
from covidstation.services.people import register_person
from tests.services.care.test_attacks import check, f1
from tests.services.care_acts import AWAY, WHO, alert, end, go
from tests.services.samples import NOW, TODAY, catalog, neighbour, register

LONG = "ă" * 10_000
HIDDEN = "\u202eLò\u200b Văn\u2066 Đôi\x00 😷 <b>đậm</b>"
PLAIN = "Lò Văn Đôi 😷 <b>đậm</b>"


def vitals(db, episode, **values):
    return check(db, episode, **values)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"spo2": 9}, "rounds.spo2_impossible"),
        ({"temperature": 3670}, "rounds.temperature_impossible"),
        ({"temperature": 37}, "rounds.temperature_impossible"),
        ({"spo2": -96}, "rounds.spo2_impossible"),
        ({"spo2": 101}, "rounds.spo2_impossible"),
        ({"pulse": 0}, "rounds.pulse_impossible"),
        ({"breaths": 300}, "rounds.breaths_impossible"),
        ({"systolic": 80, "diastolic": 120}, "rounds.pressure_turned"),
        ({"systolic": 120}, "rounds.pressure_half"),
    ],
)
def test_what_no_living_person_shows(db, values, code):
    episode = register(db)
    with pytest.raises(Refused) as trouble:
        vitals(db, episode, **values)
    found = errors(trouble.value.problems)
    assert code in [problem.code for problem in found]
    assert all(len(text) < 160 and "{" not in text for text in sentences(trouble.value))


@pytest.mark.parametrize("typed", ["36,7", "36.7", "367", " 36,7 "])
def test_a_temperature_is_read_as_nurses_type_it(typed):
    assert read_measure("temperature", typed) == 367


@pytest.mark.parametrize("typed", ["3670", "ba mươi bảy", "36,7,1", "３６７", "36\u20627", "1e2", "\x00367", "😷"])
def test_what_is_no_temperature(typed):
    with pytest.raises(ValueError, match=r"^"):
        read_measure("temperature", typed)


@pytest.mark.parametrize("typed", ["12/8/0", "ba/hai", "１２０/８０", "120//80", "1208000"])
def test_what_is_no_pressure(typed):
    with pytest.raises(ValueError, match=r"^"):
        read_pressure(typed)


@pytest.mark.parametrize("typed", ["-367", "-96", "–38"])
def test_a_minus_is_no_dash_for_nothing(typed):
    """A dash alone says that nothing was measured; a number with a minus is no measure at all."""
    with pytest.raises(ValueError, match=r"^"):
        read_measure("temperature", typed)


def acts(db, episode, text):
    """Each text that care keeps, given that text."""
    person = register_person(db, neighbour(7), catalog=catalog(), by=None, now=NOW).value
    one = f1(db, person.id)
    waiting = alert(db, episode)
    visit = check(db, episode).visit.id
    last = {"by": None, "by_name": "Mai", "now": NOW}
    draft = VisitDraft(episode_id=episode.id, at=datetime(2022, 3, 10, 8), round=Round.EXTRA)
    away = VisitStatus.UNAVAILABLE
    yield (
        "visit note",
        lambda: record_visit(db, replace(draft, note=text, vitals=Vitals(spo2=98)), catalog=catalog(), **last),
    )
    yield "visit reason", lambda: record_visit(db, replace(draft, status=away, reason=text), catalog=catalog(), **last)
    yield (
        "alert note",
        lambda: answer_alerts(db, [waiting], Answering(answer=AlertAnswer.WRONG_ENTRY, note=text), **last),
    )
    yield "void visit", lambda: void_visit(db, visit, text, catalog=catalog(), **last)
    yield (
        "call",
        lambda: log_call(db, CallDraft(person_id=person.id, at=datetime(2022, 3, 10, 8), summary=text), **last),
    )
    yield (
        "triage",
        lambda: save_triage(
            db,
            TriageDraft(episode_id=episode.id, answers=TriageAnswers(items={}), chosen=RiskClass.LOW, reason=text),
            catalog=catalog(),
            **last,
        ),
    )
    yield (
        "longer",
        lambda: change_isolation(db, episode.id, ChangeDraft(days=9, reason=text), catalog=catalog(), **last),
    )
    yield (
        "contact check",
        lambda: record_contact_checks(db, [one], ContactCheck(status=away, note=text), by=None, now=NOW),
    )
    yield (
        "contact longer",
        lambda: change_quarantine(db, one, QuarantineLength(days=9, reason=text), catalog=catalog(), by=None, now=NOW),
    )
    yield (
        "contact end",
        lambda: end_quarantines(db, [one], day=TODAY, reason=EndOfQuarantineReason.OTHER, note=text, by=None, now=NOW),
    )
    yield "transfer", lambda: transfer_out(db, episode.id, replace(AWAY, state=text, facility=text), **last)
    yield "outcome", lambda: end(db, episode, OutcomeDraft(ending=Ending.NO_CASE, reason=text))


NAMES = [
    "visit note", "visit reason", "alert note", "void visit", "call", "triage", "longer", "contact check",
    "contact longer", "contact end", "transfer", "outcome",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_ten_thousand_letters_are_refused_in_a_sentence(db, name):
    episode = register(db)
    act = dict(acts(db, episode, LONG))[name]
    with pytest.raises(UserError) as trouble:
        act()
    said = sentences(trouble.value)
    assert said and all(len(text) < 200 for text in said), said


@pytest.mark.parametrize("name", NAMES)
def test_hidden_signs_are_dropped_and_nothing_breaks(db, name):
    dict(acts(db, register(db), HIDDEN))[name]()


def test_hidden_signs_do_not_reach_the_register(db):
    episode = register(db)
    found = record_visit(
        db,
        VisitDraft(episode_id=episode.id, at=datetime(2022, 3, 10, 8), round=Round.EXTRA, note=HIDDEN,
                   vitals=Vitals(spo2=98)),
        catalog=catalog(), by=None, by_name="Mai", now=NOW,
    ).value.visit  # fmt: skip
    assert found.note == PLAIN
    go(db, episode, replace(AWAY, facility=HIDDEN))
    assert get_episode(db, episode.id).isolation_address == PLAIN


@pytest.mark.parametrize("days", [-7, 0, 61, 10_000])
def test_days_that_no_isolation_has(db, days):
    episode = register(db)
    with pytest.raises(Refused):
        change_isolation(db, episode.id, ChangeDraft(days=days, reason="x"), catalog=catalog(), now=NOW, **WHO)
    person = register_person(db, neighbour(7), catalog=catalog(), by=None, now=NOW).value
    one = f1(db, person.id)
    with pytest.raises(Refused):
        change_quarantine(db, one, QuarantineLength(days=days, reason="x"), catalog=catalog(), by=None, now=NOW)


def test_a_quarantine_ends_neither_tomorrow_nor_before_it_began(db):
    person = register_person(db, neighbour(7), catalog=catalog(), by=None, now=NOW).value
    one = f1(db, person.id)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(Refused):
            end_quarantines(db, [one], day=day, by=None, now=NOW)


def test_a_follow_up_is_not_moved_before_the_recovery_nor_out_of_sight(db):
    episode = register(db)
    end(db, episode, OutcomeDraft(ending=Ending.RECOVERED, on=TODAY))
    line = due_follow_ups(db, date(2030, 1, 1))[0]
    for day in (TODAY - timedelta(days=1), date(2055, 1, 1)):
        with pytest.raises(Refused) as trouble:
            move_follow_up(db, line.id, day, now=NOW, **WHO)
        assert [problem.code for problem in trouble.value.problems] == ["care.follow_up_day"]


def test_the_next_call_lies_ahead(db):
    episode = register(db)
    one = alert(db, episode)
    said = Answering(
        answer=AlertAnswer.PHONED, call=CallResult.REACHED, note="khoẻ", next_at=datetime(2022, 3, 10, 8, 0)
    )
    with pytest.raises(Refused) as trouble:
        answer_alerts(db, [one], said, by=None, by_name="Mai", now=NOW)
    assert [problem.code for problem in trouble.value.problems] == ["care.next_call_early"]
