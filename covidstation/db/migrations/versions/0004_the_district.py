"""What the district says, conflicts with it, and what the station answers"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "down_stream",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_down_stream")),
        sa.UniqueConstraint("epoch", name=op.f("uq_down_stream_epoch")),
    )
    op.create_table(
        "down_line",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("tbl", sa.String(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_down_line")),
        sa.UniqueConstraint("epoch", "seq", name=op.f("uq_down_line_epoch_seq")),
    )
    op.create_index(op.f("ix_down_line_row_id"), "down_line", ["row_id"])
    op.create_index(op.f("ix_down_line_stamp"), "down_line", ["stamp"])
    _records()
    _messages()
    _moves()


def _records() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tbl", sa.String(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("grp", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.Column("losing", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decision", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index(op.f("ix_conflict_row_id"), "conflict", ["row_id"])
    op.create_table(
        "district_item",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about_tbl", sa.String(), nullable=True),
        sa.Column("about_row", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_district_item")),
        sa.UniqueConstraint("id", name=op.f("uq_district_item_id")),
    )
    op.create_index(op.f("ix_district_item_about_row"), "district_item", ["about_row"])
    op.create_index(op.f("ix_district_item_kind"), "district_item", ["kind", "withdrawn_at"])


def _messages() -> None:
    _synced(
        "district_message",
        sa.Column("item", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about_tbl", sa.String(), nullable=True),
        sa.Column("about_row", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
    )
    op.create_index(op.f("ix_district_message_about_row"), "district_message", ["about_row"])
    op.create_index(op.f("ix_district_message_item"), "district_message", ["item"])
    _synced(
        "conflict_decision",
        sa.Column("conflict", sa.Uuid(), nullable=False),
        sa.Column("about_tbl", sa.String(), nullable=False),
        sa.Column("about_row", sa.Uuid(), nullable=False),
        sa.Column("grp", sa.String(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
    )
    op.create_index(op.f("ix_conflict_decision_about_row"), "conflict_decision", ["about_row"])
    op.create_index(op.f("ix_conflict_decision_conflict"), "conflict_decision", ["conflict"])
    _synced(
        "echo",
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
    )


def _moves() -> None:
    """Who was handed to another station, and what came from one."""
    op.add_column("person", sa.Column("moved_to", sa.String(), nullable=True))
    op.create_index("ix_person_moved", "person", ["id"], sqlite_where=sa.text("moved_to IS NOT NULL"))
    for table in ("episode", "pathogen_test", "contact", "paper"):
        op.add_column(table, sa.Column("came_from", sa.String(), server_default=sa.text("''"), nullable=False))
    for table, day in (("episode", "report_date"), ("pathogen_test", "sampled_on")):
        op.create_index(f"ix_{table}_came", table, [day], sqlite_where=sa.text("came_from != ''"))


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
