"""Births, deaths, moves, partings, arrivals and departures of one household; what is refused, what is taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.households import (
    HouseholdFilter,
    HouseholdView,
    count_households,
    household_page,
    list_households,
)
from covidstation.db.queries.people import find_people, get_person
from covidstation.db.queries.places import households
from covidstation.db.queries.population import flows_between, population_on
from covidstation.db.queries.residence import lives_of, moves_in, moves_of_household
from covidstation.db.rows import ContactRow, HouseholdRow, JournalRow, PersonRow
from covidstation.domain.age_groups import age_groups_on
from covidstation.domain.care import ContactStatus
from covidstation.domain.dates import PartialDate
from covidstation.domain.ops import decode_op
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.residence import Living, Relation
from covidstation.errors import Refused, UserError
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.households.coming import ArrivalDraft, BirthDraft, record_arrival, record_birth
from covidstation.services.households.leaving import (
    DeathDraft,
    DepartureDraft,
    record_death,
    record_departure,
    undo_change,
)
from covidstation.services.households.moving import (
    MoveDraft,
    edit_household,
    move_household,
    move_people,
    set_relation,
    settle_person,
)
from covidstation.services.households.paper import population_pdf
from covidstation.services.people import make_head
from covidstation.services.places import add_hamlet
from tests.services.outbreak import WHO, enter_household
from tests.services.samples import NOW, TODAY, catalog, f0, register

ACT = {**WHO, "now": NOW}
AGES = age_groups_on(catalog().age_groups, TODAY)
LAST_WEEK, YESTERDAY = TODAY - timedelta(7), TODAY - timedelta(1)


def moves_of_person(db, person_id):
    with db.read() as session:
        return moves_in(session, person_id)


class Home:
    """Giàng A Sử, his wife Dợ, their son Tủa with his wife Mỷ; all have lived in Nậm Ngá for ever."""

    def __init__(self, db) -> None:
        self.db = db
        self.hamlet = add_hamlet(db, "Bản Nậm Ngá", by=None, now=NOW).value
        self.other = add_hamlet(db, "Bản Pa Khoá", by=None, now=NOW).value
        found = self.arrive(hamlet_id=self.hamlet, person=person("Giàng A Sử", 1950), address="Nhóm 1")
        self.su, self.id = found.person_id, found.household_id
        self.do = self.join("Vàng Thị Dợ", 1953, Relation.SPOUSE, Sex.FEMALE)
        self.tua = self.join("Giàng A Tủa", 1978, Relation.CHILD)
        self.my = self.join("Sùng Thị Mỷ", 1981, Relation.CHILD_IN_LAW, Sex.FEMALE)

    def arrive(self, **fields):
        return record_arrival(self.db, ArrivalDraft(**fields), catalog=catalog(), **ACT).value

    def join(self, name, year, relation, sex=Sex.MALE, **more):
        return self.arrive(household_id=self.id, person=person(name, year, sex), relation=relation, **more).person_id

    def page(self, home=None):
        return household_page(self.db, home or self.id, day=TODAY)

    def told(self, home=None):
        return {one.full_name: one.relation for one in self.page(home).members}

    def stand(self, one):
        with self.db.read() as session:
            row = session.scalars(select(PersonRow).where(PersonRow.id == one)).one()
            return row.living, row.hamlet_id, row.household_id

    def moved(self, *people, **fields):
        return move_people(self.db, MoveDraft(**{"people": people, "day": TODAY} | fields), **ACT).value

    def left(self, *people, **fields):
        return record_departure(self.db, DepartureDraft(**{"people": people, "day": TODAY} | fields), **ACT).value

    def died(self, one, **fields):
        return record_death(self.db, DeathDraft(**{"person_id": one, "day": TODAY} | fields), **ACT).value

    def undo(self, act):
        return undo_change(self.db, act, **ACT).value


def person(name, year, sex=Sex.MALE):
    return PersonDraft(full_name=name, birth=PartialDate(year), sex=sex)


@pytest.fixture
def home(db):
    return Home(db)


def code_of(call):
    with pytest.raises((Refused, UserError)) as caught:
        call()
    trouble = caught.value
    return trouble.problems[0].code if isinstance(trouble, Refused) else trouble.code


def test_who_has_lived_there_all_along_came_from_nowhere(home):
    page = home.page()
    assert (page.head, page.hamlet, page.address) == ("Giàng A Sử", "Nậm Ngá", "Nhóm 1")
    assert page.members[0].full_name == "Giàng A Sử"
    assert home.told()["Sùng Thị Mỷ"] is Relation.CHILD_IN_LAW
    assert moves_of_household(home.db, home.id) == ()
    assert population_on(home.db, date(2000, 1, 1)).total == 4
    assert population_on(home.db, date(1979, 1, 1)).total == 3  # Mỷ was not born
    assert flows_between(home.db, date(1981, 1, 1), date(1981, 12, 31)).born == 1


def test_a_part_of_the_household_founds_its_own_and_tells_anew_what_they_are(home):
    child = home.join("Giàng A Pó", 2004, Relation.GRANDCHILD)
    new = home.moved(home.tua, home.my, child, hamlet_id=home.other, address="Nhóm 4", head_id=home.tua)
    assert home.told(new) == {
        "Giàng A Tủa": Relation.UNKNOWN,
        "Sùng Thị Mỷ": Relation.UNKNOWN,
        "Giàng A Pó": Relation.UNKNOWN,
    }
    assert set(home.told()) == {"Giàng A Sử", "Vàng Thị Dợ"}
    assert home.page(new).address == "Nhóm 4"
    assert population_on(home.db, TODAY, home.other).total == 3
    assert population_on(home.db, YESTERDAY, home.other).total == 0
    assert population_on(home.db, YESTERDAY).total == population_on(home.db, TODAY).total == 5
    told = moves_of_person(home.db, child)
    assert [(one.before.head, one.before.hamlet, one.after.head, one.after.hamlet) for one in told] == [
        ("Giàng A Sử", "Nậm Ngá", "Giàng A Tủa", "Pa Khoá")
    ]
    assert find_people(home.db, "po pa khoa")[0].household_head == "Giàng A Tủa"


def test_the_head_who_goes_leaves_the_house_to_somebody_who_stays(home):
    assert code_of(lambda: home.moved(home.su, hamlet_id=home.other)) == "households.head_missing"
    assert code_of(lambda: home.moved(home.su, hamlet_id=home.other, new_head=home.su)) == "households.head_missing"
    assert home.page().head == "Giàng A Sử"  # nothing of it was kept
    home.moved(home.su, hamlet_id=home.other, new_head=home.do)
    assert home.page().head == "Vàng Thị Dợ"
    assert home.told() == {
        "Vàng Thị Dợ": Relation.UNKNOWN,
        "Giàng A Tủa": Relation.CHILD,
        "Sùng Thị Mỷ": Relation.CHILD_IN_LAW,
    }


def test_a_whole_house_joins_another_and_is_no_longer_listed(home):
    new = home.moved(home.tua, home.my, hamlet_id=home.hamlet, head_id=home.tua)
    home.moved(home.su, home.do, household_id=new)
    assert len(home.page(new).members) == 4
    assert home.page(new).head == "Giàng A Tủa"
    counts = count_households(home.db, day=TODAY, ages=AGES)
    assert (counts[HouseholdView.LIVED_IN], counts[HouseholdView.EMPTY]) == (1, 1)
    assert [one.id for one in list_households(home.db, HouseholdFilter(), day=TODAY, ages=AGES).lines(0, 9)] == [new]
    assert [one.people for one in households(home.db, home.hamlet) if one.people] == [4]


def test_nobody_is_in_two_households(home):
    lone = home.arrive(hamlet_id=home.other, person=person("Tao Văn Phớ", 1960)).household_id
    again = ArrivalDraft(household_id=lone, person_id=home.my)
    assert code_of(lambda: record_arrival(home.db, again, catalog=catalog(), **ACT)) == "households.lives_in"
    assert code_of(lambda: home.moved(home.my, household_id=home.id)) == "households.there_already"
    home.moved(home.my, household_id=lone)
    assert "Sùng Thị Mỷ" not in home.told() and "Sùng Thị Mỷ" in home.told(lone)


def test_a_house_goes_to_another_hamlet_with_all_and_comes_back(home):
    go = dict(day=TODAY, **ACT)
    assert code_of(lambda: move_household(home.db, home.id, home.hamlet, "", **go)) == "households.same_hamlet"
    move_household(home.db, home.id, home.other, "Nhóm 9", **go)
    page = home.page()
    assert (page.hamlet, page.address, page.head) == ("Pa Khoá", "Nhóm 9", "Giàng A Sử")
    assert home.told()["Giàng A Tủa"] is Relation.CHILD
    assert population_on(home.db, YESTERDAY).by_hamlet() == {home.hamlet: 4}
    assert population_on(home.db, TODAY).by_hamlet() == {home.other: 4}
    assert home.undo(moves_of_household(home.db, home.id)[0].act) == 4
    assert (home.page().hamlet, home.page().address) == ("Nậm Ngá", "Nhóm 1")
    assert population_on(home.db, TODAY).by_hamlet() == {home.hamlet: 4}


def test_a_child_is_born_into_the_house_on_the_day_of_its_birth(home):
    child = replace(person("Giàng Thị Pà", 2022, Sex.FEMALE), birth=PartialDate.of(LAST_WEEK))
    draft = BirthDraft(household_id=home.id, person=child, place="Trạm Y tế")
    born = record_birth(home.db, draft, catalog=catalog(), **ACT).value
    assert home.stand(born) == ("PERMANENT", home.hamlet, home.id)
    assert [population_on(home.db, day).total for day in (LAST_WEEK - timedelta(1), LAST_WEEK)] == [4, 5]
    assert population_on(home.db, TODAY).count(end=1) == 1
    assert flows_between(home.db, LAST_WEEK, LAST_WEEK).born == 1
    for birth in (None, PartialDate(2022), PartialDate(2022, 3)):
        wrong = replace(draft, person=replace(child, birth=birth))
        assert code_of(lambda wrong=wrong: record_birth(home.db, wrong, catalog=catalog(), **ACT)) == (
            "households.birth_day"
        )
    empty = home.moved(home.my, hamlet_id=home.other)
    home.left(home.my)
    nobody = replace(draft, household_id=empty)
    assert code_of(lambda: record_birth(home.db, nobody, catalog=catalog(), **ACT)) == "households.empty_home"


def test_who_leaves_and_comes_back_is_counted_where_they_were(home):
    home.left(home.my, day=LAST_WEEK, place="Bình Dương")
    assert home.stand(home.my) == ("LEFT", home.hamlet, None)
    assert code_of(lambda: home.moved(home.my, hamlet_id=home.other)) == "households.not_here"
    assert code_of(lambda: home.left(home.my)) == "households.not_here"
    back = ArrivalDraft(household_id=home.id, person_id=home.my, relation=Relation.CHILD_IN_LAW)
    assert code_of(lambda: record_arrival(home.db, back, catalog=catalog(), **ACT)) == "households.day_missing"
    record_arrival(home.db, replace(back, day=YESTERDAY, living=Living.TEMPORARY), catalog=catalog(), **ACT)
    days = [LAST_WEEK - timedelta(1), LAST_WEEK, YESTERDAY - timedelta(1), YESTERDAY, TODAY]
    assert [population_on(home.db, day).total for day in days] == [4, 3, 3, 4, 4]
    flows = flows_between(home.db, LAST_WEEK, TODAY)
    assert (flows.left, flows.came, flows.net) == (1, 1, 0)
    settle_person(home.db, home.my, Living.PERMANENT, day=TODAY, **ACT)
    assert [one.kind for one in moves_of_person(home.db, home.my)] == ["SETTLED", "CAME", "LEFT"]
    assert population_on(home.db, TODAY).total == 4


def test_a_death_ends_the_quarantine_and_is_written_once(home):
    source = register(home.db, f0(person("Lò Thị Mai", 1990, Sex.FEMALE), new_household_head="Lò Thị Mai"))
    contact = enter_household(home.db, source, (30,))[0]
    with home.db.read() as session:
        one = session.scalars(select(ContactRow).where(ContactRow.id == contact)).one().person_id
    home.died(one, day=TODAY, note="tuổi già")
    with home.db.read() as session:
        row = session.scalars(select(ContactRow).where(ContactRow.id == contact)).one()
    assert row.status != ContactStatus.ACTIVE.value
    assert home.stand(one)[0] == "DIED"
    for act in (lambda: home.died(one), lambda: home.left(one), lambda: home.moved(one, household_id=home.id)):
        assert code_of(act) == "households.not_here"
    arrive = ArrivalDraft(household_id=home.id, person_id=one, day=TODAY)
    assert code_of(lambda: record_arrival(home.db, arrive, catalog=catalog(), **ACT)) == "households.died"


def test_an_f0_dies_and_leaves_in_the_illness_alone_and_is_counted_once(home):
    ill = get_person(home.db, home.su)
    draft = PersonDraft(**{name: getattr(ill, name) for name in PersonDraft.__dataclass_fields__})
    episode = register(home.db, f0(draft, LAST_WEEK, person_id=home.su))
    assert code_of(lambda: home.died(home.su, new_head=home.do)) == "households.dies_as_f0"
    assert code_of(lambda: home.left(home.su, new_head=home.do)) == "households.leaves_as_f0"
    died = OutcomeDraft(ending=Ending.DIED, on=YESTERDAY, place="Tại nhà", cause="Suy hô hấp")
    record_outcome(home.db, episode.id, died, catalog=catalog(), **ACT)
    assert [population_on(home.db, day).total for day in (YESTERDAY - timedelta(1), YESTERDAY, TODAY)] == [4, 3, 3]
    assert flows_between(home.db, YESTERDAY, YESTERDAY).died == 1
    assert code_of(lambda: home.died(home.su)) == "households.died"
    assert [one.full_name for one in home.page().members if one.dead] == ["Giàng A Sử"]
    assert count_households(home.db, day=TODAY, ages=AGES)[HouseholdView.NO_HEAD] == 1
    edit_household(home.db, home.id, address="", head_id=home.tua, by=None, now=NOW)
    assert home.told()["Sùng Thị Mỷ"] is Relation.UNKNOWN
    assert count_households(home.db, day=TODAY, ages=AGES)[HouseholdView.NO_HEAD] == 0


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (None, "households.day_missing"),
        (TODAY + timedelta(1), "households.day_future"),
        (date(1940, 1, 1), "households.before_birth"),
        (LAST_WEEK - timedelta(1), "households.later_change"),
    ],
)
def test_a_day_that_cannot_be_is_refused_beside_its_field(home, day, code):
    settle_person(home.db, home.my, Living.TEMPORARY, day=LAST_WEEK, **ACT)
    for act in (
        lambda: home.moved(home.my, hamlet_id=home.other, day=day),
        lambda: home.left(home.my, day=day),
        lambda: home.died(home.my, day=day),
        lambda: settle_person(home.db, home.my, Living.PERMANENT, day=day, **ACT),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert [(one.field, one.code) for one in caught.value.problems] == [("day", code)]
    assert home.stand(home.my) == ("TEMPORARY", home.hamlet, home.id)


def test_what_is_missing_is_asked_for(home):
    assert code_of(lambda: home.moved(hamlet_id=home.other)) == "households.nobody"
    assert code_of(lambda: home.moved(home.my)) == "households.hamlet_missing"
    assert code_of(lambda: home.moved(home.tua, home.my, hamlet_id=home.other)) == "households.new_head_missing"
    assert code_of(lambda: home.moved(new_id(), hamlet_id=home.other)) == "people.unknown_person"
    assert code_of(lambda: home.moved(home.my, household_id=new_id())) == "people.no_household"
    wrong = dict(address="", by=None, now=NOW)
    assert code_of(lambda: edit_household(home.db, home.id, head_id=new_id(), **wrong)) == "households.head_not_member"
    assert code_of(lambda: set_relation(home.db, home.su, Relation.CHILD, by=None, now=NOW)) == "households.is_head"


def test_the_newest_act_can_be_taken_back_and_no_older_one(home):
    away = home.left(home.su, home.do, day=LAST_WEEK, new_head=home.tua)
    assert home.page().head == "Giàng A Tủa"
    assert home.undo(away) == 2
    assert home.page().head == "Giàng A Sử" and home.told()["Vàng Thị Dợ"] is Relation.SPOUSE
    assert population_on(home.db, LAST_WEEK).total == population_on(home.db, TODAY).total == 4
    assert code_of(lambda: home.undo(away)) == "households.undone_already"
    assert moves_of_household(home.db, home.id) == ()
    first = home.left(home.my, day=LAST_WEEK)
    back = ArrivalDraft(household_id=home.id, person_id=home.my, day=YESTERDAY)
    record_arrival(home.db, back, catalog=catalog(), **ACT)
    assert code_of(lambda: home.undo(first)) == "households.undo_later"
    assert [one.undoable for one in moves_of_person(home.db, home.my)] == [True, False]


def test_who_was_entered_by_mistake_counts_nowhere(home):
    one = home.join("Người Nhầm", 1990, Relation.OTHER_KIN, day=LAST_WEEK)
    assert population_on(home.db, TODAY).total == 5
    home.undo(moves_of_person(home.db, one)[0].act)
    assert home.stand(one) == ("NEVER", home.hamlet, None)
    assert [population_on(home.db, day).total for day in (LAST_WEEK, TODAY)] == [4, 4]
    assert flows_between(home.db, LAST_WEEK, TODAY).came == 0


def test_a_place_that_was_corrected_since_is_not_overwritten_by_taking_back(home):
    new = home.moved(home.my, hamlet_id=home.other)
    act = moves_of_person(home.db, home.my)[0].act
    with home.db.write(None, NOW) as session:
        session.scalars(select(PersonRow).where(PersonRow.id == home.my)).one().household_id = home.id
    assert code_of(lambda: home.undo(act)) == "households.undo_edited"
    assert home.page(new).members == ()


def test_one_act_is_one_transaction_with_its_lines(home):
    home.moved(home.tua, home.my, hamlet_id=home.other, head_id=home.tua)
    with home.db.read() as session:
        lines = [decode_op(row.line) for row in session.scalars(select(JournalRow).order_by(JournalRow.seq))]
        first = lines[-1].first_of_transaction
    act = [(op.table, op.action) for op in lines if first in (op.seq, op.first_of_transaction)]
    assert act.count(("residence", "i")) == 2 and ("household", "i") in act and ("person", "u") in act
    refused = len(lines)
    code_of(lambda: home.moved(home.su, home.do, hamlet_id=home.other))
    with home.db.read() as session:
        assert len(session.scalars(select(JournalRow.seq)).all()) == refused


def test_another_head_tells_the_house_anew(home):
    make_head(home.db, home.tua, by=None, now=NOW)
    assert home.told() == {
        "Giàng A Tủa": Relation.UNKNOWN,
        "Giàng A Sử": Relation.PARENT,
        "Vàng Thị Dợ": Relation.PARENT,
        "Sùng Thị Mỷ": Relation.UNKNOWN,
    }
    set_relation(home.db, home.my, Relation.SPOUSE, by=None, now=NOW)
    assert home.told()["Sùng Thị Mỷ"] is Relation.SPOUSE


def test_lists_find_a_house_by_anybody_in_it_and_by_its_view(home):
    home.arrive(hamlet_id=home.other, person=person("Lù Thị Inh", 1940, Sex.FEMALE))

    def heads(view=HouseholdView.LIVED_IN, **wanted):
        found = list_households(home.db, HouseholdFilter(view, **wanted), day=TODAY, ages=AGES)
        return [one.head for one in found.lines(0, len(found))]

    assert heads() == ["Lù Thị Inh", "Giàng A Sử"]
    assert heads(typed="tua") == ["Giàng A Sử"]
    assert heads(hamlet_id=home.other) == heads(HouseholdView.ALONE) == heads(HouseholdView.ELDERS) == ["Lù Thị Inh"]
    line = list_households(home.db, HouseholdFilter(typed="su"), day=TODAY, ages=AGES).lines(0, 1)[0]
    assert (line.people, line.elders, line.children, line.temporary, line.cases) == (4, 2, 0, 0, 0)


def test_lives_are_read_for_many_at_once(home):
    with home.db.read() as session:
        lives = lives_of(session, [home.su, home.do, home.su])
        assert set(lives) == {home.su, home.do}
        assert session.scalars(select(HouseholdRow.head_id)).one() == home.su


def test_the_population_is_printed(home):
    home.left(home.my, day=TODAY)
    pdf = population_pdf(home.db, TODAY, catalog=catalog(), today=TODAY)
    assert pdf.startswith(b"%PDF")
    assert code_of(lambda: population_pdf(home.db, TODAY + timedelta(1), catalog=catalog(), today=TODAY)) == (
        "households.day_future"
    )


def test_who_was_chosen_as_head_since_stays_it_when_a_change_within_the_house_is_taken_back(home):
    act = {**ACT, "day": YESTERDAY}
    settle_person(home.db, home.su, Living.TEMPORARY, **act)
    newest = moves_of_person(home.db, home.su)[0].act
    edit_household(home.db, home.id, address="Nhóm 1", head_id=home.tua, by=None, now=NOW)
    undo_change(home.db, newest, **ACT)
    page = household_page(home.db, home.id, day=TODAY)
    assert page.head_id == home.tua and sum(one.is_head for one in page.members) == 1


def test_who_comes_back_lives_where_the_house_is_by_now(home):
    """The house went to another hamlet while somebody was written as gone: nobody lives in two hamlets."""
    away = home.left(home.my, day=LAST_WEEK)
    move_household(home.db, home.id, home.other, "Khu mới", day=YESTERDAY, **ACT)
    home.undo(away)
    assert home.stand(home.my)[1:] == (home.other, home.id)
    assert (
        population_on(home.db, TODAY, home.other).total == 4 and population_on(home.db, TODAY, home.hamlet).total == 0
    )
