"""Contacts (F1) through the services, on a real register: 10 March 2022, under CV 762/BYT-DP."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader

from covidstation.catalog import Catalog
from covidstation.db.queries.contacts import (
    ContactFilter,
    ContactLine,
    ContactView,
    changes_by_contact,
    contact_changes,
    contacts_of_case,
    contacts_of_person,
    count_contacts,
    get_contact,
    list_contacts,
)
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import get_person
from covidstation.db.session import Database
from covidstation.domain.care import ContactRelation, ContactStatus, EndOfQuarantineReason, FoundIn, VisitStatus
from covidstation.domain.contacts import ContactDraft, ContactState
from covidstation.domain.episodes import (
    CaseOutcome,
    Episode,
    EpisodeDraft,
    PathogenTest,
    QuarantineType,
    TestResult,
)
from covidstation.domain.people import PersonDraft
from covidstation.domain.quarantine import read_quarantine_rule
from covidstation.domain.rule_sets import Family
from covidstation.errors import Refused, UserError
from covidstation.paths import resources
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome, reopen_case
from covidstation.services.contacts.care import (
    QuarantineLength,
    add_contact_test,
    change_quarantine,
    contact_becomes_case,
    drop_contacts,
    end_quarantines,
    reopen_contact,
)
from covidstation.services.contacts.checks import ContactCheck, record_contact_checks
from covidstation.services.contacts.register import NewContact, add_contacts, edit_contact, quarantine_rules
from covidstation.services.contacts.sheets import contact_sheets_pdf
from covidstation.services.contacts.work import due_contacts, household_waits, propose_household
from covidstation.services.people import register_person
from covidstation.services.rules.versions import RuleEdit, edit_rule
from tests.services.samples import NOW, PAO, TODAY, catalog, f0, neighbour, positive_on, register

LATER = NOW + timedelta(days=7)


def household(db: Database, others: int = 2) -> tuple[Episode, list[UUID]]:
    """Giàng A Páo's case, found today, and others under his roof."""
    case = register(db, f0(new_household_head=PAO.full_name))
    person = get_person(db, case.person_id)
    assert person is not None
    made = [
        register_person(
            db, replace(neighbour(at + 1), household_id=person.household_id), catalog=catalog(), by=None, now=NOW
        ).value.id
        for at in range(others)
    ]
    return case, made


def enter(db: Database, person_id: UUID | None, case: Episode | None, **changes: object) -> UUID:
    """That person as a contact of that case, last met today."""
    draft = ContactDraft(source_episode_id=case.id if case else None, last_contact_on=TODAY)
    new = NewContact(person_id=person_id, contact=replace(draft, **changes))  # type: ignore[arg-type]
    return add_contacts(db, [new], catalog=catalog(), by=None, now=NOW).value[0]


def line(db: Database, contact_id: UUID, today: date = TODAY) -> ContactLine:
    """The contact as the list shows it."""
    found = get_contact(db, contact_id, quarantine_rules(db, catalog()), today=today)
    assert found is not None
    return found


def negative(day: date) -> PathogenTest:
    """A negative rapid test."""
    return positive_on(day, result=TestResult.NEGATIVE)


def refused(trouble: pytest.ExceptionInfo[UserError]) -> list[str]:
    """The codes of a refusal."""
    assert isinstance(trouble.value, Refused)
    return [problem.code for problem in trouble.value.problems]


def test_a_household_is_proposed_filled_in_and_entered_in_one_act(db: Database, catalog: Catalog) -> None:
    case, others = household(db)
    assert household_waits(db, case.id) == 2
    proposed = propose_household(db, case.id, catalog, TODAY)
    assert {one.person_id for one in proposed} == set(others)
    assert {one.contact.last_contact_on for one in proposed} == {TODAY}
    assert {one.contact.relation for one in proposed} == {ContactRelation.SAME_HOUSEHOLD}
    assert {one.quarantine.days for one in proposed} == {7}  # doses unknown
    drafts = [NewContact(person_id=one.person_id, contact=one.contact) for one in proposed]
    made = add_contacts(db, drafts, catalog=catalog, by=None, now=NOW).value
    first = line(db, made[0])
    assert first.contact.quarantine_until == date(2022, 3, 17)
    assert first.contact.quarantine_type is QuarantineType.HOME and first.lacks_order
    assert (first.source, first.contact.quarantine_rule) == (PAO.full_name, "vn-quarantine-2022-02-21")
    assert propose_household(db, case.id, catalog, TODAY) == () and household_waits(db, case.id) == 0


