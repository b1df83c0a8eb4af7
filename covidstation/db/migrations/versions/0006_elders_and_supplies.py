"""The station's supplies and their ledger; chronic disease and its visits; rounds from door to door"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _supplies()
    _chronic()
    _dispensing()
    _reviews()
    _tests()


def _supplies() -> None:
    """Items, lots and movements; what is left of each lot, kept by triggers; medicines that were somebody's own."""
    op.add_column("treatment", sa.Column("own_supply", sa.Boolean(), server_default=sa.false(), nullable=False))
    said = ("kind", "name", "sort_key", "atc", "strength", "form", "unit", "medicine", "note")
    _synced(
        "supply_item",
        *(sa.Column(name, sa.String(), nullable=False) for name in said),
        sa.Column("substances", sa.JSON(), nullable=False),
        sa.Column("pack_size", sa.Integer(), nullable=False),
        sa.Column("low_level", sa.Integer(), nullable=False),
        sa.Column("kept_from", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
    )
    _synced(
        "supply_lot",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=True),
    )
    op.create_index(op.f("ix_supply_lot_item_id"), "supply_lot", ["item_id"])
    told = ("kind", "source", "partner", "document", "reason", "link_kind", "by_name")
    _synced(
        "supply_movement",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in told),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("voids", sa.Uuid(), nullable=True),
    )
    for name in ("act", "link_id"):
        op.create_index(op.f(f"ix_supply_movement_{name}"), "supply_movement", [name])
    op.create_index("ix_supply_movement_lot", "supply_movement", ["lot_id", "day", "turn"])
    op.create_index("ix_supply_movement_day", "supply_movement", ["day", "kind", "lot_id", "quantity", "id"])
    some = sa.text("voids IS NOT NULL")
    op.create_index("ix_supply_movement_voids", "supply_movement", ["voids"], sqlite_where=some)
    _stock()


def _stock() -> None:
    """The sums of lots. A row that voids, or was voided before it came, has its lots summed anew."""
    op.create_table(
        "supply_stock",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_supply_stock")),
    )
    some = sa.text("balance <> 0")
    op.create_index("ix_supply_stock_left", "supply_stock", ["lot_id", "balance"], sqlite_where=some)
    # SQLite knows triggers by text alone; nothing in it comes from outside
    summed = """INSERT INTO supply_stock (lot_id, balance)
        SELECT lot.lot_id, (SELECT COALESCE(SUM(one.quantity), 0) FROM supply_movement one WHERE one.lot_id = lot.lot_id
            AND NOT EXISTS (SELECT 1 FROM supply_movement other WHERE other.voids = one.id))
        FROM (SELECT {row}.lot_id UNION SELECT old.lot_id FROM supply_movement old WHERE old.id = {row}.voids) lot
        WHERE true ON CONFLICT (lot_id) DO UPDATE SET balance = excluded.balance;"""
    added = """INSERT INTO supply_stock (lot_id, balance) VALUES (NEW.lot_id, NEW.quantity)
        ON CONFLICT (lot_id) DO UPDATE SET balance = balance + excluded.balance;"""
    alone = "NEW.voids IS NULL AND NOT EXISTS (SELECT 1 FROM supply_movement other WHERE other.voids = NEW.id)"
    whole = summed.format(row="NEW")
    triggers = {
        "added": f"AFTER INSERT ON supply_movement WHEN {alone} BEGIN {added} END",
        "voided": f"AFTER INSERT ON supply_movement WHEN NOT ({alone}) BEGIN {whole} END",
        "changed": "AFTER UPDATE OF lot_id, quantity, voids ON supply_movement BEGIN "
        f"{summed.format(row='OLD')} {whole} END",
        "gone": f"AFTER DELETE ON supply_movement BEGIN {summed.format(row='OLD')} END",
    }
    for name, body in triggers.items():
        op.execute(f"CREATE TRIGGER supply_stock_{name} {body}")  # door: our own words


