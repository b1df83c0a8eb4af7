"""Coverage, counted a second time by plain Python out of what the program exports; targets and the plan of doses."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.population import population_on
from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.rows import HamletRow, PersonRow, VaccineDoseRow
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.coverage import LEVELS, Coverage, CoverageCell, Level, Share
from covidstation.domain.vaccination.goals import GoalDraft, check_goal, progress_of
from covidstation.domain.vaccination.states import DueKind
from covidstation.errors import Refused, UserError
from covidstation.messages.vaccine_coverage import percent_text, risk_words
from covidstation.services.exchange.fhir import begin_span_fhir
from covidstation.services.exchange.growing import run_whole
from covidstation.services.exchange.wish import SpanWish
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.vaccination.coverage import (
    Part,
    look_at_coverage,
)
from covidstation.services.vaccination.coverage_papers import coverage_pdf, coverage_xlsx
from covidstation.services.vaccination.due import due_list
from covidstation.services.vaccination.plan import dose_plan
from covidstation.services.vaccination.targets import (
    add_target,
    close_target,
    edit_target,
    vaccination_targets,
)
from tests.services.samples import NOW, TODAY, USER, catalog
from tests.services.test_tables import cells
from tests.services.vaccination.aims import GOAL

PFIZER, ABDALA, JANSSEN = "EU/1/20/1528", "Abdala", "EU/1/20/1525"
BASIC = {PFIZER: 2, ABDALA: 3, JANSSEN: 1}
PLAIN = {"catalog": catalog(), "now": NOW}
WHO = {"by": None, "by_name": USER, "now": NOW}
PEOPLE = 240


@pytest.fixture
def commune(db):
    """People of three hamlets with none to five doses, two months apart: what each had is plain to see."""
    luck, found = Random(11), []
    hamlets = [new_id() for _ in range(3)]
    with db.write(None, NOW) as session:
        session.add_all(HamletRow(id=one, name=f"Bản {at}") for at, one in enumerate(hamlets))
        for number in range(PEOPLE):
            born = TODAY - timedelta(luck.randrange(200, 33000))
            row = PersonRow(id=new_id(), full_name=f"Người {number}", sort_key=f"{number:04}")
            row.sex, row.hamlet_id = luck.choice(("MALE", "FEMALE")), luck.choice(hamlets)
            row.birth_year, row.birth_month, row.birth_day = born.year, born.month, born.day
            row.conditions = ["hypertension"] if luck.random() < 0.2 else []
            session.add(row)
            found.append(row.id)
            product, day = luck.choice((PFIZER, ABDALA, JANSSEN)), TODAY - timedelta(luck.randrange(320, 420))
            for at in range(luck.choice((0, 0, 1, 2, 3, 4, 5))):
                dose = VaccineDoseRow(id=new_id(), person_id=row.id, product=product, source="CARD")
                basic = at < BASIC[product]
                dose.dose_class = "PRIMARY" if basic else "BOOSTER"
                dose.number = at + 1 if basic else at + 1 - BASIC[product]
                dose.given_year, dose.given_month, dose.given_day = day.year, day.month, day.day
                session.add(dose)
                day += timedelta(60)
    return found


def exported(db, tmp_path):
    """Of each person of a FHIR export: sex, birth, the days of doses with their vaccines, oldest first."""
    path = tmp_path / "all.json"
    wish = SpanWish(first=date(2020, 1, 1), last=TODAY, receiver="CDC Lai Châu")
    run_whole(begin_span_fhir(db, wish, path, catalog=catalog(), by=None, now=NOW).value)
    resources = [one["resource"] for one in json.loads(path.read_text(encoding="utf-8"))["entry"]]
    doses = defaultdict(list)
    for one in resources:
        if one["resourceType"] == "Immunization":
            who = one["patient"]["reference"].rsplit("/", 1)[-1].removeprefix("urn:uuid:")
            codes = {coding["code"] for coding in one["vaccineCode"]["coding"]}
            (product,) = codes & set(BASIC)
            doses[who].append((date.fromisoformat(one["occurrenceDateTime"][:10]), product))
    people = {one["id"]: one for one in resources if one["resourceType"] == "Patient"}
    return {
        who: (people[who]["gender"], date.fromisoformat(people[who]["birthDate"]), sorted(had))
        for who, had in doses.items()
    }


def counted_again(found, day):
    """How many have each level, and by sex and decade of age: with no word of the program's own."""
    sums, sexes, decades = Counter(), Counter(), Counter()
    for sex, born, doses in found.values():
        had = [one for one in doses if one[0] <= day]
        if not had:
            continue
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        needed = BASIC[had[0][1]]
        for level, at in ((Level.FIRST, 1), (Level.BASIC, needed), (Level.BOOSTER, needed + 1)):
            if len(had) >= at:
                sums[level] += 1
                sexes[sex, level] += 1
                decades[age // 10, level] += 1
        sums[Level.BOOSTER2] += len(had) >= needed + 2
    return sums, sexes, decades


@pytest.mark.parametrize("ago", [0, 45, 133, 260, 400])
def test_the_figures_are_those_of_an_export_counted_by_hand(db, commune, tmp_path, ago):
    day = TODAY - timedelta(ago)
    look = look_at_coverage(db, day, **PLAIN)
    sums, sexes, decades = counted_again(exported(db, tmp_path), day)
    assert look.whole.people == population_on(db, day).total
    for level in (Level.FIRST, Level.BASIC, Level.BOOSTER, Level.BOOSTER2):
        assert look.whole.count(level) == sums[level]
    for sex, share in look.coverage.by(lambda cell: cell.sex).items():
        assert share.count(Level.BASIC) == sexes[sex.value.lower(), Level.BASIC]
    for decade, share in look.coverage.by(lambda cell: None if cell.age is None else cell.age // 10).items():
        assert share.count(Level.BOOSTER) == decades[decade, Level.BOOSTER]
    for part in (Part.HAMLET, Part.AGE, Part.SEX, Part.GROUP):
        *lines, whole = look.lines(part)
        assert sum(line.share.people for line in lines) == whole.share.people
        assert tuple(map(sum, zip(*(line.share.reached for line in lines), strict=True))) == whole.share.reached
    months = look.lines(Part.MONTH)[:-1]
    assert sum(line.share.count(Level.FIRST) for line in months) == look.whole.count(Level.FIRST)


def test_who_died_or_left_is_in_neither_number_and_comes_back_in_figures_of_before(db, commune):
    before = look_at_coverage(db, TODAY, **PLAIN).whole
    yesterday = TODAY - timedelta(1)
    with db.read() as session:
        rows = session.scalars(
            select(PersonRow).join(VaccineDoseRow, VaccineDoseRow.person_id == PersonRow.id)
        ).unique()
        dead, gone = [row.id for row in rows][:2]
    record_death(db, DeathDraft(person_id=dead, day=TODAY), **WHO)
    record_departure(db, DepartureDraft(people=(gone,), day=TODAY, place="Hà Nội"), **WHO)
    after = look_at_coverage(db, TODAY, **PLAIN).whole
    assert (after.people, after.count(Level.FIRST)) == (before.people - 2, before.count(Level.FIRST) - 2)
    assert look_at_coverage(db, yesterday, **PLAIN).whole == before
    assert population_on(db, TODAY).total == after.people


def test_a_day_ahead_is_refused_and_the_level_says_both_shares(db, commune):
    with pytest.raises(UserError, match=r"households\.day_future"):
        look_at_coverage(db, TODAY + timedelta(1), **PLAIN)
    look = look_at_coverage(db, TODAY, **PLAIN)
    told = {(share.people, share.count(level)) for _words, share, level in look.figures() if level is Level.BASIC}
    assert {(one.people, one.count(Level.BASIC)) for one in (look.whole, look.at_risk)} <= told
    old = [cell for cell in look.coverage.cells if cell.diseased or (cell.age or 0) >= look.rule.risk_age]
    assert look.at_risk.people == sum(cell.people for cell in old)


def test_a_dose_of_a_year_is_in_no_figure_of_a_day_before_its_vaccine(db):
    """Comirnaty came to Việt Nam on 12 June 2021; of two who had it "in 2021" one had it abroad."""
    for number, country in ((1, ""), (2, "LA")):
        who = PersonRow(id=new_id(), full_name=f"Người {number}", sort_key=f"{number}", birth_year=1980)
        dose = VaccineDoseRow(id=new_id(), person_id=who.id, given_year=2021, product=PFIZER, source="SAID")
        home = HamletRow(id=new_id(), name=f"Bản {number}")
        who.sex, who.hamlet_id, dose.country = "FEMALE", home.id, country
        with db.write(None, NOW) as session:
            session.add_all((home, who, dose))
    for day, had in ((date(2021, 1, 15), 1), (date(2021, 6, 11), 1), (date(2021, 6, 12), 2)):
        assert look_at_coverage(db, day, **PLAIN).whole.count(Level.FIRST) == had


def test_a_share_is_never_rounded_up():
    share = Share(10_000, (7_499, 0, 0, 0, 0))
    assert percent_text(share.tenths(Level.FIRST)) == "74,9\u00a0%" and share.lacks(Level.FIRST, 75) == 1
    assert (
        Share(4, (3, 0, 0, 0, 0)).lacks(Level.FIRST, 75) == 0 and Share(5, (3, 0, 0, 0, 0)).lacks(Level.FIRST, 75) == 1
    )
    assert Share(0, (0,) * 5).tenths(Level.FIRST) is None


def test_paper_and_spreadsheet_say_the_same(db, commune, tmp_path):
    look = look_at_coverage(db, TODAY, **PLAIN)
    path = tmp_path / "one.pdf"
    path.write_bytes(coverage_pdf(db, TODAY, **PLAIN))
    words = " ".join(page.extract_text() for page in PdfReader(path).pages)
    assert "ĐỘ BAO PHỦ" in words and f"{look.whole.count(Level.BASIC)} (" in words
    sheet = cells(coverage_xlsx(db, TODAY, **PLAIN))
    numbers = [float(value) for kind, value in sheet.values() if kind == "n"]
    assert look.whole.people in numbers and look.whole.count(Level.BOOSTER) in numbers
    unsure = "Người nguy cơ: từ 50 tuổi hoặc có bệnh nền. (Chưa xác nhận: QĐ 218/QĐ-BYT"
    assert unsure in " ".join(words.split()) and any(text.startswith(unsure) for _kind, text in sheet.values())
    sure = replace(look.rule, confirmed=True, risk_diseases=False, source="QĐ 218")
    assert risk_words(sure, sure.source) == "Người nguy cơ: từ 50 tuổi. (QĐ 218.)"


def test_targets_count_whom_they_mean_and_say_where_the_others_live(db, commune):
    goal = replace(GOAL, first_age=18, end_age=60)
    made = add_target(db, goal, catalog=catalog(), **WHO).value
    (line,) = vaccination_targets(db, **PLAIN)
    look = look_at_coverage(db, TODAY, **PLAIN)
    share = look.coverage.share(lambda cell: cell.age is not None and 18 <= cell.age < 60)
    assert line.progress.share == share and line.progress.wanted == -(-share.people * 90 // 100)
    assert line.progress.lacks == line.progress.wanted - share.count(Level.BASIC) > 0 and not line.progress.met
    assert sum(left for _id, _name, left in line.where) == share.people - share.count(Level.BASIC)
    assert [left for _id, _name, left in line.where] == sorted((left for _i, _n, left in line.where), reverse=True)
    few = replace(goal, percent=None, count=1)
    edit_target(db, made.id, few, catalog=catalog(), by=None, now=NOW)
    assert vaccination_targets(db, **PLAIN)[0].progress.met
    close_target(db, made.id, by=None, now=NOW)
    assert vaccination_targets(db, **PLAIN) == ()
    with pytest.raises(UserError, match=r"vaccine_target\.closed"):
        edit_target(db, made.id, few, catalog=catalog(), by=None, now=NOW)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"percent": None}, "vaccine_target.one_goal"),
        ({"count": 5}, "vaccine_target.one_goal"),
        ({"percent": 101}, "vaccine_target.percent"),
        ({"percent": None, "count": 0}, "vaccine_target.count"),
        ({"first_age": 60, "end_age": 60}, "vaccine_target.ages"),
        ({"group": "none-such"}, "vaccination.group_unknown"),
        ({"given_on": TODAY + timedelta(1)}, "vaccine_target.given_future"),
        ({"until": TODAY - timedelta(1)}, "vaccine_target.turned"),
        ({"until": TODAY + timedelta(4000)}, "vaccine_target.far"),
        ({"hamlet_id": new_id()}, "vaccine_target.hamlet"),
    ],
)
def test_what_cannot_be_a_target(db, change, code):
    with pytest.raises(Refused) as refused:
        add_target(db, replace(GOAL, **change), catalog=catalog(), **WHO)
    assert code in [one.code for one in refused.value.problems]