def test_the_sick_the_dead_and_those_already_known_are_not_proposed(db: Database, catalog: Catalog) -> None:
    case, (ill, known, dead, free) = household(db, 4)
    for person_id, outcome in ((ill, CaseOutcome.NO_OUTCOME), (dead, CaseOutcome.DECEASED)):
        person = get_person(db, person_id)
        assert person is not None
        ended = EpisodeDraft(report_date=TODAY, outcome=outcome, outcome_on=TODAY if outcome != "NO_OUTCOME" else None)
        register(db, replace(f0(person), person_id=person_id, episode=ended))
    enter(db, known, None, source_words="Một người ở xã Noong Hẻo")
    assert [one.person_id for one in propose_household(db, case.id, catalog, TODAY)] == [free]


def test_what_the_register_knows_shortens_the_quarantine(db: Database, catalog: Catalog) -> None:
    """Recovered on 1 February 2022: within three months, so five days."""
    case, (other, _second) = household(db)
    person = get_person(db, other)
    assert person is not None
    old = EpisodeDraft(
        report_date=date(2022, 1, 24), outcome=CaseOutcome.RECOVERED, outcome_on=date(2022, 2, 1), doses_known=2
    )
    test = positive_on(date(2022, 1, 24))
    register(db, replace(f0(person), person_id=other, episode=old, tests=(test,)))
    found = next(one for one in propose_household(db, case.id, catalog, TODAY) if one.person_id == other)
    assert (found.contact.recovered_on, found.contact.doses_known) == (date(2022, 2, 1), 2)
    assert (found.quarantine.days, found.quarantine.why.code) == (5, "contacts.why_recovered")


def test_nobody_is_the_contact_of_themselves_of_nobody_or_tomorrow(db: Database) -> None:
    case, (other, _second) = household(db)
    with pytest.raises(Refused) as oneself:
        enter(db, case.person_id, case)
    assert refused(oneself) == ["contacts.with_oneself"]
    with pytest.raises(Refused) as nobody:
        enter(db, other, None)
    assert refused(nobody) == ["contacts.source_missing"]
    with pytest.raises(Refused) as tomorrow:
        enter(db, other, case, last_contact_on=TODAY + timedelta(days=1))
    assert refused(tomorrow) == ["contacts.future"]
    with pytest.raises(Refused) as undated:
        enter(db, other, case, last_contact_on=None)
    assert refused(undated) == ["contacts.last_contact_missing"]
    assert count_contacts(db, quarantine_rules(db, catalog()), today=TODAY)[ContactView.ALL] == 0


def test_an_open_case_is_no_contact_and_nobody_is_one_twice(db: Database) -> None:
    case, (other, _second) = household(db)
    second = register(db, f0(neighbour(50)))
    with pytest.raises(UserError) as ill:
        enter(db, second.person_id, case)
    assert ill.value.code == "contacts.is_case"
    enter(db, other, case)
    with pytest.raises(UserError) as twice:
        enter(db, other, case)
    assert (twice.value.code, twice.value.params["day"]) == ("contacts.twice", "10/03/2022")
    enter(db, other, second)  # of another case: yes