def _chronic() -> None:
    """Conditions and visits; how each person stands now, kept by triggers; what a call was about."""
    op.add_column("phone_call", sa.Column("topic", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("phone_call", sa.Column("agreed_on", sa.Date(), nullable=True))
    _synced(
        "chronic_condition",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *_texts("code", "label", "group_code"),
        *(sa.Column(f"diagnosed_{part}", sa.Integer(), nullable=True) for part in ("year", "month", "day")),
        *_texts("diagnosed_at"),
        sa.Column("registered_on", sa.Date(), nullable=False),
        *_texts("status"),
        sa.Column("removed_on", sa.Date(), nullable=True),
        *_texts("removed_reason", "removed_note", "treatment"),
        *_numbers("target_systolic", "target_diastolic", "target_fasting", "target_hba1c"),
        *_texts("note", "by_name"),
    )
    op.create_index(op.f("ix_chronic_condition_person_id"), "chronic_condition", ["person_id"])
    _synced(
        "chronic_visit",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_texts("place"),
        *_numbers("systolic", "diastolic", "pulse", "weight", "height", "waist", "glucose"),
        *_texts("glucose_kind", "glucose_unit"),
        *_numbers("hba1c"),
        *_texts("symptoms", "complications", "adherence", "smoking", "alcohol", "note"),
        sa.Column("next_on", sa.Date(), nullable=True),
        *_texts("referred_to", "referred_reason", "back"),
        sa.Column("yearly", sa.Boolean(), nullable=False),
        *_texts("vision", "hearing", "walking", "memory", "alone", "frail"),
        sa.Column("home_on", sa.Date(), nullable=True),
        *_texts("result", "rule", "sentence", "by_name"),
        sa.Column("voids", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_chronic_visit_person", "chronic_visit", ["person_id", "day"])
    op.create_index("ix_chronic_visit_yearly", "chronic_visit", ["day", "person_id"], sqlite_where=sa.text("yearly"))
    op.create_index("ix_chronic_visit_voids", "chronic_visit", ["voids"], sqlite_where=sa.text("voids IS NOT NULL"))
    _chronic_book()


def _chronic_book() -> None:
    """Everybody's line: of whom a condition, a visit, a call or the record itself is written, it is made anew."""
    dates = ("yearly_on", "registered_on", "last_on", "next_on", "due_on", "called_on", "away_on")
    op.create_table(
        "chronic_book",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("person_n", "here", "listed", "conditions")),
        *_numbers("born"),
        *_texts("sort_key"),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("result", "call_result")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in dates),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_chronic_book")),
    )
    columns = ["due_on", "conditions", "here", "result", "person_n", "person_id"]
    op.create_index("ix_chronic_book_due", "chronic_book", columns, sqlite_where=sa.text("listed = 1"))
    columns = ["sort_key", "born", "yearly_on", "person_n", "person_id"]
    op.create_index("ix_chronic_book_elders", "chronic_book", columns, sqlite_where=sa.text("here = 2"))
    tables = (
        ("chronic_condition", "person_id", "", ""),
        ("chronic_visit", "person_id", "", ""),
        ("phone_call", "person_id", "", "WHEN {row}.topic = 'chronic'"),
        ("person", "id", f" OF {', '.join(_OF_THE_PERSON)}", ""),
    )
    for table, key, fields, only in tables:
        for name, when, rows in (
            ("added", "INSERT", ("NEW",)),
            ("changed", f"UPDATE{fields}", ("OLD", "NEW")),
            ("gone", "DELETE", ("OLD",)),
        ):
            anew = " ".join(_ANEW.format(who=f"{row}.{key}") for row in rows)
            head = f"AFTER {when} ON {table} {only.format(row=rows[-1])}"
            op.execute(f"CREATE TRIGGER chronic_book_{table}_{name} {head} BEGIN {anew} END")  # door: our own words
    op.execute("UPDATE person SET sort_key = sort_key")


_OF_THE_PERSON = (
    "id", "living", "moved_to", "merged_into", "hamlet_id", "household_id", "birth_year", "birth_month", "birth_day",
    "sort_key",
)  # fmt: skip
# SQLite knows triggers by text alone; nothing in it comes from outside
_ANEW = """DELETE FROM chronic_book WHERE person_id = {who};
    INSERT INTO chronic_book (person_id, person_n, here, born, sort_key, conditions, registered_on, visit_id, last_on,
        result, next_on, due_on, listed, called_on, call_result, yearly_on, away_on)
    SELECT person.id, person.n,
        CASE WHEN person.living IN ('LEFT', 'DIED') OR person.moved_to IS NOT NULL OR person.merged_into IS NOT NULL
            THEN 0 WHEN person.living = 'NEVER' OR (person.hamlet_id IS NULL AND person.household_id IS NULL) THEN 1
            ELSE 2 END,
        person.birth_year * 10000 + COALESCE(person.birth_month, 1) * 100 + COALESCE(person.birth_day, 1),
        person.sort_key, followed.count, followed.first, last.id, last.day, last.result,
        COALESCE(MIN(last.next_on, last.home_on), last.next_on, last.home_on),
        CASE WHEN followed.count > 0 THEN
            COALESCE(call.agreed_on, DATE(call.next_at), MIN(last.next_on, last.home_on), last.next_on, last.home_on)
        ELSE COALESCE(call.agreed_on, DATE(call.next_at), last.home_on) END,
        followed.count > 0 OR last.home_on IS NOT NULL, DATE(call.at), call.result,
        (SELECT MAX(year.day) FROM chronic_visit year WHERE year.person_id = {who} AND year.yearly
            AND year.place <> 'VOIDED' AND NOT EXISTS (SELECT 1 FROM chronic_visit other WHERE other.voids = year.id)),
        (SELECT sent.day FROM chronic_visit sent WHERE sent.person_id = {who} AND sent.referred_to <> ''
            AND NOT EXISTS (SELECT 1 FROM chronic_visit other WHERE other.voids = sent.id)
            AND NOT EXISTS (SELECT 1 FROM chronic_visit home WHERE home.person_id = {who} AND home.back <> ''
                AND (home.day > sent.day OR (home.day = sent.day AND home.made > sent.made))
                AND NOT EXISTS (SELECT 1 FROM chronic_visit other WHERE other.voids = home.id))
            ORDER BY sent.day DESC, sent.made DESC LIMIT 1)
    FROM person
    JOIN (SELECT COUNT(*) AS count, MIN(registered_on) AS first FROM chronic_condition
            WHERE person_id = {who} AND status = 'ACTIVE') followed
    LEFT JOIN (SELECT visit.* FROM chronic_visit visit WHERE visit.person_id = {who} AND visit.place <> 'VOIDED'
            AND NOT EXISTS (SELECT 1 FROM chronic_visit other WHERE other.voids = visit.id)
            ORDER BY visit.day DESC, visit.made DESC LIMIT 1) last ON true
    LEFT JOIN (SELECT one.* FROM phone_call one WHERE one.person_id = {who} AND one.topic = 'chronic'
            AND one.voids IS NULL AND NOT EXISTS (SELECT 1 FROM phone_call other WHERE other.voids = one.id)
            ORDER BY one.at DESC, one.made DESC LIMIT 1) call
        ON DATE(call.at) > COALESCE(last.day, '') OR (DATE(call.at) = last.day AND call.made > last.made)
    WHERE person.id = {who};"""


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=True) for name in names]


