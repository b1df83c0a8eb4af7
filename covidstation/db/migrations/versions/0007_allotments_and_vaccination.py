"""What the district allots to a station's store; vaccination: doses, sessions, reactions, fridges, targets"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each part is a function of its own."""
    _tests()
    _plans()
    _parts()
    _doses()
    _book()
    _sessions()
    _lists()
    _certificates()
    _targets()
    _cold_chain()


def _tests() -> None:
    """Whose the kit of a test was."""
    op.add_column("pathogen_test", sa.Column("kit_from", sa.String(), server_default=sa.text("''"), nullable=False))


def _plans() -> None:
    """Why a call ended a following: an elder who was only to be visited at home is no longer in the lists by it."""
    op.add_column("phone_call", sa.Column("ended_why", sa.String(), server_default=sa.text("''"), nullable=False))
    op.execute(_ENDED)
    op.execute("UPDATE person SET sort_key = sort_key")  # every line of the book anew


def _parts() -> None:
    """Two may be in charge of one hamlet, each of some of its houses."""
    op.add_column("duty", sa.Column("trip", sa.String(), server_default=sa.text("''"), nullable=False))
    for name in ("first_house", "last_house"):
        op.add_column("duty", sa.Column(name, sa.Integer(), nullable=True))


# the line names a call only while no visit came after it
_ENDED = """CREATE TRIGGER chronic_book_ended AFTER INSERT ON chronic_book
    WHEN NEW.listed = 1 AND NEW.conditions = 0 AND NEW.called_on IS NOT NULL
    AND (SELECT one.ended_why FROM phone_call one WHERE one.person_id = NEW.person_id AND one.topic = 'chronic'
        AND one.voids IS NULL AND NOT EXISTS (SELECT 1 FROM phone_call other WHERE other.voids = one.id)
        ORDER BY one.at DESC, one.made DESC LIMIT 1) <> ''
    BEGIN UPDATE chronic_book SET listed = 0 WHERE person_id = NEW.person_id; END"""


def _doses() -> None:
    """Doses of vaccine, and what stands between somebody and the next one."""
    texts = (
        "product", "product_name", "dose_class", "lot_number", "site", "facility", "country", "vaccinator", "source",
        "certificate", "reason", "rule", "note", "by_name",
    )  # fmt: skip
    _synced(
        "vaccine_dose",
        *_texts(*texts),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("given_year", sa.Integer(), nullable=False),
        *_numbers("given_month", "given_day", "number", "volume"),
        sa.Column("given_at", sa.DateTime(), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("lot_id", "session_id", "vial_id", "voids")),
        sa.Column("drawn", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_vaccine_dose_person", "vaccine_dose", ["person_id", "given_year", "given_month", "given_day"])
    some = sa.text("session_id IS NOT NULL")
    op.create_index("ix_vaccine_dose_session", "vaccine_dose", ["session_id"], sqlite_where=some)
    op.create_index("ix_vaccine_dose_voids", "vaccine_dose", ["voids"], sqlite_where=sa.text("voids IS NOT NULL"))
    _synced(
        "vaccine_stance",
        *_texts("kind", "reason", "product", "next_step", "note", "by_name", "closed_reason"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("until", "due_on", "closed_on")),
    )
    op.create_index("ix_vaccine_stance_person_id", "vaccine_stance", ["person_id"])


def _sessions() -> None:
    """Vaccination sessions with their vials and people; reactions."""
    _synced(
        "vaccination_session",
        *_texts("part", "place", "address", "campaign", "team", "status", "closed_by", "note", "by_name"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in ("opened_at", "closed_at")),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_vaccination_session_day", "vaccination_session", ["day"])
    _synced(
        "session_take",
        *_texts("product", "product_name", "lot_number", "difference_reason", "counted_by", "by_name"),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("session_id", "lot_id")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("vials", "per_vial")),
        *_numbers("left_doses", "difference"),
        sa.Column("expiry", sa.Date(), nullable=True),
    )
    _synced(
        "session_vial",
        *_texts("by_name"),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("session_id", "take_id")),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
    )
    _synced(
        "session_waste",
        *_texts("reason", "note", "by_name"),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("session_id", "take_id")),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("vial_id", "voids")),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    for table in ("session_take", "session_vial", "session_waste"):
        op.create_index(f"ix_{table}_session_id", table, ["session_id"])
    op.create_index("ix_session_waste_voids", "session_waste", ["voids"], sqlite_where=sa.text("voids IS NOT NULL"))
    _seats()