def test_all_are_entered_or_none(db: Database, catalog: Catalog) -> None:
    case, (first, _second) = household(db)
    good = ContactDraft(source_episode_id=case.id, last_contact_on=TODAY)
    drafts = [NewContact(person_id=first, contact=good), NewContact(person_id=case.person_id, contact=good)]
    with pytest.raises(Refused):
        add_contacts(db, drafts, catalog=catalog, by=None, now=NOW)
    assert contacts_of_case(db, case.id, quarantine_rules(db, catalog), today=TODAY) == ()


def test_a_new_person_is_entered_with_their_contact(db: Database, catalog: Catalog) -> None:
    case, _others = household(db)
    draft = ContactDraft(source_episode_id=case.id, last_contact_on=TODAY, doses_known=2, last_dose_on=date(2022, 1, 5))
    new = NewContact(person=PersonDraft(full_name="Lò Thị <b>Ón</b>"), contact=draft)
    made = add_contacts(db, [new], catalog=catalog, by=None, now=NOW).value[0]
    found = line(db, made)
    assert (found.full_name, found.contact.quarantine_days) == ("Lò Thị <b>Ón</b>", 5)
    assert found.contact.quarantine_until == date(2022, 3, 15)


def test_tests_make_a_contact_due_free_or_a_case(db: Database, catalog: Catalog) -> None:
    case, (other, second) = household(db)
    one, two = enter(db, other, case), enter(db, second, case)
    assert line(db, one).standing.state is ContactState.WATCHED
    assert line(db, one).standing.test_on == date(2022, 3, 17)
    assert line(db, one, LATER.date()).standing.state is ContactState.TEST_DUE
    add_contact_test(db, [one], negative(date(2022, 3, 17)), by=None, now=LATER)
    add_contact_test(db, [two], positive_on(date(2022, 3, 17)), by=None, now=LATER)
    due = due_contacts(db, catalog, LATER.date())
    assert ([one.id for one in due.positive], due.tests, due.may_end) == ([two], (), ())
    due = due_contacts(db, catalog, date(2022, 3, 18))
    assert [found.id for found in due.may_end] == [one]
    with pytest.raises(UserError) as positive:
        end_quarantines(db, [one, two], day=date(2022, 3, 17), by=None, now=LATER)
    assert positive.value.code == "contacts.test_positive"
    assert line(db, one, LATER.date()).contact.status is ContactStatus.ACTIVE  # all or none


def test_a_corrected_test_speaks_no_more(db: Database) -> None:
    case, (other, _second) = household(db)
    one = enter(db, other, case)
    wrong = add_contact_test(db, [one], positive_on(TODAY), by=None, now=NOW).value[0]
    add_contact_test(db, [one], replace(negative(TODAY), voids=wrong), by=None, now=NOW)
    assert [test.result for test in line(db, one).contact.tests] == [TestResult.NEGATIVE]
    with pytest.raises(Refused) as future:
        add_contact_test(db, [one], negative(TODAY + timedelta(days=1)), by=None, now=NOW)
    assert refused(future) == ["contacts.future"]


def test_a_contact_of_a_case_that_was_none_says_so_until_it_is_dropped(db: Database, catalog: Catalog) -> None:
    case, (other, second) = household(db)
    one, two = enter(db, other, case), enter(db, second, case)
    assert not line(db, one).source_denied
    end_quarantines(db, [two], day=TODAY, by=None, now=NOW)
    mistake = OutcomeDraft(ending=Ending.NO_CASE, on=TODAY, reason="ghi nhầm")
    record_outcome(db, case.id, mistake, catalog=catalog, by=None, by_name="Mai", now=NOW)
    assert line(db, one).source_denied
    assert line(db, one).contact.status is ContactStatus.ACTIVE
    assert not line(db, two).source_denied  # ended before
    drop_contacts(db, [one], "Ca nguồn ghi nhầm", by=None, now=NOW)
    assert not line(db, one).source_denied
    assert line(db, one).standing.state is ContactState.DROPPED