def _dispensing() -> None:
    """What somebody takes, and what was handed out of it."""
    texts = (
        "medicine", "strength", "form", "unit", "atc", "instruction", "condition", "prescriber", "facility", "by_name",
        "end_reason",
    )  # fmt: skip
    _synced(
        "prescription",
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("substances", sa.JSON(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=name != "started_on") for name in
          ("started_on", "ended_on", "handed_on", "runs_out_on")),
    )  # fmt: skip
    op.create_index(op.f("ix_prescription_person_id"), "prescription", ["person_id"])
    open_ones = sa.text("ended_on IS NULL")
    op.create_index("ix_prescription_due", "prescription", ["runs_out_on", "person_id"], sqlite_where=open_ones)
    words = ("place", "receiver", "receiver_name", "origin", "facility", "reason", "rule", "by_name")
    _synced(
        "dispensing",
        *(sa.Column(name, sa.String(), nullable=False) for name in words),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("person_id", "prescription_id", "handing")),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("voids", sa.Uuid(), nullable=True),
    )
    gone = sa.text("living IN ('DIED', 'LEFT', 'NEVER')")
    op.create_index("ix_person_gone", "person", ["id"], sqlite_where=gone)
    for column in ("person_id", "prescription_id", "day"):
        op.create_index(op.f(f"ix_dispensing_{column}"), "dispensing", [column])
    op.create_index("ix_dispensing_voids", "dispensing", ["voids"], sqlite_where=sa.text("voids IS NOT NULL"))


def _reviews() -> None:
    """Rounds over households and what was found at each door; who goes where; the way from door to door."""
    op.add_column("household", sa.Column("walk_order", sa.Integer(), nullable=True))
    op.add_column("household", sa.Column("trip", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("duty", sa.Column("user_id", sa.Uuid(), nullable=True))
    _synced(
        "review",
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
    )
    _synced(
        "review_visit",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("voids", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_review_visit_door", "review_visit", ["review_id", "household_id"])
    op.create_index("ix_review_visit_voids", "review_visit", ["voids"], sqlite_where=sa.text("voids IS NOT NULL"))
    _synced(
        "vulnerability",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_reason", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_vulnerability_person_id"), "vulnerability", ["person_id"])
    _work_shares()


def _work_shares() -> None:
    _synced(
        "work_share",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hamlet_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
    )
    op.create_index("ix_work_share_day", "work_share", ["day"])


def _tests() -> None:
    """The kit by which a test was made."""
    op.add_column("pathogen_test", sa.Column("kit", sa.String(), server_default=sa.text("''"), nullable=False))


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