def _seats() -> None:
    """Who is in a session, and what happened after a dose."""
    said = (
        "proposed", "outcome", "outcome_reason", "rule", "screened_by", "consent", "guardian_name", "guardian_relation",
        "guardian_phone", "no_dose", "no_dose_reason", "left_by", "note", "by_name",
    )  # fmt: skip
    _synced(
        "session_person",
        *_texts(*said),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("session_id", "person_id")),
        sa.Column("invited", sa.Boolean(), nullable=False),
        *_numbers("place_no", "temperature", "pulse", "breaths", "systolic", "diastolic", "weeks"),
        sa.Column("answers", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in ("come_at", "screened_at", "left_at")),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.Column("stance_id", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_session_person_person_id", "session_person", ["person_id"])
    op.create_index("ix_session_person_session", "session_person", ["session_id", "person_id"])
    told = ("product", "signs", "treatment", "sent_to", "reported_to", "report_number", "ending", "end_note")
    _synced(
        "adverse_event",
        *_texts(*told, "rule", "note", "by_name"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("dose_id", "session_id")),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("severe", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in ("injected_at", "sent_at", "reported_at")),
        *_numbers("grade"),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("follow_until", "ended_on")),
    )
    for name in ("person_id", "session_id"):
        op.create_index(f"ix_adverse_event_{name}", "adverse_event", [name])
    some = sa.text("severe AND ending = ''")
    op.create_index("ix_adverse_event_open", "adverse_event", ["began_at", "person_id"], sqlite_where=some)


def _lists() -> None:
    """Who runs out of medicines when, and which items of the store were touched when: kept by triggers."""
    op.create_table(
        "medicine_book",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_n", sa.Integer(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=True),
        *_texts("sort_key"),
        sa.Column("runs_out_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_medicine_book")),
    )
    columns = ["runs_out_on", "sort_key", "person_n", "hamlet_id", "person_id"]
    op.create_index("ix_medicine_book_day", "medicine_book", columns)
    op.create_table(
        "supply_turn",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_supply_turn")),
    )
    op.create_index(op.f("ix_supply_turn_turn"), "supply_turn", ["turn"])
    of_the_person = "id, living, moved_to, merged_into, hamlet_id, sort_key"
    of_the_medicine = "person_id, ended_on, runs_out_on"
    _on_each_change("medicine_book", "prescription", of_the_medicine, _TAKEN.format(who="{row}.person_id"))
    _on_each_change("medicine_book", "person", of_the_person, _TAKEN.format(who="{row}.id"))
    _on_each_change("supply_turn", "supply_item", "", _TURN.format(items="SELECT {row}.id AS item_id"))
    _on_each_change("supply_turn", "supply_lot", "", _TURN.format(items="SELECT {row}.item_id"))
    for table in ("supply_movement", "supply_stock"):  # the first for its day, the second for what a later row voided
        items = "SELECT item_id FROM supply_lot WHERE id = {row}.lot_id"
        _on_each_change("supply_turn", table, "", _TURN.format(items=items))
    _touched()
    everybody = _TAKEN.split(";")[1].replace("AND person.id = {who}", "")
    op.execute(everybody)