def test_a_changed_length_keeps_what_it_was(db: Database, catalog: Catalog) -> None:
    case, (other, _second) = household(db)
    one = enter(db, other, case)
    length = QuarantineLength(days=10, reason="Nhà có thêm F0", by_name="Lò Thị Mai")
    change_quarantine(db, one, length, catalog=catalog, by=None, now=NOW)
    assert line(db, one).contact.quarantine_until == date(2022, 3, 20)
    (kept,) = contact_changes(db, one)
    assert (kept.days_before, kept.days_after, kept.reason) == (7, 10, "Nhà có thêm F0")
    assert (kept.by_name, kept.changed_at) == ("Lò Thị Mai", NOW.replace(tzinfo=None))
    assert changes_by_contact(db, [one]) == {one: (kept,)}
    assert changes_by_contact(db, []) == {}
    for bad, code in (
        (replace(length, reason="  "), "contacts.reason_missing"),
        (replace(length, days=61), "contacts.days"),
        (replace(length, days=0), "contacts.days"),
        (replace(length, days=10), "contacts.no_change"),
    ):
        with pytest.raises(Refused) as trouble:
            change_quarantine(db, one, bad, catalog=catalog, by=None, now=NOW)
        assert code in refused(trouble)


def test_ends_denials_and_taking_them_back(db: Database) -> None:
    case, (other, second) = household(db)
    one, two = enter(db, other, case), enter(db, second, case)
    end_quarantines(db, [one], day=date(2022, 3, 17), by=None, now=LATER)
    ended = line(db, one)
    assert (ended.standing.state, ended.contact.end_reason) == (ContactState.ENDED, EndOfQuarantineReason.ASYMPTOMATIC)
    with pytest.raises(UserError) as again:
        end_quarantines(db, [one], day=date(2022, 3, 17), by=None, now=LATER)
    assert again.value.code == "contacts.closed"
    drop_contacts(db, [two], "Chỉ gặp ngoài trời, có khẩu trang", by=None, now=NOW)
    dropped = line(db, two)
    assert dropped.standing.state is ContactState.DROPPED and "khẩu trang" in dropped.contact.note
    enter(db, second, case)  # a denied one may be entered anew
    reopen_contact(db, one, "Bấm nhầm", by=None, now=LATER)
    assert line(db, one).contact.status is ContactStatus.ACTIVE
    for day, code in (
        (LATER.date() + timedelta(days=1), "contacts.end_future"),
        (date(2022, 3, 9), "contacts.end_early"),
    ):
        with pytest.raises(Refused) as trouble:
            end_quarantines(db, [one], day=day, by=None, now=LATER)
        assert refused(trouble) == [code]


def test_a_contact_becomes_a_case_and_keeps_its_history(db: Database, catalog: Catalog) -> None:
    case, (other, second) = household(db)
    one = enter(db, other, case, doses_known=3)
    held = add_contact_test(db, [one], positive_on(date(2022, 3, 12)), by=None, now=LATER).value[0]
    made = contact_becomes_case(db, one, positive_on(date(2022, 3, 12)), catalog=catalog, by=None, now=LATER).value
    assert (made.found_in, made.from_contact_id, made.doses_known) == (FoundIn.QUARANTINE, one, 3)
    assert made.report_date == date(2022, 3, 12)
    assert [test.voids for test in made.tests] == [held]  # the same swab counts once
    found = line(db, one)
    assert found.contact.status is ContactStatus.CONVERTED and found.contact.became_episode_id == made.id
    assert found.contact.end_reason is EndOfQuarantineReason.ISOLATED_AS_CASE
    # its own household is offered: the other one who is no contact yet
    assert [one.person_id for one in propose_household(db, made.id, catalog, LATER.date())] == [second]
    with pytest.raises(UserError) as again:
        contact_becomes_case(db, one, positive_on(date(2022, 3, 12)), catalog=catalog, by=None, now=LATER)
    assert again.value.code == "contacts.became_case"
    with pytest.raises(Refused) as no_positive:
        contact_becomes_case(db, one, negative(TODAY), catalog=catalog, by=None, now=LATER)
    assert refused(no_positive) == ["contacts.needs_positive"]


