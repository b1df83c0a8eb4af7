"""What a person's page says of contacts: the chip, and the offer to enter the household."""

import pytest

from covidstation.domain.contacts import ContactDraft
from covidstation.domain.episodes import QuarantineType
from covidstation.domain.people import PersonDraft
from covidstation.services.contacts.register import NewContact, add_contacts
from covidstation.services.people import register_person
from covidstation.ui.person.page import OnePerson
from tests.ui.contacts.test_contacts_ui import enter_members
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def page(desk, shown):
    made = OnePerson(desk)
    made.resize(1166, 680)
    shown(made)
    return made


def test_the_household_of_a_case_is_offered_until_somebody_of_it_is_entered(desk, page, village):
    page.show_person(village.mai)
    assert page.banner.text() == ""  # she lives alone
    enter_members(desk, village)
    page.show_person(village.mai)
    assert page.banner.text() == "Trong hộ còn 2 người chưa ghi là F1."
    person = register_person(
        desk.register.db, PersonDraft(full_name="Sùng A Lềnh"), catalog=catalog(), by=None, now=NOW
    )
    draft = ContactDraft(source_episode_id=village.mai_episode, last_contact_on=NOW.date())
    new = NewContact(person_id=person.value.id, contact=draft)
    add_contacts(desk.register.db, [new], catalog=catalog(), by=None, now=NOW)
    page.show_person(village.mai)
    assert page.banner.text() == ""


@pytest.mark.parametrize(("kind", "words"), [(QuarantineType.HOME, "F1 ngày 0"), (None, "F1 tự theo dõi, ngày 0")])
def test_the_head_says_that_somebody_is_a_contact(desk, page, village, kind, words):
    draft = ContactDraft(source_episode_id=village.mai_episode, last_contact_on=NOW.date(), quarantine_type=kind)
    new = NewContact(person_id=village.my, contact=draft)
    add_contacts(desk.register.db, [new], catalog=catalog(), by=None, now=NOW)
    page.show_person(village.my)
    assert page.header._found[0][0] == words
