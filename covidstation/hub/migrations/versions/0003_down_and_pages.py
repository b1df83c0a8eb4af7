"""What the hub says to stations, conflicts, the inbox, users of the pages"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hub_state", sa.Column("last_stamp", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    for name in ("urls", "authority"):
        op.add_column("hub_state", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("hub_state", sa.Column("schema", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("station", sa.Column("contact_at", sa.DateTime(), nullable=True))
    op.add_column("station", sa.Column("carrier", sa.String(), nullable=True))
    op.add_column("station", sa.Column("about", sa.Text(), nullable=True))
    _down()
    _inbox()
    _users()
    _facts()


def _down() -> None:
    op.create_table(
        "down_stream",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(16), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("told_upto", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.n"], name=op.f("fk_down_stream_station_station")),
        sa.PrimaryKeyConstraint("station", "epoch", name=op.f("pk_down_stream")),
    )
    op.create_table(
        "down_line",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(16), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("tbl", sa.String(63), nullable=False),
        sa.Column("row", sa.String(32), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("station", "epoch", "seq", name=op.f("pk_down_line")),
    )
    op.create_index(op.f("ix_down_line_row"), "down_line", ["station", "tbl", "row"])
    op.create_index(op.f("ix_down_line_stamp"), "down_line", ["station", "stamp"])
    op.create_table(
        "conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("tbl", sa.String(63), nullable=False),
        sa.Column("row", sa.String(32), nullable=False),
        sa.Column("grp", sa.String(63), nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("losing", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.n"], name=op.f("fk_conflict_station_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index(op.f("ix_conflict_decided_at"), "conflict", ["decided_at"])
    op.create_index(op.f("ix_conflict_row"), "conflict", ["station", "tbl", "row"])
    op.create_index(op.f("ix_conflict_station"), "conflict", ["station"])
    op.create_table(
        "item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("station", sa.Integer(), nullable=True),
        sa.Column("about_tbl", sa.String(63), nullable=True),
        sa.Column("about_row", sa.String(32), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.n"], name=op.f("fk_item_station_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_kind"), "item", ["kind"])
    op.create_index(op.f("ix_item_station"), "item", ["station"])
    op.create_table(
        "move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["origin"], ["station.n"], name=op.f("fk_move_origin_station")),
        sa.ForeignKeyConstraint(["target"], ["station.n"], name=op.f("fk_move_target_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    op.create_index(op.f("ix_move_person"), "move", ["person"])


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("carrier", sa.String(16), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("arrived_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_inbox")),
        sa.UniqueConstraint("sha256", name=op.f("uq_inbox_sha256")),
    )
    op.create_index("ix_inbox_turn", "inbox", ["state", "station", "n", "size"])


def _users() -> None:
    op.create_table(
        "hub_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("passphrase", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_user")),
        sa.UniqueConstraint("login", name=op.f("uq_hub_user_login")),
    )
    op.create_table(
        "hub_session",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["hub_user.id"], name=op.f("fk_hub_session_user_hub_user")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_hub_session")),
    )
    op.create_index(op.f("ix_hub_session_user"), "hub_session", ["user"])
    op.create_table(
        "hub_attempt",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.DateTime(), nullable=True),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_hub_attempt")),
    )
    op.create_table(
        "hub_audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("station", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_hub_audit")),
    )
    op.create_index(op.f("ix_hub_audit_subject"), "hub_audit", ["subject"])
    op.create_index(op.f("ix_hub_audit_user"), "hub_audit", ["user"])


def _facts() -> None:
    op.create_table(
        "case_fact",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.String(32), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("risk", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("station", "row", name=op.f("pk_case_fact")),
    )
    op.create_index(op.f("ix_case_fact_person"), "case_fact", ["station", "person"])
    op.create_index(op.f("ix_case_fact_day"), "case_fact", ["day", "station", "age"])
    op.create_index(op.f("ix_case_fact_outcome"), "case_fact", ["outcome", "outcome_on", "station", "age"])
    op.create_table(
        "report_fact",
        sa.Column("station", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("station", "row", name=op.f("pk_report_fact")),
    )
    op.create_index(op.f("ix_report_fact_day"), "report_fact", ["day", "station", "version"])
    op.create_table(
        "fact_mark",
        sa.Column("stream", sa.String(40), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_fact_mark")),
    )