def test_registering_a_case_converts_all_their_running_contacts(db: Database, catalog: Catalog) -> None:
    case, (other, _second) = household(db)
    neighbour_case = register(db, f0(neighbour(60)))
    one, two = enter(db, other, case), enter(db, other, neighbour_case)
    person = get_person(db, other)
    assert person is not None
    made = register(db, replace(f0(person), person_id=other))
    states = [
        found.standing.state for found in contacts_of_person(db, other, quarantine_rules(db, catalog), today=TODAY)
    ]
    assert states == [ContactState.CONVERTED, ContactState.CONVERTED]
    kept = get_episode(db, made.id)
    assert kept is not None and (kept.from_contact_id, kept.found_in) == (one, FoundIn.QUARANTINE)
    assert line(db, two).contact.became_episode_id == made.id


def test_an_edit_counts_the_days_anew_where_they_are_left_open(db: Database, catalog: Catalog) -> None:
    case, (other, _second) = household(db)
    one = enter(db, other, case)
    held = line(db, one).contact
    told = replace(held, doses_known=2, last_dose_on=date(2022, 1, 5), quarantine_days=None)
    assert edit_contact(db, one, told, catalog=catalog, by=None, now=NOW).value.quarantine_until == date(2022, 3, 15)
    kept = replace(held, quarantine_days=9)
    assert edit_contact(db, one, kept, catalog=catalog, by=None, now=NOW).value.quarantine_until == date(2022, 3, 19)


def test_in_july_2026_a_contact_watches_themselves_unless_the_head_decides(db: Database, catalog: Catalog) -> None:
    now = datetime(2026, 7, 10, 9, 0, tzinfo=NOW.tzinfo)
    person = register_person(db, neighbour(1), catalog=catalog, by=None, now=now).value
    draft = ContactDraft(source_words="F0 ở xã bên", last_contact_on=date(2026, 7, 9))
    one = add_contacts(db, [NewContact(person_id=person.id, contact=draft)], catalog=catalog, by=None, now=now).value[0]
    found = line(db, one, now.date())
    assert (found.standing.state, found.lacks_order) == (ContactState.SELF_WATCH, False)
    assert found.contact.quarantine_start is None and found.contact.quarantine_until == date(2026, 7, 19)
    told = replace(found.contact, quarantine_type=QuarantineType.HOME, quarantine_days=None)
    edit_contact(db, one, told, catalog=catalog, by=None, now=now)
    found = line(db, one, now.date())
    assert (found.standing.state, found.lacks_order) == (ContactState.WATCHED, True)
    assert found.contact.quarantine_until == date(2026, 7, 16)


def test_the_list_filters_by_standing_hamlet_words_and_case(db: Database, catalog: Catalog) -> None:
    case, (other, second) = household(db)
    one, two = enter(db, other, case), enter(db, second, None, source_words="F0 ở Noong Hẻo")
    rules = quarantine_rules(db, catalog)

    def ids(wanted: ContactFilter, today: date = TODAY) -> set[UUID]:
        found = list_contacts(db, wanted, rules=rules, today=today)
        return {line.id for line in found.lines(0, 100)}

    assert ids(ContactFilter()) == {one, two}
    assert ids(ContactFilter(source_episode_id=case.id)) == {one}
    assert ids(ContactFilter(ContactView.TEST_DUE)) == set()
    assert ids(ContactFilter(ContactView.TEST_DUE), LATER.date()) == {one, two}
    assert ids(ContactFilter(ContactView.NEEDS_ORDER)) == {one, two}
    assert ids(ContactFilter(typed="cheo lo may")) == {one}
    drop_contacts(db, [two], "Ghi nhầm", by=None, now=NOW)
    assert ids(ContactFilter(ContactView.ENDED)) == {two}
    counts = count_contacts(db, rules, today=TODAY)
    assert (counts[ContactView.ACTIVE], counts[ContactView.ENDED], counts[ContactView.ALL]) == (1, 1, 2)