def _touched() -> None:
    """How often each table was written into from which Hôm nay is read."""
    op.create_table(
        "touched",
        sa.Column("tbl", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tbl", name=op.f("pk_touched")),
    )
    _count(_COUNTED)


def _count(tables: tuple[str, ...]) -> None:
    for table in tables:
        op.execute(sa.text("INSERT INTO touched (tbl, turn) VALUES (:tbl, 0)").bindparams(tbl=table))
        _on_each_change("touched", table, "", _MORE.format(table=table))


_MORE = "UPDATE touched SET turn = turn + 1 WHERE tbl = '{table}';"


_COUNTED = (
    "case_notice", "chronic_book", "chronic_condition", "contact", "district_item", "episode", "hamlet",
    "hospitalization", "household", "medicine_book", "pack_edit", "paper", "paper_delivery", "paper_subject",
    "pathogen_test", "person", "prescription", "review", "review_visit", "rule_version", "supply_item",
    "supply_lot", "supply_movement", "supply_stock", "supply_turn", "visit",
)  # fmt: skip
# SQLite knows triggers by text alone; nothing in it comes from outside
_TAKEN = """DELETE FROM medicine_book WHERE person_id = {who};
    INSERT INTO medicine_book (person_id, person_n, hamlet_id, sort_key, runs_out_on)
    SELECT person.id, person.n, person.hamlet_id, person.sort_key, MIN(taken.runs_out_on)
    FROM person JOIN prescription taken ON taken.person_id = person.id
    WHERE taken.ended_on IS NULL AND taken.runs_out_on IS NOT NULL AND person.living NOT IN ('LEFT', 'DIED', 'NEVER')
        AND person.moved_to IS NULL AND person.merged_into IS NULL AND person.id = {who}
    GROUP BY person.id;"""
_TURN = """INSERT INTO supply_turn (item_id, turn)
    SELECT item_id, (SELECT COALESCE(MAX(turn), 0) + 1 FROM supply_turn) FROM ({items}) WHERE item_id IS NOT NULL
    ON CONFLICT (item_id) DO UPDATE SET turn = excluded.turn;"""


def _on_each_change(book: str, table: str, fields: str, act: str) -> None:
    """Triggers that run `act` for each row of `table` before and after it changed."""
    of = f" OF {fields}" if fields else ""
    for name, when, rows in (
        ("added", "INSERT", ("NEW",)),
        ("changed", f"UPDATE{of}", ("OLD", "NEW")),
        ("gone", "DELETE", ("OLD",)),
    ):
        acts = " ".join(act.format(row=row) for row in rows)
        op.execute(f"CREATE TRIGGER {book}_{table}_{name} AFTER {when} ON {table} BEGIN {acts} END")  # door: our own


def _book() -> None:
    """Groups that are vaccinated first; who is due for which dose, and whose line has to be written anew."""
    op.add_column("person", sa.Column("priority_group", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "vaccine_book",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("person_n", "doses", "next_number")),
        *_texts("sort_key", "sex", "said_group", "kind", "stage", "why", "rule", "next_class", "products", "params"),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("hamlet_id", "stance_id")),
        *_numbers("born"),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("diseased", "away", "pregnant")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("due_on", "late_on", "since", "next_change_on")),
        *(
            sa.Column(f"{name}_on", sa.Date(), nullable=True)
            for name in ("first", "basic", "added", "booster", "booster2")
        ),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_vaccine_book")),
    )
    columns = ["kind", "due_on", "sort_key", "person_n", "hamlet_id", "born", "stage", "away"]
    op.create_index("ix_vaccine_book_list", "vaccine_book", columns)
    op.create_index("ix_vaccine_book_day", "vaccine_book", ["due_on", "sort_key", "person_n"])
    op.create_index("ix_vaccine_book_count", "vaccine_book", ["kind", "stage", "away"])
    some = sa.text("next_change_on IS NOT NULL")
    op.create_index("ix_vaccine_book_turn", "vaccine_book", ["next_change_on"], sqlite_where=some)
    op.create_table(
        "vaccine_stale",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_vaccine_stale")),
    )
    op.create_table(
        "vaccine_basis",
        sa.Column("n", sa.Integer(), nullable=False),
        *_texts("basis", "counts"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_vaccine_basis")),
    )
    of_the_person = (
        "id, living, moved_to, merged_into, hamlet_id, household_id, birth_year, birth_month, birth_day, sort_key, "
        "sex, pregnancy, conditions, priority_group"
    )
    of_the_illness = "person_id, onset_date, report_date, classification, outcome, outcome_on, doses_known"
    for table, fields in (("vaccine_dose", ""), ("vaccine_stance", ""), ("episode", of_the_illness)):
        _on_each_change("vaccine_stale", table, fields, _STALE.format(who="{row}.person_id"))
    _on_each_change("vaccine_stale", "person", of_the_person, _STALE.format(who="{row}.id"))
    gone = "DELETE FROM vaccine_book WHERE person_id = OLD.id; UPDATE vaccine_basis SET counts = '';"
    op.execute(f"CREATE TRIGGER vaccine_book_person_gone AFTER DELETE ON person BEGIN {gone} END")  # door: our own
    op.execute("INSERT INTO vaccine_stale (person_id) SELECT id FROM person")


_STALE = """INSERT INTO vaccine_stale (person_id) SELECT {who}
    WHERE NOT EXISTS (SELECT 1 FROM vaccine_stale WHERE person_id = {who});"""


def _targets() -> None:
    """Targets of vaccination that the upper level gave."""
    _synced(
        "vaccination_target",
        *_texts("level", "group_code", "in_charge", "document", "note", "by_name"),
        *_numbers("percent", "count", "first_age", "end_age"),
        sa.Column("hamlet_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("given_on", "until")),
        sa.Column("closed_on", sa.Date(), nullable=True),
    )


def _certificates() -> None:
    """Keys that vaccine certificates are signed with, by the lists that somebody took in."""
    op.create_table(
        "trust_list",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        *_texts("name", "by_name"),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_trust_list")),
    )
    op.create_table(
        "trust_key",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("list_n", sa.Integer(), nullable=False),
        sa.Column("kids", sa.JSON(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        *_texts("country", "subject"),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in ("not_before", "not_after")),
        sa.Column("uses", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["list_n"], ["trust_list.n"], name=op.f("fk_trust_key_list_n_trust_list")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_trust_key")),
    )
    op.create_index("ix_trust_key_list_n", "trust_key", ["list_n"])


def _cold_chain() -> None:
    """Fridges, what their thermometers said, and what was decided of lots that were outside the bounds."""
    _synced(
        "fridge",
        *_texts("name", "place", "kind", "note", "by_name"),
        sa.Column("kept_from", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
    )
    _synced(
        "fridge_reading",
        *_texts("action", "rule", "reason", "note", "by_name"),
        sa.Column("fridge_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        *_numbers("temperature"),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("outside", "power_cut")),
        sa.Column("lots", sa.JSON(), nullable=False),
        sa.Column("voids", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_fridge_reading_at", "fridge_reading", ["fridge_id", "at"])
    op.create_index("ix_fridge_reading_outside", "fridge_reading", ["at"], sqlite_where=sa.text("outside"))
    _synced(
        "fridge_verdict",
        *_texts("fate", "reason", "by_name"),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("reading_id", "lot_id")),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("voids", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_fridge_verdict_reading_id", "fridge_verdict", ["reading_id"])
    for table in ("fridge_reading", "fridge_verdict"):
        op.create_index(f"ix_{table}_voids", table, ["voids"], sqlite_where=sa.text("voids IS NOT NULL"))
    _count(("fridge", "fridge_reading", "fridge_verdict"))


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=True) for name in names]


def _synced(name: str, *columns: sa.Column[Any]) -> None:
    """A table of rows that travel."""
    op.create_table(
        name,
        *columns,
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("stamps", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("extra", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("id", name=op.f(f"uq_{name}_id")),
    )