def test_a_target_over_nobody_is_not_met():
    goal = GoalDraft(level=Level.FIRST, percent=90, given_on=TODAY, until=TODAY)
    assert not progress_of(goal, Coverage(TODAY, ())).met and check_goal(goal, today=TODAY, groups={}) == []
    one = CoverageCell(None, Sex.MALE, None, "", False, 3, (3, 0, 0, 0, 0))
    assert progress_of(goal, Coverage(TODAY, (one,))).met
    assert progress_of(replace(goal, first_age=5), Coverage(TODAY, (one,))).share.people == 0  # of an unknown age


def test_the_plan_holds_everybody_who_is_due_by_their_month(db, commune):
    plan = dose_plan(db, **PLAIN).lines
    kinds = frozenset((DueKind.DUE, DueKind.OVERDUE, DueKind.NOT_YET))
    states = [line.state for line in due_list(db, DueFilter(kinds=kinds), **PLAIN).all()]
    first = TODAY.replace(day=1)
    late = {line.month: 0 for line in plan}
    for line in plan:
        late[line.month] += line.doses
    wanted = Counter(
        max(first, state.due_on.replace(day=1)) for state in states if state.due_on is not None and state.next
    )
    end = date(first.year + (first.month + 5) // 12, (first.month + 5) % 12 + 1, 1)
    assert late == {month: count for month, count in wanted.items() if month < end} and late[first] > 0
    for line in plan:
        assert not line.product or 0 < line.vials <= line.doses
    assert len(LEVELS) == 5