def test_a_station_rule_of_its_own_speaks_for_the_next_contact(db: Database, catalog: Catalog) -> None:
    case, (other, second) = household(db)
    before = enter(db, other, case)
    shipped = (resources() / "rules" / "quarantine.toml").read_text(encoding="utf-8")
    body = shipped.split('id = "vn-quarantine-2022-02-21"')[1].split("[[rule]]")[0].replace("days = 7", "days = 8", 1)
    edit = RuleEdit(rule_id="vn-quarantine-2022-02-21", body=body, confirmed=False, reason="Công văn của tỉnh")
    edit_rule(
        db,
        Family.QUARANTINE,
        edit,
        shipped=catalog.quarantine_rules,
        make=read_quarantine_rule,
        by=None,
        now=NOW,
    )
    after = enter(db, second, case)
    assert line(db, before).contact.quarantine_until == date(2022, 3, 17)
    assert line(db, after).contact.quarantine_until == date(2022, 3, 18)
    assert line(db, after).contact.quarantine_rule == "vn-quarantine-2022-02-21@1"


def test_asking_after_their_health_takes_them_off_the_days_list(db: Database, catalog: Catalog) -> None:
    case, (other, second) = household(db)
    one, two = enter(db, other, case), enter(db, second, case)
    assert {found.id for found in due_contacts(db, catalog, TODAY).visits} == {one, two}
    assert record_contact_checks(db, [one], ContactCheck(temperature=368), by=None, now=NOW).value == 1
    assert [found.id for found in due_contacts(db, catalog, TODAY).visits] == [two]
    assert {found.id for found in due_contacts(db, catalog, TODAY + timedelta(days=1)).visits} == {one, two}
    for bad, code in (
        (ContactCheck(temperature=520), "rounds.temperature_impossible"),
        (ContactCheck(status=VisitStatus.UNAVAILABLE), "contacts.reason_missing"),
        (ContactCheck(status=VisitStatus.UNAVAILABLE, note="Đi nương", temperature=370), "contacts.met_or_not"),
    ):
        with pytest.raises(Refused) as trouble:
            record_contact_checks(db, [one, two], bad, by=None, now=NOW)
        assert code in refused(trouble)
    assert [found.id for found in due_contacts(db, catalog, TODAY).visits] == [two]


def test_the_sheet_bears_what_was_found_on_each_day(db: Database, catalog: Catalog) -> None:
    case, (other, _second) = household(db)
    one = enter(db, other, case)
    tomorrow = NOW + timedelta(days=1)
    for check in (
        ContactCheck(temperature=368, symptoms=frozenset({"cough"})),
        ContactCheck(temperature=381, symptoms=frozenset({"fever"})),
    ):
        record_contact_checks(db, [one], check, by=None, now=tomorrow, again=True)
    (page,) = PdfReader(BytesIO(contact_sheets_pdf(db, [one], catalog, today=TODAY))).pages
    words = " ".join(page.extract_text().split())
    assert "1 11/03 38,1 X X X 2 12/03" in words  # fever, cough, suspected
    assert "10 20/03" in words and "11 21/03" not in words  # ten days of watching in all


def test_a_case_entered_by_mistake_gives_the_contact_back(db: Database, catalog: Catalog) -> None:
    case, (other, _second) = household(db)
    one = enter(db, other, case)
    made = contact_becomes_case(db, one, positive_on(TODAY), catalog=catalog, by=None, now=NOW).value
    wrong = OutcomeDraft(ending=Ending.NO_CASE, reason="Ghi nhầm người")
    record_outcome(db, made.id, wrong, catalog=catalog, by=None, by_name="Lò Thị Mai", now=NOW)
    back = line(db, one).contact
    assert (back.status, back.became_episode_id, back.ended_on) == (ContactStatus.ACTIVE, None, None)
    reopen_case(db, made.id, by=None, by_name="Lò Thị Mai", now=NOW)
    assert line(db, one).contact.became_episode_id == made.id
