"""The training commune: the same for the same seed, in the register as in the plan, and usable at once."""

from datetime import date

from sqlalchemy import select

from covidstation.db.queries.episodes import EpisodeFilter, EpisodeState, list_episodes
from covidstation.db.queries.people import find_people, person_page
from covidstation.db.rows import Base, EpisodeRow, JournalStateRow, PersonRow, VaccineDoseRow
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.vaccination.states import DueKind, Stage
from covidstation.services.papers.issuing import Issued, issue_missing
from covidstation.services.training.seed import make_commune, seed_training
from covidstation.services.upkeep.check import check_register
from covidstation.services.vaccination.due import due_counts
from tests.services.samples import NOW, catalog, found, opened

LOCAL = {"audit", "journal", "journal_state", "app_user", "station", "setting", "secret", "alembic_version"}


def seeded(folder, seed, people=150):
    founded = found(folder)
    register = opened(folder)
    commune = make_commune(catalog(), "03517", people, seed, NOW)
    steps = []
    result = seed_training(
        register.db,
        commune,
        seed=seed,
        catalog=catalog(),
        by=founded.user_id,
        now=NOW,
        progress=lambda n, of: steps.append((n, of)),
    )
    assert steps[-1] == (people, people)
    return register.db, commune, result.value


def dump(db):
    """Every row of the tables that the seed fills, stamps apart."""
    with db.read() as session:
        return {
            name: sorted(repr(row) for row in session.execute(select(*columns(table))))
            for name, table in Base.metadata.tables.items()
            if name not in LOCAL
        }


def columns(table):
    return [column for column in table.columns if column.name not in ("rev", "made", "stamps")]


def test_the_same_seed_makes_the_same_people(tmp_path):
    first, _commune, made = seeded(tmp_path / "a", 7)
    again, _commune, _made = seeded(tmp_path / "b", 7)
    other, _commune, _made = seeded(tmp_path / "c", 8)
    assert dump(first) == dump(again)
    assert dump(first)["person"] != dump(other)["person"]
    assert made.people == 150 == len(dump(first)["person"])
    for db in (first, again, other):
        db.engine.dispose()


def test_the_register_holds_the_plan(tmp_path):
    db, commune, made = seeded(tmp_path, 3)
    assert (made.people, made.episodes, made.households) == (
        len(commune.people),
        len(commune.episodes),
        len(commune.households),
    )
    assert len(list_episodes(db, EpisodeFilter(EpisodeState.ALL), today=NOW.date())) == made.episodes > 0
    assert all(finding.good for finding in check_register(db, tmp_path))
    with db.read() as session:
        names = session.execute(select(PersonRow.id, PersonRow.full_name).limit(20)).all()
        assert session.get_one(JournalStateRow, 1).last_seq > 150, "training is journalled like everything else"
    for person_id, name in names:
        assert name in {hit.full_name for hit in find_people(db, name)}
        page = person_page(db, person_id)
        assert page.hamlet and page.household_head
    db.engine.dispose()


def test_papers_can_be_issued_for_it(tmp_path):
    db, _commune, _made = seeded(tmp_path, 3)
    results = list(issue_missing(db, ending=False, catalog=catalog(), by=None, now=NOW))
    assert results and all(isinstance(one, Issued) for one in results)
    db.engine.dispose()


def test_the_due_list_and_the_book_of_doses_look_like_life(tmp_path):
    db, commune, _made = seeded(tmp_path, 5, people=900)
    counts = due_counts(db, catalog=catalog(), now=NOW)
    died = {one.person_key for one in commune.episodes if one.draft.outcome is CaseOutcome.DECEASED}
    assert counts.total == len(commune.people) - len(died)
    for kind in (DueKind.COMPLETE, DueKind.DUE, DueKind.OVERDUE, DueKind.NOT_YET, DueKind.REFUSED, DueKind.DEFERRED):
        assert counts.count(frozenset((kind,))), kind
    vaccinated = sum(counts.count(stages=frozenset((stage,))) for stage in (Stage.PART, Stage.BASIC, Stage.BOOSTED))
    planned = sum(bool(one.doses) for one in commune.people)
    assert 0.9 * planned < vaccinated <= planned
    with db.read() as session:
        days = {row.person_id: [] for row in session.scalars(select(VaccineDoseRow))}
        for row in session.scalars(select(VaccineDoseRow).order_by(VaccineDoseRow.n)):
            days[row.person_id].append(date(row.given_year, row.given_month, row.given_day))
        for told in session.scalars(select(EpisodeRow).where(EpisodeRow.doses_known > 0)):
            before = [day for day in days.get(told.person_id, ()) if day < told.report_date]
            assert not before or (len(before), before[-1]) == (told.doses_known, told.last_dose_on)
    db.engine.dispose()
