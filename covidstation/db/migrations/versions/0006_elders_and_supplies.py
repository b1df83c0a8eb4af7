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
    _reviews()


def _supplies() -> None:
    """Items, lots and movements."""


def _chronic() -> None:
    """Conditions, targets and visits."""


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
